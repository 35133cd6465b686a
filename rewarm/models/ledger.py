"""Enters one line in the append-only ledger of consent; what caused it may come twice and is entered once."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from rewarm.domain.consent import DENIALS
from rewarm.models.consent import Consent
from rewarm.models.sealed import seal

# A refusal that we hear now came after everything that we have heard, even if the clock was set back in between: dated
# before an earlier yes it would seem to have been lifted by it.
_ENTER = """
INSERT INTO rewarm_consent (id, workspace_id, address, channel, act, scope, at, recorded_at, source, quote, contact, message,
  evidence_id, actor_id, cause)
SELECT n.id, n.workspace, n.address, n.channel, n.act, n.scope,
  CASE WHEN n.act = 'opted_out' THEN greatest(n.at, (
    SELECT max(c.at) FROM rewarm_consent c
    WHERE c.workspace_id = n.workspace AND c.address = n.address AND c.act IN ('opted_in', 'opted_out'))) ELSE n.at END,
  n.recorded_at, n.source, n.quote, n.contact, n.message, n.evidence, n.actor, n.cause
FROM (VALUES (%s::uuid, %s::uuid, %s, %s, %s, %s, %s::timestamptz, %s::timestamptz, %s, %s::bytea, %s::uuid, %s::uuid,
  %s::uuid, %s::uuid, %s)) AS n (id, workspace, address, channel, act, scope, at, recorded_at, source, quote, contact,
  message, evidence, actor, cause)
ON CONFLICT DO NOTHING RETURNING id
"""


def enter(line: Consent) -> bool:
    """Write a line in the caller's transaction; False when its cause is in the ledger already."""
    quote = seal(line.quote) if line.quote is not None else None
    with connection.cursor() as cursor:
        cursor.execute(
            _ENTER,
            [
                line.id, line.workspace_id, line.address, line.channel, line.act, line.scope, line.at, line.recorded_at,
                line.source, quote, line.contact, line.message, line.evidence_id, line.actor_id, line.cause,
            ],
        )  # fmt: skip
        return cursor.fetchone() is not None


def refusals(workspace: UUID, addresses: Iterable[str]) -> dict[str, int]:
    """Count the refusals of each address that has any; the ledger only grows, so another count is another refusal."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT address, count(*) FROM rewarm_consent WHERE workspace_id = %s AND address = ANY(%s) AND act = ANY(%s) "
            "GROUP BY address",
            [workspace, list(addresses), list(DENIALS)],
        )
        return dict(cursor.fetchall())
