"""Decides what may be said about a person: who they are to the writer, and which of their facts can be spoken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple, Protocol

from rewarm.domain.sms_text import fits_gsm
from rewarm.domain.speakable import speakable
from rewarm.domain.style import Style
from rewarm.domain.time_words import parse_partial

EMOTION = ("goal", "life_event", "concern", "interest", "work", "timeframe", "objection", "product")
"""Fact kinds that a message may repeat, the ones that move people first."""

SOON = timedelta(days=270)
"""How long an event without a date may still lie ahead of them."""


class Citable(Protocol):
    """A fact as the writer sees it: a quote with its source."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def quote(self) -> str: ...
    @property
    def value(self) -> str | None: ...
    @property
    def sensitivity(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Person:
    """The contact as the writer knows them; an empty name or a missing date is simply not mentioned."""

    first_name: str = ""
    last_name: str = ""
    language: str = "en"
    segment: str = ""
    inquired_on: date | None = None
    last_test_on: date | None = None
    last_fitting_on: date | None = None
    last_appointment_on: date | None = None
    no_show: bool = False
    zip: str = ""
    accepts_sensitivity: int = 1


@dataclass(frozen=True, slots=True)
class Brand:
    """The practice that speaks; `sender_name` is the first name of somebody who really works there."""

    practice: str
    sender_name: str
    phone: str = ""
    booking_url: str = ""
    address: str = ""
    unsubscribe_url: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A fact in words that fit into a sentence; `open` to anybody's eyes in a text message, and what it is about."""

    fact_id: str
    kind: str
    words: str
    quote: str
    open: bool
    topics: tuple[str, ...]


def phrases(facts: Iterable[Citable], *, accepts_sensitivity: int, today: date, style: Style) -> list[Phrase]:
    """Put the facts into words, most moving kind first, leaving out what is too private, is over, or fits no sentence."""
    said = [
        Phrase(fact.id, fact.kind, way.words, fact.quote, way.open, way.topics)
        for fact in facts
        if fact.kind in EMOTION and fact.sensitivity <= accepts_sensitivity and not _is_over(fact, today)
        if (way := _way_to_say(fact.kind, fact.quote, fact.value, style))
    ]
    return sorted(said, key=lambda phrase: EMOTION.index(phrase.kind)) if len(said) > 1 else said


class _Way(NamedTuple):
    """How a quote is said, whoever it is about."""

    words: str
    open: bool
    topics: tuple[str, ...]


@lru_cache(maxsize=16_384)
def _way_to_say(kind: str, quote: str, value: str | None, style: Style) -> _Way | None:
    """Find the words of a fact: from its quote, else those that the style has for its value."""
    words = speakable(kind, quote, value, style.trade) or style.spoken.get(kind, {}).get(value or "")
    if not words:
        return None
    low = quote.lower()
    return _Way(
        words,
        fits_gsm(words) and not style.watch.private.search(words.lower()),
        tuple(topic for topic, about in style.topics.items() if about.search(low)),
    )


def _is_over(fact: Citable, today: date) -> bool:
    """Tell whether an event lies behind them: by its date, else by how long ago they spoke of it."""
    if fact.kind != "life_event":
        return False
    when = parse_partial(fact.value) if fact.value else None
    if when is not None:
        return when[0] < today.replace(day=1) if when[1].startswith("in ") else when[0] < today
    said_on = getattr(fact, "said_on", None)
    return not isinstance(said_on, date) or today - said_on > SOON
