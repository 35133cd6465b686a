"""Books, moves and calls off visits; the database itself makes a double booking impossible."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from rewarm.actions.advance import advance
from rewarm.actions.remember import remember
from rewarm.adapters import invitation
from rewarm.adapters.reply_texts import text
from rewarm.domain import free_time, journey
from rewarm.domain.event import Happened, Kind
from rewarm.domain.free_time import Busy, Slot
from rewarm.models import Address, Appointment, Clinician, Contact, Enrollment, Outcome, Touch, Workspace
from rewarm.models.base import uuid7

LOOK_AHEAD_DAYS = 21
HOURS_BEFORE = timedelta(hours=3)
EARLIEST, LATEST = 10, 17  # o'clock at the practice
LIVE = ("booked", "confirmed")


class Taken(Exception):
    """That time was just taken. Please choose another one."""

    def __init__(self) -> None:
        super().__init__("That time was just taken. Please choose another one.")


def free_slots(workspace: Workspace, now: datetime, *, days: int = LOOK_AHEAD_DAYS) -> list[Slot]:
    """List the free slots of all clinicians in the coming days, one for each start, in order of time."""
    until = now + timedelta(days=days + 1)
    busy = [
        Busy(starts_at, ends_at, str(clinician))
        for starts_at, ends_at, clinician in Appointment.objects.filter(
            workspace=workspace, starts_at__lt=until, ends_at__gt=now
        )
        .exclude(state="cancelled")
        .exclude(clinician=None)
        .values_list("starts_at", "ends_at", "clinician_id")
    ]
    slots: dict[datetime, Slot] = {}
    for clinician in Clinician.objects.filter(workspace=workspace).order_by("name"):
        for slot in free_time.free(
            str(clinician.id), hours=clinician.hours, minutes=clinician.slot_minutes, zone=workspace.zone, busy=busy,
            start=now, days=days,
        ):  # fmt: skip
            slots.setdefault(slot.starts_at, slot)
    return [slots[start] for start in sorted(slots)]


def book(
    workspace: Workspace,
    contact: Contact,
    slot: Slot,
    *,
    by: str,
    cause: str,
    now: datetime,
) -> Appointment:
    """Book a slot and everything that follows from it: goal reached, invitation by e-mail, reminders.

    A visit that lies ahead is given up in the same transaction, so that two windows never leave two visits behind.
    Raises Taken when somebody else has the time; nothing is changed then. The same `cause` twice returns the first booking.
    """
    try:
        with transaction.atomic():
            Contact.objects.select_for_update().get(id=contact.id)
            existing = Appointment.objects.filter(workspace=workspace, cause=cause).first()
            if existing is not None:
                return existing
            instead = upcoming(workspace, contact.id, now)
            if instead is not None:
                Appointment.objects.filter(id=instead.id).update(state="cancelled", closed_at=now)
            booked = Appointment.objects.create(
                workspace=workspace, contact=contact, clinician_id=UUID(slot.clinician), starts_at=slot.starts_at,
                ends_at=slot.ends_at, zone=workspace.zone, booked_at=now, booked_by=by, cause=cause,
                sequence=instead.sequence + 1 if instead else 0,
            )  # fmt: skip
    except IntegrityError as error:
        if "appointment_no_double_booking" not in str(error):
            raise
        raise Taken from error
    with transaction.atomic():
        _follow(workspace, contact, booked, now, instead)
    return booked


def _follow(
    workspace: Workspace, contact: Contact, booked: Appointment, now: datetime, instead: Appointment | None
) -> None:
    if instead is not None:
        drop_notices(workspace, instead)
        remember(workspace.id, [Happened(Kind.RESCHEDULED, now, contact.id, f"appointment:{booked.id}")])
    else:
        note_booked(workspace, contact, booked, source=booked.booked_by, now=now)
    Contact.objects.filter(id=contact.id).update(next_appointment_at=booked.starts_at, appointment_status="booked")
    _invite(workspace, contact, booked, now)
    plan_reminders(workspace, contact, booked, now)


def note_booked(workspace: Workspace, contact: Contact, booked: Appointment, *, source: str, now: datetime) -> None:
    """Count a booking as the outcome that journeys aim for, whoever made it."""
    enrollment = current_enrollment(workspace, contact.id)
    Outcome.objects.bulk_create(
        [
            Outcome(
                id=uuid7(), workspace=workspace, contact=contact, enrollment=enrollment, appointment=booked, kind="booked",
                at=now, source=source, cause=f"booked:{booked.id}",
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    remember(workspace.id, [Happened(Kind.BOOKED, now, contact.id, f"appointment:{booked.id}", {"by": source})])
    live = Enrollment.objects.filter(workspace=workspace, contact=contact).exclude(status="ended")
    waiting = Touch.objects.filter(workspace=workspace, contact=contact, state="planned", purpose="marketing")
    doomed = list(waiting.values_list("id", flat=True))
    waiting.update(state="suppressed", reason="booked")
    remember(
        workspace.id,
        [Happened(Kind.TOUCH_SUPPRESSED, now, contact.id, f"touch:{one}", {"reason": "booked"}) for one in doomed],
    )
    advance(workspace, {place.id: (journey.Booked(),) for place in live}, now)


def current_enrollment(workspace: Workspace, contact: UUID) -> Enrollment | None:
    """Find the enrollment that an outcome belongs to: the latest one, ended or not, in either arm."""
    return Enrollment.objects.filter(workspace=workspace, contact_id=contact).order_by("-enrolled_at", "-id").first()


def _invite(workspace: Workspace, contact: Contact, booked: Appointment, now: datetime) -> None:
    """Send the invitation file to the person's mailbox, if we have one."""
    address = Address.objects.filter(workspace=workspace, contact=contact, channel="email", unusable_at=None)
    mailbox = address.order_by("rank").values_list("address", flat=True).first()
    if mailbox is None:
        return
    when = free_time.spoken(booked.starts_at, workspace.zone)
    body = f"Hello{' ' + contact.first_name if contact.first_name else ''},\n\nyour visit at {workspace.name} is on {when}."
    body += f"\n\n{workspace.postal_address}\n{workspace.profile.get('phone_spoken', workspace.phone)}"
    body += "\n\nIf you need another time, just reply to this message or call us."
    _plan(
        workspace, contact, booked, now, cause=f"invite:{booked.id}:{booked.sequence}", purpose="informational",
        channel="email", due=now, body=body, subject=f"Your visit on {when}", address=mailbox,
        extra={"ics": invitation.write(booked, workspace, contact, now, uid=_first_of(booked).id)},
    )  # fmt: skip


