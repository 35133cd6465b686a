"""Names the pages for people: the staff's rooms, and the few that contacts see."""

from __future__ import annotations

from django.urls import include, path

from rewarm.web import public

urlpatterns = [
    path("", include("rewarm.web.login")),
    path("", include("rewarm.web.pulse")),
    path("", include("rewarm.web.today")),
    path("", include("rewarm.web.inbox")),
    path("", include("rewarm.web.contacts")),
    path("", include("rewarm.web.contact")),
    path("", include("rewarm.web.evidence")),
    path("", include("rewarm.web.segments")),
    path("", include("rewarm.web.launch")),
    path("", include("rewarm.web.results")),
    path("", include("rewarm.web.journeys")),
    path("", include("rewarm.web.content")),
    path("", include("rewarm.web.audit")),
    path("", include("rewarm.web.imports")),
    path("", include("rewarm.web.setup")),
    path("", include("rewarm.web.senders")),
    path("b/<str:token>", public.book, name="book"),
    path("u/<str:token>", public.unsubscribe, name="unsubscribe"),
]
