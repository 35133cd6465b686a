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
from rewarm.models import Touch, Workspace
from rewarm.models.outbox import into_threads, stale


@transaction.atomic
def reconcile(workspace: Workspace, now: datetime) -> int:
    """Free touches that were never called, mark the called ones unknown, close old unknowns; return how many moved.

    An unknown may have reached the person, so the thread shows it and the journey goes on as after a sent one.
    """
    events: list[Happened] = []
    moves: dict[UUID, list[journey.Event]] = defaultdict(list)
    doubtful: list[UUID] = []
    lost = stale(workspace.id)
    for one, state, attempt in lost:
        row = outbox.after_lease(outbox.Row(state, attempt), now)
        touch = Touch.objects.get(id=one)
        Touch.objects.filter(id=one).update(state=row.state, reason=row.reason or "", lease_until=None)
        if row.state != "unknown":
            continue
        doubtful.append(one)
        events.append(
            Happened(Kind.SENDING_UNKNOWN, now, touch.contact_id, f"touch:{one}", {"reason": row.reason or ""})
        )
        if touch.enrollment_id and touch.step is not None:
            moves[touch.enrollment_id].append(journey.TouchSent(touch.step))
    closed = Touch.objects.filter(
        workspace=workspace, state="unknown", dispatched_at__lte=now - outbox.RECONCILE_FOR
    ).update(state="closed", reason="no report within 72 hours")
    into_threads(workspace.id, doubtful, now)
    remember(workspace.id, events)
    advance(workspace, moves, now)
    return len(lost) + closed
