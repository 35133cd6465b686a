"""Writes what registries answered about numbers to every row that holds the number, whoever shares it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from rewarm.domain.number_check import Check, Kind

_COLUMNS: dict[Kind, tuple[str, str]] = {
    "reassigned": ("reassigned", "reassigned_checked_at"),
    "registry": ("on_registry", "registry_checked_at"),
}

# An older file that comes in late changes nothing, and of two answers of one instant the yes stays.
_RECORD = """
UPDATE rewarm_address a SET {yes} = q.yes, {at} = q.at
FROM jsonb_to_recordset(%s::jsonb) AS q (number text, yes bool, at timestamptz)
WHERE a.workspace_id = %s AND a.channel = 'phone' AND a.address = q.number
  AND (a.{at} IS NULL OR a.{at} < q.at OR (a.{at} = q.at AND q.yes))
RETURNING a.address
"""


def record(workspace: UUID, kind: Kind, checks: Iterable[Check]) -> set[str]:
    """Write answers that are news; return the numbers of ours that they are about."""
    yes, at = _COLUMNS[kind]
    rows = [{"number": one.number, "yes": one.yes, "at": one.at.isoformat()} for one in checks]
    with connection.cursor() as cursor:
        cursor.execute(_RECORD.format(yes=yes, at=at), [json.dumps(rows), workspace])
        return {row[0] for row in cursor.fetchall()}
