"""What comes in, as rows: who wrote, the message once, the thread it opens, and everything that a no puts an end to.

A carrier waits for our answer, and behind one STOP stands the next: each of these is one statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from rewarm.models.base import uuid7
from rewarm.models.contact import Contact
from rewarm.models.conversation import Conversation
from rewarm.models.sealed import seal
from rewarm.models.touch import Message

# Of a family that shares the address, the one whom we wrote to last.
_WHO = """
SELECT c.* FROM rewarm_contact c JOIN (
  SELECT a.contact_id, max(t.dispatched_at) AS told FROM rewarm_address a LEFT JOIN rewarm_touch t
    ON t.workspace_id = a.workspace_id AND t.address = a.address AND t.contact_id = a.contact_id
  WHERE a.workspace_id = %s AND a.address = %s
  GROUP BY a.contact_id ORDER BY told DESC NULLS LAST, a.contact_id LIMIT 1) a ON c.id = a.contact_id
"""

_KEEP = """
INSERT INTO rewarm_message (id, workspace_id, contact_id, direction, channel, address, sender_id, provider_id, subject, body,
  raw, at, recorded_at)
VALUES (%s, %s, %s, 'in', %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id
"""

_THREAD = """
INSERT INTO rewarm_conversation (id, workspace_id, contact_id, opened_at, last_in_at, due, live_until, pending, offered)
VALUES (%(id)s, %(ws)s, %(contact)s, %(now)s, %(now)s, %(due)s, %(live_until)s, '', '[]')
ON CONFLICT (contact_id) DO UPDATE SET last_in_at = excluded.last_in_at, due = excluded.due,
  live_until = excluded.live_until, snoozed_until = NULL
RETURNING *
"""

# Locked in the order of their ids, so that two who hold back never wait for each other in a circle.
_HOLD_BACK = """
WITH waiting AS (
  SELECT id FROM rewarm_touch WHERE workspace_id = %(ws)s AND contact_id = ANY(%(contacts)s) AND state = 'planned'
    AND purpose = 'marketing' ORDER BY id FOR UPDATE)
UPDATE rewarm_touch t SET state = 'suppressed', reason = %(reason)s FROM waiting WHERE t.id = waiting.id
RETURNING t.id, t.contact_id, t.enrollment_id, t.step
"""

# A confirmation is itself about the opt-out and survives it; a no to advertising leaves the rest alone.
_CLOSE = """
WITH holders AS MATERIALIZED (
  SELECT DISTINCT contact_id FROM rewarm_address WHERE workspace_id = %(ws)s AND address = %(address)s),
waiting AS (
  SELECT t.id FROM rewarm_touch t JOIN holders USING (contact_id)
  WHERE t.workspace_id = %(ws)s AND t.channel = %(channel)s AND t.state = 'planned'
    AND CASE WHEN %(everything)s THEN t.purpose <> 'opt_out_confirmation' ELSE t.purpose = 'marketing' END
  ORDER BY t.id FOR UPDATE OF t),
doomed AS (
  UPDATE rewarm_touch t SET state = 'suppressed', reason = %(reason)s FROM waiting WHERE t.id = waiting.id
  RETURNING t.id, t.contact_id),
marked AS (
  UPDATE rewarm_contact c SET reachable_sms = c.reachable_sms AND %(channel)s <> 'sms',
    reachable_email = c.reachable_email AND %(channel)s <> 'email'
  FROM holders WHERE c.workspace_id = %(ws)s AND c.id = holders.contact_id),
quiet AS (
  UPDATE rewarm_conversation v SET live_until = NULL FROM holders
  WHERE v.workspace_id = %(ws)s AND v.contact_id = holders.contact_id AND v.live_until IS NOT NULL)
SELECT h.contact_id,
  ARRAY(SELECT d.id FROM doomed d WHERE d.contact_id = h.contact_id),
  ARRAY(SELECT e.id FROM rewarm_enrollment e
        WHERE e.workspace_id = %(ws)s AND e.contact_id = h.contact_id AND e.status <> 'ended')
FROM holders h
"""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A planned touch that will not leave now."""

    touch: UUID
    contact: UUID
    enrollment: UUID | None
    step: int | None


@dataclass(frozen=True, slots=True)
class Holder:
    """A person at an address that was closed: the touches that died with it, and their live places in journeys."""

    contact: UUID
    doomed: Sequence[UUID]
    enrollments: Sequence[UUID]


def who(workspace: UUID, address: str) -> Contact | None:
    """Find the person behind an address; None when nobody we know has it."""
    return next(iter(Contact.objects.raw(_WHO, [workspace, address])), None)


def keep(message: Message) -> bool:
    """Insert an inbound message; False when the carrier has delivered it before (unique on its id)."""
    subject = seal(message.subject) if message.subject else None
    raw = seal(message.raw) if message.raw else None
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            [
                message.id, message.workspace_id, message.contact_id, message.channel, message.address, message.sender_id,
                message.provider_id, subject, seal(message.body), raw, message.at, message.recorded_at,
            ],
        )  # fmt: skip
        return cursor.fetchone() is not None


def open_thread(
    workspace: UUID, contact: UUID, now: datetime, *, answer_in: timedelta, live_for: timedelta
) -> Conversation:
    """Open or reopen the one thread of a person and ask for an answer soon; what was pending in it stays."""
    rows = Conversation.objects.raw(
        _THREAD,
        {
            "id": uuid7(), "ws": workspace, "contact": contact, "now": now, "due": now + answer_in,
            "live_until": now + live_for,
        },
    )  # fmt: skip
    return rows[0]


def hold_back(workspace: UUID, contacts: Sequence[UUID], reason: str) -> list[HeldBack]:
    """Suppress the planned marketing touches of these people."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD_BACK, {"ws": workspace, "contacts": list(contacts), "reason": reason})
        return [HeldBack(*row) for row in cursor.fetchall()]


def close_address(workspace: UUID, address: str, channel: str, *, everything: bool, reason: str) -> list[Holder]:
    """Put an end to what is planned for everybody at this address; `everything` but a confirmation, or only marketing."""
    with connection.cursor() as cursor:
        cursor.execute(
            _CLOSE,
            {"ws": workspace, "address": address, "channel": channel, "everything": everything, "reason": reason},
        )
        return [Holder(*row) for row in cursor.fetchall()]
