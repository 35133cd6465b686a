"""Decides which rows of an exported sheet are the header, people, or mere decoration (titles, totals, footers)."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

StructuralKind = Literal[
    "title",
    "group_header",
    "header",
    "repeated_header",
    "empty",
    "separators_only",
    "section",
    "totals",
    "footer",
]

HEADER_SEARCH_ROWS = 40
_TOTALS = re.compile(
    r"^\W*(?:grand |sub ?|report |page )?(?:totals?|count|records?|sum|rows|end of (?:report|list|file))\b",
    re.I,
)
_FOOTER = re.compile(
    r"copyright|confidential|generated|printed|page \d+|all rights reserved|run date|report|export(?:ed)? (?:on|by)",
    re.I,
)
# One letter before the @ is enough to find an address; more would take forever over a cell of many letters.
_CHANNEL = re.compile(r"\d{3}\D{0,3}\d{3}\D{0,3}\d{4}|\S@[^\s@]+\.\S")
_NAME = re.compile(r"^[^\W\d_][\w'’.-]*(?:,? +[^\W\d_][\w'’.-]*){0,3}$")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One record as the file holds it: `row` counts records from 1, `line` is the physical line it starts on."""

    row: int
    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RawTable:
    """A sheet before anybody decided what its rows are; `legend` explains codes that another sheet lists."""

    file: str
    kind: str
    rows: tuple[SourceRow, ...]
    encoding: str = ""
    delimiter: str = ""
    legend: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Structural:
    """A row that is neither a person nor an error."""

    row: int
    kind: StructuralKind


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet whose rows are told apart; `header_row` is 0 where the file has no header at all."""

    file: str
    kind: str
    header: tuple[str, ...]
    header_row: int
    rows: tuple[SourceRow, ...]
    structural: tuple[Structural, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    legend: tuple[tuple[str, str], ...] = field(default=())


def lay_out(raw: RawTable, knows: Callable[[str], bool]) -> Table:
    """Find the header of `raw` and sort its rows into records and structure.

    `knows` says whether a text is a column name that some CRM uses. Reports of practice systems put titles, filters and group
    headings above the header and totals below; CRMs repeat the header in the middle when exports are pasted together.
    """
    header_at = _find_header(raw.rows, knows)
    header = raw.rows[header_at].cells if header_at is not None else ()
    above = raw.rows[:header_at] if header_at is not None else ()
    below = raw.rows[header_at + 1 :] if header_at is not None else raw.rows
    structural = [Structural(row.row, _kind_above(row)) for row in above]
    if header_at is not None:
        structural.append(Structural(raw.rows[header_at].row, "header"))
    records: list[SourceRow] = []
    for row in _without_trailer(below, structural, _typical_width(below)):
        kind = _kind_below(row, header)
        if kind is None:
            records.append(row)
        else:
            structural.append(Structural(row.row, kind))
    return Table(
        file=raw.file,
        kind=raw.kind,
        header=_filled_header(header, below),
        header_row=raw.rows[header_at].row if header_at is not None else 0,
        rows=tuple(records),
        structural=tuple(sorted(structural, key=lambda one: one.row)),
        encoding=raw.encoding,
        delimiter=raw.delimiter,
        legend=raw.legend,
    )


def _filled_header(header: tuple[str, ...], rows: Sequence[SourceRow]) -> tuple[str, ...]:
    width = max([len(header), *(len(row.cells) for row in rows[:1000])], default=0)
    if header:
        return header
    return ("",) * width


def _find_header(rows: Sequence[SourceRow], knows: Callable[[str], bool]) -> int | None:
    best, best_known = None, 1
    for index, row in enumerate(rows[:HEADER_SEARCH_ROWS]):
        cells = [cell.strip() for cell in row.cells if cell.strip()]
        if _CHANNEL.search(" ".join(cells)):
            continue
        known = sum(1 for cell in cells if len(cell) <= 60 and knows(cell))
        if known > best_known and known * 3 >= len(cells):
            best, best_known = index, known
    if best is not None:
        return best
    return _header_by_shape(rows)


def _header_by_shape(rows: Sequence[SourceRow]) -> int | None:
    """Fall back to the first full row of distinct words above rows that hold digits or addresses."""
    width = _typical_width(rows)
    for index, row in enumerate(rows[:HEADER_SEARCH_ROWS]):
        cells = [cell.strip() for cell in row.cells]
        if len(cells) < width or not any(cells):
            continue
        words = [cell for cell in cells if cell]
        if len(words) == 1 and width == 1:
            return index if index + 1 < len(rows) else None
        plain = all(not re.search(r"\d{3}|@", cell) for cell in words)
        return index if plain and len(set(words)) == len(words) else None
    return None


def _typical_width(rows: Sequence[SourceRow]) -> int:
    widths = [len(row.cells) for row in rows[:1000] if any(cell.strip() for cell in row.cells)]
    return statistics.mode(widths) if widths else 0


def _kind_above(row: SourceRow) -> StructuralKind:
    filled = [cell for cell in row.cells if cell.strip()]
    if not filled:
        return _blank_kind(row)
    return "title" if len(filled) == 1 else "group_header"


def _blank_kind(row: SourceRow) -> StructuralKind:
    return "separators_only" if len(row.cells) > 1 else "empty"


def _kind_below(row: SourceRow, header: tuple[str, ...]) -> StructuralKind | None:
    filled = [(index, cell.strip()) for index, cell in enumerate(row.cells) if cell.strip()]
    if not filled:
        return _blank_kind(row)
    if header and _repeats(row.cells, header):
        return "repeated_header"
    first_index, first = filled[0]
    if _CHANNEL.search(" ".join(cell for _, cell in filled)):
        return None
    if len(filled) <= max(3, len(header) // 4) and _TOTALS.match(first):
        return "totals"
    if len(header) > 2 and len(filled) == 1:
        if _FOOTER.search(first):
            return "footer"
        if first_index == 0 and not _NAME.match(first) and (" " in first or ":" in first):
            return "section"
    return None


def _repeats(cells: tuple[str, ...], header: tuple[str, ...]) -> bool:
    pairs = [(cell.strip().lower(), name.strip().lower()) for cell, name in zip(cells, header, strict=False)]
    same = sum(1 for cell, name in pairs if cell and cell == name)
    named = sum(1 for _, name in pairs if name)
    return same >= 2 and same * 2 >= named


def _without_trailer(rows: Sequence[SourceRow], structural: list[Structural], width: int) -> Iterator[SourceRow]:
    """Yield the rows above the last block of one-cell lines: the signature that report writers append."""
    end = len(rows)
    while end and width > 2 and _one_line(rows[end - 1]):
        end -= 1
    trailer = rows[end:]
    for _, row in groupby(trailer, key=lambda one: one.row):
        for one in row:
            filled = [cell.strip() for cell in one.cells if cell.strip()]
            kind: StructuralKind = (
                _blank_kind(one) if not filled else "totals" if _TOTALS.match(filled[0]) else "footer"
            )
            structural.append(Structural(one.row, kind))
    yield from rows[:end]


def _one_line(row: SourceRow) -> bool:
    filled = [cell for cell in row.cells if cell.strip()]
    if not filled:
        return True
    if len(row.cells) > 1 and not _TOTALS.match(filled[0].strip()) and not _FOOTER.search(filled[0]):
        return False
    return len(filled) == 1 and not _CHANNEL.search(filled[0])
