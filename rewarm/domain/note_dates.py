"""Decides which date a note's words mean, exactly as precisely as they were said: 2025-02-10, 2025-02, 2025-fall, 2025."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final, Literal

Tense = Literal["past", "future"]

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:r?uary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_SEASON: Final = r"(?:spring|summer|fall|autumn|winter)"
_YEAR: Final = r"(?:19[5-9]\d|20[0-4]\d)"
_WEEKDAY: Final = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b"
_COUNT: Final = (
    r"(?:\d{1,2}(?:\.5)?|(?:a )?couple(?: of)?|(?:a )?few|several|an?|one|two|three|four|five|six|seven|eight|nine|ten|"
    r"twelve|twenty)"
)
_UNIT: Final = r"(?:days?|wks?|weeks?|mos?|mths?|months?|yrs?|years?)\b"
# Month, and the day where it is always the same.
_HOLIDAYS: Final[dict[str, tuple[int, int | None]]] = {
    "new year": (1, 1), "new years": (1, 1), "valentine": (2, 14), "st patrick": (3, 17), "easter": (4, None),
    "lent": (4, None), "passover": (4, None), "tax season": (4, None), "tax day": (4, 15), "mother's day": (5, None),
    "mothers day": (5, None), "memorial day": (5, None), "father's day": (6, None), "fathers day": (6, None),
    "4th of july": (7, 4), "fourth of july": (7, 4), "july 4th": (7, 4), "labor day": (9, None),
    "rosh hashanah": (9, None), "halloween": (10, 31), "veterans day": (11, 11), "thanksgiving": (11, None),
    "tgiving": (11, None), "thxgiving": (11, None), "t-giving": (11, None), "thanksgvg": (11, None),
    "hanukkah": (12, None), "christmas": (12, 25), "x-mas": (12, 25), "xmas": (12, 25),
}  # fmt: skip
_HOLIDAY: Final = (
    "(?:"
    + "|".join(sorted((re.escape(name) for name in _HOLIDAYS), key=len, reverse=True))
    + r"|the holidays?|holidays)(?:'?s)?"
)
_NUMERIC: Final = (
    rf"(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}/\d{{1,2}}/(?:{_YEAR}|\d{{2}})\b|\d{{1,2}}/{_YEAR}|"
    r"\d{1,2}/\d{1,2}\b(?!/))"
)
_END_OF: Final = (
    r"(?:(?:the )?(?:end|beginning|start|middle|first|1st|last wk|last week) of (?:the )?|mid[- ]|early |late )"
)
DATE_PATTERN: Final = (
    rf"(?:{_NUMERIC}|{_END_OF}?(?:next |this |last )?{_MONTH}(?: (?:of )?(?:'?{_YEAR}|'\d{{2}})\b| \d{{1,2}}(?:st|nd|"
    rf"rd|th)?\b(?:,? {_YEAR})?| of '?\d{{2}}\b)?|"
    rf"{_END_OF}?(?:next |this |last |the )?{_SEASON}\b(?: (?:of )?'?{_YEAR})?|"
    rf"{_END_OF}?(?:next |this |last )(?:yr|year|month|mo|week|wk)\b|{_END_OF}(?:yr|year|month|mo|week|wk)\b|eoy|eom|"
    rf"year[- ]end|yr[- ]end|"
    rf"in (?:about |abt )?{_COUNT} (?:more )?{_UNIT}|{_COUNT} {_UNIT} (?:ago|back|from now|out)|"
    rf"(?:the )?(?:(?:wk|week|day|month) (?:of|before|after) )?{_HOLIDAY}|(?:next |this )?{_WEEKDAY}|today|tomorrow|"
    rf"tmrw|'\d{{2}}\b|{_YEAR}\b)"
)
_WORDS: Final = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "twelve": 12, "twenty": 20, "couple": 2, "few": 3, "several": 4,
}  # fmt: skip


def value_of(words: str, written_on: date | None, *, tense: Tense) -> str | None:
    """Return the first date that the words mean, or None; `tense` says on which side of the note an open year lies.

    A range gives its start; what cannot be known without the date of the note is None when that is missing.
    """
    text = words.lower().replace("’", "'")
    for reader in (_iso, _numeric, _month_day, _season, _ago, _ahead, _aged, _holiday, _relative, _year):
        found = reader(text, written_on, tense)
        if found is not None:
            return found
    return None


def _iso(text: str, written_on: date | None, tense: Tense) -> str | None:
    match = re.search(r"\b\d{4}-\d{2}-\d{2}\b", text)
    return match[0] if match else None


def _numeric(text: str, written_on: date | None, tense: Tense) -> str | None:
    match = re.search(rf"(?<![\d/$])(\d{{1,2}})/(\d{{1,2}})/({_YEAR}|\d{{2}})\b", text)
    if match:
        return _day(_full_year(match[3], written_on), int(match[1]), int(match[2]))
    match = re.search(rf"(?<![\d/$])(\d{{1,2}})/({_YEAR})\b", text)
    if match and 1 <= int(match[1]) <= 12:
        return f"{match[2]}-{int(match[1]):02d}"
    match = re.search(r"(?<![\d/$])(\d{1,2})/(\d{1,2})\b(?!/)", text)
    if not match or not 1 <= int(match[1]) <= 12 or written_on is None:
        return None
    month, last = int(match[1]), int(match[2])
    if _is_year(month, last, written_on, tense):
        return f"{2000 + last}-{month:02d}"
    return _day(_open_year(month, last, written_on, tense), month, last)


def _is_year(month: int, last: int, written_on: date, tense: Tense) -> bool:
    """Say whether 11/24 means November 2024 rather than the 24th: a year near the note's, and no day soon."""
    if last > 31:
        return True
    as_day = _day(_open_year(month, last, written_on, tense), month, last)
    if as_day and abs((date.fromisoformat(as_day) - written_on).days) <= 45:
        return False
    year = written_on.year % 100
    if tense == "past":
        return 9 <= last <= year and (last, month) <= (year, written_on.month) and last >= 13
    return last in (year, year + 1) and abs((date(2000 + year, month, 1) - written_on).days) > 45


