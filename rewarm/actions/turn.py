"""Does everything that is due in one workspace, once around; the worker and the play call nothing else."""

from __future__ import annotations

from datetime import datetime

from rewarm.actions.alert import alert_due
from rewarm.actions.reconcile import reconcile
from rewarm.actions.reply import reply_due
from rewarm.actions.send import send_due
from rewarm.actions.tick import tick
from rewarm.models import Workspace
from rewarm.models.due import waiting


def turn(workspace: Workspace, now: datetime) -> int:
    """Answer first, then plan, then send, then alert; return how many things were done, 0 when idle.

    Each part claims its own rows, so any number of workers may turn at once.
    """
    due = waiting(workspace.id, now)
    return (
        (reconcile(workspace, now) if due.doubts else 0)
        + (reply_due(workspace, now) if due.replies else 0)
        + (tick(workspace, now) if due.enrollments else 0)
        + (send_due(workspace, now) if due.touches else 0)
        + (alert_due(workspace, now) if due.alerts else 0)
    )


def until_idle(workspace: Workspace, now: datetime, *, most: int = 10_000) -> int:
    """Turn until nothing is due at `now`; `most` turns at the outside, so that a defect cannot spin for ever."""
    total = 0
    for _ in range(most):
        done = turn(workspace, now)
        if done == 0:
            return total
        total += done
    raise AssertionError(f"still not idle after {most} turns")
