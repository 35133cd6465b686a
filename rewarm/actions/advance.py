"""Moves enrolled people along: applies what happened to their places and carries out what follows, a batch at a time."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from rewarm.actions.remember import remember
from rewarm.adapters.rules import rule_set, states_of, zones_of
from rewarm.domain import calendars, journey, timing
from rewarm.domain.event import Happened, Kind
from rewarm.domain.journey import Place
from rewarm.models import Enrollment, JourneyVersion, Workspace
from rewarm.models.base import uuid7

# A touch that could not leave within this time is no longer the message that was meant.
TOUCH_LIVES_DAYS = 5

# One look-up a person, whatever the planner believes: for a thousand of some ten thousand people it would read them all.
_LOAD = """
SELECT e.id, e.contact_id, e.campaign_id, e.journey_id, e.arm, e.segment, e.status, e.step, e.round, e.due, e.waits_for,
       e.unanswered, e.reason, c.born_year, c.zone, c.zone_source, c.zip, c.state, c.country,
       (SELECT address FROM rewarm_address a WHERE a.workspace_id = e.workspace_id AND a.contact_id = e.contact_id
          AND a.channel = 'phone' AND a.unusable_at IS NULL ORDER BY rank LIMIT 1) AS phone
FROM rewarm_enrollment e CROSS JOIN LATERAL (SELECT * FROM rewarm_contact WHERE id = e.contact_id LIMIT 1) c
WHERE e.workspace_id = %s AND e.status <> 'ended' AND e.id = ANY(%s)
ORDER BY e.id FOR UPDATE OF e
"""

# Both batches travel as one JSON document: a list for every column costs the client twice as much.
_STORE = """
UPDATE rewarm_enrollment e SET status = t.status, step = t.step, round = t.round, due = t.due, waits_for = t.waits_for,
       unanswered = t.unanswered, reason = t.reason,
       ended_at = CASE WHEN t.status = 'ended' THEN %(now)s ELSE e.ended_at END
FROM jsonb_to_recordset(%(rows)s::jsonb) AS t (id uuid, status text, step int, round int, due timestamptz, waits_for text,
  unanswered int, reason text)
WHERE e.id = t.id AND e.workspace_id = %(ws)s
"""

_PLAN = """
INSERT INTO rewarm_touch (id, workspace_id, contact_id, enrollment_id, campaign_id, cause, purpose, channel, step, round, stage,
  due, expires_at, explored, state, reason, attempt, address, content, sources, extra, personal, sms_segments, planned_at,
  provider_id, status)
SELECT t.id, %(ws)s, t.contact, t.enrollment, t.campaign, t.cause, 'marketing', t.channel, t.step, t.round, t.stage,
  t.due, t.due + make_interval(days => %(lives)s), t.explored, t.state,
  t.reason, 0, '', '', '[]'::jsonb, '{}'::jsonb, false, 0, %(now)s, '', ''
FROM jsonb_to_recordset(%(rows)s::jsonb) AS t (id uuid, contact uuid, enrollment uuid, campaign uuid, cause text, channel text,
  step int, round int, stage text, due timestamptz, explored bool, state text, reason text)
ON CONFLICT (workspace_id, cause) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class _Enrolled:
    """One claimed row with what the decision needs."""

    id: UUID
    contact: UUID
    campaign: UUID
    journey: UUID
    arm: str
    segment: str
    born_year: int | None
    zone: str
    zone_source: str
    zip: str
    state: str
    country: str
    phone: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class _Planned:
    """A touch to be written; its fields are the columns of the INSERT."""

    id: UUID
    contact: UUID
    enrollment: UUID
    campaign: UUID
    cause: str
    channel: str
    step: int
    round: int
    stage: str
    due: datetime
    explored: bool
    state: str
    reason: str


