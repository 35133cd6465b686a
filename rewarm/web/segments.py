"""Shows the segments with live counts, lets the owner change a rule with a preview, and leads to a launch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rewarm.actions.edit_segment import Found, edit_segment, find
from rewarm.domain.segment import BadRule, explain, parse
from rewarm.models import Campaign, Contact, JourneyVersion, Segment
from rewarm.web.page import page, part
from rewarm.web.workspace import Request, may_decide, staff


@dataclass(frozen=True, slots=True)
class Row:
    """One segment with the people whose primary segment it is."""

    segment: Segment
    english: str
    people: int
    reachable: int
    personal: int
    running: int


@require_GET
@staff
def segments(request: Request) -> HttpResponse:
    """List the segments by what is at stake."""
    counts: dict[str, Mapping[str, Any]] = {
        row["segment"]: row
        for row in Contact.objects.filter(workspace=request.workspace, deceased_on=None).values("segment").annotate(
            people=Count("id"),
            reachable=Count("id", filter=Q(reachable_sms=True) | Q(reachable_email=True)),
            personal=Count("id", filter=Q(has_facts=True)),
        )
    }  # fmt: skip
    campaigns = Campaign.objects.filter(workspace=request.workspace, stopped_at=None)
    running = dict(campaigns.values_list("segment").annotate(n=Count("id")))
    rows = [
        _row(one, counts.get(one.slug, {}), running.get(one.slug, 0))
        for one in Segment.objects.filter(workspace=request.workspace).order_by("rank")
    ]
    outside = counts.get("", {}).get("people", 0)
    return page(request, "segments/list.html", rows=rows, outside=outside, total=sum(row.people for row in rows))


def _row(segment: Segment, counted: Mapping[str, Any], running: int) -> Row:
    people, reachable, personal = (counted.get(key, 0) for key in ("people", "reachable", "personal"))
    return Row(segment, _english(segment.rule), people, reachable, personal, running)


@require_http_methods(["GET", "POST"])
@staff
def one(request: Request, slug: str) -> HttpResponse:
    """Show one segment; a POST changes its rule, or says what is wrong with it and keeps what was typed."""
    segment = segment_of(request, slug)
    rule, name = request.POST.get("rule", segment.rule).strip(), request.POST.get("name", segment.name)
    if request.method == "POST":
        if not may_decide(request):
            return HttpResponseRedirect(f"/segments/{segment.slug}")
        try:
            edit_segment(request.workspace, segment, name=name, rule=rule, now=request.now)
        except BadRule as wrong:
            shown = _shown(request, segment, segment.rule) | {"typed": rule, "wrong": str(wrong)}
            return page(request, "segments/one.html", status=422, **shown)
        messages.success(request, _("Saved. Everybody has been sorted anew."))
        return HttpResponseRedirect(f"/segments/{segment.slug}")
    return page(request, "segments/one.html", **_shown(request, segment, rule), typed=rule)


@require_POST
@staff
def try_rule(request: Request, slug: str) -> HttpResponse:
    """Say whom a rule would find while it is being typed."""
    segment_of(request, slug)
    try:
        found = find(request.workspace, request.POST.get("rule", ""), request.now)
    except BadRule as wrong:
        return part(request, "segments/found.html", wrong=str(wrong))
    return part(request, "segments/found.html", found=found, sample=_sample(request, found))


def _shown(request: Request, segment: Segment, rule: str) -> dict[str, Any]:
    found = find(request.workspace, rule, request.now)
    primary = Contact.objects.filter(workspace=request.workspace, segment=segment.slug, deceased_on=None)
    journeys = JourneyVersion.objects.filter(workspace=request.workspace).order_by("slug", "-version").distinct("slug")
    return {
        "segment": segment,
        "found": found,
        "sample": _sample(request, found),
        "primary": primary.count(),
        "journey": next((one for one in journeys if one.slug == segment.journey), None),
        "campaigns": Campaign.objects.filter(workspace=request.workspace, segment=segment.slug).order_by(
            "-launched_at"
        ),
    }


def _sample(request: Request, found: Found) -> list[Contact]:
    people = Contact.objects.filter(workspace=request.workspace).in_bulk(list(found.sample))
    return [people[one] for one in found.sample if one in people]


def segment_of(request: Request, slug: str) -> Segment:
    """Find a segment of this workspace or say that there is none."""
    segment = Segment.objects.filter(workspace=request.workspace, slug=slug).first()
    if segment is None:
        raise Http404
    return segment


def _english(rule: str) -> str:
    try:
        return explain(parse(rule))
    except BadRule as wrong:
        return str(wrong)


urlpatterns = [
    path("segments", segments, name="segments"),
    path("segments/<slug:slug>", one, name="segment"),
    path("segments/<slug:slug>/try", try_rule),
]
