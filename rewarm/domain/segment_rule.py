"""Holds what a rule over contacts can say: the fields it may ask for, and the tree that it is."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

# -- what is known of a contact --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFields:
    """The columns of a contact that rules may ask for. Dates are local calendar dates of the practice.

    `tags` are in the form of `canonical_tag`; None and the empty text both mean "not known".
    """

    inquired_on: date | None = None
    last_activity_on: date | None = None
    last_test_on: date | None = None
    last_fitting_on: date | None = None
    last_appointment_on: date | None = None
    last_contact_on: date | None = None
    last_answer_on: date | None = None
    next_appointment_at: datetime | None = None
    attended_on: date | None = None
    missed_on: date | None = None
    deceased_on: date | None = None
    no_shows: int | None = None
    born_year: int | None = None
    purchases_total: Decimal | None = None
    score: float | None = None
    appointment_status: str | None = None
    last_past_appointment: str | None = None
    lead_status: str | None = None
    lead_source: str | None = None
    temperature: str | None = None
    zip: str | None = None
    state: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    is_customer: bool = False
    timing_note: bool = False
    has_facts: bool = False
    reachable_sms: bool = False
    reachable_email: bool = False


Kind = Literal["day", "instant", "number", "text", "flag", "tags"]


@dataclass(frozen=True, slots=True)
class Field:
    """A column: what kind of value it holds and how a sentence names it (a flag: when true, when false)."""

    kind: Kind
    name: str
    otherwise: str = ""


FIELDS: Mapping[str, Field] = {
    "inquired_on": Field("day", "inquiry"),
    "last_activity_on": Field("day", "last activity"),
    "last_test_on": Field("day", "last test"),
    "last_fitting_on": Field("day", "last fitting"),
    "last_appointment_on": Field("day", "last appointment"),
    "last_contact_on": Field("day", "last contact"),
    "last_answer_on": Field("day", "last answer"),
    "next_appointment_at": Field("instant", "next appointment"),
    "attended_on": Field("day", "last kept appointment"),
    "missed_on": Field("day", "last missed appointment"),
    "deceased_on": Field("day", "date of death"),
    "no_shows": Field("number", "number of no-shows"),
    "born_year": Field("number", "year of birth"),
    "purchases_total": Field("number", "total of purchases"),
    "score": Field("number", "score"),
    "appointment_status": Field("text", "appointment status"),
    "last_past_appointment": Field("text", "outcome of the last appointment"),
    "lead_status": Field("text", "lead status"),
    "lead_source": Field("text", "source"),
    "temperature": Field("text", "temperature"),
    "zip": Field("text", "ZIP code"),
    "state": Field("text", "state"),
    "language": Field("text", "language"),
    "tags": Field("tags", "tag"),
    "is_customer": Field("flag", "is a customer", "is not a customer"),
    "timing_note": Field("flag", "a note says when", "no note says when"),
    "has_facts": Field("flag", "something personal is known", "nothing personal is known"),
    "reachable_sms": Field("flag", "may be texted", "may not be texted"),
    "reachable_email": Field("flag", "may be e-mailed", "may not be e-mailed"),
}


def canonical_tag(text: str) -> str:
    """Return the form in which tags are stored and compared: “Hot Lead ” and “hot_lead” are hot-lead."""
    return "-".join(text.lower().replace("_", " ").replace("-", " ").split())


# -- the tree --------------------------------------------------------------------------------------------

Unit = Literal["days", "months"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days or calendar months."""

    count: int
    unit: Unit

    def before(self, today: date) -> date:
        """Return the day this long before `today`; the 31st becomes the last day of a shorter month."""
        if self.unit == "days":
            return date.fromordinal(max(today.toordinal() - self.count, 1))
        year, month = divmod(today.year * 12 + today.month - 1 - self.count, 12)
        if year < date.min.year:
            return date.min
        return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))

    def times(self, count: int) -> Span:
        return Span(self.count * count, self.unit)

    def __str__(self) -> str:
        return f"{self.count} {self.unit[:-1] if self.count == 1 else self.unit}"


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing is known in the field."""

    field: str


@dataclass(frozen=True, slots=True)
class Ago:
    """The day lies at least `least` and at most `most` before today, both ends included."""

    field: str
    least: Span | None = None
    most: Span | None = None


@dataclass(frozen=True, slots=True)
class Dated:
    """The day lies before, on or after a fixed day."""

    field: str
    how: Literal["before", "on", "after"]
    day: date


@dataclass(frozen=True, slots=True)
class Future:
    """The day is today or later."""

    field: str


@dataclass(frozen=True, slots=True)
class Count:
    """The number is at least or at most `number`."""

    field: str
    how: Literal["at least", "at most"]
    number: Decimal


@dataclass(frozen=True, slots=True)
class OneOf:
    """The text is one of `values`; capitals A–Z do not matter."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    field: str


@dataclass(frozen=True, slots=True)
class Tagged:
    """The contact has any of `tags`."""

    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of WORDS that stands for a longer rule."""

    word: str


@dataclass(frozen=True, slots=True)
class Not:
    part: Rule


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Any_:
    parts: tuple[Rule, ...]


Rule = Empty | Ago | Dated | Future | Count | OneOf | Flag | Tagged | Word | Not | All | Any_


@dataclass(frozen=True, slots=True)
class Meaning:
    rule: Rule
    yes: str
    no: str


WORDS: Mapping[str, Meaning] = {
    "attended": Meaning(
        Any_(
            (
                Not(Empty("attended_on")),
                Not(Empty("last_test_on")),
                Not(Empty("last_fitting_on")),
                Flag("is_customer"),
            )
        ),
        "has been here at least once",
        "has never been here",
    ),
    "alive": Meaning(Empty("deceased_on"), "is alive", "has died"),
}