def _first_of(visit: Appointment) -> Appointment:
    """Go back through its moves to the visit as it was first booked: that is the one in people's calendars."""
    while visit.sequence > 0:
        moved = Appointment.objects.filter(
            workspace=visit.workspace, contact=visit.contact, state="cancelled", closed_at=visit.booked_at,
            sequence=visit.sequence - 1,
        ).first()  # fmt: skip
        if moved is None:
            break
        visit = moved
    return visit


def plan_reminders(workspace: Workspace, contact: Contact, booked: Appointment, now: datetime) -> None:
    """Plan the reminders that still lie ahead; each is judged again when it is due."""
    zone = ZoneInfo(workspace.zone)
    first = f" {contact.first_name}" if contact.first_name else ""
    starts = booked.starts_at.astimezone(zone)
    for rung, due in (("day", _the_day_before(starts)), ("hours", starts - HOURS_BEFORE)):
        # Nobody needs reminding an hour after they booked, nor before breakfast.
        if due - now < timedelta(hours=4) or due.hour < EARLIEST:
            continue
        said = text(
            f"reminder_{rung}", first=first, practice=workspace.name, when=_relative(starts, due, workspace.zone)
        )
        _plan(
            workspace, contact, booked, now, cause=f"remind:{booked.id}:{rung}", purpose="reminder", channel="sms",
            due=due.astimezone(UTC), body=said, expires_at=booked.starts_at - timedelta(hours=1),
        )  # fmt: skip