def _month_day(text: str, written_on: date | None, tense: Tense) -> str | None:
    pattern = rf"\b{_MONTH}(?: (\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d|/|%|:))?(?:,? (?:of )?('?\d{{2}}\b|'?{_YEAR}))?"
    for match in re.finditer(pattern, text):
        if match[0] == "may" and re.search(
            r"\bmay (?:be|have|want|need|do|not|go|come|\w+ to)\b", text[match.start() :]
        ):
            continue
        month = _MONTHS.index(match[0][:3]) + 1
        if match[2]:
            year = _full_year(match[2].strip("'"), written_on)
        elif written_on is None:
            return None
        else:
            year = _open_year(month, int(match[1] or 1), written_on, tense, whole_month=not match[1])
        return _day(year, month, int(match[1])) if match[1] else f"{year}-{month:02d}"
    return None


_SEASON_MONTHS: Final = {"spring": (3, 5), "summer": (6, 8), "fall": (9, 11), "autumn": (9, 11), "winter": (12, 12)}


def _season(text: str, written_on: date | None, tense: Tense) -> str | None:
    match = re.search(rf"\b(?:(next|last|this) )?({_SEASON})\b(?: (?:of )?'?({_YEAR}))?", text)
    if not match or (match[2] == "fall" and re.search(r"\bfall (?:detection|out|off|risk|asleep|down|alert)", text)):
        return None
    name = "fall" if match[2] == "autumn" else match[2]
    if match[3]:
        return f"{match[3]}-{name}"
    if written_on is None:
        return None
    begins, ends = _SEASON_MONTHS[match[2]]
    year = written_on.year
    if tense == "past" or match[1] == "last":
        year -= written_on.month < ends or (match[1] == "last" and begins <= written_on.month <= ends)
    elif written_on.month > ends:
        year += 1
    return f"{year}-{name}"


def _ago(text: str, written_on: date | None, tense: Tense) -> str | None:
    match = re.search(rf"\b({_COUNT})\+? ({_UNIT}) (?:ago|back)\b", text)
    return _shifted(match[1], match[2], written_on, -1) if match else None


def _ahead(text: str, written_on: date | None, tense: Tense) -> str | None:
    match = re.search(
        rf"\bin (?:about |abt )?({_COUNT}) (?:more )?({_UNIT})|\b({_COUNT}) ({_UNIT}) (?:from now|out)\b", text
    )
    return _shifted(match[1] or match[3], match[2] or match[4], written_on, +1) if match and tense == "future" else None


def _aged(text: str, written_on: date | None, tense: Tense) -> str | None:
    if tense != "past" or written_on is None:
        return None
    match = re.search(
        r"\b(\d{1,2})(?:\.5)?[ -]?(?:yo\b|y/o|(?:yrs?|years?)[ -]?old)|"
        r"\b(?:for|past|last|x) ?(\d{1,2})\+? ?(?:yrs?|years?)\b",
        text,
    )
    if match:
        return str(written_on.year - int(match[1] or match[2]))
    if re.search(r"\b(?:yr|year) (?:and|&) (?:a )?half", text):
        return str((written_on - timedelta(days=548)).year)
    return None


