"""SMPP 3.4 against a carrier that we did not write (npm smpp), as it should be and as it should not."""

import struct
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.adapters.channels import Channel, Incoming, Listening, Outbound, open_channel
from rewarm.domain.outbox import Accepted, Refused, Unknown
from rewarm.domain.sms_text import measure
from rewarm.errors import SetupError
from tests.adapters import rigs, smpp_rig
from tests.adapters.mail_rigs import make_certificate
from tests.adapters.outcomes import FOR_GOOD, FOR_NOW, IN_DOUBT, TAKEN, felt
from tests.adapters.smpp_rig import Smsc, delivery, option

PHONE, OURS = "15552223333", "15550001111"
TEXT = Outbound("touch-1", f"+{OURS}", f"+{PHONE}", "Hi Sarah, it is Elm Street Hearing.")
ROOM_FULL, REJECTED = 0x14, 0x66  # ESME_RMSGQFUL, ESME_RX_R_APPN


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Smsc]:
    with smpp_rig.smsc(tmp_path_factory.mktemp("smsc")) as one:
        yield one


@pytest.fixture
def carrier(running: Smsc) -> Smsc:
    rigs.until(lambda: running.order("mood") == 0, what="the good-byes of the test before")
    return running.anew()


OPENED: list[Channel] = []


@pytest.fixture(autouse=True)
def _close_channels() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


def bound(port: int, **settings: Any) -> Channel:
    login = {"host": "127.0.0.1", "port": port, "system_id": "rewarm", "password": "secret"}
    OPENED.append(open_channel("smpp", {**login, **settings}))
    return OPENED[-1]


@contextmanager
def listening(channel: Channel, take: Callable[[Incoming], None]) -> Iterator[None]:
    """Take what comes while the block lasts, as the worker's thread does."""
    assert isinstance(channel, Listening)
    stopping = threading.Event()
    thread = threading.Thread(target=channel.listen, args=(take, stopping))
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(10)
        assert not thread.is_alive()


@contextmanager
def hearing(carrier: Smsc, **settings: Any) -> Iterator[list[Incoming]]:
    """Be bound and write down what comes."""
    heard: list[Incoming] = []
    with listening(bound(carrier.port, **settings), heard.append):
        carrier.until("bind")
        yield heard


def said(heard: list[Incoming], count: int = 1) -> list[Incoming]:
    rigs.until(lambda: len(heard) >= count, what=f"{count} deliveries, {heard} came")
    return heard


# --- What leaves ----------------------------------------------------------------------------------------


def test_a_text_leaves_as_the_standard_has_it(carrier: Smsc) -> None:
    message = replace(TEXT, text="Café à 15 €, señora [x]", valid_for=timedelta(hours=3))
    outcome = bound(carrier.port, system_type="VMA").send(message)
    assert isinstance(outcome, Accepted) and outcome.provider_id
    assert carrier.events("bind")[0] | {"status": 0} == {
        "event": "bind", "command": "bind_transceiver", "system_id": "rewarm", "system_type": "VMA", "status": 0,
    }  # fmt: skip
    (got,) = carrier.until("submit")
    assert (got["source_addr"], got["source_addr_ton"], got["source_addr_npi"]) == (OURS, 1, 1)
    assert (got["destination_addr"], got["dest_addr_ton"], got["dest_addr_npi"]) == (PHONE, 1, 1)
    assert (got["text"], got["data_coding"], got["registered_delivery"]) == (message.text, 0, 1)
    assert abs(got["valid_for"] - 3 * 3600) < 60


@pytest.mark.parametrize(
    ("text", "coding", "whole"),
    [
        ("¿Sábado? 🙂", 8, False),
        ("a" * 160, 0, False),
        ("a" * 161, 0, True),
        ("я" * 70, 8, False),
        ("я" * 71, 8, True),
        ("Tell me [more] " * 60, 0, True),
    ],
)
def test_a_text_of_any_length_arrives_as_it_was_written(carrier: Smsc, text: str, coding: int, whole: bool) -> None:
    assert felt(bound(carrier.port).send(replace(TEXT, text=text))) == TAKEN
    (got,) = carrier.until("submit")
    assert (got["text"], got["data_coding"], got["whole"]) == (text, coding, whole)


