"""Measures how often the lift's 95 % interval holds the town's true effect, for lists that a practice really
has.

python -m benchmarks.coverage [SEEDS]
"""

from __future__ import annotations

import sys

from rewarm.domain.experiment import lift
from town.model import Policy, simulate, true_effect

SIZES = (400, 600, 1000, 2000)


def coverage(n: int, seeds: int, policy: Policy, truth: float) -> float:
    """Return the share of `seeds` towns of `n` people whose interval holds `truth`."""
    inside = 0
    for seed in range(seeds):
        interval = lift(*simulate(n, seed, policy).table())
        inside += interval.low <= truth <= interval.high
    return inside / seeds


def main(argv: list[str] | None = None) -> int:
    """Print one line a list size."""
    seeds = int((argv or sys.argv[1:] or ["1000"])[0])
    policy = Policy()
    truth = true_effect(policy)
    for n in SIZES:
        share = coverage(n, seeds, policy, truth)
        town = f"{n} people, {policy.holdout:.0%} held out, true effect {truth:+.4f}"
        print(f"lift coverage, {town}: {share:.4f} of {seeds} seeds")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
