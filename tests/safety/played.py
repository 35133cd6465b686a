"""The model as the real thing plays it: which of the open choices it takes, and random traces of it to be replayed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random

from rewarm.adapters.rules import rule_set
from rewarm.domain.calendars import RuleSet
from rewarm.domain.outbox import Row
from rewarm.domain.policy import ContactView
from tests.safety.engine import INSISTS, Engine, Step
from tests.safety.oracle import ANSWERED, START, STOP
from tests.safety.world import PURPOSES, Worker, World, with_item

NEVER_SENT = frozenset({"was told to stop", ANSWERED})  # what Kannel has no words for


@dataclass
class Played(Engine):
    """The model with those habits of the real thing that the exploration leaves open.

    Answers go before advertising and the oldest due first, a pass may take several, an inbound text waits two seconds for
    a lock, which no verdict survives; and the cap is the practice's own gap of days between two touches.
    """

    most_crashes: int = 2
    most_claimed: int = 3
    rules: RuleSet = field(default_factory=rule_set)
    view: ContactView = field(default_factory=ContactView)
    without: frozenset[str] = frozenset({"the two are merged"})  # no action merges two contacts that we hold

    def claimable(self, world: World) -> Iterator[tuple[int, ...]]:
        planned = [(touch, row) for touch, row in enumerate(world.rows) if self.is_due(world, row)]
        due = sorted((PURPOSES[touch] == "marketing", row.not_before, touch) for touch, row in planned)
        most = 1 if world.unusable else self.most_claimed  # without an address two touches share a batch
        for count in range(1, min(len(due), most) + 1):
            yield tuple(touch for *_, touch in due[:count])

    def judge(self, world: World, number: int, worker: Worker) -> World:
        """A pass that finds the sender stopped when it begins leaves all that it claimed for later."""
        begins = worker.seen is not None
        return super().judge(world, number, replace(worker, halted=worker.halted or (begins and world.stopped)))

    def sender_stopped(self, world: World, worker: Worker) -> bool:
        return world.stopped or worker.halted

    def is_due(self, world: World, row: Row) -> bool:
        return row.state == "planned" and row.not_before is not None and row.not_before <= self.now(world)

    def events(self, world: World) -> Iterator[Step]:
        for name, step in super().events(world):
            if name in (STOP, ANSWERED, START, "STOP is delivered again"):
                yield name, partial(self.after_waiting, world, step)
            else:
                yield name, step

    def after_waiting(self, world: World, step: Callable[[], World]) -> World:
        """Let the verdicts of calls that have not begun grow old while a text waits for their lock."""
        after = step()
        for number, worker in enumerate(after.workers):
            if worker.stage == "intended":
                after = replace(after, workers=with_item(after.workers, number, replace(worker, clock=-1)))
        return after


# A walk that picks among all steps alike would spend itself on words and clocks.
WEIGHTS: Mapping[str, float] = {
    "time passes": 0.35, "the clock is set back": 0.2, START: 1.0, STOP: 0.6, ANSWERED: 0.3,
    "STOP is delivered again": 0.2, "the export comes again": 0.1, "its claims are backed": 0.5, INSISTS: 0.3,
    "the sender is stopped": 0.15, "the sender goes on": 0.6, "a campaign begins": 1.5,
}  # fmt: skip
WAITS = 0.15  # whatever makes the real thing wait for seconds is rarer, and common enough in thousands of traces


def walk(engine: Engine, seed: int) -> list[str]:
    """Draw one trace of the model, by its names."""
    luck, world = Random(seed), engine.beginning()
    names: list[str] = []
    for _ in range(luck.randint(6, 26)):
        offered = list(engine.steps(world))
        if not offered:
            break
        name, step = luck.choices(offered, [_weight(world, name) for name, _ in offered])[0]
        world = step()
        names.append(name)
    return names


def _weight(world: World, name: str) -> float:
    weight = WEIGHTS.get(name, 0.3 if " lease of " in name or name.endswith("dies") else 1.0)
    stages = {worker.stage for worker in world.workers}
    if name == "time passes" and "intended" in stages:
        return weight * WAITS
    if name in (STOP, ANSWERED, START, "STOP is delivered again") and stages & {"intended", "called"}:
        return weight * WAITS
    return weight
