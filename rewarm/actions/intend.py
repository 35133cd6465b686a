"""Judges a batch again under its address locks and commits the intents: what may leave, what waits, what never goes."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from rewarm.actions.advance import advance
from rewarm.actions.compose import Written
from rewarm.actions.gate import ANSWERS, Question, questions
from rewarm.actions.hand_off import call_for_unsent_answers
from rewarm.actions.remember import remember
from rewarm.adapters.rules import rule_set
from rewarm.domain import journey, outbox, policy
from rewarm.domain.consent import DENIALS
from rewarm.domain.event import Happened, Kind
from rewarm.models import Sender, Touch, Workspace
from rewarm.models.outbox import intend as write_intents
from rewarm.models.outbox import row_of
from rewarm.models.sealed import seal

# A refusal that passes by itself does not use up the step.
AGAIN = frozenset({"expired", "live_conversation", "stopped"})
# A stop switch is asked again after this time; what was planned waits until it expires.
LOOK_AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Posted:
    """One touch on its way out: the row, what was written for it, the sender that carries it, the committed intent."""

    touch: Touch
    written: Written
    sender: Sender
    row: outbox.Row
    verdict_at: float  # machine time, monotonic: an old verdict is no verdict
    refusals: int  # of the address, of which the verdict knew


@dataclass(frozen=True, slots=True)
class Line:
    """Who carries a batch: a sender, one that is stopped, or nobody at all. `held` waits for the carrier's next day."""

    sender: Sender | None
    stopped: bool = False
    held: Mapping[UUID, policy.Delay] = field(default_factory=dict)


@transaction.atomic
def intend(
    workspace: Workspace, touches: Sequence[Touch], letters: Mapping[UUID, Written], line: Line, now: datetime
) -> list[Posted]:
    """Judge each touch under its lock, which the caller holds, and commit the verdicts; return those that may leave."""
    line = _still_running(line)
    asked = questions(workspace, touches, letters, now)
    verdict_at = time.monotonic()
    settled = [(touch, _verdict(touch, letters[touch.id], line, asked[touch.id], now)) for touch in touches]
    rows = {touch.id: outbox.after_verdict(row_of(touch), verdict, now) for touch, verdict in settled}
    ours = write_intents(
        workspace.id,
        [_columns(touch, rows[touch.id], letters[touch.id], verdict.receipt, line) for touch, verdict in settled],
    )
    kept = [touch for touch in touches if touch.id in ours]
    _tell(workspace, [(touch, rows[touch.id]) for touch in kept], now)
    return [
        Posted(touch, letters[touch.id], line.sender, rows[touch.id], verdict_at, _refusals(asked[touch.id]))
        for touch in kept
        if rows[touch.id].state == "dispatching" and line.sender is not None
    ]


def _still_running(line: Line) -> Line:
    """Ask the sender's stop switch again: somebody may have turned it since the pass began."""
    if line.sender is None or Sender.objects.filter(id=line.sender.id, stopped_at=None).exists():
        return line
    return Line(None, stopped=True)


def _verdict(touch: Touch, written: Written, line: Line, asked: Question, now: datetime) -> policy.Verdict:
    """Ask the gate, unless the answer is plain before it."""
    if asked.visit_gone:
        return _deny("appointment_gone")
    if line.sender is None and not line.stopped:
        return _deny("no_sender")
    if written.refused:
        return policy.Deny("draft", {"verdict": "deny", "reason": "draft", "checks": list(written.refused)})
    if touch.id in line.held:
        return line.held[touch.id]
    if line.sender is None:
        verdict: policy.Verdict = _deny("stopped")
    else:
        verdict = policy.judge(asked.proposed, asked.view, asked.entries, rule_set(), now)
    if isinstance(verdict, policy.Deny) and verdict.reason == "stopped":
        return policy.Delay("stopped", now + LOOK_AGAIN, verdict.receipt)
    return verdict


def _refusals(asked: Question) -> int:
    return sum(entry.act in DENIALS for entry in asked.entries)


def _deny(reason: str) -> policy.Deny:
    return policy.Deny(reason, {"verdict": "deny", "reason": reason})


def _columns(touch: Touch, row: outbox.Row, written: Written, receipt: policy.Receipt, line: Line) -> dict[str, Any]:
    """Spell the columns of one verdict; the text is kept with the intent, so that a crash cannot lose what was said."""
    leaves = row.state == "dispatching"
    # What somebody wrote when it was planned is kept already, sealed; a draft is written anew at every try.
    drafted = leaves and not (touch.body == written.text and str(touch.subject or "") == written.subject)
    return {
        "id": touch.id,
        "attempt": touch.attempt,
        "state": row.state,
        "reason": row.reason or "",
        "due": row.not_before if row.state == "planned" and row.not_before else touch.due,
        "dispatched_at": row.since if leaves else None,
        "address": written.address,
        "sender": line.sender.id if leaves and line.sender else _asked_for(touch),
        "content": written.content,
        "subject": seal(written.subject).decode() if drafted and written.subject else None,
        "body": seal(written.text).decode() if drafted else None,
        "sources": list(written.sources),
        "personal": written.personal,
        "sms_segments": written.sms_segments,
        "receipt": receipt,
    }


def _asked_for(touch: Touch) -> UUID | None:
    """Name the sender that a waiting touch keeps to: an answer comes from the number that was written to, however late."""
    return touch.sender_id if touch.purpose in ANSWERS else None


def _tell(workspace: Workspace, settled: Sequence[tuple[Touch, outbox.Row]], now: datetime) -> None:
    """Write down delays and refusals, and let the journeys of refused touches go on."""
    events: list[Happened] = []
    moves: dict[UUID, list[journey.Event]] = defaultdict(list)
    for touch, row in settled:
        said = {"reason": row.reason or "", "purpose": touch.purpose}
        if row.state == "suppressed":
            events.append(Happened(Kind.TOUCH_SUPPRESSED, now, touch.contact_id, f"touch:{touch.id}", said))
            if touch.enrollment_id and touch.step is not None:
                again = row.reason in AGAIN
                moves[touch.enrollment_id].append(journey.TouchSuppressed(touch.step, row.reason or "", again))
        elif row.state == "planned":
            events.append(Happened(Kind.TOUCH_DELAYED, now, touch.contact_id, f"touch:{touch.id}", said))
    remember(workspace.id, events)
    advance(workspace, moves, now)
    call_for_unsent_answers(workspace, settled, now)
