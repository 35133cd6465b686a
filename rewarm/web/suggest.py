"""Suggests what a person might answer: the practice's own answers to what was asked, and two real free times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from rewarm.actions.book import free_slots
from rewarm.adapters.pack_content import answer, answer_fields, faq
from rewarm.domain.conversation import ASKS
from rewarm.domain.faq import best
from rewarm.domain.free_time import spoken, spread
from rewarm.models import Message, Workspace

SHOWN = 3


def suggestions(workspace: Workspace, last: Message | None, now: datetime) -> list[str]:
    """Return up to three texts that could be sent as they are; none for somebody who has not written."""
    if last is None:
        return []
    offer = _offer(workspace, now)
    return [*islice(_answers(workspace, last), SHOWN - bool(offer)), *offer]


def _answers(workspace: Workspace, last: Message) -> Iterator[str]:
    """Yield the answer that fits the question best, then the general one to each question that was heard."""
    entries = faq(workspace.pack)
    heard = [intent for intent in (last.reading or {}).get("intents", []) if intent in ASKS]
    found = best(last.body, entries)
    chosen = [found.entry] if found else []
    chosen += [entry for intent in heard for entry in entries if entry.slug == intent and entry not in chosen]
    fields = answer_fields(workspace.profile, workspace.name)
    yield from filter(None, (answer(entry, fields) for entry in chosen))


def _offer(workspace: Workspace, now: datetime) -> list[str]:
    times = [
        spoken(slot.starts_at, workspace.zone)
        for slot in spread(free_slots(workspace, now, days=10), 2, workspace.zone)
    ]
    return [f"I could see you on {times[0]} or on {times[1]}. Which suits you better?"] if len(times) == 2 else []