@pytest.mark.parametrize(
    ("sender", "settings", "types"),
    [
        ("58243", {}, (3, 0)),
        ("ElmStreet", {}, (5, 0)),
        (f"+{OURS}", {"source_ton": 2, "source_npi": 8}, (2, 8)),
    ],
)
def test_the_sender_has_the_type_that_carriers_expect(
    carrier: Smsc, sender: str, settings: dict[str, int], types: tuple[int, int]
) -> None:
    assert felt(bound(carrier.port, **settings).send(replace(TEXT, sender=sender))) == TAKEN
    (got,) = carrier.until("submit")
    assert (got["source_addr_ton"], got["source_addr_npi"]) == types
    assert (got["dest_addr_ton"], got["dest_addr_npi"]) == (1, 1)


def test_an_alphabet_of_the_carriers_own(carrier: Smsc) -> None:
    channel = bound(carrier.port, alphabet="latin-1")
    assert felt(channel.send(replace(TEXT, text="£5, niño"))) == TAKEN
    assert felt(channel.send(replace(TEXT, text="5 €"))) == TAKEN, "no euro in Latin-1"
    first, second = carrier.until("submit", 2)
    assert first["data_coding"] == 0 and second["data_coding"] == 8 and second["text"] == "5 €"


def test_many_threads_use_one_line_and_its_window(carrier: Smsc) -> None:
    carrier.anew(answer_after=20)
    channel = bound(carrier.port, window=5)
    with ThreadPoolExecutor(40) as pool:
        outcomes = list(pool.map(lambda n: channel.send(replace(TEXT, id=f"touch-{n}")), range(40)))
    assert {felt(one) for one in outcomes} == {TAKEN}
    assert len({one.provider_id for one in outcomes if isinstance(one, Accepted)}) == 40
    assert len(carrier.events("bind")) == 1


def test_a_full_window_refuses_for_now_what_would_leave_too_late(carrier: Smsc) -> None:
    carrier.anew(answer_after=1500)
    channel = bound(carrier.port, window=1)
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(channel.send, [TEXT, TEXT]))
    assert sorted(map(felt, outcomes)) == sorted([TAKEN, FOR_NOW])
    assert len(carrier.events("submit")) == 1


def test_a_line_that_breaks_gives_its_window_back(carrier: Smsc) -> None:
    carrier.anew(silent=True)
    channel = bound(carrier.port, window=2)
    with ThreadPoolExecutor(6) as pool:
        sent = [pool.submit(channel.send, TEXT) for _ in range(6)]
        carrier.until("submit", 2)
        carrier.anew()
        carrier.order("drop")
        outcomes = [felt(one.result()) for one in sent]
    assert sorted(outcomes) == sorted([IN_DOUBT] * 2 + [FOR_NOW] * 4), "who waited for room has not left"
    rigs.until(lambda: felt(channel.send(TEXT)) == TAKEN)
    assert felt(channel.send(TEXT)) == TAKEN


