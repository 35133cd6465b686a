"""Puts a thread aside until a day; whatever the person writes meanwhile brings it back at once (receive)."""

from __future__ import annotations

from datetime import datetime

from rewarm.models import Conversation, Workspace


def snooze(workspace: Workspace, thread: Conversation, until: datetime | None) -> None:
    """Hide the thread from the open ones until then; None shows it again."""
    Conversation.objects.filter(workspace=workspace, id=thread.id).update(snoozed_until=until)
