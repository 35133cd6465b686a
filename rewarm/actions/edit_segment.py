"""Tries a segment's rule on the contacts as they are now, and changes it when the owner likes what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from rewarm.actions.classify import classify
from rewarm.domain import segment as rules
from rewarm.models import Segment, Workspace

_FOUND = """
SELECT count(*), count(*) FILTER (WHERE c.reachable_sms OR c.reachable_email), count(*) FILTER (WHERE c.has_facts)
FROM rewarm_contact c WHERE c.workspace_id = %s AND c.deceased_on IS NULL AND {rule}
"""
_SAMPLE = """
SELECT c.id FROM rewarm_contact c WHERE c.workspace_id = %s AND c.deceased_on IS NULL AND {rule}
ORDER BY c.heat DESC, c.last_contact_on DESC NULLS LAST, c.id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a rule finds at this moment: everybody alive who matches, whatever their primary segment is."""

    english: str
    people: int
    reachable: int
    with_facts: int
    sample: tuple[UUID, ...]


def find(workspace: Workspace, rule: str, now: datetime, *, sample: int = 8) -> Found:
    """Count whom the rule finds, in one query, and pick the warmest; raises BadRule for a rule that cannot be read."""
    tree = rules.parse(rule)
    sql, params = rules.to_sql(tree, now, ZoneInfo(workspace.zone))
    values = cast(list[Any], params)
    with connection.cursor() as cursor:
        cursor.execute(_FOUND.format(rule=sql), [workspace.id, *values])
        people, reachable, with_facts = cursor.fetchone()
        cursor.execute(_SAMPLE.format(rule=sql), [workspace.id, *values, sample])
        chosen = tuple(row[0] for row in cursor.fetchall())
    return Found(rules.explain(tree), people, reachable, with_facts, chosen)


@transaction.atomic
def edit_segment(workspace: Workspace, segment: Segment, *, name: str, rule: str, now: datetime) -> None:
    """Change a segment and put everybody where they now belong; raises BadRule and changes nothing.

    Who is enrolled stays enrolled: a journey is not torn from under somebody because a rule changed.
    """
    text = rules.to_text(rules.parse(rule))
    Segment.objects.filter(workspace=workspace, id=segment.id).update(name=name.strip() or segment.name, rule=text)
    classify(workspace, now)
