"""Decides which contacts belong to a segment, and which of a contact's segments comes first.

A rule is one tree (segment_rule) with a text that people read and write (segment_text). `matches` reads the
tree in Python and `to_sql` for PostgreSQL; a property test on a real server proves that they agree. That is
why nothing here depends on a clock, a locale or NULL logic: days are counted from a given today to a fixed
date, letters are compared after folding A–Z only, and every SQL leaf is true or false, never NULL.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import assert_never

from rewarm.domain.segment_english import explain
from rewarm.domain.segment_rule import (
    FIELDS,
    WORDS,
    Ago,
    All,
    Any_,
    ContactFields,
    Count,
    Dated,
    Empty,
    Flag,
    Future,
    Not,
    OneOf,
    Rule,
    Tagged,
    Word,
    canonical_tag,
)
from rewarm.domain.segment_spelling import to_text
from rewarm.domain.segment_text import BadRule, parse

__all__ = [
    "BadRule",
    "ContactFields",
    "Profile",
    "Rule",
    "Segment",
    "canonical_tag",
    "explain",
    "matches",
    "memberships",
    "parse",
    "primary",
    "to_sql",
    "to_text",
]


@dataclass(frozen=True, slots=True)
class Profile:
    """What the people of a segment are likely to feel: read by the writer of drafts and shown to people."""

    concerns: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()
    motivations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """A named rule; `rank` 1 has the most revenue at stake; `journey` is the default for its members."""

    slug: str
    name: str
    rule: Rule
    rank: int
    profile: Profile
    journey: str


def memberships(
    segments: Iterable[Segment], view: ContactFields, now: date | datetime, zone: tzinfo = UTC
) -> tuple[str, ...]:
    """Return the slugs of the segments that the contact falls under, the most revenue at stake first."""
    ranked = sorted(segments, key=lambda segment: segment.rank)
    return tuple(segment.slug for segment in ranked if matches(segment.rule, view, now, zone))


def primary(slugs: Iterable[str], segments: Iterable[Segment]) -> str | None:
    """Return the one segment that a contact is counted in: of `slugs`, the lowest rank; None without any."""
    ranks = {segment.slug: segment.rank for segment in segments}
    return min((slug for slug in slugs if slug in ranks), key=lambda slug: ranks[slug], default=None)


# -- in Python -------------------------------------------------------------------------------------------


def matches(rule: Rule, view: ContactFields, now: date | datetime, zone: tzinfo = UTC) -> bool:
    """Tell whether the contact falls under the rule on the local day of `now` in the practice's `zone`."""
    return _holds(rule, view, local_day(now, zone), zone)


def local_day(now: date | datetime, zone: tzinfo) -> date:
    return now.astimezone(zone).date() if isinstance(now, datetime) else now


def _holds(rule: Rule, view: ContactFields, today: date, zone: tzinfo) -> bool:
    match rule:
        case All(parts):
            return all(_holds(part, view, today, zone) for part in parts)
        case Any_(parts):
            return any(_holds(part, view, today, zone) for part in parts)
        case Not(part):
            return not _holds(part, view, today, zone)
        case Word(word):
            return _holds(WORDS[word].rule, view, today, zone)
        case Empty(field):
            return getattr(view, field) in (None, "", (), [])
        case Flag(field):
            return getattr(view, field) is True
        case Tagged(tags):
            return not set(tags).isdisjoint(view.tags)
        case OneOf(field, values):
            text: str | None = getattr(view, field)
            return bool(text) and _folded(text or "") in map(_folded, values)
        case Count(field, how, number):
            return _counted(getattr(view, field), how, number)
        case Ago(field, least, most):
            day = _day(view, field, zone)
            return (
                day is not None
                and (least is None or day <= least.before(today))
                and (most is None or day >= most.before(today))
            )
        case Dated(field, how, fixed):
            day = _day(view, field, zone)
            if day is None:
                return False
            return day < fixed if how == "before" else day > fixed if how == "after" else day == fixed
        case Future(field):
            day = _day(view, field, zone)
            return day is not None and day >= today
        case _:
            assert_never(rule)


