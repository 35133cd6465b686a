"""Decides which calendar days a phrase means: "the 18th", "mid-May", "next Tuesday", "after the holidays"."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from rewarm.domain import feast
from rewarm.domain.calendar_spelling import MONTHS, WEEKDAYS

Found = re.Match[str]
_DAY = timedelta(days=1)
_SHORT_MONTHS = {"sept": 9} | {name[:3]: number for number, name in enumerate(MONTHS, 1)}
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "couple": 2, "three": 3, "few": 3, "several": 4, "four": 4,
"five": 5,
            "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12}  # fmt: skip
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
             "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14,
             "fifteenth": 15, "twentieth": 20, "thirtieth": 30}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Days:
    """A run of calendar days; weekday names keep themselves, since "Fridays" is a habit and "Friday" a day."""

    first: date
    last: date
    weekdays: frozenset[int] = frozenset()
    every: bool = False


def days_at(text: str, at: int, today: date) -> tuple[Days, int] | None:
    """Read the days named at one place of a text that went through `calendar_spelling`; with where they end."""
    for pattern, mean in _RULES:
        if (found := pattern.match(text, at)) and (days := mean(found, today)):
            return days, found.end()
    return None


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word]


def _one(day: date) -> Days:
    return Days(day, day)


def month_end(day: date) -> date:
    """Return the last day of the month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def _add_months(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def week_of(day: date) -> Days:
    """Return Monday to Saturday of a day's calendar week."""
    monday = day - day.weekday() * _DAY
    return Days(monday, monday + 5 * _DAY)


def _upcoming(month: int, day: int, today: date, year: int | None = None) -> date | None:
    """Return the next time a month and day come round, today included; None for the 31st of June."""
    try:
        found = date(year or today.year, month, day)
        return found if year or found >= today else date(today.year + 1, month, day)
    except ValueError:
        return None


def _day_of_month(number: int, today: date) -> Days | None:
    first = today.replace(day=1)
    for ahead in range(3):
        month = _add_months(first, ahead)
        if number <= monthrange(month.year, month.month)[1] and month.replace(day=number) >= today:
            return _one(month.replace(day=number))
    return None


def _month_number(word: str) -> int:
    return _SHORT_MONTHS.get(word[:4]) or _SHORT_MONTHS[word[:3]]


def _maybe(day: date | None) -> Days | None:
    return _one(day) if day else None


def _year(text: str | None) -> int | None:
    return None if not text else int(text) if len(text) == 4 else 2000 + int(text)


def _slashed(found: Found, today: date) -> Days | None:
    month, day = int(found["m"]), int(found["d"])
    return _maybe(_upcoming(month, day, today, _year(found["y"]))) if 1 <= month <= 12 and 1 <= day <= 31 else None


def _month_day(found: Found, today: date) -> Days | None:
    word = found["d"]
    day = _ORDINALS.get(word) or int(re.sub(r"\D", "", word) or 0)
    return _maybe(_upcoming(_month_number(found["month"]), day, today, _year(found["y"]))) if 1 <= day <= 31 else None


def _month(found: Found, today: date) -> Days:
    number = _month_number(found["month"])
    if found["y"]:
        first = date(int(found["y"]), number, 1)
    else:
        first = date(today.year + (number < today.month), number, 1)
        if found["part"] and found["part"].startswith("next"):
            first = first if first.year > today.year else date(today.year + (number <= today.month), number, 1)
    return _part_of_month(first, found["part"] or "")


def _part_of_month(first: date, part: str) -> Days:
    last = month_end(first)
    if "mid" in part:
        return Days(first.replace(day=15), first.replace(day=20))
    if re.search(r"early|begin|start|first|top", part):
        return Days(first, first.replace(day=10))
    if "half" in part:
        return Days(first.replace(day=16), last)
    if "late" in part:
        return Days(first.replace(day=21), last)
    if "end" in part:
        return _one(last)
    return Days(first, last)


def _relative_month(found: Found, today: date) -> Days:
    first = _add_months(today.replace(day=1), 1 if found["which"] == "next" else 0)
    days = _part_of_month(first, found["part"] or "")
    if re.search(r"first of", found["part"] or ""):
        first = first if first >= today else _add_months(first, 1)
        return _one(first)
    return Days(max(days.first, today), days.last) if days.last >= today else days


_SEASONS = {"spring": (3, 20, 6, 20), "summer": (6, 21, 9, 21), "fall": (9, 22, 12, 20), "winter": (12, 21, 3, 19)}


def _season(found: Found, today: date) -> Days:
    """Seasons begin on their astronomical date (usual day in the Americas)."""
    month, day, end_month, end_day = _SEASONS[found["season"]]
    first = _upcoming(month, day, today, _year(found["y"])) or today
    last = date(first.year + (end_month < month), end_month, end_day)
    return _one(last) if found.group().startswith(("end of", "the end of")) else Days(first, last)


def _quarter(found: Found, today: date) -> Days:
    number = int(found["q"])
    year = _year(found["y"]) or today.year
    first = date(year, 3 * number - 2, 1)
    if not found["y"] and first < today:
        first = first.replace(year=year + 1)
    return Days(first, _add_months(first, 3) - _DAY)


def _this_or_next_quarter(found: Found, today: date) -> Days:
    first = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    first = _add_months(first, 3) if found["which"] == "next" else first
    return Days(first, _add_months(first, 3) - _DAY)


def _next_holiday(found: Found, today: date) -> Days:
    days = Days(*feast.named(found["holiday"], today.year))
    return days if days.last >= today else Days(*feast.named(found["holiday"], today.year + 1))


def _in_units(found: Found, today: date) -> Days:
    count, unit = _number(found["n"]), found["unit"]
    if unit.startswith("day"):
        return _one(today + count * _DAY)
    if unit.startswith("week"):
        return _one(today + 7 * count * _DAY)
    return _one(_add_months(today, count * (12 if unit.startswith("year") else 1)))


def next_weekday(weekday: int, today: date) -> date:
    """Return the first such weekday after today."""
    return today + ((weekday - today.weekday() - 1) % 7 + 1) * _DAY


def _weekday(found: Found, today: date) -> Days:
    name = found["weekday"]
    number = WEEKDAYS.index(name.rstrip("s") if name.endswith("s") else name)
    lead = found["lead"] or ""
    if (
        lead.startswith(("any", "every", "each", "a ", "all", "most", "another"))
        or name.endswith("s")
        or found["habit"] is not None
    ):
        return Days(today, today + 28 * _DAY, frozenset({number}), every=True)
    day = next_weekday(number, today)
    if lead.startswith(("next", "following")) or found["tail"]:
        day = week_of(today).first + (7 + number) * _DAY
    if found["tail"] and "after next" in found["tail"]:
        day += 7 * _DAY
    return Days(day, day, frozenset({number}))


def _weekday_set(found: Found, today: date) -> Days:
    first, last = (WEEKDAYS.index(found[key].rstrip("s")) for key in ("from", "to"))
    span = frozenset(number % 7 for number in range(first, last + 1 + 7 * (last < first)))
    return Days(today, today + 28 * _DAY, span, every=True)


def _weekend(found: Found, today: date) -> Days:
    lead = found["lead"] or ""
    saturday = today + (5 - today.weekday()) % 7 * _DAY
    if lead.startswith("next"):
        saturday = week_of(today).first + 12 * _DAY
    if lead.startswith(("this", "next", "the ", "on the", "coming")):
        return Days(saturday, saturday + _DAY)
    return Days(today, today + 28 * _DAY, frozenset({5, 6}), every=True)


def _every(*weekdays: int) -> Callable[[Found, date], Days]:
    return lambda _found, today: Days(today, today + 28 * _DAY, frozenset(weekdays), every=True)


def _week(ahead: int) -> Callable[[Found, date], Days]:
    def mean(_found: Found, today: date) -> Days:
        week = week_of(today + 7 * ahead * _DAY)
        return Days(max(week.first, today), week.last) if week.last >= today else week

    return mean


def _week_around(found: Found, today: date) -> Days | None:
    days = _day_of_month(int(found["d"]), today)
    return week_of(days.first) if days else None


def _week_of_month(found: Found, today: date) -> Days:
    first = today.replace(day=1)
    if found["month"]:
        first = date(today.year + (_month_number(found["month"]) < today.month), _month_number(found["month"]), 1)
    elif found["which"] == "next":
        first = _add_months(first, 1)
    if found["nth"] == "last":
        return Days(month_end(first) - 6 * _DAY, month_end(first))
    nth = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2}.get(found["nth"], 3)
    return Days(first + 7 * nth * _DAY, first + (7 * nth + 6) * _DAY)


