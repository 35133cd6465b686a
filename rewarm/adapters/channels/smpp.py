"""Reaches phones through a carrier's SMPP 3.4 interface, over one transceiver bind for each login and process.

Several workers hold several binds of one system_id, as the standard means it, and the carrier brings a receipt to whichever
it likes. So nothing is remembered here: a receipt names the carrier's own id, and the rows say whose it is. A process that
sends only asks the carrier to bring deliveries again, to one that listens.
"""

import ssl
import threading
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from rewarm.adapters.channels import Callback, Capability, Config, Incoming, Outbound, Sought
from rewarm.domain.outbox import Accepted, Outcome, Refused, Report
from rewarm.domain.sms_text import measure
from rewarm.errors import SetupError

try:
    from aiosmpplib.protocol import SubmitSm  # type: ignore[import-untyped]
    from aiosmpplib.state import NPI, TON, PhoneNumber  # type: ignore[import-untyped]
except ImportError as missing:
    raise SetupError("Sending by SMPP needs an extra: pip install 'rewarm[smpp]'.") from missing

from rewarm.adapters.channels.smpp_bind import Bind, Login, Pdu, hello
from rewarm.adapters.channels.smpp_delivery import IDS, known, spelled
from rewarm.adapters.channels.smpp_inbox import Inbox, Take

FOR_NOW = frozenset({"ESME_RTHROTTLED", "ESME_RMSGQFUL", "ESME_RX_T_APPN", "ESME_RINVBNDSTS"})
SHORTEST_VALIDITY, LONGEST_VALIDITY = timedelta(minutes=1), timedelta(days=14)
LONGEST_SHORT_CODE = 8  # digits
WANTS_RECEIPT = 1


class Smpp:
    """One login. Settings: host, port, system_id, password; docs/how-to/send-through-smpp.md names the others."""

    capabilities: frozenset[Capability] = frozenset({"delivery_reports", "two_way", "validity"})

    def __init__(self, config: Config) -> None:
        secure = ssl.create_default_context(cafile=config.get("cafile")) if config.get("tls") else None
        try:
            self._login = Login(
                host=config["host"], port=int(config.get("port", 2775)), tls=secure, system_id=config["system_id"],
                hello=hello(config["system_id"], config["password"], config.get("system_type", "")),
                window=int(config.get("window", 10)), timeout=float(config.get("timeout", 10)),
                quiet=float(config.get("enquire_link", 30)),
            )  # fmt: skip
            self._ton = {end: TON(config[end]) for end in ("source_ton", "dest_ton") if end in config}
            self._npi = {end: NPI(config[end]) for end in ("source_npi", "dest_npi") if end in config}
        except ValueError as wrong:
            raise SetupError(f"A setting of the SMPP sender is wrong: {wrong}.") from wrong
        self._alphabet = known(config.get("alphabet", "gsm0338"))
        self._answer_ids, receipt_ids = config.get("answer_ids", ""), config.get("receipt_ids", "")
        if not {self._answer_ids, receipt_ids} <= IDS.keys():
            raise SetupError("answer_ids and receipt_ids of an SMPP sender are hex or decimal.")
        self._inbox = Inbox(self._alphabet, receipt_ids)
        self._opening = threading.Lock()
        self._bind: Bind | None = None
        self._last_sent, self._idle = 0.0, float(config.get("idle", 60))

    def send(self, message: Outbound) -> Outcome:
        """Submit one text and wait for the carrier's word."""
        try:
            request = self._submit_sm(message)
        except ValueError as error:
            return Refused(permanent=True, reason=f"not a text: {error}")
        self._last_sent = time.monotonic()
        answer = self._line().call(request, late=lambda late: self._inbox.note(self._told_late(message.id, late)))
        return self._outcome(answer) if isinstance(answer, Pdu) else answer

    def listen(self, take: Take, stopping: threading.Event) -> None:
        """Take what the carrier brings until `stopping`; it hears that we have it after `take` has returned.

        What `take` refuses by raising stays with the carrier, so a receipt that overtakes the record of its own call,
        or comes while the database is away, is not lost. One thread at a time may listen.
        """
        self._inbox.open()
        try:
            while not stopping.is_set():
                self._line()
                self._inbox.take_in(take)
        finally:
            self._inbox.shut()

    def parse(self, callback: Callback, now: datetime) -> Iterable[Incoming]:
        """Read nothing: everything comes over the bind."""
        return ()

    def verify(self, callback: Callback, now: datetime) -> bool:
        """Know no callbacks."""
        return False

    def look_up(self, sought: Sought) -> Report | None:
        """query_sm asks by the carrier's id, which is just what a message in doubt lacks."""
        return None

    def close(self) -> None:
        """Unbind; the next message, or whoever listens next, binds anew."""
        with self._opening:
            bind, self._bind = self._bind, None
        if bind is not None:
            bind.close()

    def _line(self) -> Bind:
        with self._opening:
            if self._bind is None or self._bind.is_over:
                self._bind = Bind(self._login, self._inbox.deliver, self._wanted)
            return self._bind

    def _wanted(self) -> bool:
        """Keep no line that only turns deliveries away."""
        return self._inbox.is_open or time.monotonic() - self._last_sent < self._idle

    def _submit_sm(self, message: Outbound) -> bytes:
        """Spell the request. A long text goes whole, as message_payload: one answer, one receipt, and no half of it lost."""
        sms = measure(message.text)
        request = SubmitSm(
            source=self._address(message.sender, "source"),
            destination=self._address(message.to, "dest"),
            short_message=message.text if sms.segments == 1 else "",
            message_payload=message.text if sms.segments > 1 else "",
            encoding="ucs2" if sms.encoding == "UCS-2" else None,  # None: the carrier's alphabet where it suffices
            registered_delivery=WANTS_RECEIPT,
            validity_period=max(SHORTEST_VALIDITY, min(message.valid_for, LONGEST_VALIDITY)),
        )
        request.set_encoding_info(self._alphabet, None)
        return bytes(request.pdu())

    def _address(self, number: str, end: str) -> PhoneNumber:
        """Name the type of a number as carriers expect it (Infobip's defaults) where the settings do not say it."""
        if not number:
            raise ValueError(f"no {end} address")
        digits = number.removeprefix("+")
        if not digits.isdigit():
            ton, npi = TON.ALPHANUMERIC, NPI.UNKNOWN
        elif len(digits) <= LONGEST_SHORT_CODE:
            ton, npi = TON.NETWORK_SPECIFIC, NPI.UNKNOWN
        else:
            ton, npi = TON.INTERNATIONAL, NPI.ISDN
        return PhoneNumber(digits, self._ton.get(f"{end}_ton", ton), self._npi.get(f"{end}_npi", npi))

    def _outcome(self, answer: Pdu) -> Accepted | Refused:
        if answer.status == 0:
            provider_id = answer.body.split(b"\0")[0].decode("latin-1")
            return Accepted(spelled(provider_id, self._answer_ids) or None)
        return Refused(permanent=answer.status_name not in FOR_NOW, reason=answer.status_name)

    def _told_late(self, our_id: str, answer: Pdu) -> Incoming:
        """Pass on an answer that came when the message was in doubt already: it settles the doubt."""
        match self._outcome(answer):
            case Accepted(provider_id):
                return Incoming("accepted", provider_id or "", our_id)
            case Refused(reason=reason):
                return Incoming("undelivered", "", our_id, reason=reason)