def test_over_tls_and_only_to_whom_we_trust(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    with smpp_rig.smsc(tmp_path, certificate=certificate) as secured:
        assert felt(bound(secured.port, tls=True, cafile=str(certificate[0])).send(TEXT)) == TAKEN
        untrusted = bound(secured.port, tls=True).send(TEXT)
        assert isinstance(untrusted, Refused) and not untrusted.permanent and "CERTIFICATE" in untrusted.reason


# --- What may come of it --------------------------------------------------------------------------------
# Proof that nothing was taken is a refusal; once bytes have left, only Unknown is honest.


@pytest.mark.parametrize(
    ("mood", "verdict"),
    [
        ({"status": 0x58}, FOR_NOW),
        ({"status": 0x14}, FOR_NOW),
        ({"status": 0x64}, FOR_NOW),
        ({"status": 0x04}, FOR_NOW),
        ({"status": 0x0B}, FOR_GOOD),
        ({"status": 0x0401}, FOR_GOOD),
        ({"silent": True}, IN_DOUBT),
        ({"drop": True}, IN_DOUBT),
        ({"answer_after": 100}, TAKEN),
    ],
)
def test_a_carrier_that_breaks(carrier: Smsc, mood: dict[str, Any], verdict: str) -> None:
    carrier.anew(**mood)
    assert felt(bound(carrier.port, timeout=1).send(TEXT)) == verdict
    assert len(carrier.events("submit")) == 1


def test_a_refusal_has_the_carriers_own_name(carrier: Smsc) -> None:
    carrier.anew(status=0x0B)
    assert bound(carrier.port).send(TEXT) == Refused(True, "ESME_RINVDSTADR")
    carrier.anew(status=0x0401)
    assert bound(carrier.port).send(TEXT) == Refused(True, "status 0x00000401"), "a vendor's own costs nobody the line"


def test_nobody_is_there() -> None:
    assert felt(bound(rigs.free_port()).send(TEXT)) == FOR_NOW


def test_a_wrong_password_stops_the_sender_not_the_touch(carrier: Smsc) -> None:
    refused = bound(carrier.port, password="a longer guess").send(TEXT)
    assert isinstance(refused, Refused) and refused.stops_sender and not refused.permanent
    assert refused.reason == "bind refused: ESME_RINVPASWD"
    assert carrier.events("submit") == []


def test_a_carrier_with_too_many_binds_stops_nobody(carrier: Smsc) -> None:
    carrier.anew(bind_status=0x05)
    refused = bound(carrier.port).send(TEXT)
    assert isinstance(refused, Refused) and not refused.stops_sender and not refused.permanent


@pytest.mark.parametrize(
    "behave", [rigs.reset, lambda caller: time.sleep(1.5), lambda caller: caller.sendall(b"HTTP/1.1 400 no\r\n\r\n")]
)
def test_whoever_answers_is_no_carrier(behave: rigs.Behaviour) -> None:
    with rigs.broken_server(behave) as port:
        assert felt(bound(port).send(TEXT)) == FOR_NOW


def test_half_an_answer_leaves_the_message_in_doubt() -> None:
    def behave(caller: Any) -> None:
        smpp_rig.accept_bind(caller)
        smpp_rig.hear(caller)
        caller.sendall(struct.pack("!II", 40, 0x80000004))

    with rigs.broken_server(behave) as port:
        assert felt(bound(port).send(TEXT)) == IN_DOUBT


@pytest.mark.parametrize("wrong", [{"to": ""}, {"to": "+1" + "5" * 30}, {"text": ""}, {"text": "half \ud83d an emoji"}])
def test_what_cannot_be_spelled_does_not_leave(carrier: Smsc, wrong: dict[str, str]) -> None:
    outcome = bound(carrier.port).send(replace(TEXT, **wrong))  # type: ignore[arg-type]
    assert felt(outcome) == FOR_GOOD
    assert carrier.events("submit") == []


def test_an_answer_that_comes_too_late_settles_the_doubt(carrier: Smsc) -> None:
    carrier.anew(answer_after=500, receipts=[])
    channel, heard = bound(carrier.port, timeout=0.2), []
    with listening(channel, heard.append):
        assert channel.send(TEXT) == Unknown("no answer within 0.2 s")
        (settled,) = said(heard)
    assert (settled.kind, settled.our_id) == ("accepted", "touch-1") and settled.provider_id


# --- Receipts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("receipts_in", ["both", "text", "options"])
def test_a_receipt_names_the_carriers_id(carrier: Smsc, receipts_in: str) -> None:
    carrier.anew(receipts_in=receipts_in, receipts=["ENROUTE", "DELIVRD", "UNDELIV"])
    with hearing(carrier) as heard:
        outcome = OPENED[-1].send(TEXT)
        assert isinstance(outcome, Accepted)
        told = said(heard, 3)
    assert [(one.kind, one.provider_id) for one in told] == [
        ("sent", outcome.provider_id), ("delivered", outcome.provider_id), ("undelivered", outcome.provider_id),
    ]  # fmt: skip
    assert told[2].reason.startswith("UNDELIV")
    assert {(one.from_address, one.to_address) for one in told} == {(f"+{PHONE}", f"+{OURS}")}


def test_ids_in_two_spellings_are_one(carrier: Smsc) -> None:
    """Some carriers answer in hexadecimal and receipt in decimal (Kannel has msg-id-type for them)."""
    carrier.anew(answers_with="00BEEF", receipts=[])
    with hearing(carrier, answer_ids="hex", receipt_ids="decimal") as heard:
        assert OPENED[-1].send(TEXT) == Accepted("48879")
        carrier.order("receipt", source=PHONE, target=OURS, id="48879", stat="DELIVRD")
        carrier.order("receipt", source=PHONE, target=OURS, id="M9", stat="DELIVRD")
        assert {one.provider_id for one in said(heard, 2)} == {"48879", "M9"}


def test_receipts_come_twice_and_in_any_order_and_each_is_passed_on(carrier: Smsc) -> None:
    with hearing(carrier) as heard:
        for stat in ("DELIVRD", "ENROUTE", "DELIVRD"):
            carrier.order("receipt", source=PHONE, target=OURS, id="M9", stat=stat)
        kinds = [one.kind for one in said(heard, 3)]
        assert [one["status"] for one in carrier.until("answered", 3)] == [0, 0, 0]
    assert sorted(kinds) == ["delivered", "delivered", "sent"], "the rows keep the highest (domain/outbox.py)"


def test_a_receipt_that_overtakes_the_answer_waits_until_it_fits(carrier: Smsc) -> None:
    """The rows do not know the carrier's id yet, so `take` refuses; the carrier is not told that we have it."""
    carrier.anew(early=True, answer_after=400)
    recorded, taken = threading.Event(), []

    def take(incoming: Incoming) -> None:
        if not recorded.is_set():
            raise LookupError("no such message")
        taken.append(incoming)

    channel = bound(carrier.port)
    with listening(channel, take):
        outcome = channel.send(TEXT)
        assert isinstance(outcome, Accepted) and carrier.events("answered") == []
        recorded.set()
        (told,) = said(taken)
        assert carrier.until("answered")[0]["status"] == 0
    assert told.provider_id == outcome.provider_id


def test_what_cannot_be_taken_is_asked_for_again(carrier: Smsc) -> None:
    """The database is away, say: two seconds later the carrier hears that our room is full, and comes again."""
    away, taken = threading.Event(), []
    away.set()

    def take(incoming: Incoming) -> None:
        if away.is_set():
            raise ConnectionError("the database is away")
        taken.append(incoming)

    with listening(bound(carrier.port), take):
        carrier.until("bind")
        carrier.order("text", source=PHONE, target=OURS, text="STOP", coding=0)
        assert carrier.until("answered")[0]["status"] == ROOM_FULL
        away.clear()
        carrier.order("text", source=PHONE, target=OURS, text="STOP", coding=0)
        assert carrier.until("answered", 2)[1]["status"] == 0
    assert [one.text for one in taken] == ["STOP"]


def test_who_only_sends_takes_nothing_from_those_who_listen(carrier: Smsc) -> None:
    assert felt(bound(carrier.port).send(TEXT)) == TAKEN
    assert carrier.until("answered")[0]["status"] == ROOM_FULL


def test_nothing_that_waits_holds_up_a_stop(carrier: Smsc) -> None:
    taken: list[str] = []

    def take(incoming: Incoming) -> None:
        if incoming.kind != "inbound":
            raise LookupError("no such message")
        taken.append(incoming.text)

    with listening(bound(carrier.port), take):
        carrier.until("bind")
        for n in range(20):
            carrier.order("receipt", source=PHONE, target=OURS, id=f"M{n}", stat="DELIVRD")
        began = time.monotonic()
        carrier.order("text", source=PHONE, target=OURS, text="STOP", coding=0)
        rigs.until(lambda: taken == ["STOP"])
        assert time.monotonic() - began < 1


# --- What people write ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "coding"),
    [("STOP", 0), ("How much? 15 € [or less] @ noon", 0), ("ça coûte “combien” ? 🙂", 8), ("señor Müller", 3)],
)
def test_a_text_is_read_in_its_alphabet(carrier: Smsc, text: str, coding: int) -> None:
    with hearing(carrier) as heard:
        carrier.order("text", source=PHONE, target=OURS, text=text, coding=coding)
        (told,) = said(heard)
        assert carrier.until("answered")[0]["status"] == 0
    assert (told.kind, told.text) == ("inbound", text)
    assert (told.from_address, told.to_address) == (f"+{PHONE}", f"+{OURS}")
    assert told.provider_id


