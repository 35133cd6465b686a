"""Decides which dated, true reasons there are to write to a person now; fake urgency has nowhere else to come from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import assert_never

from rewarm.domain.feast import easter, nth_weekday
from rewarm.domain.person import Citable, Person
from rewarm.domain.speakable import speakable
from rewarm.domain.time_words import (
    day_name,
    elapsed,
    months_between,
    parse_partial,
    past,
    until,
)


@dataclass(frozen=True, slots=True)
class Occasion:
    """A reason to write now: `name` fits inside a sentence, `text` is one, `sources` say why it is true."""

    id: str
    kind: str
    name: str
    text: str
    on: date
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Elapsed:
    """So many months have passed since a date that the person's record holds."""

    slug: str
    kind: str
    field: str
    months: tuple[int, int]
    text: str


@dataclass(frozen=True, slots=True)
class Feast:
    """A holiday comes up, and the person spoke of the people they share it with."""

    slug: str
    kind: str
    name: str
    day: str
    lead_days: tuple[int, int]
    facts: tuple[str, ...]
    words: re.Pattern[str]
    text: str


@dataclass(frozen=True, slots=True)
class YearEnd:
    """Benefits of a calendar-year plan end soon, and the person told us about such a plan."""

    slug: str
    kind: str
    name: str
    months: tuple[int, int]
    facts: tuple[str, ...]
    unless: re.Pattern[str]
    text: str


@dataclass(frozen=True, slots=True)
class Ahead:
    """An event that the person told us about lies ahead, or the time that they named has come."""

    slug: str
    kind: str
    facts: tuple[str, ...]
    lead_days: tuple[int, int]
    text: str


