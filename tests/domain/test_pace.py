"""How fast a sender may go: by the second, by the carrier's day, and while it is new."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.domain.pace import (
    FIRST_DAY,
    WARM_AFTER,
    Limits,
    a_day,
    burst,
    day_of,
    left_for,
    next_day,
    t_mobile_a_day,
)

NOON = datetime(2026, 11, 24, 20, tzinfo=UTC)  # a Tuesday noon in Los Angeles


@pytest.mark.parametrize(("score", "segments"), [(100, 200_000), (75, 200_000), (74, 40_000), (25, 10_000), (0, 2_000)])
def test_the_trust_score_of_a_brand_sets_its_day(score: int, segments: int) -> None:
    assert t_mobile_a_day(score) == segments


@pytest.mark.parametrize(
    ("utc", "day"),
    [
        ("2026-11-24T07:59:59+00:00", date(2026, 11, 23)),
        ("2026-11-24T08:00:00+00:00", date(2026, 11, 24)),
        ("2026-07-24T06:59:59+00:00", date(2026, 7, 23)),
        ("2026-07-24T07:00:00+00:00", date(2026, 7, 24)),
    ],
)
def test_a_carriers_day_begins_at_midnight_pacific(utc: str, day: date) -> None:
    assert day_of(datetime.fromisoformat(utc)) == day


@pytest.mark.parametrize(
    ("noon", "hours"), [("2026-03-07T12:00-08:00", 23), ("2026-10-31T12:00-07:00", 25), ("2026-06-01T12:00-07:00", 24)]
)
def test_a_day_may_have_23_or_25_hours(noon: str, hours: int) -> None:
    start = next_day(datetime.fromisoformat(noon))
    assert next_day(start) - start == timedelta(hours=hours)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))
def test_the_next_day_is_the_first_instant_of_another_day(now: datetime) -> None:
    at = next_day(now)
    assert day_of(at) == day_of(now) + timedelta(days=1)
    assert day_of(at - timedelta(microseconds=1)) == day_of(now)


def test_a_new_number_doubles_every_day_until_it_is_known() -> None:
    since = day_of(NOON)
    days = [a_day(Limits(warming_since=since), NOON + timedelta(days=n)) for n in range(5)]
    assert days == [FIRST_DAY, 2 * FIRST_DAY, 4 * FIRST_DAY, 8 * FIRST_DAY, 16 * FIRST_DAY]
    assert a_day(Limits(warming_since=since), NOON + WARM_AFTER) is None


def test_the_smaller_of_two_limits_holds() -> None:
    since = day_of(NOON)
    assert a_day(Limits(per_day=2_000, warming_since=since), NOON) == FIRST_DAY
    assert a_day(Limits(per_day=20, warming_since=since), NOON) == 20
    assert a_day(Limits(), NOON) is None


def test_only_marketing_is_held_back_and_leaves_a_tenth_to_the_rest() -> None:
    assert left_for("marketing", 2_000, 1_700) == 100
    assert left_for("marketing", 2_000, 1_900) == 0
    assert left_for("reply", 2_000, 5_000) is None
    assert left_for("marketing", None, 5_000) is None


@pytest.mark.parametrize(("per_second", "at_once"), [(None, 100), (0.5, 1), (4, 1), (50, 5), (5_000, 100)])
def test_what_starts_at_once_is_a_fraction_of_a_second(per_second: float | None, at_once: int) -> None:
    assert burst(Limits(per_second=per_second), 100) == at_once
