"""Explores every order in which things can happen around one shared phone, over the real gate and outbox.

Two workers, two people who share a phone, a cap of one text a day, a worker that may die at any step, a STOP,
a START and a re-import. The engine below follows actions/send.py step by step and asks the real `judge` and
the real transitions. The oracle looks only at what the provider was asked and at what the person said; it
never reads the engine's state. Breadth first, so that the first violation found has the shortest trace.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from random import Random
from typing import TypeVar

from rewarm.adapters.rules import rule_set
from rewarm.domain import outbox
from rewarm.domain.calendars import Cap, RuleSet
from rewarm.domain.consent import Entry
from rewarm.domain.outbox import Accepted, Outcome, Refused, Report, Row, Unknown
from rewarm.domain.policy import ContactView, Proposed, Sent, Verdict, judge

PHONE = "+14485550101"  # the Florida panhandle: Eastern or Central, and this person lives by Eastern time
SELLER = "Elm Street Hearing LLC"
LONG_AGO = datetime(2026, 1, 5, 15, tzinfo=UTC)
# Two people's touches, and the answers to two STOPs, which wait unplanned until they are said.
PURPOSES = ("marketing", "marketing", "opt_out_confirmation", "opt_out_confirmation")
CONFIRMATIONS = (2, 3)
UNPLANNED = Row(state="suppressed", reason="unplanned")
WORKERS = 2


def _eastern(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) + timedelta(hours=5)


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment worth exploring, with what the law says of it, worked out by hand for Eastern time in Florida."""

    at: datetime
    lawful: bool


# Florida closes at 20:00; 19:30 Eastern is 18:30 Central, and 09:30 Eastern 08:30 Central.
CLOCK = (
    Instant(_eastern(17, 19, 30), lawful=True),
    Instant(_eastern(17, 19, 31), lawful=True),
    Instant(_eastern(17, 20, 5), lawful=False),
    Instant(_eastern(18, 9, 30), lawful=True),  # fourteen hours later: the cap is still used up
    Instant(_eastern(23, 9, 30), lawful=True),  # and five days later, when the unknowns are closed
)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Worker:
    """Where one worker stands with which touch; `seen` is what it had read when it claimed it."""

    stage: str = "idle"  # idle, claimed, intended, called
    touch: int = -1
    attempt: int = 0
    outcome: Outcome | None = None
    seen: "tuple[int, tuple[Entry, ...], tuple[Sent, ...]] | None" = None


@dataclass(frozen=True, slots=True)
class World:
    """Everything that can differ between two moments. The last four fields are the oracle's, not the engine's."""

    clock: int = 0
    rows: tuple[Row, ...] = (Row(), Row(), UNPLANNED, UNPLANNED)
    intents: tuple[datetime | None, ...] = (None,) * 4
    ledger: tuple[Entry, ...] = ()
    workers: tuple[Worker, ...] = (Worker(),) * WORKERS
    locks: tuple[int | None, ...] = (None,) * 4  # per touch: the worker that holds its address
    crashes: int = 0
    said: tuple[tuple[str, int], ...] = ()  # what the person sent, and when
    taken: tuple[tuple[int, int], ...] = ()  # which touch the provider took, and when
    in_the_air: frozenset[int] = frozenset()  # calls that a STOP could not wait for
    imports: int = 0


class Violation(Exception):
    """The provider was asked to do what must never happen."""


T = TypeVar("T")
Step = tuple[str, Callable[[], World]]


@cache
def rules() -> RuleSet:
    """Take the real rules, with Florida's cap set to one."""
    real = rule_set()
    florida = replace(real.states["FL"], caps=(Cap(1, DAY),))
    return replace(real, version="explorer", states={**real.states, "FL": florida})


