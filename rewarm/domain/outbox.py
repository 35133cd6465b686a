"""Decides the life of a touch from plan to proof: which state follows which, and that none is ever lost.

    planned -> leased -> dispatching -> sent
       ^         |            |-> unknown -> sent | failed | closed
       +---------+ (delay)    |-> failed
       +----------------------+ (refused for now)
    planned, leased -> suppressed(reason)
    failed -> planned, unknown | closed -> sent | failed (a person's word)

`now` is business time. Whether a lease has run out is machine time, so the caller knows it, not this file.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import log2
from typing import Literal, assert_never

from rewarm.domain.verdict import Allow, Delay, Deny, Verdict

State = Literal["planned", "leased", "dispatching", "sent", "unknown", "failed", "suppressed", "closed"]
Bucket = Literal["pending", "sent", "suppressed", "failed"]
Status = Literal["accepted", "sent", "undelivered", "delivered"]

RECONCILE_FOR = timedelta(hours=72)  # longest delivery report seen in practice; afterwards nobody answers
FIRST_QUESTION = timedelta(minutes=2)  # by then a carrier has answered by itself, or never will
MOST_REFUSALS = 8  # for now, in a row of tries; after that a person looks
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)

_RANK: dict[Status | None, int] = {None: 0, "accepted": 1, "sent": 2, "undelivered": 3, "delivered": 4}


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider said that it has the message."""

    provider_id: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Proof that the provider took nothing: for good, or for now."""

    permanent: bool
    reason: str
    retry_after: timedelta | None = None
    stops_sender: bool = False  # a wrong password refuses everybody: ask a person, do not fail every touch
    opted_out: bool = False  # they told the carrier to stop (Twilio 21610, Telnyx 40300): our ledger must know, too
    asked: bool = True  # False: we thought better of it before we called, which costs no try


@dataclass(frozen=True, slots=True)
class Unknown:
    """The bytes may have left and no answer came: never sent again, only asked about."""

    why: str


Outcome = Accepted | Refused | Unknown


@dataclass(frozen=True, slots=True)
class Report:
    """What a provider told us later about one message."""

    kind: Status
    at: datetime
    provider_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """What the life of a touch depends on. `attempt` fences: a write-back counts only for its own."""

    state: State = "planned"
    attempt: int = 0
    not_before: datetime | None = None
    expires_at: datetime | None = None
    reason: str | None = None
    provider_id: str | None = None
    status: Status | None = None
    since: datetime | None = None  # when the touch came into this state
    refusals: int = 0  # by the provider, each for now; our own delays cost no try


def bucket(state: State) -> Bucket:
    """Sort a state into the law of conservation: planned = pending + sent + suppressed + failed.

    A closed unknown counts as sent: it may have reached the person, so it uses up the cap.
    """
    match state:
        case "planned" | "leased" | "dispatching" | "unknown":
            return "pending"
        case "sent" | "closed":
            return "sent"
        case "suppressed":
            return "suppressed"
        case "failed":
            return "failed"
        case _:
            assert_never(state)


def is_due(row: Row, now: datetime) -> bool:
    """Tell whether a worker may lease this touch now."""
    return row.state == "planned" and (row.not_before is None or row.not_before <= now)


def after_plan(row: Row, verdict: Verdict, now: datetime) -> Row:
    """Take the planner's verdict, which is only advice: an Allow here sends nothing."""
    assert row.state == "planned", row.state
    if isinstance(verdict, Allow):
        return row if not _expired(row, now) else _enter(row, "suppressed", now, reason="expired")
    return _held_back(row, verdict, now)


def lease(row: Row, now: datetime) -> Row:
    """Give a due touch to one worker under a new attempt number."""
    assert is_due(row, now), row
    return _enter(row, "leased", now, attempt=row.attempt + 1)


def after_verdict(row: Row, verdict: Verdict, now: datetime) -> Row:
    """Take the verdict given under the address lock; only an Allow in time becomes an intent."""
    assert row.state == "leased", row.state
    if isinstance(verdict, Allow) and not _expired(row, now):
        return _enter(row, "dispatching", now, reason=None)
    if isinstance(verdict, Allow):
        return _enter(row, "suppressed", now, reason="expired")
    return _held_back(row, verdict, now)


