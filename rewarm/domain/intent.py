"""Decides what a reply means, which of our offers it takes, and where it leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, cast

from rewarm.domain.keywords import OptOut, opt_out
from rewarm.domain.lexicon import Lexicon

Route = Literal["stop", "answer", "ask", "book", "handoff", "quiet"]
Pending = Literal[
    "slot_choice", "day_or_time", "confirm_booking", "confirm_appointment",
    "qualify_need", "qualify_timing", "qualify_insurance", "scope_of_opt_out",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time that suits, zone-aware, half open."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """One inbound text and what we know at that moment; instants are zone-aware, in the contact's zone."""

    text: str
    now: datetime
    asked: str | None = None
    pending: Pending | None = None
    offered: tuple[datetime, ...] = ()
    appointment: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reply means: intents most important first, and where the conversation goes.

    `opt_out` is the verdict of the written rules; it suppresses whatever `route` says.
    """

    intents: tuple[str, ...]
    route: Route
    why: str
    confidence: float
    pick: int | None = None
    later_until: date | None = None
    availability: tuple[Interval, ...] | None = None
    opt_out: OptOut | None = None
    scope: Literal["all", "promotions", "texts"] = "all"


def read(reply: Reply, lexicon: Lexicon) -> Reading:
    """Read a reply by rules; what no rule knows is `unclear` and goes to a person."""
    if found := opt_out(reply.text, lexicon.keywords):
        return Reading(("opt_out",), "stop", f"{found.tier}: {found.matched}", 1.0, opt_out=found)
    route = cast(Route, lexicon.routes.get("unclear", "handoff"))
    return Reading(("unclear",), route, "no rule knows this text", 0.0)
