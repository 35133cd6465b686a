"""What choosing the minute of a touch costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from benchmarks import Claim, cpu_seconds
from rewarm.domain.timing import choose

LEARNED = 1.3  # µs per contact of the learned model over a whole population in numpy
CONTACTS = 5_000


def run() -> Claim:
    start = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)

    def plan() -> None:
        for number in range(CONTACTS):
            due = start + timedelta(minutes=7 * number)
            choose(due, ("America/Los_Angeles", "America/New_York"), seed=str(number), born_year=1950)

    microseconds = 1e6 * cpu_seconds(plan) / CONTACTS
    return Claim("timing: one minute chosen", microseconds, "µs CPU", LEARNED, "a guess by age, one by one")
