"""Raises and lowers the flag of a declared emergency: while it is up, some states forbid advertising to anybody there."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from rewarm.actions.remember import remember
from rewarm.adapters.rules import rule_set, state_name, states_of
from rewarm.domain.event import Happened, Kind
from rewarm.domain.explanation import BASES
from rewarm.errors import RewarmError
from rewarm.models import User, Workspace


@transaction.atomic
def declare(workspace: Workspace, told: str, *, by: User | None, now: datetime, over: bool = False) -> str:
    """Flag a state, or take its flag down, and say what follows; the gate obeys from its next question on.

    Law: NY GBL 399-z(5-a), La. R.S. 45:844.31. Raises RewarmError for what is no state.
    """
    state = next(iter(states_of(told)), "")
    if state not in rule_set().state_zones:
        raise RewarmError(f"{told!r} is no state of the United States: write NY or New York.")
    fresh = Workspace.objects.select_for_update().get(id=workspace.id)
    flagged = {*fresh.emergencies} - {state} if over else {*fresh.emergencies, state}
    workspace.emergencies = sorted(flagged)
    Workspace.objects.filter(id=workspace.id).update(emergencies=workspace.emergencies, pulse=fresh.pulse + 1)
    cause = f"user:{by.id}" if by else ""
    remember(workspace.id, [Happened(Kind.STOPPED, now, None, cause, {"emergency": state, "over": over})])
    if over:
        return f"The emergency in {state_name(state)} is over."
    if has_ban(state):
        law = BASES["emergency"].law
        return f"No advertising goes to anybody who may be in {state_name(state)} ({law}); reminders and answers go on."
    return (
        f"Noted. No ban of advertising in an emergency is on file for {state_name(state)}: "
        "only people whose state we do not know wait."
    )


def has_ban(state: str) -> bool:
    """Tell whether the law of a state forbids advertising in an emergency."""
    row = rule_set().states.get(state)
    return row is not None and row.emergency_ban
