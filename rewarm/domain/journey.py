"""Decides what happens next on a contact's way through a journey.

A `Journey` is a written plan; a `Place` is one contact's position in it; `advance` takes the place, something
that happened and the time, and returns the new place with the commands that follow. Nothing else moves a
contact.

Two promises are kept here by construction and tested as properties:

- *Never stuck.* A live place always has a `due`: the next step, or the latest moment at which we stop waiting
  for whatever `waits_for` names.
- *Never twice.* `step` always points past what was planned, and goes back only when `round` goes up, so that
  no pair (step, round) is planned a second time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal, assert_never

from rewarm.domain.journey_plan import CHANNELS, STAGES, BadJourney, Journey, Step, from_spec

__all__ = [
    "CHANNELS",
    "STAGES",
    "AppointmentMissed",
    "BadJourney",
    "Booked",
    "Command",
    "ConversationQuiet",
    "Due",
    "End",
    "Enrolled",
    "Event",
    "Follow",
    "Journey",
    "Later",
    "NotInterested",
    "OptedOut",
    "Place",
    "PlanTouch",
    "Replied",
    "Step",
    "Stopped",
    "TouchFailed",
    "TouchSent",
    "TouchSuppressed",
    "advance",
    "from_spec",
    "gap",
]

# Judgement, not measured: longer than a touch may wait for its hour (a weekend) and then live (five days).
TOUCH_PATIENCE = timedelta(days=10)
TRY_AGAIN_AFTER = timedelta(days=1)
MOST_ROUNDS = 3
AFTER_A_MISSED_APPOINTMENT = timedelta(days=1)
PATIENT_TOUCHES = 3
# Silence never widens a gap beyond one touch a quarter.
WIDEST_GAP = timedelta(days=91)
WAKE_AT = time(9, 0)

Status = Literal["active", "paused", "ended"]
WaitsFor = Literal["touch", "reply", "conversation", "date"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a contact stands.

    `step` is the index of the next step to plan, so while `waits_for` is "touch" the touch in flight is
    `step - 1`. `round` counts how often the plan went back to a step. `due` is the next or the latest
    wake-up; it is None only when ended. `unanswered` counts touches sent since the contact last answered.
    `reason` says why it ended.
    """

    status: Status
    step: int
    round: int
    due: datetime | None
    waits_for: WaitsFor | None = None
    unanswered: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The contact enters the journey; `start` (default: now) lets a campaign spread its beginners."""

    start: datetime | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """The place's `due` has come; ignored when it has not."""


@dataclass(frozen=True, slots=True)
class TouchSent:
    step: int


@dataclass(frozen=True, slots=True)
class TouchSuppressed:
    """The touch was refused; `again` when the step deserves another try (expired, a cap, a stop switch)."""

    step: int
    reason: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class TouchFailed:
    step: int
    reason: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Replied:
    """The contact wrote; `route` is what the reading led to: stop, answer, ask, book, handoff or quiet."""

    route: str


@dataclass(frozen=True, slots=True)
class ConversationQuiet:
    """The talk ended without reaching the goal."""


@dataclass(frozen=True, slots=True)
class Later:
    """The contact asked to be written to again from `until` on (a local calendar date)."""

    until: date


@dataclass(frozen=True, slots=True)
class Booked:
    pass


@dataclass(frozen=True, slots=True)
class AppointmentMissed:
    pass


@dataclass(frozen=True, slots=True)
class OptedOut:
    pass


@dataclass(frozen=True, slots=True)
class NotInterested:
    pass


@dataclass(frozen=True, slots=True)
class Stopped:
    """Somebody of ours, or a rule, took the contact out."""

    reason: str


Event = (
    Enrolled
    | Due
    | TouchSent
    | TouchSuppressed
    | TouchFailed
    | Replied
    | ConversationQuiet
    | Later
    | Booked
    | AppointmentMissed
    | OptedOut
    | NotInterested
    | Stopped
)


@dataclass(frozen=True, slots=True)
class PlanTouch:
    """Plan the touch of step index `step`; (step, round) is its cause within the enrollment, and unique."""

    step: int
    round: int


@dataclass(frozen=True, slots=True)
class End:
    reason: str


@dataclass(frozen=True, slots=True)
class Follow:
    """Enroll the contact in the journey that comes after this one."""

    journey_slug: str


Command = PlanTouch | End | Follow
Advance = tuple[Place, tuple[Command, ...]]


def advance(journey: Journey, place: Place | None, event: Event, now: datetime) -> Advance:
    """Return the place after `event` and the commands that it gives rise to.

    `place` is None only for Enrolled. `now` is aware; give it in the practice's zone, since Later wakes at
    nine in the zone of `now`. Late, early and repeated events are harmless: they return the place as it is.
    """
    if place is None:
        assert isinstance(event, Enrolled), "a contact who is not enrolled has no place"
        return _enter(journey, event.start or now), ()
    if place.status == "ended":
        return place, ()
    match event:
        case Enrolled():
            return place, ()
        case Due():
            return _wake(journey, place, now)
        case TouchSent(step):
            return (_await_next(journey, place, now, sent=True) if _in_flight(place, step) else place), ()
        case TouchSuppressed(step, _, again) | TouchFailed(step, _, again):
            return (_not_sent(journey, place, now, again=again) if _in_flight(place, step) else place), ()
        case Replied("stop") | OptedOut():
            return _end(place, "opted_out")
        case Replied():
            return _talk(journey, place, now), ()
        case ConversationQuiet():
            return (_resume(journey, place, now) if place.waits_for == "conversation" else place), ()
        case Later(until):
            return _sleep(journey, place, until, now), ()
        case Booked():
            return _end(place, "booked")
        case AppointmentMissed():
            return _hasten(place, now), ()
        case NotInterested():
            return _end(place, "not_interested")
        case Stopped(reason):
            return _end(place, reason)
        case _:
            assert_never(event)


