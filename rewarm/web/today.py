"""Shows who needs a human now, who comes today, and what was answered since yesterday."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

from rewarm.models import Appointment, Contact, Handoff, Message, Touch, Workspace
from rewarm.web.page import page, part
from rewarm.web.threads import last_said, pressing
from rewarm.web.workspace import Request, staff

SINCE = timedelta(hours=24)
ANSWERS_SHOWN = 6
PEOPLE_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who needs a person, and the last thing that they said."""

    handoff: Handoff
    quote: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A reply that the assistant answered by itself."""

    contact: Contact
    at: datetime
    said: str
    answer: str


@require_GET
@staff
def today(request: Request) -> HttpResponse:
    """Show the whole page."""
    return page(request, "today/page.html", **_shown(request.workspace, request.now))


@require_GET
@staff
def board(request: Request) -> HttpResponse:
    """Show the part that changes by itself."""
    return part(request, "today/board.html", **_shown(request.workspace, request.now))


def _shown(workspace: Workspace, now: datetime) -> dict[str, Any]:
    people, visits = waiting(workspace), _visits(workspace, now)
    replies = Message.objects.filter(workspace=workspace, direction="in", at__gt=now - SINCE)
    touches = Touch.objects.filter(workspace=workspace, planned_at__gt=now - SINCE)
    return {
        "people": people[:PEOPLE_SHOWN],
        "hidden": max(0, len(people) - PEOPLE_SHOWN),
        "visits": visits,
        "confirmed": sum(visit.state in ("confirmed", "showed") for visit in visits),
        "answered": _answered(workspace, now),
        "replies": replies.count(),
        "by_assistant": replies.filter(reading__answered=True).count(),
        "planned": touches.count(),
        "sent": touches.filter(state__in=["sent", "closed"]).count(),
    }


def waiting(workspace: Workspace) -> list[Waiting]:
    """List the open handoffs: unclaimed first, the most urgent first, the longest wait first."""
    handoffs = list(Handoff.objects.filter(workspace=workspace, closed_at=None).select_related("contact", "claimed_by"))
    handoffs.sort(key=pressing)
    said = last_said(workspace, [one.contact_id for one in handoffs])
    return [Waiting(one, said[one.contact_id].body if one.contact_id in said else "") for one in handoffs]


def _visits(workspace: Workspace, now: datetime) -> list[Appointment]:
    zone = ZoneInfo(workspace.zone)
    start = datetime.combine(now.astimezone(zone).date(), time(), zone)
    rows = Appointment.objects.filter(
        workspace=workspace, starts_at__gte=start, starts_at__lt=start + timedelta(days=1)
    ).exclude(state="cancelled")
    return list(rows.select_related("contact", "clinician").order_by("starts_at", "id"))


def _answered(workspace: Workspace, now: datetime) -> list[Answered]:
    messages = list(
        Message.objects.filter(workspace=workspace, direction="in", at__gt=now - SINCE, reading__answered=True)
        .exclude(contact=None)
        .select_related("contact")
        .order_by("-at", "-id")[:ANSWERS_SHOWN]
    )
    causes = {f"answer:{one.id}": one for one in messages}
    answers = {
        touch.cause: str(touch.body or "") for touch in Touch.objects.filter(workspace=workspace, cause__in=causes)
    }
    return [
        Answered(one.contact, one.at, one.body, answers[cause])  # type: ignore[arg-type]
        for cause, one in causes.items()
        if cause in answers
    ]


urlpatterns = [path("", today, name="today"), path("today/board", board, name="today-board")]
