"""Remembers how a practice may sound: approved claims, openers, closings, and the words that are watched."""

from __future__ import annotations

import re
from collections.abc import Mapping
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

    def lists(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """Return the lists by name."""
        return (
            ("urgency", self.urgency),
            ("scarcity", self.scarcity),
            ("pressure", self.pressure),
            ("memory", self.memory),
            ("ask", self.ask),
            ("detail", self.detail),
            ("private", self.private),
            ("claim", self.claim),
        )


@dataclass(frozen=True, slots=True)
class Style:
    """Everything but the person that a draft is written and judged with."""

    claims: Mapping[str, Claim] = field(default_factory=dict)
    spoken: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    trade: Trade = NO_TRADE
    openers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    closings: Mapping[str, str] = field(default_factory=dict)
    value_floor: Mapping[str, float] = field(default_factory=dict)
    topics: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    watch: Watch = field(default_factory=lambda: Watch())
    vocabulary: frozenset[str] = frozenset()
