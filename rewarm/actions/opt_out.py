"""Writes a no, or a yes after a no, into the ledger and lets it take effect at once on everything that is planned."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from rewarm.actions.advance import advance
from rewarm.actions.hand_off import hand_off
from rewarm.actions.remember import remember
from rewarm.adapters.reply_texts import text
from rewarm.domain import journey
from rewarm.domain.event import Happened, Kind
from rewarm.models import Address, Consent, Contact, Touch, Workspace
from rewarm.models.base import uuid7
from rewarm.models.inbound import close_address
from rewarm.models.ledger import enter
from rewarm.models.outbox import wait_for_address

if TYPE_CHECKING:
    from rewarm.models import Message

# An opt-out waits this long for a call to the same address, then commits without it.
PATIENCE = timedelta(seconds=2)
CONFIRM_WITHIN = timedelta(minutes=5)  # 47 CFR 64.1200(a)(12)


def opt_out(
    workspace: Workspace,
    message: Message,
    *,
    tier: str,
    now: datetime,
    scope: str = "all",
    raced: bool = False,
    confirm: bool = True,
    wording: str = "opted_out",
    source: str = "",
    everywhere: bool = False,
) -> None:
    """Honour an opt-out that somebody wrote: ledger, planned touches, journeys, one confirmation.

    `scope` is "all" unless they chose less ("marketing": only the ads); silence means all (47 CFR 64.1200(a)(12)).
    Runs in the transaction that keeps the message. `raced` means that a call to this address is in the air whose lock we
    could not wait for; it is marked, so that nobody is surprised by it. `source` is "carrier" when the carrier has answered
    them already. `everywhere` closes all addresses of the person: whoever wrote of a death is not to find a letter next week.
    """
    _close(
        workspace, message.address, message.channel, source=source or f"{message.channel} message",
        cause=f"message:{message.id}", quote=message.body, message=message, now=now, scope=scope,
    )  # fmt: skip
    if everywhere and message.contact is not None:
        _close_the_others(workspace, message.contact, message, now)
    if raced:
        Touch.objects.filter(workspace=workspace, address=message.address, state="dispatching").update(raced_at=now)
    # "No more texts from us" would be untrue where reminders go on, so a part of an opt-out is honoured in silence.
    if confirm and scope == "all" and message.contact is not None and message.channel == "sms":
        _confirm(workspace, message.contact, message, now, wording)
    if tier == "legal" and message.contact is not None:
        hand_off(
            workspace, message.contact, cause=f"message:{message.id}", urgency="urgent",
            why="Asked us to stop and mentioned the law.", now=now,
        )  # fmt: skip


def _close_the_others(workspace: Workspace, contact: Contact, message: Message, now: datetime) -> None:
    for one in Address.objects.filter(workspace=workspace, contact=contact).exclude(address=message.address):
        _close(
            workspace, one.address, "email" if one.channel == "email" else "sms", source=f"{message.channel} message",
            cause=f"message:{message.id}:{one.address}", quote=message.body, message=message, now=now,
        )  # fmt: skip


def mirror(workspace: Workspace, address: str, channel: str, *, cause: str, now: datetime) -> None:
    """Copy an opt-out that the carrier holds (Twilio 21610, Telnyx 40300) into our ledger, in the caller's transaction.

    The carrier has answered the person already, so nothing is confirmed; the caller holds the address lock.
    """
    _close(workspace, address, channel, source="carrier", cause=cause, quote=None, message=None, now=now)


@transaction.atomic
def unsubscribe(workspace: Workspace, address: str, *, source: str, cause: str, now: datetime) -> None:
    """Honour a click on the way out of an e-mail (RFC 8058), after a letter that is leaving right now."""
    wait_for_address(workspace.id, address, PATIENCE)
    _close(workspace, address, "email", source=source, cause=cause, quote=None, message=None, now=now)


def _close(
    workspace: Workspace, address: str, channel: str, *, source: str, cause: str, quote: str | None,
    message: Message | None, now: datetime, scope: str = "all",
) -> None:  # fmt: skip
    """Write the refusal once, and let it take effect on what is planned; "marketing" keeps reminders alive."""
    is_new = enter(
        Consent(
            id=uuid7(), workspace=workspace, address=address, channel=channel, act="opted_out", scope=scope, at=now,
            recorded_at=now, source=source, quote=quote, contact=message.contact_id if message else None,
            message=message.id if message else None, cause=cause,
        )
    )  # fmt: skip
    holders = close_address(workspace.id, address, channel, everything=scope == "all", reason="opted_out")
    events = [
        Happened(Kind.TOUCH_SUPPRESSED, now, holder.contact, f"touch:{touch}", {"reason": "opted_out"})
        for holder in holders
        for touch in holder.doomed
    ]
    said = f"message:{message.id}" if message else "unsubscribe"  # no address: an event outlives its person
    if is_new:  # the assistant reads again what the door has honoured; they asked once
        events += [Happened(Kind.OPTED_OUT, now, holder.contact, said, {"channel": channel}) for holder in holders]
    remember(workspace.id, events)
    advance(workspace, {place: (journey.OptedOut(),) for holder in holders for place in holder.enrollments}, now)


def _confirm(workspace: Workspace, contact: Contact, message: Message, now: datetime, wording: str) -> None:
    """Plan the one confirmation of this episode; the gate refuses a second one and a late one."""
    Touch.objects.bulk_create(
        [
            Touch(
                id=uuid7(), workspace=workspace, contact=contact, cause=f"confirm_stop:{message.id}",
                purpose="opt_out_confirmation", channel=message.channel, due=now, expires_at=now + CONFIRM_WITHIN,
                address=message.address, sender_id=message.sender_id, body=text(wording, practice=workspace.name),
                content="opted_out", planned_at=now,
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def opt_in(workspace: Workspace, message: Message, *, now: datetime) -> None:
    """Take a START: it lifts this address's opt-out on this channel and grants nothing more."""
    enter(
        Consent(
            id=uuid7(), workspace=workspace, address=message.address, channel=message.channel, act="opted_in",
            scope="all", at=now, recorded_at=now, source=f"{message.channel} message", quote=message.body,
            contact=message.contact_id, message=message.id, cause=f"message:{message.id}",
        )
    )  # fmt: skip
    remember(workspace.id, [Happened(Kind.OPTED_IN, now, message.contact_id, f"message:{message.id}")])