@dataclass(frozen=True, slots=True)
class LeadTime:
    """Getting ready for another occasion takes a while, as an approved claim says."""

    slug: str
    kind: str
    before: tuple[str, ...]
    lead_days: tuple[int, int]
    claim: str
    text: str


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer with a real end, approved by somebody."""

    slug: str
    name: str
    text: str
    ends_on: date
    approved_by: str
    segments: tuple[str, ...] = ()


Rule = Elapsed | Feast | YearEnd | Ahead | LeadTime


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """What a pack and a practice know about good moments. Compared by identity: a key of caches."""

    rules: tuple[Rule, ...] = ()
    offers: tuple[Offer, ...] = ()


def occasions(person: Person, facts: Sequence[Citable], calendar: Calendar, now: datetime) -> tuple[Occasion, ...]:
    """Compute the occasions of a person, nearest reason first; nothing that is not dated and sourced comes back."""
    today = now.date()
    speaking = [fact for fact in facts if fact.sensitivity <= person.accepts_sensitivity]
    found: list[Occasion] = []
    for rule in _in_season(calendar, today):
        found += _apply(rule, person, speaking, found, today)
    found += [_offer(offer) for offer in calendar.offers if _open(offer, person, today)]
    return tuple(found)


@lru_cache(maxsize=64)
def _in_season(calendar: Calendar, today: date) -> tuple[Rule, ...]:
    """Leave out the rules that apply to nobody today."""
    return tuple(rule for rule in calendar.rules if _applies(rule, today))


def _applies(rule: Rule, today: date) -> bool:
    match rule:
        case Feast():
            return rule.lead_days[0] <= (_next_feast(rule, today) - today).days <= rule.lead_days[1]
        case YearEnd():
            return rule.months[0] <= today.month <= rule.months[1]
        case Elapsed() | Ahead() | LeadTime():
            return True
    assert_never(rule)


def _next_feast(rule: Feast, today: date) -> date:
    return next(day for year in (today.year, today.year + 1) if (day := feast_day(rule.day, year)) >= today)


def _apply(
    rule: Rule, person: Person, facts: Sequence[Citable], before: Sequence[Occasion], today: date
) -> Iterator[Occasion]:
    match rule:
        case Elapsed():
            return _elapsed(rule, person, today)
        case Feast():
            return _feast(rule, facts, today)
        case YearEnd():
            return _year_end(rule, facts, today)
        case Ahead():
            return _ahead(rule, facts, today)
        case LeadTime():
            return _lead_time(rule, before, today)
    assert_never(rule)


def _elapsed(rule: Elapsed, person: Person, today: date) -> Iterator[Occasion]:
    since: date | None = getattr(person, rule.field)
    if since is not None and since <= today and (passed := _passed(rule, since, today)):
        yield passed


@lru_cache(maxsize=8192)
def _passed(rule: Elapsed, since: date, today: date) -> Occasion | None:
    months = months_between(since, today)
    if not rule.months[0] <= months <= rule.months[1]:
        return None
    span = elapsed(months)
    text = rule.text.format(span=span, when=past(since, today))
    return Occasion(f"{rule.slug}:{months}", rule.kind, span, text, since, (f"field:{rule.field}",))


def _feast(rule: Feast, facts: Sequence[Citable], today: date) -> Iterator[Occasion]:
    for fact in _about(facts, rule.facts, rule.words):
        on = _next_feast(rule, today)
        text = rule.text.format(name=rule.name, day=day_name(on), until=until(on, today))
        sources = (f"fact:{fact.id}", f"calendar:{rule.slug}")
        yield Occasion(f"{rule.slug}:{on.year}", rule.kind, rule.name, text, on, sources)
        return


@lru_cache(maxsize=512)
def feast_day(rule: str, year: int) -> date:
    """Find the day of a feast from its rule: `12-25`, `easter` or `11/4/thu` (month, which one, weekday)."""
    if rule == "easter":
        return easter(year)
    if "/" in rule:
        month, n, weekday = rule.split("/")
        return nth_weekday(year, int(month), ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(weekday), int(n))
    month, day = rule.split("-")
    return date(year, int(month), int(day))


def _year_end(rule: YearEnd, facts: Sequence[Citable], today: date) -> Iterator[Occasion]:
    on = date(today.year, 12, 31)
    for fact in facts:
        if fact.kind in rule.facts and not rule.unless.search(f"{fact.quote} {fact.value or ''}".lower()):
            text = rule.text.format(name=rule.name, day=day_name(on), until=until(on, today))
            yield Occasion(f"{rule.slug}:{on.year}", rule.kind, rule.name, text, on, (f"fact:{fact.id}",))
            return


def _ahead(rule: Ahead, facts: Sequence[Citable], today: date) -> Iterator[Occasion]:
    for fact in facts:
        when = parse_partial(fact.value) if fact.kind in rule.facts and isinstance(fact.value, str) else None
        if when is None or not rule.lead_days[0] <= (when[0] - today).days <= rule.lead_days[1]:
            continue
        words = speakable(fact.kind, fact.quote, fact.value)
        if words:
            text = rule.text.format(name=words, Name=words[0].upper() + words[1:], when=when[1])
            yield Occasion(f"{rule.slug}:{fact.id}", rule.kind, words, text, when[0], (f"fact:{fact.id}",))


def _lead_time(rule: LeadTime, before: Sequence[Occasion], today: date) -> Iterator[Occasion]:
    for goal in before:
        if goal.kind in rule.before and rule.lead_days[0] <= (goal.on - today).days <= rule.lead_days[1]:
            sources = (*goal.sources, f"claim:{rule.claim}")
            text = rule.text.format(name=goal.name)
            yield Occasion(f"{rule.slug}:{goal.id}", rule.kind, goal.name, text, goal.on, sources)
            return


def _about(facts: Iterable[Citable], kinds: tuple[str, ...], words: re.Pattern[str]) -> Iterator[Citable]:
    return (fact for fact in facts if fact.kind in kinds and words.search(fact.quote.lower()))


def _open(offer: Offer, person: Person, today: date) -> bool:
    return offer.ends_on >= today and (not offer.segments or person.segment in offer.segments)


def _offer(offer: Offer) -> Occasion:
    text = offer.text.format(name=offer.name, day=day_name(offer.ends_on))
    return Occasion(f"offer:{offer.slug}", "offer", offer.name, text, offer.ends_on, (f"offer:{offer.slug}",))
