"""How warm a contact is: decay, order of arrival, and classes that do not flap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.domain.temperature import (
    CLASSES,
    EDGES,
    WEIGHTS,
    Heat,
    Temperature,
    classify,
    days_until_colder,
    never,
    warmed,
)

NOW = datetime(2026, 10, 5, 16, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def heat_of(*events: tuple[str, float]) -> Heat:
    """Add events, each (kind, days before NOW), in the order given."""
    heat: Heat | None = None
    for kind, days in events:
        heat = warmed(heat, kind, NOW - days * DAY)
    return heat or never()


@pytest.mark.parametrize(
    ("days", "temperature"),
    [(0, "hot"), (10, "hot"), (11, "warm"), (92, "warm"), (93, "cold"), (232, "cold"), (233, "dormant")],
)
def test_one_reply_reads_in_days(days: int, temperature: Temperature) -> None:
    assert classify(heat_of(("replied", days)).now(NOW)) == temperature


def test_a_machine_s_open_warms_nobody() -> None:
    assert heat_of(("machine_opened", 0)).now(NOW) == 0
    assert heat_of().order() < heat_of(("opened", 3000)).order()


events = st.lists(st.tuples(st.sampled_from(sorted(WEIGHTS)), st.integers(0, 700)), min_size=1, max_size=6)


@given(events.flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_events_may_arrive_in_any_order(both: tuple[list[tuple[str, int]], list[tuple[str, int]]]) -> None:
    one, other = (heat_of(*events) for events in both)
    assert one.now(NOW) == pytest.approx(other.now(NOW), rel=1e-9)
    assert one.at == other.at


@given(events, events, st.integers(0, 2000))
def test_the_order_key_sorts_by_warmth_at_any_moment(
    one: list[tuple[str, int]], other: list[tuple[str, int]], days: int
) -> None:
    left, right, later = heat_of(*one), heat_of(*other), NOW + days * DAY
    if left.now(later) > right.now(later) * (1 + 1e-6):
        assert left.order() > right.order()


@given(st.sampled_from(CLASSES[1:]), st.lists(st.floats(0.901, 1.099), min_size=2, max_size=20))
def test_a_level_that_jitters_around_an_edge_changes_class_once_at_most(name: Temperature, jitter: list[float]) -> None:
    seen = [classify(EDGES[name] * jitter[0])]
    for factor in jitter[1:]:
        seen.append(classify(EDGES[name] * factor, seen[-1]))
    assert sum(one != other for one, other in pairwise(seen)) <= 1


def test_who_cools_passes_through_every_class() -> None:
    seen: list[Temperature] = ["hot"]
    while seen[-1] != "dormant":
        seen.append(classify(0.0, seen[-1]))
    assert seen == ["hot", "warm", "cold", "dormant"]
    assert classify(1.0, "dormant") == "hot"


def test_we_know_when_somebody_will_cool() -> None:
    heat = heat_of(("replied", 0))
    days = days_until_colder(heat, NOW, "hot")
    assert days is not None
    assert classify(heat.now(NOW + (days - 0.01) * DAY), "hot") == "hot"
    assert classify(heat.now(NOW + (days + 0.01) * DAY), "hot") == "warm"
    assert days_until_colder(heat, NOW, "dormant") is None
