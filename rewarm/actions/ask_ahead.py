"""Asks the gate about one person before there is a message: may we write to them now, and if not, why and until when?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from rewarm.actions.compose import Written
from rewarm.actions.gate import questions
from rewarm.adapters.rules import rule_set
from rewarm.domain import policy
from rewarm.domain.explanation import Explanation, explain
from rewarm.models import Address, Contact, Enrollment, Sender, Touch, Workspace
from rewarm.models.base import uuid7

ASKED_FOR = timedelta(days=400)  # far enough that nothing expires


def ask_ahead(workspace: Workspace, contact: Contact, now: datetime) -> Mapping[str, Explanation]:
    """Explain by channel ("sms", "email") what the gate would say of marketing to this person now.

    The same reading of the same rows as for a message: a touch is planned, asked about and taken back. What a text must say of
    itself is left open, since there is none yet. What keeps a touch from ever reaching the gate counts as well: they are held
    out, or nobody carries the channel.
    """
    first: dict[str, str] = {}
    for row in Address.objects.filter(contact=contact, unusable_at=None).order_by("rank", "address"):
        first.setdefault("email" if row.channel == "email" else "sms", row.address)
    return {channel: _ask(workspace, contact, channel, address, now) for channel, address in sorted(first.items())}


def _ask(workspace: Workspace, contact: Contact, channel: str, address: str, now: datetime) -> Explanation:
    with transaction.atomic():
        touch = Touch.objects.create(
            id=uuid7(), workspace=workspace, contact=contact, cause=f"ahead:{uuid7()}", purpose="marketing",
            channel=channel, due=now, expires_at=now + ASKED_FOR, planned_at=now,
        )  # fmt: skip
        asked = questions(workspace, [touch], {touch.id: Written(address=address, text="")}, now)[touch.id]
        transaction.set_rollback(True)
    proposed = replace(asked.proposed, names_seller=None, says_way_out=None, gives_address=None)
    view = replace(asked.view, held_out=_is_held_out(contact))
    verdict = policy.judge(proposed, view, asked.entries, rule_set(), now)
    if not isinstance(verdict, policy.Deny) and (missing := _no_carrier(workspace, channel)):
        return explain({"verdict": "deny", "reason": missing}, None)
    return explain(verdict.receipt, rule_set())


def _is_held_out(contact: Contact) -> bool:
    """Tell whether the last launch that took them in drew them to be left alone."""
    arms = Enrollment.objects.filter(contact=contact).order_by("-enrolled_at").values_list("arm", flat=True)
    return arms.first() == "holdout"


def _no_carrier(workspace: Workspace, channel: str) -> str | None:
    """Name what keeps a channel from carrying marketing: no sender for it, or every one of them stopped."""
    senders = Sender.objects.filter(workspace=workspace, channel=channel).exclude(lane="service")
    stopped = list(senders.values_list("stopped_at", flat=True))
    return "no_sender" if not stopped else "stopped" if all(stopped) else None
