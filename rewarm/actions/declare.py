"""Raises and lowers the flag of a declared emergency: while it is up, some states forbid advertising to anybody there."""

from __future__ import annotations

from django.db import transaction

from rewarm.adapters.rules import rule_set, states_of
from rewarm.errors import RewarmError
from rewarm.models import Workspace


@transaction.atomic
def declare(workspace: Workspace, told: str, *, over: bool = False) -> str:
    """Flag a state, or take its flag down, and say what follows; the gate obeys from its next question on.

    Law: NY GBL 399-z(5-a), La. R.S. 45:844.31. Raises RewarmError for what is no state.
    """
    state = next(iter(states_of(told)), "")
    if state not in rule_set().state_zones:
        raise RewarmError(f"{told!r} is no state of the United States: write NY or New York.")
    fresh = Workspace.objects.select_for_update().get(id=workspace.id)
    flagged = {*fresh.emergencies} - {state} if over else {*fresh.emergencies, state}
    fresh.emergencies = workspace.emergencies = sorted(flagged)
    fresh.save(update_fields=["emergencies"])
    if over:
        return f"The emergency in {state} is over."
    row = rule_set().states.get(state)
    if row is not None and row.emergency_ban:
        return f"No advertising goes to anybody who may be in {state} ({row.source}); reminders and answers go on."
    return f"Noted. No ban of advertising in an emergency is on file for {state}: only people whose state we do not know wait."
