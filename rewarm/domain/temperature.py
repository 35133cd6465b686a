"""Decides how warm a contact is from what they did and how long ago it was.

Each thing a contact does adds its weight, and the sum halves every 70 days. On public purchase data this
ranks who comes back as well as a buy-till-you-die model does, in ten lines. The weights and
the edges are judgement, to be replaced by each practice's own outcomes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

Temperature = Literal["hot", "warm", "cold", "dormant"]

HALF_LIFE = timedelta(days=70)

# Judgement until a practice has 150 outcomes. What a machine opened or followed weighs nothing.
WEIGHTS: Mapping[str, float] = {
    "replied": 1.0,
    "called": 1.0,
    "kept_appointment": 1.0,
    "booking_page": 0.8,
    "pricing_page": 0.6,
    "clicked": 0.4,
    "opened": 0.1,
}

# Coldest first. After one reply: hot for 11 days, warm until day 93, cold until day 233.
CLASSES: tuple[Temperature, ...] = ("dormant", "cold", "warm", "hot")
EDGES: Mapping[Temperature, float] = {"hot": 0.9, "warm": 0.4, "cold": 0.1, "dormant": 0.0}
LEAVES_BELOW = 0.8


@dataclass(frozen=True, slots=True)
class Heat:
    """The decayed sum of a contact's behaviour as it was at the instant `at`."""

    level: float
    at: datetime

    def now(self, now: datetime) -> float:
        """Return the level at `now`."""
        return self.level * _decay(now - self.at)

    def order(self) -> float:
        """Return a key that sorts contacts by warmth at any moment; constant between events, so one index
        serves.

        ln(level) + t·ln2/half-life, t in seconds since 1970.
        """
        if self.level <= 0:
            return -math.inf
        return math.log(self.level) + self.at.timestamp() * math.log(2) / HALF_LIFE.total_seconds()


def warmed(heat: Heat | None, kind: str, at: datetime) -> Heat:
    """Return the heat after an event of `kind` at `at`; unknown kinds weigh nothing.

    The order in which events arrive does not matter: a late one is added as what is left of it.
    """
    weight = WEIGHTS.get(kind, 0.0)
    if heat is None:
        return Heat(weight, at)
    if at <= heat.at:
        return Heat(heat.level + weight * _decay(heat.at - at), heat.at)
    return Heat(heat.now(at) + weight, at)


def classify(level: float, before: Temperature | None = None) -> Temperature:
    """Return the class of `level`; read it once a day, with yesterday's class as `before`.

    A class is entered at its edge and left below 0.8 of it, so that nobody flaps between two; whoever cools
    does so one class a reading, so that a warmed contact never falls straight back to dormant.
    """
    reached = max((name for name in CLASSES if level >= EDGES[name]), key=CLASSES.index)
    if before is None or CLASSES.index(reached) >= CLASSES.index(before):
        return reached
    if level >= EDGES[before] * LEAVES_BELOW:
        return before
    return CLASSES[CLASSES.index(before) - 1]


def days_until_colder(heat: Heat, now: datetime, before: Temperature) -> float | None:
    """Return after how many quiet days the contact leaves its class; None when there is none below."""
    edge = EDGES[before] * LEAVES_BELOW
    if edge == 0:
        return None
    level = heat.now(now)
    return max(0.0, math.log2(level / edge) * (HALF_LIFE / timedelta(days=1))) if level > 0 else 0.0


def never() -> Heat:
    """Return the heat of somebody who has not done anything yet."""
    return Heat(0.0, datetime(1970, 1, 1, tzinfo=UTC))


def _decay(passed: timedelta) -> float:
    return math.pow(0.5, passed / HALF_LIFE)
