"""Takes back a fact that a person says is wrong: no draft cites it any more, and the note stays as it was written."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from rewarm.actions.classify import SPEAKABLE
from rewarm.models import Contact, Fact, Workspace


@transaction.atomic
def hide(workspace: Workspace, fact: Fact, now: datetime) -> None:
    """Hide the fact and its repetitions; messages that wait are written when they leave, so they are corrected too."""
    Fact.objects.filter(workspace=workspace, id__in=_repetitions(workspace, fact), hidden_at=None).update(hidden_at=now)
    _count(workspace, fact)


@transaction.atomic
def show_again(workspace: Workspace, fact: Fact) -> None:
    """Undo it: the fact was right after all."""
    Fact.objects.filter(workspace=workspace, id__in=_repetitions(workspace, fact)).update(hidden_at=None)
    _count(workspace, fact)


def _repetitions(workspace: Workspace, fact: Fact) -> list[UUID]:
    """Find the same quote in other notes of the same person; quotes are sealed, so they are compared here."""
    same_kind = Fact.objects.filter(workspace=workspace, contact=fact.contact_id, kind=fact.kind)
    return [one.id for one in same_kind if one.quote.casefold() == fact.quote.casefold()]


def _count(workspace: Workspace, fact: Fact) -> None:
    left = Fact.objects.filter(
        workspace=workspace, contact=fact.contact_id, hidden_at=None, sensitivity__lt=2, kind__in=SPEAKABLE
    )
    Contact.objects.filter(workspace=workspace, id=fact.contact_id).update(has_facts=left.exists())
