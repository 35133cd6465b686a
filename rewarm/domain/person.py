"""Decides what may be said about a person: who they are to the writer, and which of their facts can be spoken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from rewarm.domain.speakable import speakable

EMOTION = ("goal", "life_event", "concern", "interest", "work", "timeframe", "objection", "product")
"""Fact kinds that a message may repeat, the ones that move people first."""


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


def phrases(facts: Iterable[Citable], *, accepts_sensitivity: int) -> tuple[Phrase, ...]:
    """Put the facts into words, most moving kind first, leaving out what is too private or does not fit a sentence."""
    spoken = [
        Phrase(fact.id, fact.kind, words, fact.quote)
        for fact in facts
        if fact.kind in EMOTION and fact.sensitivity <= accepts_sensitivity
        if (words := speakable(fact.kind, fact.quote, fact.value))
    ]
    return tuple(sorted(spoken, key=lambda phrase: EMOTION.index(phrase.kind)))
