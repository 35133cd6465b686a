"""Answers of registries, as files give them."""

from datetime import UTC, datetime

import pytest

from rewarm.domain.number_check import NoColumns, read_checks

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
SARAH = "+12125550101"


def canonical(text: str) -> str | None:
    digits = "".join(char for char in text if char.isdigit())
    return f"+1{digits[-10:]}" if len(digits) >= 10 else None


def read(*rows: str, header: str = "phone,answer,checked", kind: str = "registry"):  # type: ignore[no-untyped-def]
    cells = [(number, tuple(row.split(","))) for number, row in enumerate(rows, 2)]
    return read_checks(header.split(","), cells, kind, canonical=canonical, now=NOW, zone="America/New_York")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("phone,answer,checked", "(212) 555-0101,yes,2026-11-20"),
        ("Scrub Date,Phone Number,DNC Status", "11/20/2026,212-555-0101,Registered"),
        ("TN,Result,Query date", "2125550101,Y,20 Nov 2026"),
        ("number,on_registry,checked_at", "2125550101,TRUE,2026-11-20T00:00:00-05:00"),
    ],
)
def test_files_as_vendors_write_them(header: str, row: str) -> None:
    (check,) = read(row, header=header).found
    assert (check.number, check.yes, check.at) == (SARAH, True, datetime(2026, 11, 20, 5, tzinfo=UTC))


def test_a_day_begins_where_the_practice_is_so_that_nothing_seems_fresher() -> None:
    (check,) = read("2125550101,no,2026-11-22").found
    assert (check.yes, check.at) == (False, datetime(2026, 11, 22, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("555-0101,yes,2026-11-20", "is no phone number"),
        (",yes,2026-11-20", "no phone number"),
        ("2125550101,perhaps,2026-11-20", "neither yes nor no"),
        ("2125550101,,2026-11-20", "no answer"),
        ("2125550101,yes,", "no date of the check"),
        ("2125550101,yes,soon", "is no date"),
        ("2125550101,yes,2026-11-23", "in the future"),
        ("2125550101", "no answer"),
        ("2125550101,reassigned,2026-11-20", "neither yes nor no"),
    ],
)
def test_a_row_that_nobody_can_act_on_is_held_back_with_its_reason(row: str, reason: str) -> None:
    found = read(row)
    assert not found.found
    assert reason in found.held_back[0].reason
    assert found.held_back[0].row == 2


def test_no_data_is_no_check() -> None:
    found = read("2125550101,no_data,2026-11-20", kind="reassigned")
    assert (found.found, found.held_back, found.without_data) == ((), (), 1)


def test_the_latest_answer_counts_and_a_yes_wins_a_tie() -> None:
    assert not read("2125550101,yes,2026-11-01", "2125550101,no,2026-11-20").found[0].yes
    assert not read("2125550101,no,2026-11-20", "2125550101,yes,2026-11-01").found[0].yes
    assert read("2125550101,yes,2026-11-20", "2125550101,no,2026-11-20").found[0].yes


def test_a_header_that_says_too_little_is_named() -> None:
    with pytest.raises(NoColumns, match="when it was checked"):
        read("2125550101,yes", header="phone,answer")
    with pytest.raises(NoColumns, match="the answer"):
        read("2125550101,yes", header="phone,checked,colour")
