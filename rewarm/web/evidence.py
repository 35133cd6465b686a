"""Hands out the evidence about one person, on paper for people and as JSON for machines; to those who decide only."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import path
from django.views.decorators.http import require_GET

from rewarm.actions.prove import prove
from rewarm.models import Contact
from rewarm.web.evidence_paper import pdf
from rewarm.web.page import own
from rewarm.web.workspace import Request, may_decide, staff


@require_GET
@staff
def paper(request: Request, contact: UUID) -> HttpResponse:
    """Hand it over as a PDF."""
    person = own(Contact, request, contact)
    if not may_decide(request):
        return HttpResponseRedirect(f"/contacts/{person.id}")
    found = prove(request.workspace, person, by=request.user, now=request.now)
    name = f'inline; filename="evidence-{person.id}.pdf"'
    return HttpResponse(
        pdf(request.workspace, found), content_type="application/pdf", headers={"Content-Disposition": name}
    )


@require_GET
@staff
def document(request: Request, contact: UUID) -> HttpResponse:
    """Hand it over as JSON, with the receipts that judge themselves again."""
    person = own(Contact, request, contact)
    if not may_decide(request):
        return HttpResponseRedirect(f"/contacts/{person.id}")
    found = prove(request.workspace, person, by=request.user, now=request.now)
    name = f'attachment; filename="evidence-{person.id}.json"'
    return JsonResponse(found, json_dumps_params={"indent": 1}, headers={"Content-Disposition": name})


urlpatterns = [
    path("contacts/<uuid:contact>/evidence.pdf", paper, name="evidence-pdf"),
    path("contacts/<uuid:contact>/evidence.json", document, name="evidence-json"),
]
