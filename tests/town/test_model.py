"""The town in memory: keyed luck, the order of known policies, and an interval that holds the truth."""

from __future__ import annotations

import numpy as np
import pytest

from rewarm.domain.experiment import lift
from town.model import Policy, simulate, true_effect

PILOT = 600  # people enrolled: the demo's practice, and a small one's whole list


def test_the_interval_holds_the_true_effect_in_93_to_97_of_100_towns() -> None:
    policy, seeds = Policy(), 1000
    truth = true_effect(policy)
    intervals = [lift(*simulate(PILOT, seed, policy).table()) for seed in range(seeds)]
    inside = sum(interval.low <= truth <= interval.high for interval in intervals) / seeds
    assert 0.93 <= inside <= 0.97


def test_the_same_seed_gives_the_same_town() -> None:
    one, two = simulate(300, 5, Policy()), simulate(300, 5, Policy())
    assert np.array_equal(one.booked, two.booked)
    assert one.table() == two.table()


def test_two_policies_meet_the_same_people() -> None:
    often, seldom = simulate(4000, 9, Policy(days=(0, 3, 6, 9, 12))), simulate(4000, 9, Policy(days=(0, 6)))
    assert np.array_equal(often.booked_if_held_out, seldom.booked_if_held_out)
    assert np.array_equal(often.treated, seldom.treated)


def test_nobody_is_luckier_for_being_held_out() -> None:
    played = simulate(4000, 1, Policy())
    assert not (played.booked_if_held_out & ~played.booked_if_treated).any()


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (Policy(days=(0, 5, 14)), Policy(days=(0,))),
        (Policy(personal=True), Policy(personal=False)),
    ],
)
def test_more_and_more_personal_books_more(better: Policy, worse: Policy) -> None:
    assert true_effect(better, n=100_000) > true_effect(worse, n=100_000)
