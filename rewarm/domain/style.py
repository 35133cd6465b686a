"""Remembers how a practice may sound: approved claims, openers, closings, and the words that are watched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rewarm.domain.trade import NO_TRADE, Trade

NEVER = re.compile(r"(?!)")
"""A pattern that matches nothing: the watch list of a pack that has none."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence about health, prices or products that somebody approved, and what it rests on."""

    id: str
    text: str
    kind: str
    source: str
    approved_by: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """Words that no message may hold, and why."""

    pattern: re.Pattern[str]
    why: str


USUAL = ("memory", "ask")
SELDOM = ("urgency", "scarcity", "pressure", "detail", "private", "claim")


@dataclass(frozen=True, slots=True, eq=False)
class Watch:
    """The words that make a sentence a promise, a push, an ask or a memory; each needs something to stand on.

    Patterns are written in lower case and read the text in lower case, which is much faster than to ignore case.
    """

    urgency: re.Pattern[str] = NEVER
    scarcity: re.Pattern[str] = NEVER
    pressure: re.Pattern[str] = NEVER
    memory: re.Pattern[str] = NEVER
    ask: re.Pattern[str] = NEVER
    detail: re.Pattern[str] = NEVER
    private: re.Pattern[str] = NEVER
    claim: re.Pattern[str] = NEVER
    blocked: tuple[Blocked, ...] = ()
    seldom: re.Pattern[str] | None = None
    """Matches wherever one of `SELDOM` or `blocked` does, so that most sentences are read once for all of them."""

    def found_in(self, sentence: str) -> Iterator[tuple[str, re.Match[str], str]]:
        """Yield the watched words of a sentence in lower case: which list they are on, where, and why they are blocked."""
        for name in USUAL:
            for hit in getattr(self, name).finditer(sentence):
                yield name, hit, ""
        if self.seldom is not None and not self.seldom.search(sentence):
            return
        for name in SELDOM:
            for hit in getattr(self, name).finditer(sentence):
                yield name, hit, ""
        for no in self.blocked:
            for hit in no.pattern.finditer(sentence):
                yield "blocked", hit, no.why


@dataclass(frozen=True, slots=True, eq=False)
class Style:
    """Everything but the person that a draft is written and judged with. Compared by identity: a key of caches."""

    claims: Mapping[str, Claim] = field(default_factory=dict)
    spoken: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    trade: Trade = NO_TRADE
    openers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    closings: Mapping[str, str] = field(default_factory=dict)
    value_floor: Mapping[str, float] = field(default_factory=dict)
    topics: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    watch: Watch = field(default_factory=lambda: Watch())
    vocabulary: frozenset[str] = frozenset()
