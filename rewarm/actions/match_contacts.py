"""Finds which contact that we already hold each imported person is."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from rewarm.domain.import_plan import ImportPlan
from rewarm.domain.import_words import plain
from rewarm.domain.merging import ImportedContact
from rewarm.domain.names import first_names_fit, key, last_names_fit
from rewarm.domain.record import RowKey
from rewarm.domain.table import Table
from rewarm.models import Address, Contact, Source, Workspace

SourceKey = tuple[str, str]
"""(system, the row's own key in it)"""


@dataclass(frozen=True, slots=True)
class Matched:
    """What is held already: the contact behind each person of the plan (None: new), and the key of each row."""

    contacts: tuple[Contact | None, ...]
    keys: Mapping[RowKey, SourceKey]
    known: Mapping[SourceKey, UUID]


def match_contacts(workspace: Workspace, plan: ImportPlan, nicknames: Mapping[str, frozenset[str]]) -> Matched:
    """Match by the rows' own keys first, then by a shared phone or e-mail with a name that fits.

    Each contact is given to one person only: the first in the plan's fixed order, so that a re-import finds the same.
    """
    keys = source_keys(plan)
    known: dict[SourceKey, UUID] = {
        (system, one): contact
        for system, one, contact in Source.objects.filter(
            workspace=workspace, key__in={one for _, one in keys.values()}
        ).values_list("system", "key", "contact_id")
    }
    holders = _holders(workspace, plan)
    wanted = set(known.values()) | {contact for ids in holders.values() for contact in ids}
    held = Contact.objects.filter(workspace=workspace).in_bulk(list(wanted))
    taken: set[UUID] = set()
    found: list[Contact | None] = []
    by_row = [_by_rows(person, keys, known, held, nicknames) for person in plan.contacts]
    reserved = {contact for contact in by_row if contact is not None}
    for person, same_row in zip(plan.contacts, by_row, strict=True):
        match = same_row if same_row not in taken else None
        if match is None:
            match = _by_address(person, holders, held, taken | reserved, nicknames)
        if match is not None:
            taken.add(match)
        found.append(held[match] if match is not None else None)
    return Matched(tuple(found), keys, known)


def source_keys(plan: ImportPlan) -> dict[RowKey, SourceKey]:
    """Return what identifies each row when its file comes again under another name: system and own id, else its content."""
    tables = {mapped.table.file: mapped.table for mapped in plan.tables}
    cells = {(file, row.row): row.cells for file, table in tables.items() for row in table.rows}
    keys: dict[RowKey, SourceKey] = {}
    used: set[SourceKey] = set()
    for record in sorted(plan.records, key=lambda one: one.key):
        system = system_of(tables[record.key[0]])
        own = (system, record.source_id)
        if not record.source_id or own in used:
            own = (system, "row:" + _digest(cells[record.key]))
        while own in used:
            own = (system, own[1] + "+")
        used.add(own)
        keys[record.key] = own
    return keys


def system_of(table: Table) -> str:
    """Name the kind of report that a table is: its columns. A file may be renamed, and each export has a new date in its name."""
    return f"{table.kind} {_digest(tuple(sorted(map(plain, table.header))))[:12]}"


def undated(file: str) -> str:
    """Return a file's name without the dates and counters that make each export's name new."""
    months = "|".join(sorted(_MONTHS, key=len, reverse=True))
    bare = re.sub(rf"[\s_.-]*(?<![^\W\d_])(?:{months})(?![^\W\d_])(?=[\s_.-]|$)", "", file, flags=re.I)
    bare = re.sub(r"[\s_-]*\d[\d_-]*", "", bare)
    return file if bare.startswith((".", "#")) or not bare else bare


_MONTHS = frozenset(
    "jan feb mar apr may jun jul aug sep oct nov dec january february march april june july august september october november"
    " december".split()
)


def _digest(cells: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(list(cells), ensure_ascii=False).encode()).hexdigest()[:24]


def _holders(workspace: Workspace, plan: ImportPlan) -> dict[str, list[UUID]]:
    wanted = {address for person in plan.contacts for address in addresses_of(person)}
    holders: dict[str, list[UUID]] = defaultdict(list)
    rows = Address.objects.filter(workspace=workspace, address__in=wanted).order_by("contact_id")
    for address, contact in rows.values_list("address", "contact_id"):
        holders[address].append(contact)
    return holders


def addresses_of(person: ImportedContact) -> tuple[str, ...]:
    """Return every address of a person, phones first."""
    return (*(phone.e164 for phone in person.phones), *person.emails)


def _by_rows(
    person: ImportedContact,
    keys: Mapping[RowKey, SourceKey],
    known: Mapping[SourceKey, UUID],
    held: Mapping[UUID, Contact],
    nicknames: Mapping[str, frozenset[str]],
) -> UUID | None:
    """Match by the rows' own keys; two offices may number their people alike, so the name has to fit as well."""
    counts = Counter(known[keys[record.key]] for record in person.records if keys[record.key] in known)
    fitting = [one for one in counts if one in held and _fits(held[one], person, nicknames)]
    return min(fitting, key=lambda one: (-counts[one], one), default=None)


def _by_address(
    person: ImportedContact,
    holders: Mapping[str, Sequence[UUID]],
    held: Mapping[UUID, Contact],
    taken: set[UUID],
    nicknames: Mapping[str, frozenset[str]],
) -> UUID | None:
    candidates = Counter(contact for address in addresses_of(person) for contact in holders.get(address, ()))
    fitting = [one for one in candidates if one not in taken and _fits(held[one], person, nicknames)]
    return min(fitting, key=lambda one: (-candidates[one], one), default=None)


def _fits(held: Contact, person: ImportedContact, nicknames: Mapping[str, frozenset[str]]) -> bool:
    name, born = person.name, person.fields.born_year
    if held.born_year and born and abs(held.born_year - born) > 1:
        return False
    if name.suffix and held.attrs.get("suffix") and name.suffix != held.attrs["suffix"]:
        return False
    if not name.known or not (held.first_name or held.last_name):
        return True
    first = first_names_fit(held.first_name, name.first, nicknames)
    last = last_names_fit(held.last_name, name.last)
    if first == "no":
        return key(held.first_name) == key(name.last) and key(held.last_name) == key(name.first)
    return last != "no" or first in ("equal", "nickname")


def households(plan: ImportPlan) -> list[frozenset[int]]:
    """Return the sets of people who share addresses, as places in the plan; who shares with whom is passed on."""
    root: dict[int, int] = {}

    def top(one: int) -> int:
        while root.setdefault(one, one) != one:
            one = root[one]
        return one

    for people in plan.households.values():
        for other in people[1:]:
            a, b = top(people[0]), top(other)
            root[max(a, b)] = min(a, b)
    groups: dict[int, set[int]] = defaultdict(set)
    for one in root:
        groups[top(one)].add(one)
    return [frozenset(group) for _, group in sorted(groups.items())]
