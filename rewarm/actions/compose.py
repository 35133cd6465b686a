"""Writes the messages of a batch of touches from facts, occasions and content, and chooses the address each goes to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db.models import Q

from rewarm.adapters import links, pack_content, writer
from rewarm.domain.assignment import Said, Step
from rewarm.domain.occasion import Occasion, occasions
from rewarm.domain.person import Brand, Person
from rewarm.domain.sms_text import measure
from rewarm.models import Address, Contact, Enrollment, Fact, Message, Touch, Workspace

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


@dataclass(frozen=True, slots=True)
class Known:
    """A fact as the writer reads it."""

    id: str
    kind: str
    quote: str
    value: str | None
    sensitivity: int
    said_on: object = None


def compose(workspace: Workspace, touches: Sequence[Touch], now: datetime) -> dict[UUID, Written]:
    """Write one message for each touch; replies, reminders and people's own texts were written when they were planned."""
    people = [touch.contact_id for touch in touches]
    addresses = _addresses(workspace, people)
    marketing = [touch for touch in touches if _is_drafted(touch)]
    material = _Material.load(workspace, marketing, set(addresses.values()), now) if marketing else None
    letters: dict[UUID, Written] = {}
    for touch in touches:
        address = touch.address or addresses.get((touch.contact_id, touch.channel), "")
        if not _is_drafted(touch):
            letters[touch.id] = _as_planned(workspace, touch, address)
        else:
            assert material is not None
            letters[touch.id] = _drafted(material, touch, address)
    return letters


def _is_drafted(touch: Touch) -> bool:
    """Tell a step of a journey, which is written anew at every try, from what was written when it was planned."""
    return touch.body is None or (touch.enrollment_id is not None and touch.step is not None)


def _drafted(material: _Material, touch: Touch, address: str) -> Written:
    """Write one touch; what breaks while writing stops this message only, with a trace in the log (fail closed)."""
    try:
        return material.write(touch, address)
    except Exception:
        log.exception("a draft broke", touch=str(touch.id))
        return Written(address=address, text="", refused=("broken: the draft could not be written",))


def _addresses(workspace: Workspace, people: Sequence[UUID]) -> dict[tuple[UUID, str], str]:
    """Choose each person's first usable address by channel."""
    chosen: dict[tuple[UUID, str], str] = {}
    rows = Address.objects.filter(workspace=workspace, contact_id__in=people, unusable_at=None).order_by(
        "rank", "address"
    )
    for row in rows:
        chosen.setdefault((row.contact_id, "email" if row.channel == "email" else "sms"), row.address)
    return chosen


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
    facts: Mapping[UUID, Sequence[Known]]
    said: Mapping[UUID | str, Sequence[Said]]  # by person and by address
    disclosed_at: Mapping[UUID, datetime]
    steps: Mapping[UUID, Sequence[Mapping[str, object]]]

    @classmethod
    def load(
        cls, workspace: Workspace, touches: Sequence[Touch], addresses: Collection[str], now: datetime
    ) -> _Material:
        people = [touch.contact_id for touch in touches]
        facts = known_facts(workspace, people)
        said: dict[UUID | str, list[Said]] = defaultdict(list)
        disclosed: dict[UUID, datetime] = {}
        # A shared phone has heard what any of its people was told: no content goes to one address twice.
        earlier = Message.objects.filter(workspace=workspace, direction="out").filter(
            Q(contact_id__in=people) | Q(address__in=addresses)
        )
        for message in earlier.select_related("touch").order_by("at"):
            content = message.touch.content.split("@")[0] if message.touch else ""
            said[message.contact_id].append(Said(message.body, content))  # type: ignore[index]
            said[message.address].append(Said(message.body, content))
            if "STOP" in message.body:
                disclosed[message.contact_id] = message.at  # type: ignore[index]
        plans = Enrollment.objects.filter(workspace=workspace, id__in={touch.enrollment_id for touch in touches})
        steps = {one.id: one.journey.spec["steps"] for one in plans.select_related("journey")}
        return cls(workspace, now, facts, said, disclosed, steps)

    def write(self, touch: Touch, address: str) -> Written:
        """Draft one touch; a draft that fails its checks is kept with the names of the checks, and does not leave."""
        contact = touch.contact
        known = self.facts.get(contact.id, ())
        spec = self.steps[touch.enrollment_id][touch.step]  # type: ignore[index]
        step = Step(
            slug=str(spec["slug"]), channel=touch.channel, stage=touch.stage, n=(touch.step or 0) + 1,
            content=tuple(spec["content"]),  # type: ignore[arg-type]
        )  # fmt: skip
        disclosed = self.disclosed_at.get(contact.id)
        headers = links.unsubscribe(self.workspace, contact.id, address) if touch.channel == "email" else {}
        reasons = occasions_of(self.workspace, contact, known, self.now)
        draft = writer.write(
            person_of(contact),
            known,
            reasons,
            pack_content.library(self.workspace.pack),
            brand_of(self.workspace, contact, address),
            step,
            self.now,
            said=(*self.said.get(contact.id, ()), *self.said.get(address, ())),
            opt_out_due=disclosed is None or self.now - disclosed >= OPT_OUT_EVERY,
            seed=f"{contact.id}:{touch.cause}",
        )
        cited = {source.id for source in draft.sources if source.kind == "fact"}
        # An occasion may rest on what they told us, too.
        named = {source.id for source in draft.sources if source.kind == "occasion"}
        rests = {one for reason in reasons if reason.id in named for one in reason.sources}
        cited |= {one.removeprefix("fact:") for one in rests if one.startswith("fact:")}
        return Written(
            address=address,
            text=draft.text,
            subject=draft.subject,
            html=draft.html,
            headers=headers,
            content=f"{draft.content}@{draft.version}",
            sources=tuple({"start": s.start, "end": s.end, "kind": s.kind, "id": s.id} for s in draft.sources),
            personal=bool(cited),
            sensitivity=max((fact.sensitivity for fact in known if fact.id in cited), default=0),
            sms_segments=draft.sms_segments,
            refused=tuple(f"{one.check}: {one.why}" for one in draft.refused),
        )


def known_facts(workspace: Workspace, people: Sequence[UUID]) -> dict[UUID, list[Known]]:
    """Read the facts of these people that nobody has marked as wrong, the oldest first."""
    facts: dict[UUID, list[Known]] = defaultdict(list)
    for one in Fact.objects.filter(workspace=workspace, contact_id__in=people, hidden_at=None).order_by("id"):
        facts[one.contact_id].append(Known(str(one.id), one.kind, one.quote, one.value, one.sensitivity, one.said_on))
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
