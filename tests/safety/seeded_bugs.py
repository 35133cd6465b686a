"""Breaks the engine on purpose, one bug a class: a test of the tests."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rewarm.domain import outbox
from rewarm.domain.calendars import RuleSet
from rewarm.domain.consent import Entry
from rewarm.domain.outbox import Outcome, Refused, Row, Unknown
from rewarm.domain.policy import Allow, Deny, Sent, Verdict
from tests.safety.engine import Engine
from tests.safety.world import (
    CONFIRMATIONS,
    DAY,
    MINUTE,
    PURPOSES,
    UNPLANNED,
    Worker,
    World,
    beginning,
    tight_rules,
    with_item,
    with_worker,
)


class NoRecheck(Engine):
    """The verdict of claiming time is good enough."""

    def verdict(self, world: World, worker: Worker) -> Verdict:
        if self.sender_stopped(world, worker):
            return super().verdict(world, worker)
        assert worker.seen is not None and worker.at is not None
        ledger, sent, _ = worker.seen
        return self.ask(world, worker.touch, ledger, sent, worker.at)

    def is_ours(self, world: World, row: Row, worker: Worker) -> bool:
        return lease_lasts(row, worker)


class StaleCaps(Engine):
    """The caps are counted when claiming and not again under the lock."""

    def verdict(self, world: World, worker: Worker) -> Verdict:
        if self.sender_stopped(world, worker):
            return super().verdict(world, worker)
        assert worker.seen is not None and worker.at is not None
        return self.ask(world, worker.touch, self.ledger(world, worker.touch), worker.seen[1], worker.at)


class LeaseWithoutAnEnd(Engine):
    """A worker that slept for hours judges with the time at which it fell asleep, as long as nobody took its claim away."""

    def is_ours(self, world: World, row: Row, worker: Worker) -> bool:
        return lease_lasts(row, worker)

    def call(self, world: World, number: int, worker: Worker, outcome: Outcome, takes: bool) -> World:
        """The verdict itself is fresh: a second old at most."""
        return super().call(world, number, replace(worker, clock=world.clock), outcome, takes)


class FlagOnTheContact(Engine):
    """The opt-out is kept with the person who said it, not with the phone that both share."""

    def ledger(self, world: World, touch: int) -> tuple[Entry, ...]:
        return () if touch == 1 else world.ledger

    def stop(self, world: World, answered: bool = False) -> World:
        after = super().stop(world, answered)
        return replace(after, rows=with_item(after.rows, 1, world.rows[1]))


class ReimportClears(Engine):
    """The import writes its own consent over what was there."""

    def reimport(self, world: World) -> World:
        return replace(world, ledger=())


class GrantLiftsStop(Engine):
    """The newest entry of the ledger counts, whatever it is."""

    def ledger(self, world: World, touch: int) -> tuple[Entry, ...]:
        grants = [n for n, entry in enumerate(world.ledger) if entry.act == "granted"]
        return world.ledger[grants[-1] :] if grants else world.ledger


class StartWinsTies(Engine):
    """A START of the same second lifts the STOP."""

    def enter(self, world: World, act: str, source: str = "sms message", at: datetime | None = None) -> World:
        after = super().enter(world, act, source, at)
        if act != "opted_in":
            return after
        *before, start = after.ledger
        later = start.at and start.at + timedelta(microseconds=1)
        return replace(after, ledger=(*before, replace(start, at=later, recorded_at=later or start.recorded_at)))


@dataclass
class OneZone(Engine):
    """The zone is taken from the number alone, and the library says Chicago."""

    rules: RuleSet = field(default_factory=lambda: _everybody_in("America/Chicago"))


@dataclass
class UnknownZoneIsOurs(Engine):
    """Who has no zone lives by the company's clock, which is in Los Angeles."""

    rules: RuleSet = field(default_factory=lambda: _everybody_in("America/Los_Angeles"))


