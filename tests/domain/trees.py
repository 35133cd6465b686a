"""Draws segment rules and contact rows, for the pure tests and for the one on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from rewarm.domain.segment import ContactFields, Rule
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
    Kind,
    Not,
    OneOf,
    Span,
    Tagged,
    Word,
)

TODAY = date(2026, 3, 31)  # a day that has no twin in shorter months
ZONE = ZoneInfo("America/Los_Angeles")

# Few values, so that rows and rules meet; letters that upper and lower case disagree about.
TEXTS = ("New", "new", "Bad Timing", "İstanbul", "straße", "Ωmega", 'he said "later"', "is", "kept")
TAGS = ("hot-lead", "timing", "vip", "is")
MONEY = tuple(map(Decimal, ("0", "0.01", "1", "99.50", "1955")))


def fields(*kinds: Kind) -> st.SearchStrategy[str]:
    return st.sampled_from([name for name, field in FIELDS.items() if field.kind in kinds])


# -- rules ---------------------------------------------------------------------------------------------------

days = st.dates(date(2024, 1, 1), date(2027, 6, 30)) | st.sampled_from([TODAY, date(2026, 2, 28)])
spans = st.builds(Span, st.integers(0, 40), st.sampled_from(["days", "months"])) | st.just(Span(36_000, "months"))


@st.composite
def between(draw: st.DrawFn) -> Ago:
    least, most = sorted((draw(st.integers(0, 60)), draw(st.integers(0, 60))))
    unit = Span(1, draw(st.sampled_from(["days", "months"])))
    return Ago(draw(fields("day", "instant")), unit.times(least), unit.times(most))


leaves: st.SearchStrategy[Rule] = st.one_of(
    st.builds(Empty, st.sampled_from(list(FIELDS))),
    st.builds(Ago, fields("day", "instant"), least=spans),
    st.builds(Ago, fields("day", "instant"), most=spans),
    between(),
    st.builds(Dated, fields("day", "instant"), st.sampled_from(["before", "on", "after"]), days),
    st.builds(Future, fields("day", "instant")),
    st.builds(Count, fields("number"), st.sampled_from(["at least", "at most"]), st.sampled_from(MONEY)),
    st.builds(
        OneOf,
        fields("text"),
        st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3, unique=True).map(tuple),
    ),
    st.builds(Flag, fields("flag")),
    st.builds(Tagged, st.lists(st.sampled_from(TAGS), min_size=1, max_size=3, unique=True).map(tuple)),
    st.builds(Word, st.sampled_from(list(WORDS))),
)


def _grown(rules: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    parts = st.lists(rules, min_size=2, max_size=4).map(tuple)
    return st.builds(Not, rules) | st.builds(All, parts) | st.builds(Any_, parts)


rules: st.SearchStrategy[Rule] = st.recursive(leaves, _grown, max_leaves=12)


# -- rows ----------------------------------------------------------------------------------------------------


def _rows() -> st.SearchStrategy[ContactFields]:
    values: dict[Kind, st.SearchStrategy[object]] = {
        "day": st.none() | days,
        "instant": st.none() | st.datetimes(datetime(2025, 1, 1), datetime(2027, 6, 30), timezones=st.just(UTC)),
        "number": st.none() | st.integers(0, 3),
        "text": st.none() | st.just("") | st.sampled_from(TEXTS),
        "flag": st.booleans(),
        "tags": st.lists(st.sampled_from(TAGS), max_size=3, unique=True).map(tuple),
    }
    columns = {name: values[field.kind] for name, field in FIELDS.items()}
    columns["purchases_total"] = st.none() | st.sampled_from(MONEY)
    columns["score"] = st.none() | st.sampled_from([0.0, 0.01, 0.1 + 0.2, 1.0])
    return st.builds(ContactFields, **columns)


rows = _rows()
