"""How many texts leave in a second: four real workers, each text judged by itself under its lock; the carrier takes 20 ms."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from benchmarks import Claim
from benchmarks.house import NOW, ROOT, analyze, carrier, people, phone, practice

if TYPE_CHECKING:
    from rewarm.models import Workspace

LATENCY = 0.020  # seconds
BAR = 2_000  # a second on two cores (issue of the door); a prototype with a trivial judge reached 5,400
PEOPLE = 10_000
WORKERS = 4


def run(count: int = PEOPLE) -> Sequence[Claim]:
    return [
        _measure("send: texts ready made, judged, sent, recorded", count, written),
        _measure("send: drafted on the way", count, planned),
    ]


def _measure(name: str, count: int, plan: Callable[[Workspace, int], None]) -> Claim:
    """Let the workers wake to `count` due touches; the clock runs until the last is recorded as sent."""
    with carrier(LATENCY) as url, practice(f"sends-{plan.__name__}", url) as here:
        from rewarm.models import Touch, Workspace

        people(here, count)
        plan(here, count)
        analyze()
        Workspace.objects.filter(id=here.id).update(clock_at=NOW - timedelta(hours=1))
        mine = Touch.objects.filter(workspace=here)
        with workers():
            time.sleep(3)  # they start, and find nothing due
            began = time.monotonic()
            Workspace.objects.filter(id=here.id).update(clock_at=NOW)
            deadline = began + 120
            while (left := mine.exclude(state="sent").count()) and time.monotonic() < deadline:
                time.sleep(0.05)
            wall = time.monotonic() - began
        assert not left, f"{left} of {count} did not leave: {set(mine.values_list('state', 'reason'))}"
    return Claim(
        name, count / wall, "a second", BAR, f"by the wall, {count:,} texts, {WORKERS} workers, carrier {LATENCY}s"
    )


def written(here: Workspace, count: int) -> None:
    """Plan texts that somebody wrote: what is measured is the door alone."""
    from rewarm.models import Contact, Touch
    from rewarm.models.base import uuid7

    body = "Hello, it is Priya at Harbor Point Hearing. We have a quiet afternoon on Thursday. Reply STOP to opt out."
    contacts = Contact.objects.filter(workspace=here).order_by("id").values_list("id", flat=True)
    Touch.objects.bulk_create(
        [
            Touch(
                id=uuid7(), workspace=here, contact_id=one, cause=f"bench:{n}", purpose="marketing", channel="sms", due=NOW,
                expires_at=NOW + timedelta(days=2), address=phone(n), body=body, planned_at=NOW,
            )
            for n, one in enumerate(contacts)
        ],
        batch_size=2_000,
    )  # fmt: skip


def planned(here: Workspace, count: int) -> None:
    """Plan the first step of a journey for everybody; its text is written when it is due."""
    from rewarm.actions.enroll import launch
    from rewarm.actions.tick import tick
    from rewarm.models import Enrollment, Touch

    launch(
        here, segment="inquired_never_scheduled", journey_slug="reactivation", holdout=Decimal(0), per_day=count, now=NOW
    )  # fmt: skip
    Enrollment.objects.filter(workspace=here).update(due=NOW)
    while tick(here, NOW):
        pass
    Touch.objects.filter(workspace=here).update(due=NOW)


@contextmanager
def workers(count: int = WORKERS) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run `rewarm worker` so many times on the measurement's database."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "rewarm", "worker"], cwd=ROOT, stdin=subprocess.DEVNULL,
            env={**os.environ, "REWARM_POSTGRES": "client"},
        )
        for _ in range(count)
    ]  # fmt: skip
    try:
        yield running
    finally:
        for one in running:
            one.terminate()
        for one in running:
            one.wait()
