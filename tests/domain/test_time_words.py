"""How dates and spans of time are said."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.domain.feast import easter, nth_weekday
from rewarm.domain.time_words import elapsed, months_between, parse_partial, past, until

TODAY = date(2026, 10, 20)


@pytest.mark.parametrize(
    ("months", "words"),
    [
        (0, "a few weeks"),
        (1, "a month"),
        (8, "eight months"),
        (12, "a year"),
        (13, "more than a year"),
        (18, "a year and a half"),
        (19, "more than a year and a half"),
        (24, "two years"),
        (31, "more than two and a half years"),
    ],
)
def test_a_span_is_said_as_people_do(months: int, words: str) -> None:
    assert elapsed(months) == words


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 4000))
def test_months_never_round_up(start: date, days: int) -> None:
    months = months_between(start, start + timedelta(days=days))
    assert months * 28 <= days


def test_past_names_the_year_only_when_it_is_another() -> None:
    assert past(date(2026, 10, 1), TODAY) == "this month"
    assert past(date(2026, 3, 9), TODAY) == "in March"
    assert past(date(2024, 3, 9), TODAY) == "in March 2024"


def test_until_rounds_down() -> None:
    assert until(date(2026, 11, 26), TODAY) == "five weeks"
    assert until(date(2026, 10, 24), TODAY) == "a few days"
    assert until(date(2027, 1, 5), TODAY) == "about two months"


@pytest.mark.parametrize(("year", "day"), [(2024, (3, 31)), (2025, (4, 20)), (2026, (4, 5)), (2027, (3, 28))])
def test_easter_falls_where_the_almanac_says(year: int, day: tuple[int, int]) -> None:
    assert easter(year) == date(year, *day)


def test_thanksgiving_is_the_fourth_thursday() -> None:
    assert nth_weekday(2026, 11, 3, 4) == date(2026, 11, 26)


def test_a_partial_date_is_as_precise_as_it_was_said() -> None:
    assert parse_partial("2027-05-14") == (date(2027, 5, 14), "on May 14")
    assert parse_partial("2027-05") == (date(2027, 5, 1), "in May")
    assert parse_partial("2027-spring") == (date(2027, 3, 20), "this spring")
    assert parse_partial("2027") is None
    assert parse_partial("soon") is None
