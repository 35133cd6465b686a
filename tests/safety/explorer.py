"""Explores every order in which things can happen around one shared phone, over the real gate and outbox.

Two workers, two people who share a phone, a cap of one text a day, a worker that may die at any step, STOP and START, a
carrier that answers in five ways, a re-import, a merge, a stop switch, an expiry, a clock that moves on and back, a night
with an hour less. Breadth first, so that the first violation found has the shortest trace.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

from rewarm.domain import outbox
from tests.safety.engine import Engine
from tests.safety.liveness import starved
from tests.safety.oracle import Violation, in_order
from tests.safety.world import SPRING, World

SAMPLE = 100  # after so many transitions each, a state is asked whether everything would still get done
NOTHING_ELSE = "nothing else happens"


@dataclass(frozen=True, slots=True)
class Found:
    """What an exploration saw."""

    transitions: int
    states: int
    depth: int
    sends: int
    drained: int = 0
    violation: str | None = None
    trace: tuple[str, ...] = ()


EVENING = ("0 claims 0", "0 judges 0")
SENT = (*EVENING, "0 calls about 0, the carrier accepts", "0 records 0")
SILENT = (*EVENING, "0 calls about 0, the carrier accepts and falls silent")
LATER_ON = ("time passes", "time passes", "time passes", "a campaign begins")
# Beginnings from which a short exploration reaches far: as in chess, nobody needs to find these moves again.
OPENINGS: tuple[tuple[str, ...], ...] = (
    (),
    ("0 claims 0", "1 claims 1"),
    ("0 claims 0", "1 claims 1", *SENT[1:]),
    ("0 claims 0", "1 claims 1", *SILENT[1:], "0 records 0"),
    ("0 claims 0", "the lease of 0 runs out", "1 claims 0", "1 judges 0", "1 calls about 0, the carrier accepts"),
    ("0 claims 0", "the export comes again"),
    ("0 claims 0", "the sender is stopped", "0 judges 0"),
    ("0 claims 0", "STOP", "0 judges 0"),
    ("time passes", "time passes", "0 claims 0"),
    ("time passes", "time passes", "time passes"),
    SENT,
    (*SENT, "time passes"),
    (*SILENT, "0 dies"),
    (*SILENT, "0 records 0", "time passes", "time passes"),
    (*EVENING, "0 calls about 0, the carrier is busy", "0 records 0"),
    (*EVENING, "0 calls about 0, the carrier was told to stop", "0 records 0"),
    ("STOP", "STOP", "0 claims 2", "0 judges 2", "0 calls about 2, the carrier accepts", "0 records 2"),
    ("STOP", "time passes", "START"),
    ("STOP", "START", *LATER_ON, "time passes", "0 claims 4"),
    ("STOP", "time passes", "START", *LATER_ON),
    ("STOP", "time passes", "START", "the clock is set back", "STOP"),
    ("STOP", "time passes", "START", "the clock is set back", "STOP", *LATER_ON),
    ("STOP", "the two are merged", *LATER_ON),
    ("STOP", "the export comes again", *LATER_ON, "0 claims 4"),
)  # fmt: skip


def variants(bug: Callable[..., Engine] = Engine) -> list[Engine]:
    """Let an engine play in each of the worlds: an autumn week, a spring night with an hour less, people who never said yes."""
    return [bug(), bug(clock=SPRING), bug(consented=False)]


def play(engine: Engine, moves: Sequence[str]) -> World | None:
    """Make these moves from the start; None when this engine does not offer one of them."""
    world = engine.beginning()
    for move in moves:
        step = dict(engine.steps(world)).get(move)
        if step is None:
            return None
        world = step()
    return world


def explore(engine: Engine, most: int, opening: Sequence[str] = ()) -> Found:
    """Try every order of steps after an opening, shortest first, until a violation or `most` transitions."""
    nothing = Found(0, 0, 0, 0)
    try:
        start = play(engine, opening)
    except Violation as broken:
        return replace(nothing, violation=str(broken), trace=tuple(opening))
    if start is None:
        return nothing
    came_from: dict[World, tuple[World, str] | None] = {start: None}
    frontier: deque[tuple[World, int]] = deque([(start, len(opening))])
    transitions = sends = 0
    depth = len(opening)
    samples: list[World] = []

    def found(violation: str | None = None, *last: str) -> Found:
        trace = (*opening, *trace_to(world, came_from), *last) if violation else ()
        return Found(transitions, len(came_from), depth, sends, len(samples), violation, trace)

    while frontier and transitions < most:
        world, depth = frontier.popleft()
        if transitions >= SAMPLE * len(samples):
            samples.append(world)
        for name, step in engine.steps(world):
            transitions += 1
            try:
                after = step()
            except Violation as broken:
                depth += 1
                return found(str(broken), name)
            sends += len(after.taken) > len(world.taken)
            if after not in came_from:
                assert all(outbox.bucket(row.state) for row in after.rows) and in_order(after), "a touch is lost"
                came_from[after] = (world, name)
                frontier.append((after, depth + 1))
    for world in samples:
        if undone := starved(engine, world):
            return found(undone, NOTHING_ELSE)
    return found()


def hunt(bug: Callable[..., Engine], budgets: Sequence[int], *, shortest: bool = False) -> Found:
    """Explore every world from every opening, a little first and more each round, until a violation; sums what was seen.

    `shortest` finishes the round in which the violation was found, and takes the shortest trace of all that it finds; one
    that shows what was sent says more than one that shows what was not.
    """
    total, best = Found(0, 0, 0, 0), None
    for budget in budgets:
        for engine in variants(bug):
            for opening in OPENINGS:
                found = explore(engine, budget, opening)
                if best is None:
                    total = _sum(total, found)
                if found.violation is None:
                    continue
                found = replace(found, trace=shortened(engine, found))
                best = min(best or found, found, key=lambda one: (one.trace[-1] == NOTHING_ELSE, len(one.trace)))
                if not shortest:
                    break
            if best and not shortest:
                break
        if best:
            return replace(total, violation=best.violation, trace=best.trace)
    return total


def _sum(one: Found, other: Found) -> Found:
    return Found(
        one.transitions + other.transitions,
        one.states + other.states,
        max(one.depth, other.depth),
        one.sends + other.sends,
        one.drained + other.drained,
    )


def shortened(engine: Engine, found: Found) -> tuple[str, ...]:
    """Leave out of a trace every stretch that the same violation does not need; an opening may have brought too much."""
    trace = list(found.trace)
    for length in range(len(trace) - 1, 0, -1):
        place = 0
        while place + length <= len(trace):
            without = [*trace[:place], *trace[place + length :]]
            if breaks(engine, without) == found.violation:
                trace = without
            else:
                place += 1
    return tuple(trace)


def breaks(engine: Engine, moves: Sequence[str]) -> str | None:
    """Name the violation that the last of these moves leads to, if it does."""
    if not moves:
        return None
    *before, last = moves
    try:
        world = play(engine, before)
    except Violation:
        return None
    if world is None:
        return None
    if last == NOTHING_ELSE:
        return starved(engine, world)
    try:
        step = dict(engine.steps(world)).get(last)
        return None if step is None else [step(), None][1]
    except Violation as broken:
        return str(broken)


def wander(engine: Engine, seed: int, length: int) -> list[tuple[str, World]]:
    """Take one random walk, which goes deeper than any breadth first; raises Violation."""
    luck, world, walked = Random(seed), engine.beginning(), []
    for _ in range(length):
        offered = list(engine.steps(world))
        if not offered:
            break
        name, step = luck.choice(offered)
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