def _coming(found: Found, today: date) -> Days:
    return Days(today, _in_units(found, today).last)


def _part_of_week(found: Found, today: date) -> Days:
    week = week_of(today + (7 * _DAY if found["which"] == "next" else 0 * _DAY))
    if found["way"].startswith("mid"):
        return Days(week.first + _DAY, week.first + 3 * _DAY)
    early = found["way"].startswith(("early", "begin", "start", "first"))
    return Days(week.first, week.first + 2 * _DAY) if early else Days(week.first + 3 * _DAY, week.last)


def _later_in_the_week(_found: Found, today: date) -> Days:
    first = today + 2 * _DAY
    return Days(first, max(week_of(today).last, first))


def _weeks_from(found: Found, today: date) -> Days:
    name = found["weekday"]
    start = (
        today if name == "today" else today + _DAY if name == "tomorrow" else next_weekday(WEEKDAYS.index(name), today)
    )
    return _one(start + 7 * _number(found["n"]) * _DAY)


def _date_range(found: Found, today: date) -> Days | None:
    first, last = (_day_of_month(int(found[key]), today) for key in ("d", "e"))
    return Days(first.first, last.last) if first and last and first.first <= last.last else None


_DAY_NAME = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_MONTH_NAME = (
    r"(?P<month>january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?"
)
_DAY_NUMBER = r"(?P<d>\d{1,2}(?:st|nd|rd|th)?|" + "|".join(_ORDINALS) + r")\b(?![:/%]\d| ?(?:am|pm|a\.m|p\.m))"
_PART = (
    r"(?P<part>(?:the )?(?:early|mid|middle of|late|end of|last of|second half of|last half of|beginning of|start of"
    r"|first part of|first of|1st of|next)[ -](?:the )?)"
)
_COUNT = (
    r"(?P<n>\d{1,2}(?=(?: ?(?:-|to|or) ?\d{1,2})? )|"
    + "|".join(_NUMBERS)
    + r")(?: ?(?:-|to|or) ?\d{1,2}(?= ))?(?: (?:or (?:two|three|four|so)|of))?(?: more)?"
)
_YEAR = r"(?:,? (?P<y>20\d\d))?"

