"""Says a rule as part of an English sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from rewarm.domain.segment_rule import (
    FIELDS,
    WORDS,
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


def explain(rule: Rule) -> str:
    """Return the rule as part of an English sentence: “the last test was 12 months ago or longer, and …”."""
    match rule:
        case All(parts):
            return ", and ".join(map(_clause, parts))
        case Any_(parts):
            return "either " + " or ".join(map(_clause, parts))
        case Not(part):
            return _denied(part)
        case Word(word):
            return WORDS[word].yes
        case Flag(field):
            return FIELDS[field].name
        case Empty(field):
            return f"there is no {_thing(field)} on record"
        case Tagged(tags):
            return f"is tagged {_listed(tags)}"
        case OneOf(field, values):
            return f"the {FIELDS[field].name} is {_listed([f'“{value}”' for value in values])}"
        case Count(field, how, number):
            return f"the {FIELDS[field].name} is {number:f} or {_more(how)}"
        case Ago(field, Span() as least, Span() as most):
            return f"the {FIELDS[field].name} was {least.count} to {most} ago"
        case Ago(field, least, most):
            return f"the {FIELDS[field].name} was {f'{least} ago or longer' if least else f'within {most}'}"
        case Dated(field, how, day):
            return f"the {FIELDS[field].name} was {how} {day.day} {day:%B %Y}"
        case Future("next_appointment_at"):
            return "has an appointment ahead"
        case Future(field):
            return f"the {FIELDS[field].name} lies ahead"
        case _:
            assert_never(rule)


def _clause(rule: Rule) -> str:
    return f"({explain(rule)})" if isinstance(rule, All | Any_) else explain(rule)


def _denied(rule: Rule) -> str:
    match rule:
        case Word(word):
            return WORDS[word].no
        case Flag(field):
            return FIELDS[field].otherwise
        case Empty(field):
            return f"there is {_article(_thing(field))} {_thing(field)} on record"
        case Tagged(tags):
            return f"is not tagged {_listed(tags)}"
        case OneOf(field, values):
            return f"the {FIELDS[field].name} is not {_listed([f'“{value}”' for value in values])}"
        case Count(field, how, number):
            return f"the {FIELDS[field].name} is not {number:f} or {_more(how)}"
        case Future("next_appointment_at"):
            return "has no appointment ahead"
        case _:
            return f"it is not so that {_clause(rule)}"


def _thing(field: str) -> str:
    """Return what the field records: of the last test, a test."""
    return FIELDS[field].name.removeprefix("last ")


def _article(thing: str) -> str:
    return "an" if thing[0] in "aeiou" else "a"


def _more(how: str) -> str:
    return "more" if how == "at least" else "less"


def _listed(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} or {items[-1]}"