PARTS = {"source": PHONE, "target": OURS, "texts": ["Please take me o", "ff your lis", "t 🙂, thank you"], "coding": 8}


def test_the_parts_of_a_long_text_become_one(carrier: Smsc) -> None:
    with hearing(carrier) as heard:
        carrier.order("parts", **PARTS, order=[2, 0, 1])
        (told,) = said(heard)
        assert [one["status"] for one in carrier.until("answered", 3)] == [0, 0, 0]
    assert told.text == "Please take me off your list 🙂, thank you"


def test_two_people_with_one_reference_are_kept_apart(carrier: Smsc) -> None:
    with hearing(carrier) as heard:
        carrier.order("parts", **PARTS, order=[0, 1])
        carrier.order("parts", **PARTS | {"source": "15552224444"})
        (told,) = said(heard)
    assert (told.from_address, told.text) == ("+15552224444", "".join(PARTS["texts"]))


def test_parts_that_come_one_by_one_are_taken_as_they_come(carrier: Smsc) -> None:
    """A carrier that waits for each answer gets it after two seconds: better in pieces than lost with this process."""
    with hearing(carrier) as heard:
        carrier.order("parts", **PARTS | {"texts": ["STOP ", "now"]}, together=False)
        told = said(heard, 2)
        assert [one["status"] for one in carrier.until("answered", 2)] == [0, 0]
    assert [one.text for one in told] == ["STOP ", "now"]


