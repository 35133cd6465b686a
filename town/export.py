"""Reads the export files back, cell by cell, with the standard library alone: what the practice really knew."""

from __future__ import annotations

import csv
import io
import quopri
import re
import zipfile
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
Record = tuple[str, int]


def read_folder(folder: Path) -> dict[Record, str]:
    """Return every record of every export in a folder: (file, number) -> its cells, one a line."""
    found: dict[Record, str] = {}
    readers = {".csv": read_csv, ".tsv": read_csv, ".xlsx": read_xlsx, ".vcf": read_cards}
    for path in sorted(folder.iterdir()):
        if path.suffix in readers:
            for number, text in readers[path.suffix](path.read_bytes()).items():
                found[path.name, number] = text
    return found


def read_csv(raw: bytes) -> dict[int, str]:
    """Return record number (from 1, blank lines count) -> cells."""
    text = decode(raw)
    comma = max(",;\t", key=text.count) if "\t" not in text else "\t"
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=comma)
    return {number: "\n".join(row) for number, row in enumerate(rows, 1)}


def decode(raw: bytes) -> str:
    """Decode by byte-order mark, then as UTF-8, then as Windows-1252."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252")


def read_xlsx(raw: bytes) -> dict[int, str]:
    """Return row number -> cells of the first sheet; numbers that may be dates appear as dates too."""
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        shared: list[str] = []
        if "xl/sharedStrings.xml" in book.namelist():
            root = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
            shared = ["".join(item.itertext()) for item in root.iter(f"{SHEET}si")]
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    return {
        int(row.get("r", "0")): "\n".join(_cell(cell, shared) for cell in row.iter(f"{SHEET}c"))
        for row in sheet.iter(f"{SHEET}row")
    }


def _cell(cell: ElementTree.Element, shared: list[str]) -> str:
    value = cell.findtext(f"{SHEET}v") or ""
    match cell.get("t"):
        case "s":
            return shared[int(value)]
        case "inlineStr":
            return "".join(cell.itertext())
    if re.fullmatch(r"4\d{4}(\.\d+)?", value):
        return f"{value} {date(1899, 12, 30) + timedelta(days=int(float(value)))}"
    return value


def read_cards(raw: bytes) -> dict[int, str]:
    """Return card number (from 1) -> its lines, unfolded and decoded."""
    text = re.sub(r"\r?\n[ \t]", "", decode(raw))
    cards = text.split("BEGIN:VCARD")[1:]
    return {number: "\n".join(map(_line, card.splitlines())) for number, card in enumerate(cards, 1)}


def _line(line: str) -> str:
    if "QUOTED-PRINTABLE" in line.upper():
        line = quopri.decodestring(line.encode()).decode("utf-8", "replace")
    return re.sub(r"\\([,;\\])", r"\1", line).replace("\\n", " ")