@dataclass
class Engine:
    """The protocol of sending, in steps that can each be the last. A seeded bug overrides one method."""

    most_crashes: int = 1
    rules: RuleSet = field(default_factory=rules)

    # -- what the gate is asked ---------------------------------------------------------------------------

    def now(self, world: World) -> datetime:
        return CLOCK[world.clock].at

    def sent(self, world: World) -> tuple[Sent, ...]:
        """Count what used up the cap: everything from the intent on that was not refused with proof."""
        return tuple(
            Sent(at, PURPOSES[touch], "sms")  # type: ignore[arg-type]
            for touch, at in enumerate(world.intents)
            if at and world.rows[touch].state in ("dispatching", "sent", "unknown", "closed")
        )

    def ledger(self, world: World, touch: int) -> tuple[Entry, ...]:
        return world.ledger

    def verdict(self, world: World, worker: Worker) -> Verdict:
        return ask(worker.touch, self.ledger(world, worker.touch), self.sent(world), self.now(world), self.rules)

    # -- the steps ----------------------------------------------------------------------------------------

    def steps(self, world: World) -> Iterator[Step]:
        """List everything that may happen next."""
        idle = next((number for number, worker in enumerate(world.workers) if worker.stage == "idle"), None)
        for number, worker in enumerate(world.workers):
            if worker.stage != "idle" or number == idle:  # two idle workers are alike
                yield from self.worker_steps(world, number, worker)
        if world.clock + 1 < len(CLOCK):
            yield "time passes", lambda: replace(world, clock=world.clock + 1)
        words = [word for word, _ in world.said]
        if words.count("STOP") < 2:
            yield "STOP", lambda: self.stop(world)
        if words[-1:] == ["STOP"] and "START" not in words:
            yield "START", lambda: self.start(world)
        if "STOP" in words:
            yield "STOP delivered again", lambda: self.stop_again(world)
        if not world.imports:
            yield "re-import", lambda: self.reimport(replace(world, imports=1))
        for touch, row in enumerate(world.rows):
            yield from self.touch_steps(world, touch, row)

    def worker_steps(self, world: World, number: int, worker: Worker) -> Iterator[Step]:
        match worker.stage:
            case "idle":
                for touch, row in enumerate(world.rows):
                    if outbox.is_due(row, self.now(world)):
                        yield f"{number} claims {touch}", lambda touch=touch: self.claim(world, number, touch)  # type: ignore[misc]
            case "claimed" if self.lock_free(world, worker.touch):
                yield f"{number} judges {worker.touch}", lambda: self.judge(world, number, worker)
            case "intended":
                for outcome, takes in (
                    (Accepted("id"), True),
                    (Unknown("timeout"), True),
                    (Unknown("reset"), False),
                    (Refused(permanent=False, reason="busy", retry_after=timedelta()), False),
                ):
                    name = f"{number} calls {worker.touch}: {type(outcome).__name__}{'' if takes else ', not taken'}"
                    yield name, lambda o=outcome, t=takes: self.call(world, number, worker, o, t)  # type: ignore[misc]
            case "called":
                yield f"{number} records {worker.touch}", lambda: self.record(world, number, worker)
        if worker.stage != "idle" and world.crashes < self.most_crashes:
            yield f"{number} dies", lambda: self.release(replace(world, crashes=world.crashes + 1), number)

    def touch_steps(self, world: World, touch: int, row: Row) -> Iterator[Step]:
        if row.state in ("leased", "dispatching"):
            yield f"lease of {touch} runs out", lambda: self.put(world, touch, self.lost(row, self.now(world)))
        if row.state == "unknown" and self.now(world) - (row.since or LONG_AGO) >= outbox.RECONCILE_FOR:
            yield f"{touch} is closed", lambda: self.put(world, touch, outbox.close_unknown(row, self.now(world)))
        if any(one == touch for one, _ in world.taken) and row.status != "delivered":
            yield f"{touch} is delivered", lambda: self.report(world, touch, "delivered")
            yield f"{touch} is undelivered", lambda: self.report(world, touch, "undelivered")

    def claim(self, world: World, number: int, touch: int) -> World:
        row = outbox.lease(world.rows[touch], self.now(world))
        seen = (world.clock, self.ledger(world, touch), self.sent(world))
        world = self.put(world, touch, row)
        return with_worker(world, number, Worker("claimed", touch, row.attempt, seen=seen))

    def judge(self, world: World, number: int, worker: Worker) -> World:
        """Take the lock, judge again and commit the intent; a worker that lost its lease gives up."""
        row = world.rows[worker.touch]
        if not self.is_ours(row, worker):
            return with_worker(world, number, Worker())
        row = outbox.after_verdict(row, self.verdict(world, worker), self.now(world))
        world = self.put(world, worker.touch, row)
        if row.state != "dispatching":
            return with_worker(world, number, Worker())
        world = self.lock(world, number, worker.touch)
        intents = with_item(world.intents, worker.touch, self.now(world))
        return with_worker(replace(world, intents=intents), number, replace(worker, stage="intended", seen=None))

    def is_ours(self, row: Row, worker: Worker) -> bool:
        return row.state == "leased" and row.attempt == worker.attempt

    def call(self, world: World, number: int, worker: Worker, outcome: Outcome, takes: bool) -> World:
        """Call the provider: the irrevocable act, at which the oracle looks. An old verdict is no verdict."""
        if self.too_old(world, worker):
            stale = Refused(permanent=False, reason="the verdict became too old", retry_after=timedelta())
            return with_worker(world, number, replace(worker, stage="called", outcome=stale))
        check(world, worker.touch)
        if takes:
            world = replace(world, taken=(*world.taken, (worker.touch, world.clock)))
        return with_worker(world, number, replace(worker, stage="called", outcome=outcome))

    def too_old(self, world: World, worker: Worker) -> bool:
        return world.intents[worker.touch] != self.now(world)

    def record(self, world: World, number: int, worker: Worker) -> World:
        row = world.rows[worker.touch]
        if row.attempt == worker.attempt and worker.outcome is not None:
            world = self.put(world, worker.touch, self.settled(row, worker.outcome, self.now(world)))
        return self.release(world, number)

    def settled(self, row: Row, outcome: Outcome, now: datetime) -> Row:
        if row.state in ("planned", "leased", "suppressed"):
            return row
        return outbox.after_outcome(row, outcome, now)

    def lost(self, row: Row, now: datetime) -> Row:
        return outbox.after_lease(row, now)

    def report(self, world: World, touch: int, kind: str) -> World:
        told = Report(kind, self.now(world))  # type: ignore[arg-type]
        return self.put(world, touch, outbox.after_report(world.rows[touch], told, self.now(world)))

    # -- what the person says -----------------------------------------------------------------------------

    def stop(self, world: World) -> World:
        """Commit an opt-out under the lock; when a call is in the air, without it after two seconds."""
        in_the_air = world.in_the_air | {touch for touch, holder in enumerate(world.locks) if holder is not None}
        world = replace(world, said=(*world.said, ("STOP", world.clock)), in_the_air=in_the_air)
        world = self.enter(world, "opted_out")
        rows = tuple(
            replace(row, state="suppressed", reason="opted_out")
            if row.state == "planned" and PURPOSES[touch] == "marketing"
            else row
            for touch, row in enumerate(world.rows)
        )
        return self.plan_confirmation(replace(world, rows=rows))

    def plan_confirmation(self, world: World) -> World:
        """Plan one confirmation for each inbound message; which of them may go is the gate's to say."""
        free = next((touch for touch in CONFIRMATIONS if world.rows[touch] == UNPLANNED), None)
        row = Row(expires_at=self.now(world) + timedelta(minutes=5))
        return world if free is None else self.put(world, free, row)

    def stop_again(self, world: World) -> World:
        """The carrier repeats a webhook: the message id is known, so nothing happens."""
        return world

    def start(self, world: World) -> World:
        return self.enter(replace(world, said=(*world.said, ("START", world.clock))), "opted_in")

    def reimport(self, world: World) -> World:
        """The same export comes again, and it says that she consented."""
        return self.enter(world, "granted")

    def enter(self, world: World, act: str) -> World:
        at = self.now(world)
        entry = Entry(PHONE, "sms", act, "all", at, at, "test", "evidence", f"{act}{len(world.ledger)}")  # type: ignore[arg-type]
        return replace(world, ledger=(*world.ledger, entry))

    # -- locks and rows -----------------------------------------------------------------------------------

    def lock_free(self, world: World, touch: int) -> bool:
        return all(holder is None for holder in world.locks)  # one phone, one lock

    def lock(self, world: World, number: int, touch: int) -> World:
        return replace(world, locks=with_item(world.locks, touch, number))

    def release(self, world: World, number: int) -> World:
        locks = tuple(None if holder == number else holder for holder in world.locks)
        in_the_air = world.in_the_air - {touch for touch, holder in enumerate(world.locks) if holder == number}
        return with_worker(replace(world, locks=locks, in_the_air=in_the_air), number, Worker())

    def put(self, world: World, touch: int, row: Row) -> World:
        return replace(world, rows=with_item(world.rows, touch, row))


