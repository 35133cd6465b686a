"""Sends what is due: judge again and write the intent (commit), call, record (commit), all under the address's lock.

This is the only place that calls a carrier. A pass is a micro-batch of different addresses whose calls start together
right after one commit; a verdict older than a second is abandoned, never sent (design: "the gate is the only door").
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from psycopg.types.json import Jsonb

from rewarm.actions.advance import advance
from rewarm.actions.book import LIVE
from rewarm.actions.compose import Written, compose
from rewarm.actions.gate import Questions, questions
from rewarm.actions.hand_off import hand_off
from rewarm.actions.remember import remember
from rewarm.adapters.channels import Outbound, channel_for
from rewarm.adapters.rules import rule_set
from rewarm.domain import journey, outbox, policy
from rewarm.domain.event import Happened, Kind
from rewarm.errors import SetupError
from rewarm.models import Appointment, Conversation, Message, Sender, Touch, Workspace
from rewarm.models.base import uuid7
from rewarm.models.outbox import address_locks, claim, row_of, write_back
from rewarm.models.sealed import seal

log = structlog.get_logger()
CLAIM = 200
BATCH = 25
VERDICT_LASTS = 1.0  # seconds
LOCKED_OUT = timedelta(hours=1)  # until somebody has mended the sender's settings
# A refusal that passes by itself does not use up the step.
AGAIN = frozenset({"expired", "live_conversation", "stopped"})


# A stop switch is asked again after this time; what was planned waits until it expires.
LOOK_AGAIN = timedelta(hours=1)
Senders = Mapping[str, Sender | None]


@dataclass(frozen=True, slots=True)
class Posted:
    """One touch on its way out: the row, what was written for it, and the sender that carries it."""

    touch: Touch
    written: Written
    sender: Sender
    row: outbox.Row


def send_due(workspace: Workspace, now: datetime, *, limit: int = CLAIM) -> int:
    """Send, delay or refuse up to `limit` due touches; return how many were claimed.

    Must be called outside a transaction: the intent has to be committed before the bytes leave.
    """
    claimed = claim(workspace.id, now, limit)
    if not claimed:
        return 0
    touches = list(Touch.objects.filter(workspace=workspace, id__in=claimed).select_related("contact").order_by("due"))
    letters = compose(workspace, touches, now)
    senders = _senders(workspace)
    with _Carriers() as carriers:
        for batch in _batches(touches, letters):
            with address_locks(workspace.id, [letters[touch.id].address for touch in batch]) as held:
                ours = [touch for touch in batch if letters[touch.id].address in held]
                _give_back(workspace, [touch for touch in batch if letters[touch.id].address not in held])
                posted, verdict_at = _intend(workspace, ours, letters, senders, now)
                outcomes = _call(carriers, posted, verdict_at)
                _record(workspace, posted, outcomes, now)
    return len(claimed)


def _batches(touches: Sequence[Touch], letters: Mapping[UUID, Written]) -> list[list[Touch]]:
    """Split into micro-batches in which no address stands twice: a session can re-take its own lock."""
    batches: list[list[Touch]] = []
    seen: list[set[str]] = []
    for touch in touches:
        address = letters[touch.id].address
        for batch, addresses in zip(batches, seen, strict=True):
            if len(batch) < BATCH and address not in addresses:
                batch.append(touch)
                addresses.add(address)
                break
        else:
            batches.append([touch])
            seen.append({address})
    return batches


def _senders(workspace: Workspace) -> Senders:
    """Choose the sender of each channel: the first that is not stopped, None where all of them are."""
    senders: dict[str, Sender | None] = {}
    for sender in Sender.objects.filter(workspace=workspace).order_by("created_at"):
        if senders.get(sender.channel) is None:
            senders[sender.channel] = None if sender.stopped_at else sender
    return senders


def _give_back(workspace: Workspace, touches: Sequence[Touch]) -> None:
    """Return touches whose address somebody else holds right now; nothing was called."""
    with transaction.atomic():
        write_back(
            workspace.id,
            [(touch.id, touch.attempt, {"state": "planned", "lease_until": None}) for touch in touches],
            only="leased",
        )


# -- judge again and write the intent ----------------------------------------------------------------------------------


def _intend(
    workspace: Workspace,
    touches: Sequence[Touch],
    letters: Mapping[UUID, Written],
    senders: Senders,
    now: datetime,
) -> tuple[list[Posted], float]:
    """Judge each touch under its lock and commit the intents; return them with the moment of the verdict."""
    posted: list[Posted] = []
    with transaction.atomic():
        asked = questions(workspace, touches, letters, now)
        gone = _gone(workspace, touches)
        verdict_at = time.monotonic()
        settled: list[tuple[Touch, outbox.Row, Written, policy.Receipt]] = []
        for touch in touches:
            written, sender = letters[touch.id], senders.get(touch.channel)
            if touch.appointment_id in gone:
                verdict = _deny("appointment_gone")
            elif touch.channel not in senders:
                verdict = _deny("no_sender")
            else:
                verdict = _judge(written, sender, asked, touch, now)
            row = outbox.after_verdict(row_of(touch), verdict, now)
            settled.append((touch, row, written, verdict.receipt))
            if row.state == "dispatching" and sender is not None:
                posted.append(Posted(touch, written, sender, row))
        ours = write_back(workspace.id, [_intent(*one, senders, now) for one in settled], only="leased")
        posted = [one for one in posted if one.touch.id in ours]
        _tell(workspace, [(touch, row) for touch, row, _, _ in settled if touch.id in ours], now)
    return posted, verdict_at


def _gone(workspace: Workspace, touches: Sequence[Touch]) -> set[UUID | None]:
    """Find the visits of these touches that were moved, called off or are over: nobody is reminded of those."""
    visits = Appointment.objects.filter(workspace=workspace, id__in={touch.appointment_id for touch in touches})
    return set(visits.exclude(state__in=LIVE).values_list("id", flat=True))


def _deny(reason: str) -> policy.Verdict:
    return policy.Deny(reason, {"verdict": "deny", "reason": reason})


def _judge(written: Written, sender: Sender | None, asked: Questions, touch: Touch, now: datetime) -> policy.Verdict:
    if written.refused:
        return policy.Deny("draft", {"verdict": "deny", "reason": "draft", "checks": list(written.refused)})
    proposed, view, entries = asked[touch.id]
    verdict = _deny("stopped") if sender is None else policy.judge(proposed, view, entries, rule_set(), now)
    if isinstance(verdict, policy.Deny) and verdict.reason == "stopped":
        return policy.Delay("stopped", now + LOOK_AGAIN, verdict.receipt)
    return verdict


def _intent(
    touch: Touch,
    row: outbox.Row,
    written: Written,
    receipt: policy.Receipt,
    senders: Senders,
    now: datetime,
) -> tuple[UUID, int, dict[str, Any]]:
    """Spell the columns of one verdict; the text is kept with the intent, so that a crash cannot lose what was said."""
    leaves = row.state == "dispatching"
    sender = senders.get(touch.channel)
    return (
        touch.id,
        touch.attempt,
        {
            "state": row.state,
            "reason": row.reason or "",
            "due": row.not_before if row.state == "planned" and row.not_before else touch.due,
            "dispatched_at": now if leaves else None,
            "address": written.address,
            "sender_id": sender.id if leaves and sender else None,
            "content": written.content,
            "subject": seal(written.subject) if leaves and written.subject else None,
            "body": seal(written.text) if leaves or touch.body is not None else None,
            "sources": Jsonb(list(written.sources)),
            "personal": written.personal,
            "sms_segments": written.sms_segments,
            "receipt": Jsonb(receipt),
        },
    )


def _tell(workspace: Workspace, settled: Sequence[tuple[Touch, outbox.Row]], now: datetime) -> None:
    """Write down delays and refusals, and let the journeys of refused touches go on."""
    events: list[Happened] = []
    moves: dict[UUID, list[journey.Event]] = defaultdict(list)
    for touch, row in settled:
        data = {"reason": row.reason or "", "purpose": touch.purpose}
        if row.state == "suppressed":
            events.append(Happened(Kind.TOUCH_SUPPRESSED, now, touch.contact_id, f"touch:{touch.id}", data))
            if touch.enrollment_id and touch.step is not None:
                again = row.reason in AGAIN
                moves[touch.enrollment_id].append(journey.TouchSuppressed(touch.step, row.reason or "", again))
        elif row.state == "planned":
            events.append(Happened(Kind.TOUCH_DELAYED, now, touch.contact_id, f"touch:{touch.id}", data))
    remember(workspace.id, events)
    advance(workspace, moves, now)
    _call_a_person(workspace, settled, now)


def _call_a_person(workspace: Workspace, settled: Sequence[tuple[Touch, outbox.Row]], now: datetime) -> None:
    """Hand over whom we owe an answer that will never leave: no reply is lost (promise 5)."""
    for touch, row in settled:
        if touch.purpose == "reply" and row.state in ("suppressed", "failed"):
            why = policy.REASONS.get(row.reason or "", "The carrier refused it.")
            hand_off(
                workspace, touch.contact, cause=f"touch:{touch.id}", urgency="hot",
                why=f"Our answer could not be sent. {why}", now=now,
            )  # fmt: skip


# -- call --------------------------------------------------------------------------------------------------------------


class _Carriers:
    """The threads in which a batch of calls starts at once."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=BATCH, thread_name_prefix="carrier")

    def __enter__(self) -> _Carriers:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True)

    def send(self, posted: Posted, verdict_at: float) -> outbox.Outcome:
        """Make one call, unless the verdict has become too old for it."""
        if time.monotonic() - verdict_at > VERDICT_LASTS:
            return outbox.Refused(permanent=False, reason="the verdict became too old", retry_after=timedelta())
        try:
            channel = channel_for(posted.sender.kind, posted.sender.settings)
        except (SetupError, ValueError) as wrong:
            return outbox.Refused(permanent=False, reason=str(wrong), retry_after=LOCKED_OUT, stops_sender=True)
        try:
            return channel.send(_outbound(posted))
        except Exception as broken:  # a defect of ours must not cost the others of the batch their outcome
            log.exception("a channel broke", touch=str(posted.touch.id))
            return outbox.Unknown(f"the channel broke: {type(broken).__name__}")

    def all(self, batch: Sequence[Posted], verdict_at: float) -> list[outbox.Outcome]:
        return list(self._pool.map(lambda one: self.send(one, verdict_at), batch))


