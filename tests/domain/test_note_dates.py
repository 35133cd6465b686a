"""A date in a note is as precise as it was said, and lies on the side of the note that was meant."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.domain.note_dates import Tense, value_of

WRITTEN_ON = date(2025, 8, 20)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("by end of October", "2025-10"),
        ("wait til March", "2026-03"),
        ("9/14", "2025-09-14"),
        ("3/2", "2026-03-02"),
        ("3/2/27", "2027-03-02"),
        ("May 4", "2026-05-04"),
        ("in the fall", "2025-fall"),
        ("next spring", "2026-spring"),
        ("in two months", "2025-10"),
        ("after the holidays", "2026-01"),
        ("after Xmas", "2026-01"),
        ("week before Thanksgiving", "2025-11"),
        ("today", "2025-08-20"),
        ("by Fri", "2025-08-22"),
        ("next year", "2026"),
        ("2027", "2027"),
        ("asap", None),
        ("fall detection", None),
        ("may be interested", None),
    ],
)
def test_reads_what_lies_ahead(words: str, value: str | None) -> None:
    assert value_of(words, WRITTEN_ON, tense="future") == value


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("fit Oct 2021", "2021-10"),
        ("tested 8/25/23", "2023-08-25"),
        ("since 2015", "2015"),
        ("bought in '09", "2009"),
        ("firecracker in '87", "1987"),
        ("10 yrs ago", "2015"),
        ("6 mos ago", "2025-02"),
        ("last yr", "2024"),
        ("2 yrs old", "2023"),
        ("spring 2023", "2023-spring"),
        ("last fall", "2024-fall"),
        ("in Nov", "2024-11"),
        ("11/2021", "2021-11"),
        ("8/14", "2025-08-14"),
    ],
)
def test_reads_what_lies_behind(words: str, value: str) -> None:
    assert value_of(words, WRITTEN_ON, tense="past") == value


def test_an_open_date_stays_open_when_nobody_knows_when_it_was_said() -> None:
    assert value_of("in March", None, tense="future") is None
    assert value_of("March 2027", None, tense="future") == "2027-03"


_DATE_LIKE = st.from_regex(r"\d{1,4}/\d{1,4}(/\d{1,4})?|in \d{1,2} (yrs|mos|days)|\d{1,2} yrs ago", fullmatch=True)


@given(st.text(max_size=40) | _DATE_LIKE, st.sampled_from(["past", "future"]), st.dates() | st.none())
def test_never_raises(words: str, tense: Tense, written_on: date | None) -> None:
    value = value_of(words, written_on, tense=tense)
    assert value is None or value[:4].isdigit()
