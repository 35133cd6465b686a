"""Reads what a practice offers in a text, loosely, as a person would: days, dates, times, numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

TIME = r"\b(?P<time>(?:1[0-2]|0?[1-9])(?::[0-5]\d)?\s?[ap]\.?m\b\.?|\bnoon\b|(?:1[0-2]|[1-9]):[0-5]\d)"
DAY = r"\b(mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?|\b(today|tomorrow)\b"
DATE = r"\b(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.? (\d{1,2})\b|\b\d{1,2}/(\d{1,2})\b"
NUMBER = r"(?:^|[\s(,;:])#?(\d)\s?[).:\]-]\s|\breply (\d)\b|\((\d)\)"
RANGE = re.compile(r"[ap]\.?m\.?\s?(?:-|–|to|until)\s?\d|\d\s?(?:-|–)\s?\d{1,2}\s?[ap]\.?m", re.I)
BOOKED = re.compile(
    r"\b(booked|confirmed|all set|see you|reserved|scheduled|(?:got|have) you down|is yours|calendar|locked in)\b",
    re.I,
)
WEEKDAY = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One time that somebody proposed: its number in a list (or ""), weekday, day of the month and time as
    written."""

    number: str
    day: str
    date: str
    time: str


def offers(text: str) -> list[Offer]:
    """Return the proposed times in order; opening hours are not offers."""
    found: list[Offer] = []
    day = date = ""
    since = 0
    for match in re.finditer(TIME, text, re.I):
        before = text[since : match.start()]
        days = list(re.finditer(DAY, before, re.I))
        dates = list(re.finditer(DATE, before, re.I))
        numbers = list(re.finditer(NUMBER, before, re.I | re.M))
        if days or dates:
            day = _weekday(days[-1]) if days else ""
            date = next(filter(None, dates[-1].groups()), "") if dates else ""
        since = match.end()
        if day or date:
            number = next(filter(None, numbers[-1].groups()), "") if numbers else ""
            found.append(Offer(number, day, date, match["time"].strip().removesuffix(".")))
    if RANGE.search(text) and not any(offer.number for offer in found):
        return []
    return found


def _weekday(match: re.Match[str]) -> str:
    return WEEKDAY.get(match.group().lower()[:3], match.group().lower())


def is_confirmation(text: str) -> bool:
    """Tell whether a text says that an appointment is made (one time, and nothing left to choose)."""
    if re.search(r"\boff (?:the|our) (?:calendar|books)|\bcancell?ed\b", text, re.I):
        return False
    return bool(BOOKED.search(text)) and len(offers(text)) == 1 and not re.search(r"\breply \d|\bwhich\b", text, re.I)


def asks_to_book(text: str) -> bool:
    """Tell whether a text asks whether they would like to come in."""
    asks = r"\b(would you like|shall|should|want|can|may|could)\b"
    what = r"\b(time|times|appointment|come in|visit|book|slot|opening)"
    return bool(re.search(rf"{asks}[^?]*{what}[^?]*\?", text, re.I))


def asks_when(text: str) -> bool:
    """Tell whether a text asks for a day or a time of day."""
    return bool(
        re.search(
            r"\b(when|what day|which day|what time|mornings?|afternoons?|day or time|days?)\b[^?]*\?",
            text,
            re.I,
        )
    )


def asks_which(text: str) -> bool:
    """Tell whether a text asks which of the times that were offered before."""
    return bool(re.search(r"\bwhich (?:one|time|of)\b|\breply with (?:the|a) number\b", text, re.I))


def regrets_absence(text: str) -> bool:
    """Tell whether a text says that they were missed at their visit."""
    return bool(re.search(r"\b(?:we|sorry we) missed (?:you|seeing)", text, re.I))


def hands_over(text: str) -> bool:
    """Tell whether a text promises that a human will be in touch."""
    promise = (
        r"\b(call you|give you a call|be in touch|get back to you|reach out|team(?: member)? will|someone|front desk)\b"
    )
    return bool(re.search(promise, text, re.I))