def _call(carriers: _Carriers, posted: Sequence[Posted], verdict_at: float) -> list[outbox.Outcome]:
    return carriers.all(posted, verdict_at) if posted else []


def _outbound(posted: Posted) -> Outbound:
    written, touch = posted.written, posted.touch
    return Outbound(
        id=str(touch.id),
        sender=posted.sender.address,
        sender_name=posted.sender.name,
        to=written.address,
        text=written.text,
        subject=written.subject,
        html=written.html,
        headers=written.headers,
        ics=written.ics,
        callback_url=_callback(posted.sender, touch.id),
        valid_for=max(timedelta(minutes=5), touch.expires_at - touch.due),
    )


def _callback(sender: Sender, touch: UUID) -> str:
    base = sender.callback_base()
    return f"{base}/dlr?id={touch}" if base else ""


# -- record ------------------------------------------------------------------------------------------------------------


def _record(workspace: Workspace, posted: Sequence[Posted], outcomes: Sequence[outbox.Outcome], now: datetime) -> None:
    """Write what the carrier answered; a late worker whose attempt is no longer current is fenced off."""
    if not posted:
        return
    with transaction.atomic():
        current = {
            touch.id: touch
            for touch in Touch.objects.select_for_update().filter(
                workspace=workspace, id__in=[one.touch.id for one in posted]
            )
        }
        rows, messages, events, settled = [], [], [], []
        moves: dict[UUID, list[journey.Event]] = defaultdict(list)
        for one, outcome in zip(posted, outcomes, strict=True):
            touch = current[one.touch.id]
            if touch.attempt != one.row.attempt:
                continue
            row = outbox.after_outcome(row_of(touch), outcome, now)
            rows.append((touch.id, touch.attempt, _recorded(touch, row, now)))
            settled.append((touch, row))
            if row.state in ("sent", "unknown"):
                messages.append(_message(workspace, one, row, now))
            events.append(_happened(touch, row, now))
            if (move := _move(touch, row)) and touch.enrollment_id:
                moves[touch.enrollment_id].append(move)
        write_back(workspace.id, rows)
        _stop_locked_out(posted, outcomes, now)
        Message.objects.bulk_create(messages, ignore_conflicts=True)
        _note_in_threads(workspace, messages, now)
        remember(workspace.id, events)
        advance(workspace, moves, now)
        _call_a_person(workspace, settled, now)


