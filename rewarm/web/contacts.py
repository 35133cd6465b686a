"""Lists the contacts: found by name, phone or e-mail, narrowed by segment and temperature, a page at a time."""

from __future__ import annotations

import re

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

from rewarm.domain.temperature import CLASSES
from rewarm.models import Address, Contact, Segment, Workspace
from rewarm.web.page import page
from rewarm.web.workspace import Request, staff

A_PAGE = 50
SHORTEST_NUMBER = 4


@require_GET
@staff
def contacts(request: Request) -> HttpResponse:
    """Show one page of the contacts that were asked for, the warmest first."""
    asked = {key: request.GET.get(key, "").strip() for key in ("q", "segment", "temperature")}
    rows = Contact.objects.filter(workspace=request.workspace)
    if asked["q"]:
        rows = search(request.workspace, rows, asked["q"])
    if asked["segment"]:
        rows = rows.filter(segment="" if asked["segment"] == "none" else asked["segment"])
    if asked["temperature"]:
        rows = rows.filter(temperature=asked["temperature"])
    pages = Paginator(rows.order_by("-heat", "last_name", "first_name", "id"), A_PAGE)
    segments = Segment.objects.filter(workspace=request.workspace).order_by("rank")
    return page(
        request, "contacts/list.html", found=pages.get_page(request.GET.get("page")), total=pages.count, asked=asked,
        segments=segments, temperatures=reversed(CLASSES), names={one.slug: one.name for one in segments},
    )  # fmt: skip


def search(workspace: Workspace, rows: QuerySet[Contact], text: str) -> QuerySet[Contact]:
    """Narrow to those whose name has every word, or one of whose addresses has the digits or the letters."""
    named = Q()
    for word in text.split():
        named &= Q(first_name__icontains=word) | Q(last_name__icontains=word)
    addresses = Address.objects.filter(workspace=workspace)
    digits = re.sub(r"\D", "", text)
    if "@" in text:
        named |= Q(id__in=addresses.filter(channel="email", address__icontains=text).values("contact"))
    elif len(digits) >= SHORTEST_NUMBER:
        named |= Q(id__in=addresses.filter(channel="phone", address__contains=digits).values("contact"))
    return rows.filter(named)


urlpatterns = [path("contacts", contacts, name="contacts")]