def test_odd_deliveries_are_read_all_the_same(carrier: Smsc) -> None:
    sar = [option(0x020C, b"\x01\x02") + option(0x020E, b"\2") + option(0x020F, bytes([n])) for n in (1, 2)]
    wide = [bytes([6, 8, 4, 1, 2, 2, n]) for n in (1, 2)]
    states = option(0x1E, b"M1\0") + option(0x427, b"\5") + option(0x423, b"\3\0\xa1")
    odd = [
        delivery(PHONE, OURS, b"", number=1),  # an empty text
        delivery(PHONE, OURS, b"class", coding=0xF1, number=2),
        delivery(PHONE, OURS, "я".encode("utf-16-be"), coding=0x18, number=3),
        delivery(PHONE, OURS, b"", options=option(0x0424, b"payload"), number=4),
        delivery(PHONE, OURS, b"by ", options=sar[0], number=5),
        delivery(PHONE, OURS, b"option", options=sar[1], number=6),
        delivery(PHONE, OURS, wide[0] + b"wide ", esm_class=0x40, number=7),
        delivery(PHONE, OURS, wide[1] + b"header", esm_class=0x40, number=8),
        delivery("ElmBank", OURS, b"your code", number=9),
        delivery(PHONE, OURS, b"id:7f-3 submit date:261122030000 done date:x stat:DELIVRD err:0A1", esm_class=4, number=10),
        delivery(PHONE, OURS, b"", esm_class=4, options=states, number=11),
        delivery(PHONE, OURS, b"id:8 stat:WHATEVER", esm_class=4, number=12),  # means nothing to us
    ]  # fmt: skip
    with hearing(carrier) as heard:
        carrier.order("raw", hex=b"".join(odd).hex())
        told = said(heard, 9)
        time.sleep(0.1)
    texts = [one.text for one in told if one.kind == "inbound"]
    assert sorted(texts) == sorted(["", "class", "я", "payload", "by option", "wide header", "your code"])
    receipts = {(one.kind, one.provider_id, one.reason) for one in told if one.kind != "inbound"}
    assert receipts == {("delivered", "7f-3", ""), ("undelivered", "M1", "UNDELIV 161")}
    assert len(heard) == 9