def _holiday(text: str, written_on: date | None, tense: Tense) -> str | None:
    if written_on is None:
        return None
    if tense == "future" and re.search(r"\b(?:after|past|over|until|til+) (?:the )?holidays\b", text):
        return f"{written_on.year + (written_on.month > 1)}-01"
    for name in sorted(_HOLIDAYS, key=len, reverse=True):
        match = re.search(rf"\b{re.escape(name)}(?:'?s)?\b", text)
        if match is None:
            continue
        month, day = _HOLIDAYS[name]
        year = _open_year(month, 28, written_on, tense, whole_month=True)
        after = re.search(r"\b(?:after|past)\W+(?:the )?$", text[: match.start()])
        if after and month == 12:
            return f"{year + 1}-01"
        exact = day is not None and not re.search(r"\b(?:after|before|b4|week|wk|around|til+|until|over)\b", text)
        return f"{year}-{month:02d}" + (f"-{day:02d}" if exact else "")
    return f"{written_on.year}-12" if re.search(r"\bthe holidays\b", text) else None


def _relative(text: str, written_on: date | None, tense: Tense) -> str | None:
    if written_on is None:
        return None
    if re.search(r"\btoday\b|\bdone here today\b", text):
        return written_on.isoformat()
    if re.search(r"\b(?:tomorrow|tmrw)\b", text):
        return (written_on + timedelta(days=1)).isoformat()
    if re.search(r"\byesterday\b", text):
        return (written_on - timedelta(days=1)).isoformat()
    if re.search(r"\b(?:end of (?:the )?(?:yr|year)|eoy|year[- ]end|yr[- ]end|ye)\b", text):
        return f"{written_on.year}-12"
    if re.search(r"\b(?:next|first of the) (?:yr|year)\b", text):
        return str(written_on.year + 1)
    if re.search(r"\blast (?:yr|year)\b", text):
        return str(written_on.year - 1)
    if re.search(r"\bthis (?:yr|year)\b", text):
        return str(written_on.year)
    month = re.search(r"\b(next|last|this) (?:month|mo)\b|\b(end) of (?:the )?(?:month|mo)\b|\beom\b", text)
    if month:
        return _shifted("1", "mo", written_on, {"next": 1, "last": -1}.get(month[1] or "", 0))
    weekday = re.search(rf"\b{_WEEKDAY}", text)
    if weekday:
        days = (("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(weekday[0][:3]) - written_on.weekday()) % 7
        if tense == "past":
            return (written_on - timedelta(days=(7 - days) % 7)).isoformat()
        return (written_on + timedelta(days=days or 7)).isoformat()
    return None


def _year(text: str, written_on: date | None, tense: Tense) -> str | None:
    match = re.search(rf"(?<![\d$,.])({_YEAR})\b(?![,.]\d|/)|(?<!\w)'(\d{{2}})\b", text)
    return str(_full_year(match[1] or match[2], written_on)) if match else None


def _shifted(count: str, unit: str, written_on: date | None, sign: int) -> str | None:
    if written_on is None:
        return None
    words = count.removeprefix("a ").removesuffix(" of")
    number = _WORDS.get(words) if words in _WORDS else int(float(words))
    assert number is not None
    if unit.startswith("y"):
        year = written_on.year + sign * number
        return str(year) if 1 <= year <= 9999 else None
    if unit.startswith("m"):
        months = written_on.year * 12 + written_on.month - 1 + sign * number
        return f"{months // 12:04d}-{months % 12 + 1:02d}"
    days = number * (7 if unit.startswith("w") else 1)
    shifted = written_on + timedelta(days=sign * days)
    return shifted.isoformat() if unit.startswith("d") else f"{shifted.year:04d}-{shifted.month:02d}"


def _full_year(text: str, written_on: date | None) -> int:
    """Return 2024 for "24" and 1987 for "87": no year lies more than ten years ahead."""
    number = int(text)
    if number > 99:
        return number
    horizon = (written_on.year if written_on else 2026) + 10
    return 2000 + number if 2000 + number <= horizon else 1900 + number


def _open_year(month: int, day: int, written_on: date, tense: Tense, *, whole_month: bool = False) -> int:
    if tense == "past":
        later = (month, 0 if whole_month else day) > (written_on.month, written_on.day)
        return written_on.year - later
    earlier = (month, 31 if whole_month else day) < (written_on.month, written_on.day)
    return written_on.year + earlier


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
