"""Holds what an SMPP carrier brings until it is taken, and only then answers for it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

import structlog

from rewarm.adapters.channels import Incoming
from rewarm.adapters.channels.smpp_bind import Answer, Pdu
from rewarm.adapters.channels.smpp_delivery import Delivery, incoming, read

log = structlog.get_logger()
# Every carrier takes a full queue for “bring it again”; to some (Vonage) ESME_RX_T_APPN, made for this, is final.
TAKEN, AGAIN, MEANINGLESS = "ESME_ROK", "ESME_RMSGQFUL", "ESME_RX_R_APPN"
PATIENCE = 2.0  # seconds for the parts of a text to come together, and for rows that are being written
POLL = 0.1  # seconds between two tries
Take = Callable[[Incoming], None]


@dataclass(slots=True)
class _Arrived:
    """A delivery, or the parts of one text, with the ways to answer them; `told` is what they say, once it is known."""

    parts: list[Delivery] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    told: Incoming | None = None
    since: float = field(default_factory=time.monotonic)
    tried: float = 0.0

    def is_complete(self) -> bool:
        return not self.parts or len({part.number for part in self.parts}) >= self.parts[0].total

    def goes_with(self, other: "_Arrived") -> bool:
        return bool(self.parts and other.parts) and self.parts[0].whole == other.parts[0].whole

    def answer(self, status: str) -> None:
        for tell in self.answers:
            tell(status)


class Inbox:
    """What has arrived at one bind; `alphabet` and `receipt_ids` are the carrier's own (smpp_delivery.incoming)."""

    def __init__(self, alphabet: str, receipt_ids: str = "") -> None:
        self._alphabet, self._receipt_ids = alphabet, receipt_ids
        self._arrived: SimpleQueue[_Arrived] = SimpleQueue()
        self._waiting: list[_Arrived] = []
        self._open = threading.Event()

    @property
    def is_open(self) -> bool:
        """Whether somebody listens."""
        return self._open.is_set()

    def deliver(self, pdu: Pdu, answer: Answer) -> None:
        """Let in one deliver_sm; while nobody listens, the carrier is to bring it again, here or elsewhere."""
        if not self.is_open:
            return answer(AGAIN)
        try:
            self._arrived.put(_Arrived([read(pdu.body)], [answer]))
        except ValueError:
            log.error("smpp: a delivery cannot be read")
            answer(MEANINGLESS)

    def note(self, told: Incoming) -> None:
        """Let in something that nobody waits to hear about."""
        self._arrived.put(_Arrived(told=told))

    def open(self) -> None:
        """Let things in from now on."""
        self._open.set()

    def take_in(self, take: Take) -> None:
        """Wait a moment for something to come, and take all whose time has come, the newest first.

        What has to wait holds up nothing else. What `take` refuses by raising is tried again for two seconds, then the
        carrier is asked to bring it again. Parts that do not come together in that time are taken as they are.
        """
        self._gather()
        self._waiting = [one for one in self._waiting if not self._settled(one, take)]

    def shut(self) -> None:
        """Let nothing more in, and leave to the carrier what has not been taken."""
        self._open.clear()
        for one in self._waiting:
            one.answer(AGAIN)
        self._waiting.clear()

    def _gather(self) -> None:
        """Put what arrives to its like, if it is a part of something."""
        try:
            one = self._arrived.get(timeout=POLL)
        except Empty:
            return
        like = next((other for other in self._waiting if other.goes_with(one) and not other.is_complete()), None)
        if like is None:
            self._waiting.insert(0, one)
        else:
            like.parts += one.parts
            like.answers += one.answers

    def _settled(self, one: _Arrived, take: Take) -> bool:
        """Take one thing if its time has come; false when it has to wait."""
        now = time.monotonic()
        old = now - one.since > PATIENCE
        if not old and (not one.is_complete() or now - one.tried < POLL):
            return False
        one.tried = now
        try:
            if told := one.told or incoming(one.parts, self._alphabet, self._receipt_ids):
                take(told)
        except Exception:
            if old:
                log.exception("smpp: a delivery was not taken; the carrier is to bring it again")
                one.answer(AGAIN)
            return old
        one.answer(TAKEN)
        return True
