"""Which free times are offered: few, on different days, and still different when only afternoons suit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rewarm.domain.free_time import Slot, spread

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def slots(*hours: int) -> list[Slot]:
    return [
        Slot(clinician="c", starts_at=at, ends_at=at + timedelta(hours=1))
        for day in range(4)
        for hour in hours
        for at in [MONDAY + timedelta(days=day, hours=hour)]
    ]


def test_offers_mornings_and_afternoons_of_different_days() -> None:
    chosen = [slot.starts_at for slot in spread(slots(9, 13), 3, "UTC")]
    assert [(at.day, at.hour) for at in chosen] == [(23, 9), (24, 13), (25, 9)]


def test_only_afternoons_are_still_spread_over_days() -> None:
    chosen = [slot.starts_at for slot in spread(slots(13, 14, 15), 3, "UTC")]
    assert [(at.day, at.hour) for at in chosen] == [(23, 13), (24, 13), (25, 13)]


def test_a_thin_calendar_is_offered_whole() -> None:
    assert len(spread(slots(9)[:2], 3, "UTC")) == 2