@dataclass
class NoStateRow(Engine):
    """The federal hours and caps are good enough for Florida."""

    rules: RuleSet = field(default_factory=lambda: replace(tight_rules(), states={}))


class WebhookTwice(Engine):
    """A repeated webhook is a new message, and every opt-out deserves its confirmation."""

    def verdict(self, world: World, worker: Worker) -> Verdict:
        return confirm_anything(self, world, worker)

    def stop_again(self, world: World) -> World:
        return self.plan_confirmation(world, self.who(world))


class SecondConfirmation(Engine):
    """Two STOPs, two confirmations."""

    def verdict(self, world: World, worker: Worker) -> Verdict:
        return confirm_anything(self, world, worker)


class LateConfirmation(Engine):
    """The confirmation goes whenever the queue gets to it."""

    def plan_confirmation(self, world: World, who: int) -> World:
        free = next((touch for touch in CONFIRMATIONS if world.rows[touch] == UNPLANNED), None)
        return world if free is None else self.put(world, free, Row())

    def verdict(self, world: World, worker: Worker) -> Verdict:
        if worker.touch not in CONFIRMATIONS:
            return super().verdict(world, worker)
        return Deny("already_confirmed", {}) if any(t in CONFIRMATIONS for t, _ in world.taken) else Allow({})


class BlindRetry(Engine):
    """A touch whose worker died goes back into the queue, called or not."""

    def lost(self, row: Row, now: datetime) -> Row:
        return replace(row, state="planned", since=now)


class RetriesTheUnknown(Engine):
    """No answer means no delivery."""

    def settled(self, row: Row, outcome: Outcome, now: datetime) -> Row:
        doubt = isinstance(outcome, Unknown)
        return super().settled(row, Refused(False, "timeout", timedelta()) if doubt else outcome, now)


class UnknownIsFree(Engine):
    """Only what was surely sent uses up the cap."""

    def sent(self, world: World) -> tuple[Sent, ...]:
        return sent_in(world, ("sent",))


class CapAfterSending(Engine):
    """The cap is used up when the provider has answered, not by the intent; and there is no common lock."""

    def sent(self, world: World) -> tuple[Sent, ...]:
        return sent_in(world, ("sent", "unknown", "closed"))

    def lock_free(self, world: World, touch: int) -> bool:
        return world.locks[touch] is None


class ClosedIsFree(Engine):
    """What was closed without an answer is forgotten."""

    def settled(self, row: Row, outcome: Outcome, now: datetime) -> Row:
        after = super().settled(row, outcome, now)
        return replace(after, state="closed") if after.state == "unknown" else after

    def sent(self, world: World) -> tuple[Sent, ...]:
        return sent_in(world, ("dispatching", "sent", "unknown"))


class LockEndsBeforeTheCall(Engine):
    """The lock is given back with the commit of the intent, and the call follows."""

    def lock(self, world: World, number: int, touch: int) -> World:
        return world


class OldVerdicts(Engine):
    """A verdict is good for as long as the worker sleeps."""

    def too_old(self, world: World, worker: Worker) -> bool:
        return False


class NoFence(Engine):
    """A worker that wakes up late still believes in its claim."""

    def is_ours(self, world: World, row: Row, worker: Worker) -> bool:
        return True

    def judge(self, world: World, number: int, worker: Worker) -> World:
        row = world.rows[worker.touch]
        if row.state in ("suppressed", "failed"):
            return with_worker(world, number, Worker())
        return super().judge(self.put(world, worker.touch, replace(row, state="leased")), number, worker)


class UndeliveredTriesAgain(Engine):
    """What the phone did not get is sent once more."""

    def report(self, world: World, touch: int, kind: str) -> World:
        after = super().report(world, touch, kind)
        row = after.rows[touch]
        return self.put(after, touch, replace(row, state="planned")) if row.status == "undelivered" else after


class StopOnlyPausesTheQueue(Engine):
    """The opt-out clears what is planned and writes nothing down."""

    def stop(self, world: World, answered: bool = False) -> World:
        return replace(super().stop(world, answered), ledger=world.ledger)