_RULES: tuple[tuple[re.Pattern[str], Callable[[Found, date], Days | None]], ...] = tuple(
    (re.compile(source), mean)
    for source, mean in (
        (r"(?:between )?(?:the )?(?P<d>\d{1,2})(?:st|nd|rd|th) ?(?:-|through|to|until"
r"|till) ?(?:the )?(?P<e>\d{1,2})(?:st|nd|rd|th)\b", _date_range),
        (r"between the (?P<d>\d{1,2})(?:st|nd|rd|th)? and (?:the )?(?P<e>\d{1,2})(?:st|nd|rd|th)?\b", _date_range),
        (r"(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)\b", _slashed),
        (r"(?P<m>\d{1,2})/(?P<d>\d{1,2})(?:/(?P<y>\d{4}|\d\d))?(?![\d/])", _slashed),
        (r"(?P<holiday>" + "|".join(map(re.escape, feast.NAMES)) + r")\b(?! (?:date|eve\b))", _next_holiday),
        (_PART + r"?" + _MONTH_NAME + r" (?:the )?" + _DAY_NUMBER + r"(?:,? (?P<y>20\d\d))?(?! ?(?:weeks|days))", _month_day),
        (r"(?:the )?" + _DAY_NUMBER + r" (?:of |de )?" + _MONTH_NAME + _YEAR, _month_day),
        (_PART.replace("|next", "") + r"(?P<which>this|next|the)? ?(?:month)\b", _relative_month),
        (r"(?:the )?(?P<nth>first|1st|second|2nd|third|3rd|fourth|4th|last) week (?:of|in) "
         r"(?:" + _MONTH_NAME + r"|(?P<which>this|next|the) month)", _week_of_month),
        (r"(?:(?:with)?in |over |any ?time in |sometime in |during )?(?:the )?(?:next|coming) " + _COUNT
         + r" (?P<unit>days?|weeks?|months?)\b", _coming),
        (r"(?:with)in " + _COUNT + r" (?P<unit>days?|weeks?|months?)\b", _coming),
        (r"later (?:in|on in|on)? ?(?:the|this|that) week\b", _later_in_the_week),
        (r"(?P<way>early|beginning of|start of|first part of|late|later|end of|mid"
r"|middle of) (?:in )?(?:the )?(?P<which>next|this) week\b", _part_of_week),
        (r"(?P<part>)(?P<which>this|next) month\b", _relative_month),
        (_PART + _MONTH_NAME + _YEAR, _month),
        (r"(?:in|til|till|until|by|for|of|en|after|before|around|nothing in|come|this|late"
r"|since) (?P<part>)(?P<month>may|mar|march)\b(?! \d)" + _YEAR, _month),
        (r"(?P<part>)(?P<month>may)\b(?= ?(?:\?|$|or\b|and\b|works|is))" + _YEAR, _month),
        (r"(?P<part>)(?!may\b|mar\b)" + _MONTH_NAME + _YEAR, _month),
        (r"(?:the )?(?:end of (?:the |this )?year|year end|years? end)\b", lambda _f, t: _one(date(t.year, 12, 31))),
        (r"(?:the end of |end of )?(?:in |the |this |next |by |come |late |early )*(?P<season>spring|summer|fall"
r"|winter)(?:time)?\b(?: (?:of )?(?P<y>20\d\d)\b)?(?! (?:off|down|break|over|asleep|behind|for|into|and))", _season),
        (r"this year\b", lambda _f, t: Days(t, date(t.year, 12, 31))),
        (r"(?:the )?month after next\b", lambda _f, t: _part_of_month(_add_months(t.replace(day=1), 2), "")),
        (r"(?:in )?(?P<y>20[2-4]\d)\b", lambda f, _t: Days(date(int(f["y"]), 1, 1), date(int(f["y"]), 12, 31))),
        (r"q(?P<q>[1-4])\b(?: (?:of )?(?P<y>20\d\d))?", _quarter),
        (r"(?P<which>this|next) quarter\b", _this_or_next_quarter),
        (r"day after tomorrow\b|overmorrow\b", lambda _f, t: _one(t + 2 * _DAY)),
        (r"(?:today|tonight|this (?:morning|afternoon|evening)\b)", lambda _f, t: _one(t)),
        (r"tomorrow\b", lambda _f, t: _one(t + _DAY)),
        (r"(?:the )?week of (?:the )?(?P<d>\d{1,2})(?:st|nd|rd|th)?\b",
         _week_around),
        (r"(?:the )?week after (?:next|that)\b", _week(2)),
        (_COUNT + r" weeks? from (?P<weekday>" + _DAY_NAME + r"|today|tomorrow)\b", _weeks_from),
        (r"(?:the )?(?:next|following) week\b", _week(1)),
        (r"(?:later |sometime |all |any ?time )?(?:this|all|within the|the rest of (?:the|this)"
r"|rest of (?:the|this)) week\b", _week(0)),
        (r"(?P<lead>this |next |on the |the |coming |any )?weekends?\b", _weekend),
        (r"(?:any |every |most |on )?(?:weekdays?|week days?|business days?|work(?:ing)? days?)\b", _every(0, 1, 2, 3, 4)),
        (r"(?P<from>(?:" + _DAY_NAME + r")s?) ?(?:through|to|until|till|-) ?(?P<to>(?:" + _DAY_NAME + r")s?)\b", _weekday_set),
        (r"(?:the )?(?P<lead>next |this |coming |any |every other |every |each |a |all |most |another "
r"|following )?(?P<weekday>(?:"
         + _DAY_NAME + r")s?)(?P<habit>(?= (?:morning|afternoon|evening|night)s\b))?(?P<tail> (?:after next|next week"
r"|of next week|week\b)| de la next week)?\b", _weekday),
        (r"(?:in |after |give (?:me|it|us) )(?:about |maybe |another |like |a )?" + _COUNT
         + r" (?P<unit>days?|weeks?|months?|years?)\b", _in_units),
        (_COUNT + r" (?P<unit>days?|weeks?|months?|years?) (?:from now|out|or so)\b", _in_units),
        (r"(?:the )?(?P<d>\d{1,2})(?:st|nd|rd|th)\b(?! (?:one|slot|time|option|visit|appointment|grade"
r"|floor|street|st\b))",
         lambda f, t: _day_of_month(int(f["d"]), t) if 1 <= int(f["d"]) <= 31 else None),
        (r"the (?P<d>\d{1,2})\b(?!:|/| ?(?:am|pm|o'?clock|o clock|one|slot|a\.m|p\.m))",
         lambda f, t: _day_of_month(int(f["d"]), t) if 13 <= int(f["d"]) <= 31 else None),
    )
)  # fmt: skip
