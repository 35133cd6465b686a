"""SHOW, by itself: keeps an ear on the carriers that bring things in over a line which we hold, not by knocking at our door.

The worker runs it beside the engine. A carrier has one thread, however many senders share its login; every worker has its
own line to it, since a carrier may bring a receipt over any of them, and the rows say whose it is.
"""

from __future__ import annotations

import functools
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import structlog
from django.db import close_old_connections, connections
from django.db.models import QuerySet

from rewarm import clock
from rewarm.actions.take import take
from rewarm.adapters.channels import Incoming, Listening, channel_for, e164
from rewarm.adapters.packs import keywords
from rewarm.domain.keywords import opt_out
from rewarm.errors import ChannelError, SetupError
from rewarm.models import Sender, Touch, Workspace, inbound
from rewarm.models.scope import within

log = structlog.get_logger()
LOOK_EVERY = 3.0  # seconds in which a new or changed sender is noticed
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds before a broken line is tried again, doubled each time
GOOD_BYE = 15.0  # seconds for what is being taken
WRITTEN = frozenset({"inbound", "opt_out", "opt_in", "help"})
RECEIPTS = frozenset({"accepted", "sent", "delivered", "undelivered"})
Carrier = tuple[str, str]  # kind and settings, which is what a channel is opened by


class TooEarly(ChannelError):
    """A receipt came before its call was recorded; the carrier is to bring it again."""


@dataclass
class Line:
    """One carrier's thread, and the senders that it speaks for."""

    carrier: Carrier
    senders: Sequence[Sender]
    numbers: Sequence[Sender] = ()  # every sender of texts there is
    hanging_up: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Listen in a thread of its own until `hanging_up` is set."""
        self.thread = threading.Thread(target=self._run, name=f"listening {self.carrier[0]}", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        channel, pause = channel_for(*self.carrier), SHORTEST_PAUSE
        assert isinstance(channel, Listening)
        while not self.hanging_up.is_set():
            began = time.monotonic()
            try:
                channel.listen(self.take, self.hanging_up)
            except Exception:
                log.exception("listening broke", kind=self.carrier[0])
            pause = SHORTEST_PAUSE if time.monotonic() - began > LONGEST_PAUSE else min(2 * pause, LONGEST_PAUSE)
            self.hanging_up.wait(pause)
        channel.close()
        connections.close_all()

    def take(self, incoming: Incoming) -> None:
        """Take one thing to the sender that it was meant for; raises TooEarly, and whatever the database raises."""
        close_old_connections()
        meant = self._meant(incoming.to_address)
        if incoming.kind in WRITTEN and len({one.workspace_id for one in meant}) > 1:
            # To guess between two practices would show one's people to the other.
            log.error("a text to a number that no sender has", to=incoming.to_address, kind=self.carrier[0])
            _honour(meant, incoming)
            return
        if incoming.kind in WRITTEN:
            _take(meant[0], incoming)
        elif not any(_take(one, incoming) for one in meant):
            log.info("a receipt for nothing of ours", kind=self.carrier[0], provider_id=incoming.provider_id)

    def _meant(self, address: str) -> Sequence[Sender]:
        """Find whose number it is: ours, or that of a stopped sender or another practice whose settings name the same login."""
        for senders in (self.senders, self.numbers):
            if found := [one for one in senders if e164(one.address) == address]:
                return found
        return self.senders


def _honour(senders: Sequence[Sender], incoming: Incoming) -> None:
    """Take a STOP to a number that nobody has any more for all that know who wrote; their words are shown to none."""
    if incoming.kind != "opt_out" and opt_out(incoming.text, keywords()) is None:
        return
    for sender in {one.workspace_id: one for one in senders}.values():
        with within(sender.workspace_id):
            is_known = inbound.who(sender.workspace_id, incoming.from_address) is not None
        if is_known:
            _take(sender, replace(incoming, kind="opt_out", text="", raw=""))


def _take(sender: Sender, incoming: Incoming) -> bool:
    """Take one thing in a sender's workspace; false for a receipt of something else.

    A receipt may overtake the record of its own call. It fits no row then, but a call to the same phone is in the air;
    that is asked before, since the record may be written in between.
    """
    with within(sender.workspace_id):
        workspace = Workspace.objects.get(id=sender.workspace_id)
        now = clock.now(workspace)
        there = Touch.objects.filter(workspace=workspace, sender=sender, address=incoming.from_address)
        calling = there.filter(state="dispatching").exists()
        if take(workspace, sender, incoming, now) or incoming.kind not in RECEIPTS:
            return True
        if calling:
            raise TooEarly()
        doubtful = _in_doubt(there)
        return doubtful is not None and take(workspace, sender, replace(incoming, our_id=str(doubtful.id)), now)


def _in_doubt(there: QuerySet[Touch]) -> Touch | None:
    """Find the one touch whose answer was lost, and with it the carrier's id; of two, who could say which?"""
    found = list(there.filter(state="unknown", provider_id="")[:2])
    return found[0] if len(found) == 1 else None


class Ears:
    """Holds one line to each carrier that some sender listens at, and follows the senders' rows."""

    def __init__(self) -> None:
        self._lines: dict[Carrier, Line] = {}

    def run(self, stopping: threading.Event) -> None:
        """Follow the senders until `stopping` is set, then hang up; a database that is away changes no line."""
        while not stopping.is_set():
            try:
                close_old_connections()
                self._follow(_senders())
            except Exception:
                log.exception("the senders could not be read")
            stopping.wait(LOOK_EVERY)
        self._follow(())
        connections.close_all()

    def _follow(self, everybody: Sequence[Sender]) -> None:
        """Hang up where nobody is wanted any more, wait for the good-byes, and call whoever is new.

        A stopped sender sends nothing and goes on listening: their STOP must not wait until somebody starts it again.
        """
        wanted: dict[Carrier, list[Sender]] = defaultdict(list)
        for sender in everybody:
            if _listens(sender.kind, sender.settings):
                wanted[sender.kind, sender.settings].append(sender)
        ending = [self._lines.pop(carrier) for carrier in self._lines.keys() - wanted.keys()]
        for line in ending:
            line.hanging_up.set()
        for line in ending:
            line.thread.join(GOOD_BYE)
        numbers = [sender for sender in everybody if sender.channel == "sms"]
        for carrier, senders in wanted.items():
            line = self._lines.get(carrier) or Line(carrier, senders)
            line.senders, line.numbers = senders, numbers
            if carrier not in self._lines:
                self._lines[carrier] = line
                line.start()


def _senders() -> list[Sender]:
    """Read the senders of every practice, the stopped ones as well; only the engine's role may look around."""
    found: list[Sender] = []
    for workspace in Workspace.objects.order_by("id"):
        with within(workspace.id):
            found += Sender.objects.filter(workspace=workspace).order_by("created_at")
    return found


@functools.lru_cache(maxsize=256)
def _listens(kind: str, settings: str) -> bool:
    """Tell whether a carrier brings things in by itself; what is wrong with its settings is said once."""
    try:
        return isinstance(channel_for(kind, settings), Listening)
    except (SetupError, ValueError) as wrong:
        log.error("a sender cannot listen", kind=kind, why=str(wrong))
        return False
