"""Reads business time once at the rim: real time, or a workspace's played time in a rehearsal.

Everything below web and jobs takes `now` as an argument. Machine time (leases, time-outs, sessions) is never this clock.
"""

from __future__ import annotations

from datetime import UTC, datetime

from rewarm.models import Workspace


def now(workspace: Workspace) -> datetime:
    """Return the workspace's business time, in UTC and to the second."""
    played = Workspace.objects.values_list("clock_at", flat=True).get(id=workspace.id)
    return played or datetime.now(UTC).replace(microsecond=0)