def _the_day_before(starts: datetime) -> datetime:
    """Remind on the day before in the hours that are decent a zone further east or west too."""
    hour = min(max(starts.hour, EARLIEST), LATEST)
    return (starts - timedelta(days=1)).replace(hour=hour, minute=0)


def _relative(starts: datetime, said: datetime, zone: str) -> str:
    days = (starts.date() - said.date()).days
    at = f"{starts.hour % 12 or 12}:{starts:%M %p}"
    if days == 0:
        return f"today at {at}"
    return f"tomorrow at {at}" if days == 1 else free_time.spoken(starts, zone)


def _plan(
    workspace: Workspace, contact: Contact, booked: Appointment, now: datetime, *, cause: str, purpose: str, channel: str,
    due: datetime, body: str, subject: str | None = None, address: str = "", extra: dict[str, str] | None = None,
    expires_at: datetime | None = None,
) -> None:  # fmt: skip
    touch = Touch(
        id=uuid7(), workspace=workspace, contact=contact, appointment=booked, cause=cause, purpose=purpose, channel=channel,
        due=due, expires_at=expires_at or due + timedelta(days=1), body=body, subject=subject, address=address,
        extra=extra or {}, content=cause.split(":")[0], planned_at=now,
    )  # fmt: skip
    Touch.objects.bulk_create([touch], ignore_conflicts=True)


def drop_notices(workspace: Workspace, visit: Appointment) -> None:
    """Take back the invitation and the reminders of a visit that is gone; the gate refuses those that are on their way."""
    Touch.objects.filter(workspace=workspace, appointment=visit, state="planned").update(
        state="suppressed", reason="appointment_gone"
    )


def note_next(workspace: Workspace, contact: UUID, now: datetime) -> None:
    """Keep the contact's next visit true when one of them is gone."""
    ahead = upcoming(workspace, contact, now)
    Contact.objects.filter(id=contact).update(next_appointment_at=ahead.starts_at if ahead else None)


@transaction.atomic
def call_off(workspace: Workspace, appointment: Appointment, now: datetime, *, cause: str) -> None:
    """Cancel a visit; its reminders die with it."""
    changed = Appointment.objects.filter(id=appointment.id, state__in=LIVE).update(state="cancelled", closed_at=now)
    if changed:
        drop_notices(workspace, appointment)
        Contact.objects.filter(id=appointment.contact_id).update(
            appointment_status="cancelled", last_past_appointment="cancelled"
        )
        note_next(workspace, appointment.contact_id, now)
        remember(workspace.id, [Happened(Kind.CANCELLED, now, appointment.contact_id, cause)])


@transaction.atomic
def confirm(workspace: Workspace, appointment: Appointment, now: datetime, *, cause: str) -> None:
    """Note that they will come."""
    if Appointment.objects.filter(id=appointment.id, state="booked").update(state="confirmed"):
        remember(workspace.id, [Happened(Kind.CONFIRMED, now, appointment.contact_id, cause)])


def made(workspace: Workspace, cause: str) -> bool:
    """Tell whether this very request has booked already."""
    return Appointment.objects.filter(workspace=workspace, cause=cause).exists()


def upcoming(workspace: Workspace, contact: UUID, now: datetime) -> Appointment | None:
    """Find the person's next live visit."""
    return (
        Appointment.objects.filter(workspace=workspace, contact_id=contact, state__in=LIVE, starts_at__gt=now)
        .order_by("starts_at")
        .first()
    )


def suiting(slots: Sequence[Slot], wanted: Sequence[tuple[datetime, datetime]] | None) -> list[Slot]:
    """Keep the slots that lie inside one of the wanted stretches; all of them when nothing was wanted."""
    if not wanted:
        return list(slots)
    return [slot for slot in slots if any(start <= slot.starts_at and slot.starts_at < end for start, end in wanted)]
