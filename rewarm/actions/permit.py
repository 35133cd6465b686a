"""Records the consents that no other consent contains: to the use of health data, to messages that somebody else pays for."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time
from typing import Literal
from uuid import UUID

from django.db import transaction

from rewarm.actions.remember import remember
from rewarm.domain.event import Happened, Kind
from rewarm.errors import RewarmError
from rewarm.models import Address, Consent, Contact, Evidence, User, Workspace
from rewarm.models.base import uuid7

Scope = Literal["health", "paid"]


@transaction.atomic
def permit(
    workspace: Workspace,
    contact: Contact,
    scope: Scope,
    *,
    disclosure: str,
    by: User,
    now: datetime,
    payer: str = "",
    said_on: date | None = None,
) -> int:
    """Record what this person agreed to, in the words that they agreed to, for each of their addresses; return how many.

    "health": the use of health data of somebody who never was a patient (RCW 19.373.030, NRS 603A, CTDPA). "paid": messages
    that `payer` pays for; the text must name it, since an authorisation states the remuneration (45 CFR 164.508(a)(3)(ii)).
    It belongs to the person: whoever shares the phone has given nothing. Raises RewarmError when the words do not say it.
    """
    if not disclosure.strip():
        raise RewarmError("Say which words they agreed to: without them nobody can show that they did.")
    if scope == "paid" and (not payer or payer.casefold() not in disclosure.casefold()):
        raise RewarmError("An authorisation of paid messages names who pays, in the words that they signed.")
    evidence = Evidence.objects.create(
        id=uuid7(), workspace=workspace, source=payer or scope, channel="all", disclosure=disclosure, seller=workspace.legal_name,
        disclosure_sha256=hashlib.sha256(disclosure.encode()).hexdigest(), attached_by=by, attached_at=now,
    )  # fmt: skip
    at = min(datetime.combine(said_on, time(12), UTC), now) if said_on else now
    written = _write(workspace, contact, scope, "permitted", evidence.id, payer, by, at, now, f"evidence:{evidence.id}")
    remember(
        workspace.id,
        [Happened(Kind.EVIDENCE_ATTACHED, now, contact.id, f"evidence:{evidence.id}", {"permission": scope})],
    )
    return written


@transaction.atomic
def withdraw(
    workspace: Workspace, contact: Contact, scope: Scope, *, by: User | None, now: datetime, payer: str = ""
) -> int:
    """Take such a consent back, from now on; return for how many addresses."""
    return _write(workspace, contact, scope, "withdrawn", None, payer, by, now, now, f"withdrawn:{uuid7()}")


def _write(
    workspace: Workspace, contact: Contact, scope: Scope, act: str, evidence: UUID | None, payer: str, by: User | None,
    at: datetime, now: datetime, cause: str,
) -> int:  # fmt: skip
    addresses = sorted(set(Address.objects.filter(contact=contact).values_list("address", flat=True)))
    Consent.objects.bulk_create(
        Consent(
            id=uuid7(), workspace=workspace, address=address, channel="all", act=act, scope=scope, at=at, recorded_at=now,
            source=payer or "desk", seller=workspace.legal_name, contact=contact.id, evidence_id=evidence, actor=by,
            cause=f"{cause}:{address}",
        )
        for address in addresses
    )  # fmt: skip
    return len(addresses)
