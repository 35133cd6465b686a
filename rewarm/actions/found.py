"""Founds a workspace: the practice, who works there, the senders that speak for it, its calendars and its pack."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from rewarm.actions.classify import publish_segments
from rewarm.actions.enroll import publish
from rewarm.models import Clinician, Membership, Sender, User, Workspace
from rewarm.models.base import uuid7
from rewarm.models.scope import within


@dataclass(frozen=True, slots=True)
class Line:
    """A sender to set up: kind names the carrier's adapter, settings are that adapter's."""

    slug: str
    channel: str
    kind: str
    address: str
    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Practice:
    """What has to be known of a practice before anything can be sent on its behalf."""

    slug: str
    name: str
    legal_name: str
    zone: str
    phone: str
    email: str
    postal_address: str
    public_url: str
    profile: Mapping[str, Any]
    clinicians: Mapping[str, Mapping[str, Sequence[Sequence[str]]]]
    lines: Sequence[Line]
    kind: str = Workspace.LIVE
    pack: str = "audiology"


def found(practice: Practice, *, owner: User, now: datetime) -> Workspace:
    """Create the workspace with everything in it, in one transaction; raises IntegrityError for a slug that exists."""
    workspace = Workspace(
        id=uuid7(), slug=practice.slug, kind=practice.kind, name=practice.name, legal_name=practice.legal_name,
        zone=practice.zone, phone=practice.phone, email=practice.email, postal_address=practice.postal_address,
        public_url=practice.public_url, profile=dict(practice.profile), pack=practice.pack, created_at=now,
    )  # fmt: skip
    with within(workspace.id), transaction.atomic():
        workspace.save(force_insert=True)
        Membership.objects.create(workspace=workspace, user=owner, role=Membership.OWNER, created_at=now)
        for line in practice.lines:
            Sender.objects.create(
                workspace=workspace, slug=line.slug, channel=line.channel, kind=line.kind, workspace_kind=workspace.kind,
                address=line.address, name=line.name, settings=json.dumps(dict(line.settings)),
                secret=secrets.token_urlsafe(24), created_at=now,
            )  # fmt: skip
        for name, hours in practice.clinicians.items():
            Clinician.objects.create(workspace=workspace, name=name, hours=hours)
        publish(workspace, now)
        publish_segments(workspace)
    return workspace
