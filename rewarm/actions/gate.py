"""Gathers what the gate must know about a batch of touches: the person, the ledger of the address, what was sent before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from rewarm.actions.compose import Written
from rewarm.adapters.rules import rule_set, states_of, zones_of
from rewarm.domain import calendars, policy
from rewarm.domain.consent import Entry
from rewarm.models import Address, Appointment, Campaign, Conversation, Handoff, Touch, Workspace
from rewarm.models.outbox import ledger, past

Questions = Mapping[UUID, tuple[policy.Proposed, policy.ContactView, Sequence[Entry]]]


def questions(
    workspace: Workspace, touches: Sequence[Touch], letters: Mapping[UUID, Written], now: datetime
) -> Questions:
    """Read everything the gate asks for, in a few queries whatever the size of the batch; rows are read as they are now."""
    workspace.refresh_from_db(fields=["stopped_at"])
    addresses = [letters[touch.id].address for touch in touches]
    people = [touch.contact_id for touch in touches]
    entries = ledger(workspace.id, addresses, workspace.legal_name)
    before = past(workspace.id, addresses, people, now)
    booked = dict(
        Appointment.objects.filter(
            workspace=workspace, contact_id__in=people, state__in=["booked", "confirmed"], starts_at__gt=now
        ).order_by("-starts_at").values_list("contact_id", "starts_at")
    )  # fmt: skip
    live = set(
        Conversation.objects.filter(workspace=workspace, contact_id__in=people, live_until__gt=now).values_list(
            "contact_id", flat=True
        )
    ) | set(
        Handoff.objects.filter(workspace=workspace, contact_id__in=people, closed_at=None).values_list(
            "contact_id", flat=True
        )
    )
    # On a shared phone the talk is with whoever holds it.
    sharing = Address.objects.filter(workspace=workspace, address__in=[one for one in addresses if one])
    talking = set(sharing.filter(contact__conversation__live_until__gt=now).values_list("address", flat=True)) | set(
        sharing.filter(contact__handoffs__isnull=False, contact__handoffs__closed_at=None).values_list(
            "address", flat=True
        )
    )
    stopped = set(
        Campaign.objects.filter(workspace=workspace, id__in={touch.campaign_id for touch in touches})
        .exclude(stopped_at=None)
        .values_list("id", flat=True)
    )
    phones = dict(
        Address.objects.filter(workspace=workspace, contact_id__in=people, channel="phone")
        .order_by("-rank")
        .values_list("contact_id", "address")
    )
    return {
        touch.id: (
            _proposed(workspace, touch, letters[touch.id]),
            policy.ContactView(
                deceased=touch.contact.deceased_on is not None,
                held_out=False,  # the held-out arm's touches are suppressed when planned and never claimed
                states=states_of(touch.contact.state, touch.contact.zip),
                zones=_zones(touch, phones.get(touch.contact_id, "")),
                zone_source=touch.contact.zone_source,
                country=touch.contact.country,
                next_appointment_at=booked.get(touch.contact_id) or _expected(touch, now),
                conversation_live=touch.contact_id in live or letters[touch.id].address in talking,
                sent=tuple(before.to_address.get(letters[touch.id].address, ())),
                last_touch_at=before.last_marketing_to.get(touch.contact_id),
                unusable=not letters[touch.id].address,
                stopped=tuple(
                    name
                    for name, is_on in (
                        ("workspace", workspace.stopped_at is not None),
                        ("campaign", touch.campaign_id in stopped),
                    )
                    if is_on
                ),
                email_soft_ok=bool(workspace.profile.get("email_soft_ok", False)),
            ),
            entries.get(letters[touch.id].address, []),
        )
        for touch in touches
    }


def _expected(touch: Touch, now: datetime) -> datetime | None:
    """Return the visit that the practice's own calendar, as imported, still expects of them."""
    ahead = touch.contact.next_appointment_at
    return ahead if ahead and ahead > now else None


def _zones(touch: Touch, phone: str) -> tuple[str, ...]:
    """Name the zones that we were told of; for an e-mail the person's phone tells, too, for a text the gate asks it itself."""
    told = zones_of(touch.contact.zone, touch.contact.zip)
    area = calendars.area_of(phone, rule_set()) if touch.channel == "email" and phone else None
    return tuple(dict.fromkeys((*told, *(area.zones if area else ()))))


def _proposed(workspace: Workspace, touch: Touch, written: Written) -> policy.Proposed:
    return policy.Proposed(
        id=str(touch.id),
        purpose=touch.purpose,  # type: ignore[arg-type]
        channel=touch.channel,
        address=written.address,
        seller=workspace.legal_name,
        sensitivity=written.sensitivity,
        in_reply_to_at=touch.in_reply_to_at,
        content_is_offer=written.is_offer,
        expires_at=touch.expires_at,
        sender_id=str(touch.sender_id or ""),
    )