def test_a_delivery_that_breaks_off_costs_nobody_the_line(carrier: Smsc) -> None:
    broken = struct.pack("!IIII", 20, 5, 0, 77) + b"\0\1\1x"
    stranger = struct.pack("!IIII", 16, 0x0B, 0, 78)
    with hearing(carrier) as heard:
        carrier.order("raw", hex=(broken + stranger).hex())
        carrier.order("text", source=PHONE, target=OURS, text="STOP", coding=0)
        assert said(heard)[0].text == "STOP"
        assert carrier.until("generic_nack")[0]["status"] == 3, "we do not know that request"
    assert len(carrier.events("bind")) == 1


@given(
    text=st.text(
        st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=300
    ),
    cut=st.integers(1, 140),
    shuffled=st.randoms(use_true_random=False),
)
def test_a_text_cut_anywhere_is_put_together_again(text: str, cut: int, shuffled: Any) -> None:
    from aiosmpplib.codec import find_codec_info

    from rewarm.adapters.channels.smpp_delivery import incoming, read

    plain = measure(text).encoding == "GSM-7"
    content = find_codec_info("gsm0338" if plain else "ucs2").encode(text)[0]
    pieces = [content[at : at + cut] for at in range(0, len(content), cut)][:255]
    parts = [
        read(delivery(PHONE, OURS, bytes([5, 0, 3, 9, len(pieces), n]) + piece, esm_class=0x40, coding=0 if plain else 8)[16:])
        for n, piece in enumerate(pieces, 1)
    ]  # fmt: skip
    shuffled.shuffle(parts)
    told = incoming(parts, "gsm0338")
    assert told is not None
    if len(content) <= 255 * cut:
        assert told.text == text


@given(st.binary(max_size=300))
def test_no_bytes_are_too_odd_to_answer(body: bytes) -> None:
    from rewarm.adapters.channels.smpp_delivery import incoming, read

    try:
        part = read(body)
    except ValueError:
        return
    incoming([part], "gsm0338")


# --- The line -------------------------------------------------------------------------------------------


def test_each_side_asks_whether_the_other_is_there(carrier: Smsc) -> None:
    with hearing(carrier, enquire_link=0.2):
        carrier.until("enquire_link", 2)
        carrier.order("ask")
        carrier.until("enquire_link_resp")
    assert len(carrier.events("bind")) == 1


def test_a_dead_line_is_given_up_and_made_anew(carrier: Smsc) -> None:
    carrier.anew(ignores_enquire_link=True)
    with hearing(carrier, enquire_link=0.2, timeout=0.2):
        carrier.until("bind", 2)


@pytest.mark.parametrize("verb", ["unbind", "drop"])
def test_a_carrier_that_hangs_up_is_called_again(carrier: Smsc, verb: str) -> None:
    with hearing(carrier) as heard:
        channel = OPENED[-1]
        carrier.order(verb)
        carrier.until("bind", 2)
        rigs.until(lambda: felt(channel.send(TEXT)) == TAKEN)
        carrier.order("text", source=PHONE, target=OURS, text="STOP", coding=0)
        rigs.until(lambda: any(one.text == "STOP" for one in heard))


def test_a_carrier_that_was_away_is_found_again(tmp_path: Path) -> None:
    port = rigs.free_port()
    channel = bound(port)
    with smpp_rig.smsc(tmp_path, port):
        rigs.until(lambda: felt(channel.send(TEXT)) == TAKEN)
    outcomes = {felt(channel.send(TEXT)) for _ in range(3)}
    assert outcomes == {FOR_NOW}, "nothing is kept for later"
    with smpp_rig.smsc(tmp_path, port) as back:
        rigs.until(lambda: felt(channel.send(TEXT)) == TAKEN)
        assert len(back.events("submit")) == 1


def test_a_carrier_that_forgot_our_bind_is_bound_anew(carrier: Smsc) -> None:
    carrier.anew(status=0x04)
    with hearing(carrier):
        assert felt(OPENED[-1].send(TEXT)) == FOR_NOW
        carrier.until("bind", 2)


