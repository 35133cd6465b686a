"""Decides what an import of several files, taken as one, would change: contacts, rows held back, rows skipped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from rewarm.domain.columns import Column, knows_header, map_columns
from rewarm.domain.dates import Order
from rewarm.domain.history import PastEvent, by_person, file_of_systems, history_columns, read_history
from rewarm.domain.identity import group
from rewarm.domain.import_consent import CHANNELS, Channel, default_columns
from rewarm.domain.merging import ImportedContact, Merger
from rewarm.domain.names import key, last_names_fit
from rewarm.domain.record import Record, Rejected, RowKey, RowReader, Settings, date_orders
from rewarm.domain.table import RawTable, Structural, Table, lay_out

PEOPLE_FIELDS = frozenset(("phone", "email", "first_name", "last_name", "full_name"))
"""A sheet without any two of these columns lists no people (a legend, a cover page)."""

FAMILIES = 5
"""Last names that share one phone or e-mail from which on it is no household's any more."""

Progress = Callable[[int, int], None]
"""(rows done, rows in all)"""


@dataclass(frozen=True, slots=True)
class MappedTable:
    """One sheet of people with the meaning of its columns."""

    table: Table
    columns: tuple[Column, ...]
    orders: dict[int, Order]


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Everything an import would write; every row of every file is in exactly one of its parts."""

    tables: tuple[MappedTable, ...]
    contacts: tuple[ImportedContact, ...]
    rejected: tuple[Rejected, ...]
    skipped: tuple[tuple[str, Structural], ...]
    histories: tuple[str, ...]
    events: tuple[PastEvent, ...]
    unread_events: tuple[RowKey, ...]
    closed: dict[str, tuple[Channel, ...]]
    households: dict[str, tuple[int, ...]]

    @property
    def records(self) -> tuple[Record, ...]:
        """Return the rows that became part of a contact."""
        return tuple(record for contact in self.contacts for record in contact.records)


def plan(
    raw_tables: Iterable[RawTable],
    settings: Settings,
    *,
    says_stop: Callable[[str], bool],
    says_when: Callable[[str], bool],
    progress: Progress = lambda done, total: None,
) -> ImportPlan:
    """Return what importing `raw_tables` together means as of `settings.today`; the order of files changes nothing."""
    tables, histories, skipped = _sorted_out(raw_tables, settings)
    records, rejected = _read(tables, settings, progress)
    own = _own_addresses(records)
    if own:
        settings = replace(
            settings,
            practice_phones=settings.practice_phones | {address for address in own if "@" not in address},
            practice_emails=settings.practice_emails | {address for address in own if "@" in address},
        )
        records, rejected = _read(tables, settings, progress)
    groups = group(records, settings.words)
    events, unread = _events(histories, settings)
    owners = {
        (record.key[0], record.source_id): index
        for index, one in enumerate(groups)
        for record in one.records
        if record.source_id
    }
    ids = _ids_by_file((*records, *(one.record for one in rejected)))
    of_person = by_person(events, owners, file_of_systems(events, ids))
    merger = Merger(settings, says_stop, says_when)
    contacts = tuple(merger.merge(one, of_person.get(index, ())) for index, one in enumerate(groups))
    return ImportPlan(
        tables=tuple(tables),
        contacts=contacts,
        rejected=tuple(rejected),
        skipped=tuple(skipped),
        histories=tuple(table.file for table, _ in histories),
        events=events,
        unread_events=unread,
        closed=_closed(contacts, rejected),
        households=_households(contacts),
    )


def _read(tables: Sequence[MappedTable], settings: Settings, progress: Progress) -> tuple[list[Record], list[Rejected]]:
    """Read every row of every sheet of people."""
    read, total = 0, sum(len(mapped.table.rows) for mapped in tables)
    records: list[Record] = []
    rejected: list[Rejected] = []
    for mapped in tables:
        defaults = default_columns([row.cells for row in mapped.table.rows], mapped.columns, settings.words)
        reader = RowReader(mapped.table, mapped.columns, mapped.orders, settings, defaults)
        for row in mapped.table.rows:
            found = reader.read(row)
            if isinstance(found, Rejected):
                rejected.append(found)
            else:
                records.append(found)
            read += 1
            if read % 500 == 0:
                progress(read, total)
    progress(total, total)
    return records, rejected


def _own_addresses(records: Iterable[Record]) -> frozenset[str]:
    """Return addresses that people of many families claim: the practice's own, typed in where somebody had none."""
    families: dict[str, set[str]] = defaultdict(set)
    for record in records:
        for address in (*(phone.e164 for phone in record.phones), *record.emails):
            families[address].add(key(record.name.last) or key(record.name.first))
    return frozenset(
        address for address, names in families.items() if len(names) >= FAMILIES and _families(names) >= FAMILIES
    )


