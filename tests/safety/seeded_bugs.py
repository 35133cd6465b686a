"""Breaks the engine on purpose, one bug a class: a test of the tests."""

from dataclasses import replace
from datetime import datetime, timedelta

from rewarm.domain import outbox
from rewarm.domain.consent import Entry
from rewarm.domain.outbox import Outcome, Refused, Row, Unknown
from rewarm.domain.policy import Allow, Deny, Sent, Verdict
from tests.safety.explorer import (
    CLOCK,
    CONFIRMATIONS,
    PURPOSES,
    UNPLANNED,
    Engine,
    Worker,
    World,
    ask,
    rules,
    with_worker,
)


class NoRecheck(Engine):
    """The verdict of claiming time is good enough."""

    def verdict(self, world: World, worker: Worker) -> Verdict:
        assert worker.seen is not None
        clock, ledger, sent = worker.seen
        return ask(worker.touch, ledger, sent, CLOCK[clock].at, self.rules)


class StaleCaps(Engine):
    """The caps are counted when claiming and not again under the lock."""

    def verdict(self, world: World, worker: Worker) -> Verdict:
        assert worker.seen is not None
        return ask(worker.touch, self.ledger(world, worker.touch), worker.seen[2], self.now(world), self.rules)


class StaleClock(Engine):
    """The hours are checked when claiming and not again under the lock."""

    def verdict(self, world: World, worker: Worker) -> Verdict:
        assert worker.seen is not None
        at = CLOCK[worker.seen[0]].at
        return ask(worker.touch, self.ledger(world, worker.touch), self.sent(world), at, self.rules)


class FlagOnTheContact(Engine):
    """The opt-out is kept with the person who said it, not with the phone that both share."""

    def ledger(self, world: World, touch: int) -> tuple[Entry, ...]:
        return () if touch == 1 else world.ledger

    def stop(self, world: World) -> World:
        after = super().stop(world)
        return replace(after, rows=(after.rows[0], world.rows[1], *after.rows[2:]))


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

    def enter(self, world: World, act: str) -> World:
        after = super().enter(world, act)
        if act != "opted_in":
            return after
        *before, start = after.ledger
        later = start.at and start.at + timedelta(microseconds=1)
        return replace(after, ledger=(*before, replace(start, at=later, recorded_at=later or start.recorded_at)))


class OneZone(Engine):
    """The zone is taken from the number alone, and the library says Chicago."""

    def __init__(self) -> None:
        real = rules()
        area = replace(real.areas["448"], zones=("America/Chicago",))
        super().__init__(rules=replace(real, areas={**real.areas, "448": area}))


class UnknownZoneIsOurs(Engine):
    """Who has no zone lives by the company's clock, which is in Los Angeles."""

    def __init__(self) -> None:
        real = rules()
        area = replace(real.areas["448"], zones=("America/Los_Angeles",))
        super().__init__(rules=replace(real, areas={**real.areas, "448": area}))


class NoStateRow(Engine):
    """The federal hours and caps are good enough for Florida."""

    def __init__(self) -> None:
        super().__init__(rules=replace(rules(), states={}))


class WebhookTwice(Engine):
    """A repeated webhook is a new message, and every opt-out deserves its confirmation."""

    def verdict(self, world: World, worker: Worker) -> Verdict:
        return confirm_anything(self, world, worker)

    def stop_again(self, world: World) -> World:
        return self.plan_confirmation(world)


class SecondConfirmation(Engine):
    """Two STOPs, two confirmations."""

    def verdict(self, world: World, worker: Worker) -> Verdict:
        return confirm_anything(self, world, worker)


class LateConfirmation(Engine):
    """The confirmation goes whenever the queue gets to it."""

    def plan_confirmation(self, world: World) -> World:
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

    def is_ours(self, row: Row, worker: Worker) -> bool:
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

    def stop(self, world: World) -> World:
        return replace(super().stop(world), ledger=world.ledger)


class StopSilencesOneText(Engine):
    """The opt-out is filed under the touch that it answered."""

    def ledger(self, world: World, touch: int) -> tuple[Entry, ...]:
        return world.ledger if touch in (0, *CONFIRMATIONS) else ()

    def stop(self, world: World) -> World:
        return replace(super().stop(world), rows=world.rows)


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
    NoRecheck, StaleCaps, StaleClock, FlagOnTheContact, ReimportClears, GrantLiftsStop, StartWinsTies, OneZone,
    UnknownZoneIsOurs, NoStateRow, WebhookTwice, SecondConfirmation, LateConfirmation, BlindRetry,
    RetriesTheUnknown, UnknownIsFree, CapAfterSending, ClosedIsFree, LockEndsBeforeTheCall, OldVerdicts, NoFence,
    UndeliveredTriesAgain, StopOnlyPausesTheQueue, StopSilencesOneText,
)  # fmt: skip
