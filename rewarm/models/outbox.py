"""The outbox seen as rows: claims due touches under a lease, loads what the gate must know, writes outcomes back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.db import connection

from rewarm.domain import outbox, policy
from rewarm.domain.consent import Entry
from rewarm.models.touch import Touch

# Longer than any call may take; machine time, by PostgreSQL's clock.
LEASE_SECONDS = 60
LOOK_BACK = timedelta(days=60)

_CLAIM = """
UPDATE rewarm_touch SET state = 'leased', attempt = attempt + 1, lease_until = clock_timestamp() + make_interval(secs => %s)
WHERE id IN (
  SELECT id FROM rewarm_touch WHERE workspace_id = %s AND state = 'planned' AND due <= %s
  ORDER BY due LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING id
"""

_STALE = """
SELECT id, state, attempt FROM rewarm_touch
WHERE workspace_id = %s AND state IN ('leased', 'dispatching') AND lease_until < clock_timestamp()
FOR UPDATE SKIP LOCKED
"""

_LEDGER = """
SELECT address, channel, act, scope, at, recorded_at, source, coalesce(evidence_id::text, ''), id
FROM rewarm_consent WHERE workspace_id = %s AND address = ANY(%s) ORDER BY recorded_at
"""

_SENT = """
SELECT address, contact_id, dispatched_at, purpose, channel FROM rewarm_touch
WHERE workspace_id = %s AND dispatched_at > %s AND state NOT IN ('planned', 'leased', 'suppressed', 'failed')
  AND (address = ANY(%s) OR contact_id = ANY(%s))
"""


@dataclass(frozen=True, slots=True)
class Past:
    """Messages that used up a cap, by address and by person."""

    to_address: Mapping[str, Sequence[policy.Sent]]
    last_marketing_to: Mapping[UUID, datetime]


def row_of(touch: Touch) -> outbox.Row:
    """See a touch as the outbox's transitions do; `since` is the intent, from which an unknown is waited for."""
    return outbox.Row(
        state=cast(outbox.State, touch.state),
        attempt=touch.attempt,
        not_before=touch.due,
        expires_at=touch.expires_at,
        reason=touch.reason or None,
        provider_id=touch.provider_id or None,
        status=cast(outbox.Status, touch.status) if touch.status else None,
        since=touch.dispatched_at,
    )


def claim(workspace: UUID, now: datetime, limit: int) -> list[UUID]:
    """Lease up to `limit` due touches, oldest first, under a new attempt number each."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [LEASE_SECONDS, workspace, now, limit])
        return [row[0] for row in cursor.fetchall()]


def stale(workspace: UUID) -> list[tuple[UUID, outbox.State, int]]:
    """Lock and list the touches whose worker let its lease run out."""
    with connection.cursor() as cursor:
        cursor.execute(_STALE, [workspace])
        return list(cursor.fetchall())


@contextmanager
def address_locks(workspace: UUID, addresses: Iterable[str]) -> Iterator[set[str]]:
    """Hold the session's advisory locks of these addresses as long as the block runs; yield those that were free.

    Needs a direct connection: a transaction pooler would hand the lock to somebody else.
    """
    wanted = sorted(set(addresses))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a FROM unnest(%s::text[]) a WHERE pg_try_advisory_lock(hashtextextended(%s || a, 0))",
            [wanted, str(workspace)],
        )
        held = {row[0] for row in cursor.fetchall()}
    try:
        yield held
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_unlock(hashtextextended(%s || a, 0)) FROM unnest(%s::text[]) a",
                [str(workspace), sorted(held)],
            )


def wait_for_address(workspace: UUID, address: str, patience: timedelta) -> bool:
    """Take the address lock for the rest of this transaction; False when a call to it outlasted `patience`."""
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT address")
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{int(patience.total_seconds() * 1000)}ms"])
        try:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s || %s, 0))", [str(workspace), address])
        except Exception as error:
            if getattr(error.__cause__, "sqlstate", "") != "55P03":  # lock_not_available
                raise
            cursor.execute("ROLLBACK TO SAVEPOINT address")
            return False
        cursor.execute("SELECT set_config('lock_timeout', '0', true)")
    return True


def ledger(workspace: UUID, addresses: Iterable[str], seller: str) -> dict[str, list[Entry]]:
    """Read the whole ledger of these addresses as the gate's values."""
    entries: dict[str, list[Entry]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_LEDGER, [workspace, list(addresses)])
        for address, channel, act, scope, at, recorded_at, source, evidence, one in cursor.fetchall():
            entries[address].append(
                Entry(address, channel, act, scope, at, recorded_at, source, evidence or None, str(one), seller)
            )
    return entries


def past(workspace: UUID, addresses: Sequence[str], contacts: Sequence[UUID], now: datetime) -> Past:
    """Read what these addresses and people were sent in the last 60 days; intents and unknowns count."""
    to_address: dict[str, list[policy.Sent]] = defaultdict(list)
    last: dict[UUID, datetime] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SENT, [workspace, now - LOOK_BACK, list(addresses), list(contacts)])
        for address, contact, at, purpose, channel in cursor.fetchall():
            to_address[address].append(policy.Sent(at, purpose, channel))
            if purpose == "marketing" and at > last.get(contact, at - LOOK_BACK):
                last[contact] = at
    return Past(to_address, last)


def write_back(
    workspace: UUID, rows: Sequence[tuple[UUID, int, Mapping[str, Any]]], *, only: outbox.State | None = None
) -> set[UUID]:
    """Update touches whose attempt is still ours, in one statement; return those that were (the rest was fenced off).

    `only` also requires the state that they are believed to be in: a delivery report may have been faster than we.

    Every mapping must have the same keys: columns of rewarm_touch. The caller runs it inside a transaction.
    """
    if not rows:
        return set()
    columns = list(rows[0][2])
    casts = {
        "due": "timestamptz", "lease_until": "timestamptz", "dispatched_at": "timestamptz", "sent_at": "timestamptz",
        "receipt": "jsonb", "sources": "jsonb", "body": "bytea", "subject": "bytea", "sender_id": "uuid",
        "personal": "bool", "sms_segments": "int",
    }  # fmt: skip
    arrays = ", ".join(f"%s::{casts.get(name, 'text')}[]" for name in columns)
    sets = ", ".join(f"{name} = t.{name}" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE rewarm_touch o SET {sets} FROM unnest(%s::uuid[], %s::int[], {arrays}) "
            f"AS t (id, attempt, {', '.join(columns)}) "
            "WHERE o.workspace_id = %s AND o.id = t.id AND o.attempt = t.attempt "
            "AND (%s::text IS NULL OR o.state = %s::text) RETURNING o.id",
            [
                [row[0] for row in rows],
                [row[1] for row in rows],
                *([row[2][name] for row in rows] for name in columns),
                workspace,
                only,
                only,
            ],
        )
        return {row[0] for row in cursor.fetchall()}
