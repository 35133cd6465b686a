"""Writes a rule as text that segment_text.py reads back as the same rule."""

from __future__ import annotations

import re
from typing import assert_never

from rewarm.domain.segment_rule import (
    Ago,
    All,
    Any_,
    Count,
    Dated,
    Empty,
    Flag,
    Future,
    Not,
    OneOf,
    Rule,
    Span,
    Tagged,
    Word,
)

KEYWORDS = {"and", "or", "not", "never", "has", "no", "is"}


def to_text(rule: Rule) -> str:
    """Write the rule; parse(to_text(rule)) is the same rule."""
    match rule:
        case All(parts):
            return " and ".join(map(_atom, parts))
        case Any_(parts):
            return " or ".join(map(_atom, parts))
        case Not(Empty(field)):
            return f"has {field}"
        case Not(Tagged() | Future("next_appointment_at") as owned):
            return to_text(owned).replace("has", "no", 1)
        case Not(OneOf(field, values)):
            return f"{field} is not {_values(values)}"
        case Not(part):
            return f"not {_atom(part)}"
        case Word(word):
            return word
        case Flag(field):
            return field
        case Empty(field):
            return f"no {field}"
        case Tagged(tags):
            return f"has tag {_values(tags)}"
        case OneOf(field, values):
            return f"{field} is {_values(values)}"
        case Count(field, how, number):
            return f"{field} {how} {number:f}"
        case Ago(field, Span() as least, Span() as most):
            return f"{field} {least.count} to {most} ago"
        case Ago(field, least, most):
            return f"{field} older than {least}" if least else f"{field} newer than {most}"
        case Dated(field, how, day):
            return f"{field} {how} {day.isoformat()}"
        case Future(field):
            return "has future appointment" if field == "next_appointment_at" else f"{field} in the future"
        case _:
            assert_never(rule)


def _atom(rule: Rule) -> str:
    return f"({to_text(rule)})" if isinstance(rule, All | Any_) else to_text(rule)


def _values(values: tuple[str, ...]) -> str:
    written = [_value(value) for value in values]
    return written[0] if len(written) == 1 else f"({', '.join(written)})"


def _value(value: str) -> str:
    plain = re.fullmatch(r"[\w-]+", value) and value.lower() not in KEYWORDS | {"one", "empty"}
    return value if plain else '"' + value.replace('"', '""') + '"'
