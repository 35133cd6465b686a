"""Serves the pages for people: the WSGI application of the web process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rewarm.settings")
os.environ.setdefault("REWARM_ROLE", "web")
application = get_wsgi_application()
