"""Writes the messages of a batch of touches from facts, occasions and content, and chooses the address each goes to."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from rewarm.adapters import links, pack_content, writer
from rewarm.domain.assignment import Said, Step
from rewarm.domain.draft import Draft
from rewarm.domain.occasion import Occasion, occasions
from rewarm.domain.person import Brand, Person
from rewarm.domain.sms_text import measure
from rewarm.models import Contact, JourneyVersion, Touch, Workspace
from rewarm.models.material import Known, Told, addresses_of, facts_of, journeys_of, told

log = structlog.get_logger()
# The sender's name and the way out stand in the first message and then once a month.
OPT_OUT_EVERY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Written:
    """A message ready for the gate, whoever wrote it; `refused` names the checks that it failed, empty when it may go."""

    address: str
    text: str
    subject: str = ""
    html: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    ics: str | None = None
    content: str = ""
    sources: tuple[dict[str, object], ...] = ()
    personal: bool = False
    sensitivity: int = 0
    sms_segments: int = 0
    is_offer: bool = False
    refused: tuple[str, ...] = ()
    author: UUID | None = None


def compose(workspace: Workspace, touches: Sequence[Touch], now: datetime) -> dict[UUID, Written]:
    """Write one message for each touch; replies, reminders and people's own texts were written when they were planned."""
    addresses = _addresses(workspace, touches)
    marketing = [touch for touch in touches if _is_drafted(touch)]
    material = _Material.load(workspace, marketing, addresses, now)
    return {
        touch.id: _drafted(material, touch)
        if _is_drafted(touch)
        else _as_planned(workspace, touch, addresses[touch.id])
        for touch in touches
    }


def _is_drafted(touch: Touch) -> bool:
    """Tell a step of a journey, which is written anew at every try, from what was written when it was planned."""
    return touch.body is None or (touch.enrollment_id is not None and touch.step is not None)


def _drafted(material: _Material, touch: Touch) -> Written:
    """Write one touch; what breaks while writing stops this message only, with a trace in the log (fail closed)."""
    try:
        return material.write(touch)
    except Exception:
        log.exception("a draft broke", touch=str(touch.id))
        return Written(
            address=material.addresses[touch.id], text="", refused=("broken: the draft could not be written",)
        )


def _addresses(workspace: Workspace, touches: Sequence[Touch]) -> dict[UUID, str]:
    """Choose where each touch goes: where it was meant for, else its person's first usable address of the channel."""
    first: dict[tuple[UUID, str], str] = {}
    for person, channel, address in addresses_of(workspace.id, {touch.contact_id for touch in touches}):
        first.setdefault((person, "email" if channel == "email" else "sms"), address)
    return {touch.id: touch.address or first.get((touch.contact_id, touch.channel), "") for touch in touches}


def _as_planned(workspace: Workspace, touch: Touch, address: str) -> Written:
    unsubscribe = links.unsubscribe(workspace, touch.contact_id, address) if touch.channel == "email" else {}
    extra = touch.extra or {}
    return Written(
        address=address,
        text=str(touch.body),
        subject=str(touch.subject or ""),
        headers=unsubscribe,
        ics=extra.get("ics"),
        content=touch.content,
        sources=tuple(touch.sources),
        sms_segments=measure(str(touch.body)).segments if touch.channel == "sms" else 0,
        author=UUID(extra["author"]) if extra.get("author") else None,
    )


