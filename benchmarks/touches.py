"""How much a touch costs to decide and write: the real tick over twenty thousand people whose step is due."""

from __future__ import annotations

from decimal import Decimal

from benchmarks import Claim
from benchmarks.house import NOW, analyze, cpu_of, people, practice

BATCH_LOOP = (
    53  # µs CPU a touch, client and PostgreSQL, in the prototype with a million enrolled (engine facts, section 3)
)
PEOPLE = 20_000


def run(count: int = PEOPLE) -> Claim:
    with practice("touches") as here:
        from rewarm.actions.enroll import launch
        from rewarm.actions.tick import tick
        from rewarm.models import Enrollment, Touch

        people(here, count, told_us="")
        launch(
            here,
            segment="inquired_never_scheduled",
            journey_slug="reactivation",
            holdout=Decimal(0),
            per_day=count,
            now=NOW,
        )
        Enrollment.objects.filter(workspace=here).update(due=NOW)
        analyze()

        def decide() -> None:
            while tick(here, NOW):
                pass

        spent, wall = cpu_of(decide)
        decided = Touch.objects.filter(workspace=here).count()
        assert decided == count, f"{decided} touches for {count} people"
    return Claim(
        "tick: cost of a touch decided and written", spent / count * 1e6, "µs CPU", BATCH_LOOP,
        f"client + PostgreSQL; {count / wall:,.0f} a second by the wall",
    )  # fmt: skip
