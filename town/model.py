"""Plays the town in memory, without HTTP: the same people and rates (statistics 13.1, 13.2), many seeds a second.

A touch's answer is drawn as in `mind.py`; what a talk comes to is one number here (`BOOKS`), for nobody talks.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from town.rates import RATES, Rates

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
BOOKS = 0.42  # 13.2: share of friendly replies that end in a booking
SEGMENT_NEED = np.array([0.2, -0.1, 0.7, -0.1])
SEGMENT_SHARE = np.array([0.3, 0.2, 0.3, 0.2])
AGE_SHARE = np.array([0.25, 0.35, 0.25, 0.15])
AGE_HOUR = np.array([10.5, 12.5, 18.5, 19.0])


@dataclass(frozen=True, slots=True)
class Policy:
    """When those who are not held out are written to: days from the start, hour, personal or generic."""

    days: tuple[int, ...] = (0, 4, 9, 14)
    hour: float = 11.0
    personal: bool = True
    holdout: float = 0.3
    horizon: int = 30


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row a person: the arm, what happened, and what would have happened in either arm."""

    treated: Flags
    booked: Flags
    booked_if_treated: Flags
    booked_if_held_out: Flags
    opted_out: Flags = field(repr=False)

    def table(self) -> tuple[int, int, int, int]:
        """Return booked and total of the treated, booked and total of the held out."""
        held = ~self.treated
        return (
            int(self.booked[self.treated].sum()),
            int(self.treated.sum()),
            int(self.booked[held].sum()),
            int(held.sum()),
        )


class Draws:
    """Uniform numbers keyed by seed, purpose and touch; a person's place in the array is her key."""

    def __init__(self, seed: int, n: int) -> None:
        self.seed, self.n = seed, n

    def uniform(self, purpose: str, touch: int = 0) -> Floats:
        """Return one number in [0, 1) a person."""
        return self._generator(purpose, touch).random(self.n)

    def normal(self, purpose: str) -> Floats:
        """Return one standard normal number a person."""
        return self._generator(purpose, 0).standard_normal(self.n)

    def gamma(self, purpose: str, shape: float, scale: float) -> Floats:
        """Return one gamma number a person."""
        return self._generator(purpose, 0).gamma(shape, scale, self.n)

    def _generator(self, purpose: str, touch: int) -> np.random.Generator:
        key = np.array([self.seed, zlib.crc32(purpose.encode()) * 1000 + touch], dtype=np.uint64)
        return np.random.Generator(np.random.Philox(key=key))


@dataclass(frozen=True, slots=True)
class Crowd:
    """The traits of many people, one array a trait."""

    need: Floats
    theta: Floats
    best_hour: Floats
    returns_on: Floats
    dead: Flags

    @classmethod
    def draw(cls, draws: Draws) -> Crowd:
        """Draw people as section 13.1 says."""
        dormant = draws.gamma("dormant", 2, 180)
        segment = np.searchsorted(SEGMENT_SHARE.cumsum(), draws.uniform("segment")).clip(0, 3)
        age = np.searchsorted(AGE_SHARE.cumsum(), draws.uniform("age")).clip(0, 3)
        return cls(
            need=-2.9 + SEGMENT_NEED[segment] - 0.5 * np.log1p(dormant / 180) + draws.normal("need"),
            theta=np.exp(np.log(1 / 250) + 0.9 * draws.normal("theta")),
            best_hour=AGE_HOUR[age] + 1.3 * draws.normal("hour"),
            returns_on=np.where(draws.uniform("returns") < 0.35, -35 * np.log1p(-draws.uniform("returns on")), np.inf),
            dead=draws.uniform("dead") < (0.04 + 0.03 * dormant / 365).clip(0, 0.3),
        )


def simulate(n: int, seed: int, policy: Policy, rates: Rates = RATES) -> Outcome:
    """Play `n` people through a policy, in both arms with the same luck."""
    draws = Draws(seed, n)
    crowd = Crowd.draw(draws)
    organic_on = draws.uniform("organic day") * policy.horizon
    organic = draws.uniform("organic") < rates.organic_30_days * policy.horizon / 30
    lured, opted_out = _written_to(crowd, draws, policy, rates, np.where(organic, organic_on, np.inf))
    treated = draws.uniform("arm") >= policy.holdout
    either = organic | lured
    return Outcome(treated, np.where(treated, either, organic), either, organic, opted_out & treated)


def _written_to(crowd: Crowd, draws: Draws, policy: Policy, rates: Rates, organic_on: Floats) -> tuple[Flags, Flags]:
    """Return who books because of the texts and who opts out; who booked, replied or opted out gets no more."""
    n = draws.n
    open_, lured, out = np.ones(n, bool), np.zeros(n, bool), np.zeros(n, bool)
    pressure, before = np.zeros(n), 0
    quality = rates.personal_gain * policy.personal
    timing = np.log(0.75 + 0.5 * np.exp(-0.5 * ((policy.hour - crowd.best_hour) / 2) ** 2))
    for touch, day in enumerate(policy.days):
        pressure *= 0.5 ** ((day - before) / rates.pressure_half_life_days)
        before = day
        live = open_ & (organic_on > day)
        logit = crowd.need + rates.reply_shift + quality + timing - rates.touch_decay * touch
        logit += rates.need_returned * (crowd.returns_on <= day)
        logit -= rates.pressure_cost * np.maximum(pressure - 1, 0)
        replies = live & ~crowd.dead & (draws.uniform("reply", touch) < 1 / (1 + np.exp(-logit)))
        negative = draws.uniform("negative", touch) < rates.negative
        lured |= replies & ~negative & (draws.uniform("books", touch) < BOOKS)
        first = rates.first_touch_opt_out if touch == 0 else 1.0
        hazard = (
            crowd.theta
            * np.exp(-0.5 * quality)
            * (1 + 0.45 * np.maximum(pressure - 0.3, 0))
            * (1 + 0.1 * touch)
            * first
        )
        silent_out = live & ~replies & ~crowd.dead & (draws.uniform("out", touch) < hazard)
        out |= silent_out | (replies & negative & (draws.uniform("no", touch) < rates.opt_out_of_negative))
        open_ &= ~(replies | silent_out)
        pressure += live
    return lured, out


def true_effect(policy: Policy, rates: Rates = RATES, *, n: int = 400_000, seed: int = 2**31) -> float:
    """Return what writing really adds to the share who book: both outcomes of very many people, played."""
    played = simulate(n, seed, policy, rates)
    return float(played.booked_if_treated.mean() - played.booked_if_held_out.mean())
