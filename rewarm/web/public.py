"""The pages that contacts see: choose a time, stop the mail. Opening one changes nothing; only a POST does."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from rewarm import clock
from rewarm.actions import book as visits
from rewarm.actions.opt_out import unsubscribe as close_mailbox
from rewarm.adapters import links
from rewarm.domain.free_time import spoken
from rewarm.models import Contact, Workspace
from rewarm.models.scope import within
from rewarm.web.workspace import storable

DAYS_SHOWN = 14


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever came in by a link: the practice, the contact, the time there."""

    workspace: Workspace
    contact: Contact
    address: str
    now: datetime


@contextmanager
def _visitor(kind: str, token: str) -> Iterator[Visitor]:
    """Open the workspace that the link names; raises BadLink."""
    link = links.read(kind, token)
    with within(link.workspace):
        workspace = Workspace.objects.filter(id=link.workspace).first()
        contact = Contact.objects.filter(id=link.contact).first()
        if workspace is None or contact is None:
            raise links.BadLink
        yield Visitor(workspace, contact, link.address, clock.now(workspace))


@require_http_methods(["GET", "POST"])
@storable
def book(request: HttpRequest, token: str) -> HttpResponse:
    """Show the free times, and book the one that is posted."""
    try:
        with _visitor("book", token) as visitor:
            if request.method == "POST":
                return _booked(request, visitor, token)
            return _times(request, visitor)
    except links.BadLink as bad:
        return render(request, "public/bad_link.html", {"why": str(bad)}, status=404)


def _booked(request: HttpRequest, visitor: Visitor, token: str) -> HttpResponse:
    cause = f"page:{request.POST.get('key') or uuid.uuid4()}"
    if visits.made(visitor.workspace, cause):
        return HttpResponseRedirect(f"/b/{token}")  # a double click
    chosen = request.POST.get("starts_at", "")
    slots = visits.free_slots(visitor.workspace, visitor.now, days=DAYS_SHOWN)
    slot = next((one for one in slots if one.starts_at.isoformat() == chosen), None)
    try:
        if slot is None:
            raise visits.Taken
        visits.book(visitor.workspace, visitor.contact, slot, by="page", cause=cause, now=visitor.now)
    except visits.Taken as taken:
        return _times(request, visitor, error=str(taken), status=409)
    return HttpResponseRedirect(f"/b/{token}")


def _times(request: HttpRequest, visitor: Visitor, *, error: str = "", status: int = 200) -> HttpResponse:
    zone = ZoneInfo(visitor.workspace.zone)
    slots = visits.free_slots(visitor.workspace, visitor.now, days=DAYS_SHOWN)
    local = [(slot.starts_at.astimezone(zone), slot.starts_at.isoformat()) for slot in slots]
    days = [(day, list(times)) for day, times in groupby(local, key=lambda pair: pair[0].date())]
    visit = visits.upcoming(visitor.workspace, visitor.contact.id, visitor.now)
    shown = {
        "practice": visitor.workspace,
        "contact": visitor.contact,
        "days": days,
        "visit": spoken(visit.starts_at, visitor.workspace.zone) if visit else "",
        "error": error,
        "key": str(uuid.uuid4()),
    }
    return render(request, "public/book.html", shown, status=status)


@csrf_exempt  # RFC 8058: the mail program posts without having seen a page of ours
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask first on a GET (link scanners open everything), stop at once on a POST."""
    try:
        with _visitor("stop", token) as visitor:
            done = request.method == "POST"
            if done:
                close_mailbox(
                    visitor.workspace, visitor.address, source="unsubscribe link",
                    cause=f"unsubscribe:{visitor.address}:{visitor.now:%Y-%m-%dT%H:%M}", now=visitor.now,
                )  # fmt: skip
            shown = {"practice": visitor.workspace, "address": visitor.address, "done": done}
            return render(request, "public/unsubscribe.html", shown)
    except links.BadLink as bad:
        return render(request, "public/bad_link.html", {"why": str(bad)}, status=404)
