"""Tells open pages whether something happened: 204 while the workspace's pulse stands, else the new one."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

from rewarm.web.page import part
from rewarm.web.workspace import Request, staff


@require_GET
@staff
def pulse(request: Request) -> HttpResponse:
    """Answer the question that every page asks each two seconds; costs no query of its own."""
    if request.GET.get("since") == str(request.workspace.pulse):
        return HttpResponse(status=204)
    response = part(request, "parts/pulse.html")
    response["HX-Trigger"] = "fresh"
    return response


urlpatterns = [path("pulse", pulse, name="pulse")]
