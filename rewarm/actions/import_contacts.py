"""Imports exported files as one: contacts with their addresses and notes, refusals, claims of consent, rows held back."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings as django_settings
from django.db import transaction

from rewarm.actions.attach_evidence import EvidenceSource, attach_evidence
from rewarm.actions.match_contacts import match_contacts
from rewarm.actions.write_contacts import Written, write_contacts
from rewarm.adapters.crm.files import read_content
from rewarm.adapters.crm.planning import Practice, plan_import, settings_of
from rewarm.domain.export_text import neutralise
from rewarm.domain.import_plan import ImportPlan, Progress
from rewarm.domain.table import RawTable
from rewarm.models import Import, ImportRow, User, Workspace
from rewarm.models.base import uuid7

__all__ = [
    "EvidenceSource",
    "Imported",
    "Upload",
    "attach_evidence",
    "carry_out",
    "import_contacts",
    "plan_for",
    "take_in",
]

_FREE_MAIL = frozenset(
    "gmail.com yahoo.com hotmail.com outlook.com icloud.com aol.com comcast.net att.net msn.com live.com".split()
)


@dataclass(frozen=True, slots=True)
class Upload:
    """One exported file as it was handed in."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. `written` counts rows of the database: 0 when the same files came again."""

    batch: UUID
    plan: ImportPlan | None
    created: int = 0
    changed: int = 0
    quarantined: int = 0
    skipped: int = 0
    merged: int = 0
    denials: int = 0
    written: int = 0
    evidence_sources: tuple[EvidenceSource, ...] = ()

    def in_words(self) -> str:
        """Say what came of it, as one line."""
        if not self.written:
            return "Nothing new: these files were imported before."
        return (
            f"{self.created:,} new contacts, {self.changed:,} changed, {self.merged:,} rows merged into others, "
            f"{self.quarantined:,} rows held back, {self.denials:,} refusals recorded."
        )


def import_contacts(
    workspace: Workspace,
    files: Iterable[Path | Upload],
    *,
    as_of: date,
    by: User | None = None,
    now: datetime,
    own: Practice | None = None,
    progress: Progress = lambda done, total: None,
) -> Imported:
    """Import `files` as one in one transaction; the same files again write nothing.

    `own` says whose files these are where that is not the workspace's profile (a rehearsal without a workspace).

    An import never raises consent: a yes becomes a candidate that waits for evidence (`attach_evidence`), a no goes into the
    ledger at once. Raises UnreadableFile for a damaged workbook and OSError for a file that cannot be opened.
    """
    uploads = [file if isinstance(file, Upload) else Upload(file.name, file.read_bytes()) for file in files]
    digest = digest_of(uploads)
    before = Import.objects.filter(workspace=workspace, digest=digest).exclude(finished_at=None).first()
    if before is not None:
        return Imported(before.id, None, evidence_sources=tuple(EvidenceSource.waiting(workspace)))
    batch = Import(
        id=uuid7(), workspace=workspace, digest=digest, files=[{"name": one.name} for one in uploads], as_of=as_of,
        started_at=now, started_by=by,
    )  # fmt: skip
    batch.save(force_insert=True)
    return _import(workspace, batch, uploads, now, progress, own)


def plan_for(
    workspace: Workspace, uploads: Iterable[Upload], as_of: date, progress: Progress = lambda done, total: None
) -> ImportPlan:
    """Return what importing `uploads` would change, read as the workspace's own files: its zone, numbers and pack."""
    return plan_import(_tables(uploads), practice_of(workspace), as_of, progress)


def practice_of(workspace: Workspace) -> Practice:
    """Return what tells the workspace's own numbers and staff from its contacts."""
    domain = workspace.email.rpartition("@")[2].lower()
    return Practice(
        zone=workspace.zone,
        region=workspace.region,
        phones=(workspace.phone,) if workspace.phone else (),
        domain="" if domain in _FREE_MAIL else domain,
        pack=workspace.pack,
        fictional=workspace.kind == Workspace.TOWN,
    )


def digest_of(uploads: Iterable[Upload]) -> str:
    """Return what identifies a set of files by their content, whatever their names and order."""
    return hashlib.sha256(
        "".join(sorted({hashlib.sha256(one.content).hexdigest() for one in uploads})).encode()
    ).hexdigest()


def take_in(workspace: Workspace, uploads: Sequence[Upload], *, by: User | None, as_of: date, now: datetime) -> Import:
    """Keep uploaded files until a worker carries the import out; they lie beside the database, readable by us alone."""
    batch = Import(
        id=uuid7(), workspace=workspace, digest=digest_of(uploads), files=[{"name": one.name} for one in uploads], as_of=as_of,
        started_at=now, started_by=by,
    )  # fmt: skip
    folder = _folder(batch.id)
    folder.mkdir(parents=True, mode=0o700)
    for index, upload in enumerate(uploads):
        path = folder / str(index)
        path.touch(mode=0o600)
        path.write_bytes(upload.content)
    batch.save(force_insert=True)
    return batch