def _day(view: ContactFields, field: str, zone: tzinfo) -> date | None:
    value: date | datetime | None = getattr(view, field)
    return value if value is None else local_day(value, zone)


def _counted(value: Decimal | float | None, how: str, number: Decimal) -> bool:
    if value is None:
        return False
    # PostgreSQL compares a double with a numeric as doubles; so do we.
    limit = float(number) if isinstance(value, float) else number
    return value >= limit if how == "at least" else value <= limit


_FOLD = str.maketrans({chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})


def _folded(text: str) -> str:
    """Fold A–Z only, as lower() does in PostgreSQL's C collation: Unicode tables differ between programs."""
    return text.translate(_FOLD)


# -- in SQL ----------------------------------------------------------------------------------------------

Sql = tuple[str, list[object]]


def to_sql(rule: Rule, now: date | datetime, zone: tzinfo = UTC) -> Sql:
    """Return a boolean SQL expression over contact rows `c`, and its parameters in psycopg's %s order.

    `zone` must have an IANA name (a ZoneInfo) or be UTC: the server turns instants into local days itself.
    """
    return _sql(rule, local_day(now, zone), zone)


def _sql(rule: Rule, today: date, zone: tzinfo) -> Sql:
    match rule:
        case All(parts):
            return _joined(" AND ", "TRUE", parts, today, zone)
        case Any_(parts):
            return _joined(" OR ", "FALSE", parts, today, zone)
        case Not(part):
            text, params = _sql(part, today, zone)
            return f"NOT {text}", params
        case Word(word):
            return _sql(WORDS[word].rule, today, zone)
        case Empty(field):
            return _empty(field), []
        case Flag(field):
            return f"(c.{field} IS TRUE)", []
        case Tagged(tags):
            return "COALESCE(c.tags && %s::text[], FALSE)", [list(tags)]
        case OneOf(field, values):
            # "C" folds A–Z only; the empty text is "not known" and equal to nothing.
            named = [_folded(value) for value in values if value]
            return f'COALESCE(lower(c.{field} COLLATE "C") = ANY(%s::text[]), FALSE)', [named]
        case Count(field, how, number):
            sign = ">=" if how == "at least" else "<="
            return f"COALESCE(c.{field} {sign} %s::numeric, FALSE)", [number]
        case Ago(field, least, most):
            bounds = [("<=", least.before(today))] if least else []
            bounds += [(">=", most.before(today))] if most else []
            return _days(field, bounds, zone)
        case Dated(field, how, fixed):
            return _days(field, [({"before": "<", "on": "=", "after": ">"}[how], fixed)], zone)
        case Future(field):
            return _days(field, [(">=", today)], zone)
        case _:
            assert_never(rule)


def _joined(word: str, nothing: str, parts: tuple[Rule, ...], today: date, zone: tzinfo) -> Sql:
    written = [_sql(part, today, zone) for part in parts]
    text = word.join(part for part, _ in written) or nothing
    return f"({text})", [param for _, params in written for param in params]


def _empty(field: str) -> str:
    match FIELDS[field].kind:
        case "text":
            return f"(COALESCE(c.{field}, '') = '')"
        case "tags":
            return f"(COALESCE(cardinality(c.{field}), 0) = 0)"
        case _:
            return f"(c.{field} IS NULL)"


def _days(field: str, bounds: list[tuple[str, date]], zone: tzinfo) -> Sql:
    """Compare a day, or the local day of an instant, with each bound."""
    instant = FIELDS[field].kind == "instant"
    column = f"(c.{field} AT TIME ZONE %s)::date" if instant else f"c.{field}"
    parts, params = [f"c.{field} IS NOT NULL"], list[object]()
    for sign, day in bounds:
        parts.append(f"{column} {sign} %s::date")
        params += [str(zone), day] if instant else [day]
    return f"({' AND '.join(parts)})", params
