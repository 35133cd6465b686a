"""What writing earned, where sales are rare and large: the interval keeps its promise."""

from __future__ import annotations

import math
import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.domain.money import Money, Purchases, money_lift

PRICE = 4_360.0


def bought(people: int, share: float, chance: random.Random, times: float = 1.0) -> Purchases:
    buyers = sum(chance.random() < share for _ in range(people))
    return Purchases.of(people, [times * chance.lognormvariate(8.2, 0.6) for _ in range(buyers)])


def test_the_interval_covers_the_truth_when_the_held_out_group_hardly_buys() -> None:
    chance, truth = random.Random(20261105), (0.02 - 0.012) * math.exp(8.2 + 0.18)
    covered = 0
    for _ in range(150):
        result = money_lift(bought(2_000, 0.02, chance), bought(222, 0.012, chance), PRICE)
        covered += result.low <= truth <= result.high
    # 95 % is promised; 150 runs put the 1 % quantile of the count at 136.
    assert covered >= 136


def test_the_steps_of_the_formula_by_hand() -> None:
    """One group bought nothing: pooled baskets, no ratio, the half added to the rates only."""
    result = money_lift(Purchases.of(100, [1_000, 3_000]), Purchases.of(50, []), PRICE)
    assert result.point == pytest.approx(2_000 * 2 / 100)
    p1, p0, mean, variance = 2.5 / 101, 0.5 / 51, 2_000, 2_000_000
    spread = (
        mean**2 * (p1 * (1 - p1) / 102 + p0 * (1 - p0) / 52) + (p1 - p0) ** 2 * variance / 2 + (p0 * mean) ** 2 * 0.3**2
    )
    half = 1.959964 * math.sqrt(spread)
    assert (result.low, result.high) == pytest.approx((mean * (p1 - p0) - half, mean * (p1 - p0) + half), rel=1e-6)
    assert result.total[0] == pytest.approx(4_000)


def test_baskets_that_differ_are_drawn_half_way_together() -> None:
    """Both groups bought: the formula written out again, letter by letter."""
    n1, n0, k1, k0 = 1_000, 500, 4, 2
    result = money_lift(Purchases.of(n1, [1e3, 2e3, 3e3, 6e3]), Purchases.of(n0, [1e3, 2e3]), PRICE)
    m = 15_000 / 6
    s2 = (1e6 + 4e6 + 9e6 + 36e6 + 1e6 + 4e6 - 6 * m**2) / 5
    c2, d, tau2 = s2 / m**2, math.log(3_000 / 1_500), 0.3**2
    sd2 = c2 / k1 + c2 / k0
    g, vg, w = d * tau2 / (tau2 + sd2), tau2 * sd2 / (tau2 + sd2), 4 / 6
    m1, m0 = m * math.exp(g * (1 - w)), m * math.exp(-g * w)
    p1, p0 = (k1 + 0.5) / (n1 + 1), (k0 + 0.5) / (n0 + 1)
    v1, v0 = p1 * (1 - p1) / (n1 + 2), p0 * (1 - p0) / (n0 + 2)
    var = m1**2 * v1 + m0**2 * v0 + (p1 - p0) ** 2 * s2 / 6 + (p1 * m1 * (1 - w) + p0 * m0 * w) ** 2 * vg
    centre, half = p1 * m1 - p0 * m0, 1.959964 * math.sqrt(var)
    assert (result.low, result.high) == pytest.approx((centre - half, centre + half), rel=1e-6)
    assert result.point == pytest.approx(m1 * k1 / n1 - m0 * k0 / n0)


groups = st.integers(1, 3_000).flatmap(
    lambda people: st.tuples(st.just(people), st.lists(st.floats(50, 20_000), max_size=min(people, 8)))
)


@given(groups, groups)
def test_the_shown_point_lies_inside_its_interval(
    treated: tuple[int, list[float]], held_out: tuple[int, list[float]]
) -> None:
    result = money_lift(Purchases.of(*treated), Purchases.of(*held_out), PRICE)
    assert result.point is not None
    assert result.low <= result.point <= result.high


def test_words() -> None:
    assert money_lift(Purchases.of(10, []), Purchases.of(0, []), PRICE).in_words().endswith("be compared.")
    assert money_lift(Purchases.of(90, [4e3]), Purchases.of(40, []), PRICE).in_words() == (
        "Not enough evidence yet: the difference in sales lies between −$15,175 and $18,540."
    )
    strong = money_lift(Purchases.of(2_000, [4e3] * 90), Purchases.of(600, [4e3] * 3), PRICE)
    assert strong.in_words().startswith("Writing earned about $320,000 that was not coming by itself (between $2")


def test_money_keeps_its_currency() -> None:
    fee = Money(Decimal("0.0079")) * 3
    assert str(fee.rounded()) == "$0.02"
    assert Money(Decimal(5)) + Money(Decimal(6)) > Money(Decimal(10))
    assert str(Money(Decimal("-4200.5"), "EUR")) == "−4,200 EUR"
    with pytest.raises(AssertionError, match="cannot add EUR to USD"):
        Money(Decimal(1)) + Money(Decimal(1), "EUR")
