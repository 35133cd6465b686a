"""Where machines knock; served by a process of its own, so that a busy page never delays a STOP."""

from __future__ import annotations

from django.urls import path

from rewarm.web.hooks import carriers, practice

urlpatterns = [
    path("hooks/carrier/<uuid:workspace>/<str:secret>/<str:kind>", carriers.carrier),
    path("hooks/practice/<uuid:workspace>/<str:secret>/outcomes", practice.outcomes),
    path("hooks/practice/<uuid:workspace>/<str:secret>/appointments", practice.appointments),
]
