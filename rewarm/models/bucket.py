"""Limits shared by all workers, a row each: when the next segment of a sender may leave, how many a brand used today."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db import connection

from rewarm.models.base import uuid7

# Whoever would have to wait longer than this takes nothing, and comes again.
MOST_WAIT = timedelta(seconds=2)

_KNOWN = "INSERT INTO rewarm_bucket (id, workspace_id, key, used) VALUES (%s, %s, %s, 0) ON CONFLICT DO NOTHING"

_RESERVE = """
UPDATE rewarm_bucket b SET free_at = greatest(b.free_at, clock_timestamp()) + make_interval(secs => %(secs)s)
FROM (SELECT id, coalesce(greatest(free_at, clock_timestamp()), clock_timestamp()) AS starts FROM rewarm_bucket
      WHERE workspace_id = %(ws)s AND key = %(key)s FOR UPDATE) old
WHERE b.id = old.id AND old.starts <= clock_timestamp() + make_interval(secs => %(patience)s)
RETURNING extract(epoch FROM old.starts - clock_timestamp())
"""

_SHIFT = """
UPDATE rewarm_bucket SET free_at = greatest(free_at, clock_timestamp()) + make_interval(secs => %s)
WHERE workspace_id = %s AND key = %s
"""

_REST = """
UPDATE rewarm_bucket SET free_at = greatest(free_at, clock_timestamp() + make_interval(secs => %s))
WHERE workspace_id = %s AND key = %s
"""

_LEFT = """
SELECT extract(epoch FROM free_at - clock_timestamp()) FROM rewarm_bucket
WHERE workspace_id = %s AND key = %s AND free_at > clock_timestamp()
"""

# A worker whose pass began before midnight counts into the day that has begun since: it must not begin the old one anew.
_USE = """
UPDATE rewarm_bucket b SET day = old.day, used = greatest(0, %(n)s + old.used)
FROM (SELECT id, CASE WHEN goes_on THEN day ELSE %(day)s END AS day, CASE WHEN goes_on THEN used ELSE 0 END AS used
      FROM (SELECT *, coalesce(day - %(day)s IN (0, 1), false) AS goes_on FROM rewarm_bucket
            WHERE workspace_id = %(ws)s AND key = %(key)s FOR UPDATE) known) old
WHERE b.id = old.id RETURNING old.used
"""


def reserve(workspace: UUID, key: str, segments: int, per_second: float) -> timedelta | None:
    """Take the next free stretch of a pace and return how long to wait for it; None when it is too far away.

    Machine time by PostgreSQL's clock, so that any number of workers on any machines share one pace. Commits by itself.
    """
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [uuid7(), workspace, key])
        cursor.execute(
            _RESERVE,
            {"ws": workspace, "key": key, "secs": segments / per_second, "patience": MOST_WAIT.total_seconds()},
        )
        row = cursor.fetchone()
    return timedelta(seconds=max(0.0, float(row[0]))) if row else None


def hand_back(workspace: UUID, key: str, stretch: timedelta) -> None:
    """Return a stretch of a pace that was taken and not used."""
    with connection.cursor() as cursor:
        cursor.execute(_SHIFT, [-stretch.total_seconds(), workspace, key])


def rest(workspace: UUID, key: str, pause: timedelta) -> None:
    """Let a sender rest from now on, as its carrier asked; a hundred calls that are told so at once rest once."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [uuid7(), workspace, key])
        cursor.execute(_REST, [pause.total_seconds(), workspace, key])


def wake(workspace: UUID, key: str) -> None:
    """End a rest: somebody has mended what the carrier complained of."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE rewarm_bucket SET free_at = NULL WHERE workspace_id = %s AND key = %s", [workspace, key])


def rest_left(workspace: UUID, key: str) -> timedelta:
    """Return how long it is until a pace is free; nothing for one that is not known."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, [workspace, key])
        row = cursor.fetchone()
    return timedelta(seconds=float(row[0])) if row else timedelta()


def use(workspace: UUID, key: str, segments: int, day: date) -> int:
    """Count segments towards the day (fewer than none returns some) and tell how many had been used before."""
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [uuid7(), workspace, key])
        cursor.execute(_USE, {"ws": workspace, "key": key, "n": segments, "day": day})
        return int(cursor.fetchone()[0])
