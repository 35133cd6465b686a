"""Checks who knocks: the workspace in the path, its secret in constant time, the caller's network address."""

from __future__ import annotations

import functools
import hmac
import json
from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.views.decorators.csrf import csrf_exempt

from rewarm.models import Sender
from rewarm.models.scope import within

View = Callable[..., HttpResponse]


def guarded(view: View) -> View:
    """Let in whoever knows the secret of one of the workspace's senders; everybody else finds nothing here.

    The view is called with `workspace` and `sender` instead of the path's words. A carrier that signs nothing is held to
    a secret path and, where the sender's settings name any, to allowed addresses (facts: Kannel).
    """

    @csrf_exempt
    @functools.wraps(view)
    def check(request: HttpRequest, workspace: UUID, secret: str, **rest: str) -> HttpResponse:
        with within(workspace):
            sender = _sender(workspace, secret)
            if sender is None or not _allowed(sender, str(request.META.get("REMOTE_ADDR", ""))):
                return HttpResponseNotFound("Not found.\n", content_type="text/plain")
            return view(request, workspace=sender.workspace, sender=sender, **rest)

    return check


def _sender(workspace: UUID, secret: str) -> Sender | None:
    found = None
    # Every candidate is compared, so that the time tells nothing about which one came close.
    for sender in Sender.objects.filter(workspace=workspace).select_related("workspace"):
        if hmac.compare_digest(sender.secret.encode(), secret.encode()):
            found = sender
    return found


def _allowed(sender: Sender, caller: str) -> bool:
    allowed = json.loads(sender.settings).get("allow_from", [])
    return not allowed or caller in allowed
