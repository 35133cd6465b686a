"""How well four workers together keep to a carrier's limit of fifty segments a second."""

from __future__ import annotations

import time
from collections.abc import Sequence

import httpx2

from benchmarks import Claim
from benchmarks.house import NOW, analyze, carrier, people, practice
from benchmarks.sends import workers, written

LIMIT = 50.0  # segments a second
SECONDS = 12
WORKERS = 4


def run() -> Sequence[Claim]:
    count = int(LIMIT * SECONDS)
    with carrier(0.02) as url, practice("pace", url) as here:
        from rewarm.models import Sender, Touch, Workspace

        people(here, count)
        written(here, count)
        analyze()
        Sender.objects.filter(workspace=here).update(per_second=LIMIT)
        with workers(WORKERS):
            Workspace.objects.filter(id=here.id).update(clock_at=NOW)
            deadline = time.monotonic() + 6 * SECONDS
            while (
                left := Touch.objects.filter(workspace=here).exclude(state="sent").count()
            ) and time.monotonic() < deadline:
                time.sleep(0.2)
        assert not left, f"{left} of {count} did not leave"
        arrived = sorted(httpx2.get(f"{url}/arrivals", trust_env=False).json().values())
    # Bursts start together, so ends count double: what matters is what ten seconds in the middle hold.
    rate = sum(arrived[0] + 1 <= at < arrived[0] + 11 for at in arrived) / 10
    busiest = max(sum(at <= one < at + 1 for one in arrived) for at in arrived)
    return [
        Claim("pace: segments a second at a limit of 50", rate, "a second", LIMIT, f"{WORKERS} workers, {count} texts"),
        Claim("pace: the busiest second", busiest, "segments", LIMIT, "any stretch of one second at the carrier"),
    ]
