"""Connects a practice's number or mailbox to the carrier that carries for it, or mends what was connected wrongly."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from rewarm.actions.take_turn import key_of
from rewarm.adapters.channels import open_channel
from rewarm.errors import SetupError
from rewarm.models import Sender, Workspace
from rewarm.models.bucket import wake

LANES = ("any", "marketing", "service")


@transaction.atomic
def connect(
    workspace: Workspace,
    *,
    slug: str,
    kind: str,
    address: str,
    settings: Mapping[str, Any],
    lane: str = "any",
    now: datetime,
) -> Sender:
    """Keep a sender with settings that its carrier opens with; a sender that had been stopped goes on.

    A new one gets a secret of its own for the path of its callbacks; one that exists keeps its secret, so that the
    addresses in the vendor's dashboard stay right. Raises SetupError for what cannot work.
    """
    if workspace.kind != Workspace.LIVE or kind.startswith("town"):
        raise SetupError("A rehearsal keeps the carriers it was opened with; connect a real practice.")
    if lane not in LANES:
        raise SetupError(f"A sender carries one of: {', '.join(LANES)}.")
    open_channel(kind, settings).close()
    sender = Sender.objects.select_for_update().filter(workspace=workspace, slug=slug).first() or Sender(
        workspace=workspace, slug=slug, workspace_kind=workspace.kind, name=workspace.name,
        secret=secrets.token_urlsafe(24), created_at=now,
    )  # fmt: skip
    sender.kind, sender.address, sender.lane = kind, address, lane
    sender.channel = "email" if "@" in address else "sms"
    sender.settings = json.dumps(dict(settings))
    sender.stopped_at, sender.stopped_why = None, ""
    sender.save()
    wake(workspace.id, key_of(sender))
    return sender
