"""Reads workbooks (XLSX, XLS, ODS) into plain rows of text, one table a sheet."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import python_calamine

from rewarm.domain.table import RawTable, SourceRow

LEGEND_ROWS = 60


class UnreadableFile(ValueError):
    """The file is damaged or not what its name says."""


def read_workbook(name: str, content: bytes) -> list[RawTable]:
    """Return a table for each sheet, named `file#sheet`; a small sheet of codes and words becomes the legend of the others.

    Raises UnreadableFile for damaged files.
    """
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = {
            title: workbook.get_sheet_by_name(title).to_python(skip_empty_area=False) for title in workbook.sheet_names
        }
    except (python_calamine.CalamineError, OSError, ValueError) as broken:
        raise UnreadableFile(f"{name} cannot be read as a workbook: {broken}") from broken
    tables = {title: tuple(_rows(rows)) for title, rows in sheets.items()}
    legend = tuple(pair for rows in tables.values() for pair in _legend(rows))
    return [
        RawTable(f"{name}#{title}", "workbook", rows, legend=legend)
        for title, rows in tables.items()
        if rows and not _legend(rows)
    ]


def _rows(rows: Sequence[Sequence[object]]) -> list[SourceRow]:
    return [SourceRow(number, number, tuple(_text(cell) for cell in row)) for number, row in enumerate(rows, start=1)]


def _text(cell: object) -> str:
    """Write a cell as text: whole floats without their point (phones, postal codes), midnight without its hour."""
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        case datetime():
            return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(sep=" ")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case None:
            return ""
        case _:
            return str(cell)


def _legend(rows: tuple[SourceRow, ...]) -> list[tuple[str, str]]:
    """Return code and meaning of each row where the whole sheet is such a list, else nothing."""
    pairs = []
    for row in rows[: LEGEND_ROWS + 1]:
        filled = [cell.strip() for cell in row.cells if cell.strip()]
        if not filled:
            continue
        if len(filled) != 2 or len(filled[0]) > 6 or len(filled[1]) > 60:
            return []
        pairs.append((filled[0], filled[1]))
    return pairs if 2 <= len(pairs) <= LEGEND_ROWS else []