@lru_cache(maxsize=200_000)
def ask(touch: int, ledger: tuple[Entry, ...], sent: tuple[Sent, ...], now: datetime, rules: RuleSet) -> Verdict:
    """Ask the real gate, once for each question."""
    message = Proposed(str(touch), PURPOSES[touch], "sms", PHONE, SELLER)  # type: ignore[arg-type]
    view = ContactView(sent=sent, practice_hours=((0, 1440),) * 7, min_gap=timedelta(), weekly_cap=99)
    granted = Entry(PHONE, "sms", "granted", "all", LONG_AGO, LONG_AGO, "web form", "disclosure 3", "first")
    return judge(message, view, (granted, *ledger), rules, now)


def check(world: World, touch: int) -> None:
    """Let the oracle look at one call: at the words that were said, the clock on the wall, the earlier calls."""
    now = CLOCK[world.clock]
    if any(one == touch for one, _ in world.taken):
        raise Violation("the same touch twice (I6)")
    if PURPOSES[touch] == "opt_out_confirmation":
        stops = [when for word, when in world.said if word == "STOP"]
        if not stops or now.at - CLOCK[stops[-1]].at > timedelta(minutes=5):
            raise Violation("a confirmation of nothing fresh (I2)")
        if sum(1 for one, _ in world.taken if one in CONFIRMATIONS) >= episodes(world):
            raise Violation("a second confirmation (I2)")
        return
    if stopped(world) and touch not in world.in_the_air:
        raise Violation("marketing after STOP (I1)")
    if not now.lawful:
        raise Violation("marketing at night (I3)")
    day = [one for one, when in world.taken if PURPOSES[one] == "marketing" and now.at - CLOCK[when].at < DAY]
    if day:
        raise Violation("more than one a day (I5)")


