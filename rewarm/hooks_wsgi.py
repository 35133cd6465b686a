"""Serves webhooks and short links: a process of their own, so that a busy page never delays a STOP."""

from django.conf import settings

from rewarm.wsgi import application

# Read by the URL resolver at the first request.
settings.ROOT_URLCONF = "rewarm.web.hooks.urls"

__all__ = ["application"]
