"""How many contacts are sorted into all ready-made segments in a second, in Python."""

from __future__ import annotations

import random
from datetime import date, timedelta

from benchmarks import Claim, cpu_seconds
from rewarm.adapters.pack_segments import read_segments
from rewarm.domain.segment import ContactFields, memberships

UPSERT = 78_000  # contacts a second that the import writes (batch upsert, engine facts §7.1)
TODAY = date(2026, 11, 21)
CONTACTS = 2_000


def run() -> Claim:
    chance = random.Random(20261121)
    segments = read_segments("audiology")
    contacts = [_contact(chance) for _ in range(CONTACTS)]

    def sort() -> None:
        for contact in contacts:
            memberships(segments, contact, TODAY)

    rate = CONTACTS / cpu_seconds(sort)
    return Claim("segments: contacts sorted into all eight", rate, "per CPU-s", UPSERT, "beside the import's upsert")


def _contact(chance: random.Random) -> ContactFields:
    def day() -> date | None:
        return TODAY - timedelta(days=chance.randrange(900)) if chance.random() < 0.5 else None

    return ContactFields(
        inquired_on=day(),
        last_test_on=day(),
        last_contact_on=day(),
        attended_on=day(),
        tags=tuple(chance.sample(["hot-lead", "timing", "vip", "newsletter"], 2)),
        lead_status=chance.choice(["New", "Bad Timing", "Customer"]),
    )
