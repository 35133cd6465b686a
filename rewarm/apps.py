"""The one Django app: its models are the package `rewarm.models`, its history is one line of migrations."""

from django.apps import AppConfig


class Rewarm(AppConfig):
    """Labels the app; nothing happens at start-up."""

    name = "rewarm"
    label = "rewarm"
    verbose_name = "rewarm"
    default_auto_field = "django.db.models.BigAutoField"
