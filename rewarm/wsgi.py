"""Serves the pages for people: the WSGI application of the web process."""

import os

from django.core.wsgi import get_wsgi_application

from rewarm.home import setting
from rewarm.process import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rewarm.settings")
os.environ.setdefault("REWARM_ROLE", "web")
if setting("REWARM_SERVED"):
    die_with_parent()

application = get_wsgi_application()