def gap(journey: Journey, step: int, unanswered: int) -> timedelta:
    """Return the wait before step index `step` after `unanswered` touches without an answer.

    A plan keeps its written pace for three silent touches; each further one multiplies the wait by the silence
    factor, up to one touch a quarter: wait × factor^(unanswered − 3). In simulation wider spacing books more and
    costs fewer opt-outs than a dense drip, and four fifths of those who ever answer have answered early.
    """
    written = journey.steps[min(step, len(journey.steps) - 1)].wait
    widest = max(written, WIDEST_GAP)
    # The exponent is capped, as a float power of a long silence would overflow.
    widened = journey.silence_factor ** min(max(unanswered - PATIENT_TOUCHES, 0), 50)
    return min(written * min(widened, 1000.0), widest)


def _enter(journey: Journey, start: datetime) -> Place:
    return Place(status="active", step=0, round=0, due=start + journey.steps[0].wait)


def _wake(journey: Journey, place: Place, now: datetime) -> Advance:
    """Plan the next step, or stop waiting for something that did not come."""
    assert place.due is not None, "a live place has a wake-up"
    if now < place.due:
        return place, ()
    match place.waits_for:
        case "touch":
            # Nobody reported the touch: it may have gone out, so it counts as sent, never to be planned
            # again.
            return _await_next(journey, place, now, sent=True), ()
        case "conversation":
            return _resume(journey, place, now), ()
        case "reply" | "date" | None:
            return _plan(journey, place, now)
        case _:
            assert_never(place.waits_for)


def _plan(journey: Journey, place: Place, now: datetime) -> Advance:
    if place.step >= len(journey.steps):
        ended, commands = _end(place, "finished")
        return ended, (*commands, Follow(journey.then)) if journey.then else commands
    planned = replace(place, status="active", step=place.step + 1, due=now + TOUCH_PATIENCE, waits_for="touch")
    return planned, (PlanTouch(place.step, place.round),)


def _in_flight(place: Place, step: int) -> bool:
    return place.waits_for == "touch" and step == place.step - 1


def _await_next(journey: Journey, place: Place, now: datetime, *, sent: bool) -> Place:
    """Wait for the next step, or after the last one for a late reply."""
    unanswered = place.unanswered + sent
    wait = gap(journey, place.step, unanswered)
    over = place.step >= len(journey.steps)
    return replace(
        place,
        status="active",
        due=now + (max(wait, journey.reply_pause) if over else wait),
        waits_for="reply" if over else None,
        unanswered=unanswered,
    )


def _not_sent(journey: Journey, place: Place, now: datetime, *, again: bool) -> Place:
    if again and place.round < MOST_ROUNDS:
        return replace(place, step=place.step - 1, round=place.round + 1, due=now + TRY_AGAIN_AFTER, waits_for=None)
    return _await_next(journey, place, now, sent=False)


def _talk(journey: Journey, place: Place, now: datetime) -> Place:
    """Let the conversation have the floor; a day that was asked for stays agreed through a “thanks”."""
    quiet = now + journey.reply_pause
    if place.waits_for == "date":
        assert place.due is not None, "a live place has a wake-up"
        return replace(place, due=max(place.due, quiet))
    return _pause(place, "conversation", quiet)


def _pause(place: Place, waits_for: WaitsFor, until: datetime) -> Place:
    return replace(place, status="paused", due=until, waits_for=waits_for, unanswered=0)


def _resume(journey: Journey, place: Place, now: datetime) -> Place:
    """Go on after a talk with the step's written wait: who answered is not written to as if silent."""
    return _await_next(journey, place, now, sent=False)


def _sleep(journey: Journey, place: Place, until: date, now: datetime) -> Place:
    """Sleep until the day that the contact named; a plan that is used up keeps its last step for that day."""
    wake = max(datetime.combine(until, WAKE_AT, tzinfo=now.tzinfo), now + timedelta(days=1))
    if place.step >= len(journey.steps):
        place = replace(place, step=len(journey.steps) - 1, round=place.round + 1)
    return _pause(place, "date", wake)


def _hasten(place: Place, now: datetime) -> Place:
    """Bring the next step forward after a missed appointment, but never into a talk or a touch in flight."""
    assert place.due is not None, "a live place has a wake-up"
    if place.waits_for is not None:
        return place
    return replace(place, due=min(place.due, now + AFTER_A_MISSED_APPOINTMENT))


def _end(place: Place, reason: str) -> Advance:
    ended = replace(place, status="ended", due=None, waits_for=None, reason=reason)
    return ended, (End(reason),)
