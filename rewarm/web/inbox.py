"""Shows the threads and lets a person take one over: claim, answer, book, give back, put aside."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import wraps
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rewarm.actions import book as visits
from rewarm.actions import hand_off
from rewarm.actions.snooze import snooze
from rewarm.domain.free_time import Slot, spoken
from rewarm.models import Appointment, Contact, Conversation, Fact, Handoff, Message, Workspace
from rewarm.web import threads
from rewarm.web.page import own, page, part
from rewarm.web.suggest import suggestions
from rewarm.web.workspace import Request, staff

LONGEST_TEXT = 1_000
SLOT_DAYS = 10
BRIEF_LABELS = ("Who", "Why now", "History", "What we know", "Likely to worry about", "The talk so far", "Next")
CLOSED_BECAUSE = ("booked", "answered", "called them", "not interested", "not reachable", "nothing to do")


@require_GET
@staff
def inbox(request: Request) -> HttpResponse:
    """Show the list of threads alone; opens with those that need a person, or the open ones when none does."""
    return page(request, "inbox/page.html", **_list(request))


@require_GET
@staff
def listing(request: Request) -> HttpResponse:
    """Show the list again after something happened."""
    return part(request, "inbox/list.html", **_list(request), current=request.GET.get("current", ""))


@require_GET
@staff
def one(request: Request, contact: UUID) -> HttpResponse:
    """Show one thread with its list, the story beside it, and what could be answered."""
    person = own(Contact, request, contact)
    return page(request, "inbox/page.html", **_list(request), **_talk(request, person), **_aside(request, person))


@require_GET
@staff
def talk(request: Request, contact: UUID) -> HttpResponse:
    """Show the talk again when it changed; 204 while it has not."""
    shown = _talk(request, own(Contact, request, contact))
    if request.GET.get("version") == shown["version"]:
        return HttpResponse(status=204)
    return part(request, "inbox/talk.html", **shown)


def _list(request: Request) -> dict[str, Any]:
    wanted = request.GET.get("view", "")
    view = wanted if wanted in dict(threads.VIEWS) else "needs"
    listed = threads.threads(request.workspace, view, request.now)
    if not listed and not wanted:
        view = "open"
        listed = threads.threads(request.workspace, view, request.now)
    return {"view": view, "views": threads.VIEWS, "listed": listed}


def _talk(request: Request, contact: Contact) -> dict[str, Any]:
    said = threads.thread(request.workspace, contact)
    return {"contact": contact, "said": said, "version": threads.version(said), "current": str(contact.id)}


def _aside(request: Request, contact: Contact) -> dict[str, Any]:
    workspace = request.workspace
    handoff = (
        Handoff.objects.filter(workspace=workspace, contact=contact, closed_at=None)
        .select_related("claimed_by")
        .first()
    )
    last = _last_in(workspace, contact)
    return {
        "handoff": handoff,
        "brief": brief_lines(handoff.brief) if handoff else [],
        "conversation": Conversation.objects.filter(workspace=workspace, contact=contact).first(),
        "facts": Fact.objects.filter(workspace=workspace, contact=contact, hidden_at=None).order_by("-said_on")[:6],
        "visit": visits.upcoming(workspace, contact.id, request.now),
        "slot_days": _slot_days(workspace, request.now),
        "suggested": suggestions(workspace, last, request.now),
        "last_in": last,
        "may_write": may_write(contact, last),
        "closings": CLOSED_BECAUSE,
        "longest": LONGEST_TEXT,
    }


def _last_in(workspace: Workspace, contact: Contact) -> Message | None:
    rows = Message.objects.filter(workspace=workspace, contact=contact, direction="in")
    return rows.order_by("-at", "-id").first()


def may_write(contact: Contact, last: Message | None) -> bool:
    """Tell whether a person may write: to whoever wrote to us, or agreed to texts; nobody is texted out of the blue."""
    return last is not None or contact.reachable_sms


def brief_lines(brief: str) -> list[tuple[str, str]]:
    """Take a brief apart into its labelled parts."""
    parts: list[tuple[str, str]] = []
    for line in brief.split("\n"):
        label, colon, rest = line.partition(":")
        if colon and label in BRIEF_LABELS:
            parts.append((label, rest.strip()))
        elif parts:
            parts[-1] = (parts[-1][0], f"{parts[-1][1]}\n{line}".strip())
    return parts


def _slot_days(workspace: Workspace, now: datetime) -> list[tuple[datetime, list[Slot]]]:
    zone = ZoneInfo(workspace.zone)
    slots = visits.free_slots(workspace, now, days=SLOT_DAYS)
    days = groupby(slots, key=lambda slot: slot.starts_at.astimezone(zone).date())
    return [(datetime.combine(day, time(12), zone), list(free)) for day, free in days]


# -- what a person does ------------------------------------------------------------------------------------------------

Act = Callable[[Request, Contact], HttpResponse | None]


def _act(action: Act) -> Callable[..., HttpResponse]:
    """Turn an act on a contact's thread into a view that comes back to the thread."""

    @require_POST
    @staff
    @wraps(action)
    def view(request: Request, contact: UUID) -> HttpResponse:
        person = own(Contact, request, contact)
        return action(request, person) or HttpResponseRedirect(f"/inbox/{person.id}")

    return view


