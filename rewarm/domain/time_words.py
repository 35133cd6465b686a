"""Decides how a date or a span of time is said: "in March", "a year and a half", "on May 14"."""

from __future__ import annotations

from datetime import date

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_NUMBERS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven")
_SEASONS = {"winter": (12, 21), "spring": (3, 20), "summer": (6, 21), "fall": (9, 22), "autumn": (9, 22)}


def months_between(start: date, end: date) -> int:
    """Count the whole months from `start` to `end`; zero when `end` comes first."""
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    return max(months, 0)


def elapsed(months: int) -> str:
    """Say a number of whole months as people do, never rounding up: 13 is "more than a year"."""
    if months < 1:
        return "a few weeks"
    if months < 12:
        return "a month" if months == 1 else f"{_NUMBERS[months]} months"
    years, rest = divmod(months, 12)
    whole = "a year" if years == 1 else f"{_NUMBERS[years] if years < 12 else years} years"
    half = "a year and a half" if years == 1 else f"{whole.removesuffix(' years')} and a half years"
    if rest == 0:
        return whole
    if rest < 6:
        return f"more than {whole}"
    return half if rest == 6 else f"more than {half}"


def past(day: date, today: date) -> str:
    """Say when something was: "this month", "in March", "in March 2024"."""
    if (day.year, day.month) == (today.year, today.month):
        return "this month"
    return f"in {MONTHS[day.month - 1]}" if day.year == today.year else f"in {MONTHS[day.month - 1]} {day.year}"


def day_name(day: date) -> str:
    """Say a day without its year: "May 14"."""
    return f"{MONTHS[day.month - 1]} {day.day}"


def until(day: date, today: date) -> str:
    """Say how far off a day is, rounding down so that nobody is rushed by arithmetic."""
    days = (day - today).days
    if days < 14:
        return "a few days" if days < 7 else "about a week"
    return f"{_NUMBERS[days // 7]} weeks" if days < 56 else f"about {elapsed(days // 30)}"


def parse_partial(value: str) -> tuple[date, str] | None:
    """Read a date as precise as it was said: `2026-05-14`, `2026-05`, `2026-spring`; a bare year says too little.

    Returns the first day that it can mean, and how to say it.
    """
    year, _, rest = value.partition("-")
    if not year.isdigit() or len(year) != 4 or not rest:
        return None
    if rest in _SEASONS:
        return date(int(year), *_SEASONS[rest]), f"this {rest}"
    try:
        if len(rest) == 2:
            day = date(int(year), int(rest), 1)
            return day, f"in {MONTHS[day.month - 1]}"
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day, f"on {day_name(day)}"