def advance(workspace: Workspace, happened: Mapping[UUID, Sequence[journey.Event]], now: datetime) -> int:
    """Apply events to enrollments in the caller's transaction and return how many places changed.

    Rows are locked in the order of their ids, so that two workers never wait for each other in a circle. An event for
    an ended enrollment has no effect.
    """
    if not happened:
        return 0
    enrolled = _load(workspace.id, happened)
    moved: list[tuple[_Enrolled, Place]] = []
    planned: list[_Planned] = []
    events: list[Happened] = []
    following: list[tuple[_Enrolled, str]] = []
    for one in enrolled:
        plan = _plan(one.journey)
        place = one.place
        waiting = list(happened[one.id])
        while waiting:
            place, commands = journey.advance(plan, place, waiting.pop(0), now)
            for command in commands:
                match command:
                    case journey.PlanTouch():
                        touch = _touch(workspace, one, plan, command, now)
                        planned.append(touch)
                        if touch.state == "suppressed":
                            # The held-out person's clock runs too: the touch is counted, and the journey goes on.
                            waiting.append(journey.TouchSuppressed(command.step, touch.reason))
                    case journey.End(reason):
                        events.append(
                            Happened(
                                Kind.JOURNEY_ENDED,
                                now,
                                one.contact,
                                f"enrollment:{one.id}",
                                {"reason": reason},
                            )
                        )
                    case journey.Follow(slug):
                        following.append((one, slug))
        if place != one.place:
            moved.append((one, place))
    _store(workspace.id, moved, now)
    _insert(workspace.id, planned, now)
    remember(workspace.id, events)
    for one, slug in following:
        _follow(workspace, one, slug, now)
    return len(moved)


def _load(workspace: UUID, ids: Iterable[UUID]) -> list[_Enrolled]:
    with connection.cursor() as cursor:
        cursor.execute(_LOAD, [workspace, list(ids)])
        return [_enrolled(*row) for row in cursor.fetchall()]


def _enrolled(*row: Any) -> _Enrolled:
    """Put the columns of one row together: six of the enrollment, seven of its place, the rest of the contact."""
    columns = (*row[:6], *row[13:], Place(*row[6:13]))
    return _Enrolled(*columns)


@functools.lru_cache(maxsize=256)
def _plan(version: UUID) -> journey.Journey:
    """Read a journey version once: versions are immutable."""
    return journey.from_spec(JourneyVersion.objects.values_list("spec", flat=True).get(id=version))


def _touch(
    workspace: Workspace, one: _Enrolled, plan: journey.Journey, command: journey.PlanTouch, now: datetime
) -> _Planned:
    step = plan.steps[command.step]
    held_out = one.arm == "holdout"
    place = calendars.place_of(
        one.phone, states=states_of(one.state, one.zip), zones=zones_of(one.zone, one.zip), country=one.country,
        rules=rule_set(),
    )  # fmt: skip
    chosen = timing.choose(
        now,
        place.zones or (workspace.zone,),
        born_year=one.born_year,
        channel=step.channel,
        seed=f"{one.contact}:{plan.slug}:{command.step}:{command.round}",
    )
    return _Planned(
        id=uuid7(),
        contact=one.contact,
        enrollment=one.id,
        campaign=one.campaign,
        cause=f"step:{one.id}:{command.step}:{command.round}",
        channel=step.channel,
        step=command.step,
        round=command.round,
        stage=step.stage,
        # No hour suits every zone: the gate will say so, with its reason.
        due=chosen.at if chosen else now,
        explored=bool(chosen and chosen.explored),
        state="suppressed" if held_out else "planned",
        reason="holdout" if held_out else "",
    )


def _store(workspace: UUID, moved: Sequence[tuple[_Enrolled, Place]], now: datetime) -> None:
    if moved:
        rows = [_columns(place) | {"id": one.id} for one, place in moved]
        with connection.cursor() as cursor:
            cursor.execute(_STORE, {"ws": workspace, "now": now, "rows": json.dumps(rows, default=str)})


def _insert(workspace: UUID, planned: Sequence[_Planned], now: datetime) -> None:
    if planned:
        rows = json.dumps([_columns(touch) for touch in planned], default=str)
        with connection.cursor() as cursor:
            cursor.execute(_PLAN, {"ws": workspace, "lives": TOUCH_LIVES_DAYS, "now": now, "rows": rows})


def _columns(value: Place | _Planned) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


def _follow(workspace: Workspace, one: _Enrolled, slug: str, now: datetime) -> None:
    """Enroll in the journey that comes after, in the same campaign and the same arm."""
    version = JourneyVersion.objects.filter(workspace=workspace, slug=slug).order_by("-version").first()
    if version is None:
        return
    place, _ = journey.advance(_plan(version.id), None, journey.Enrolled(), now)
    Enrollment.objects.create(
        workspace=workspace,
        contact_id=one.contact,
        campaign_id=one.campaign,
        journey=version,
        arm=one.arm,
        segment=one.segment,
        status=place.status,
        step=place.step,
        round=place.round,
        due=place.due,
        waits_for=place.waits_for,
        enrolled_at=now,
    )
