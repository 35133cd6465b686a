"""Remembers what happened, append-only, in the past tense: timeline, triggers, score, funnel and audit read one table."""

from __future__ import annotations

from django.db import models

from rewarm.models.base import uuid7


class Event(models.Model):
    """One thing that happened; partitioned by month (migration 0002), ids only, no names and no free text."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey("rewarm.Workspace", on_delete=models.DO_NOTHING, db_index=False, related_name="+")
    at = models.DateTimeField()  # business time
    recorded_at = models.DateTimeField()  # machine time
    kind = models.CharField(max_length=32)
    schema = models.SmallIntegerField(default=1)
    contact = models.UUIDField(null=True)
    cause = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        managed = False
        db_table = "rewarm_event"
