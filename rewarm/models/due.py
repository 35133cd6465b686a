"""Says what is due now and when the next thing will be, from partial indexes: a million sleeping rows cost nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

# A stop switch halts the journeys where they stand: nobody's steps run out while nothing may be sent.
RUNNING = """
status <> 'ended'
  AND campaign_id NOT IN (SELECT id FROM rewarm_campaign WHERE workspace_id = %(ws)s AND stopped_at IS NOT NULL)
  AND NOT EXISTS (SELECT FROM rewarm_workspace WHERE id = %(ws)s AND stopped_at IS NOT NULL)
"""

_NEXT = f"""
SELECT least(
  (SELECT min(due) FROM rewarm_enrollment WHERE workspace_id = %(ws)s AND {RUNNING}),
  (SELECT min(due) FROM rewarm_touch WHERE workspace_id = %(ws)s AND state = 'planned'),
  (SELECT min(due) FROM rewarm_conversation WHERE workspace_id = %(ws)s AND due IS NOT NULL),
  (SELECT min(opened_at) FROM rewarm_handoff WHERE workspace_id = %(ws)s AND closed_at IS NULL AND alerted_at IS NULL),
  -- What a lost worker left behind waits for nobody else's work: its own time has come already.
  (SELECT min(due) FROM rewarm_touch WHERE workspace_id = %(ws)s AND state IN ('leased', 'dispatching')
     AND lease_until < clock_timestamp()),
  (SELECT min(dispatched_at) + interval '72 hours' FROM rewarm_touch WHERE workspace_id = %(ws)s AND state = 'unknown'))
"""

_NEXT_TALK = """
SELECT least(
  (SELECT min(due) FROM rewarm_touch WHERE workspace_id = %(ws)s AND state = 'planned' AND purpose <> 'marketing'),
  (SELECT min(due) FROM rewarm_conversation WHERE workspace_id = %(ws)s AND due IS NOT NULL),
  (SELECT min(opened_at) FROM rewarm_handoff WHERE workspace_id = %(ws)s AND closed_at IS NULL AND alerted_at IS NULL))
"""

_WAITING = f"""
SELECT
  EXISTS (SELECT FROM rewarm_touch WHERE workspace_id = %(ws)s AND state IN ('leased', 'dispatching')
          AND lease_until < clock_timestamp())
  OR EXISTS (SELECT FROM rewarm_touch WHERE workspace_id = %(ws)s AND state = 'unknown'
             AND dispatched_at <= %(now)s - interval '72 hours'),
  EXISTS (SELECT FROM rewarm_conversation WHERE workspace_id = %(ws)s AND due <= %(now)s),
  EXISTS (SELECT FROM rewarm_enrollment WHERE workspace_id = %(ws)s AND due <= %(now)s AND {RUNNING}),
  EXISTS (SELECT FROM rewarm_touch WHERE workspace_id = %(ws)s AND state = 'planned' AND due <= %(now)s),
  EXISTS (SELECT FROM rewarm_handoff WHERE workspace_id = %(ws)s AND closed_at IS NULL AND alerted_at IS NULL
          AND opened_at <= %(now)s)
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Which kinds of work wait at one instant."""

    doubts: bool
    replies: bool
    enrollments: bool
    touches: bool
    alerts: bool


def next_due(workspace: UUID) -> datetime | None:
    """Return the business time of the earliest thing that waits to be done; None when nothing does."""
    return _instant(_NEXT, workspace)


def next_talk(workspace: UUID) -> datetime | None:
    """Return when somebody next waits for an answer, a reminder or a person: what must not wait for a round hour."""
    return _instant(_NEXT_TALK, workspace)


def _instant(question: str, workspace: UUID) -> datetime | None:
    with connection.cursor() as cursor:
        cursor.execute(question, {"ws": workspace})
        due: datetime | None = cursor.fetchone()[0]
        return due


def waiting(workspace: UUID, now: datetime) -> Waiting:
    """Look in one query at what is due, so that an idle workspace costs one round trip and not ten."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"ws": workspace, "now": now})
        return Waiting(*cursor.fetchone())
