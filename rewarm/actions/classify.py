"""Keeps what is worked out about contacts true as time passes: segment, temperature, what is known, who can be reached."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from rewarm.adapters.pack_segments import read_segments
from rewarm.domain import segment, temperature
from rewarm.domain.consent import standing
from rewarm.models import Address, Contact, Segment, Workspace
from rewarm.models.outbox import ledger

SPEAKABLE = ("goal", "life_event", "concern", "interest", "work", "timeframe", "objection", "product")


@transaction.atomic
def classify(workspace: Workspace, now: datetime) -> dict[str, int]:
    """Put every contact in its one primary segment and refresh what else follows from the rows; return the counts."""
    _facts(workspace)
    _reach(workspace)
    _cool(workspace, now)
    return _segments(workspace, now)


def publish_segments(workspace: Workspace) -> None:
    """Write the pack's ready-made segments as rows that the owner may edit; edited ones are left alone."""
    for one in read_segments(workspace.pack):
        Segment.objects.get_or_create(
            workspace=workspace,
            slug=one.slug,
            defaults={
                "name": one.name, "rule": segment.to_text(one.rule), "rank": one.rank, "journey": one.journey,
                "profile": {
                    "concerns": one.profile.concerns, "objections": one.profile.objections,
                    "motivations": one.profile.motivations,
                },
            },
        )  # fmt: skip


def _segments(workspace: Workspace, now: datetime) -> dict[str, int]:
    """Go through the rules by rank: whoever matches first is counted there."""
    zone = ZoneInfo(workspace.zone)
    counts: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE rewarm_contact SET segment = '' WHERE workspace_id = %s AND segment <> ''", [workspace.id]
        )
        for row in Segment.objects.filter(workspace=workspace).order_by("rank"):
            rule, params = segment.to_sql(segment.parse(row.rule), now, zone)
            cursor.execute(
                f"UPDATE rewarm_contact c SET segment = %s WHERE c.workspace_id = %s AND c.segment = '' "
                f"AND c.deceased_on IS NULL AND {rule}",
                [row.slug, workspace.id, *cast(list[Any], params)],
            )
            counts[row.slug] = cursor.rowcount
    return counts


def _facts(workspace: Workspace) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE rewarm_contact c SET has_facts = t.has FROM (SELECT c.id, EXISTS (SELECT FROM rewarm_fact f "
            "WHERE f.workspace_id = c.workspace_id AND f.contact_id = c.id AND f.hidden_at IS NULL AND f.sensitivity < 2 "
            "AND f.kind = ANY(%s)) AS has FROM rewarm_contact c WHERE c.workspace_id = %s) t "
            "WHERE c.id = t.id AND c.has_facts <> t.has",
            [list(SPEAKABLE), workspace.id],
        )


def _reach(workspace: Workspace) -> None:
    """Read the ledger of every address: who may be written marketing to, by which channel."""
    rows = list(
        Address.objects.filter(workspace=workspace, unusable_at=None).values_list("contact_id", "channel", "address")
    )
    entries = ledger(workspace.id, {address for _, _, address in rows}, workspace.legal_name)
    reach: dict[str, set[UUID]] = {"sms": set(), "email": set()}
    for contact, kind, address in rows:
        channel = "email" if kind == "email" else "sms"
        if standing(entries.get(address, ()), channel).verdict == "granted":
            reach[channel].add(contact)
    contacts = Contact.objects.filter(workspace=workspace)
    for channel, reached in reach.items():
        flag = f"reachable_{channel}"
        contacts.filter(id__in=reached).exclude(**{flag: True}).update(**{flag: True})
        contacts.exclude(id__in=reached).exclude(**{flag: False}).update(**{flag: False})


def _cool(workspace: Workspace, now: datetime) -> None:
    """Let temperatures fall as time passes; a contact cools one class a reading."""
    warm = Contact.objects.filter(workspace=workspace).exclude(heat_at=None).exclude(temperature="dormant")
    for contact in warm.only("id", "heat", "heat_at", "temperature"):
        assert contact.heat_at is not None
        level = temperature.Heat(contact.heat, contact.heat_at).now(now)
        becomes = temperature.classify(level, contact.temperature)  # type: ignore[arg-type]
        if becomes != contact.temperature:
            Contact.objects.filter(id=contact.id).update(temperature=becomes)
