"""How many texts leave in a second: written, judged under their locks, called, recorded; the carrier takes 20 ms."""

from __future__ import annotations

from decimal import Decimal

from benchmarks import Claim
from benchmarks.house import NOW, analyze, carrier, cpu_of, people, practice

LATENCY = 0.020  # seconds
PROTOTYPE = 1_920  # a second by the wall, two processes with 100 calls each in the air (engine facts, section 4)
PEOPLE = 2_000


def run(count: int = PEOPLE) -> Claim:
    with carrier(LATENCY) as url, practice("sends", url) as here:
        from rewarm.actions.enroll import launch
        from rewarm.actions.send import send_due
        from rewarm.actions.tick import tick
        from rewarm.models import Enrollment, Touch

        people(here, count)
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
        while tick(here, NOW):
            pass
        Touch.objects.filter(workspace=here).update(due=NOW)

        def send() -> None:
            while send_due(here, NOW):
                pass

        spent, wall = cpu_of(send)
        sent = Touch.objects.filter(workspace=here, state="sent").count()
        assert sent == count, f"{sent} of {count} were sent"
    return Claim(
        "send: texts written, judged, sent, recorded", count / wall, "a second", PROTOTYPE,
        f"one process, {spent / count * 1e6:,.0f} µs CPU each (prototype 213, texts ready made)",
    )  # fmt: skip