def stopped(world: World) -> bool:
    """Tell whether the person wants silence: the last word counts, and STOP wins a tie (I12)."""
    stops = [when for word, when in world.said if word == "STOP"]
    starts = [when for word, when in world.said if word == "START"]
    return bool(stops) and (not starts or max(stops) >= max(starts))


def episodes(world: World) -> int:
    """Count how often they went from talking to silence."""
    words = [word for word, _ in world.said]
    return sum(1 for n, word in enumerate(words) if word == "STOP" and (n == 0 or words[n - 1] == "START"))


def with_item(items: tuple[T, ...], place: int, item: T) -> tuple[T, ...]:
    return (*items[:place], item, *items[place + 1 :])


def with_worker(world: World, number: int, worker: Worker) -> World:
    return replace(world, workers=with_item(world.workers, number, worker))


@dataclass(frozen=True, slots=True)
class Found:
    """What an exploration saw."""

    transitions: int
    states: int
    depth: int
    sends: int
    violation: str | None = None
    trace: tuple[str, ...] = ()


# Beginnings from which a short exploration reaches far: as in chess, nobody needs to find these moves again.
OPENINGS: tuple[tuple[str, ...], ...] = (
    (),
    ("0 claims 0", "1 claims 1"),
    ("STOP", "STOP", "0 claims 2", "0 judges 2", "0 calls 2: Accepted", "0 records 2"),
    ("0 claims 0", "STOP", "0 judges 0"),
    ("STOP", "time passes", "START"),
    ("0 claims 0", "0 judges 0", "0 calls 0: Accepted", "0 records 0"),
    ("0 claims 0", "0 judges 0", "0 calls 0: Unknown", "0 dies"),
    ("0 claims 0", "0 judges 0", "0 calls 0: Unknown", "0 records 0", "time passes", "time passes"),
    ("0 claims 0", "0 judges 0", "0 calls 0: Refused, not taken", "0 records 0"),
    ("0 claims 0", "lease of 0 runs out", "1 claims 0", "1 judges 0", "1 calls 0: Accepted", "1 records 0"),
)


