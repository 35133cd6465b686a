"""Which rows are one person, and which only live together."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.domain.names import first_names_fit, last_names_fit, read_name
from tests.domain.import_cast import WORDS, planned, sheet

HEADER = ("First Name", "Last Name", "Phone", "Email", "DOB", "Street", "Zip")
PHONE, OTHER = "212-226-0101", "212-226-0102"


def people(*rows: tuple[str, ...]) -> list[list[int]]:
    """Return the groups of row numbers (from 1) that were taken as one person each."""
    padded = [(*row, *[""] * (len(HEADER) - len(row))) for row in rows]
    found = planned(sheet("x.csv", HEADER, *padded))
    return sorted(sorted(row - 1 for _, row in contact.keys) for contact in found.contacts)


@pytest.mark.parametrize(
    "other",
    [
        ("Sally", "Miller", PHONE), ("SARAH", "miller", PHONE), ("Sarah", "Milller", PHONE), ("Sraah", "Miller", PHONE),
        ("S.", "Miller", PHONE), ("Miller", "Sarah", PHONE), ("Sarah", "Miller-Ortiz", PHONE), ("Sarah", "Lindholm", PHONE),
        ("Sarah", "", PHONE), ("Sarah", "Miller", "", "sarah@posteo.net"), ("Sarah", "Miller", OTHER, "", "3/5/1950"),
    ],
)  # fmt: skip
def test_one_person_in_two_rows(other: tuple[str, ...]) -> None:
    assert people(("Sarah", "Miller", PHONE, "sarah@posteo.net", "3/5/1950"), other) == [[1, 2]]


@pytest.mark.parametrize(
    "other",
    [
        ("Tom", "Miller", PHONE), ("Sarah", "Miller", OTHER), ("Sarah", "Miller", PHONE, "", "9/9/1981"), ("Tom", "Ortiz", PHONE),
    ],
)  # fmt: skip
def test_two_people_in_two_rows(other: tuple[str, ...]) -> None:
    assert people(("Sarah", "Miller", PHONE, "", "3/5/1950"), other) == [[1], [2]]


def test_father_and_son_share_name_and_phone() -> None:
    assert people(("Omar", "Haddad Sr", PHONE), ("Omar", "Haddad Jr.", PHONE)) == [[1], [2]]


def test_names_that_differ_by_a_letter_are_not_a_slip_when_both_are_names() -> None:
    assert people(("Francis", "Miller", PHONE), ("Frances", "Miller", PHONE)) == [[1], [2]]


def test_a_vague_row_never_glues_a_household_together() -> None:
    found = people(("Sarah", "Miller", PHONE), ("S", "Miller", PHONE), ("Simon", "Miller", PHONE))
    assert len(found) == 2


def test_a_filler_address_joins_nobody() -> None:
    assert people(("Sarah", "Miller", PHONE, "none@none.com"), ("Sarah", "Miller", OTHER, "none@none.com")) == [
        [1],
        [2],
    ]


def test_the_order_of_rows_and_files_changes_nothing() -> None:
    rows = [
        ("Sarah", "Miller", PHONE), ("Sally", "Miller", PHONE), ("Tom", "Miller", PHONE), ("S", "Miller", PHONE, "s@posteo.net"),
    ]  # fmt: skip
    files = [sheet(f"{n}.csv", HEADER, (*row, *[""] * (len(HEADER) - len(row)))) for n, row in enumerate(rows)]
    results = {tuple(sorted(contact.keys for contact in planned(*order).contacts)) for order in permutations(files)}
    assert len(results) == 1
    assert tuple(sorted(contact.keys for contact in planned(*files, *files).contacts)) in results


@pytest.mark.parametrize(
    ("full", "first", "last", "more"),
    [
        ("MILLER, SARAH Q", "Sarah", "Miller", "Q"), ('LINDHOLM, GRACE "GIGI"', "Grace", "Lindholm", "Gigi"),
        ("Mr. Omar Haddad Jr.", "Omar", "Haddad", "Jr"), ("Jan van der Berg", "Jan", "van der Berg", ""),
        ("McDONALD, ANN", "Ann", "McDONALD", ""), ("sarah 😊 miller", "Sarah", "Miller", ""), ("=1+1", "", "", ""),
    ],
)  # fmt: skip
def test_full_names_come_apart(full: str, first: str, last: str, more: str) -> None:
    name = read_name(full=full)
    assert (name.first, name.last) == (first, last)
    assert more in (name.middle, name.nickname, name.suffix, "")


@given(st.text(max_size=40), st.text(max_size=40))
def test_names_of_any_text_can_be_compared(a: str, b: str) -> None:
    read_name(full=a, last=b)
    assert first_names_fit(a, b, WORDS.nicknames) == first_names_fit(b, a, WORDS.nicknames)
    assert last_names_fit(a, b) == last_names_fit(b, a)
