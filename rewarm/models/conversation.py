"""Remembers the talk with each contact: who has it, what is pending, and what was handed to a human."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from rewarm.models.base import Owned
from rewarm.models.sealed import SealedTextField


class Conversation(Owned):
    """The one thread of a contact over all channels."""

    contact = models.OneToOneField("rewarm.Contact", on_delete=models.CASCADE, related_name="conversation")
    opened_at = models.DateTimeField()
    last_in_at = models.DateTimeField(null=True)
    last_out_at = models.DateTimeField(null=True)
    due = models.DateTimeField(null=True)  # several texts are answered once, after a short silence
    live_until = models.DateTimeField(null=True)  # no marketing while people talk
    pending = models.CharField(max_length=24, blank=True)  # what we wait for: slot_choice, day_or_time, …
    asked = SealedTextField(null=True)
    offered = models.JSONField(default=list)  # local ISO times in the order offered
    assistant_off_at = models.DateTimeField(null=True)
    assistant_off_by = models.ForeignKey("rewarm.User", on_delete=models.SET_NULL, null=True, db_index=False)
    snoozed_until = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["workspace", "due"], name="conversation_due", condition=Q(due__isnull=False)),
            models.Index(fields=["workspace", "-last_in_at"], name="conversation_recent"),
        ]


class Handoff(Owned):
    """A person is needed now, with everything that they should know."""

    contact = models.ForeignKey("rewarm.Contact", on_delete=models.CASCADE, related_name="handoffs", db_index=False)
    cause = models.TextField()
    urgency = models.CharField(max_length=8)  # urgent, hot, unsure
    why = models.TextField()
    brief = SealedTextField()
    opened_at = models.DateTimeField()
    alerted_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    claimed_by = models.ForeignKey(
        "rewarm.User", on_delete=models.SET_NULL, null=True, db_index=False, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("rewarm.User", on_delete=models.SET_NULL, null=True, db_index=False, related_name="+")
    closed_because = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "cause"], name="handoff_once")]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "opened_at"], name="handoff_open", condition=Q(closed_at=None)),
            models.Index(fields=["workspace", "contact"], name="handoff_contact"),
        ]