def play(engine: Engine, moves: Sequence[str]) -> World | None:
    """Make these moves from the start; None when this engine does not offer one of them."""
    world = World()
    for move in moves:
        step = dict(engine.steps(world)).get(move)
        if step is None:
            return None
        world = step()
    return world


def explore(engine: Engine, most: int, opening: Sequence[str] = ()) -> Found:
    """Try every order of steps after an opening, shortest first, until a violation or `most` transitions."""
    start = play(engine, opening)
    if start is None:
        return Found(0, 0, 0, 0)
    came_from: dict[World, tuple[World, str] | None] = {start: None}
    frontier: deque[tuple[World, int]] = deque([(start, len(opening))])
    transitions = sends = 0
    depth = len(opening)
    while frontier and transitions < most:
        world, depth = frontier.popleft()
        for name, step in engine.steps(world):
            transitions += 1
            try:
                after = step()
            except Violation as broken:
                trace = (*opening, *trace_to(world, came_from), name)
                return Found(transitions, len(came_from), depth + 1, sends, str(broken), trace)
            sends += len(after.taken) > len(world.taken)
            assert all(outbox.bucket(row.state) for row in after.rows), "a touch is lost"
            if after not in came_from:
                came_from[after] = (world, name)
                frontier.append((after, depth + 1))
    return Found(transitions, len(came_from), depth, sends)


def hunt(engine: Callable[[], Engine], budgets: Sequence[int]) -> Found:
    """Explore from every opening, a little first and more each round, until a violation; sums what was seen."""
    total = Found(0, 0, 0, 0)
    for budget in budgets:
        for opening in OPENINGS:
            found = explore(engine(), budget, opening)
            total = replace(
                found,
                transitions=total.transitions + found.transitions,
                states=total.states + found.states,
                depth=max(total.depth, found.depth),
                sends=total.sends + found.sends,
            )
            if found.violation:
                return total
    return total


def wander(engine: Engine, seed: int, length: int) -> list[tuple[str, World]]:
    """Take one random walk, which goes deeper than any breadth first; raises Violation."""
    luck, world, walked = Random(seed), World(), []
    for _ in range(length):
        name, step = luck.choice(list(engine.steps(world)))
        world = step()
        walked.append((name, world))
    return walked


def trace_to(world: World, came_from: dict[World, tuple[World, str] | None]) -> tuple[str, ...]:
    """Walk back to the beginning."""
    names: list[str] = []
    while (before := came_from[world]) is not None:
        world, name = before
        names.append(name)
    return tuple(reversed(names))
