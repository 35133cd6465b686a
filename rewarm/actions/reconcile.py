"""Settles what was left in doubt: leases that ran out, and unknowns that nobody will ever answer for."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.db import transaction

from rewarm.actions.advance import advance
from rewarm.actions.remember import remember
from rewarm.domain import journey, outbox
from rewarm.domain.event import Happened, Kind
from rewarm.models import Message, Touch, Workspace
from rewarm.models.base import uuid7
from rewarm.models.outbox import stale


@transaction.atomic
def reconcile(workspace: Workspace, now: datetime) -> int:
    """Free touches that were never called, mark the called ones unknown, close old unknowns; return how many moved.

    An unknown may have reached the person, so the thread shows it and the journey goes on as after a sent one.
    """
    events: list[Happened] = []
    moves: dict[UUID, list[journey.Event]] = defaultdict(list)
    lost = stale(workspace.id)
    for one, state, attempt in lost:
        row = outbox.after_lease(outbox.Row(state, attempt), now)
        touch = Touch.objects.get(id=one)
        Touch.objects.filter(id=one).update(state=row.state, reason=row.reason or "", lease_until=None)
        if row.state != "unknown":
            continue
        events.append(
            Happened(Kind.SENDING_UNKNOWN, now, touch.contact_id, f"touch:{one}", {"reason": row.reason or ""})
        )
        Message.objects.bulk_create([in_the_thread(workspace, touch, now)], ignore_conflicts=True)
        if touch.enrollment_id and touch.step is not None:
            moves[touch.enrollment_id].append(journey.TouchSent(touch.step))
    closed = Touch.objects.filter(
        workspace=workspace, state="unknown", dispatched_at__lte=now - outbox.RECONCILE_FOR
    ).update(state="closed", reason="no report within 72 hours")
    remember(workspace.id, events)
    advance(workspace, moves, now)
    return len(lost) + closed


def in_the_thread(workspace: Workspace, touch: Touch, now: datetime) -> Message:
    """Write down a touch that left, or may have left, without a worker who could say so."""
    return Message(
        id=uuid7(), workspace=workspace, contact_id=touch.contact_id, touch=touch, direction="out", channel=touch.channel,
        address=touch.address, sender_id=touch.sender_id, provider_id=f"touch:{touch.id}", subject=touch.subject,
        body=touch.body or "", at=touch.dispatched_at or now, recorded_at=now,
    )  # fmt: skip
