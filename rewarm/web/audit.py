"""Shows the dormant-revenue audit: what lies there, who can be reached, what it may be worth, whom to start with."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

from rewarm.actions.audit import audit
from rewarm.domain.audit import Audit, SegmentAudit
from rewarm.models import Contact, Segment
from rewarm.web.audit_paper import pdf
from rewarm.web.page import page
from rewarm.web.workspace import Request, staff


@require_GET
@staff
def shown(request: Request) -> HttpResponse:
    """Show the audit as the rows stand now."""
    found = audit(request.workspace, request.now)
    return page(
        request, "audit/page.html", found=found, parts=_parts(request, found), start=_people(request, found),
        rests_on=found.assumptions.in_words(), most=max((part.contacts for _, part in _parts(request, found)), default=1) or 1,
    )  # fmt: skip


@require_GET
@staff
def paper(request: Request) -> HttpResponse:
    """Hand the audit over as a PDF to take to the owner."""
    found = audit(request.workspace, request.now)
    made = pdf(request.workspace, found, _parts(request, found), request.now)
    name = f"audit-{request.workspace.slug}-{request.now.date()}.pdf"
    return HttpResponse(
        made, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


def _parts(request: Request, found: Audit) -> list[tuple[str, SegmentAudit]]:
    names = dict(Segment.objects.filter(workspace=request.workspace).values_list("slug", "name"))
    return [(names.get(part.slug, part.slug), part) for part in found.segments if part.contacts]


def _people(request: Request, found: Audit) -> list[Contact]:
    people = Contact.objects.filter(workspace=request.workspace).in_bulk([UUID(one) for one in found.start_with])
    return [people[UUID(one)] for one in found.start_with if UUID(one) in people]


urlpatterns = [path("audit", shown, name="audit"), path("audit.pdf", paper, name="audit-pdf")]
