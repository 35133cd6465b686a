"""Wakes the enrollments whose time has come: claims a batch of due rows, decides on each, writes the batch back."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from rewarm.actions.advance import advance
from rewarm.domain import journey
from rewarm.models import Workspace
from rewarm.models.due import RUNNING

# Measured best between 100 and 5,000; see docs/why/engine-loop.md.
BATCH = 1_000

# Oldest first keeps lateness fair; SKIP LOCKED lets any number of workers claim at once.
_CLAIM = f"""
SELECT id FROM rewarm_enrollment
WHERE workspace_id = %(ws)s AND due <= %(now)s AND {RUNNING}
ORDER BY due LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""


def tick(workspace: Workspace, now: datetime, *, limit: int = BATCH) -> int:
    """Advance up to `limit` due enrollments in one transaction; return how many were due."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, {"ws": workspace.id, "now": now, "limit": limit})
            due = [row[0] for row in cursor.fetchall()]
        advance(workspace, {one: (journey.Due(),) for one in due}, now)
    return len(due)
