"""Our intervals against statsmodels, which takes seconds to import and so stays out of tests/domain."""

from __future__ import annotations

import pytest

from rewarm.domain.experiment import lift
from rewarm.domain.rates import jeffreys, wilson

pytestmark = pytest.mark.slow

NUMBERS = (1, 2, 7, 14, 50, 99, 100, 1_000, 20_000)
COUNTS = [(count, of) for of in NUMBERS for count in sorted({0, 1, of // 50, of // 3, of - 1, of})]


def test_the_intervals_of_a_rate() -> None:
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    for count, of in COUNTS:
        assert wilson(count, of) == pytest.approx(proportion.proportion_confint(count, of, method="wilson"), abs=1e-9)
        low, high = proportion.proportion_confint(count, of, method="jeffreys")
        # Ours are closed at the ends, where nothing or everything was counted.
        expected = (low if count else 0.0, high if count < of else 1.0)
        assert jeffreys(count, of) == pytest.approx(expected, abs=1e-9)


def test_the_interval_of_a_lift() -> None:
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    for k1, n1 in COUNTS:
        for k0, n0 in COUNTS[::5]:
            ours = lift(k1, n1, k0, n0)
            expected = proportion.confint_proportions_2indep(k1, n1, k0, n0, method="agresti-caffo")
            assert (ours.low, ours.high) == pytest.approx(expected, abs=1e-9)
