"""Shows one contact: who they are, what we know and from where, what they allowed, and all that happened with the reasons."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rewarm.actions.ask_ahead import ask_ahead
from rewarm.actions.book import upcoming
from rewarm.actions.correct_fact import hide, show_again
from rewarm.domain.consent import Standing, standing
from rewarm.domain.explanation import Explanation
from rewarm.domain.person import EMOTION
from rewarm.models import Address, Consent, Contact, Enrollment, Fact, Handoff, Segment, Source, Workspace
from rewarm.models.outbox import ledger
from rewarm.web.page import own, page
from rewarm.web.timeline import timeline
from rewarm.web.workspace import Request, staff

DATES = (
    ("inquired_on", "Asked us"), ("last_test_on", "Last test"), ("last_fitting_on", "Last fitting"),
    ("last_appointment_on", "Last visit"), ("missed_on", "Missed a visit"), ("last_contact_on", "Last contact"),
    ("last_answer_on", "Last answered"),
)  # fmt: skip


FILES = {"delimited": "A table (CSV)", "workbook": "A workbook (Excel)", "vcard": "Contact cards (vCard)"}


@dataclass(frozen=True, slots=True)
class Reach:
    """One address and what holds for it on one channel."""

    address: Address
    channel: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the gate would say of an invitation by one channel at this minute."""

    channel: str
    told: Explanation

    @property
    def short(self) -> tuple[str, str]:
        """Say it in a word or two, with the colour that goes with it."""
        match self.told.verdict:
            case "allow":
                return _("may go"), "good"
            case "delay":
                return _("must wait"), "warm"
            case _:
                return _("no"), "bad"


@require_GET
@staff
def contact(request: Request, contact: UUID) -> HttpResponse:
    """Show the whole page of a contact."""
    person, workspace = own(Contact, request, contact), request.workspace
    addresses = list(Address.objects.filter(workspace=workspace, contact=person).order_by("channel", "rank"))
    lines = Consent.objects.filter(workspace=workspace, address__in=[one.address for one in addresses])
    segment = Segment.objects.filter(workspace=workspace, slug=person.segment).first()
    return page(
        request, "contacts/one.html", contact=person, segment=segment,
        dates=[(name, getattr(person, field)) for field, name in DATES if getattr(person, field)],
        facts=_facts(workspace, person),
        notes=person.notes.order_by("-written_on"),
        ahead=[Ahead(*one) for one in ask_ahead(workspace, person, request.now).items()],
        reach=_reach(workspace, addresses),
        ledger=lines.select_related("actor", "evidence").order_by("-recorded_at"),
        timeline=timeline(workspace, person),
        visit=upcoming(workspace, person.id, request.now),
        enrollment=_enrollment(workspace, person),
        sources=[(_kind_of(one), one.merged_because) for one in Source.objects.filter(workspace=workspace, contact=person)],
        handoff=Handoff.objects.filter(workspace=workspace, contact=person, closed_at=None).first(),
    )  # fmt: skip


def _kind_of(source: Source) -> str:
    """Say what kind of file a row came from; what tells two files of a kind apart is for machines."""
    kind = source.system.partition(" ")[0]
    return FILES.get(kind, source.system)


def _enrollment(workspace: Workspace, person: Contact) -> Enrollment | None:
    rows = Enrollment.objects.filter(workspace=workspace, contact=person).select_related("campaign", "journey")
    return rows.order_by("-enrolled_at").first()


def _facts(workspace: Workspace, person: Contact) -> list[Fact]:
    """Read what is known, the most moving kinds first; a quote that stands in several notes is shown once."""
    rows = (
        Fact.objects.filter(workspace=workspace, contact=person)
        .select_related("note", "message")
        .order_by("-said_on", "id")
    )
    once: dict[tuple[str, str], Fact] = {}
    for one in rows:
        once.setdefault((one.kind, one.quote.casefold()), one)
    rank = {kind: number for number, kind in enumerate(EMOTION)}
    return sorted(once.values(), key=lambda one: rank.get(one.kind, len(rank)))


def _reach(workspace: Workspace, addresses: list[Address]) -> list[Reach]:
    """Say for each address whether marketing may go there, by the same reading of the ledger as the gate's."""
    entries = ledger(workspace.id, [one.address for one in addresses], workspace.legal_name)
    return [
        Reach(one, channel, standing(entries.get(one.address, ()), channel))
        for one in addresses
        for channel in (("email",) if one.channel == "email" else ("sms", "call"))
    ]


@require_POST
@staff
def hide_fact(request: Request, contact: UUID, fact: UUID) -> HttpResponse:
    """Take a wrong fact back, or put it back when the click was wrong."""
    person = own(Contact, request, contact)
    found = Fact.objects.filter(workspace=request.workspace, contact=person, id=fact).first()
    if found and request.POST.get("again"):
        show_again(request.workspace, found)
    elif found:
        hide(request.workspace, found, request.now)
    return HttpResponseRedirect(f"/contacts/{person.id}#facts")


urlpatterns = [
    path("contacts/<uuid:contact>", contact, name="contact"),
    path("contacts/<uuid:contact>/facts/<uuid:fact>/hide", hide_fact),
]
