"""How many journey events are decided in a second: due, sent, due, … over whole journeys."""

from __future__ import annotations

from datetime import UTC, datetime

from benchmarks import Claim, cpu_seconds
from rewarm.domain.journey import Due, Enrolled, TouchSent, advance, from_spec

BATCH_LOOP = 13_489  # touches decided and written a second in the prototype (batch of 1,000, a million enrolled)
CONTACTS = 2_000


def run() -> Claim:
    stages = ["educate"] * 4 + ["introduce"] * 3 + ["ask"] * 3
    journey = from_spec(
        {
            "schema": 1,
            "slug": "bench",
            "version": 1,
            "name": "Bench",
            "goal": "booked",
            "steps": [
                {"slug": f"s{n}", "channel": "sms", "wait_days": 3, "stage": stage, "content": ["a"]}
                for n, stage in enumerate(stages)
            ],
        }
    )
    now = datetime(2026, 10, 5, 16, tzinfo=UTC)

    def play() -> None:
        for _ in range(CONTACTS):
            place, _ = advance(journey, None, Enrolled(), now)
            while place.due is not None and place.step < len(stages):
                place, _ = advance(journey, place, Due(), place.due)
                place, _ = advance(journey, place, TouchSent(place.step - 1), place.due or now)

    touches = CONTACTS * len(stages)
    rate = touches / cpu_seconds(play)
    return Claim(
        "journey: touches advanced", rate, "per CPU-s", BATCH_LOOP, "pure decision against the batch loop's whole touch"
    )
