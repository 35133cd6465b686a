"""Shows who carries our messages: each number and mailbox with its limits and its stop switch, and what it could not deliver."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from rewarm.actions.limit import Limits, limit
from rewarm.actions.resolve import say_what_became_of_it, try_again
from rewarm.actions.stop import resume_sender, stop_sender
from rewarm.actions.take_turn import limits_of, used_today
from rewarm.domain import pace
from rewarm.models import Membership, Sender, Touch, Workspace
from rewarm.web.page import own, page
from rewarm.web.workspace import Request, may_decide, staff

LOOK_BACK = timedelta(days=30)
SEVEN_DAYS = timedelta(days=7)
MOST_SHOWN = 50
HERE = "/setup/senders"


@dataclass(frozen=True, slots=True)
class Week:
    """What became of a sender's messages of the last seven days."""

    sent: int = 0
    delivered: int = 0
    undelivered: int = 0
    in_doubt: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One sender with what it did in the last seven days and what it may still do today."""

    sender: Sender
    week: Week
    used: int  # segments of its brand on the carrier's day
    limit: int | None
    warm_on: date | None  # the day on which it counts as known


@require_GET
@staff
def senders(request: Request) -> HttpResponse:
    """Show every sender, and the messages that a person should look at."""
    workspace = request.workspace
    return page(
        request, "senders/page.html", lines=_lines(request), may_change=request.membership.role != Membership.FRONT_DESK,
        refused=_open(workspace, request, ["failed"]), doubtful=_open(workspace, request, ["unknown", "closed"]),
        most=MOST_SHOWN, tiers=[(score, f"{most:,}") for score, most in pace.T_MOBILE_A_DAY],
    )  # fmt: skip


def _lines(request: Request) -> list[Line]:
    rows = Sender.objects.filter(workspace=request.workspace).order_by("channel", "created_at")
    counted = Touch.objects.filter(workspace=request.workspace, dispatched_at__gt=request.now - SEVEN_DAYS)
    totals = counted.values("sender").annotate(
        sent=Count("id", filter=Q(state="sent")),
        delivered=Count("id", filter=Q(status="delivered")),
        undelivered=Count("id", filter=Q(status="undelivered")),
        in_doubt=Count("id", filter=Q(state__in=["unknown", "closed"])),
        refused=Count("id", filter=Q(state="failed")),
    )
    names = [one.name for one in fields(Week)]
    weeks = {sender: Week(*counts) for sender, *counts in totals.values_list("sender", *names)}
    return [_line(request, one, weeks.get(one.id, Week())) for one in rows]


def _line(request: Request, one: Sender, week: Week) -> Line:
    today, since = pace.day_of(request.now), one.warming_since
    return Line(
        one,
        week,
        used=used_today(request.workspace, one, request.now),
        limit=pace.a_day(limits_of(one), request.now),
        warm_on=since + pace.WARM_AFTER if since and since + pace.WARM_AFTER > today else None,
    )


def _open(workspace: Workspace, request: Request, states: Sequence[str]) -> list[Touch]:
    found = Touch.objects.filter(workspace=workspace, state__in=states, planned_at__gt=request.now - LOOK_BACK)
    return list(found.select_related("contact", "sender").order_by("-dispatched_at", "-planned_at")[:MOST_SHOWN])


@require_POST
@staff
def switch(request: Request, sender: UUID) -> HttpResponse:
    """Stop a sender, which everybody may, or let it go on, which an owner or a marketer may."""
    one = own(Sender, request, sender)
    if not request.POST.get("resume"):
        if stop_sender(request.workspace, one, request.user, request.now):
            messages.success(request, _("Stopped. What it would carry waits, or goes by another of your senders."))
    elif may_decide(request):
        resume_sender(request.workspace, one)
        messages.success(request, _("It carries again. What waited is judged anew before it leaves."))
    return HttpResponseRedirect(HERE)


@require_POST
@staff
def limits(request: Request, sender: UUID) -> HttpResponse:
    """Change what a sender may carry and how much."""
    one = own(Sender, request, sender)
    if not may_decide(request):
        return HttpResponseRedirect(HERE)
    try:
        wanted = Limits.read(request.POST, pace.day_of(request.now))
    except ValueError as wrong:
        messages.error(request, f"{wrong} {_('Nothing was changed.')}")
        return HttpResponseRedirect(HERE)
    limit(request.workspace, one, wanted)
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(HERE)


@require_POST
@staff
def settle(request: Request, touch: UUID) -> HttpResponse:
    """Try a refused message again, or take a person's word for one in doubt."""
    one, word = own(Touch, request, touch), request.POST.get("word", "")
    given = (request.workspace, one.id, request.user, request.now)
    done = try_again(*given) if word == "again" else say_what_became_of_it(*given, arrived=word == "arrived")
    if not done:
        messages.error(request, _("Somebody was faster: this message has moved on meanwhile."))
    elif word == "again":
        messages.success(request, _("It goes through the gate again and leaves as soon as it may."))
    elif word == "arrived":
        messages.success(request, _("Noted as delivered."))
    else:
        messages.success(request, _("Noted as never arrived. You may try it again below."))
    return HttpResponseRedirect(f"{HERE}#open")


@require_POST
@staff
def again(request: Request) -> HttpResponse:
    """Try every refused message of the list again."""
    waiting = _open(request.workspace, request, ["failed"])
    count = sum(try_again(request.workspace, one.id, request.user, request.now) for one in waiting)
    messages.success(
        request, ngettext("%(n)d message is tried again.", "%(n)d messages are tried again.", count) % {"n": count}
    )
    return HttpResponseRedirect(f"{HERE}#open")


urlpatterns = [
    path("setup/senders", senders, name="senders"),
    path("setup/senders/<uuid:sender>/switch", switch),
    path("setup/senders/<uuid:sender>/limits", limits),
    path("setup/undelivered/<uuid:touch>", settle),
    path("setup/undelivered", again),
]
