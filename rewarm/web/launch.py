"""Prepares a launch: whom it would reach, what the holdout can prove, real drafts for real people; a POST starts it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rewarm.actions.enroll import audience, launch
from rewarm.actions.preview import Preview, preview
from rewarm.domain import experiment
from rewarm.models import Campaign, Contact, JourneyVersion, Segment
from rewarm.web.page import page
from rewarm.web.segments import segment_of
from rewarm.web.timeline import Piece, pieces
from rewarm.web.workspace import Request, may_decide, staff

DRAFTS_SHOWN = 5
PACES = (10, 20, 40, 80, 150)
SHARES = (10, 20, 25, 30, 40, 50)
CALM_PACE = 40
_PACE = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class Shown:
    """A draft with its text cut at its sources."""

    preview: Preview
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person chose on the form, kept within what is possible."""

    journey: JourneyVersion
    share: Decimal
    per_day: int


@require_http_methods(["GET", "POST"])
@staff
def prepare(request: Request, slug: str) -> HttpResponse:
    """Show what a launch would do; a POST with the form does it."""
    segment = segment_of(request, slug)
    if request.method == "POST" and not may_decide(request):
        return HttpResponseRedirect(f"/segments/{segment.slug}/launch")
    journeys = list(
        JourneyVersion.objects.filter(workspace=request.workspace).order_by("slug", "-version").distinct("slug")
    )
    people = audience(request.workspace, segment.slug, request.now)
    choice = _choice(request, segment, journeys, len(people))
    if choice is None:
        return page(request, "segments/launch.html", segment=segment, people=people, choice=None)
    if request.method == "POST" and people:
        return _launch(request, segment, choice)
    drafts = preview(request.workspace, choice.journey, _varied(people), request.now)
    return page(
        request, "segments/launch.html", segment=segment, people=people, journeys=journeys, choice=choice, paces=PACES,
        shares=SHARES, plan=experiment.plan(len(people), float(choice.share)) if people else None,
        percent=int(choice.share * 100), days=-(-len(people) // choice.per_day),
        drafts=[Shown(one, tuple(_cut(one))) for one in drafts],
        running=Campaign.objects.filter(workspace=request.workspace, segment=segment.slug, stopped_at=None).count(),
    )  # fmt: skip


def _launch(request: Request, segment: Segment, choice: Choice) -> HttpResponse:
    campaign = launch(
        request.workspace, segment=segment.slug, journey_slug=choice.journey.slug, holdout=choice.share,
        per_day=choice.per_day, now=request.now, by=request.user, name=segment.name,
    )  # fmt: skip
    said = _("“%(name)s” is launched. The first messages leave at the next good hour.")
    messages.success(request, said % {"name": campaign.name})
    return HttpResponseRedirect("/journeys")


def _choice(request: Request, segment: Segment, journeys: Sequence[JourneyVersion], people: int) -> Choice | None:
    asked = request.POST if request.method == "POST" else request.GET
    by_slug = {one.slug: one for one in journeys}
    journey = by_slug.get(asked.get("journey", "")) or by_slug.get(segment.journey) or next(iter(journeys), None)
    if journey is None:
        return None
    pace = asked.get("per_day", "")
    per_day = int(pace) if _PACE.fullmatch(pace) else CALM_PACE
    return Choice(journey, _share(asked.get("holdout", ""), people), per_day)


def _share(percent: str, people: int) -> Decimal:
    """Read the share to hold out, at most 90 %; the advised one for what is no number."""
    try:
        return min(max(Decimal(percent) / 100, Decimal(0)), Decimal("0.9"))
    except InvalidOperation:  # a NaN too, as soon as it is compared
        return Decimal(str(experiment.default_share(people)))


def _varied(people: Sequence[Contact]) -> list[Contact]:
    """Pick people of whom we know something and one of whom we know nothing: the weakest draft should be seen too."""
    known = [one for one in people if one.has_facts][: DRAFTS_SHOWN - 1]
    plain = [one for one in people if not one.has_facts][: DRAFTS_SHOWN - len(known)]
    return [*known, *plain]


def _cut(one: Preview) -> Sequence[Piece]:
    sources = [{"start": s.start, "end": s.end, "kind": s.kind, "id": s.id} for s in one.draft.sources]
    return list(pieces(one.draft.text, sources, one.quotes))


urlpatterns = [path("segments/<slug:slug>/launch", prepare, name="launch")]
