"""Takes in what a registry answered about the practice's numbers, so that the gate knows it and how old it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from rewarm.adapters import phone_numbers
from rewarm.domain.number_check import Checks, HeldBack, Kind, NoColumns, read_checks, read_list
from rewarm.domain.table import RawTable
from rewarm.errors import RewarmError
from rewarm.models import Address, Workspace
from rewarm.models.number_check import record


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a file of answers."""

    updated: int  # numbers of ours with a new answer
    bad: int  # of them: belong to somebody else, or must not be solicited
    strangers: int  # answers about numbers that are not ours, or that we knew already
    without_data: int  # the registry knew nothing: such a number stays unchecked
    held_back: tuple[HeldBack, ...]


@transaction.atomic
def record_check(workspace: Workspace, tables: Iterable[RawTable], kind: Kind, now: datetime) -> Recorded:
    """Record the answers of a registry by number: 47 CFR 64.1200(c)(2) and (m), 10 M.R.S. 1499-B.

    Raises RewarmError when a table does not say which column holds the number, the answer and the date of the check.
    """
    return _record(workspace, kind, [_read(workspace, table, kind, now) for table in tables])


@transaction.atomic
def record_list(workspace: Workspace, lines: Iterable[str], at: datetime) -> Recorded:
    """Compare our numbers with the do-not-call registry's own list, as downloaded at `at`: 47 CFR 64.1200(c)(2)(i)(D)."""
    ours = set(Address.objects.filter(workspace=workspace, channel="phone").values_list("address", flat=True))
    return _record(workspace, "registry", [read_list(lines, ours, at)])


def _record(workspace: Workspace, kind: Kind, read: Sequence[Checks]) -> Recorded:
    checks = [check for one in read for check in one.found]
    ours = record(workspace.id, kind, checks)
    return Recorded(
        updated=len(ours),
        bad=len({check.number for check in checks if check.yes and check.number in ours}),
        strangers=len({check.number for check in checks} - ours),
        without_data=sum(one.without_data for one in read),
        held_back=tuple(row for one in read for row in one.held_back),
    )


def _read(workspace: Workspace, table: RawTable, kind: Kind, now: datetime) -> Checks:
    rows = [(row.row, row.cells) for row in table.rows]
    header = rows[0][1] if rows else ()
    try:
        return read_checks(
            header,
            rows[1:],
            kind,
            canonical=lambda text: phone_numbers.parse(text, workspace.region),
            now=now,
            zone=workspace.zone,
        )
    except NoColumns as wrong:
        raise RewarmError(f"{table.file}: {wrong}. Name them number, answer and checked.") from wrong
