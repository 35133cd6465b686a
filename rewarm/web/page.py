"""Renders a page for the staff: in the practice's own time, with the frame that every page shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Model
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rewarm.models import Handoff
from rewarm.web.workspace import Request, workspaces_of

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Room:
    """One entry of the navigation; the first four have a place at the bottom of a phone."""

    slug: str
    name: Any
    path: str
    at_hand: bool = False


ROOMS = (
    Room("today", _("Today"), "/", at_hand=True),
    Room("inbox", _("Inbox"), "/inbox", at_hand=True),
    Room("contacts", _("Contacts"), "/contacts", at_hand=True),
    Room("results", _("Results"), "/results", at_hand=True),
    Room("segments", _("Segments"), "/segments"),
    Room("journeys", _("Journeys"), "/journeys"),
    Room("content", _("Content"), "/content"),
    Room("audit", _("Audit"), "/audit"),
    Room("import", _("Import"), "/import"),
    Room("setup", _("Setup"), "/setup"),
)


def page(request: Request, template: str, *, status: int = 200, **shown: Any) -> HttpResponse:
    """Render a whole page with navigation, the pulse and the number of people who wait."""
    here = request.path.strip("/").partition("/")[0] or "today"
    frame: dict[str, Any] = {
        "rooms": ROOMS,
        "here": here,
        "need_person": Handoff.objects.filter(workspace=request.workspace, closed_at=None, claimed_at=None).count(),
        "others": [pair for pair in workspaces_of(request.user) if pair[0] != request.workspace.id],
    }
    return part(request, template, status=status, **frame, **shown)


def part(request: Request, template: str, *, status: int = 200, **shown: Any) -> HttpResponse:
    """Render a piece of a page that htmx puts in place; times are those of the practice."""
    with timezone.override(ZoneInfo(request.workspace.zone)):
        known = {"workspace": request.workspace, "now": request.now, "user": request.user}
        return render(request, template, {**known, **shown}, status=status)


def own(model: type[Row], request: Request, one: UUID) -> Row:
    """Get a row of this workspace or say that there is none; another practice's row does not exist here."""
    row = model._default_manager.filter(workspace=request.workspace, pk=one).first()
    if row is None:
        raise Http404
    return row
