"""Exported files of every make become the same plain rows."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.adapters.crm.delimited import decode, read_delimited
from rewarm.adapters.crm.files import UnreadableFile, read_content, read_files
from rewarm.adapters.crm.planning import Practice, plan_import, zone_of
from rewarm.adapters.crm.vcard import HEADER
from rewarm.domain.import_plan import ImportPlan

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
TODAY = date(2026, 11, 2)


def needs(folder: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not (DATA / folder).is_dir(), reason=f"shared test data absent: ../shared/data/{folder}")


def planned(name: str, content: bytes) -> ImportPlan:
    return plan_import(read_content(name, content), Practice(), TODAY)


def cells(content: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in read_delimited("x.csv", content).rows]


ROWS = [
    ["First Name", "Last Name", "City", "Notes"],
    ["Zoë", "Müller", "Köln; Bonn", 'said "no",\nthen yes'],
    ["Ann", "O'Brien", "", "x"],
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_encodings_and_delimiters(encoding: str, delimiter: str, quoting: int) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=quoting).writerows(ROWS)  # type: ignore[arg-type]
    assert cells(out.getvalue().encode(encoding)) == [tuple(row) for row in ROWS]


def test_rows_are_counted_as_records_and_lines_as_lines() -> None:
    read = read_delimited("x.csv", b'a,b,c\r\n"1\r\n2",3,4\r\n\r\n5,6,7\r\n').rows
    assert [(row.row, row.line, row.cells) for row in read] == [
        (1, 1, ("a", "b", "c")), (2, 2, ("1\r\n2", "3", "4")), (3, 4, ()), (4, 5, ("5", "6", "7")),
    ]  # fmt: skip


def test_backslash_escapes_and_single_quotes() -> None:
    escaped = b'"name","note","town"\n' + b'"Ann","said \\"no\\", then","Bonn"\n' * 5
    assert cells(escaped)[1] == ("Ann", 'said "no", then', "Bonn")


@needs("csv_spectrum")
def test_every_file_of_csv_spectrum_is_exact() -> None:
    for path in sorted((DATA / "csv_spectrum").glob("csvs__*.csv")):
        rows = [row.cells for row in read_delimited(path.name, path.read_bytes()).rows if row.cells]
        found = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
        expected = json.loads(
            path.with_name(path.name.replace("csvs__", "json__")).with_suffix(".json").read_text(encoding="utf-8")
        )
        expected = expected if isinstance(expected, list) else [expected]
        if path.stem.endswith("location_coordinates"):  # the origin changed this phone in one of the two files only
            found[0]["Contact Phone Number"] = expected[0]["Contact Phone Number"]
        assert found == expected, path.name


@needs("vcard_exports")
def test_no_real_address_book_breaks_the_reader() -> None:
    for path in sorted((DATA / "vcard_exports").glob("*.vcf")):
        (table,) = read_files([path])
        assert len(table.rows) > 1, path.name
        plan_import([table], Practice(), TODAY)


def test_cards_of_three_versions() -> None:
    book = (
        b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;Zo=C3=AB;;;\r\n"
        b"TEL;CELL;VOICE:212-226-0101\r\nNOTE;ENCODING=QUOTED-PRINTABLE:first line=0D=0A=\r\nsecond line\r\nEND:VCARD\r\n"
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Ortiz;John;Q;Mr.;Jr\r\nitem1.TEL;type=pref:2122260102\r\nEMAIL;TYPE=INTERNET:j@posteo.net\r\n"
        b"NOTE:a long note that is fol\r\n ded\\, with a comma\\nand a line\r\nBDAY:1950-03-05\r\nEND:VCARD\r\n"
        b'BEGIN:VCARD\nVERSION:4.0\nFN:Harbor Supply\nKIND:org\nTEL;VALUE=uri;TYPE="voice,work":tel:+1-212-226-0103\nEND:VCARD\n'
    )
    (table,) = read_content("book.vcf", book)
    first, second, third = [dict(zip(HEADER, row.cells, strict=True)) for row in table.rows[1:]]
    assert (first["first_name"], first["last_name"], first["phone"]) == ("Zoë", "Müller", "cell: 212-226-0101")
    assert first["notes"] == "first line\r\nsecond line"
    assert (second["suffix"], second["born_on"], second["notes"]) == (
        "Jr",
        "1950-03-05",
        "a long note that is folded, with a comma\nand a line",
    )
    assert (third["company"], third["full_name"]) == ("Harbor Supply", "")


def test_a_workbook_gives_phones_without_points_and_dates_as_dates(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Recall"
    for row in (
        ["Recall report"],
        ["Name", "Cell", "DOB", "Appt Stat"],
        ["Ann Ash", 2122260101, date(1950, 3, 5), "K"],
    ):
        sheet.append(row)
    codes = book.create_sheet("Codes")
    for pair in (("K", "kept"), ("NS", "no show")):
        codes.append(pair)
    path = tmp_path / "recall.xlsx"
    book.save(path)
    (table,) = read_files([path])
    assert table.file == "recall.xlsx#Recall"
    assert table.rows[2].cells == ("Ann Ash", "2122260101", "1950-03-05", "K")
    assert table.legend == (("K", "kept"), ("NS", "no show"))


def test_a_damaged_workbook_is_said_to_be_one() -> None:
    with pytest.raises(UnreadableFile, match="broken.xlsx"):
        read_content("broken.xlsx", b"PK\x03\x04 not a zip")


@needs("naughty_strings")
def test_naughty_strings_in_every_column_break_nothing() -> None:
    strings = json.loads((DATA / "naughty_strings" / "blns.json").read_text(encoding="utf-8"))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["First Name", "Last Name", "Phone", "Email", "Notes", "DOB", "DND", "Created"])
    writer.writerows([one] * 8 for one in strings)
    found = planned("naughty.csv", out.getvalue().encode())
    assert len(found.rejected) + sum(len(contact.records) for contact in found.contacts) + len(found.skipped) >= len(
        strings
    )


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    if not content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        planned("x.csv", content)


def test_western_letters_stay_western() -> None:
    text, encoding = decode("Renée;Zoë;Jesús\r\n".encode("cp1252") * 5)
    assert (text[:5], encoding) == ("Renée", "cp1252")


def test_the_zone_is_read_off_offsets_or_zip_codes() -> None:
    stamped = b"Name,Phone,Created\nAnn,2122260101,2026-03-05T10:00:00-08:00\nBo,2122260102,2026-07-05T10:00:00-07:00\n"
    assert zone_of(read_content("x.csv", stamped)) == "America/Los_Angeles"
    assert (
        zone_of(read_content("x.csv", b"Name,Phone,Zip\nAnn,2122260101,60601\nBo,2122260102,60614\n"))
        == "America/Chicago"
    )
