"""Lets people in by e-mail address and password, into a workspace of theirs; the demo hands out a link instead."""

from __future__ import annotations

from django.contrib.auth import login as start_session
from django.contrib.auth import logout as end_session
from django.contrib.auth import views
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseRedirect
from django.urls import path
from django.views.decorators.http import require_POST

from rewarm.adapters import links
from rewarm.models import Membership, User, Workspace
from rewarm.models.scope import as_user, within
from rewarm.web.workspace import Request, staff, workspaces_of


def demo(request: HttpRequest, token: str) -> HttpResponse:
    """Log in by the demo's printed link; works for people who work in rehearsals only."""
    try:
        link = links.read("login", token)
    except links.BadLink:
        return HttpResponseNotFound("Not found.\n", content_type="text/plain")
    with within(link.workspace):
        here = Workspace.objects.filter(id=link.workspace, kind=Workspace.TOWN).exists()
    user = User.objects.filter(id=link.contact, disabled_at=None).first() if here else None
    if user is None or _works_for_real(user):
        return HttpResponseNotFound("Not found.\n", content_type="text/plain")
    start_session(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session["workspace"] = str(link.workspace)
    return HttpResponseRedirect("/")


def _works_for_real(user: User) -> bool:
    """Tell whether a session of theirs would open a practice with real people: those need a password."""
    with as_user(user.id):
        return Membership.objects.filter(user=user, workspace__kind=Workspace.LIVE).exists()


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session."""
    end_session(request)
    return HttpResponseRedirect("/login")


@require_POST
@staff
def choose(request: Request) -> HttpResponse:
    """Switch to another workspace of one's own."""
    wanted = request.POST.get("workspace", "")
    if wanted in {str(one) for one, _ in workspaces_of(request.user)}:
        request.session["workspace"] = wanted
    return HttpResponseRedirect("/")


urlpatterns = [
    path("login", views.LoginView.as_view(template_name="login.html", redirect_authenticated_user=True), name="login"),
    path("logout", logout, name="logout"),
    path("demo/<str:token>", demo, name="demo"),
    path("workspace", choose, name="choose-workspace"),
]
