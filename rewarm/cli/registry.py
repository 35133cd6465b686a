"""Takes in what a registry answered about the practice's numbers: `rewarm registry FILE.csv --of do-not-call`."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rewarm.domain.number_check import KINDS, HeldBack, Kind
from rewarm.errors import RewarmError

if TYPE_CHECKING:
    from datetime import datetime

    from rewarm.domain.table import RawTable
    from rewarm.models import Workspace

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Of(StrEnum):
    """The registries that can be asked."""

    DO_NOT_CALL = "do-not-call"
    REASSIGNED = "reassigned"


_KIND: dict[Of, Kind] = {Of.DO_NOT_CALL: "registry", Of.REASSIGNED: "reassigned"}


@app.command()
def registry(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="answers: a number, yes or no, when it was asked")
    ],
    of: Annotated[Of, typer.Option(help="which registry answered")],
    workspace: Annotated[str, typer.Option(help="slug of the practice; may be left out when there is only one")] = "",
) -> None:
    """Record what a registry answered: who must not be texted, whose number is somebody else's now, and how old that is."""
    from rewarm.adapters import postgres
    from rewarm.adapters.crm.files import UnreadableFile, read_files

    try:
        tables = read_files([file])
    except UnreadableFile as error:
        raise RewarmError(str(error)) from error
    with postgres.ensure():
        from rewarm.cli.upkeep import bring_up_to_date

        bring_up_to_date()
        from rewarm import clock
        from rewarm.cli.audit import _chosen
        from rewarm.models.scope import within

        here = _chosen(workspace)
        with within(here.id):
            told = list(
                taken_in(here, tables, _KIND[of], clock.now(here), aside=file.with_name(f"{file.stem}.held-back.csv"))
            )
    for line in told:
        typer.echo(line)


def taken_in(here: Workspace, tables: Sequence[RawTable], kind: Kind, now: datetime, *, aside: Path) -> Iterator[str]:
    """Record the answers, set aside the rows that nobody can act on, and say what became of all of them."""
    from rewarm.actions.record_check import record_check

    done = record_check(here, tables, kind, now)
    if done.held_back:
        set_aside(aside, done.held_back)
    yield f"{done.updated:,} numbers checked against {KINDS[kind]}; {done.bad:,} of them get no more texts."
    if done.strangers:
        yield f"{done.strangers:,} answers were about other numbers, or no news."
    if done.without_data:
        yield f"{done.without_data:,} numbers stay unchecked: the registry has no data on them."
    if done.held_back:
        yield f"{len(done.held_back):,} rows were held back; {aside} says why."


def set_aside(file: Path, rows: Sequence[HeldBack]) -> None:
    """Write the rows that nobody can act on as they stood, each with its reason; raises RewarmError when that fails."""
    try:
        with file.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(["row", "reason", "as it stood"])
            writer.writerows([row.row, row.reason, *row.cells] for row in rows)
    except OSError as error:
        raise RewarmError(f"{file} cannot be written: {error.strerror}") from error
