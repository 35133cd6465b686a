"""Writes down what came of it: a visit booked by phone, kept or missed, and what was bought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from rewarm.actions.advance import advance
from rewarm.actions.book import LIVE, current_enrollment, drop_notices, note_booked, note_next, plan_reminders
from rewarm.actions.remember import remember
from rewarm.domain import journey
from rewarm.domain.event import Happened, Kind
from rewarm.models import Address, Appointment, Contact, Enrollment, Handoff, Outcome, Workspace
from rewarm.models.base import uuid7

VISIT = timedelta(minutes=60)
SAME_VISIT = timedelta(hours=12)  # two reports of one kind this near to each other speak of one visit
LATE_REPORT = timedelta(days=14)
KINDS = {"booked": Kind.BOOKED, "showed": Kind.SHOWED, "no_show": Kind.MISSED, "purchased": Kind.PURCHASED}


@dataclass(frozen=True, slots=True)
class Reported:
    """What the desk, the practice's system or an integration reports; `key` makes a repetition harmless."""

    key: str
    kind: str
    address: str
    at: datetime
    starts_at: datetime | None = None
    amount: Decimal | None = None
    currency: str = "USD"


class Unmatched(ValueError):
    """Nobody in this workspace has that phone or mailbox."""

    def __init__(self, address: str) -> None:
        super().__init__(
            f"Nobody in this workspace has the address {address}. Import the contact first, or check the number."
        )


@transaction.atomic
def record(workspace: Workspace, reported: Reported, now: datetime) -> bool:
    """Record one outcome; False when it was recorded before. Raises Unmatched, and ValueError for an unknown kind."""
    if reported.kind not in KINDS:
        raise ValueError(f"“{reported.kind}” is no outcome; known are {', '.join(KINDS)}.")
    if reported.at > now + timedelta(days=1):
        raise ValueError(f"“{reported.at.isoformat()}” has not come yet; report what has happened.")
    if Outcome.objects.filter(workspace=workspace, cause=_cause(reported)).exists():
        return False
    contact = _contact(workspace, reported.address)
    if reported.kind == "booked":
        return _booked(workspace, contact, reported, now)
    visit = _visit(workspace, contact, reported)
    if visit is None and _told_already(workspace, contact, reported):
        return False
    fresh = _outcome(workspace, contact, reported, visit)
    if fresh:
        if reported.kind in ("showed", "no_show"):
            _close_visit(workspace, contact, visit, reported, now)
        else:
            Contact.objects.filter(id=contact.id).update(
                purchases_total=Coalesce(F("purchases_total"), Value(Decimal(0))) + (reported.amount or Decimal(0)),
                is_customer=True,
            )
        remember(workspace.id, [Happened(KINDS[reported.kind], reported.at, contact.id, f"report:{reported.key}")])
    return fresh


def _cause(reported: Reported) -> str:
    """Name the report; a system may use one number for a visit and for what was bought in it."""
    return f"report:{reported.kind}:{reported.key}"


def _told_already(workspace: Workspace, contact: Contact, reported: Reported) -> bool:
    """Tell whether somebody else has reported this very visit, under an identifier of their own."""
    same = Outcome.objects.filter(workspace=workspace, contact=contact, kind=reported.kind)
    near = (reported.at - SAME_VISIT, reported.at + SAME_VISIT)
    return reported.kind in ("showed", "no_show") and same.filter(at__range=near).exists()


def _contact(workspace: Workspace, address: str) -> Contact:
    holders = Address.objects.filter(workspace=workspace, address=address).values_list("contact_id", flat=True)
    # A shared phone: the one whom we last enrolled is the one whom this is most likely about.
    contact = (
        Contact.objects.filter(workspace=workspace, id__in=list(holders))
        .order_by(F("next_appointment_at").desc(nulls_last=True), "id")
        .first()
    )
    if contact is None:
        raise Unmatched(address)
    return contact


def _visit(workspace: Workspace, contact: Contact, reported: Reported) -> Appointment | None:
    visits = Appointment.objects.filter(workspace=workspace, contact=contact, starts_at__lte=reported.at + SAME_VISIT)
    if reported.kind in ("showed", "no_show"):
        visits = visits.filter(state__in=LIVE, starts_at__gte=reported.at - LATE_REPORT)
    return visits.order_by("-starts_at").first()


def _booked(workspace: Workspace, contact: Contact, reported: Reported, now: datetime) -> bool:
    """Enter a visit that was arranged without us: it takes no clinician's time that we know of."""
    starts_at = reported.starts_at or reported.at + timedelta(days=7)
    ours = Appointment.objects.filter(workspace=workspace, contact=contact, state__in=LIVE, starts_at=starts_at)
    if ours.exclude(cause=f"report:{reported.key}").exists():
        return False  # the visit that we booked ourselves has come back from the practice's own calendar
    visit, fresh = Appointment.objects.get_or_create(
        workspace=workspace,
        cause=f"report:{reported.key}",
        defaults={
            "contact": contact, "starts_at": starts_at, "ends_at": starts_at + VISIT, "zone": workspace.zone,
            "booked_at": reported.at, "booked_by": "phone",
        },
    )  # fmt: skip
    if fresh:
        note_booked(workspace, contact, visit, source="phone", now=reported.at)
        Contact.objects.filter(id=contact.id).update(appointment_status="booked")
        note_next(workspace, contact.id, now)
        Handoff.objects.filter(workspace=workspace, contact=contact, closed_at=None).update(
            closed_at=now, closed_because="booked by phone"
        )
        plan_reminders(workspace, contact, visit, now)
    return fresh


def _outcome(workspace: Workspace, contact: Contact, reported: Reported, visit: Appointment | None) -> bool:
    outcome = Outcome(
        id=uuid7(), workspace=workspace, contact=contact, enrollment=_enrollment(workspace, contact.id, visit),
        appointment=visit, kind=reported.kind, at=reported.at, amount=reported.amount,
        currency=reported.currency if reported.amount is not None else "", source="report", cause=_cause(reported),
    )  # fmt: skip
    Outcome.objects.bulk_create([outcome], ignore_conflicts=True)
    return Outcome.objects.filter(id=outcome.id).exists()


def _enrollment(workspace: Workspace, contact: UUID, visit: Appointment | None) -> Enrollment | None:
    """Credit the enrollment that the booking was credited to, else the latest."""
    if visit is not None:
        booked = Outcome.objects.filter(workspace=workspace, appointment=visit, kind="booked").first()
        if booked is not None and booked.enrollment is not None:
            return booked.enrollment
    return current_enrollment(workspace, contact)


def _close_visit(
    workspace: Workspace, contact: Contact, visit: Appointment | None, reported: Reported, now: datetime
) -> None:
    showed = reported.kind == "showed"
    if visit is not None:
        Appointment.objects.filter(id=visit.id).update(state=reported.kind, closed_at=reported.at)
        drop_notices(workspace, visit)
    fields: dict[str, object] = {"last_appointment_on": reported.at.date()}
    if showed:
        fields |= {
            "attended_on": reported.at.date(),
            "last_past_appointment": "kept",
            "appointment_status": "kept",
        }
    else:
        fields |= {
            "missed_on": reported.at.date(), "last_past_appointment": "missed", "appointment_status": "missed",
            "no_shows": F("no_shows") + 1,
        }  # fmt: skip
    Contact.objects.filter(id=contact.id).update(**fields)
    note_next(workspace, contact.id, now)
    if not showed:
        live = Enrollment.objects.filter(workspace=workspace, contact=contact).exclude(status="ended")
        advance(workspace, {place.id: (journey.AppointmentMissed(),) for place in live}, now)
