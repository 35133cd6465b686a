"""Launches a journey on a segment: chooses who is written to and who is held out, and spreads the beginners over days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from rewarm.actions.remember import remember
from rewarm.adapters.pack_content import journeys as pack_journeys
from rewarm.domain import experiment, journey
from rewarm.domain.event import Happened, Kind
from rewarm.models import Address, Campaign, Contact, Enrollment, JourneyVersion, User, Workspace

# Who said this to one campaign is left alone by the next ones, too: it is a no, if not to the address.
DECLINED = ("not_interested", "already_solved", "complaint", "medical", "deceased")
LEFT_ALONE = timedelta(days=365)


def publish(workspace: Workspace, now: datetime) -> list[JourneyVersion]:
    """Write the pack's journeys as versions of this workspace; a version that is there already is left alone."""
    versions = []
    for spec in pack_journeys(workspace.pack).values():
        plan = journey.from_spec(spec)  # a journey that cannot be played is refused here, not in the middle
        version, _ = JourneyVersion.objects.get_or_create(
            workspace=workspace,
            slug=plan.slug,
            version=plan.version,
            defaults={"spec": dict(spec), "published_at": now},
        )
        versions.append(version)
    return versions


def audience(workspace: Workspace, segment: str, now: datetime) -> list[Contact]:
    """List who a campaign on this segment would enroll, warmest first: alive, reachable, willing, in no other journey."""
    enrolled = Enrollment.objects.filter(workspace=workspace)
    return list(
        Contact.objects.filter(workspace=workspace, segment=segment, deceased_on=None)
        .filter(Q(next_appointment_at=None) | Q(next_appointment_at__lt=now))
        .filter(Q(reachable_sms=True) | Q(reachable_email=True))
        .exclude(id__in=enrolled.exclude(status="ended").values("contact_id"))
        .exclude(id__in=enrolled.filter(reason__in=DECLINED, ended_at__gt=now - LEFT_ALONE).values("contact_id"))
        .order_by("-heat", "-last_contact_on", "id")
    )


@transaction.atomic
def launch(
    workspace: Workspace,
    *,
    segment: str,
    journey_slug: str,
    holdout: Decimal,
    per_day: int,
    now: datetime,
    by: User | None = None,
    name: str = "",
) -> Campaign:
    """Start a campaign and return it; everybody is assigned to an arm at once, and their clocks start by the pace.

    `holdout` is the share between 0 and 1 that is not written to. Raises JourneyVersion.DoesNotExist when no such
    journey was published.
    """
    version = JourneyVersion.objects.filter(workspace=workspace, slug=journey_slug).latest("version")
    campaign = Campaign.objects.create(
        workspace=workspace,
        name=name or f"{segment.replace('_', ' ')} · {version.spec['name']}",
        segment=segment,
        journey=version,
        holdout=holdout,
        per_day=per_day,
        launched_at=now,
        launched_by=by,
    )
    contacts = audience(workspace, segment, now)
    held = _held_out(workspace, campaign, contacts)
    plan = journey.from_spec(version.spec)
    rows = []
    for number, contact in enumerate(contacts):
        start = now + timedelta(days=number // max(1, per_day))
        place, _ = journey.advance(plan, None, journey.Enrolled(start), now)
        rows.append(
            Enrollment(
                workspace=workspace,
                contact=contact,
                campaign=campaign,
                journey=version,
                arm="holdout" if contact.id in held else "treated",
                segment=segment,
                status=place.status,
                step=place.step,
                round=place.round,
                due=place.due,
                waits_for=place.waits_for,
                enrolled_at=now,
            )
        )
    Enrollment.objects.bulk_create(rows, batch_size=1_000)
    events = [Happened(Kind.LAUNCHED, now, cause=f"campaign:{campaign.id}", data={"people": len(rows)})]
    events += [
        Happened(
            Kind.HELD_OUT if row.arm == "holdout" else Kind.ENROLLED,
            now,
            row.contact_id,
            f"campaign:{campaign.id}",
        )
        for row in rows
    ]
    remember(workspace.id, events)
    return campaign


def _held_out(workspace: Workspace, campaign: Campaign, contacts: Sequence[Contact]) -> set[UUID]:
    """Draw exact quotas by home among the newcomers; whoever was in an arm before stays in it, and so does their home."""
    if campaign.holdout <= 0:
        return set()
    homes = _homes(workspace, contacts)
    earlier = Enrollment.objects.filter(workspace=workspace, contact_id__in=list(homes)).order_by("-enrolled_at", "-id")
    arms = {homes[contact]: arm for contact, arm in earlier.values_list("contact_id", "arm")}  # the first one wins
    fresh = [experiment.Unit(homes[one.id], one.temperature) for one in contacts if homes[one.id] not in arms]
    held = experiment.hold_out(fresh, float(campaign.holdout), salt=workspace.slug, experiment="standing")
    return {one for one, home in homes.items() if home in held or arms.get(home) == "holdout"}


def _homes(workspace: Workspace, contacts: Sequence[Contact]) -> dict[UUID, str]:
    """Name the home of each contact: people of one household, phone or mailbox see each other's messages."""
    root: dict[object, object] = {}

    def top(one: object) -> object:
        while root.setdefault(one, one) != one:
            one = root[one]
        return one

    for contact in contacts:
        if contact.household:
            root[top(contact.id)] = top(contact.household)
    shared = Address.objects.filter(workspace=workspace, contact_id__in=[contact.id for contact in contacts])
    for one, address in shared.values_list("contact_id", "address"):
        root[top(one)] = top(address)
    names: dict[object, str] = {}
    for contact in sorted(contacts, key=lambda one: one.id):
        names.setdefault(top(contact.id), str(contact.id))
    return {contact.id: names[top(contact.id)] for contact in contacts}
