"""Decides whose rows a request may see: the workspace that the person chose among their own, set on the connection."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils.translation import gettext as _

from rewarm import clock
from rewarm.models import Membership, User, Workspace
from rewarm.models.scope import as_user, within


class Request(HttpRequest):
    """A request of somebody who is logged in: where they work, and the business time there."""

    workspace: Workspace
    membership: Membership
    now: datetime
    user: User


View = Callable[..., HttpResponse]


class ChosenWorkspace:
    """Opens the person's workspace for the time of the request; without one, every table stays empty."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self._get_response(request)
        membership = _membership(request.user, request.session.get("workspace"))
        if membership is None:
            return self._get_response(request)  # the doors stay open: log out, unsubscribe, book
        with within(membership.workspace_id):
            here = cast(Request, request)
            here.membership = membership
            here.workspace = Workspace.objects.get(id=membership.workspace_id)
            here.now = clock.now(here.workspace)
            response = self._get_response(request)
        # On a shared desk the back button must not show a patient after logging out.
        response.headers.setdefault("Cache-Control", "no-store")
        return response


def _membership(user: User, chosen: Any) -> Membership | None:
    """Find the membership in the chosen workspace, else the first one."""
    with as_user(user.id):
        mine = list(Membership.objects.filter(user=user).order_by("created_at", "id"))
    return next((one for one in mine if str(one.workspace_id) == chosen), mine[0] if mine else None)


def staff(view: View) -> View:
    """Mark a page for people who are logged in and belong to the workspace that is open."""

    @wraps(view)
    def check(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        if not hasattr(request, "workspace"):
            return render(request, "no_workspace.html", status=403)
        return view(request, *args, **named)

    return login_required(storable(check))


def storable(view: View) -> View:
    """Refuse a form or question with a NUL in it: no keyboard types one, and PostgreSQL keeps none."""

    @wraps(view)
    def check(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        if any("\0" in text for sent in (request.GET, request.POST) for _key, texts in sent.lists() for text in texts):
            return HttpResponseBadRequest("What was sent has characters that no text has. Nothing was changed.")
        return view(request, *args, **named)

    return check


def may_decide(request: Request) -> bool:
    """Tell whether somebody may decide who is written to: owners and marketers; say so to everybody else."""
    if request.membership.role in (Membership.OWNER, Membership.MARKETER):
        return True
    messages.error(request, _("Only an owner or a marketer may do this. Nothing was changed."))
    return False


def workspaces_of(user: User) -> list[tuple[UUID, str]]:
    """List the workspaces that a person may choose among."""
    with as_user(user.id):
        ids = list(Membership.objects.filter(user=user).values_list("workspace_id", flat=True))
        return list(Workspace.objects.filter(id__in=ids).order_by("name").values_list("id", "name"))
