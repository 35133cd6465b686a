"""Gathers what the gate must know about a batch of touches: the person, the ledger of the address, what was sent before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rewarm.actions.compose import Written
from rewarm.adapters.rules import rule_set, states_of, zones_of
from rewarm.domain import calendars, policy
from rewarm.domain.consent import Entry
from rewarm.models import Touch, Workspace
from rewarm.models.outbox import Around, Past, around, ledger, past


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that the gate decides one touch by; `visit_gone` makes the question moot."""

    proposed: policy.Proposed
    view: policy.ContactView
    entries: Sequence[Entry]
    visit_gone: bool


def questions(
    workspace: Workspace, touches: Sequence[Touch], letters: Mapping[UUID, Written], now: datetime
) -> dict[UUID, Question]:
    """Read everything the gate asks for, in four queries whatever the size of the batch; rows are read as they are now."""
    workspace.refresh_from_db(fields=["stopped_at"])
    addresses = {touch.id: letters[touch.id].address for touch in touches}
    entries = ledger(workspace.id, addresses.values(), workspace.legal_name)
    before = past(workspace.id, list(addresses.values()), [touch.contact_id for touch in touches], now)
    near = around(workspace.id, addresses, now)
    return {
        touch.id: Question(
            _proposed(workspace, touch, letters[touch.id]),
            _view(workspace, touch, near[touch.id], before, addresses[touch.id], now),
            entries.get(addresses[touch.id], []),
            near[touch.id].visit_gone,
        )
        for touch in touches
    }


def _view(
    workspace: Workspace, touch: Touch, near: Around, before: Past, address: str, now: datetime
) -> policy.ContactView:
    contact = touch.contact
    stopped = [("workspace", workspace.stopped_at is not None), ("campaign", near.campaign_stopped)]
    return policy.ContactView(
        deceased=contact.deceased_on is not None,
        held_out=False,  # the held-out arm's touches are suppressed when planned and never claimed
        states=states_of(contact.state, contact.zip),
        zones=_zones(touch, near.phone or ""),
        zone_source=contact.zone_source,
        country=contact.country,
        next_appointment_at=near.next_visit or _expected(touch, now),
        conversation_live=near.engaged,
        sent=tuple(before.to_address.get(address, ())),
        last_touch_at=before.last_marketing_to.get(touch.contact_id),
        unusable=not address,
        stopped=tuple(name for name, is_on in stopped if is_on),
        email_soft_ok=bool(workspace.profile.get("email_soft_ok", False)),
    )


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
