"""The small world that is explored: two people who share a phone, two workers, five touches and a clock."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TypeVar

from rewarm.adapters.rules import rule_set
from rewarm.domain.calendars import Cap, RuleSet
from rewarm.domain.consent import Entry
from rewarm.domain.outbox import Outcome, Row
from rewarm.domain.policy import ContactView, Sent

PHONE = "+14482010101"  # the Florida panhandle: Eastern or Central, and these people live by Eastern time
SELLER = "Elm Street Hearing LLC"
LONG_AGO = datetime(2026, 1, 5, 12, tzinfo=UTC)
# Both people's touches, the answers to two STOPs, and what a later campaign says; the last three wait until they are planned.
PURPOSES = ("marketing", "marketing", "opt_out_confirmation", "opt_out_confirmation", "marketing")
CONFIRMATIONS, LATER = (2, 3), 4
UNPLANNED = Row(state="suppressed", reason="unplanned")
WORKERS = 2
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
TALK_LASTS = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment worth exploring, with what the law says of it, worked out by hand for Eastern time in Florida."""

    at: datetime
    lawful: bool


def _utc(month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


# Florida closes at 20:00. Tuesday 19:30 Eastern is 18:30 Central; 10:30 Eastern is 09:30 Central.
AUTUMN = (
    Instant(_utc(11, 18, 0, 30), lawful=True),
    Instant(_utc(11, 18, 0, 31), lawful=True),
    Instant(_utc(11, 18, 1, 5), lawful=False),  # 20:05
    Instant(_utc(11, 18, 15, 30), lawful=True),  # fifteen hours later: the cap is still used up
    Instant(_utc(11, 23, 15, 30), lawful=True),  # and five days later, when the unknowns are closed
)
# Over the night of 8 March 2026, which has an hour less: 19:30 on Saturday is 00:30 UTC, 19:40 on Sunday 23:40 UTC.
SPRING = (
    Instant(_utc(3, 8, 0, 30), lawful=True),
    Instant(_utc(3, 8, 23, 40), lawful=True),  # 23 hours and 10 minutes later, whatever the clocks on the wall say
    Instant(_utc(3, 9, 0, 5), lawful=False),  # 20:05, which was 19:05 yesterday
    Instant(_utc(3, 9, 14, 30), lawful=True),
    Instant(_utc(3, 13, 14, 30), lawful=True),
)


T = TypeVar("T")


def with_item(items: tuple[T, ...], place: int, item: T) -> tuple[T, ...]:
    """Put one item into its place."""
    return (*items[:place], item, *items[place + 1 :])


@dataclass(frozen=True, slots=True)
class Worker:
    """Where one worker stands with which touch; `at` is the business time with which it began its pass."""

    stage: str = "idle"  # idle, claimed, intended, called
    touch: int = -1
    attempt: int = 0
    clock: int = 0  # the place of that time on the clock
    at: datetime | None = None
    outcome: Outcome | None = None
    seen: "tuple[tuple[Entry, ...], tuple[Sent, ...], bool] | None" = None  # what it had read when it claimed
    halted: bool = False  # its pass began while the sender was stopped
    waiting: tuple[tuple[int, int], ...] = ()  # what else it claimed in this pass: touch and attempt


@dataclass(frozen=True, slots=True)
class World:
    """Everything that can differ between two moments. The last seven fields are the oracle's, not the engine's."""

    rows: tuple[Row, ...]
    clock: int = 0
    slipped: bool = False  # the machine's clock was set back by a minute
    owners: tuple[int, ...] = (0, 1, 0, 0, 0)  # whose touch it is
    intents: tuple[datetime | None, ...] = (None,) * len(PURPOSES)
    leases: tuple[int, ...] = (0,) * len(PURPOSES)  # when each was claimed last, as a place on the clock
    ledger: tuple[Entry, ...] = ()
    talking: tuple[datetime | None, ...] = (None, None)  # until when each of the two is in a conversation
    unusable: bool = False  # the phone could not be reached twice in a row
    stopped: bool = False  # the sender's stop switch
    imports: int = 0  # 1: the export came again; 2: somebody backed its claims with evidence
    merged: bool = False
    workers: tuple[Worker, ...] = (Worker(),) * WORKERS
    locks: tuple[int | None, ...] = (None,) * len(PURPOSES)  # per touch: the worker that holds its address
    crashes: int = 0
    said: tuple[tuple[str, int], ...] = ()  # what the person said, and when
    proofs: int = 0  # how often somebody proved a consent
    taken: tuple[tuple[int, int], ...] = ()  # which touch the provider took, and when
    in_the_air: frozenset[int] = frozenset()  # calls that a STOP could not wait for
    past_the_switch: frozenset[int] = frozenset()  # calls that had begun when the switch was turned
    switched: bool = False  # whether the switch was ever turned


def with_worker(world: World, number: int, worker: Worker) -> World:
    """Let one worker stand elsewhere."""
    return replace(world, workers=with_item(world.workers, number, worker))


# What the gate knows of both people beside what was sent and said: nothing that would get in the way of a short story.
OPEN_VIEW = ContactView(practice_hours=((0, 1440),) * 7, min_gap=timedelta(), weekly_cap=99)


@cache
def tight_rules() -> RuleSet:
    """Take the real rules, with Florida's cap set to one."""
    real = rule_set()
    florida = replace(real.states["FL"], caps=(Cap(1, DAY),))
    return replace(real, version="explorer", states={**real.states, "FL": florida})


def beginning(clock: tuple[Instant, ...]) -> World:
    """Lay out the first moment: one touch that expires this evening and one that has a month."""
    start = clock[0].at
    tonight = Row(not_before=start - 2 * MINUTE, expires_at=start + timedelta(hours=4))
    sometime = Row(not_before=start - MINUTE, expires_at=start + 30 * DAY)
    return World(rows=(tonight, sometime, UNPLANNED, UNPLANNED, UNPLANNED))
