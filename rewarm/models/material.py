"""Reads what drafts are made of, one query a kind whatever the size of the batch: addresses, facts, what was said before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from rewarm.models.sealed import unseal

_ADDRESSES = """
SELECT contact_id, channel, address FROM rewarm_address
WHERE workspace_id = %s AND contact_id = ANY(%s::uuid[]) AND unusable_at IS NULL ORDER BY rank, address
"""

_FACTS = """
SELECT contact_id, id::text, kind, quote, value, sensitivity, said_on FROM rewarm_fact
WHERE workspace_id = %s AND contact_id = ANY(%s::uuid[]) AND hidden_at IS NULL ORDER BY id
"""

# Two halves, each on an index of its own: an OR over both would read every touch of the workspace.
_TOLD = """
SELECT contact_id, address, content, body, dispatched_at FROM (
  SELECT id, contact_id, address, content, body, dispatched_at, state FROM rewarm_touch
  WHERE workspace_id = %(ws)s AND contact_id = ANY(%(people)s::uuid[])
  UNION
  SELECT id, contact_id, address, content, body, dispatched_at, state FROM rewarm_touch
  WHERE workspace_id = %(ws)s AND address = ANY(%(addresses)s)
) told WHERE state IN ('sent', 'unknown', 'closed') AND body IS NOT NULL ORDER BY dispatched_at
"""

_JOURNEYS = "SELECT id, journey_id FROM rewarm_enrollment WHERE workspace_id = %s AND id = ANY(%s::uuid[])"


@dataclass(frozen=True, slots=True)
class Known:
    """A fact as the writer reads it."""

    id: str
    kind: str
    quote: str
    value: str | None
    sensitivity: int
    said_on: date | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A text that left us, or may have: to whom, where to, from which content."""

    contact: UUID
    address: str
    content: str
    text: str
    at: datetime


def addresses_of(workspace: UUID, people: Collection[UUID]) -> Iterator[tuple[UUID, str, str]]:
    """Yield the usable addresses of these people as (person, channel, address), the first choice first."""
    yield from _rows(_ADDRESSES, [workspace, _array(people)])


def facts_of(workspace: UUID, people: Collection[UUID]) -> Iterator[tuple[UUID, Known]]:
    """Yield the facts of these people that nobody has marked as wrong, the oldest first."""
    for person, one, kind, quote, value, sensitivity, said_on in _rows(_FACTS, [workspace, _array(people)]):
        yield person, Known(one, kind, unseal(quote), value and unseal(value), sensitivity, said_on)


def told(workspace: UUID, people: Collection[UUID], addresses: Collection[str]) -> Iterator[Told]:
    """Yield once what left for any of these people or addresses, the oldest first."""
    rows = _rows(_TOLD, {"ws": workspace, "people": _array(people), "addresses": list(addresses)})
    for person, address, content, body, at in rows:
        yield Told(person, address, content, unseal(body), at)


def journeys_of(workspace: UUID, enrollments: Collection[UUID]) -> dict[UUID, UUID]:
    """Return which journey version each of these enrollments follows."""
    return dict(_rows(_JOURNEYS, [workspace, _array(enrollments)]))


def _array(ids: Iterable[UUID]) -> str:
    """Spell an array as PostgreSQL reads it, which takes the client a third of the time that a list does."""
    return f"{{{','.join(map(str, ids))}}}"


def _rows(query: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