def _stop_locked_out(posted: Sequence[Posted], outcomes: Sequence[outbox.Outcome], now: datetime) -> None:
    """Stop a sender whose carrier refuses our password: its touches wait for a person instead of failing one by one."""
    locked_out = {
        one.sender.id
        for one, outcome in zip(posted, outcomes, strict=True)
        if isinstance(outcome, outbox.Refused) and outcome.stops_sender
    }
    if locked_out:
        Sender.objects.filter(id__in=locked_out, stopped_at=None).update(stopped_at=now)


def _recorded(touch: Touch, row: outbox.Row, now: datetime) -> dict[str, Any]:
    return {
        "state": row.state,
        "reason": row.reason or "",
        "due": row.not_before if row.state == "planned" and row.not_before else touch.due,
        "provider_id": row.provider_id or "",
        "status": row.status or "",
        "sent_at": touch.sent_at or (now if row.state == "sent" else None),
        "lease_until": None,
    }


def _message(workspace: Workspace, one: Posted, row: outbox.Row, now: datetime) -> Message:
    return Message(
        id=uuid7(),
        workspace=workspace,
        contact_id=one.touch.contact_id,
        touch_id=one.touch.id,
        direction="out",
        channel=one.touch.channel,
        address=one.written.address,
        sender=one.sender,
        # Not every carrier names the message; our own key is unique in any case.
        provider_id=f"touch:{one.touch.id}",
        subject=one.written.subject or None,
        body=one.written.text,
        at=now,
        recorded_at=now,
        author_id=one.written.author,
    )


def _note_in_threads(workspace: Workspace, messages: Sequence[Message], now: datetime) -> None:
    """Keep "last written" of the threads that exist; a first marketing touch alone opens none."""
    Conversation.objects.filter(
        workspace=workspace, contact_id__in=[message.contact_id for message in messages]
    ).update(last_out_at=now)


def _happened(touch: Touch, row: outbox.Row, now: datetime) -> Happened:
    kinds = {
        "sent": Kind.SENT,
        "unknown": Kind.SENDING_UNKNOWN,
        "failed": Kind.TOUCH_FAILED,
        "planned": Kind.TOUCH_DELAYED,
    }
    # The carrier's own words stay with the touch: they may name the address, and an event outlives its person.
    data = {"purpose": touch.purpose, "channel": touch.channel}
    return Happened(kinds[row.state], now, touch.contact_id, f"touch:{touch.id}", data)


def _move(touch: Touch, row: outbox.Row) -> journey.Event | None:
    """An unknown counts as sent for the journey: it may have reached the person."""
    if touch.step is None:
        return None
    if row.state in ("sent", "unknown"):
        return journey.TouchSent(touch.step)
    if row.state == "failed":
        return journey.TouchFailed(touch.step, row.reason or "")
    return None
