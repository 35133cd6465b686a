"""Holdouts: who is drawn, what the difference proves, and what a list can prove."""

from __future__ import annotations

import hashlib
import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.domain.experiment import Unit, default_share, draw, hold_out, is_held_out, lift, plan, power


def drawn(units: list[Unit], share: float) -> frozenset[str]:
    return hold_out(units, share, salt="salt", experiment="spring")


def test_the_draw_is_the_first_eight_bytes_of_a_hash() -> None:
    first = hashlib.sha256(b"salt\x1fspring\x1fSarah").hexdigest()[:16]
    assert draw("salt", "spring", "Sarah") == int(first, 16) / 2**64
    assert draw("salt", "spring", "Sarah") != draw("salt", "autumn", "Sarah")
    held = sum(is_held_out("salt", "spring", str(n), 0.2) for n in range(5000))
    assert 900 < held < 1100


@given(
    st.dictionaries(st.integers(0, 9999), st.sampled_from("abcde"), max_size=60),
    st.sampled_from([0.1, 0.2, 0.3]),
)
def test_quotas_are_exact_in_each_stratum_and_in_all(strata: dict[int, str], share: float) -> None:
    units = [Unit(str(key), stratum) for key, stratum in strata.items()]
    held = drawn(units, share)
    assert abs(len(held) - share * len(units)) <= 0.5 + 1e-9
    for stratum, size in Counter(strata.values()).items():
        seats = sum(unit.key in held for unit in units if unit.stratum == stratum)
        assert abs(seats - share * size) < 1
    assert drawn(units[::-1], share) == held


def test_a_household_is_drawn_once() -> None:
    units = [Unit("the Okafors", "warm"), Unit("the Okafors", "cold"), Unit("Grace", "warm")]
    assert len(drawn(units, 0.5)) == 1


# statsmodels 0.15, confint_proportions_2indep(method="agresti-caffo"); tests/oracles compares many more.
AGRESTI_CAFFO = {
    (30, 700, 2, 300): (0.015355682079, 0.053095856572),
    (0, 45, 0, 5): (-0.384067754146, 0.140906659921),
    (41, 1800, 1, 200): (-0.001921706424, 0.02873459859),
}


@pytest.mark.parametrize("counts", AGRESTI_CAFFO)
def test_the_interval_of_a_lift(counts: tuple[int, int, int, int]) -> None:
    assert (lift(*counts).low, lift(*counts).high) == pytest.approx(AGRESTI_CAFFO[counts], abs=1e-11)


def binomial(n: int, p: float) -> list[float]:
    return [math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]


@pytest.mark.parametrize(("p1", "n1", "p0", "n0"), [(0.3, 60, 0.05, 40), (0.1, 30, 0.1, 30), (0.02, 45, 0.0, 5)])
def test_power_equals_plain_enumeration(p1: float, n1: int, p0: float, n0: int) -> None:
    plain = sum(
        chance1 * chance0
        for k1, chance1 in enumerate(binomial(n1, p1))
        for k0, chance0 in enumerate(binomial(n0, p0))
        if lift(k1, n1, k0, n0).low > 0
    )
    assert power(p1, n1, p0, n0) == pytest.approx(plain, abs=1e-6)


@pytest.mark.parametrize(
    ("people", "share", "expected"),
    [(300, 0.3, 0.06), (1000, 0.2, 0.30), (2000, 0.1, 0.35), (3000, 0.2, 0.80), (10_000, 0.1, 0.97)],
)
def test_power_equals_the_measured_table(people: int, share: float, expected: float) -> None:
    assert plan(people, share).power == pytest.approx(expected, abs=0.006)


def test_a_harmless_campaign_is_hardly_ever_called_a_lift() -> None:
    assert power(0.012, 450, 0.012, 50) < 0.001
    assert power(0.012, 4500, 0.012, 500) < 0.03


def test_small_lists_hold_out_more() -> None:
    assert [default_share(n) for n in (500, 2_000, 5_000, 20_000)] == [0.3, 0.3, 0.2, 0.1]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (
            (30, 700, 2, 300),
            "Writing brought about 3.6 more bookings per 100 people than not writing (between 1.5 and 5.3).",
        ),
        (
            (3, 70, 1, 30),
            "Not enough evidence yet: the difference in bookings per 100 people lies between -10.6 and 9.2, "
            "and zero is among the possible values.",
        ),
        (
            (2, 700, 30, 300),
            "Writing cost about 9.7 bookings per 100 people (the difference lies between -13.3 and -6.4): "
            "stop and look at what was sent.",
        ),
        ((3, 70, 0, 0), "Not enough evidence yet: one of the two groups is empty, nothing can be compared."),
    ],
)
def test_the_words_say_no_more_than_the_interval(counts: tuple[int, int, int, int], words: str) -> None:
    assert lift(*counts).in_words() == words


def test_a_plan_for_a_small_list_says_that_it_cannot_prove_anything() -> None:
    assert "alone cannot prove an effect" in plan(600).in_words()
    assert plan(5_000).in_words() == (
        "With 1000 of 5000 people held out, a rise from 1.2 to 3.0 bookings per 100 people "
        "will be proven with a chance of 96%."
    )
