"""Appends events to the one table that timeline, triggers, score, funnel and audit read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from psycopg.types.json import Jsonb

from rewarm.domain.event import Happened, Kind
from rewarm.models import Workspace
from rewarm.models.base import uuid7

# What a person at a screen should see within two seconds.
LOUD = frozenset(
    {
        Kind.REPLIED,
        Kind.HANDED_OFF,
        Kind.CLAIMED,
        Kind.HANDED_BACK,
        Kind.BOOKED,
        Kind.CANCELLED,
        Kind.OPTED_OUT,
    }
)

_INSERT = """
INSERT INTO rewarm_event (id, workspace_id, at, recorded_at, kind, schema, contact, cause, data)
SELECT id, %s, at, clock_timestamp(), kind, 1, contact, cause, data
FROM unnest(%s::uuid[], %s::timestamptz[], %s::text[], %s::uuid[], %s::text[], %s::jsonb[])
  AS t (id, at, kind, contact, cause, data)
"""


def remember(workspace: UUID, happened: Iterable[Happened]) -> None:
    """Write the events in the caller's transaction; pages are told when one of them is loud."""
    events = list(happened)
    if not events:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            [
                workspace,
                [uuid7() for _ in events],
                [event.at for event in events],
                [event.kind.value for event in events],
                [event.contact for event in events],
                [event.cause for event in events],
                [Jsonb(dict(event.data)) for event in events],
            ],
        )
    if any(event.kind in LOUD for event in events):
        tell_pages(workspace)


def tell_pages(workspace: UUID) -> None:
    """Let open pages refresh, once this transaction has committed.

    Not inside it: the row of a workspace would stay locked to the end of each, and fifty texts a second would queue up
    behind one another (measured: seconds until a STOP was answered).
    """
    quickening = _Quickening(workspace)
    if quickening not in [callback for _, callback, *_ in connection.run_on_commit]:
        transaction.on_commit(quickening)


@dataclass(frozen=True, slots=True)
class _Quickening:
    """One beat of a workspace's pulse; equal ones in a transaction count as one."""

    workspace: UUID

    def __call__(self) -> None:
        Workspace.objects.filter(id=self.workspace).update(pulse=F("pulse") + 1)
