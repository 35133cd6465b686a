"""Serves webhooks and short links: a process of their own, so that a busy page never delays a STOP."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rewarm.settings")
os.environ.setdefault("REWARM_ROLE", "web")

from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

settings.ROOT_URLCONF = "rewarm.web.hooks.urls"
application = get_wsgi_application()
