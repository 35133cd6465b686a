"""Takes one thing that a carrier told us to where it belongs: a text to its thread, a receipt to its touch."""

from __future__ import annotations

from datetime import datetime

from rewarm.actions.receive import receive, report
from rewarm.adapters.channels import Incoming
from rewarm.models import Sender, Workspace


def take(workspace: Workspace, sender: Sender, incoming: Incoming, now: datetime) -> bool:
    """Keep one incoming thing, once; False for a repetition and for what concerns nobody we know."""
    match incoming.kind:
        case "inbound" | "opt_out" | "opt_in" | "help":
            return receive(workspace, sender, incoming, now).fresh
        case _:
            return report(workspace, incoming, now)
