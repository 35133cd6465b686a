"""The minute of a touch: in the practice's hours everywhere, away from meals, spread, and always the same."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rewarm.domain.timing import Hours, choose

PORTLAND, BOSTON = "America/Los_Angeles", "America/New_York"
ZONES = (PORTLAND, BOSTON, "America/Phoenix", "America/Denver", "Pacific/Honolulu", "America/Anchorage")
MONDAY = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)  # 6:00 in Portland


def local_hours(zone: str = PORTLAND, **wishes: object) -> list[datetime]:
    """Choose for 400 contacts due on Monday at six; return the minutes that were not explored."""
    chosen = [choose(MONDAY, [PORTLAND], seed=f"contact {n}", **wishes) for n in range(400)]  # type: ignore[arg-type]
    return [one.at.astimezone(ZoneInfo(zone)) for one in chosen if one and not one.explored]


@given(
    due=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
    zones=st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True),
    born_year=st.sampled_from([None, 1948, 1985]),
    channel=st.sampled_from(["sms", "email"]),
    serious=st.booleans(),
    seed=st.integers(0, 999).map(str),
)
# The two nights on which clocks change.
@example(datetime(2026, 3, 8, 9, 30, tzinfo=UTC), [PORTLAND], 1948, "sms", True, "a")
@example(datetime(2026, 11, 1, 8, 30, tzinfo=UTC), [PORTLAND, BOSTON], None, "sms", True, "b")
def test_every_choice_keeps_the_hours_of_every_zone(
    due: datetime, zones: list[str], born_year: int | None, channel: str, serious: bool, seed: str
) -> None:
    chosen = choose(due, zones, born_year=born_year, channel=channel, serious=serious, seed=seed)
    assert chosen is not None
    assert due <= chosen.at < due + timedelta(days=4)
    assert chosen.at.timestamp() % 300 == 0
    for zone in zones:
        local = chosen.at.astimezone(ZoneInfo(zone))
        assert time(9) <= local.time() < time(20)
        assert local.weekday() < 5 or (serious and time(9, 30) <= local.time() < time(11, 30))
    clock = chosen.at.astimezone(ZoneInfo(zones[0])).time()
    if channel == "sms" and not chosen.explored and born_year != 1985:
        assert not time(12) <= clock < time(13)
        assert not time(17, 30) <= clock < time(18, 30)


def test_the_retired_are_written_to_in_the_middle_of_the_morning_and_the_afternoon() -> None:
    assert {at.hour for at in local_hours(born_year=1948)} == {9, 10, 11, 14, 15, 16}


def test_people_at_work_at_lunch_and_in_the_early_evening() -> None:
    assert {at.hour for at in local_hours(born_year=1985)} == {12, 17, 18}


def test_a_campaign_does_not_leave_in_one_minute() -> None:
    minutes = Counter(at.strftime("%H:%M") for at in local_hours())
    assert len(minutes) > 60
    assert max(minutes.values()) < 20


def test_one_in_thirty_is_random_and_says_so() -> None:
    chosen = [choose(MONDAY, [PORTLAND], seed=f"contact {n}") for n in range(4000)]
    explored = [one for one in chosen if one and one.explored]
    assert 0.02 < len(explored) / 4000 < 0.04
    assert {one.at.astimezone(ZoneInfo(PORTLAND)).hour for one in explored} == set(range(9, 20))


def test_the_same_seed_gives_the_same_minute() -> None:
    assert choose(MONDAY, [PORTLAND], seed="Sarah") == choose(MONDAY, [PORTLAND], seed="Sarah")


def test_a_weekend_waits_for_monday_unless_the_decision_is_serious() -> None:
    saturday = datetime(2026, 10, 31, 14, 0, tzinfo=UTC)
    plain = choose(saturday, [PORTLAND], seed="Grace")
    serious = choose(saturday, [PORTLAND], seed="Grace", serious=True)
    assert plain is not None
    assert plain.at.date() == MONDAY.date()
    assert serious is not None
    assert serious.at.date() == saturday.date()


def test_what_is_due_during_the_good_hours_goes_out_the_same_day() -> None:
    chosen = choose(MONDAY + timedelta(hours=9), [PORTLAND], seed="John", born_year=1948)  # 15:00
    assert chosen is not None
    assert chosen.explored or time(15) <= chosen.at.astimezone(ZoneInfo(PORTLAND)).time() < time(16, 30)


def test_a_day_over_there_may_be_another_day_here() -> None:
    boston, guam = ZoneInfo(BOSTON), ZoneInfo("Pacific/Guam")
    chosen = choose(MONDAY, [BOSTON, "Pacific/Guam"], seed="Omar")
    assert chosen is not None
    assert (chosen.at.astimezone(boston).weekday(), chosen.at.astimezone(guam).weekday()) == (0, 1)
    friday = choose(MONDAY + timedelta(days=4), [BOSTON, "Pacific/Guam"], seed="Omar")
    assert friday is not None
    assert friday.at.astimezone(guam).weekday() not in (5, 6)


def test_zones_without_a_common_hour_get_none() -> None:
    assert choose(MONDAY, ["America/New_York", "Asia/Bangkok"], seed="x") is None


def test_the_practice_s_own_hours_are_kept() -> None:
    late = Hours(opens=time(16), closes=time(17), days=frozenset({2}))
    chosen = choose(MONDAY, [PORTLAND], seed="y", hours=late)
    assert chosen is not None
    local = chosen.at.astimezone(ZoneInfo(PORTLAND))
    assert (local.weekday(), local.hour) == (2, 16)


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_only_email_comes_at_meals(channel: str) -> None:
    lunch = Hours(opens=time(12), closes=time(13))
    chosen = choose(MONDAY, [PORTLAND], seed="a contact", hours=lunch, channel=channel)
    assert (chosen is not None) is (channel == "email")
