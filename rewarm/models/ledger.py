"""Enters one line in the append-only ledger of consent; what caused it may come twice and is entered once."""

from __future__ import annotations

from django.db import connection

from rewarm.models.consent import Consent
from rewarm.models.sealed import seal

_ENTER = """
INSERT INTO rewarm_consent (id, workspace_id, address, channel, act, scope, at, recorded_at, source, quote, contact, message,
  evidence_id, actor_id, cause)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id
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
