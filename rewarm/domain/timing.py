"""Decides at which minute a touch should go out, before the gate has its say.

The practice's own hours hold in every zone where the contact may be. Within them the hour starts as a guess
from age, and a small random share goes out at any allowed minute, so that the guess can be measured. One seed gives
one minute.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

GRID = 300  # seconds
EXPLORED_SHARE = 0.03
SEARCHED_DAYS = 14
RETIRED_AT = 67

Window = tuple[time, time]
Stretch = tuple[int, int]  # Unix seconds; the end is not included


@dataclass(frozen=True, slots=True, eq=False)
class Hours:
    """When a practice lets its messages go out; `days` counts Monday as 0; ends are not included.

    Compared by identity, as a key of caches: make one per practice, not one per question.
    """

    opens: time = time(9, 0)
    closes: time = time(20, 0)
    days: frozenset[int] = frozenset(range(5))
    meals: tuple[Window, ...] = ((time(12, 0), time(13, 0)), (time(17, 30), time(18, 30)))
    reflection: Window = (time(9, 30), time(11, 30))  # on other days, for serious decisions only


DEFAULT_HOURS = Hours()


@dataclass(frozen=True, slots=True)
class Chosen:
    """The minute, in UTC, and why; `explored` marks the random share."""

    at: datetime
    explored: bool
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Taste:
    """The hours of the day at which we start guessing, and whether they may touch a meal; one of those below."""

    windows: tuple[Window, ...]
    over_meals: bool
    why: str


# Judgement, from product rule R7. At lunch and after work the guess overrides the meals, as evidence may.
RETIRED = Taste(((time(9, 30), time(11, 30)), (time(14), time(16, 30))), False, "mid-morning, for the retired")
WORKING = Taste(((time(12), time(13)), (time(17), time(19))), True, "lunch or early evening, for people at work")
UNKNOWN = Taste(((time(9, 30), time(12)), (time(13), time(17, 30))), False, "ordinary hours, age unknown")
ALL_DAY = ((time.min, time.max),)
ANY_HOUR = Taste(ALL_DAY, False, "the first hours that suit every zone")
RANDOM = Taste(ALL_DAY, True, "at random, to measure the guess")


def choose(
    due: datetime,
    zones: Sequence[str],
    *,
    seed: str,
    hours: Hours = DEFAULT_HOURS,
    born_year: int | None = None,
    channel: str = "sms",
    serious: bool = False,
) -> Chosen | None:
    """Return a good minute at or after `due` on a five-minute grid; None when no hour suits all zones.

    `zones` are the IANA zones where the contact may be, the likeliest first: its clock sets the taste, all of
    them set the limits. The minute falls anywhere in the good hours of the first day that has any, so that a
    campaign does not leave in one burst. E-mail may come at meals; a `serious` decision may be read on a
    weekend morning.
    """
    explored = _share(seed, "explore") < EXPLORED_SHARE
    for taste in (RANDOM,) if explored else (_taste(due, born_year), ANY_HOUR):
        left = _first_good_day(due, tuple(zones), hours, taste, taste.over_meals or channel == "email", serious)
        if left:
            return Chosen(_pick(left, _share(seed, "minute")), explored, taste.why)
    return None


def _taste(due: datetime, born_year: int | None) -> Taste:
    if born_year is None:
        return UNKNOWN
    return RETIRED if due.year - born_year >= RETIRED_AT else WORKING


# A batch asks for one instant and a few zones again and again.
@lru_cache(maxsize=1024)
def _first_good_day(
    due: datetime, zones: tuple[str, ...], hours: Hours, taste: Taste, over_meals: bool, serious: bool
) -> tuple[Stretch, ...]:
    """Return what is left from `due` on of the first day that has good hours, by the likeliest clock; empty when none has."""
    first = due.astimezone(_zone(zones[0])).date()
    start = _ceiling(due)
    for ahead in range(SEARCHED_DAYS):
        good = _good_hours(first + timedelta(days=ahead), zones, hours, taste, over_meals, serious)
        left = tuple((max(start, a), b) for a, b in good if start < b)
        if any(map(_count, left)):
            return left
    return ()


# So does a campaign for the same few days; a miss costs five times a hit.
@lru_cache(maxsize=4096)
def _good_hours(
    day: date, zones: tuple[str, ...], hours: Hours, taste: Taste, over_meals: bool, serious: bool
) -> tuple[Stretch, ...]:
    likeliest, *others = map(_zone, zones)
    good = _both(
        _open(day, likeliest, hours, serious),
        [_stretch(day, window, likeliest) for window in taste.windows],
    )
    if not over_meals:
        good = _without(good, [_stretch(day, meal, likeliest) for meal in hours.meals])
    for zone in others:
        near = (day + timedelta(days=shift) for shift in (-1, 0, 1))
        good = _both(good, [stretch for one in near for stretch in _open(one, zone, hours, serious)])
    return tuple(good)


def _open(day: date, zone: ZoneInfo, hours: Hours, serious: bool) -> list[Stretch]:
    if day.weekday() in hours.days:
        return [_stretch(day, (hours.opens, hours.closes), zone)]
    return [_stretch(day, hours.reflection, zone)] if serious else []


def _stretch(day: date, window: Window, zone: ZoneInfo) -> Stretch:
    return _seconds(day, window[0], zone), _seconds(day, window[1], zone)


def _seconds(day: date, at: time, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, at, tzinfo=zone).timestamp())


def _both(left: list[Stretch], right: list[Stretch]) -> list[Stretch]:
    met = [(max(a, c), min(b, d)) for a, b in left for c, d in right]
    return sorted(stretch for stretch in met if stretch[0] < stretch[1])


def _without(left: list[Stretch], holes: list[Stretch]) -> list[Stretch]:
    for start, end in holes:
        left = [part for a, b in left for part in ((a, min(b, start)), (max(a, end), b)) if part[0] < part[1]]
    return left


def _ceiling(due: datetime) -> int:
    return -int(-due.timestamp() // GRID) * GRID


def _count(stretch: Stretch) -> int:
    """Count the grid points in a stretch."""
    return -(-stretch[1] // GRID) - -(-stretch[0] // GRID)


def _pick(stretches: Sequence[Stretch], share: float) -> datetime:
    """Return the grid point that lies `share` of the way through the stretches."""
    left = int(share * sum(map(_count, stretches)))
    for stretch in stretches:
        if left < _count(stretch):
            return datetime.fromtimestamp((-(-stretch[0] // GRID) + left) * GRID, UTC)
        left -= _count(stretch)
    raise AssertionError("a share is below one")


def _share(seed: str, purpose: str) -> float:
    """Return a number in [0, 1) that depends on the seed alone."""
    return int.from_bytes(hashlib.blake2b(f"{purpose}\x1f{seed}".encode(), digest_size=8).digest()) / 2**64


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
