"""Decides what may be said about a person: who they are to the writer, and which of their facts can be spoken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Protocol

from rewarm.domain.speakable import speakable
from rewarm.domain.time_words import parse_partial
from rewarm.domain.trade import Trade

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
    """A fact in words that fit into a sentence."""

    fact_id: str
    kind: str
    words: str
    quote: str


def phrases(
    facts: Iterable[Citable],
    *,
    accepts_sensitivity: int,
    today: date,
    spoken: Mapping[str, Mapping[str, str]],
    trade: Trade,
) -> tuple[Phrase, ...]:
    """Put the facts into words, most moving kind first, leaving out what is too private, is over, or fits no sentence.

    `spoken` holds words for facts of which only the value can be said, by kind and value.
    """
    said = [
        Phrase(fact.id, fact.kind, words, fact.quote)
        for fact in facts
        if fact.kind in EMOTION and fact.sensitivity <= accepts_sensitivity and not _is_over(fact, today)
        if (
            words := _words(fact.kind, fact.quote, fact.value, trade) or spoken.get(fact.kind, {}).get(fact.value or "")
        )
    ]
    return tuple(sorted(said, key=lambda phrase: EMOTION.index(phrase.kind)))


@lru_cache(maxsize=65536)
def _words(kind: str, quote: str, value: str | None, trade: Trade) -> str | None:
    return speakable(kind, quote, value, trade)


def _is_over(fact: Citable, today: date) -> bool:
    """Tell whether an event lies behind them: by its date, else by how long ago they spoke of it."""
    if fact.kind != "life_event":
        return False
    when = parse_partial(fact.value) if fact.value else None
    if when is not None:
        return when[0] < today.replace(day=1) if when[1].startswith("in ") else when[0] < today
    said_on = getattr(fact, "said_on", None)
    return not isinstance(said_on, date) or today - said_on > SOON
