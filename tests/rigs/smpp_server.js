// An SMPP carrier (npm smpp) that does as it is told: node smpp_server.js PORT CONTROL [KEY CERTIFICATE]
// Orders come as JSON by POST to CONTROL; what happens is written to standard output, one JSON object a line.
import fs from "node:fs";
import http from "node:http";
import smpp from "smpp";

const [port, control] = process.argv.slice(2, 4).map(Number);
const [key, cert] = process.argv.slice(4).map((path) => fs.readFileSync(path));
const STATES = ["", "ENROUTE", "DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD"];
const USUAL = {
  password: "secret",
  status: 0, // of the answer to submit_sm
  bind_status: 0, // of the answer to a bind with the right password
  silent: false, // read submit_sm and answer nothing
  drop: false, // read submit_sm and hang up
  answer_after: 0, // milliseconds
  answers_with: "", // the id of every message
  receipts: ["DELIVRD"],
  receipt_after: 30,
  receipts_to: "", // another: over the oldest line, whoever sent
  early: false, // receipts before the answer
  receipts_in: "both", // text, options, both: how a receipt names its message
  ignores_enquire_link: false,
};
const mood = { ...USUAL };
const sessions = new Set();
let counted = 0;

const write = (event, said) => console.log(JSON.stringify({ event, ...said }));
const newest = () => [...sessions].at(-1);
const later = (ms, act) => (ms ? setTimeout(act, ms) : act());
const letters = (message) => (Buffer.isBuffer(message) ? message.toString("latin1") : (message?.message ?? message));

function deliver(session, pdu, then = () => {}) {
  session.deliver_sm(pdu, (answer) => {
    write("answered", { status: answer.command_status, text: letters(pdu.short_message), id: pdu.receipted_message_id });
    then();
  });
}

function receipt(session, submit, id, stat) {
  const options = { receipted_message_id: id, message_state: STATES.indexOf(stat), network_error_code: Buffer.from([3, 0, 0xa1]) };
  const text = `id:${id} sub:001 dlvrd:001 submit date:261122030000 done date:261122030001 stat:${stat} err:000 text:Hi`;
  deliver(session, {
    source_addr: submit.destination_addr,
    destination_addr: submit.source_addr,
    esm_class: 4,
    short_message: Buffer.from(mood.receipts_in === "options" ? "" : text),
    ...(mood.receipts_in === "text" ? {} : options),
  });
}

function submitted(session, submit) {
  const { source_addr, source_addr_ton, source_addr_npi, destination_addr, dest_addr_ton, dest_addr_npi } = submit;
  const { data_coding, registered_delivery, validity_period } = submit;
  const text = submit.message_payload ? letters(submit.message_payload) : letters(submit.short_message);
  write("submit", {
    source_addr, source_addr_ton, source_addr_npi, destination_addr, dest_addr_ton, dest_addr_npi, data_coding,
    registered_delivery, text, whole: Boolean(submit.message_payload),
    valid_for: validity_period ? Math.round((new Date(validity_period) - Date.now()) / 1000) : null,
  });
  if (mood.drop) return session.destroy();
  if (mood.silent) return;
  const id = mood.answers_with || `M${++counted}`;
  const answer = () => session.send(submit.response({ message_id: id, command_status: mood.status }));
  const line = mood.receipts_to === "another" ? [...sessions][0] : session;
  const receipts = () => mood.receipts.forEach((stat) => receipt(line, submit, id, stat));
  if (mood.early) {
    receipts();
    return later(mood.answer_after, answer);
  }
  later(mood.answer_after, () => {
    answer();
    if (submit.registered_delivery && !mood.status) later(mood.receipt_after, receipts);
  });
}

const server = smpp.createServer(key ? { key, cert } : {}, (session) => {
  session.on("error", () => {});
  session.on("close", () => sessions.delete(session) && write("gone", {}));
  const bind = (pdu) => {
    const status = pdu.password === mood.password ? mood.bind_status : smpp.ESME_RINVPASWD;
    write("bind", { command: pdu.command, system_id: pdu.system_id, system_type: pdu.system_type, status });
    session.send(pdu.response({ system_id: "smsc", command_status: status }));
    if (status) session.close();
    else sessions.add(session);
  };
  for (const command of ["bind_transceiver", "bind_transmitter", "bind_receiver"]) session.on(command, bind);
  session.on("submit_sm", (pdu) => submitted(session, pdu));
  session.on("enquire_link", (pdu) => {
    write("enquire_link", {});
    if (!mood.ignores_enquire_link) session.send(pdu.response());
  });
  session.on("enquire_link_resp", () => write("enquire_link_resp", {}));
  session.on("generic_nack", (pdu) => write("generic_nack", { status: pdu.command_status }));
  session.on("unbind", (pdu) => {
    write("unbind", {});
    session.send(pdu.response());
    session.close();
  });
});

// The parts of a long text go out together, or each after the answer to the one before.
function parts({ source, target, texts, coding, reference = 7, together = true, order }) {
  const pdus = texts.map((message, at) => ({
    source_addr: source,
    destination_addr: target,
    data_coding: coding ?? null,
    short_message: { udh: Buffer.from([5, 0, 3, reference, texts.length, at + 1]), message },
  }));
  const sorted = order ? order.map((at) => pdus[at]) : pdus;
  const next = (at) => at < sorted.length && deliver(newest(), sorted[at], () => next(at + 1));
  if (together) sorted.forEach((pdu) => deliver(newest(), pdu));
  else next(0);
}

const orders = {
  mood: (given) => Object.assign(mood, USUAL, given),
  text: ({ source, target, text, coding }) =>
    deliver(newest(), { source_addr: source, destination_addr: target, data_coding: coding ?? null, short_message: { message: text } }),
  raw: ({ hex }) => newest().socket.write(Buffer.from(hex, "hex")),
  receipt: ({ source, target, id, stat }) => receipt(newest(), { destination_addr: source, source_addr: target }, id, stat),
  parts,
  ask: () => newest().enquire_link(),
  unbind: () => newest().unbind(),
  drop: () => sessions.forEach((session) => session.destroy()),
};

http
  .createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    orders[request.url.slice(1)](JSON.parse(body));
    response.end(JSON.stringify({ sessions: sessions.size }));
  })
  .listen(control, "127.0.0.1", () => server.listen(port, "127.0.0.1"));
