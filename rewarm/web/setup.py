"""Shows how the practice is set up: what it says about itself, senders, calendars, team, the stop switch."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rewarm.actions.declare import declare, has_ban
from rewarm.actions.set_up import set_up
from rewarm.actions.stop import resume_workspace, stop_workspace
from rewarm.adapters import pack_content
from rewarm.adapters.liquid import fields
from rewarm.adapters.rules import rule_set, state_name
from rewarm.domain.explanation import BASES
from rewarm.domain.free_time import DAYS
from rewarm.models import Clinician, Membership, Sender, Workspace
from rewarm.web.page import page
from rewarm.web.workspace import Request, may_decide, staff

# What every pack's answers may quote; a pack's own keys follow from its FAQ.
BASIC = ("sender_name", "phone_spoken", "hours", "address")
DAY_NAMES = dict(zip(DAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True))


@require_http_methods(["GET", "POST"])
@staff
def setup(request: Request) -> HttpResponse:
    """Show the settings; an owner's POST changes them."""
    workspace = request.workspace
    keys = setting_keys(workspace.pack)
    if request.method == "POST":
        email = request.POST.get("email", "").strip()
        if not _may(request) or not _is_mailbox(request, email):
            return HttpResponseRedirect("/setup")
        set_up(
            workspace, postal_address=request.POST.get("postal_address", ""), email=email,
            profile={key: request.POST.get(f"p_{key}", "") for key in keys},
        )  # fmt: skip
        messages.success(request, _("Saved."))
        return HttpResponseRedirect("/setup")
    return page(
        request, "setup/page.html", settings=[(key, workspace.profile.get(key, "")) for key in keys],
        senders=Sender.objects.filter(workspace=workspace).order_by("channel", "slug"),
        clinicians=[(one, _hours(one)) for one in Clinician.objects.filter(workspace=workspace).order_by("name")],
        team=Membership.objects.filter(workspace=workspace).select_related("user").order_by("created_at"),
        flags=_flags(workspace), law=BASES["emergency"].law, is_owner=request.membership.role == Membership.OWNER,
    )  # fmt: skip


def setting_keys(pack: str) -> list[str]:
    """List what the answers of a pack may quote of the practice, the basic things first."""
    named = {field for entry in pack_content.faq(pack) for field in fields(entry.answer)}
    keys = {field.removeprefix("practice.") for field in named if field.startswith("practice.")} - {
        "name",
        "phone",
        *BASIC,
    }
    return [*BASIC, *sorted(keys)]


def _hours(clinician: Clinician) -> list[tuple[str, str]]:
    return [
        (DAY_NAMES[day], ", ".join(f"{opens}–{closes}" for opens, closes in clinician.hours[day]))
        for day in DAYS
        if clinician.hours.get(day)
    ]


@require_POST
@staff
def switch(request: Request) -> HttpResponse:
    """Stop all sending at once, which everybody may, or let it go on, which an owner may."""
    if request.POST.get("resume"):
        if _may(request):
            resume_workspace(request.workspace)
            messages.success(request, _("Sending goes on. What expired meanwhile stays unsent."))
    elif stop_workspace(request.workspace, request.user, request.now):
        messages.success(request, _("All sending is stopped. Replies still come in and are kept."))
    return HttpResponseRedirect("/setup")


@require_POST
@staff
def emergencies(request: Request) -> HttpResponse:
    """Flag states, which everybody may, or take flags down, which lets advertising go on and is for those who decide."""
    workspace, ticked = request.workspace, set(request.POST.getlist("state"))
    shown, flagged = {state for state, _name in _flags(workspace)}, set(workspace.emergencies)
    for state in sorted((shown & ticked) - flagged):
        messages.success(request, declare(workspace, state, by=request.user, now=request.now))
    ended = sorted(flagged - ticked)
    if ended and may_decide(request):
        for state in ended:
            messages.success(request, declare(workspace, state, by=request.user, now=request.now, over=True))
    return HttpResponseRedirect("/setup#emergency")


def _flags(workspace: Workspace) -> list[tuple[str, str]]:
    """List the states whose law forbids advertising in an emergency, and any that somebody has flagged, with their names."""
    known = {*(state for state in rule_set().states if has_ban(state)), *workspace.emergencies}
    return sorted(((state, state_name(state)) for state in known), key=lambda flag: flag[1])


def _may(request: Request) -> bool:
    if request.membership.role == Membership.OWNER:
        return True
    messages.error(request, _("Only an owner may change this. Nothing was changed."))
    return False


def _is_mailbox(request: Request, email: str) -> bool:
    """Tell whether alerts can go there, or nowhere when it is empty; say what is wrong."""
    try:
        if email:
            validate_email(email)
    except ValidationError:
        messages.error(request, _("“%(email)s” is no e-mail address. Nothing was changed.") % {"email": email})
        return False
    return True


urlpatterns = [path("setup", setup, name="setup"), path("setup/stop", switch), path("setup/emergencies", emergencies)]
