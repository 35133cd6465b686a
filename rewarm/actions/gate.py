"""Gathers what the gate must know about a batch of touches: the person, the ledger of the address, what was sent before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from rewarm.actions.compose import Written
from rewarm.adapters.pack_content import style
from rewarm.adapters.rules import rule_set, states_of, zones_of
from rewarm.adapters.wording import wording
from rewarm.domain import calendars, policy
from rewarm.domain.consent import Entry
from rewarm.domain.identification import gives_address, is_private, names_seller, says_way_out, sells
from rewarm.models import Contact, Touch, Workspace
from rewarm.models.outbox import Around, Past, around, ledger, past

CLINICAL = 2  # the sensitivity of words that no text says to who did not ask for it
ANSWERS = ("reply", "opt_out_confirmation")


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
    workspace.refresh_from_db(fields=["stopped_at", "emergencies"])
    addresses = {touch.id: letters[touch.id].address for touch in touches}
    entries = ledger(workspace.id, addresses.values(), workspace.legal_name)
    before = past(workspace.id, list(addresses.values()), [touch.contact_id for touch in touches], now)
    near = around(workspace.id, addresses, now)
    return {
        touch.id: Question(
            _proposed(workspace, touch, letters[touch.id], near[touch.id]),
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
        states=_states(touch, near.phone or ""),
        zones=_zones(touch, near.phone or ""),
        zone_source=contact.zone_source,
        country=contact.country,
        next_appointment_at=near.next_visit or _expected(touch, now),
        conversation_live=near.engaged,
        sent=tuple(before.to_address.get(address, ())),
        last_touch_at=before.last_marketing_to.get(touch.contact_id),
        unusable=not address,
        accepts_sensitivity=contact.accepts_sensitivity,
        stopped=tuple(name for name, is_on in stopped if is_on),
        email_soft_ok=bool(workspace.profile.get("email_soft_ok", False)),
        number_checked_at=near.reassigned_checked_at,
        reassigned=near.reassigned,
        registry_checked_at=near.registry_checked_at,
        on_registry=near.on_registry,
        lead=not _was_patient(contact),
        gave_number=_gave_number(contact) or touch.appointment_id is not None,
        emergencies=tuple(workspace.emergencies),
    )


def _was_patient(contact: Contact) -> bool:
    """Tell whether they ever were in care here, so that HIPAA covers what we know; a first visit that they missed is none."""
    came = contact.last_appointment_on is not None and contact.last_past_appointment != "missed"
    seen = (contact.last_test_on, contact.last_fitting_on, contact.attended_on)
    return came or contact.is_customer or any(seen)


def _gave_number(contact: Contact) -> bool:
    """Tell whether something on record shows that the number is from themselves: they asked, came, booked or answered."""
    turned_to_us = (contact.inquired_on, contact.last_appointment_on, contact.missed_on, contact.last_answer_on)
    return any(turned_to_us) or contact.next_appointment_at is not None or _was_patient(contact)


def _expected(touch: Touch, now: datetime) -> datetime | None:
    """Return the visit that the practice's own calendar, as imported, still expects of them."""
    ahead = touch.contact.next_appointment_at
    return ahead if ahead and ahead > now else None


def _zones(touch: Touch, phone: str) -> tuple[str, ...]:
    """Name the zones that we were told of; for an e-mail the person's phone tells, too, for a text the gate asks it itself."""
    told, area = zones_of(touch.contact.zone, touch.contact.zip), _area(touch, phone)
    return tuple(dict.fromkeys((*told, *(area.zones if area else ()))))


def _states(touch: Touch, phone: str) -> tuple[str, ...]:
    """Name the states that we were told of, and for an e-mail those of the person's phone."""
    told, area = states_of(touch.contact.state, touch.contact.zip), _area(touch, phone)
    return tuple(dict.fromkeys((*told, *(area.states if area else ()))))


def _area(touch: Touch, phone: str) -> calendars.Area | None:
    return calendars.area_of(phone, rule_set()) if touch.channel == "email" and phone else None


def _proposed(workspace: Workspace, touch: Touch, written: Written, near: Around) -> policy.Proposed:
    says = read_text(workspace, touch, written)
    return policy.Proposed(
        id=str(touch.id),
        purpose=_purpose(touch),
        channel=touch.channel,
        address=written.address,
        seller=workspace.legal_name,
        sensitivity=max(written.sensitivity, CLINICAL if says.is_private else 0),
        in_reply_to_at=touch.in_reply_to_at,
        paid_by=near.paid_by,
        content_is_offer=written.is_offer,
        words_sell=says.words_sell,
        expires_at=touch.expires_at,
        sender_id=str(touch.sender_id or ""),
        contact=str(touch.contact_id),
        names_seller=says.names_seller,
        says_way_out=says.says_way_out,
        gives_address=says.gives_address,
    )


def _purpose(touch: Touch) -> policy.Purpose:
    """Call a reminder what it is only where there is a visit to be reminded of."""
    if touch.purpose == "reminder" and touch.appointment_id is None:
        return "informational"
    return cast(policy.Purpose, touch.purpose)


@dataclass(frozen=True, slots=True)
class Says:
    """What a text says about itself, whoever wrote it: a pack, a person, an imported template."""

    names_seller: bool
    says_way_out: bool
    gives_address: bool | None = None  # letters only
    words_sell: bool = False
    is_private: bool = False  # texts only


def read_text(workspace: Workspace, touch: Touch, written: Written) -> Says:
    """Read the very words that would leave, not what somebody says of them."""
    names, watch = (workspace.name, workspace.legal_name), style(workspace.pack).watch
    named = names_seller(written.text, names)
    # What is called marketing is judged as marketing; its claims are the writer's own check.
    words_sell = touch.purpose != "marketing" and sells(f"{written.subject}\n{written.text}", names, wording(), watch)
    if touch.channel != "email":
        # Who asks by text how they hear has chosen that the answer comes by text.
        private = touch.purpose not in ANSWERS and is_private(written.text, names, watch)
        return Says(named, says_way_out(written.text, wording()), None, words_sell, private)
    body = f"{written.text}\n{written.html or ''}"
    link = written.headers.get("List-Unsubscribe", "").strip("<>")
    one_click = bool(link) and link in body and "List-Unsubscribe-Post" in written.headers
    return Says(named, one_click, gives_address(written.text, workspace.postal_address), words_sell)
