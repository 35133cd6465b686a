"""Decides which appointment times are free, which few to offer, and how to say a time in a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Nobody can get ready for a visit that starts within two hours, and the desk wants to see it coming.
SHORTEST_NOTICE = timedelta(hours=2)

Hours = Mapping[str, Sequence[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Slot:
    """A bookable time of one clinician (by id): instants in UTC, half-open."""

    clinician: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Busy:
    """A time that is taken; no clinician means that it blocks everybody (a holiday, say)."""

    starts_at: datetime
    ends_at: datetime
    clinician: str | None = None


def free(
    clinician: str, *, hours: Hours, minutes: int, zone: str, busy: Sequence[Busy], start: datetime, days: int
) -> list[Slot]:
    """Return the clinician's free slots from `start` on, for `days` local days, in order.

    Slots start on multiples of `minutes` from the opening of each window, in the wall clock of `zone`, so that ten
    o'clock stays ten o'clock when the clocks change.
    """
    taken = [block for block in busy if block.clinician in (None, clinician)]
    local = ZoneInfo(zone)
    first = start.astimezone(local).date()
    slots = (
        Slot(clinician, begin, begin + timedelta(minutes=minutes))
        for day in range(days)
        for begin in _starts(first + timedelta(days=day), hours, minutes, local)
    )
    return [
        slot
        for slot in slots
        if slot.starts_at >= start + SHORTEST_NOTICE
        and not any(block.starts_at < slot.ends_at and slot.starts_at < block.ends_at for block in taken)
    ]


def _starts(day: date, hours: Hours, minutes: int, zone: ZoneInfo) -> Iterator[datetime]:
    for opens, closes in hours.get(DAYS[day.weekday()], ()):
        at = datetime.combine(day, time.fromisoformat(opens))
        end = datetime.combine(day, time.fromisoformat(closes))
        while at + timedelta(minutes=minutes) <= end:
            yield at.replace(tzinfo=zone).astimezone(UTC)
            at += timedelta(minutes=minutes)


def spread(slots: Sequence[Slot], count: int, zone: str) -> list[Slot]:
    """Choose `count` slots that differ: one a day, morning and afternoon in turn, the nearest days first."""
    local = ZoneInfo(zone)
    chosen: list[Slot] = []
    days: set[date] = set()
    for slot in slots:
        at = slot.starts_at.astimezone(local)
        wants_afternoon = len(chosen) % 2 == 1
        if len(chosen) < count and at.date() not in days and (at.hour >= 12) == wants_afternoon:
            chosen.append(slot)
            days.add(at.date())
    # Only mornings, or only afternoons: still one a day.
    for slot in slots:
        day = slot.starts_at.astimezone(local).date()
        if len(chosen) < count and day not in days:
            chosen.append(slot)
            days.add(day)
    # A thin calendar: fill up with whatever is free.
    for slot in slots:
        if len(chosen) < count and all(slot.starts_at != other.starts_at for other in chosen):
            chosen.append(slot)
    return sorted(chosen, key=lambda slot: slot.starts_at)


def spoken(at: datetime, zone: str) -> str:
    """Say an instant as a text does, "Tue Nov 24, 10:00 AM", on the clock of `zone`."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%a %b} {local.day}, {local.hour % 12 or 12}:{local:%M %p}"
