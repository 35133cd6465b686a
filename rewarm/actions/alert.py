"""Tells the staff that somebody is needed: by e-mail at once; the screen shows it by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from rewarm.adapters.channels import Outbound, channel_for
from rewarm.domain.outbox import Refused
from rewarm.models import Handoff, Sender, Workspace

SUBJECTS = {"urgent": "Please call now", "hot": "Ready to talk", "unsure": "Needs a person"}


def alert_due(workspace: Workspace, now: datetime, *, limit: int = 20) -> int:
    """Send the alerts that wait, once each: the screen shows the handoff whatever the mail server says.

    An alert may arrive twice after a crash: two are better than none, and it goes to us, not to a contact.
    """
    done = 0
    for _ in range(limit):
        with transaction.atomic():
            handoff = (
                Handoff.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("contact")
                .filter(workspace=workspace, closed_at=None, alerted_at=None, opened_at__lte=now)
                .order_by("opened_at")
                .first()
            )
            if handoff is None:
                return done
            _mail(workspace, handoff)
            Handoff.objects.filter(id=handoff.id).update(alerted_at=now)
            done += 1
    return done


def _mail(workspace: Workspace, handoff: Handoff) -> Refused | None:
    """Mail the brief to the practice's own mailbox; without a mailbox or a sender the screen has to do."""
    sender = Sender.objects.filter(workspace=workspace, channel="email", stopped_at=None).order_by("created_at").first()
    if sender is None or not workspace.email:
        return None
    outcome = channel_for(sender.kind, sender.settings).send(
        Outbound(
            id=str(handoff.id),
            sender=sender.address,
            sender_name=sender.name,
            to=workspace.email,
            subject=f"{SUBJECTS[handoff.urgency]}: {handoff.contact}",
            text=f"{handoff.brief}\n\nOpen the thread: {workspace.public_url}/inbox/{handoff.contact_id}\n",
            html=None,
            headers={},
            ics=None,
            callback_url="",
            valid_for=timedelta(hours=12),
        )
    )
    return outcome if isinstance(outcome, Refused) else None