def _families(names: Iterable[str]) -> int:
    """Count last names, taking a misspelt or hyphenated one for the family that it resembles."""
    apart: list[str] = []
    for name in sorted(names):
        if all(last_names_fit(name, other) == "no" for other in apart):
            apart.append(name)
    return len(apart)


def _sorted_out(
    raw_tables: Iterable[RawTable], settings: Settings
) -> tuple[list[MappedTable], list[tuple[Table, dict[str, int]]], list[tuple[str, Structural]]]:
    """Tell sheets of people from histories and from the rest; the same file given twice counts once."""
    tables: list[MappedTable] = []
    histories: list[tuple[Table, dict[str, int]]] = []
    skipped: list[tuple[str, Structural]] = []
    once = {(raw.file, raw.rows): raw for raw in raw_tables}
    for raw in sorted(once.values(), key=lambda one: one.file):
        table = lay_out(raw, lambda text: knows_header(settings.words, text))
        columns = map_columns(table, settings.words)
        people = len({column.field for column in columns} & PEOPLE_FIELDS)
        events = history_columns(table, settings.words) if people < 2 else None
        if events is not None:
            histories.append((table, events))
        elif people >= 2 or (people == 1 and table.rows):
            tables.append(MappedTable(table, columns, date_orders(table, columns, settings)))
            skipped.extend((table.file, one) for one in table.structural)
        else:
            skipped.extend((table.file, Structural(row.row, "section")) for row in table.rows)
            skipped.extend((table.file, one) for one in table.structural)
    return tables, histories, skipped


def _events(
    histories: Sequence[tuple[Table, dict[str, int]]], settings: Settings
) -> tuple[tuple[PastEvent, ...], tuple[RowKey, ...]]:
    events: list[PastEvent] = []
    unread: list[RowKey] = []
    for table, columns in histories:
        good, bad = read_history(table, columns, settings)
        events.extend(good)
        unread.extend((table.file, row) for row in bad)
    return tuple(events), tuple(unread)


def _ids_by_file(records: Iterable[Record]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for record in records:
        if record.source_id:
            found[record.key[0]].add(record.source_id)
    return {file: frozenset(ids) for file, ids in found.items()}


def _closed(contacts: Iterable[ImportedContact], rejected: Iterable[Rejected]) -> dict[str, tuple[Channel, ...]]:
    """Return the channels that are closed for each address: a refusal closes it for whoever else shares it.

    Rows that are held back close what can be read of them too: a refusal must not be lost with its row.
    """
    closed: dict[str, set[Channel]] = defaultdict(set)
    for contact in contacts:
        for channel, verdict in contact.consent.items():
            if verdict == "denied":
                for address in contact.emails if channel == "email" else [phone.e164 for phone in contact.phones]:
                    closed[address].add(channel)
    for held in rejected:
        record = held.record
        for channel in CHANNELS:
            if record.deceased or any(one.channel == channel and one.says == "denied" for one in record.consent):
                for address in record.emails if channel == "email" else [phone.e164 for phone in record.phones]:
                    closed[address].add(channel)
    return {
        address: tuple(channel for channel in CHANNELS if channel in channels)
        for address, channels in sorted(closed.items())
    }


def _households(contacts: Sequence[ImportedContact]) -> dict[str, tuple[int, ...]]:
    """Return the addresses that several people share, with the places of those people."""
    holders: dict[str, list[int]] = defaultdict(list)
    for index, contact in enumerate(contacts):
        for address in (*(phone.e164 for phone in contact.phones), *contact.emails):
            holders[address].append(index)
    return {address: tuple(people) for address, people in sorted(holders.items()) if len(people) > 1}
