"""Counts what lies dormant in a practice's list and what it may be worth, on the terminal, as JSON or on paper."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rewarm.errors import RewarmError

if TYPE_CHECKING:
    from datetime import datetime

    from rewarm.domain.audit import Audit
    from rewarm.models import Workspace

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def audit(
    workspace: Annotated[str, typer.Option(help="slug of the practice; may be left out when there is only one")] = "",
    json_: Annotated[bool, typer.Option("--json", help="print every figure as one JSON object on stdout")] = False,
    pdf: Annotated[Path | None, typer.Option(dir_okay=False, help="write it as a PDF to this file")] = None,
) -> None:
    """Say who lies dormant, whom it is lawful to reach today, and what that may be worth. Nothing is sent or changed."""
    from rewarm.adapters import postgres

    with postgres.ensure():
        from rewarm.cli.upkeep import bring_up_to_date

        bring_up_to_date()
        from rewarm import clock
        from rewarm.actions import audit as auditing
        from rewarm.models.scope import within

        here = _chosen(workspace)
        with within(here.id):
            now = clock.now(here)
            found = auditing.audit(here, now)
            if pdf is not None:
                _write(pdf, here, found, now)
        if json_:
            typer.echo(json.dumps(asdict(found), default=str))
        elif pdf is None:
            typer.echo(auditing.in_words(found))


def _chosen(slug: str) -> Workspace:
    """Find the practice; raises RewarmError that lists those to choose from."""
    from rewarm.models import Workspace

    known = {one.slug: one for one in Workspace.objects.order_by("slug")}
    if not known:
        raise RewarmError("There is no workspace yet: `rewarm demo` makes one to look at.")
    if not slug and len(known) == 1:
        return next(iter(known.values()))
    if slug not in known:
        raise RewarmError(f"Say which --workspace: {', '.join(known)}." + (f" There is no {slug!r}." if slug else ""))
    return known[slug]


def _write(file: Path, here: Workspace, found: Audit, now: datetime) -> None:
    """Set the same values on paper as the page's PDF."""
    from rewarm.models import Segment
    from rewarm.web.audit_paper import pdf

    names = dict(Segment.objects.filter(workspace=here).values_list("slug", "name"))
    parts = [(names.get(part.slug, part.slug), part) for part in found.segments if part.contacts]
    try:
        file.write_bytes(pdf(here, found, parts, now))
    except OSError as error:
        raise RewarmError(f"Cannot write {file}: {error.strerror}.") from error
    typer.echo(f"Wrote {file}.", err=True)
