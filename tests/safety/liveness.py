"""Asks of a reachable state whether everything that is due and allowed would still get done (I15)."""

from dataclasses import replace

from rewarm.domain import outbox
from tests.safety.engine import Engine
from tests.safety.oracle import STOP, Violation
from tests.safety.world import CONFIRMATIONS, LATER, UNPLANNED, World

MOST_STEPS = 400  # of a drain; more than this is spinning


def starved(engine: Engine, world: World) -> str | None:
    """Let the workers finish without another crash or word; say what was never sent although it should have been.

    What must not be sent and is, the exploration meets by itself, and sooner.
    """
    try:
        return _left_undone(engine, engine.switch(world) if world.stopped else world)
    except Violation:
        return None


def _left_undone(engine: Engine, world: World) -> str | None:
    owed, said = _owes_a_confirmation(world), world.said
    world = _drained(engine, world)
    if (
        owed
        and world.said == said
        and not any(_was_tried(world, touch) or _waits(world, touch) for touch in CONFIRMATIONS)
    ):
        return "a fresh STOP that is never confirmed (I15)"
    while world.clock + 1 < len(engine.clock):
        world = _drained(engine, replace(world, clock=world.clock + 1, slipped=False))
    if any(row.state in ("leased", "dispatching") for row in world.rows):
        return "a touch stuck in the hands of a dead worker (I15)"
    if any(outbox.is_due(row, engine.now(world)) for row in world.rows):
        return "a touch that stays due for ever (I15)"
    allowed = engine.consented and not world.said and not world.unusable
    if allowed and not _was_tried(world, 1) and not _was_tried(world, LATER):  # of two, the cap lets one go
        return "a touch that was allowed and never sent (I15)"
    return None


def _drained(engine: Engine, world: World) -> World:
    """Let the workers go on until nobody has anything to do at this instant; the carrier accepts whatever comes."""
    for _ in range(MOST_STEPS):
        busy = next((number for number, worker in enumerate(world.workers) if worker.stage != "idle"), None)
        if busy is not None:
            worker = world.workers[busy]
            match worker.stage:
                case "claimed":
                    world = engine.judge(world, busy, worker)
                case "intended":
                    world = engine.call(world, busy, worker, outbox.Accepted(), True)
                case _:
                    world = engine.record(world, busy, worker)
        elif lost := [touch for touch, row in enumerate(world.rows) if row.state in ("leased", "dispatching")]:
            after = engine.reconcile(world, lost[0])
            if after == world:
                return world
            world = after
        elif claimable := next(iter(engine.claimable(world)), None):
            world = engine.claim(world, 0, claimable)
        else:
            return engine.reconcile(world)
    return world


def _owes_a_confirmation(world: World) -> bool:
    """Tell whether a STOP of this very instant began a silence, and its confirmation waits for nothing but a worker."""
    ready = any(
        world.rows[touch].state in ("planned", "leased") and world.rows[touch] != UNPLANNED for touch in CONFIRMATIONS
    )
    return ready and world.said == ((STOP, world.clock),) and not world.slipped and not world.switched


def _was_tried(world: World, touch: int) -> bool:
    return any(one == touch for one, _ in world.taken) or world.rows[touch].state in (
        "sent", "unknown", "closed", "failed",
    )  # fmt: skip


def _waits(world: World, touch: int) -> bool:
    return (
        world.rows[touch].state == "planned" and world.rows[touch].reason is not None
    )  # the carrier asked for a pause
