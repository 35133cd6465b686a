"""Imports exported files into a workspace, or says what importing them would do."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rewarm.adapters.crm.files import UnreadableFile, read_files
from rewarm.adapters.crm.planning import Practice, plan_import, zone_of
from rewarm.adapters.pack_segments import read_segments
from rewarm.domain.import_answer import answer
from rewarm.domain.import_plan import ImportPlan
from rewarm.errors import PostgresError, RewarmError

if TYPE_CHECKING:
    from rewarm.models import Workspace

app = typer.Typer(add_completion=False)


@app.command("import")
def import_(
    files: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, help="exports: CSV, TSV, XLSX, vCard", metavar="FILE…")
    ],
    workspace: Annotated[str, typer.Option(help="slug of the practice; may be left out when there is only one")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="do everything, then take it back")] = False,
    json_: Annotated[bool, typer.Option("--json", help="print the whole answer as JSON on stdout")] = False,
    as_of: Annotated[str, typer.Option(help="the day that counts as today, YYYY-MM-DD")] = "",
    zone: Annotated[
        str, typer.Option(help="the practice's time zone; read off the files when left out (dry run)")
    ] = "",
    region: Annotated[str, typer.Option(help="country of numbers without country code")] = "US",
    practice_phone: Annotated[
        list[str] | None, typer.Option(help="the practice's own number, never a contact's")
    ] = None,
    practice_domain: Annotated[str, typer.Option(help="the practice's own mail domain")] = "",
    pack: Annotated[str, typer.Option(help="content pack of a dry run without a workspace")] = "audiology",
) -> None:
    """Import FILES as one: duplicates joined, refusals kept, bad rows held back with the reason."""
    try:
        today = date.fromisoformat(as_of) if as_of else datetime.now(UTC).date()
    except ValueError as error:
        raise RewarmError(f"--as-of {as_of!r} is no date: write YYYY-MM-DD.") from error
    practice = Practice(zone, region.upper(), tuple(practice_phone or ()), practice_domain, pack)
    try:
        plan = _rehearsed(files, workspace, practice, today) if dry_run else _imported(files, workspace, today, as_of)
    except UnreadableFile as error:
        raise RewarmError(str(error)) from error
    if plan is None:
        return
    if json_:
        json.dump(answer(plan, read_segments(pack), today), sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
    else:
        _say(plan)


def _rehearsed(files: list[Path], slug: str, practice: Practice, today: date) -> ImportPlan:
    """Do the real import in a transaction that is rolled back; without a database at hand, plan it all the same."""
    from rewarm.adapters import postgres

    try:
        with postgres.ensure():
            from rewarm.cli.upkeep import bring_up_to_date

            bring_up_to_date()
            return rolled_back(files, slug, practice, today)
    except PostgresError as error:
        if slug:
            raise
        typer.echo(f"Planned without a database: {error}", err=True)
        return plan_import(read_files(files), practice, today)


def rolled_back(files: list[Path], slug: str, practice: Practice, today: date) -> ImportPlan:
    from django.db import transaction

    from rewarm.actions.import_contacts import Upload, import_contacts
    from rewarm.models.scope import within

    uploads = [Upload(path.name, path.read_bytes()) for path in files]
    with transaction.atomic():
        here = _find(slug) if slug else _made_for_now(practice, files, today)
        with within(here.id):
            if not slug:
                here.save(force_insert=True)
            else:
                _forget_earlier(here, uploads)
            done = import_contacts(here, uploads, as_of=today, now=_noon(today), own=None if slug else practice)
        transaction.set_rollback(True)
    assert done.plan is not None
    return done.plan


def _made_for_now(practice: Practice, files: list[Path], today: date) -> Workspace:
    from rewarm.models import Workspace

    identity = uuid.uuid4()
    return Workspace(
        id=identity, slug=f"dry-run-{identity.hex[:12]}", kind=Workspace.LIVE, name="Dry run", legal_name="Dry run",
        zone=practice.zone or zone_of(read_files(files)), region=practice.region, pack=practice.pack, created_at=_noon(today),
    )  # fmt: skip


def _forget_earlier(here: Workspace, uploads: list[Any]) -> None:
    """Let files that were imported before be rehearsed again; the transaction is rolled back."""
    from rewarm.actions.import_contacts import digest_of
    from rewarm.models import Import

    Import.objects.filter(workspace=here, digest=digest_of(uploads)).update(finished_at=None)


def _imported(files: list[Path], slug: str, today: date, as_of: str) -> ImportPlan | None:
    from rewarm.adapters import postgres

    with postgres.ensure(), _bar() as progress:
        from rewarm.cli.upkeep import bring_up_to_date

        bring_up_to_date()
        from rewarm import clock
        from rewarm.actions.classify import classify
        from rewarm.actions.import_contacts import import_contacts
        from rewarm.models.scope import within

        here = _find(slug)
        with within(here.id):
            now = _noon(today) if as_of else clock.now(here)
            done = import_contacts(here, files, as_of=today, now=now, progress=progress)
            classify(here, now)
        typer.echo(done.in_words(), err=True)
        for source in done.evidence_sources:
            typer.echo(f"  waits for evidence: {source}", err=True)
    return done.plan


def _find(slug: str) -> Workspace:
    from rewarm.models import Workspace

    found = list(Workspace.objects.filter(slug=slug) if slug else Workspace.objects.all()[:20])
    if len(found) == 1:
        return found[0]
    if slug or not found:
        raise RewarmError(
            f"There is no workspace {slug!r}." if slug else "There is no workspace yet; --dry-run needs none."
        )
    raise RewarmError("Say which --workspace: " + ", ".join(sorted(one.slug for one in found)))


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


@contextmanager
def _bar() -> Iterator[Any]:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Reading", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _say(plan: ImportPlan) -> None:
    for mapped in plan.tables:
        typer.echo(f"{mapped.table.file}: {len(mapped.table.rows):,} rows")
        for column in mapped.columns:
            typer.echo(f"  {column.header or '(no name)':<32} {column.field}")
    rows = sum(len(contact.records) for contact in plan.contacts)
    typer.echo(f"{rows:,} rows are {len(plan.contacts):,} people; {len(plan.rejected):,} rows held back:")
    for held in plan.rejected:
        typer.echo(f"  {held.key[0]} row {held.key[1]}: {held.reason}")
