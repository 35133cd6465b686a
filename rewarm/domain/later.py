"""Decides from which date a contact may be written to again, when they said "not now"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from rewarm.domain.calendar_spelling import calendar_spelling
from rewarm.domain.date_words import Days, days_at
from rewarm.domain.wording import fold, spell_out

_DAY = timedelta(days=1)
_WORD = re.compile(r"[\w#@$']+")
_PAST_IT = re.compile(
    r"\b(?:after|until|till|til|through|thru|past|not before|once|beyond|following|over by|done with"
    r"|when \w+ (?:is|are) over)"
    r"(?: about| around| like| maybe| sometime)?(?: the| my| our)?(?: (?:start|beginning) of)? ?$"
)
_NOT_BEFORE = re.compile(r"\bnot (?:until |till |til )?before\b[^.;]*$")
_AFTER = re.compile(r"\bafter (?:the )?$")
_AFTER_EVENT = re.compile(r"\bafter (?:my |the |our |his |her )?(?:\w+ ){1,2}(?:on |the )*$")
_OVER = re.compile(
    r"^[\w/' ]{1,20} (?:is|are) (?:over|done|behind)\b|^[\w/ ]{1,12}[,.;]? (?:i will )?(?:after (?:that|then)\b)"
)
_SPELL = re.compile(
    r"\b(?P<n>half an?|an?|one|two|couple|three|few|several|four|five|six|seven|eight|nine|ten|twelve"
    r"|\d{1,2})(?: of)?(?: more)? "
    r"(?P<unit>day|week|month|year)s?\b(?! ago| old| now| off)"
)
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "couple": 2, "three": 3, "few": 3, "several": 4, "four": 4,
"five": 5,
           "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12}  # fmt: skip


def later_until(text: str, today: date) -> date | None:
    """Read the date from which to write again; None when they named none.

    "after X" and "until X" mean the day after, a month or season its first day, "end of the month" its last
    (replies GUIDE). "Not this quarter" means the next one.
    """
    spelled = calendar_spelling(spell_out(fold(text)))
    found = _days_named(spelled, today)
    found = [(at, days) for at, days in found if not re.search(r"\bnot $", spelled[:at]) or days.last > today]
    if found:
        at, days = found[-1] if len(found) == 1 else _best(spelled, found)
        return _from_when(spelled, at, days, today)
    if spell := _SPELL.search(spelled):
        if spell["n"].startswith("half"):
            return _ahead(today, 6, "month") if spell["unit"] == "year" else _ahead(today, 14, "day")
        return _ahead(today, int(spell["n"]) if spell["n"].isdigit() else _COUNTS[spell["n"]], spell["unit"])
    return None


def _days_named(text: str, today: date) -> list[tuple[int, Days]]:
    found: list[tuple[int, Days]] = []
    at = 0
    while token := _WORD.search(text, at):
        read = days_at(text, token.start(), today)
        if read:
            found.append((token.start(), read[0]))
        at = read[1] if read and read[1] > token.start() else token.end()
    return found


def _best(text: str, found: list[tuple[int, Days]]) -> tuple[int, Days]:
    """Prefer the days that a word such as "after" or "try me in" points at; else the last ones named."""
    pointed = [
        (at, days)
        for at, days in found
        if re.search(
            r"\b(?:after|until|till|til|in|by|on|back|around|not before|due|starts?|say|like|maybe|the|me"
            r"|again|maybe) $",
            text[:at],
        )
    ]
    return pointed[-1] if pointed else found[-1]


def _from_when(text: str, at: int, days: Days, today: date) -> date:
    before = text[:at]
    named = text[at:]
    if re.search(r"\bnot (?:in |for |during |any ?time )?$", before) and days.first <= today <= days.last:
        return days.last + _DAY
    if re.match(r"this (?:quarter|month|week|year|spring|summer|fall|winter)", named) and re.search(
        r"\b(?:not|no)\b[^.;,]*$", before
    ):
        return days.last + _DAY
    waits = re.search(r"\b(?:not|wait|hold off|until) [^.;]*$", before) and not _AFTER.search(before)
    if (
        waits
        and (days.first != days.last or days.weekdays)
        and re.search(r"\b(?:until|till|til|before) (?:the )?$", before)
    ):
        return days.first
    if _PAST_IT.search(before) or _NOT_BEFORE.search(before) or _AFTER_EVENT.search(before) or _OVER.search(named):
        return days.last + _DAY
    return max(days.first, today)


def _ahead(today: date, count: int, unit: str) -> date:
    if unit in ("day", "week"):
        return today + count * (7 if unit == "week" else 1) * _DAY
    months = today.year * 12 + today.month - 1 + count * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(today.day, 28))
