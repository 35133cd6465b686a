"""Takes a complaint of a mailbox provider for what it is: a no by e-mail, and a thing that a person should know today."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from rewarm.actions.advance import advance
from rewarm.actions.bounce import letter
from rewarm.actions.hand_off import hand_off
from rewarm.actions.opt_out import PATIENCE
from rewarm.actions.remember import remember
from rewarm.adapters.channels import Incoming
from rewarm.domain import journey
from rewarm.domain.event import Happened, Kind
from rewarm.models import Consent, Contact, Sender, Workspace
from rewarm.models.base import uuid7
from rewarm.models.inbound import close_address
from rewarm.models.ledger import enter
from rewarm.models.outbox import wait_for_address

EVER = timedelta(days=10 * 365)  # a complaint may come about a letter of long ago; it costs nothing to believe it
WHY = "Marked our letter as spam. They get no more e-mail."


@transaction.atomic
def complain(workspace: Workspace, sender: Sender, incoming: Incoming, now: datetime) -> bool:
    """Honour one complaint, any number of times; False when it is about no letter of ours.

    Providers ask for it (RFC 5965), and a complaint says the same as an opt-out, so it has the same effects.
    """
    touch = letter(workspace, sender, incoming, since=now - EVER)
    if touch is None:
        return False
    wait_for_address(workspace.id, touch.address, PATIENCE)
    cause = f"complaint:{touch.id}"
    line = Consent(
        id=uuid7(), workspace=workspace, address=touch.address, channel="email", act="complained", scope="all", at=now,
        recorded_at=now, source="mailbox provider", contact=touch.contact_id, cause=cause,
    )  # fmt: skip
    if not enter(line):
        return True
    holders = close_address(workspace.id, touch.address, "email", everything=True, reason="opted_out")
    events = [
        Happened(Kind.TOUCH_SUPPRESSED, now, holder.contact, f"touch:{one}", {"reason": "opted_out"})
        for holder in holders
        for one in holder.doomed
    ]
    events += [Happened(Kind.OPTED_OUT, now, holder.contact, cause, {"channel": "email"}) for holder in holders]
    remember(workspace.id, events)
    advance(workspace, {place: (journey.OptedOut(),) for holder in holders for place in holder.enrollments}, now)
    person = Contact.objects.get(workspace=workspace, id=touch.contact_id)
    hand_off(workspace, person, cause=cause, urgency="urgent", why=WHY, now=now)
    return True
