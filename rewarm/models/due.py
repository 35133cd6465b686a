"""Says when the next piece of work is due, from partial indexes: it costs the same with ten rows asleep or a million."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

_NEXT = """
SELECT least(
  (SELECT min(due) FROM rewarm_enrollment WHERE workspace_id = %(ws)s AND status <> 'ended'),
  (SELECT min(due) FROM rewarm_touch WHERE workspace_id = %(ws)s AND state = 'planned'),
  (SELECT min(due) FROM rewarm_conversation WHERE workspace_id = %(ws)s AND due IS NOT NULL),
  (SELECT min(opened_at) FROM rewarm_handoff WHERE workspace_id = %(ws)s AND closed_at IS NULL AND alerted_at IS NULL))
"""


def next_due(workspace: UUID) -> datetime | None:
    """Return the business time of the earliest thing that waits to be done; None when nothing does."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, {"ws": workspace})
        due: datetime | None = cursor.fetchone()[0]
        return due
