"""Decides on which days of a year a feast or a holiday falls, by any of its names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final


def easter(year: int) -> date:
    """Find Easter Sunday (Gregorian computus, the form of Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    line = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * line) // 451
    month, day = divmod(h + line - 7 * m + 114, 31)
    return date(year, month, day + 1)


def nth_weekday(year: int, month: int, weekday: int, n: int) -> date:
    """Find the n-th weekday of a month (Monday is 0): the fourth Thursday of November, say."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))


def named(name: str, year: int) -> tuple[date, date]:
    """Return the first and the last day of a feast, by a name in lower case that stands in NAMES."""
    if name in _SEASON:
        return date(year, 12, 24), date(year + 1, 1, 1)
    day = _MOVING[name](year) if name in _MOVING else date(year, *_FIXED[name])
    return day, day


_FIXED: Final = {
    "christmas": (12, 25), "christmas eve": (12, 24), "halloween": (10, 31), "new year": (1, 1),
    "new years": (1, 1), "new year's": (1, 1), "new years day": (1, 1), "new year's day": (1, 1),
    "valentine's": (2, 14), "valentines": (2, 14), "valentine's day": (2, 14), "valentines day": (2, 14),
    "independence day": (7, 4), "the fourth of july": (7, 4), "fourth of july": (7, 4), "4th of july": (7, 4),
    "july 4th": (7, 4), "tax day": (4, 15), "tax season": (4, 15), "st patrick's": (3, 17), "juneteenth": (6, 19),
    "veterans day": (11, 11), "the first of the year": (1, 1), "first of the year": (1, 1), "next year": (1, 1),
    "1st of the year": (1, 1), "the 1st of the year": (1, 1), "ano nuevo": (1, 1), "nouvel an": (1, 1),
    "tax time": (4, 15),
}  # fmt: skip
_SEASON: Final = frozenset({"the holidays", "holidays", "holiday season"})
_MOVING: Final[dict[str, Callable[[int], date]]] = {
    "memorial day": lambda year: date(year, 5, 31) - timedelta(days=date(year, 5, 31).weekday()),
    **dict.fromkeys(("labor day", "labour day"), lambda year: nth_weekday(year, 9, 0, 1)),
    **dict.fromkeys(("thanksgiving", "turkey day"), lambda year: nth_weekday(year, 11, 3, 4)),
    **dict.fromkeys(("mother's day", "mothers day"), lambda year: nth_weekday(year, 5, 6, 2)),
    **dict.fromkeys(("father's day", "fathers day"), lambda year: nth_weekday(year, 6, 6, 3)),
    "easter": easter,
}
# The longest first: a pattern made of them must not stop at "new year" in "new year's day".
NAMES: Final = tuple(sorted((*_FIXED, *_SEASON, *_MOVING), key=len, reverse=True))
