"""Raises consent: a named user states that a source really gave it, with the words that people agreed to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q

from rewarm.actions.remember import remember
from rewarm.domain.consent import DENIALS
from rewarm.domain.event import Happened, Kind
from rewarm.errors import RewarmError
from rewarm.models import Candidate, Consent, Evidence, User, Workspace
from rewarm.models.base import uuid7


@dataclass(frozen=True, slots=True)
class EvidenceSource:
    """A column or list that claims consent to one channel for some contacts and waits for evidence."""

    source: str
    channel: str
    contacts: int = 0

    def __str__(self) -> str:
        return f"{self.source} ({self.channel}, {self.contacts:,} contacts)"

    @staticmethod
    def waiting(workspace: Workspace) -> Iterator[EvidenceSource]:
        """Yield the sources whose claims nobody has backed yet, the largest first."""
        rows = Candidate.objects.filter(workspace=workspace, evidence=None).values("source", "channel")
        for row in rows.annotate(contacts=Count("contact", distinct=True)).order_by("-contacts", "source", "channel"):
            yield EvidenceSource(row["source"], row["channel"], row["contacts"])


@transaction.atomic
def attach_evidence(
    workspace: Workspace,
    *,
    source: EvidenceSource | str,
    disclosure: str,
    by: User,
    now: datetime,
    channel: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> int:
    """Attach evidence to the claims of `source` and return how many addresses now have a granted consent.

    A claim outside the period, or without a date when a period is given, stays a claim; an address that refused the channel
    gets nothing: denials always win. Law: prior express written consent must be provable (47 CFR 64.1200(a)(2), (f)(9)).
    Raises RewarmError without the words that people agreed to.
    """
    if not disclosure.strip():
        raise RewarmError("Give the words that they agreed to: without them nobody can show that they did.")
    name = source.source if isinstance(source, EvidenceSource) else source
    claims = Candidate.objects.filter(workspace=workspace, source=name, evidence=None)
    wanted = channel or (source.channel if isinstance(source, EvidenceSource) else "")
    if wanted:
        claims = claims.filter(channel=wanted)
    if valid_from is not None:
        claims = claims.filter(said_on__gte=valid_from)
    if valid_to is not None:
        claims = claims.filter(said_on__lte=valid_to)
    raised = 0
    for one in sorted({claim.channel for claim in claims}):
        raised += _attach(
            workspace,
            [claim for claim in claims if claim.channel == one],
            name,
            one,
            disclosure,
            by,
            now,
            (valid_from, valid_to),
        )
    return raised


def _attach(
    workspace: Workspace, claims: list[Candidate], source: str, channel: str, disclosure: str, by: User, now: datetime,
    period: tuple[date | None, date | None],
) -> int:  # fmt: skip
    evidence = Evidence.objects.create(
        id=uuid7(), workspace=workspace, source=source, channel=channel, disclosure=disclosure, seller=workspace.legal_name,
        disclosure_sha256=hashlib.sha256(disclosure.encode()).hexdigest(), valid_from=period[0], valid_to=period[1],
        attached_by=by, attached_at=now,
    )  # fmt: skip
    refused = set(
        Consent.objects.filter(workspace=workspace, act__in=DENIALS, address__in={claim.address for claim in claims})
        .filter(Q(channel=channel) | Q(channel="all"))
        .values_list("address", flat=True)
    )
    granted = [claim for claim in claims if claim.address not in refused]
    Consent.objects.bulk_create(
        [
            Consent(
                id=uuid7(), workspace=workspace, address=claim.address, channel=channel, act="granted", scope="all",
                at=_instant(claim.said_on, now), recorded_at=now, source=source, quote=claim.quote, contact=claim.contact_id,
                seller=evidence.seller, evidence=evidence, actor=by, cause=f"evidence:{claim.id}",
            )
            for claim in granted
        ],
        batch_size=500,
        ignore_conflicts=True,
    )  # fmt: skip
    Candidate.objects.filter(id__in=[claim.id for claim in granted]).update(evidence=evidence)
    people: set[UUID] = {claim.contact_id for claim in granted}
    remember(
        workspace.id,
        [
            Happened(Kind.EVIDENCE_ATTACHED, now, one, f"evidence:{evidence.id}", {"channel": channel})
            for one in sorted(people)
        ],
    )
    return len({claim.address for claim in granted})


def _instant(said_on: date | None, now: datetime) -> datetime:
    return min(datetime.combine(said_on, time(12), UTC), now) if said_on else now
