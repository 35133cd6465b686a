"""Knows when a marketing text may reach a resident: 8 to 21 of her clock, and her state's stricter hours."""

from __future__ import annotations

from datetime import date, datetime, timedelta

FEDERAL = (8, 21)
# state: (weekdays, Saturday, Sunday), hours from and to; None is a day without marketing. The states of the
# residents and
# their neighbours, from the fact sheet on compliance (section 3); every other state has the federal hours.
STATES: dict[str, tuple[tuple[int, int] | None, tuple[int, int] | None, tuple[int, int] | None]] = {
    "AL": ((8, 20), (8, 20), None),
    "CT": ((9, 20), (9, 20), (9, 20)),
    "FL": ((8, 20), (8, 20), (8, 20)),
    "IL": ((9, 21), (9, 21), (9, 21)),
    "KY": ((10, 21), (10, 21), (10, 21)),
    "MA": ((8, 20), (8, 20), (8, 20)),
    "MD": ((8, 20), (8, 20), (8, 20)),
    "MS": ((8, 20), (8, 20), None),
    "NJ": ((8, 20), (8, 20), (8, 20)),
    "OR": ((8, 20), (8, 20), (8, 20)),
    "TX": ((9, 21), (9, 21), (12, 21)),
    "WA": ((8, 20), (8, 20), (8, 20)),
}
NO_HOLIDAYS = {"AL", "MS"}


def allowed(local: datetime, state: str, marketing: bool) -> bool:
    """Tell whether a text may arrive at this local time; a reminder has the federal hours only."""
    weekdays, saturday, sunday = STATES.get(state, (FEDERAL, FEDERAL, FEDERAL)) if marketing else (FEDERAL,) * 3
    window = (weekdays, weekdays, weekdays, weekdays, weekdays, saturday, sunday)[local.weekday()]
    if window is None or (marketing and state in NO_HOLIDAYS and is_holiday(local.date())):
        return False
    return window[0] <= local.hour < window[1]


def is_holiday(day: date) -> bool:
    """Tell whether a day is a federal holiday (not moved: a shop's sign, not a court's calendar)."""
    if (day.month, day.day) in {(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)}:
        return True
    week = (day.day - 1) // 7 + 1
    last = (day + timedelta(days=7)).month != day.month
    monday, thursday = day.weekday() == 0, day.weekday() == 3
    return (
        (monday and (day.month, week) in {(1, 3), (2, 3), (9, 1), (10, 2)})
        or (monday and day.month == 5 and last)
        or (thursday and (day.month, week) == (11, 4))
    )
