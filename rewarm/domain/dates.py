"""Reads calendar dates as CRMs really write them, with one order of day and month for a whole column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Order = Literal["MDY", "DMY"]

_MONTHS = {
    name: index // 2 + 1
    for index, name in enumerate(
        [
            "jan",
            "january",
            "feb",
            "february",
            "mar",
            "march",
            "apr",
            "april",
            "may",
            "may",
            "jun",
            "june",
            "jul",
            "july",
            "aug",
            "august",
            "sep",
            "september",
            "oct",
            "october",
            "nov",
            "november",
            "dec",
            "december",
        ]
    )
} | {"sept": 9}
_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)(.*)$")
_COMPACT = re.compile(r"^((?:19|20)\d{2})(\d{2})(\d{2})(?:T?\d{4,6}Z?)?$")
_NUMERIC = re.compile(r"^(\d{1,2})\s?[/.-]\s?(\d{1,2})\s?[/.-]\s?(\d{4}|\d{2})(?!\d)")
_NAMED_FIRST = re.compile(
    r"^(?:[a-z]{3,9},? )?([a-z]{3,9})\.?[ -/](\d{1,2})(?:st|nd|rd|th)?,?[ -/]+(\d{4}|'?\d{2})(?!\d)", re.I
)
_DAY_FIRST = re.compile(
    r"^(?:[a-z]{3,9},? )?(\d{1,2})(?:st|nd|rd|th)?[ -/.]([a-z]{3,9})\.?,?[ -/.]+(\d{4}|'?\d{2})(?!\d)", re.I
)
_MONTH_YEAR = re.compile(r"^[a-z]{3,9}\.? \d{4}$", re.I)
_SERIAL = re.compile(r"^(\d{5})(?:\.\d+)?$")
_EPOCH = re.compile(r"^(1[0-9]{9})(?:\d{3})?(?:\.0)?$")
_OFFSET = re.compile(r"(?:Z|[+-]\d{2}:?\d{2})$")
_EXCEL_EPOCH = date(1899, 12, 30)
_OLDEST, _FUTURE_YEARS = date(1900, 1, 2), 15


def column_order(values: Iterable[str], fallback: Order | None = None) -> Order | None:
    """Tell the order of day and month of a column: a number above 12 gives it away, the majority rules, else `fallback`."""
    votes = {"MDY": 0, "DMY": 0}
    for value in values:
        match = _NUMERIC.match(value.strip())
        if match is None:
            continue
        first, second = int(match[1]), int(match[2])
        if first > 12 >= second:
            votes["DMY"] += 1
        elif second > 12 >= first:
            votes["MDY"] += 1
    if votes["MDY"] == votes["DMY"]:
        return fallback
    return "MDY" if votes["MDY"] > votes["DMY"] else "DMY"


def read_date(text: str, *, order: Order, today: date, zone: ZoneInfo, birth: bool = False) -> date | None:
    """Return the local calendar date that `text` means, or None for blanks, fillers (1/1/1900, 12/31/9999) and nonsense.

    A time with an offset is turned to `zone` first. Two-digit years of births lie in the past; other two-digit years lie at
    most ten years ahead.
    """
    text = text.strip().strip("'\"")
    if len(text) < 5:
        return None
    found = _read(text, order, today, zone, birth)
    if found is None or found < _OLDEST or found.year > today.year + _FUTURE_YEARS:
        return None
    if birth and (found > today or found.year < today.year - 115):
        return None
    if not birth and found == date(1970, 1, 1):
        return None
    return found


def looks_like_date(text: str) -> bool:
    """Tell whether `text` is written as a date (serial numbers and epochs count only where a header asks for dates)."""
    text = text.strip()
    return bool(
        _ISO.match(text)
        or _NUMERIC.match(text)
        or (_NAMED_FIRST.match(text) and _month(text))
        or (_DAY_FIRST.match(text) and _month(text))
    )


def _read(text: str, order: Order, today: date, zone: ZoneInfo, birth: bool) -> date | None:
    if match := _ISO.match(text):
        return _iso(text, match, zone)
    if match := _NUMERIC.match(text):
        first, second, year = int(match[1]), int(match[2]), _year(match[3], today, birth)
        if first > 12 or second > 12:
            order = "DMY" if first > 12 else "MDY"
        return _safe(year, first, second) if order == "MDY" else _safe(year, second, first)
    if match := _COMPACT.match(text):
        return _safe(int(match[1]), int(match[2]), int(match[3]))
    if match := _SERIAL.match(text):
        return _EXCEL_EPOCH + timedelta(days=int(match[1]))
    if match := _EPOCH.match(text):
        return datetime.fromtimestamp(int(match[1]), UTC).astimezone(zone).date()
    if (match := _NAMED_FIRST.match(text)) and match[1].lower() in _MONTHS:
        return _safe(_year(match[3], today, birth), _MONTHS[match[1].lower()], int(match[2]))
    if (match := _DAY_FIRST.match(text)) and match[2].lower() in _MONTHS:
        return _safe(_year(match[3], today, birth), _MONTHS[match[2].lower()], int(match[1]))
    return None


def _iso(text: str, match: re.Match[str], zone: ZoneInfo) -> date | None:
    if _OFFSET.search(match[4]):
        try:
            return datetime.fromisoformat(text.replace("/", "-").replace(" UTC", "Z")).astimezone(zone).date()
        except (ValueError, OverflowError):
            pass
    return _safe(int(match[1]), int(match[2]), int(match[3]))


def _month(text: str) -> bool:
    return any(word.lower() in _MONTHS for word in re.findall(r"[A-Za-z]+", text))


def _year(text: str, today: date, birth: bool) -> int:
    text = text.lstrip("'")
    if len(text) == 4:
        return int(text)
    year = today.year // 100 * 100 + int(text)
    latest = today.year - 1 if birth else today.year + 10
    return year if year <= latest else year - 100


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def found_in(text: str, *, today: date) -> date | None:
    """Return the first date written anywhere inside `text`, month first (used for "web form 2025-10-08 14:22")."""
    for match in _ANYWHERE.finditer(text):
        found = read_date(match[0], order="MDY", today=today, zone=_UTC)
        if found is not None:
            return found
    return None


_UTC = ZoneInfo("UTC")
_ANYWHERE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})"
    r"|[A-Za-z]{3,9}\.? \d{1,2},? \d{4}|\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{4}"
)
