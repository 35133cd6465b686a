"""Reads business time once at the rim: real time, or a workspace's played time in a rehearsal.

Everything below web and jobs takes `now` as an argument. Machine time (leases, time-outs, sessions) is never this clock.
"""

from __future__ import annotations

from datetime import UTC, datetime

from rewarm.models import Workspace


def now(workspace: Workspace) -> datetime:
    """Return the workspace's business time, in UTC and to the second."""
    return _or_real(Workspace.objects.values_list("clock_at", flat=True).get(id=workspace.id))


def read(workspace: Workspace) -> datetime:
    """Return the business time of a workspace whose row was loaded for this very request."""
    return _or_real(workspace.clock_at)


def _or_real(played: datetime | None) -> datetime:
    return played or datetime.now(UTC).replace(microsecond=0)
