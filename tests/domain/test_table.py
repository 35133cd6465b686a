"""Which rows of a sheet are people."""

from __future__ import annotations

from rewarm.domain.columns import knows_header
from rewarm.domain.table import lay_out
from tests.domain.import_cast import WORDS, sheet


def laid(*rows: tuple[str, ...]) -> tuple[int, list[int], dict[int, str]]:
    table = lay_out(sheet("x.csv", *rows), lambda text: knows_header(WORDS, text))
    kinds = {one.row: one.kind for one in table.structural}
    return table.header_row, [row.row for row in table.rows], kinds


def test_titles_groups_totals_and_signature_are_no_people() -> None:
    found = laid(
        ("Harbor Point Hearing - Recall", "", "", ""),
        ("", "", "", ""),
        ("Patient", "", "Contact", ""),
        ("Chart #", "Name", "Cell", "E-Mail"),
        ("17", "MILLER, SARAH", "212-226-0101", ""),
        ("", "", "", ""),
        ("Chart #", "Name", "Cell", "E-Mail"),
        ("18", "ORTIZ, JOHN", "212-226-0102", ""),
        ("Total patients: 2", "", "", ""),
        ("Printed by PRIYA 11/2/2026 9:00 AM",),
    )
    assert found == (
        4,
        [5, 8],
        {
            1: "title", 2: "separators_only", 3: "group_header", 4: "header", 6: "separators_only", 7: "repeated_header",
            9: "totals", 10: "footer",
        },
    )  # fmt: skip


def test_a_file_without_header_is_all_people() -> None:
    header, rows, _ = laid(("Sarah", "Miller", "212-226-0101"), ("John", "Ortiz", "212-226-0102"))
    assert (header, rows) == (0, [1, 2])


def test_a_name_alone_at_the_end_is_a_person_without_channel_not_a_footer() -> None:
    _, rows, _ = laid(("First Name", "Last Name", "Phone"), ("Sarah", "Miller", "212-226-0101"), ("Tom", "", ""))
    assert rows == [2, 3]


def test_nothing_at_all_is_no_error() -> None:
    assert laid() == (0, [], {})
    assert laid((), (), ("",)) == (0, [], {1: "empty", 2: "empty", 3: "empty"})
