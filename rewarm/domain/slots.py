"""Decides which words may fill a template, each marked with where it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from hashlib import blake2b

from rewarm.domain.assignment import BRAND, DATES, Assignment, greeted_name
from rewarm.domain.marked import mark
from rewarm.domain.occasion import Occasion
from rewarm.domain.person import Brand, Phrase
from rewarm.domain.style import Style
from rewarm.domain.time_words import elapsed, months_between, past

GREETINGS = ("Hi {name}", "Hello")
"""How every message begins, with and without a name that can be said."""


def slots(task: Assignment) -> dict[str, object]:
    """Build the values that a template may use; every one is marked with its source, what is unknown is absent."""
    person, name = task.person, greeted_name(task.person, task.step.channel)
    fresh = _by_freshness(task)
    fact = {phrase.kind: mark("fact", phrase.fact_id, phrase.words) for phrase in reversed(fresh)}
    dates = {key: day for key, field in DATES.items() if (day := getattr(person, field)) and day <= task.today}
    values: dict[str, object] = {
        "hi": GREETINGS[0].replace("{name}", mark("field", "first_name", name)) if name else GREETINGS[1],
        "contact": {"first_name": mark("field", "first_name", name)} if name else {},
        "brand": _brand_slots(task.brand),
        "fact": fact,
        "when": {key: _when(DATES[key], day, task.today) for key, day in dates.items()},
        "since": {key: _since(DATES[key], day, task.today) for key, day in dates.items()},
        "occasion": {each.kind: _occasion_slots(each) for each in reversed(task.occasions)},
        "claim": _claim_slots(task.style),
    }
    values |= _topic_slots(task, fresh)
    memory = _memory(task, fresh)
    openers = {"opener_fact": memory, "opener": memory or _arrival(task, dates)}
    return values | {key: line for key, line in openers.items() if line}


def _brand_slots(brand: Brand) -> dict[str, str]:
    return {name: mark("brand", name, value) for name, field in BRAND.items() if (value := getattr(brand, field))}


@lru_cache(maxsize=64)
def _claim_slots(style: Style) -> dict[str, str]:
    return {claim.id: mark("claim", claim.id, claim.text) for claim in style.claims.values()}


def _occasion_slots(occasion: Occasion) -> dict[str, str]:
    return {
        "text": mark("occasion", occasion.id, occasion.text),
        "name": mark("occasion", occasion.id, occasion.name),
    }


@lru_cache(maxsize=8192)
def _when(field: str, day: date, today: date) -> str:
    return mark("field", field, past(day, today))


@lru_cache(maxsize=8192)
def _since(field: str, day: date, today: date) -> str:
    return mark("field", field, elapsed(months_between(day, today)))


def _topic_slots(task: Assignment, fresh: Sequence[Phrase]) -> dict[str, dict[str, str]]:
    """Offer the facts by what they are about: `concern.noise` is the concern that has to do with noise."""
    about: dict[str, dict[str, str]] = {}
    for topic, phrase in sorted(task.topics, key=lambda pair: fresh.index(pair[1]), reverse=True):
        about.setdefault(phrase.kind, {})[topic] = mark("fact", phrase.fact_id, phrase.words)
    return about


def _by_freshness(task: Assignment) -> list[Phrase]:
    """Phrases not used in an earlier message first; most moving kind first among equals."""
    return sorted(task.phrases, key=lambda phrase: phrase.words in task.heard)


def _memory(task: Assignment, fresh: Sequence[Phrase]) -> str:
    """Begin with the most moving thing that they told us; an empty text when we know of none."""
    for phrase in fresh:
        if lines := task.style.openers.get(phrase.kind):
            return _line(lines, "{fact}", "fact", phrase.fact_id, phrase.words, task)
    return ""


def _arrival(task: Assignment, dates: Mapping[str, date]) -> str:
    """Begin with when they first wrote to us, or were here; an empty text when that was said before or is not on record."""
    for key, day in dates.items():
        if lines := task.style.openers.get(key):
            if any(line.partition("{when}")[0] in task.heard for line in lines):
                return ""
            return _line(lines, "{when}", "field", DATES[key], past(day, task.today), task)
    return ""


def _line(choices: Sequence[str], slot: str, kind: str, source_id: str, words: str, task: Assignment) -> str:
    """Take a line that was not said yet, starting anywhere but always at the same place for the same seed."""
    first = number(task.seed) % len(choices)
    lines = [*choices[first:], *choices[:first]]
    line = next((line for line in lines if line.replace(slot, words) not in task.heard), lines[0])
    return line.replace(slot, mark(kind, source_id, words))


def number(seed: str) -> int:
    """Turn a seed into a number, the same in every process."""
    return int.from_bytes(blake2b(seed.encode(), digest_size=4).digest(), "big")
