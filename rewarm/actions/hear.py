"""Reads what somebody wrote in the light of their thread: what we asked, what we offered, which visit they have."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from rewarm.adapters import packs
from rewarm.adapters.reply_texts import in_language
from rewarm.domain import intent
from rewarm.models import Appointment, Conversation, Message, Touch, Workspace

REMINDED_LATELY = timedelta(days=2)
LONGEST = 2_000  # characters; reading costs the square of the length, and a carrier waits for our answer
REMEMBERED = timedelta(days=30)  # nobody answers an older question with a mere "yes"


def hear(
    workspace: Workspace, thread: Conversation | None, visit: Appointment | None, text: str, address: str, now: datetime
) -> intent.Reading:
    """Read `text` by the pack's rules; a thread that does not exist yet has nothing pending."""
    zone = ZoneInfo(workspace.zone)
    pending = thread.pending if thread else ""
    if not pending and visit is not None and _was_reminded(workspace, visit.contact_id, now):
        pending = "confirm_appointment"
    return intent.read(
        intent.Reply(
            text=_readable(text),
            now=now.astimezone(zone),
            asked=thread.asked if thread and thread.pending else last_said(workspace, address, now),
            pending=cast(intent.Pending, pending) if pending else None,
            offered=tuple(datetime.fromisoformat(one).astimezone(zone) for one in (thread.offered if thread else ())),
            appointment=visit.starts_at.astimezone(zone) if visit else None,
        ),
        packs.lexicon(workspace.pack),
    )


def _readable(text: str) -> str:
    """Cut a novel in the middle: what somebody wants stands at its beginning or at its end."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]}\n{text[-LONGEST // 2 :]}"


def last_said(workspace: Workspace, address: str, now: datetime) -> str | None:
    """Return what this address got from us last: "y" answers a journey's question as well as one of the assistant's."""
    last = _last(workspace, address, now)
    return last[0] if last else None


def superseded(workspace: Workspace, address: str, now: datetime) -> bool:
    """Tell whether a marketing text went out after our last answer: times that were on offer before it are not meant."""
    last = _last(workspace, address, now)
    return last is not None and last[1] == "marketing"


def _last(workspace: Workspace, address: str, now: datetime) -> tuple[str, str | None] | None:
    """Return the text and the purpose of the last thing that we said to this address lately."""
    ours = Message.objects.filter(workspace=workspace, address=address, direction="out", at__gt=now - REMEMBERED)
    last = ours.order_by("-at", "-id").values_list("body", "touch__purpose").first()
    return (str(last[0]), last[1]) if last else None


def refuses(reading: intent.Reading) -> str | None:
    """Name the rule by which a reading closes the address: an opt-out in any words, or a wrong number; None when it does not.

    The reading is made by written rules alone; a model could only add to it.
    """
    if reading.opt_out is not None:
        return reading.opt_out.tier
    closing = ["opt_out", "wrong_number", "deceased", *(["channel_change"] if reading.scope == "texts" else [])]
    return next((one for one in closing if one in reading.intents), None)


def answers_silently(reading: intent.Reading) -> bool:
    """Tell who wants no automatic confirmation: a family in grief, and somebody who asked for a call instead."""
    return "deceased" in reading.intents or "channel_change" in reading.intents


def parting_words(reading: intent.Reading) -> str:
    """Name the confirmation that fits how they said no: to a stranger we say sorry, to others goodbye, in their language."""
    return in_language("mistaken" if "wrong_number" in reading.intents else "opted_out", reading.language)


def _was_reminded(workspace: Workspace, contact: UUID, now: datetime) -> bool:
    return Touch.objects.filter(
        workspace=workspace, contact_id=contact, purpose="reminder", dispatched_at__gt=now - REMINDED_LATELY
    ).exists()
