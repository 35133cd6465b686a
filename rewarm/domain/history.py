"""Recognises files of past events and reads them into what happened to whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal

from rewarm.domain.dates import read_date
from rewarm.domain.import_words import ImportWords, plain
from rewarm.domain.record import Settings
from rewarm.domain.table import SourceRow, Table

Kind = Literal["appointment", "purchase", "reply", "click", "visit", "open", "sent", "delivered", "failed"]
_NEEDED = ("record_id", "occurred_at", "event")


@dataclass(frozen=True, slots=True)
class PastEvent:
    """One line of a history: `on` is when it happened, `starts_on` when an appointment takes place."""

    row: int
    system: str
    record_id: str
    kind: Kind
    on: date
    channel: str = ""
    body: str = ""
    starts_on: date | None = None
    status: str = ""
    amount: Decimal | None = None


def history_columns(table: Table, words: ImportWords) -> dict[str, int] | None:
    """Return where the parts of an event stand, or None when the table is not a history of events."""
    names = [plain(name) for name in table.header]
    found: dict[str, int] = {}
    for part, accepted in words.history.items():
        for index, name in enumerate(names):
            if name in accepted and index not in found.values():
                found[part] = index
                break
    if any(part not in found for part in _NEEDED):
        return None
    kinds = [_kind(row, found, words) for row in table.rows[:200]]
    return found if kinds and sum(kind is not None for kind in kinds) * 2 > len(kinds) else None


def read_history(
    table: Table, columns: Mapping[str, int], settings: Settings
) -> tuple[tuple[PastEvent, ...], tuple[int, ...]]:
    """Return the events of `table` and the rows that could not be read as one."""
    events: list[PastEvent] = []
    unread: list[int] = []
    for row in table.rows:
        event = _event(row, columns, settings)
        if event is None:
            unread.append(row.row)
        else:
            events.append(event)
    return tuple(events), tuple(unread)


def file_of_systems(events: Iterable[PastEvent], ids_by_file: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """Return which contact file each system's record ids belong to: the one that holds most of them."""
    ids: dict[str, set[str]] = defaultdict(set)
    for event in events:
        ids[event.system].add(event.record_id)
    best: dict[str, str] = {}
    for system, wanted in sorted(ids.items()):
        overlaps = {file: len(wanted & known) for file, known in sorted(ids_by_file.items())}
        file = max(overlaps, key=lambda name: overlaps[name], default="")
        if file and overlaps[file]:
            best[system] = file
    return best


def _cell(row: SourceRow, columns: Mapping[str, int], part: str) -> str:
    index = columns.get(part)
    return row.cells[index].strip() if index is not None and index < len(row.cells) else ""


def _kind(row: SourceRow, columns: Mapping[str, int], words: ImportWords) -> Kind | None:
    said = plain(_cell(row, columns, "event"))
    for kind, accepted in words.events.items():
        if said in accepted:
            return kind  # type: ignore[return-value]
    return None


def _event(row: SourceRow, columns: Mapping[str, int], settings: Settings) -> PastEvent | None:
    kind = _kind(row, columns, settings.words)
    on = _date(_cell(row, columns, "occurred_at"), settings)
    record_id = _cell(row, columns, "record_id").removesuffix(".0")
    if kind is None or on is None or not record_id:
        return None
    return PastEvent(
        row=row.row,
        system=_cell(row, columns, "system"),
        record_id=record_id,
        kind=kind,
        on=on,
        channel=_cell(row, columns, "channel").lower(),
        body=_cell(row, columns, "body"),
        starts_on=_date(_cell(row, columns, "starts_at"), settings),
        status=_status(_cell(row, columns, "status"), settings.words),
        amount=_amount(_cell(row, columns, "amount")),
    )


def _date(cell: str, settings: Settings) -> date | None:
    return read_date(cell, order=settings.order, today=settings.today, zone=settings.zone)


def _status(cell: str, words: ImportWords) -> str:
    for kind, status in (
        ("missed", "missed"),
        ("cancelled", "cancelled"),
        ("attended", "kept"),
        ("scheduled", "scheduled"),
    ):
        if words.says(kind, cell):
            return status
    return ""


def _amount(cell: str) -> Decimal | None:
    try:
        return Decimal(cell.replace("$", "").replace(",", "")) if cell else None
    except InvalidOperation:
        return None


def by_person(
    events: Sequence[PastEvent], owners: Mapping[tuple[str, str], int], systems: Mapping[str, str]
) -> dict[int, list[PastEvent]]:
    """Return the events of each person; `owners` maps (file, source id) to the person's place."""
    found: dict[int, list[PastEvent]] = defaultdict(list)
    for event in events:
        owner = owners.get((systems.get(event.system, ""), event.record_id))
        if owner is not None:
            found[owner].append(event)
    return found