def carry_out(workspace: Workspace, batch_id: UUID, now: datetime) -> Imported:
    """Do an import that was taken in; one that a crash cut short starts again, one that is done changes nothing."""
    batch = Import.objects.get(workspace=workspace, id=batch_id)
    folder = _folder(batch.id)
    if batch.finished_at is not None or not folder.is_dir():
        return Imported(batch.id, None, evidence_sources=tuple(EvidenceSource.waiting(workspace)))
    uploads = [Upload(file["name"], (folder / str(index)).read_bytes()) for index, file in enumerate(batch.files)]

    def progress(done: int, total: int) -> None:
        Import.objects.filter(id=batch.id).update(done=done, total=total)

    imported = _import(workspace, batch, uploads, now, progress)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    return imported


def rejects_csv(batch: Import) -> str:
    """Return the rows that an import held back as CSV with the reason in front, formulas neutralised."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["file", "row", "reason"])
    for row in ImportRow.objects.filter(batch=batch, outcome="quarantined").order_by("file", "row"):
        cells: list[str] = json.loads(str(row.cells))
        writer.writerow([neutralise(cell) for cell in (row.file, str(row.row), row.reason, *cells)])
    return out.getvalue()


def _folder(batch: UUID) -> Path:
    return Path(django_settings.REWARM_HOME) / "imports" / str(batch)


def _tables(uploads: Iterable[Upload]) -> list[RawTable]:
    return [table for one in uploads for table in read_content(one.name, one.content)]


def _import(
    workspace: Workspace,
    batch: Import,
    uploads: Sequence[Upload],
    now: datetime,
    progress: Progress,
    own: Practice | None = None,
) -> Imported:
    tables = _tables(uploads)
    practice = own or practice_of(workspace)
    plan = plan_import(tables, practice, batch.as_of, progress)
    words = settings_of(practice, batch.as_of).words
    with transaction.atomic():
        matched = match_contacts(workspace, plan, words.nicknames)
        written = write_contacts(workspace, plan, matched, now=now, zone=ZoneInfo(workspace.zone), batch=batch.id)
        _keep_rows(workspace, batch, plan, tables)
        imported = _result(workspace, batch, plan, written)
        batch.files = [_described(table, plan) for table in tables]
        batch.done = batch.total = sum(len(mapped.table.rows) for mapped in plan.tables)
        batch.counts = {
            name: getattr(imported, name)
            for name in ("created", "changed", "quarantined", "skipped", "merged", "denials")
        }
        batch.finished_at = now
        batch.save()
    return imported


def _keep_rows(workspace: Workspace, batch: Import, plan: ImportPlan, tables: Sequence[RawTable]) -> None:
    cells = {(table.file, row.row): row.cells for table in tables for row in table.rows}
    rows: list[tuple[str, int, str, str]] = [(*held.key, "quarantined", held.reason) for held in plan.rejected]
    rows += [(file, one.row, "skipped", one.kind) for file, one in plan.skipped if one.row]
    rows += [(file, row, "skipped", "unread event") for file, row in plan.unread_events]
    ImportRow.objects.bulk_create(
        [
            ImportRow(
                id=uuid7(), workspace=workspace, batch=batch, file=file, row=row, outcome=outcome, reason=reason,
                cells=json.dumps(list(cells.get((file, row), ())), ensure_ascii=False),
            )
            for file, row, outcome, reason in rows
        ],
        batch_size=500,
        ignore_conflicts=True,
    )  # fmt: skip


def _described(table: RawTable, plan: ImportPlan) -> dict[str, object]:
    mapped = next((one for one in plan.tables if one.table.file == table.file), None)
    return {
        "name": table.file,
        "kind": "history" if table.file in plan.histories else table.kind,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "mapping": [[column.header, column.field] for column in mapped.columns] if mapped else [],
        "rows": len(table.rows),
    }


def _result(workspace: Workspace, batch: Import, plan: ImportPlan, written: Written) -> Imported:
    outcomes = Counter(held.reason for held in plan.rejected)
    return Imported(
        batch=batch.id,
        plan=plan,
        created=written.created,
        changed=written.changed,
        quarantined=outcomes.total(),
        skipped=len(plan.skipped),
        merged=sum(len(contact.records) - 1 for contact in plan.contacts),
        denials=written.denials,
        written=written.rows,
        evidence_sources=tuple(EvidenceSource.waiting(workspace)),
    )
