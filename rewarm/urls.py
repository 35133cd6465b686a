"""Names every address of the web process; carriers' webhooks have a process and a list of their own."""

from importlib.util import find_spec

from django.urls import include, path

_ROOMS = ("rewarm.web.hooks", "rewarm.web")

urlpatterns = [path("", include(f"{room}.urls")) for room in _ROOMS if find_spec(room) and find_spec(f"{room}.urls")]