def after_outcome(row: Row, outcome: Outcome, now: datetime) -> Row:
    """Record what the provider answered; a delivery report that came first is stronger and stays."""
    assert row.state in ("dispatching", "unknown", "sent", "failed", "closed"), row.state
    match outcome:
        case Accepted(provider_id):
            return _proven(row, "accepted", provider_id, now)
        case Refused() if row.state in ("sent", "failed", "closed"):
            return row
        case Refused(permanent, reason, retry_after, asked=asked):
            refusals = row.refusals + asked
            if permanent or row.state != "dispatching" or refusals >= MOST_REFUSALS:
                return _enter(row, "failed", now, reason=reason)
            pause = retry_after or _pause(refusals)
            return _enter(row, "planned", now, not_before=now + pause, reason=reason, refusals=refusals)
        case Unknown(why):
            return _enter(row, "unknown", now, reason=why) if row.state == "dispatching" else row
        case _:
            assert_never(outcome)


def after_lease(row: Row, now: datetime) -> Row:
    """Take a touch back from a lost worker: an uncalled one is free, a called one in doubt."""
    match row.state:
        case "leased":
            return _enter(row, "planned", now)
        case "dispatching":
            return _enter(row, "unknown", now, reason="worker lost between call and record")
        case _:
            raise AssertionError(f"no lease to lose: {row.state}")


def after_report(row: Row, event: Report, now: datetime) -> Row:
    """Take a delivery report in any order, any number of times: the status only rises.

    A report for a touch that waits for another try means that the refused try was taken after all: it is
    sent, so that it is never sent again. A touch that nobody claimed yet, or that was suppressed, was never called: a report
    on it is not ours.
    """
    if row.state == "suppressed" or (row.state == "planned" and row.attempt == 0):
        return row
    if row.state == "failed" and event.kind == "undelivered":
        return row
    return _proven(row, event.kind, event.provider_id, now, reason=event.reason)


def asks_again(age: timedelta, since_last: timedelta) -> bool:
    """Tell whether an unknown of this age is asked about in a round that comes `since_last` after the one before.

    The first question comes after two minutes, and each next one when the age has doubled: eleven in three days.
    """
    if age < FIRST_QUESTION:
        return False
    before = age - since_last
    return before < FIRST_QUESTION or int(log2(age / FIRST_QUESTION)) > int(log2(before / FIRST_QUESTION))


def close_unknown(row: Row, now: datetime) -> Row:
    """Stop asking about an unknown after the horizon; it keeps counting against the caps."""
    assert row.state == "unknown", row.state
    assert row.since is not None
    return _enter(row, "closed", now) if now >= row.since + RECONCILE_FOR else row


def revive(row: Row, now: datetime, lives: timedelta) -> Row:
    """Plan a failed touch once more because a person asks for it: its refusal proves that nothing was taken."""
    assert row.state == "failed", row.state
    return _enter(row, "planned", now, not_before=now, expires_at=now + lives, reason=None, refusals=0)


def after_word(row: Row, *, arrived: bool, now: datetime) -> Row:
    """Take the word of a person who looked at the carrier's own books about a touch in doubt."""
    assert row.state in ("unknown", "closed"), row.state
    if arrived:
        return _proven(row, "delivered", None, now)
    return _enter(row, "failed", now, reason="did not arrive, somebody looked it up")


def _held_back(row: Row, verdict: Delay | Deny, now: datetime) -> Row:
    match verdict:
        case Delay(reason, retry_at, _):
            if row.expires_at is not None and retry_at >= row.expires_at:
                return _enter(row, "suppressed", now, reason=reason)
            return _enter(row, "planned", now, not_before=retry_at, reason=reason)
        case Deny(reason, _):
            return _enter(row, "suppressed", now, reason=reason)
        case _:
            assert_never(verdict)


def _proven(row: Row, status: Status, provider_id: str | None, now: datetime, reason: str | None = None) -> Row:
    """Raise a touch to sent, keeping the highest status and the first provider id."""
    best = max(row.status, status, key=_RANK.__getitem__)
    sent = row if row.state == "sent" else _enter(row, "sent", now, reason=None)
    return replace(
        sent,
        status=best,
        provider_id=row.provider_id or provider_id,
        reason=reason if best == status and reason else sent.reason,
    )


def _enter(row: Row, state: State, now: datetime, **changes: object) -> Row:
    return replace(row, state=state, since=now, **changes)  # type: ignore[arg-type]


def _expired(row: Row, now: datetime) -> bool:
    return row.expires_at is not None and now >= row.expires_at


def _pause(refusals: int) -> timedelta:
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << max(0, refusals - 1)))
