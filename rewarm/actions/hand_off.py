"""Calls a human, with the whole story: opens the handoff, alerts, lets a person claim, answer and give back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from rewarm.actions.remember import remember
from rewarm.adapters.pack_segments import read_segments
from rewarm.domain import brief, outbox, policy
from rewarm.domain.event import Happened, Kind
from rewarm.models import Contact, Conversation, Fact, Handoff, Message, Touch, User, Workspace
from rewarm.models.base import uuid7

HUMAN_TALK = timedelta(days=3)


def hand_off(
    workspace: Workspace, contact: Contact, *, cause: str, urgency: str, why: str, now: datetime
) -> Handoff | None:
    """Open a handoff in the caller's transaction; one that is open already for this person is made more urgent instead.

    Returns None when this very cause was handed off before.
    """
    text = _brief(workspace, contact, why, now)
    waiting = Handoff.objects.select_for_update().filter(workspace=workspace, contact=contact, closed_at=None).first()
    if waiting is not None:
        if brief.ORDER.index(urgency) < brief.ORDER.index(waiting.urgency):
            waiting.urgency, waiting.alerted_at = urgency, None
        waiting.why, waiting.brief = why, text
        waiting.save(update_fields=["urgency", "why", "brief", "alerted_at"])
        remember(
            workspace.id,
            [Happened(Kind.HANDED_OFF, now, contact.id, cause, {"urgency": urgency, "again": True})],
        )
        return waiting
    opened = Handoff(
        id=uuid7(),
        workspace=workspace,
        contact=contact,
        cause=cause,
        urgency=urgency,
        why=why,
        brief=text,
        opened_at=now,
    )
    Handoff.objects.bulk_create([opened], ignore_conflicts=True)
    if not Handoff.objects.filter(id=opened.id).exists():
        return None
    remember(workspace.id, [Happened(Kind.HANDED_OFF, now, contact.id, cause, {"urgency": urgency})])
    return opened


def call_for_unsent_answers(workspace: Workspace, settled: Iterable[tuple[Touch, outbox.Row]], now: datetime) -> None:
    """Hand over whom we owe an answer that will never leave: no reply is lost (promise 5)."""
    for touch, row in settled:
        if touch.purpose == "reply" and row.state in ("suppressed", "failed"):
            why = policy.REASONS.get(row.reason or "", "The carrier refused it.")
            hand_off(
                workspace, touch.contact, cause=f"touch:{touch.id}", urgency="hot",
                why=f"Our answer could not be sent. {why}", now=now,
            )  # fmt: skip


def _brief(workspace: Workspace, contact: Contact, why: str, now: datetime) -> str:
    """Tell whoever picks up who this is, what we know and what was said, so that nobody has to ask twice."""
    profile = next((one.profile for one in read_segments(workspace.pack) if one.slug == contact.segment), None)
    facts = Fact.objects.filter(workspace=workspace, contact=contact, hidden_at=None).order_by("-said_on")
    thread = Message.objects.filter(workspace=workspace, contact=contact).order_by("-at", "-id")[:6]
    return brief.write(
        name=str(contact),
        segment=contact.segment,
        why=why,
        dates={
            "asked us": contact.inquired_on,
            "last tested": contact.last_test_on,
            "last fitted": contact.last_fitting_on,
            "missed a visit": contact.missed_on,
        },
        facts=list(dict.fromkeys((fact.kind, fact.quote) for fact in facts))[:6],  # merged rows repeat their notes
        thread=[(one.direction, one.body) for one in reversed(thread)],
        objections=profile.objections if profile else (),
        today=now.date(),
    )


@transaction.atomic
def claim(workspace: Workspace, handoff: UUID, user: User, now: datetime) -> bool:
    """Take a handoff; False when somebody else was first (`== 1` means that we won)."""
    won = Handoff.objects.filter(workspace=workspace, id=handoff, claimed_at=None, closed_at=None).update(
        claimed_at=now, claimed_by=user
    )
    if won == 1:
        contact = Handoff.objects.values_list("contact_id", flat=True).get(id=handoff)
        remember(workspace.id, [Happened(Kind.CLAIMED, now, contact, f"user:{user.id}")])
    return won == 1


@transaction.atomic
def close(workspace: Workspace, handoff: UUID, user: User | None, because: str, now: datetime) -> bool:
    """Close a handoff with what came of it, and give the thread back to the assistant."""
    done = Handoff.objects.filter(workspace=workspace, id=handoff, closed_at=None).update(
        closed_at=now, closed_by=user, closed_because=because
    )
    if done == 1:
        contact = Handoff.objects.values_list("contact_id", flat=True).get(id=handoff)
        remember(
            workspace.id,
            [Happened(Kind.HANDED_BACK, now, contact, f"handoff:{handoff}", {"because": because})],
        )
    return done == 1


@transaction.atomic
def answer(workspace: Workspace, contact: Contact, user: User, body: str, now: datetime, *, key: str) -> Touch | None:
    """Send a person's own words in the thread; the assistant falls silent from this moment on.

    `key` comes from the form, so that a double click sends once; None means that it was sent before.
    """
    thread, _ = Conversation.objects.get_or_create(workspace=workspace, contact=contact, defaults={"opened_at": now})
    last = Message.objects.filter(workspace=workspace, contact=contact, direction="in").order_by("-at").first()
    touch = Touch(
        id=uuid7(), workspace=workspace, contact=contact, cause=f"human:{key}", purpose="reply" if last else "informational",
        channel=last.channel if last else "sms", due=now, expires_at=now + timedelta(hours=12),
        in_reply_to_at=last.at if last else None, address=last.address if last else "",
        sender_id=last.sender_id if last else None, body=body, content="human",
        extra={"author": str(user.id)}, planned_at=now,
    )  # fmt: skip
    Touch.objects.bulk_create([touch], ignore_conflicts=True)
    if not Touch.objects.filter(id=touch.id).exists():
        return None
    switch(workspace, thread, on=False, user=user, now=now)
    Conversation.objects.filter(id=thread.id).update(due=None, pending="", live_until=now + HUMAN_TALK, seen_at=now)
    Handoff.objects.filter(workspace=workspace, contact=contact, closed_at=None, claimed_at=None).update(
        claimed_at=now, claimed_by=user
    )
    return touch


def switch(workspace: Workspace, thread: Conversation, *, on: bool, user: User | None, now: datetime) -> None:
    """Turn the assistant on or off for one thread."""
    Conversation.objects.filter(workspace=workspace, id=thread.id).update(
        assistant_off_at=None if on else now, assistant_off_by=None if on else user
    )
    kind = Kind.ASSISTANT_ON if on else Kind.ASSISTANT_OFF
    remember(workspace.id, [Happened(kind, now, thread.contact_id, f"user:{user.id}" if user else "")])
