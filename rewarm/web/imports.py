"""Takes exported files in: preview of what each column means, the import with its progress, rejects, evidence of consent."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rewarm import later
from rewarm.actions.classify import classify
from rewarm.actions.import_contacts import (
    EvidenceSource,
    Upload,
    attach_evidence,
    carry_out,
    plan_for,
    rejects_csv,
    take_in,
)
from rewarm.adapters.crm.spreadsheet import UnreadableFile
from rewarm.domain.identification import names_seller
from rewarm.domain.import_plan import ImportPlan, MappedTable
from rewarm.models import Import, ImportRow
from rewarm.web.page import own, page, part
from rewarm.web.workspace import Request, may_decide, staff

MOST_BYTES = 60_000_000
MOST_UNPACKED = 400_000_000  # bytes: a workbook is a ZIP file, and a small one may hold a mountain
AT_ONCE = 1_500  # rows: about two seconds
SAMPLES = 3
ROWS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Meant:
    """One column of a file: its header, what it is taken for, and how its first cells read."""

    header: str
    field: str
    samples: tuple[str, ...]


@require_GET
@staff
def imports(request: Request) -> HttpResponse:
    """Show where to hand files in, what came before, and which consents wait for evidence."""
    return page(
        request, "imports/page.html", batches=Import.objects.filter(workspace=request.workspace).order_by("-started_at")[:20],
        waiting=list(EvidenceSource.waiting(request.workspace)), today=_today(request),
    )  # fmt: skip


@require_POST
@staff
def hand_in(request: Request) -> HttpResponse:
    """Keep the files and show what would be read from them; nothing is written to the contacts yet."""
    files = request.FILES.getlist("files")
    wrong = _wrong(files)
    uploads = [] if wrong else [Upload(one.name or "file", one.read()) for one in files]
    try:
        plan = None if wrong else plan_for(request.workspace, uploads, _today(request))
    except UnreadableFile as unreadable:
        wrong = str(unreadable)
    if wrong or plan is None:
        messages.error(request, wrong)
        return HttpResponseRedirect("/import")
    batch = take_in(request.workspace, uploads, by=request.user, as_of=_today(request), now=request.now)
    return page(
        request, "imports/preview.html", batch=batch, tables=[(one, _columns(one)) for one in plan.tables], plan=plan,
        people=len(plan.contacts), rows=len(plan.records), held=plan.rejected[:5], held_count=len(plan.rejected),
        refusals=_refusals(plan),
    )  # fmt: skip


def _wrong(files: Sequence[UploadedFile[bytes]]) -> str:
    if not files:
        return _("Choose at least one file: CSV, TSV, Excel or vCard.")
    if sum(one.size or 0 for one in files) > MOST_BYTES:
        return _("Together these files are larger than 60 MB. Import them from the command line: rewarm import FILE…")
    if any(_unpacked(one) > MOST_UNPACKED for one in files):
        return _("One of these workbooks unpacks to more than 400 MB. Save it as CSV and hand that in.")
    return ""


def _unpacked(file: UploadedFile[bytes]) -> int:
    """Return how many bytes a workbook says that it unpacks to; 0 for what is no ZIP file."""
    try:
        with zipfile.ZipFile(file) as packed:
            return sum(one.file_size for one in packed.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return 0
    finally:
        file.seek(0)


def _columns(mapped: MappedTable) -> list[Meant]:
    rows = mapped.table.rows[:50]
    found = []
    for index, column in enumerate(mapped.columns):
        cells = (row.cells[index].strip() for row in rows if index < len(row.cells))
        samples = tuple(dict.fromkeys(cell[:40] for cell in cells if cell))[:SAMPLES]
        found.append(Meant(column.header, column.field or "", samples))
    return found


def _refusals(plan: ImportPlan) -> int:
    return sum(len(channels) > 0 for channels in plan.closed.values())


@require_POST
@staff
def run(request: Request, batch: UUID) -> HttpResponse:
    """Import a short list while the person waits, and ask the worker for a long one."""
    found = own(Import, request, batch)
    rows = request.POST.get("rows", "")
    if found.finished_at is None and re.fullmatch("[0-9]{1,4}", rows) and int(rows) <= AT_ONCE:
        carry_out(request.workspace, found.id, request.now)
        classify(request.workspace, request.now)
    elif found.finished_at is None:
        with transaction.atomic():
            later.ask("import_files", workspace=str(request.workspace.id), batch=str(found.id))
    return HttpResponseRedirect(f"/import/{found.id}")


@require_GET
@staff
def one(request: Request, batch: UUID) -> HttpResponse:
    """Show how far an import is, or what came of it."""
    return page(request, "imports/one.html", **_batch(request, batch))


@require_GET
@staff
def progress(request: Request, batch: UUID) -> HttpResponse:
    """Show the progress again; the page asks for it every second while the import runs."""
    return part(request, "imports/progress.html", **_batch(request, batch))


def _batch(request: Request, batch: UUID) -> dict[str, Any]:
    found = own(Import, request, batch)
    rows = ImportRow.objects.filter(workspace=request.workspace, batch=found, outcome="quarantined").order_by(
        "file", "row"
    )
    return {
        "batch": found,
        "held": rows[:ROWS_SHOWN],
        "held_count": rows.count(),
        "waiting": list(EvidenceSource.waiting(request.workspace)),
    }


@require_GET
@staff
def rejects(request: Request, batch: UUID) -> HttpResponse:
    """Hand out the rows that were held back, with the reason in front."""
    found = own(Import, request, batch)
    headers = {"Content-Disposition": f'attachment; filename="held-back-{found.as_of}.csv"'}
    return HttpResponse("\ufeff" + rejects_csv(found), content_type="text/csv; charset=utf-8", headers=headers)


@require_POST
@staff
def evidence(request: Request) -> HttpResponse:
    """Attach the words that people agreed to; the person who is logged in states that they did."""
    if not may_decide(request):
        return HttpResponseRedirect("/import#evidence")
    posted = request.POST
    wanted = (posted.get("source", ""), posted.get("channel", ""))
    source = next(
        (one for one in EvidenceSource.waiting(request.workspace) if (one.source, one.channel) == wanted), None
    )
    disclosure = posted.get("disclosure", "").strip()
    try:
        period = [date.fromisoformat(posted[key]) if posted.get(key) else None for key in ("valid_from", "valid_to")]
    except ValueError:
        messages.error(request, _("One of the dates is not a date. Nothing was attached."))
        return HttpResponseRedirect("/import#evidence")
    if source is None or len(disclosure) < 20 or posted.get("stated") != "1":
        messages.error(
            request, _("Nothing was attached: paste the full text that people agreed to, and tick that they did.")
        )
        return HttpResponseRedirect("/import#evidence")
    raised = attach_evidence(
        request.workspace, source=source, disclosure=disclosure, by=request.user, now=request.now, channel=source.channel,
        valid_from=period[0], valid_to=period[1],
    )  # fmt: skip
    classify(request.workspace, request.now)
    messages.success(request, _("%(n)s addresses may now be written to.") % {"n": raised})
    if not names_seller(disclosure, (request.workspace.name, request.workspace.legal_name)):
        messages.error(
            request,
            _("The text that you pasted does not name the practice, as a written consent must (47 CFR 64.1200(f)(9)). "
              "Ask your counsel before you rely on it."),
        )  # fmt: skip
    return HttpResponseRedirect("/import#evidence")


def _today(request: Request) -> date:
    return request.now.astimezone(ZoneInfo(request.workspace.zone)).date()


urlpatterns = [
    path("import", imports, name="import"),
    path("import/files", hand_in),
    path("import/evidence", evidence),
    path("import/<uuid:batch>", one),
    path("import/<uuid:batch>/run", run),
    path("import/<uuid:batch>/progress", progress),
    path("import/<uuid:batch>/rejects.csv", rejects),
]