class StopSilencesOneText(Engine):
    """The opt-out is filed under the touch that it answered."""

    def ledger(self, world: World, touch: int) -> tuple[Entry, ...]:
        return world.ledger if touch in (0, *CONFIRMATIONS) else ()

    def stop(self, world: World, answered: bool = False) -> World:
        return replace(super().stop(world, answered), rows=world.rows)


class MergeDropsSuppression(Engine):
    """Of two people who are merged one record is thrown away, and with it what was known of it."""

    def merge(self, world: World) -> World:
        return replace(super().merge(world), ledger=())


class MergeStartsOver(Engine):
    """Whoever is merged gets the touches of both, as if nothing had happened yet."""

    def merge(self, world: World) -> World:
        world = super().merge(world)
        for touch in (0, 1):
            if world.rows[touch].state in ("sent", "unknown"):
                world = self.put(world, touch, replace(world.rows[touch], state="planned", status=None))
        return world


class ClockBackReopens(Engine):
    """A STOP is dated by a clock that was set back, so that an older START seems to be newer."""

    def enter(self, world: World, act: str, source: str = "sms message", at: datetime | None = None) -> World:
        after = super().enter(world, act, source, at)
        *before, last = after.ledger
        return replace(after, ledger=(*before, replace(last, at=at or self.now(world))))


class ClockBackForgets(Engine):
    """What was sent after now cannot have been sent."""

    def sent(self, world: World) -> tuple[Sent, ...]:
        return tuple(one for one in super().sent(world) if one.at <= self.now(world))


class CarrierSaidStop(Engine):
    """The carrier's "they told us to stop" is one more failure."""

    def mirror(self, world: World, now: datetime) -> World:
        return world


class CarrierStopIsConfirmed(Engine):
    """What the carrier tells of is an opt-out like any other."""

    def mirror(self, world: World, now: datetime) -> World:
        return self.plan_confirmation(self.doom(self.enter(world, "opted_out", at=now)), 0)


class TwoAnswers(Engine):
    """The carrier has answered a STOP itself, and so do we."""

    def stop(self, world: World, answered: bool = False) -> World:
        after = super().stop(world)
        return replace(after, said=super().stop(world, answered).said)


class SwitchReadWhenClaiming(Engine):
    """The sender's stop switch is looked at when claiming and not again under the lock."""

    def sender_stopped(self, world: World, worker: Worker) -> bool:
        assert worker.seen is not None
        return worker.seen[2]


class ExpiredIsLate(Engine):
    """Better late than never."""

    def beginning(self) -> World:
        world = beginning(self.clock)
        return replace(world, rows=with_item(world.rows, 0, replace(world.rows[0], expires_at=None)))


class ClaimsAreConsent(Engine):
    """The export says that they consented, and so they did."""

    def reimport(self, world: World) -> World:
        return self.enter(world, "granted")


class StartIsConsent(Engine):
    """Who says START wants to hear everything."""

    def start(self, world: World) -> World:
        return self.enter(super().start(world), "granted")


class EvidenceLiftsStop(Engine):
    """Fresh evidence is worth more than an old refusal."""

    def enter(self, world: World, act: str, source: str = "sms message", at: datetime | None = None) -> World:
        after = super().enter(world, act, source, at)
        return super().enter(after, "opted_in") if act == "granted" and world.clock else after


class YesterdaysOffset(Engine):
    """The distance to UTC was asked once, before the night with an hour less."""

    def ask(self, world: World, touch: int, ledger: tuple[Entry, ...], sent: tuple[Sent, ...], at: datetime) -> Verdict:
        zone = ZoneInfo("America/New_York")
        drift = self.clock[0].at.astimezone(zone).utcoffset() or timedelta()
        then = (at + drift).replace(tzinfo=zone)  # the wall clock as it would show, had it not been changed
        asked = tuple(replace(one, at=one.at + (then - at)) for one in sent)
        return super().ask(world, touch, ledger, asked, then)


