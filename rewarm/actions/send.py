"""Sends what is due: judge again and write the intent (commit), call, record (commit), all under the address's lock.

This is the only place that calls a carrier. A pass is a row of micro-batches of different addresses whose calls start
together right after one commit; a verdict older than a second is abandoned, never sent (design: "the gate is the only door").
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from functools import cache, partial
from itertools import zip_longest
from uuid import UUID

import structlog

from rewarm.actions.compose import Written, compose
from rewarm.actions.intend import Line, Posted, intend
from rewarm.actions.settle import settle
from rewarm.actions.take_turn import limits_of, return_unused, segments, take_turn
from rewarm.adapters.channels import Outbound, channel_for
from rewarm.domain import outbox, pace
from rewarm.errors import SetupError
from rewarm.models import Sender, Touch, Workspace
from rewarm.models.deadlock import despite_deadlocks
from rewarm.models.ledger import refusals
from rewarm.models.outbox import address_locks, claim, give_back

log = structlog.get_logger()
CLAIM = 400
BATCH = 60
VERDICT_LASTS = 1.0  # seconds
PASS_LASTS = 20.0  # seconds; what has not had its turn by then is claimed anew, long before its lease runs out
CALL_LASTS = (
    45.0  # seconds; carriers have shorter limits of their own, a server that drips one letter a second has none
)
LOCKED_OUT = timedelta(hours=1)  # until somebody has mended the sender's settings


def send_due(workspace: Workspace, now: datetime, *, limit: int = CLAIM) -> int:
    """Send, delay or refuse up to `limit` due touches; return how many moved, 0 when there is nothing to do but wait.

    Must be called outside a transaction: the intent has to be committed before the bytes leave.
    """
    walk = steps(workspace, now, limit=limit)
    while True:
        try:
            next(walk)
        except StopIteration as done:
            return int(done.value)


def steps(workspace: Workspace, now: datetime, *, limit: int = CLAIM) -> Generator[str, None, int]:
    """Walk one pass, stopping at each instant at which a worker may die: claimed, then per batch intended, called, recorded.

    Whoever closes the walk early leaves the rows as a killed worker would, and the address locks free, as a lost
    connection does.
    """
    began = time.monotonic()
    claimed = claim(workspace.id, now, limit)
    if not claimed:
        return 0
    yield "claimed"
    found = Touch.objects.filter(workspace=workspace, id__in=claimed).select_related("contact")
    touches = sorted(found, key=lambda one: (one.purpose == "marketing", one.due))
    for touch in touches:  # as they were claimed: should they be somebody else's by now, their attempt fences us off
        touch.state, touch.attempt = "leased", claimed[touch.id]
    letters = compose(workspace, touches, now)
    waiting = _batches(workspace, touches, letters, now)
    resting: dict[UUID, datetime] = {}
    moved = len(claimed)
    while waiting and time.monotonic() - began < PASS_LASTS:
        line, batch = waiting.pop(0)
        moved -= yield from _send(workspace, line, batch, letters, _by_now(workspace, now, began), resting)
    give_back(workspace.id, [touch for _, batch in waiting for touch in batch])
    return moved


def _by_now(workspace: Workspace, now: datetime, began: float) -> datetime:
    """Tell the time within a pass, to the second: quiet hours do not wait for its end. Played time stands still."""
    return now if workspace.clock_at else now + timedelta(seconds=int(time.monotonic() - began))


def _send(
    workspace: Workspace,
    line: Line,
    batch: Sequence[Touch],
    letters: Mapping[UUID, Written],
    now: datetime,
    resting: dict[UUID, datetime],
) -> Generator[str, None, int]:
    """Take one batch's turn at its sender, and then through the door; return how many found it locked.

    Senders whose turn does not come in this pass are noted in `resting`: what else they would carry asks no more.
    """
    turn = None
    if line.sender is not None:
        until = resting.get(line.sender.id)
        turn = take_turn(workspace, line.sender, batch, letters, now) if until is None else None
        if turn is not None and turn.wait is None:
            until = resting[line.sender.id] = now + turn.later
        if until is not None:
            give_back(workspace.id, batch, until)
            return 0
        assert turn is not None and turn.wait is not None
        time.sleep(turn.wait.total_seconds())
        line = Line(line.sender, held=turn.held)
        if workspace.clock_at is None:
            now += turn.wait
    with address_locks(workspace.id, [letters[touch.id].address for touch in batch]) as held:
        locked = [touch for touch in batch if letters[touch.id].address not in held]
        give_back(workspace.id, locked)
        posted = intend(workspace, [touch for touch in batch if letters[touch.id].address in held], letters, line, now)
        yield "intended"
        # A STOP slips in where a lock was lost with its session, or was waited for in vain; asking proves that ours lives.
        outcomes = _call(posted, refusals(workspace.id, held) if posted else {})
        yield "called"
        despite_deadlocks(partial(settle, workspace, posted, outcomes, now))
    if turn is not None and line.sender is not None:
        return_unused(workspace, line.sender, turn, sum(segments(one.written) for one in posted), now)
    yield "recorded"
    return len(locked)


# -- who goes with whom ------------------------------------------------------------------------------------------------


def _batches(
    workspace: Workspace, touches: Sequence[Touch], letters: Mapping[UUID, Written], now: datetime
) -> list[tuple[Line, list[Touch]]]:
    """Split into micro-batches of one sender in which no address stands twice: a session can re-take its own lock.

    Senders take turns, so that a slow one holds up no other.
    """
    senders = list(Sender.objects.filter(workspace=workspace).order_by("created_at"))
    open_batches: dict[UUID | str, list[tuple[Line, list[Touch], set[str]]]] = defaultdict(list)
    for touch in touches:
        line = line_for(touch, senders)
        most = pace.burst(limits_of(line.sender), BATCH) if line.sender else BATCH
        alike = open_batches[line.sender.id if line.sender else f"stopped:{line.stopped}"]
        address = letters[touch.id].address
        for _, batch, addresses in alike:
            if len(batch) < most and address not in addresses:
                batch.append(touch)
                addresses.add(address)
                break
        else:
            alike.append((line, [touch], {address}))
    rows = [[(line, batch) for line, batch, _ in alike] for alike in open_batches.values()]
    return [one for turn in zip_longest(*rows) for one in turn if one is not None]


def line_for(touch: Touch, senders: Sequence[Sender]) -> Line:
    """Choose who carries a touch: the number they wrote to, else the first of its lane that is not stopped.

    Advertising and service may have senders of their own, so that a carrier that blocks the one spares the other.
    """
    lane = "marketing" if touch.purpose == "marketing" else "service"
    able = [one for one in senders if one.channel == touch.channel]
    fit = [one for one in able if one.id == touch.sender_id] or sorted(
        (one for one in able if one.lane in (lane, "any")), key=lambda one: one.lane == "any"
    )
    running = [one for one in fit if one.stopped_at is None]
    return Line(running[0] if running else None, stopped=bool(fit))


# -- call --------------------------------------------------------------------------------------------------------------


@cache
def _crew() -> ThreadPoolExecutor:
    """The threads in which a batch of calls starts at once, with as many to spare for those that hang.

    They keep their connections between batches.
    """
    return ThreadPoolExecutor(max_workers=2 * BATCH, thread_name_prefix="carrier")


def _call(posted: Sequence[Posted], refused: Mapping[str, int]) -> list[outbox.Outcome]:
    """Make all calls at once, and wait for none of them longer than its lease: one server must not hold up a worker."""
    calls = [_crew().submit(_call_one, one, refused.get(one.written.address, 0)) for one in posted]
    wait(calls, timeout=CALL_LASTS)
    return [_came_of(call) for call in calls]


def _came_of(call: Future[outbox.Outcome]) -> outbox.Outcome:
    if not call.done() and call.cancel():
        return outbox.Refused(permanent=False, reason="nobody was free to call", asked=False)
    return call.result() if call.done() else outbox.Unknown(f"no answer within {CALL_LASTS:.0f} seconds")


def _call_one(posted: Posted, refusals_now: int) -> outbox.Outcome:
    """Make one call, unless the verdict has become too old for it, or they have said no since."""
    if time.monotonic() - posted.verdict_at > VERDICT_LASTS:
        return outbox.Refused(permanent=False, reason="the verdict became too old", asked=False)
    if refusals_now != posted.refusals:
        return outbox.Refused(permanent=False, reason="they said no in this very moment", asked=False)
    try:
        channel = channel_for(posted.sender.kind, posted.sender.settings)
    except (SetupError, ValueError) as wrong:
        return outbox.Refused(permanent=False, reason=str(wrong), retry_after=LOCKED_OUT, stops_sender=True)
    try:
        return channel.send(_outbound(posted))
    except Exception as broken:  # a defect of ours must not cost the others of the batch their outcome
        log.exception("a channel broke", touch=str(posted.touch.id))
        return outbox.Unknown(f"the channel broke: {type(broken).__name__}")


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
