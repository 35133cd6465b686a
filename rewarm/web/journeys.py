"""Shows each journey as a picture, the campaigns that run on it with where their people stand, and their stop switch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rewarm.actions.stop import resume_campaign, stop_campaign
from rewarm.domain.journey import Journey, Step, from_spec
from rewarm.models import Campaign, Enrollment, JourneyVersion, Workspace
from rewarm.web.page import own, page
from rewarm.web.workspace import Request, may_decide, staff


@dataclass(frozen=True, slots=True)
class Stop:
    """One step in the picture: on which day it comes when nobody answers, and how many wait right before it."""

    step: Step
    day: int
    wait: int
    here: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """One journey as a picture."""

    journey: Journey
    description: str
    stops: tuple[Stop, ...]
    days: int
    then: str


@dataclass(frozen=True, slots=True)
class Running:
    """One campaign and what became of its people."""

    campaign: Campaign
    people: int
    held_out: int
    active: int
    paused: int
    ended: tuple[tuple[str, int], ...]


@require_GET
@staff
def journeys(request: Request) -> HttpResponse:
    """Show the latest version of each journey and every campaign."""
    workspace = request.workspace
    versions = list(JourneyVersion.objects.filter(workspace=workspace).order_by("slug", "-version").distinct("slug"))
    names = {one.slug: str(one.spec["name"]) for one in versions}
    waiting = _waiting(workspace)
    drawn = [_drawn(one, waiting, names) for one in versions]
    drawn.sort(key=lambda one: len(one.stops))
    return page(request, "journeys/page.html", drawn=drawn, campaigns=_campaigns(workspace))


def _waiting(workspace: Workspace) -> Mapping[tuple[UUID, int], int]:
    rows = Enrollment.objects.filter(workspace=workspace, status="active", arm="treated").values("journey", "step")
    return {(row["journey"], row["step"]): row["n"] for row in rows.annotate(n=Count("id"))}


def _drawn(version: JourneyVersion, waiting: Mapping[tuple[UUID, int], int], names: Mapping[str, str]) -> Drawn:
    plan = from_spec(version.spec)
    day, stops = timedelta(), []
    for number, step in enumerate(plan.steps):
        day += step.wait
        stops.append(Stop(step, day.days + 1, step.wait.days, waiting.get((version.id, number), 0)))
    return Drawn(
        plan, str(version.spec.get("description", "")), tuple(stops), day.days + 1, names.get(plan.then or "", "")
    )


def _campaigns(workspace: Workspace) -> list[Running]:
    places: dict[UUID, Counter[tuple[str, str, str]]] = {}
    # A person who went on to the next journey of a campaign counts once, where they stand now.
    latest = Enrollment.objects.filter(workspace=workspace).order_by("campaign", "contact", "-enrolled_at", "-id")
    for campaign, arm, status, reason in latest.distinct("campaign", "contact").values_list(
        "campaign", "arm", "status", "reason"
    ):
        places.setdefault(campaign, Counter())[arm, status, reason or ""] += 1
    campaigns = Campaign.objects.filter(workspace=workspace).select_related("journey", "launched_by")
    return [_running(one, places.get(one.id, Counter())) for one in campaigns.order_by("-launched_at", "name")]


def _running(campaign: Campaign, places: Counter[tuple[str, str, str]]) -> Running:
    def count(status: str) -> int:
        return sum(n for (arm, state, _), n in places.items() if state == status and arm == "treated")

    ended = Counter[str]()
    for (arm, state, why), n in places.items():
        if state == "ended" and arm == "treated":
            ended[why] += n
    held_out = sum(n for (arm, _, _), n in places.items() if arm == "holdout")
    return Running(campaign, places.total(), held_out, count("active"), count("paused"), tuple(ended.most_common()))


@require_POST
@staff
def switch(request: Request, campaign: UUID) -> HttpResponse:
    """Stop a campaign, which everybody may, or let it go on, which an owner or a marketer may."""
    found = own(Campaign, request, campaign)
    if request.POST.get("resume"):
        if may_decide(request):
            resume_campaign(request.workspace, found)
            messages.success(request, _("“%(name)s” goes on.") % {"name": found.name})
    elif stop_campaign(request.workspace, found, request.user, request.now):
        messages.success(request, _("“%(name)s” is stopped. Answers to its people go on.") % {"name": found.name})
    return HttpResponseRedirect("/journeys")


urlpatterns = [path("journeys", journeys, name="journeys"), path("campaigns/<uuid:campaign>/switch", switch)]
