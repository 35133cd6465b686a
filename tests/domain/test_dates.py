"""Dates of one column share one order; fillers are none."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.domain.dates import Order, column_order, found_in, looks_like_date, read_date
from tests.domain.import_cast import TODAY

ZONE = ZoneInfo("America/New_York")


def read(text: str, order: Order = "MDY", *, birth: bool = False) -> date | None:
    return read_date(text, order=order, today=TODAY, zone=ZONE, birth=birth)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05", "3/5/2026", "03/05/26", "3-5-2026", "Mar 5, 2026", "March 5 2026", "5-Mar-2026", "5 Mar 26",
        "Mar 05 2026 02:10 PM",
        "2026-03-05T23:30:00-05:00", "2026-03-06T03:30:00Z", "2026-03-05 14:00", "20260305", "46086", "46086.5",
        "1772755200000",
        "Thu, Mar 5, 2026", "2026/03/05",
    ],
)  # fmt: skip
def test_one_day_in_many_spellings(text: str) -> None:
    assert read(text) == date(2026, 3, 5)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  /  /    ",
        "00/00/0000",
        "1/1/1900",
        "12/31/9999",
        "N/A",
        "TBD",
        "13/13/2026",
        "1900-01-01",
        "2/30/2026",
        "soon",
    ],
)
def test_fillers_are_no_dates(text: str) -> None:
    assert read(text) is None


def test_one_day_above_twelve_decides_for_the_column() -> None:
    assert column_order(["3/5/2026", "25/3/2026", ""]) == "DMY"
    assert column_order(["3/5/2026", "3/25/2026"]) == "MDY"
    assert column_order(["3/5/2026"], fallback="DMY") == "DMY"
    assert read("3/5/2026", "DMY") == date(2026, 5, 3)


def test_two_digit_years_of_birth_lie_in_the_past() -> None:
    assert read("5/1/47", birth=True) == date(1947, 5, 1)
    assert read("5/1/26") == date(2026, 5, 1)
    assert read("5/1/27") == date(2027, 5, 1)


@given(st.dates(date(1950, 1, 1), date(2035, 1, 1)))
def test_every_usual_spelling_is_read_back(day: date) -> None:
    for pattern in ("%Y-%m-%d", "%m/%d/%Y", "%b %d, %Y", "%d-%b-%Y", "%Y%m%d"):
        assert read(day.strftime(pattern)) == (day if day != date(1970, 1, 1) else None)
    assert read(str((day - date(1899, 12, 30)).days)) == (day if day != date(1970, 1, 1) else None)


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    read(text)
    looks_like_date(text)
    found_in(text, today=TODAY)


def test_a_date_inside_a_sentence_is_found() -> None:
    assert found_in("Yes - web form 2026-10-08 14:22", today=TODAY) == date(2026, 10, 8)
    assert found_in("Opted in Oct 8, 2026 via form", today=TODAY) == date(2026, 10, 8)
    assert found_in("no date at all", today=TODAY + timedelta(days=1)) is None
