"""Intervals of a rate, and the words in which they are shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.domain.rates import beta_cdf, beta_quantile, jeffreys, rate, wilson

# statsmodels 0.15, proportion_confint; tests/oracles compares many more.
WILSON = {
    (0, 1): (0.0, 0.793450685623),
    (1, 50): (0.003539259272, 0.104954435896),
    (2, 100): (0.00550196755, 0.070011790729),
    (500, 1000): (0.469069600368, 0.530930399632),
}
JEFFREYS = {
    (3, 14): (0.064335077538, 0.469023667094),
    (1, 50): (0.002166494175, 0.089680351057),
    (5, 99): (0.019529726431, 0.107136484815),
    (500, 1000): (0.469047712699, 0.530952287301),
}


@pytest.mark.parametrize("counted", WILSON)
def test_wilson_s_interval(counted: tuple[int, int]) -> None:
    assert wilson(*counted) == pytest.approx(WILSON[counted], abs=1e-11)


@pytest.mark.parametrize("counted", JEFFREYS)
def test_jeffreys_interval(counted: tuple[int, int]) -> None:
    assert jeffreys(*counted) == pytest.approx(JEFFREYS[counted], abs=1e-11)


def test_the_ends_are_closed_where_nothing_or_everything_was_counted() -> None:
    assert jeffreys(0, 9)[0] == wilson(0, 9)[0] == 0
    assert jeffreys(9, 9)[1] == wilson(9, 9)[1] == 1


@given(st.integers(0, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_an_interval_holds_its_rate_and_stays_between_zero_and_one(counted: tuple[int, int]) -> None:
    shown = rate(*counted)
    assert 0 <= shown.low <= shown.high <= 1
    assert shown.point is None or shown.low <= shown.point <= shown.high


@given(st.floats(0.5, 300), st.floats(0.5, 300), st.floats(0.001, 0.999))
def test_the_quantile_undoes_the_distribution(a: float, b: float, share: float) -> None:
    assert beta_cdf(beta_quantile(share, a, b), a, b) == pytest.approx(share, abs=1e-9)


def test_small_numbers_are_shown_as_counts() -> None:
    assert str(rate(3, 14)) == "3 of 14"
    assert str(rate(5, 250)) == "2.0% (0.9% to 4.6%)"


def test_more_than_all_is_refused() -> None:
    with pytest.raises(ValueError, match="3 of 2 is not a rate"):
        rate(3, 2)
