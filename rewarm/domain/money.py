"""Decides what writing earned: money as a value, and the lift per person with an honest interval.

Sales are rare and large, and the held-out group often has none, so that an ordinary t-interval promises 95 %
and covers 85. The two-part interval (who buys × how much) covers 95, also when the two groups' baskets differ.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from rewarm.domain.rates import Z

# How far the two groups' baskets may differ, as the sd of their log ratio; 0 is wrong as soon as they do.
TAU = 0.3
# With one sale at most there is no spread to measure; the price list stands in, with this share of its mean.
SPREAD_OF_PRICES = 0.66


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in one currency (ISO 4217); adding different currencies is a bug."""

    amount: Decimal
    currency: str = "USD"

    def __add__(self, other: Money) -> Money:
        assert self.currency == other.currency, f"cannot add {other.currency} to {self.currency}"
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        assert self.currency == other.currency, f"cannot take {other.currency} from {self.currency}"
        return Money(self.amount - other.amount, self.currency)

    def __mul__(self, times: Decimal | int) -> Money:
        return Money(self.amount * times, self.currency)

    def rounded(self) -> Money:
        """Return the amount to the cent, halves away from zero."""
        return Money(self.amount.quantize(Decimal("0.01"), ROUND_HALF_UP), self.currency)

    def __str__(self) -> str:
        whole = self.amount == self.amount.to_integral_value() or abs(self.amount) >= 1_000
        figure = f"{abs(self.amount):,.0f}" if whole else f"{abs(self.amount):,.2f}"
        sign = "−" if self.amount < 0 else ""
        return f"{sign}${figure}" if self.currency == "USD" else f"{sign}{figure} {self.currency}"


@dataclass(frozen=True, slots=True)
class Purchases:
    """What a group of `people` bought: how many buyers, and the sum and sum of squares of their totals."""

    people: int
    buyers: int
    total: float
    squares: float

    @classmethod
    def of(cls, people: int, totals: Iterable[float | Decimal]) -> Purchases:
        """Count the totals, one for each buyer (repeat purchases summed)."""
        spent = [float(total) for total in totals]
        if len(spent) > people:
            raise ValueError(f"{len(spent)} buyers among {people} people.")
        return cls(people, len(spent), math.fsum(spent), math.fsum(total * total for total in spent))


@dataclass(frozen=True, slots=True)
class MoneyLift:
    """Revenue per person, treated minus held out, with its 95 % interval; no point with an empty group."""

    point: float | None
    low: float
    high: float
    people: int

    @property
    def total(self) -> tuple[float | None, float, float]:
        """Return point, low and high for everybody treated."""
        return (
            None if self.point is None else self.point * self.people,
            self.low * self.people,
            self.high * self.people,
        )

    def in_words(self, currency: str = "USD") -> str:
        """Say what the interval allows us to say, and no more."""

        def amount(value: float) -> str:
            return str(Money(Decimal(round(value)), currency))

        between = f"between {amount(self.total[1])} and {amount(self.total[2])}"
        if self.total[0] is None:
            return "Not enough evidence yet: one of the two groups is empty, nothing can be compared."
        if self.low > 0:
            return f"Writing earned about {amount(self.total[0])} that was not coming by itself ({between})."
        if self.high < 0:
            return f"Writing cost about {amount(-self.total[0])} in sales (the difference lies {between})."
        return f"Not enough evidence yet: the difference in sales lies {between}."


def money_lift(treated: Purchases, held_out: Purchases, price: float) -> MoneyLift:
    """Return the lift in revenue per person by the two-part interval.

    `price` is the mean of the practice's own price list, used while there is no more than one sale. The shown
    point always lies inside the interval.
    """
    sales = treated.buyers + held_out.buyers
    mean, variance = _baskets(treated, held_out, price)
    p1, v1 = _buying(treated)
    p0, v0 = _buying(held_out)
    ratio, ratio_variance = _basket_ratio(treated, held_out, variance / mean**2 if mean else 0.0)
    weight = treated.buyers / sales if sales else 0.5
    m1, m0 = mean * math.exp(ratio * (1 - weight)), mean * math.exp(-ratio * weight)
    spread = (
        m1**2 * v1
        + m0**2 * v0
        + (p1 - p0) ** 2 * variance / max(sales, 2)
        + (p1 * m1 * (1 - weight) + p0 * m0 * weight) ** 2 * ratio_variance
    )
    centre, half = p1 * m1 - p0 * m0, Z * math.sqrt(spread)
    point = None
    if treated.people and held_out.people:
        point = m1 * treated.buyers / treated.people - m0 * held_out.buyers / held_out.people
    return MoneyLift(point, centre - half, centre + half, treated.people)


def _baskets(treated: Purchases, held_out: Purchases, price: float) -> tuple[float, float]:
    """Return mean and variance of a sale over both groups."""
    sales = treated.buyers + held_out.buyers
    if sales <= 1:
        return price, (SPREAD_OF_PRICES * price) ** 2
    total = treated.total + held_out.total
    variance = (treated.squares + held_out.squares - total**2 / sales) / (sales - 1)
    return total / sales, max(variance, 0.0)


def _buying(group: Purchases) -> tuple[float, float]:
    """Return the smoothed share of buyers and its variance."""
    share = (group.buyers + 0.5) / (group.people + 1)
    return share, share * (1 - share) / (group.people + 2)


def _basket_ratio(treated: Purchases, held_out: Purchases, spread: float) -> tuple[float, float]:
    """Return the log ratio of the groups' baskets, drawn towards equality, and its variance.

    `spread` is the squared coefficient of variation of a sale.
    """
    if not (treated.total > 0 and held_out.total > 0):
        return 0.0, TAU**2
    seen = math.log((treated.total / treated.buyers) / (held_out.total / held_out.buyers))
    noise = spread / treated.buyers + spread / held_out.buyers
    trust = TAU**2 / (TAU**2 + noise)
    return seen * trust, noise * trust
