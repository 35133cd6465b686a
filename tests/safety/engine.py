"""The protocol of sending in steps that can each be the last, over the real gate and the real transitions.

It follows actions/send.py, receive.py, opt_out.py and reconcile.py, and tests/safety/replay.py holds it to them. A seeded
bug overrides one method.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache

from rewarm.domain import outbox
from rewarm.domain.calendars import RuleSet
from rewarm.domain.consent import Entry
from rewarm.domain.outbox import Accepted, Outcome, Refused, Report, Row, Unknown
from rewarm.domain.policy import ContactView, Delay, Proposed, Sent, Verdict, judge
from tests.safety.oracle import ANSWERED, AT_THE_CARRIER, START, STOP, check
from tests.safety.world import (
    AUTUMN,
    CONFIRMATIONS,
    DAY,
    LATER,
    LONG_AGO,
    MINUTE,
    OPEN_VIEW,
    PHONE,
    PURPOSES,
    SELLER,
    TALK_LASTS,
    UNPLANNED,
    Instant,
    Worker,
    World,
    beginning,
    tight_rules,
    with_item,
    with_worker,
)

Step = tuple[str, Callable[[], World]]
LOOK_AGAIN = timedelta(hours=1)  # a stop switch
STALE = Refused(permanent=False, reason="the verdict became too old", asked=False)
ANSWERS: dict[str, tuple[Outcome, bool]] = {
    "accepts": (Accepted(), True),
    "accepts and falls silent": (Unknown("no answer: RemoteProtocolError"), True),
    "hangs up": (Unknown("no answer: ReadError"), False),
    "is busy": (Refused(permanent=False, reason="busy"), False),
    "was told to stop": (Refused(permanent=True, reason="21610", opted_out=True), False),
}
INSISTS = "a consent is written down by hand"


@dataclass
class Engine:
    """The engine and the world around it. `beside` names the events that may happen beside sending; None: all of them."""

    most_crashes: int = 1
    clock: tuple[Instant, ...] = AUTUMN
    rules: RuleSet = field(default_factory=tight_rules)
    view: ContactView = OPEN_VIEW
    consented: bool = True  # whether the phone's consent is in the ledger from the beginning
    without: frozenset[str] = frozenset()  # events that are left out
    most_claimed: int = 1  # how many touches one pass takes

    # -- what the gate is asked ---------------------------------------------------------------------------

    def now(self, world: World) -> datetime:
        """Read the machine's clock, which may have been set back."""
        return self.clock[world.clock].at - (MINUTE if world.slipped else timedelta())

    def sent(self, world: World) -> tuple[Sent, ...]:
        """Count what used up the cap: everything from the intent on that was not refused with proof."""
        return tuple(
            Sent(at, PURPOSES[touch], "sms")  # type: ignore[arg-type]
            for touch, at in enumerate(world.intents)
            if at and world.rows[touch].state in ("dispatching", "sent", "unknown", "closed")
        )

    def ledger(self, world: World, touch: int) -> tuple[Entry, ...]:
        return world.ledger

    def sender_stopped(self, world: World, worker: Worker) -> bool:
        return world.stopped

    def verdict(self, world: World, worker: Worker) -> Verdict:
        """Ask at the business time of the pass, which a lease that has not run out keeps fresh."""
        assert worker.at is not None
        if self.sender_stopped(world, worker):
            return Delay("stopped", worker.at + LOOK_AGAIN, {})
        return self.ask(world, worker.touch, self.ledger(world, worker.touch), self.sent(world), worker.at)

    def ask(self, world: World, touch: int, ledger: tuple[Entry, ...], sent: tuple[Sent, ...], at: datetime) -> Verdict:
        live = any(until is not None and until > at for until in world.talking)
        unusable = world.unusable and world.intents[touch] is None and touch not in CONFIRMATIONS
        entries = (*granted_long_ago(), *ledger) if self.consented else ledger
        expires_at = world.rows[touch].expires_at
        return ask_the_gate(touch, expires_at, entries, sent, live, unusable, at, self.view, self.rules)

    # -- everything that may happen next ------------------------------------------------------------------

    def beginning(self) -> World:
        return beginning(self.clock)

    def steps(self, world: World) -> Iterator[Step]:
        idle = next((number for number, worker in enumerate(world.workers) if worker.stage == "idle"), None)
        for number, worker in enumerate(world.workers):
            if worker.stage != "idle" or number == idle:  # two idle workers are alike in everything but their number
                yield from self.worker_steps(world, number, worker)
        for name, step in self.events(world):
            if name not in self.without:
                yield name, step
        for touch, row in enumerate(world.rows):
            yield from self.touch_steps(world, touch, row)

    def worker_steps(self, world: World, number: int, worker: Worker) -> Iterator[Step]:
        match worker.stage:
            case "idle":
                for touches in self.claimable(world):
                    name = " and ".join(map(str, touches))
                    yield f"{number} claims {name}", lambda touches=touches: self.claim(world, number, touches)  # type: ignore[misc]
            case "claimed":
                yield f"{number} judges {worker.touch}", lambda: self.judge(world, number, worker)
            case "intended":
                for name, (outcome, takes) in ANSWERS.items():
                    if name not in self.without:
                        yield (
                            f"{number} calls about {worker.touch}, the carrier {name}",
                            lambda o=outcome, t=takes: self.call(world, number, worker, o, t),  # type: ignore[misc]
                        )
            case "called":
                yield f"{number} records {worker.touch}", lambda: self.record(world, number, worker)
        if worker.stage != "idle" and world.crashes < self.most_crashes:
            yield f"{number} dies", lambda: self.release(replace(world, crashes=world.crashes + 1), number)

    def claimable(self, world: World) -> Iterator[tuple[int, ...]]:
        """List what one pass could begin with; any order of due touches is possible when two are due at once."""
        for touch, row in enumerate(world.rows):
            if outbox.is_due(row, self.now(world)):
                yield (touch,)

    def events(self, world: World) -> Iterator[Step]:
        words = [word for word, _ in world.said]
        if world.clock + 1 < len(self.clock):
            yield "time passes", lambda: replace(world, clock=world.clock + 1)
        if not world.slipped:
            yield "the clock is set back", lambda: replace(world, slipped=True)
        if words.count(STOP) + words.count(ANSWERED) < 2:
            yield STOP, lambda: self.stop(world)
            yield ANSWERED, lambda: self.stop(world, answered=True)
        if words[-1:] != [START] and words and START not in words:
            yield START, lambda: self.start(world)
        if STOP in words:
            yield "STOP is delivered again", lambda: self.stop_again(world)
        if world.imports == 0:
            yield "the export comes again", lambda: self.reimport(replace(world, imports=1))
        if world.imports == 1:
            yield "its claims are backed", lambda: self.back(replace(world, imports=2))
            yield INSISTS, lambda: self.enter(replace(world, imports=2, proofs=world.proofs + 1), "granted")
        if not world.merged:
            yield "the two are merged", lambda: self.merge(world)
        if world.stopped or not world.switched:
            yield ("the sender goes on" if world.stopped else "the sender is stopped"), lambda: self.switch(world)
        if world.rows[LATER] == UNPLANNED and world.clock >= 3:
            yield "a campaign begins", lambda: self.plan_later(world)

    def touch_steps(self, world: World, touch: int, row: Row) -> Iterator[Step]:
        if row.state in ("leased", "dispatching"):
            yield f"the lease of {touch} runs out", lambda: self.reconcile(world, touch)
        if row.state == "unknown" and self.is_old(world, touch):
            yield f"{touch} is closed", lambda: self.reconcile(world)
        if any(one == touch for one, _ in world.taken) and row.status != "delivered":
            yield f"{touch} is delivered", lambda: self.report(world, touch, "delivered")
            yield f"{touch} is undelivered", lambda: self.report(world, touch, "undelivered")

    # -- one pass -----------------------------------------------------------------------------------------

    def claim(self, world: World, number: int, touches: tuple[int, ...]) -> World:
        now = self.now(world)
        leases = world.leases
        for touch in touches:
            world = self.put(world, touch, outbox.lease(world.rows[touch], now))
            leases = with_item(leases, touch, world.clock)
        claimed = [(touch, world.rows[touch].attempt) for touch in touches]
        seen = (self.ledger(world, touches[0]), self.sent(world), world.stopped)
        first, *rest = claimed
        worker = Worker("claimed", *first, clock=world.clock, at=now, seen=seen, waiting=tuple(rest))
        return with_worker(replace(world, leases=leases), number, worker)

    def judge(self, world: World, number: int, worker: Worker) -> World:
        """Take the lock, judge again and commit the intent; who finds it taken gives back, who lost the lease gives up."""
        touch, row = worker.touch, world.rows[worker.touch]
        if not self.lock_free(world, touch):
            if row.state == "leased" and row.attempt == worker.attempt:
                world = self.put(world, touch, replace(row, state="planned"))
            return self.turn_to_next(world, number, worker)
        if not self.is_ours(world, row, worker):
            return self.turn_to_next(world, number, worker)
        assert worker.at is not None
        row = outbox.after_verdict(row, self.verdict(world, worker), worker.at)
        leaves = row.state == "dispatching"
        world = replace(world, intents=with_item(world.intents, touch, worker.at if leaves else None))
        world = self.put(world, touch, row)
        if not leaves:
            return self.turn_to_next(world, number, worker)
        return with_worker(self.lock(world, number, touch), number, replace(worker, stage="intended", seen=None))

    def is_ours(self, world: World, row: Row, worker: Worker) -> bool:
        """A claim holds as long as its lease: no time that is worth exploring passes within one."""
        return row.state == "leased" and row.attempt == worker.attempt and world.leases[worker.touch] == world.clock

    def call(self, world: World, number: int, worker: Worker, outcome: Outcome, takes: bool) -> World:
        """Call the provider: the irrevocable act, at which the oracle looks. An old verdict is no verdict."""
        if self.too_old(world, worker):
            return with_worker(world, number, replace(worker, stage="called", outcome=STALE))
        check(world, worker.touch, self.clock, self.consented)
        if takes:
            world = replace(world, taken=(*world.taken, (worker.touch, world.clock)))
        return with_worker(world, number, replace(worker, stage="called", outcome=outcome))

    def too_old(self, world: World, worker: Worker) -> bool:
        return worker.clock != world.clock

    def record(self, world: World, number: int, worker: Worker) -> World:
        row = world.rows[worker.touch]
        assert worker.outcome is not None and worker.at is not None
        if row.attempt == worker.attempt:
            world = self.put(world, worker.touch, self.settled(row, worker.outcome, worker.at))
            if isinstance(worker.outcome, Refused) and worker.outcome.opted_out:
                heard = sorted((*world.said, (AT_THE_CARRIER, worker.clock)), key=lambda one: one[1])
                world = self.mirror(replace(world, said=tuple(heard)), worker.at)
        return self.turn_to_next(self.release(world, number), number, worker)

    def settled(self, row: Row, outcome: Outcome, now: datetime) -> Row:
        if row.state in ("planned", "leased", "suppressed"):
            return row
        return outbox.after_outcome(row, outcome, now)

    def mirror(self, world: World, now: datetime) -> World:
        """The carrier holds an opt-out that we never saw: ours, too, and never confirmed by us."""
        return self.doom(self.enter(world, "opted_out", source="carrier", at=now))

    def turn_to_next(self, world: World, number: int, worker: Worker) -> World:
        """Go on with the next touch of the same pass, at the same business time."""
        if not worker.waiting:
            return with_worker(world, number, Worker())
        (touch, attempt), *rest = worker.waiting
        fresh = replace(worker, stage="claimed", touch=touch, attempt=attempt, outcome=None, waiting=tuple(rest))
        return with_worker(world, number, replace(fresh, seen=None))

    # -- what was left behind -----------------------------------------------------------------------------

    def reconcile(self, world: World, lost: int | None = None) -> World:
        """Take back what lost its lease, this touch or whatever was claimed before time passed; close old doubts."""
        now = self.now(world)
        for touch, row in enumerate(world.rows):
            if row.state in ("leased", "dispatching") and (touch == lost or world.leases[touch] < world.clock):
                world = self.put(world, touch, self.lost(replace(row, reason=None), now))
        for touch, row in enumerate(world.rows):
            if row.state == "unknown" and self.is_old(world, touch):
                closed = replace(outbox.close_unknown(row, now), reason="no report within 72 hours")
                world = self.put(world, touch, closed)
        return world

    def lost(self, row: Row, now: datetime) -> Row:
        return outbox.after_lease(row, now)

    def is_old(self, world: World, touch: int) -> bool:
        called_at = world.intents[touch]
        return called_at is not None and self.now(world) - called_at >= outbox.RECONCILE_FOR

    def report(self, world: World, touch: int, kind: str) -> World:
        told = Report(kind, self.now(world))  # type: ignore[arg-type]
        world = self.put(world, touch, outbox.after_report(world.rows[touch], told, self.now(world)))
        called = sorted((at, one) for one, at in enumerate(world.intents) if at and world.rows[one].status)
        dead = [one for _, one in called[-2:] if world.rows[one].status == "undelivered"]
        is_dead = world.rows[touch].status == "undelivered" and len(dead) == 2
        return replace(world, unusable=world.unusable or is_dead)

    # -- what people say and do ---------------------------------------------------------------------------

    def stop(self, world: World, answered: bool = False) -> World:
        """Commit an opt-out under the lock; when a call is in the air, without it after two seconds."""
        who, word = self.who(world), ANSWERED if answered else STOP
        in_the_air = world.in_the_air | self.held(world)
        world = replace(world, said=(*world.said, (word, world.clock)), in_the_air=in_the_air)
        world = self.doom(self.enter(world, "opted_out", source="carrier" if answered else "sms message"))
        return world if answered else self.plan_confirmation(world, who)

    def held(self, world: World) -> frozenset[int]:
        return frozenset(touch for touch, holder in enumerate(world.locks) if holder is not None)

    def doom(self, world: World) -> World:
        """Refuse whatever is planned for this address, except the confirmation; no talk goes on."""
        world = replace(world, talking=(None,) * len(world.talking))
        for touch, row in enumerate(world.rows):
            if row.state == "planned" and touch not in CONFIRMATIONS:
                world = self.put(world, touch, replace(row, state="suppressed", reason="opted_out"))
        return world

    def plan_confirmation(self, world: World, who: int) -> World:
        """Plan one confirmation for each inbound message; which of them may go is the gate's to say."""
        free = next((touch for touch in CONFIRMATIONS if world.rows[touch] == UNPLANNED), None)
        if free is None:
            return world
        now = self.now(world)
        world = replace(world, owners=with_item(world.owners, free, who))
        return self.put(world, free, Row(not_before=now, expires_at=now + timedelta(minutes=5)))

    def stop_again(self, world: World) -> World:
        """The carrier repeats a webhook: the message id is known, so nothing happens."""
        return world

    def start(self, world: World) -> World:
        """Lift the opt-out; campaigns keep out of the talk that has just begun."""
        now, who = self.now(world), self.who(world)
        world = replace(world, said=(*world.said, (START, world.clock)))
        world = replace(world, talking=with_item(world.talking, who, now + TALK_LASTS))
        for touch, row in enumerate(world.rows):
            if row.state == "planned" and PURPOSES[touch] == "marketing" and world.owners[touch] == who:
                world = self.put(world, touch, replace(row, state="suppressed", reason="replied"))
        return self.enter(world, "opted_in")

    def who(self, world: World) -> int:
        """Take whoever was written to last for the one who answers from the shared phone."""
        called = [(at, -world.owners[touch]) for touch, at in enumerate(world.intents) if at]
        return -max(called)[1] if called else 0

    def reimport(self, world: World) -> World:
        """The same export comes again, and it says that they consented: a claim, and no consent."""
        return world

    def back(self, world: World) -> World:
        """Somebody backs the claims with evidence; an address that refused once gets nothing."""
        if any(entry.act == "opted_out" for entry in world.ledger):
            return world
        return self.enter(replace(world, proofs=world.proofs + 1), "granted", at=LONG_AGO)

    def merge(self, world: World) -> World:
        """The two turn out to be one person; the ledger is the phone's, so nothing changes in it."""
        talking = max((until for until in world.talking if until), default=None)
        return replace(world, merged=True, owners=(0,) * len(world.owners), talking=(talking, None))

    def switch(self, world: World) -> World:
        past = frozenset() if world.stopped else self.held(world)
        return replace(world, stopped=not world.stopped, switched=True, past_the_switch=past)

    def plan_later(self, world: World) -> World:
        now = self.now(world)
        return self.put(world, LATER, Row(not_before=now, expires_at=now + 30 * DAY))

    def enter(self, world: World, act: str, source: str = "sms message", at: datetime | None = None) -> World:
        """Add a line to the ledger; a refusal is never dated before a word that came before it, whatever the clock shows."""
        now = self.now(world)
        at = at or now
        if act == "opted_out":
            at = max([at, *(entry.at for entry in world.ledger if entry.at and entry.act != "granted")])
        entry = Entry(PHONE, "sms", act, "all", at, now, source, "evidence", f"{act}{len(world.ledger)}")  # type: ignore[arg-type]
        return replace(world, ledger=(*world.ledger, entry))

    # -- locks and rows -----------------------------------------------------------------------------------

    def lock_free(self, world: World, touch: int) -> bool:
        return all(holder is None for holder in world.locks)  # one phone, one lock

    def lock(self, world: World, number: int, touch: int) -> World:
        return replace(world, locks=with_item(world.locks, touch, number))

    def release(self, world: World, number: int) -> World:
        freed = {touch for touch, holder in enumerate(world.locks) if holder == number}
        locks = tuple(None if holder == number else holder for holder in world.locks)
        world = replace(
            world, locks=locks, in_the_air=world.in_the_air - freed, past_the_switch=world.past_the_switch - freed
        )
        return with_worker(world, number, Worker())

    def put(self, world: World, touch: int, row: Row) -> World:
        """Keep a row as the table does: `since` is the intent, from which an unknown is waited for."""
        if row.since != world.intents[touch]:
            row = replace(row, since=world.intents[touch])
        return replace(world, rows=with_item(world.rows, touch, row))


def granted_long_ago() -> tuple[Entry, ...]:
    return (_GRANTED,)


_GRANTED = Entry(PHONE, "sms", "granted", "all", LONG_AGO, LONG_AGO, "web form", "disclosure 3", "first")


@lru_cache(maxsize=400_000)
def ask_the_gate(
    touch: int,
    expires_at: datetime | None,
    entries: tuple[Entry, ...],
    sent: tuple[Sent, ...],
    live: bool,
    unusable: bool,
    now: datetime,
    view: ContactView,
    rules: RuleSet,
) -> Verdict:
    """Ask the real gate, once for each question."""
    message = Proposed(str(touch), PURPOSES[touch], "sms", PHONE, SELLER, expires_at=expires_at)  # type: ignore[arg-type]
    seen = replace(view, sent=sent, conversation_live=live, unusable=unusable)
    return judge(message, seen, entries, rules, now)
