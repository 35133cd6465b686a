"""Takes in what a registry answered about the practice's numbers: `rewarm registry FILE.csv --of do-not-call`."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from rewarm.domain.number_check import KINDS, HeldBack, Kind, is_list
from rewarm.errors import RewarmError

if TYPE_CHECKING:
    from rewarm.actions.record_check import Recorded
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
    as_of: Annotated[
        str, typer.Option(help="the day the registry's own list was downloaded, YYYY-MM-DD; answers bring their dates")
    ] = "",
    workspace: Annotated[str, typer.Option(help="slug of the practice; may be left out when there is only one")] = "",
) -> None:
    """Record what a registry answered: who must not be texted, whose number is somebody else's now, and how old that is."""
    from rewarm.adapters import postgres

    with postgres.ensure():
        from rewarm.cli.upkeep import bring_up_to_date

        bring_up_to_date()
        from rewarm import clock
        from rewarm.cli.audit import _chosen
        from rewarm.models.scope import within

        here = _chosen(workspace)
        with within(here.id):
            told = list(taken_in(here, file, _KIND[of], clock.now(here), as_of=as_of))
    for line in told:
        typer.echo(line)


def taken_in(here: Workspace, file: Path, kind: Kind, now: datetime, *, as_of: str = "") -> Iterator[str]:
    """Record the answers, set aside the rows that nobody can act on, and say what became of all of them.

    Raises RewarmError when the file cannot be read, or is the registry's own list and nobody says of which day.
    """
    done = _recorded(here, file, kind, now, as_of)
    yield f"{done.updated:,} numbers checked against {KINDS[kind]}; {done.bad:,} of them get no more texts."
    if done.strangers:
        yield f"{done.strangers:,} answers were about other numbers, or no news."
    if done.without_data:
        yield f"{done.without_data:,} numbers stay unchecked: the registry has no data on them."
    if done.held_back:
        aside = file.with_name(f"{file.stem}.held-back.csv")
        set_aside(aside, done.held_back)
        yield f"{len(done.held_back):,} rows were held back; {aside} says why."


def _recorded(here: Workspace, file: Path, kind: Kind, now: datetime, as_of: str) -> Recorded:
    from rewarm.actions.record_check import record_check, record_list
    from rewarm.adapters.crm.files import UnreadableFile, read_files

    with file.open(encoding="utf-8", errors="replace") as lines:
        if is_list(lines.readline()):
            if kind != "registry":
                raise RewarmError(f"{file.name} is a list of registered numbers: say --of do-not-call.")
            lines.seek(0)
            return record_list(here, lines, _day(as_of, file, here, now))
    try:
        return record_check(here, read_files([file]), kind, now)
    except UnreadableFile as error:
        raise RewarmError(str(error)) from error


def _day(as_of: str, file: Path, here: Workspace, now: datetime) -> datetime:
    """Begin the day of the download where the practice is, so that the list seems no fresher than it is."""
    try:
        at = datetime.combine(date.fromisoformat(as_of), time(), ZoneInfo(here.zone)).astimezone(UTC)
    except ValueError as error:
        raise RewarmError(f"{file.name} is the registry's own list: say --as-of, the day of its download.") from error
    if at > now:
        raise RewarmError(f"--as-of {as_of} lies in the future.")
    return at


def set_aside(file: Path, rows: Sequence[HeldBack]) -> None:
    """Write the rows that nobody can act on as they stood, each with its reason; raises RewarmError when that fails."""
    try:
        with file.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(["row", "reason", "as it stood"])
            writer.writerows([row.row, row.reason, *row.cells] for row in rows)
    except OSError as error:
        raise RewarmError(f"{file} cannot be written: {error.strerror}") from error
