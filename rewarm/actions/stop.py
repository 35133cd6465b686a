"""Turns the stop switches: of one campaign, of one sender, of the whole workspace; the gate asks them before every call."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from rewarm.actions.remember import remember
from rewarm.actions.take_turn import key_of
from rewarm.domain.event import Happened, Kind
from rewarm.models import Campaign, Sender, User, Workspace
from rewarm.models.bucket import wake


@transaction.atomic
def stop_campaign(workspace: Workspace, campaign: Campaign, user: User, now: datetime) -> bool:
    """Stop a campaign: what is planned waits and expires; answers to its people go on. False when it was stopped."""
    done = Campaign.objects.filter(workspace=workspace, id=campaign.id, stopped_at=None).update(stopped_at=now)
    if done:
        remember(workspace.id, [Happened(Kind.STOPPED, now, None, f"user:{user.id}", {"campaign": str(campaign.id)})])
    return done == 1


@transaction.atomic
def resume_campaign(workspace: Workspace, campaign: Campaign) -> None:
    """Let a campaign go on from where everybody stands."""
    Campaign.objects.filter(workspace=workspace, id=campaign.id).update(stopped_at=None)


@transaction.atomic
def stop_workspace(workspace: Workspace, user: User, now: datetime) -> bool:
    """Stop all sending of the practice at once, to contacts and for whatever purpose; alerts to the staff go on."""
    done = Workspace.objects.filter(id=workspace.id, stopped_at=None).update(stopped_at=now, pulse=F("pulse") + 1)
    if done:
        remember(workspace.id, [Happened(Kind.STOPPED, now, None, f"user:{user.id}")])
    return done == 1


@transaction.atomic
def resume_workspace(workspace: Workspace) -> None:
    """Let the practice send again; whatever expired meanwhile stays unsent."""
    Workspace.objects.filter(id=workspace.id).update(stopped_at=None, pulse=F("pulse") + 1)


@transaction.atomic
def stop_sender(workspace: Workspace, sender: Sender, user: User, now: datetime) -> bool:
    """Stop one number or mailbox: what it would carry waits and expires, or goes by another of its lane."""
    done = Sender.objects.filter(workspace=workspace, id=sender.id, stopped_at=None).update(
        stopped_at=now, stopped_why=f"stopped by {user}"
    )
    if done:
        remember(workspace.id, [Happened(Kind.STOPPED, now, None, f"user:{user.id}", {"sender": str(sender.id)})])
    return done == 1


@transaction.atomic
def resume_sender(workspace: Workspace, sender: Sender) -> None:
    """Let a sender carry again; what waited for it is judged anew."""
    Sender.objects.filter(workspace=workspace, id=sender.id).update(stopped_at=None, stopped_why="")
    wake(workspace.id, key_of(sender))