@dataclass(frozen=True, slots=True)
class _Material:
    """Everything that the marketing drafts of one batch are made of, read in a handful of queries."""

    workspace: Workspace
    now: datetime
    addresses: Mapping[UUID, str]
    facts: Mapping[UUID, Sequence[Known]]
    told_to: Mapping[UUID, Sequence[Told]]
    told_at: Mapping[str, Sequence[Told]]
    journeys: Mapping[UUID, UUID]

    @classmethod
    def load(
        cls, workspace: Workspace, touches: Sequence[Touch], addresses: Mapping[UUID, str], now: datetime
    ) -> _Material:
        if not touches:
            return cls(workspace, now, addresses, {}, {}, {}, {})
        people = {touch.contact_id for touch in touches}
        told_to: dict[UUID, list[Told]] = defaultdict(list)
        told_at: dict[str, list[Told]] = defaultdict(list)
        for one in told(workspace.id, people, {addresses[touch.id] for touch in touches} - {""}):
            told_to[one.contact].append(one)
            told_at[one.address].append(one)
        journeys = journeys_of(workspace.id, {touch.enrollment_id for touch in touches if touch.enrollment_id})
        return cls(workspace, now, addresses, known_facts(workspace, people), told_to, told_at, journeys)

    def write(self, touch: Touch) -> Written:
        """Draft one touch; a draft that fails its checks is kept with the names of the checks, and does not leave."""
        contact, address = touch.contact, self.addresses[touch.id]
        known = self.facts.get(contact.id, ())
        person = person_of(contact)
        reasons = occasions(person, known, pack_content.occasion_rules(self.workspace.pack), self.now)
        before = self._before(contact.id, address)
        draft = writer.write(
            person,
            known,
            reasons,
            pack_content.library(self.workspace.pack),
            brand_of(self.workspace, contact, address),
            self._step(touch),
            self.now,
            said=[Said(one.text, one.content.partition("@")[0]) for one in before],
            opt_out_due=self._opt_out_due(contact.id, address),
            seed=f"{contact.id}:{touch.cause}",
        )
        cited = _facts_cited(draft, reasons)
        return Written(
            address=address,
            text=draft.text,
            subject=draft.subject,
            html=draft.html,
            headers=links.unsubscribe(self.workspace, contact.id, address) if touch.channel == "email" else {},
            content=f"{draft.content}@{draft.version}",
            sources=tuple({"start": s.start, "end": s.end, "kind": s.kind, "id": s.id} for s in draft.sources),
            personal=bool(cited),
            sensitivity=max((fact.sensitivity for fact in known if fact.id in cited), default=0),
            sms_segments=draft.sms_segments,
            refused=tuple(f"{one.check}: {one.why}" for one in draft.refused),
        )

    def _before(self, person: UUID, address: str) -> list[Told]:
        """List what this person and whoever shares the address were told: no content goes to one address twice."""
        to_them = self.told_to.get(person, ())
        return [*to_them, *(one for one in self.told_at.get(address, ()) if one.contact != person)]

    def _opt_out_due(self, person: UUID, address: str) -> bool:
        """Tell whether the way out has to be named again: never yet to this person here, or not in the last month."""
        recent = (one for one in self.told_to.get(person, ()) if self.now - one.at < OPT_OUT_EVERY)
        return not any(one.address == address and "STOP" in one.text for one in recent)

    def _step(self, touch: Touch) -> Step:
        assert touch.enrollment_id is not None, "only a step of a journey is drafted"
        assert touch.step is not None, "only a step of a journey is drafted"
        return _step(self.journeys[touch.enrollment_id], touch.step, touch.channel, touch.stage)


@functools.lru_cache(maxsize=1024)
def _step(version: UUID, index: int, channel: str, stage: str) -> Step:
    """Read a step of a journey version once: versions are immutable."""
    spec = JourneyVersion.objects.values_list("spec", flat=True).get(id=version)["steps"][index]
    return Step(slug=str(spec["slug"]), channel=channel, stage=stage, n=index + 1, content=tuple(spec["content"]))


def _facts_cited(draft: Draft, reasons: Sequence[Occasion]) -> set[str]:
    """Name the facts that a draft rests on; an occasion may rest on what they told us, too."""
    named = {source.id for source in draft.sources if source.kind == "occasion"}
    rests = {
        one.removeprefix("fact:")
        for each in reasons
        if each.id in named
        for one in each.sources
        if one.startswith("fact:")
    }
    return rests | {source.id for source in draft.sources if source.kind == "fact"}


def known_facts(workspace: Workspace, people: Collection[UUID]) -> dict[UUID, list[Known]]:
    """Read the facts of these people that nobody has marked as wrong, the oldest first."""
    facts: dict[UUID, list[Known]] = defaultdict(list)
    for person, fact in facts_of(workspace.id, people):
        facts[person].append(fact)
    return facts


def person_of(contact: Contact) -> Person:
    """See a contact as the writer does."""
    return Person(
        first_name=contact.first_name,
        last_name=contact.last_name,
        language=contact.language,
        segment=contact.segment,
        inquired_on=contact.inquired_on,
        last_test_on=contact.last_test_on,
        last_fitting_on=contact.last_fitting_on,
        last_appointment_on=contact.last_appointment_on,
        no_show=contact.last_past_appointment == "missed",
        zip=contact.zip,
    )


def brand_of(workspace: Workspace, contact: Contact, address: str) -> Brand:
    """Speak as the practice: its name, the person who writes, and this contact's own booking page."""
    return Brand(
        practice=workspace.name,
        sender_name=workspace.profile.get("sender_name", "the front desk"),
        phone=workspace.profile.get("phone_spoken", workspace.phone),
        booking_url=links.booking(workspace, contact.id),
        address=workspace.postal_address,
        unsubscribe_url=links.unsubscribe_url(workspace, contact.id, address),
    )


def occasions_of(workspace: Workspace, contact: Contact, known: Sequence[Known], now: datetime) -> tuple[Occasion, ...]:
    """List the true reasons to write to this contact now."""
    return occasions(person_of(contact), known, pack_content.occasion_rules(workspace.pack), now)
