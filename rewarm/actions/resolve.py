"""Settles by a person's word what stayed in doubt or was refused: it arrived, it never did, or it may be tried again."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from rewarm.actions.remember import remember, tell_pages
from rewarm.domain import outbox
from rewarm.domain.event import Happened, Kind
from rewarm.models import Touch, User, Workspace
from rewarm.models.outbox import current

SECOND_CHANCE = timedelta(days=1)  # an older message is no longer the one that was meant


@transaction.atomic
def try_again(workspace: Workspace, touch: UUID, user: User, now: datetime) -> bool:
    """Let a touch that its carrier refused with proof go through the gate once more; False when it is not such a one.

    What may have left (unknown, closed) is never sent again, whoever asks: somebody has to say first that it did not arrive.
    """
    row = current(workspace.id, [touch]).get(touch)
    if row is None or row.state != "failed":
        return False
    again = outbox.revive(row, now, SECOND_CHANCE)
    Touch.objects.filter(workspace=workspace, id=touch).update(
        state=again.state, reason="", due=now, expires_at=again.expires_at, dispatched_at=None, refusals=0
    )
    _remember(workspace, touch, user, Kind.TOUCH_PLANNED, now)
    return True


@transaction.atomic
def say_what_became_of_it(workspace: Workspace, touch: UUID, user: User, now: datetime, *, arrived: bool) -> bool:
    """Take a person's word, from the carrier's own pages, for a message that nobody answered for; False when nobody asks."""
    row = current(workspace.id, [touch]).get(touch)
    if row is None or row.state not in ("unknown", "closed"):
        return False
    settled = outbox.after_word(row, arrived=arrived, now=now)
    Touch.objects.filter(workspace=workspace, id=touch).update(
        state=settled.state, status=settled.status or "", reason=settled.reason or ""
    )
    _remember(workspace, touch, user, Kind.DELIVERED if arrived else Kind.TOUCH_FAILED, now)
    return True


def _remember(workspace: Workspace, touch: UUID, user: User, kind: Kind, now: datetime) -> None:
    contact = Touch.objects.values_list("contact_id", flat=True).get(id=touch)
    said = {"by": str(user.id)}
    remember(workspace.id, [Happened(kind, now, contact, f"touch:{touch}", said)])
    tell_pages(workspace.id)
