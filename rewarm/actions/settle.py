"""Records what the carrier answered, and what follows from it: the thread, the journey, the ledger, the sender's fate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from rewarm.actions.advance import advance
from rewarm.actions.hand_off import call_for_unsent_answers
from rewarm.actions.intend import Posted
from rewarm.actions.opt_out import mirror
from rewarm.actions.remember import remember
from rewarm.actions.take_turn import key_of
from rewarm.domain import journey, outbox
from rewarm.domain.event import Happened, Kind
from rewarm.models import Sender, Touch, Workspace
from rewarm.models.bucket import rest
from rewarm.models.outbox import current, into_threads
from rewarm.models.outbox import settle as write_back

KINDS = {
    "sent": Kind.SENT,
    "unknown": Kind.SENDING_UNKNOWN,
    "failed": Kind.TOUCH_FAILED,
    "planned": Kind.TOUCH_DELAYED,
}


@transaction.atomic
def settle(workspace: Workspace, posted: Sequence[Posted], outcomes: Sequence[outbox.Outcome], now: datetime) -> None:
    """Write the outcomes of one batch; a late worker whose attempt is no longer current is fenced off."""
    if not posted:
        return
    before = current(workspace.id, [one.touch.id for one in posted])
    settled = [
        (one, outcome, outbox.after_outcome(before[one.touch.id], outcome, now))
        for one, outcome in zip(posted, outcomes, strict=True)
        if before[one.touch.id].attempt == one.row.attempt
    ]
    write_back(workspace.id, [_columns(one.touch, row, now) for one, _, row in settled])
    into_threads(workspace.id, [one.touch.id for one, _, row in settled if row.state in ("sent", "unknown")], now)
    # A receipt that overtook the answer, or the horizon after it, has told of its state already.
    moved = [(one, row) for one, _, row in settled if row.state != before[one.touch.id].state]
    remember(workspace.id, [_happened(one.touch, row, now) for one, row in moved])
    moves: dict[UUID, list[journey.Event]] = defaultdict(list)
    for one, row in moved:
        if (move := _move(one.touch, row)) and one.touch.enrollment_id:
            moves[one.touch.enrollment_id].append(move)
    advance(workspace, moves, now)
    for one, outcome, _ in settled:
        if isinstance(outcome, outbox.Refused):
            _heed(workspace, one, outcome, now)
    call_for_unsent_answers(workspace, [(one.touch, row) for one, row in moved], now)


def _columns(touch: Touch, row: outbox.Row, now: datetime) -> dict[str, Any]:
    return {
        "id": touch.id,
        "attempt": row.attempt,
        "state": row.state,
        "reason": row.reason or "",
        "due": row.not_before if row.state == "planned" and row.not_before else touch.due,
        "provider_id": row.provider_id or "",
        "status": row.status or "",
        "sent_at": now if row.state == "sent" else None,
        "refusals": row.refusals,
    }


def _happened(touch: Touch, row: outbox.Row, now: datetime) -> Happened:
    # The carrier's own words stay with the touch: they may name the address, and an event outlives its person.
    said = {"purpose": touch.purpose, "channel": touch.channel}
    return Happened(KINDS[row.state], now, touch.contact_id, f"touch:{touch.id}", said)


def _move(touch: Touch, row: outbox.Row) -> journey.Event | None:
    """An unknown counts as sent for the journey: it may have reached the person."""
    if touch.step is None:
        return None
    if row.state in ("sent", "unknown"):
        return journey.TouchSent(touch.step)
    if row.state == "failed":
        return journey.TouchFailed(touch.step, row.reason or "")
    return None


def _heed(workspace: Workspace, one: Posted, refused: outbox.Refused, now: datetime) -> None:
    """Do what a refusal asks for beyond its own touch."""
    if refused.opted_out:
        mirror(workspace, one.written.address, one.touch.channel, cause=f"touch:{one.touch.id}", now=now)
    if refused.stops_sender:
        # The carrier refuses our password, or us: its touches wait for a person instead of failing one by one.
        Sender.objects.filter(id=one.sender.id, stopped_at=None).update(stopped_at=now, stopped_why=refused.reason)
    elif refused.retry_after and (one.sender.per_second or one.sender.channel != "email"):
        # A carrier of texts means all that we send; a mail server may mean this one mailbox.
        rest(workspace.id, key_of(one.sender), refused.retry_after)