@_act
def answer(request: Request, contact: Contact) -> HttpResponse | None:
    """Send what the person wrote, once however often it is posted."""
    body, key = request.POST.get("body", "").strip(), request.POST.get("key", "")
    if not key:
        return HttpResponseBadRequest("The form is incomplete. Please reload the page.")
    if not body:
        messages.error(request, _("There was nothing to send: the message was empty."))
    elif not may_write(contact, _last_in(request.workspace, contact)):
        messages.error(
            request, _("They never wrote to us and have not agreed to texts. Nothing was sent; call them instead.")
        )
    elif len(body) > LONGEST_TEXT:
        messages.error(request, _("That message is too long for a text. Nothing was sent; please shorten it."))
    else:
        hand_off.answer(request.workspace, contact, request.user, body, request.now, key=key)
    return None


@_act
def claim(request: Request, contact: Contact) -> HttpResponse | None:
    """Take the open handoff; say who was faster when somebody was."""
    waiting = Handoff.objects.filter(workspace=request.workspace, contact=contact, closed_at=None).first()
    if waiting and not hand_off.claim(request.workspace, waiting.id, request.user, request.now):
        waiting.refresh_from_db()
        if waiting.claimed_by and waiting.claimed_by != request.user:
            messages.error(request, _("%(name)s took this one just before you.") % {"name": waiting.claimed_by})
    return None


@_act
def close(request: Request, contact: Contact) -> HttpResponse | None:
    """Close the handoff with what came of it; the assistant has the thread again."""
    because = request.POST.get("because", "")[:200] or "nothing to do"
    waiting = Handoff.objects.filter(workspace=request.workspace, contact=contact, closed_at=None).first()
    if waiting:
        hand_off.close(request.workspace, waiting.id, request.user, because, request.now)
        _switch(request, contact, on=True)
        messages.success(request, _("Closed. The assistant takes over again."))
    return HttpResponseRedirect("/inbox")


@_act
def assistant(request: Request, contact: Contact) -> HttpResponse | None:
    """Turn the assistant on or off in this thread."""
    _switch(request, contact, on=request.POST.get("on") == "1")
    return None


def _switch(request: Request, contact: Contact, *, on: bool) -> None:
    thread = Conversation.objects.filter(workspace=request.workspace, contact=contact).first()
    if thread:
        hand_off.switch(request.workspace, thread, on=on, user=request.user, now=request.now)


@_act
def put_aside(request: Request, contact: Contact) -> HttpResponse | None:
    """Put the thread aside for some days, till nine in the morning of the practice."""
    thread = Conversation.objects.filter(workspace=request.workspace, contact=contact).first()
    days = request.POST.get("days", "")
    if thread and days in ("0", "1", "3", "7"):
        local = request.now.astimezone(ZoneInfo(request.workspace.zone)) + timedelta(days=int(days))
        snooze(request.workspace, thread, local.replace(hour=9, minute=0, second=0) if days != "0" else None)
        messages.success(request, _("Put aside; it comes back by itself, and at once when they write."))
    return HttpResponseRedirect("/inbox")


@_act
def book(request: Request, contact: Contact) -> HttpResponse | None:
    """Book a free time for them; the visit that they have is moved there."""
    wanted = request.POST.get("starts_at", "")
    slots = visits.free_slots(request.workspace, request.now, days=SLOT_DAYS)
    slot = next((free for free in slots if free.starts_at.isoformat() == wanted), None)
    key = request.POST.get("key") or str(uuid.uuid4())
    try:
        if slot is None and not Appointment.objects.filter(workspace=request.workspace, cause=f"desk:{key}").exists():
            raise visits.Taken
        if slot is not None:
            visits.book(request.workspace, contact, slot, by="desk", cause=f"desk:{key}", now=request.now)
            messages.success(request, _("Booked: %(when)s.") % {"when": spoken(slot.starts_at, request.workspace.zone)})
    except visits.Taken as taken:
        messages.error(request, str(taken))
    return None


urlpatterns = [
    path("inbox", inbox, name="inbox"),
    path("inbox/list", listing, name="inbox-list"),
    path("inbox/<uuid:contact>", one, name="thread"),
    path("inbox/<uuid:contact>/talk", talk),
    path("inbox/<uuid:contact>/answer", answer),
    path("inbox/<uuid:contact>/claim", claim),
    path("inbox/<uuid:contact>/close", close),
    path("inbox/<uuid:contact>/assistant", assistant),
    path("inbox/<uuid:contact>/snooze", put_aside),
    path("inbox/<uuid:contact>/book", book),
]
