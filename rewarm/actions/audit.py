"""Audits what lies dormant in a workspace, minutes after an import and before anything is sent (K6)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from rewarm.domain import audit as sums
from rewarm.models import Candidate, Contact, Segment, Touch, Workspace


def audit(workspace: Workspace, now: datetime) -> sums.Audit:
    """Count segments, reach and worth from the rows as they stand."""
    claims: dict[UUID, dict[str, str]] = defaultdict(dict)
    for contact, channel, source in Candidate.objects.filter(workspace=workspace, evidence=None).values_list(
        "contact_id", "channel", "source"
    ):
        claims[contact][channel] = source
    touched: dict[UUID, int] = defaultdict(int)
    for contact in Touch.objects.filter(workspace=workspace, state="sent").values_list("contact_id", flat=True):
        touched[contact] += 1
    rows = [
        sums.AuditRow(
            contact=str(one.id),
            segment=one.segment or None,
            reachable=frozenset(
                channel for channel, is_open in (("sms", one.reachable_sms), ("email", one.reachable_email)) if is_open
            ),
            reachable_if=claims.get(one.id, {}),
            has_facts=one.has_facts,
            touches=one.attrs.get("touches", touched.get(one.id)),
            heat=one.heat,
        )
        for one in Contact.objects.filter(workspace=workspace, deceased_on=None)
    ]
    ranks = dict(Segment.objects.filter(workspace=workspace).values_list("slug", "rank"))
    return sums.audit(rows, ranks)


def in_words(found: sums.Audit) -> str:
    """Say the audit as lines for a terminal; the page and the PDF show the same values."""
    worth = found.worth
    lines = [
        "",
        f"Dormant-revenue audit: {found.dormant:,} of {found.contacts:,} contacts lie dormant.",
        f"  reachable now        {found.reachable_any:,} ("
        + ", ".join(f"{count:,} by {channel}" for channel, count in sorted(found.reachable.items()))
        + ")",
        *(f"  reachable if         {count:,} more: {evidence}" for evidence, count in found.reachable_if.items()),
        f"  something to recall  {found.with_facts:,} have at least one citable personal detail",
        f"  may be worth         {worth.revenue[0]} to {worth.revenue[1]}, {worth.bookings.low:.0f} to "
        f"{worth.bookings.high:.0f} bookings",
        f"  in the first week    {worth.first_week.low:.0f} to {worth.first_week.high:.0f} bookings",
        "  by segment (reachable / contacts)",
        *(
            f"    {one.slug.replace('_', ' '):<30} {one.reachable_any:>5} / {one.contacts}"
            for one in found.segments
            if one.contacts
        ),
        "  resting on: " + "; ".join(found.assumptions.in_words()) + ".",
        "",
    ]
    return "\n".join(lines)
