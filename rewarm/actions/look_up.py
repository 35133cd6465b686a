"""Asks carriers what became of messages whose answer never came: the only way back from Unknown besides their own word."""

from __future__ import annotations

import random
import time
from datetime import datetime, timedelta

import structlog

from rewarm.actions.receive import report
from rewarm.adapters.channels import Incoming, Sought, channel_for
from rewarm.domain import outbox
from rewarm.errors import SetupError
from rewarm.models import Touch, Workspace

log = structlog.get_logger()
# A round of questions. After an outage there may be thousands; whose turn does not come is drawn anew at its next age.
ASKED_FOR = timedelta(minutes=1)


def look_up(workspace: Workspace, now: datetime, *, since_last: timedelta) -> int:
    """Ask about the unknowns whose age calls for a question since the last round; return how many were settled.

    Nothing is sent and no lock is held while we ask. What a carrier does not know stays unknown: that a list does not show
    a message proves nothing.
    """
    doubtful = Touch.objects.filter(
        workspace=workspace, state="unknown", dispatched_at__gt=now - outbox.RECONCILE_FOR
    ).select_related("sender")
    asked = [one for one in doubtful if outbox.asks_again(_age(one, now), since_last)]
    random.shuffle(asked)
    settled, until = 0, time.monotonic() + ASKED_FOR.total_seconds()
    for touch in asked:
        if time.monotonic() > until:
            break
        settled += _ask(workspace, touch, now)
    return settled


def _age(touch: Touch, now: datetime) -> timedelta:
    return now - touch.dispatched_at if touch.dispatched_at else timedelta()


def _ask(workspace: Workspace, touch: Touch, now: datetime) -> bool:
    """Ask about one touch and take the answer as if the carrier had called us; an error is asked again later."""
    sender = touch.sender
    if sender is None or touch.dispatched_at is None:
        return False
    try:
        channel = channel_for(sender.kind, sender.settings)
        if "look_up" not in channel.capabilities:
            return False
        found = channel.look_up(
            Sought(
                str(touch.id),
                touch.provider_id,
                sender.address,
                touch.address,
                str(touch.body or ""),
                touch.dispatched_at,
            )
        )
    except SetupError as wrong:
        log.warning("a sender could not be asked", sender=str(sender.id), why=str(wrong))
        return False
    except Exception:  # a defect of one adapter must not keep the others from being asked
        log.exception("a look-up broke", touch=str(touch.id))
        return False
    if found is None:
        return False
    said = Incoming(
        found.kind, found.provider_id or "", str(touch.id), at=found.at, reason=found.reason or "", raw="looked up"
    )
    return report(workspace, sender, said, now)
