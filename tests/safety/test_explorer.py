"""The real gate and outbox survive every order of events; engines with a seeded bug do not."""

import os
from collections import Counter

import pytest

from rewarm.domain.outbox import bucket
from tests.safety.engine import Engine
from tests.safety.explorer import OPENINGS, hunt, play, variants, wander
from tests.safety.seeded_bugs import BUGS, ROUNDS

# `make safety` explores deeper; the everyday run makes its 200,000 transitions in five seconds.
ROUND = int(os.environ.get("REWARM_EXPLORE", "3300"))


def test_no_order_of_events_breaks_a_promise() -> None:
    seen = hunt(Engine, (ROUND,))
    assert seen.violation is None, f"{seen.violation}: {' > '.join(seen.trace)}"
    assert seen.transitions >= 61 * ROUND, "of 75 openings in three worlds some cannot be played"
    assert seen.sends > 100, "an engine that never sends breaks nothing and is worth nothing (I15)"


@pytest.mark.parametrize("opening", OPENINGS, ids=" > ".join)
def test_every_opening_can_be_played(opening: tuple[str, ...]) -> None:
    assert play(Engine(), opening) is not None


def test_long_walks_break_none_either_and_lose_no_touch() -> None:
    ends: Counter[str] = Counter()
    for seed in range(ROUND // 10):
        for engine in variants():
            for _, world in wander(engine, seed, length=40):
                assert len(world.rows) == 5
            ends.update(bucket(row.state) for row in world.rows)
    assert {"pending", "sent", "suppressed", "failed"} <= set(ends)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_every_seeded_bug_is_caught(bug: type[Engine]) -> None:
    caught = hunt(bug, ROUNDS)
    assert caught.violation is not None, bug.__doc__
