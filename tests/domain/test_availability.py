"""When somebody could come, read from what they wrote."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.domain.availability import HORIZON, availability, fits, fitting
from rewarm.domain.later import later_until
from rewarm.domain.slot_choice import choose

CHICAGO = ZoneInfo("America/Chicago")
NOW = datetime(2026, 5, 6, 10, 20, tzinfo=CHICAGO)  # a Wednesday


def said(text: str, anchor: datetime | None = None) -> list[str]:
    """Write intervals as "Thu07 14:00-18:00", at most six of them."""
    found = availability(text, NOW, anchor)
    assert found is not None, text
    return [f"{one.start:%a%d %H:%M}-{one.end:%H:%M}" for one in found][:6]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("thursday after 2", ["Thu07 14:00-18:00"]),
        ("Fri morning or Mon at 3", ["Fri08 08:00-12:00", "Mon11 15:00-16:00"]),
        ("mon or tues, before 11", ["Mon11 08:00-11:00", "Tue12 08:00-11:00"]),
        ("next tuesday around 10", ["Tue12 09:30-10:30"]),
        ("tmrw 2:30?", ["Thu07 14:30-15:30"]),
        ("the 14th, first thing", ["Thu14 08:00-09:00"]),
        ("5/14 or 5/15 at lunchtime", ["Thu14 12:00-13:00", "Fri15 12:00-13:00"]),
        ("today at 4", ["Wed06 16:00-17:00"]),
        ("wensday between 10 and 2", ["Wed13 10:00-14:00"]),
        ("el jueves por la tarde", ["Thu07 12:00-18:00"]),
        ("vendredi après 15h", ["Fri08 15:00-18:00"]),
        ("the 12th through the 14th", ["Tue12 08:00-18:00", "Wed13 08:00-18:00", "Thu14 08:00-18:00"]),
        ("Friday, but I have a meeting at 2", ["Fri08 08:00-14:00", "Fri08 15:00-18:00"]),
    ],
)
def test_days_and_hours(text: str, expected: list[str]) -> None:
    assert said(text) == expected


def test_a_refusal_leaves_the_rest() -> None:
    days = {line[:3] for line in said("any day but friday")}
    assert days == {"Wed", "Thu", "Sat", "Mon", "Tue"}
    assert all(line.endswith("12:00-18:00") for line in said("mornings don't work"))


def test_a_reason_to_be_away_is_not_a_wish() -> None:
    assert said("i work until 3")[0] == "Wed06 15:00-18:00"
    assert said("out of town next week, the week after works")[0] == "Mon18 08:00-18:00"


def test_wishes_relative_to_the_appointment() -> None:
    appointment = datetime(2026, 5, 12, 14, tzinfo=CHICAGO)
    assert said("can we make it an hour later", appointment) == ["Tue12 15:00-16:00"]
    assert said("same time next week", appointment) == ["Tue19 14:00-15:00"]
    assert said("can we do 4 instead", appointment) == ["Tue12 16:00-17:00"]


def test_nothing_about_time_is_none_and_too_far_is_empty() -> None:
    assert availability("how much is it", NOW) is None
    assert availability("in september", NOW) == ()


def test_the_clock_change_moves_no_wish() -> None:
    friday = datetime(2026, 3, 6, 9, tzinfo=CHICAGO)  # clocks go forward on the 8th
    found = availability("monday at 10", friday)
    assert found is not None
    assert found[0].start == datetime(2026, 3, 9, 10, tzinfo=CHICAGO)
    assert found[0].start.utcoffset() != friday.utcoffset()


def test_real_slots_are_matched() -> None:
    slots = [datetime(2026, 5, 7, hour, tzinfo=CHICAGO) for hour in (9, 13, 15)]
    suits = availability("thursday after 2", NOW)
    assert suits is not None
    assert fitting(slots, suits) == (slots[2],)
    assert not fits(slots[0], suits)


WORDS = st.sampled_from(
    "monday tues next any not except or and but , . ? after before until at 3 10 2:30 the 14th 5/20 morning afternoon "
    "tomorrow week weekdays never around between to my work i can cannot noon an hour later same time day".split()
)


@given(st.lists(WORDS, max_size=9).map(" ".join), st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))
def test_intervals_lie_in_office_hours_within_four_weeks(text: str, at: datetime) -> None:
    now = at.replace(tzinfo=CHICAGO)
    for one in availability(text, now, now + timedelta(days=3)) or ():
        wall, until = one.start.replace(tzinfo=None), one.end.replace(tzinfo=None)
        assert now.replace(tzinfo=None, second=0, microsecond=0) <= wall < until <= at + HORIZON
        assert wall.weekday() != 6
        assert (wall.hour, wall.minute) >= (8, 0) and (until.hour, until.minute) <= (18, 0)


@given(st.text(max_size=60))
def test_no_text_breaks_the_grammar(text: str) -> None:
    availability(text, NOW, NOW)
    later_until(text, NOW.date())
    choose(text, [NOW, NOW + timedelta(days=1)], "Which one?", NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("after memorial day", "2026-05-26"),
        ("try me in august", "2026-08-01"),
        ("maybe in the fall", "2026-09-22"),
        ("give me three weeks", "2026-05-27"),
        ("end of the month", "2026-05-31"),
        ("im gone until the 20th", "2026-05-21"),
        ("after the holidays", "2027-01-02"),
        ("mid june works better", "2026-06-15"),
        ("next year", "2027-01-01"),
        ("not this quarter", "2026-07-01"),
    ],
)
def test_later_names_its_date(text: str, expected: str) -> None:
    until = later_until(text, NOW.date())
    assert until is not None
    assert until.isoformat() == expected


def test_someday_names_none() -> None:
    assert later_until("some day, when the dust settles", NOW.date()) is None


@pytest.mark.parametrize(
    ("text", "verdict", "pick"),
    [
        ("2", "one", 1),
        ("the first please", "one", 0),
        ("friday", "one", 1),
        ("10am", "one", 1),
        ("not the friday one", "one", 0),
        ("whichever", "open", None),
        ("neither, sorry", "none", None),
        ("the later one", "one", 1),
    ],
)
def test_choosing_among_two_slots(text: str, verdict: str, pick: int | None) -> None:
    offered = [datetime(2026, 5, 7, 13, tzinfo=CHICAGO), datetime(2026, 5, 8, 10, tzinfo=CHICAGO)]
    choice = choose(text, offered, "Which one can I give you?", NOW)
    assert choice is not None
    assert (choice.verdict, choice.pick) == (verdict, pick)
