"""Gathers everything that shows why one person was, and was not, written to: what counsel asks for when somebody sues.

Consent with the very words that were agreed to, every refusal, every message with the receipt of the verdict it left on, and
every message that did not leave; 47 CFR 64.1200(a)(2), (d)(6) put the proof on whoever sends.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from rewarm.actions.remember import remember
from rewarm.adapters.rules import UnknownRules, rule_set
from rewarm.domain import policy
from rewarm.domain.calendars import RuleSet
from rewarm.domain.event import Happened, Kind
from rewarm.domain.explanation import explain
from rewarm.domain.identification import names_seller
from rewarm.domain.verdict import Receipt
from rewarm.models import Address, Consent, Contact, Message, Touch, User, Workspace

FORMAT = 1
NOON = time(12)  # how attach_evidence.py (in UTC) and the import (there) write down a day of which they know no more


@transaction.atomic
def prove(workspace: Workspace, contact: Contact, *, by: User | None, now: datetime) -> dict[str, Any]:
    """Return the evidence about one person as JSON-able values; that it was handed out is remembered.

    `fingerprint` is the SHA-256 of the evidence itself, so that paper and JSON of one state can be told to say the same.
    Each receipt is judged again from itself alone, under the rules that it names: `replays` tells whether the verdict is the
    same today, None where the gate was never asked.
    """
    addresses = list(Address.objects.filter(workspace=workspace, contact=contact).order_by("channel", "rank"))
    remember(workspace.id, [Happened(Kind.EVIDENCE_EXPORTED, now, contact.id, f"user:{by.id}" if by else "")])
    evidence = {
        "format": FORMAT,
        "seller": {"name": workspace.name, "legal_name": workspace.legal_name, "postal_address": workspace.postal_address},
        "person": {
            "id": str(contact.id), "name": str(contact), "state": contact.state, "zip": contact.zip, "zone": contact.zone,
            "zone_source": contact.zone_source, "country": contact.country,
        },
        "addresses": [_address(one) for one in addresses],
        "ledger": _ledger(workspace, contact.id, [one.address for one in addresses]),
        "messages": _messages(workspace, contact),
        "to_others_there": _to_others(workspace, contact, [one.address for one in addresses]),
        "not_sent": _not_sent(workspace, contact),
    }  # fmt: skip
    made = {"made_at": now.isoformat(), "made_by": str(by or ""), "fingerprint": fingerprint(evidence)}
    return made | evidence


def fingerprint(evidence: Mapping[str, Any]) -> str:
    """Hash what was proved: SHA-256 over JSON with sorted keys and no spaces, without what says how this copy was made."""
    proved = {key: value for key, value in evidence.items() if key not in ("made_at", "made_by", "fingerprint")}
    spelled = json.dumps(proved, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(spelled.encode()).hexdigest()


def _address(one: Address) -> dict[str, Any]:
    return {
        "channel": one.channel, "address": one.address, "unusable_since": _iso(one.unusable_at), "why": one.unusable_why,
        "reassigned": one.reassigned, "reassigned_checked_at": _iso(one.reassigned_checked_at),
        "on_registry": one.on_registry, "registry_checked_at": _iso(one.registry_checked_at),
    }  # fmt: skip


def _ledger(workspace: Workspace, person: UUID, addresses: Sequence[str]) -> list[dict[str, Any]]:
    """List what holds for these addresses; what somebody else on a shared phone said, and agreed to for themselves, is theirs."""
    lines = Consent.objects.filter(workspace=workspace, address__in=addresses)
    theirs = lines.exclude(Q(act__in=("permitted", "withdrawn")) & ~Q(contact=person))
    others = set(
        Contact.objects.filter(workspace=workspace, addresses__address__in=addresses).values_list("id", flat=True)
    )
    others.discard(person)
    return [
        {
            "address": line.address, "channel": line.channel, "act": line.act, "scope": line.scope, "said_at": _iso(line.at),
            "said_on_a_day": _is_a_day(line, ZoneInfo(workspace.zone)),
            "recorded_at": _iso(line.recorded_at), "source": line.source, "seller": line.seller,
            "words": None if line.contact in others else line.quote,
            "actor": str(line.actor or ""),
            "by_somebody_else": line.contact in others,
            "evidence": line.evidence and {
                "source": line.evidence.source, "seller": line.evidence.seller, "agreed_to": line.evidence.disclosure,
                "names_seller": names_seller(line.evidence.disclosure, (workspace.name, line.evidence.seller)),
                "sha256": line.evidence.disclosure_sha256, "valid_from": _iso(line.evidence.valid_from),
                "valid_to": _iso(line.evidence.valid_to), "attached_by": str(line.evidence.attached_by),
                "attached_at": _iso(line.evidence.attached_at),
            },
        }
        for line in theirs.select_related("actor", "evidence__attached_by").order_by("recorded_at", "id")
    ]  # fmt: skip


def _is_a_day(line: Consent, zone: ZoneInfo) -> bool:
    """Tell whether only the day is known: an hour that nobody noted must not look like one that somebody did."""
    noon = NOON in (line.at.astimezone(UTC).time(), line.at.astimezone(zone).time())
    return noon and line.message is None and line.at != line.recorded_at


def _messages(workspace: Workspace, contact: Contact) -> list[dict[str, Any]]:
    """List what crossed the wire either way, the oldest first, each text of ours with the verdict that let it go."""
    rows = (
        Message.objects.filter(workspace=workspace, contact=contact)
        .select_related("touch", "sender")
        .order_by("at", "id")
    )
    return [
        {
            "at": _iso(one.at), "direction": one.direction, "channel": one.channel, "address": one.address,
            "sender": one.sender.address if one.sender else "", "words": one.body, "provider_id": _provider_id(one),
            **(_verdict(one.touch) if one.touch else {}),
        }
        for one in rows
    ]  # fmt: skip


def _to_others(workspace: Workspace, person: Contact, addresses: Sequence[str]) -> list[dict[str, Any]]:
    """List when these addresses were written to for somebody else, as on a shared phone, without the words."""
    rows = Message.objects.filter(workspace=workspace, direction="out", address__in=addresses).exclude(contact=person)
    return [
        {
            "at": _iso(one.at), "direction": one.direction, "channel": one.channel, "address": one.address,
            "purpose": one.touch.purpose if one.touch else "",
        }
        for one in rows.select_related("touch").order_by("at", "id")
    ]  # fmt: skip


def _not_sent(workspace: Workspace, contact: Contact) -> list[dict[str, Any]]:
    held = Touch.objects.filter(workspace=workspace, contact=contact, state__in=["suppressed", "failed"])
    return [
        {"planned_at": _iso(one.planned_at), "channel": one.channel, "purpose": one.purpose, **_verdict(one)}
        for one in held.order_by("planned_at", "id")
    ]


def _verdict(touch: Touch) -> dict[str, Any]:
    """Spell out the receipt of a touch: what it was judged by, in words, and whether it would be judged so again."""
    found: dict[str, Any] = {
        "purpose": touch.purpose, "cause": touch.cause, "state": touch.state, "reason": touch.reason, "status": touch.status,
        "content": touch.content, "personal_words": touch.sources,
    }  # fmt: skip
    if not touch.receipt:
        return found
    rules = _rules_of(touch.receipt)
    told = {name: value for name, value in asdict(explain(touch.receipt, rules)).items() if value}
    return found | {
        "receipt": touch.receipt,
        "in_words": told | {"first_minute": _iso(told["first_minute"])} if "first_minute" in told else told,
        "replays": _replays(touch.receipt, rules),
    }


def _rules_of(receipt: Receipt) -> RuleSet | None:
    try:
        return rule_set(str(receipt["rules"])) if receipt.get("rules") else None
    except UnknownRules:
        return None  # a version that this installation never had


def _replays(receipt: Mapping[str, Any], rules: RuleSet | None) -> bool | None:
    if rules is None or "message" not in receipt:
        return None
    again = policy.replay(dict(receipt), rules).receipt
    return bool(again["verdict"] == receipt["verdict"] and again["reason"] == receipt["reason"])


def _provider_id(one: Message) -> str:
    """Name the message as the carrier does, where it told us."""
    return (one.touch.provider_id if one.touch else "") or one.provider_id


def _iso(at: Any) -> str | None:
    return at.isoformat() if at else None
