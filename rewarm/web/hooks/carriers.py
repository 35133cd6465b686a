"""Takes texts and delivery receipts from an SMS gateway that speaks Kannel's HTTP."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from rewarm import clock
from rewarm.actions.receive import receive, report
from rewarm.adapters.channels import channel_for
from rewarm.models import Sender, Workspace
from rewarm.web.hooks.door import guarded


@guarded
def kannel(request: HttpRequest, workspace: Workspace, sender: Sender, kind: str) -> HttpResponse:
    """Keep what came before answering 200; whatever fails answers 500, and the gateway comes again."""
    now = clock.now(workspace)
    channel = channel_for(sender.kind, sender.settings)
    given = {name: str(text).replace("\0", "") for name, text in request.GET.items()}  # PostgreSQL keeps no NUL
    for incoming in channel.parse(kind, given, now):
        if incoming.kind == "inbound":
            receive(workspace, sender, incoming, now)
        else:
            report(workspace, incoming, now)
    return HttpResponse("", content_type="text/plain")