def test_a_line_that_nobody_wants_is_let_go(carrier: Smsc) -> None:
    """Else a process that has sent once would turn deliveries away for ever."""
    channel = bound(carrier.port, enquire_link=0.2, idle=0.1)
    assert felt(channel.send(TEXT)) == TAKEN
    carrier.until("unbind")
    rigs.until(lambda: felt(channel.send(TEXT)) == TAKEN)
    with listening(channel, lambda _: None):
        carrier.until("enquire_link", 3)
        assert len(carrier.events("bind")) == 2, "who listens stays"


def test_who_hangs_up_hears_the_open_answers_first(carrier: Smsc) -> None:
    carrier.anew(answer_after=300)
    channel = bound(carrier.port)
    with ThreadPoolExecutor(1) as pool:
        outcome = pool.submit(channel.send, TEXT)
        carrier.until("submit")
        channel.close()
        assert felt(outcome.result()) == TAKEN
    carrier.until("unbind")
    assert felt(channel.send(TEXT)) == TAKEN, "and may call again"


def test_a_setting_that_is_missing_or_wrong_is_named() -> None:
    with pytest.raises(SetupError, match="system_id"):
        open_channel("smpp", {"host": "127.0.0.1", "password": "x"})
    with pytest.raises(SetupError, match="klingon"):
        bound(1, alphabet="klingon")
    with pytest.raises(SetupError, match="many"):
        bound(1, window="many")
    with pytest.raises(SetupError, match="receipt_ids"):
        bound(1, receipt_ids="octal")
    with pytest.raises(SetupError, match="77"):
        bound(1, source_ton=77)
    with pytest.raises(SetupError, match="system_id"):
        bound(1, system_id="longer than fifteen letters")


def test_without_the_extra_somebody_says_what_to_install() -> None:
    code = "import sys; sys.modules['aiosmpplib'] = None; "
    code += "from rewarm.adapters.channels import open_channel; open_channel('smpp', {})"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "SetupError: Sending by SMPP needs an extra: pip install 'rewarm[smpp]'" in ended.stderr


# --- Kannel, over the same carrier ----------------------------------------------------------------------

OVER_SMPP = """
group = smsc
smsc = smpp
smsc-id = sim
host = 127.0.0.1
port = PORT
transceiver-mode = true
system-type = "VMA"
smsc-username = "kannel"
smsc-password = "secret"
"""


def speaks(url: str) -> bool:
    """Tell whether a gateway answers at all: it listens a moment before it does."""
    try:
        urllib.request.urlopen(f"{url}/cgi-bin/sendsms", timeout=2).close()
    except urllib.error.HTTPError as refused:
        return refused.code == 403
    except OSError:
        return False
    return True


@pytest.mark.kannel
def test_kannel_carries_a_text_over_smpp_and_its_receipt_back(carrier: Smsc, tmp_path: Path) -> None:
    carrier.anew(receipt_after=300)
    with rigs.kannel(tmp_path, OVER_SMPP.replace("PORT", str(carrier.port))) as gateway:
        assert carrier.until("bind")[0]["system_id"] == "kannel"
        rigs.until(lambda: speaks(gateway.url), what="the gateway")
        OPENED.append(open_channel("kannel", {"url": gateway.url, "username": "rewarm", "password": "secret"}))
        message = replace(
            TEXT, text="Café à 15 €", callback_url=f"http://127.0.0.1:{gateway.heard.port}/dlr?id=touch-1"
        )
        assert OPENED[-1].send(message) == Accepted(None)
        assert carrier.until("submit")[0]["text"] == "Café à 15 €"
        rigs.until(lambda: {"8", "1"} <= {one["status"] for one in gateway.heard.of("dlr")}, what="both receipts")
        carrier.order("text", source=PHONE, target=OURS, text="STOP", coding=0)
        rigs.until(lambda: gateway.heard.of("mo"), what="the phone's word")
        assert gateway.heard.of("mo")[0]["text"] == "STOP"
