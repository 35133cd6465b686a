"""Leaves an answer that nobody wrote: it is kept in the thread for people to see, and is never answered (RFC 3834)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from rewarm.adapters.channels import Incoming
from rewarm.models import Message, Sender, Workspace, inbound
from rewarm.models.base import uuid7


@transaction.atomic
def leave(workspace: Workspace, sender: Sender, incoming: Incoming, now: datetime) -> bool:
    """Keep an automatic reply as read, once; False for a repetition, and when we do not know who it is from.

    It is neither an opt-out nor interest, and holds nothing back: the person has not seen our letter yet.
    """
    contact = inbound.who(workspace.id, incoming.from_address)
    if contact is None:
        return False
    message = Message(
        id=uuid7(), workspace=workspace, contact=contact, direction="in", channel=sender.channel,
        address=incoming.from_address, sender=sender, provider_id=incoming.provider_id, body=incoming.text,
        raw=incoming.raw, at=now, recorded_at=now,
    )  # fmt: skip
    if not inbound.keep(message):
        return False
    reading = {"intents": [], "route": "leave", "why": incoming.reason}
    Message.objects.filter(id=message.id).update(read_at=now, reading=reading)
    return True
