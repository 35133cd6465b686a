"""Takes texts and delivery receipts from whichever carrier knocks, in its own words and signed in its own way."""

from __future__ import annotations

import json
from functools import partial

from django.http import HttpRequest, HttpResponse

from rewarm import clock
from rewarm.actions.take import take
from rewarm.adapters.channels import Callback, channel_for
from rewarm.models import Sender, Workspace
from rewarm.models.deadlock import despite_deadlocks
from rewarm.web.hooks.door import guarded


@guarded
def carrier(request: HttpRequest, workspace: Workspace, sender: Sender, kind: str) -> HttpResponse:
    """Keep what came before answering; whatever fails answers 500, and the carrier comes again.

    What is not signed by the carrier is refused with 403, and nothing of it is kept.
    """
    now = clock.read(workspace)
    channel = channel_for(sender.kind, sender.settings)
    callback = _as_it_came(request, sender, kind)
    if not channel.verify(callback, now):
        return HttpResponse("The signature does not fit.\n", status=403, content_type="text/plain")
    for incoming in channel.parse(callback, now):
        despite_deadlocks(partial(take, workspace, sender, incoming, now))
    return HttpResponse("", content_type="text/plain")


def _as_it_came(request: HttpRequest, sender: Sender, kind: str) -> Callback:
    """See a request as the carrier made it: it called the public address, whatever proxy stands in between."""
    body = request.body  # before the form is read: the signature covers the bytes
    fields = {**request.GET.dict(), **request.POST.dict()}
    return Callback(
        kind=kind,
        given={name: str(text).replace("\0", "") for name, text in fields.items()},  # PostgreSQL keeps no NUL
        method=str(request.method),
        url=f"{json.loads(sender.settings).get('callbacks', '')}{request.get_full_path()}",
        headers={name.lower(): text for name, text in request.headers.items()},
        body=body,
    )