class ADayOnTheWall(Engine):
    """A day is over when the clock on the wall shows the same time again."""

    def sent(self, world: World) -> tuple[Sent, ...]:
        zone = ZoneInfo("America/New_York")
        now = self.now(world)

        def on_the_wall(at: datetime) -> timedelta:
            return now.astimezone(zone).replace(tzinfo=None) - at.astimezone(zone).replace(tzinfo=None)

        return tuple(one for one in super().sent(world) if on_the_wall(one.at) < DAY)


class NobodyComesBack(Engine):
    """A lease that ran out is nobody's business."""

    def reconcile(self, world: World, lost: int | None = None) -> World:
        return world


class DeniesEverything(Engine):
    """The safest gate of all."""

    def verdict(self, world: World, worker: Worker) -> Verdict:
        return Deny("gate_error", {})


class ConfirmsTomorrow(Engine):
    """Confirmations wait for office hours, too."""

    def plan_confirmation(self, world: World, who: int) -> World:
        after = super().plan_confirmation(world, who)
        late = {touch for touch in CONFIRMATIONS if after.rows[touch] != world.rows[touch]}
        for touch in late:
            row = after.rows[touch]
            after = self.put(after, touch, replace(row, not_before=self.now(world) + 10 * MINUTE))
        return after


class GivesUpWhenLocked(Engine):
    """Whoever finds the address locked drops what it holds."""

    def judge(self, world: World, number: int, worker: Worker) -> World:
        if self.lock_free(world, worker.touch):
            return super().judge(world, number, worker)
        row = replace(world.rows[worker.touch], state="suppressed", reason="locked")
        return with_worker(self.put(world, worker.touch, row), number, Worker())


def lease_lasts(row: Row, worker: Worker) -> bool:
    """Hold a claim for as long as nobody took it away."""
    return row.state == "leased" and row.attempt == worker.attempt


def _everybody_in(zone: str) -> RuleSet:
    real = tight_rules()
    return replace(real, areas={**real.areas, "448": replace(real.areas["448"], zones=(zone,))})


def sent_in(world: World, states: tuple[outbox.State, ...]) -> tuple[Sent, ...]:
    """Count only intents that came as far as these states."""
    return tuple(
        Sent(at, PURPOSES[touch], "sms")  # type: ignore[arg-type]
        for touch, at in enumerate(world.intents)
        if at and world.rows[touch].state in states
    )


def confirm_anything(engine: Engine, world: World, worker: Worker) -> Verdict:
    """Confirm without asking whether it was done."""
    if worker.touch in CONFIRMATIONS:
        return Allow({})
    return Engine.verdict(engine, world, worker)


BUGS: tuple[type[Engine], ...] = (
    NoRecheck, StaleCaps, LeaseWithoutAnEnd, FlagOnTheContact, ReimportClears, GrantLiftsStop, StartWinsTies, OneZone,
    UnknownZoneIsOurs, NoStateRow, WebhookTwice, SecondConfirmation, LateConfirmation, BlindRetry,
    RetriesTheUnknown, UnknownIsFree, CapAfterSending, ClosedIsFree, LockEndsBeforeTheCall, OldVerdicts, NoFence,
    UndeliveredTriesAgain, StopOnlyPausesTheQueue, StopSilencesOneText, MergeDropsSuppression, MergeStartsOver,
    ClockBackReopens, ClockBackForgets, CarrierSaidStop, CarrierStopIsConfirmed, TwoAnswers, SwitchReadWhenClaiming,
    ExpiredIsLate, ClaimsAreConsent, StartIsConsent, EvidenceLiftsStop, YesterdaysOffset, ADayOnTheWall,
    NobodyComesBack, DeniesEverything, ConfirmsTomorrow, GivesUpWhenLocked,
)  # fmt: skip

# How many transitions from each opening: a little everywhere first, so that shallow bugs are found at once.
ROUNDS = (600, 3_000, 15_000, 60_000)
