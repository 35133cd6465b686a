"""Writes what a journey's first message would be for real contacts, without planning or sending anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rewarm.actions.compose import brand_of, known_facts, occasions_of, person_of
from rewarm.adapters import pack_content, writer
from rewarm.domain.assignment import Step
from rewarm.domain.draft import Draft
from rewarm.models import Address, Contact, JourneyVersion, Workspace
from rewarm.models.material import Known


@dataclass(frozen=True, slots=True)
class Preview:
    """What one contact would get first, and the quotes that it rests on."""

    contact: Contact
    channel: str
    address: str
    draft: Draft
    quotes: dict[str, str]


def preview(
    workspace: Workspace, version: JourneyVersion, contacts: Sequence[Contact], now: datetime, *, step: int = 0
) -> list[Preview]:
    """Draft one step of a journey for these contacts by the same writer and the same checks as a real touch."""
    spec: dict[str, Any] = version.spec["steps"][step]
    wanted = Step(
        slug=str(spec["slug"]),
        channel=str(spec["channel"]),
        stage=str(spec["stage"]),
        n=step + 1,
        content=tuple(spec["content"]),
    )
    facts = known_facts(workspace, [one.id for one in contacts])
    kind = "email" if wanted.channel == "email" else "phone"
    rows = Address.objects.filter(workspace=workspace, contact__in=contacts, channel=kind, unusable_at=None).order_by(
        "-rank"
    )
    addresses = {row.contact_id: row.address for row in rows}
    return [_preview(workspace, one, facts.get(one.id, []), wanted, addresses.get(one.id, ""), now) for one in contacts]


def _preview(
    workspace: Workspace, contact: Contact, known: list[Known], step: Step, address: str, now: datetime
) -> Preview:
    draft = writer.write(
        person_of(contact), known, occasions_of(workspace, contact, known, now),
        pack_content.library(workspace.pack), brand_of(workspace, contact, address), step, now, seed=f"{contact.id}:preview",
    )  # fmt: skip
    return Preview(contact, step.channel, address, draft, {one.id: one.quote for one in known})
