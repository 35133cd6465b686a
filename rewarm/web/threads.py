"""Reads what the inbox shows: the threads that need a person, are open, or are there at all; one thread over all channels."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from rewarm.domain import brief
from rewarm.domain.outbox import State, bucket
from rewarm.models import Contact, Conversation, Handoff, Message, Touch, User, Workspace

OPEN_FOR = timedelta(days=14)
SHOWN = 60
VIEWS = (("needs", "Needs a person"), ("open", "Open"), ("all", "All"))


@dataclass(frozen=True, slots=True)
class Listed:
    """One thread in the list."""

    conversation: Conversation
    said: Message | None  # the last thing that they wrote
    handoff: Handoff | None

    @property
    def contact(self) -> Contact:
        return self.conversation.contact


@dataclass(frozen=True, slots=True)
class Said:
    """One bubble of a thread: who wrote, what, when, and what became of it."""

    who: str  # contact, assistant, person
    name: str
    text: str
    subject: str
    channel: str
    at: datetime
    intents: tuple[str, ...] = ()
    why: str = ""
    touch: Touch | None = None
    new_day: date | None = None


def threads(workspace: Workspace, view: str, now: datetime) -> list[Listed]:
    """List the threads of a view, the latest first."""
    handoffs = {
        one.contact_id: one for one in Handoff.objects.filter(workspace=workspace, closed_at=None).order_by("opened_at")
    }
    rows = _view(Conversation.objects.filter(workspace=workspace), view, list(handoffs), now)
    chosen = list(rows.select_related("contact").order_by("-last_in_at")[:SHOWN])
    if view == "needs":
        chosen.sort(key=lambda one: pressing(handoffs[one.contact_id]))
    last = last_said(workspace, [one.contact_id for one in chosen])
    return [Listed(one, last.get(one.contact_id), handoffs.get(one.contact_id)) for one in chosen]


def pressing(handoff: Handoff) -> tuple[bool, int, datetime]:
    """Sort handoffs: unclaimed first, the most urgent first, the longest wait first."""
    return handoff.claimed_at is not None, brief.ORDER.index(handoff.urgency), handoff.opened_at


def _view(rows: QuerySet[Conversation], view: str, handed: Sequence[UUID], now: datetime) -> QuerySet[Conversation]:
    match view:
        case "needs":
            return rows.filter(contact_id__in=handed)
        case "open":
            awake = Q(snoozed_until=None) | Q(snoozed_until__lte=now)
            return rows.filter(Q(contact_id__in=handed) | (awake & Q(last_in_at__gt=now - OPEN_FOR)))
        case _:
            return rows.exclude(last_in_at=None)


def last_said(workspace: Workspace, people: Sequence[UUID]) -> dict[UUID, Message]:
    """Read the last thing that each of these people wrote, in one query."""
    rows = Message.objects.filter(workspace=workspace, contact_id__in=people, direction="in")
    latest = rows.order_by("contact_id", "-at", "-id").distinct("contact_id")
    return {one.contact_id: one for one in latest if one.contact_id}


def thread(workspace: Workspace, contact: Contact) -> list[Said]:
    """Read everything that was said, in both directions and over all channels, and what is about to be said."""
    messages = Message.objects.filter(workspace=workspace, contact=contact).select_related("touch", "author")
    said = [_said(workspace, contact, one) for one in messages]
    known = {one.touch.id for one in said if one.touch}
    said += _coming(workspace, contact, known)
    said.sort(key=lambda one: one.at)
    return _with_days(said, ZoneInfo(workspace.zone))


def _said(workspace: Workspace, contact: Contact, one: Message) -> Said:
    reading = one.reading or {}
    if one.direction == "in":
        return Said(
            "contact", str(contact), one.body, one.subject or "", one.channel, one.at,
            tuple(reading.get("intents", ())), str(reading.get("why") or ""),
        )  # fmt: skip
    who, name = ("person", str(one.author)) if one.author else ("assistant", _machine(workspace, one.touch))
    return Said(who, name, one.body, one.subject or "", one.channel, one.at, touch=one.touch)


def _machine(workspace: Workspace, touch: Touch | None) -> str:
    sender = workspace.profile.get("sender_name")
    names = {"marketing": f"Journey, as {sender}" if sender else "Journey", "reminder": "Reminder"}
    return names.get(touch.purpose if touch else "", "Assistant")


def _coming(workspace: Workspace, contact: Contact, known: Collection[UUID]) -> list[Said]:
    """Read the texts that are on their way, or did not leave: whoever wrote one wants to see what became of it."""
    texts = Touch.objects.filter(
        workspace=workspace, contact=contact, purpose__in=["reply", "informational"], channel="sms"
    )
    unsent = [one for one in texts.exclude(id__in=known) if one.body and bucket(cast(State, one.state)) != "sent"]
    authors = {one.extra["author"] for one in unsent if one.extra.get("author")}
    names = {str(one.id): str(one) for one in User.objects.filter(id__in=authors)}
    return [
        Said(
            "person" if one.extra.get("author") else "assistant",
            names.get(one.extra.get("author", ""), _machine(workspace, one)),
            str(one.body), "", one.channel, one.planned_at, touch=one,
        )
        for one in unsent
    ]  # fmt: skip


def _with_days(said: Sequence[Said], zone: ZoneInfo) -> list[Said]:
    """Mark the first of each local day."""
    shown: list[Said] = []
    last: date | None = None
    for one in said:
        on = one.at.astimezone(zone).date()
        shown.append(
            Said(
                one.who, one.name, one.text, one.subject, one.channel, one.at, one.intents, one.why, one.touch,
                on if on != last else None,
            )
        )  # fmt: skip
        last = on
    return shown


def version(said: Sequence[Said]) -> str:
    """Name the state of a thread, so that a page can ask whether it changed."""
    last = said[-1] if said else None
    states = "".join(f"{one.touch.state[0]}{one.touch.status[:1]}" for one in said[-5:] if one.touch)
    return f"{len(said)}-{int(last.at.timestamp()) if last else 0}-{states}"
