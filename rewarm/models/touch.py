"""Remembers every intention to write to somebody (touch) and everything that crossed the wire (message)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from rewarm.models.base import Owned
from rewarm.models.sealed import SealedTextField


class Touch(Owned):
    """Our intention to write once, for one cause; it stays when it was refused, expired or held out.

    The states and the only moves between them are `rewarm.domain.outbox`; the table is the outbox.
    """

    contact = models.ForeignKey("rewarm.Contact", on_delete=models.CASCADE, related_name="touches", db_index=False)
    enrollment = models.ForeignKey("rewarm.Enrollment", on_delete=models.SET_NULL, null=True, db_index=False)
    campaign = models.ForeignKey("rewarm.Campaign", on_delete=models.SET_NULL, null=True, db_index=False)
    appointment = models.ForeignKey("rewarm.Appointment", on_delete=models.SET_NULL, null=True, db_index=False)
    cause = models.TextField()
    purpose = models.CharField(max_length=24)
    channel = models.CharField(max_length=8)
    step = models.IntegerField(null=True)
    round = models.IntegerField(null=True)
    stage = models.CharField(max_length=16, blank=True)

    due = models.DateTimeField()
    expires_at = models.DateTimeField()
    in_reply_to_at = models.DateTimeField(null=True)
    explored = models.BooleanField(default=False)  # sent at a random hour, for honest measurement
    state = models.CharField(max_length=12, default="planned")
    reason = models.TextField(blank=True)
    attempt = models.IntegerField(default=0)  # fencing: only the current attempt may write its outcome
    refusals = models.IntegerField(default=0, db_default=0)  # by the carrier, each for now
    lease_until = models.DateTimeField(null=True)  # machine time

    address = models.TextField(blank=True)
    sender = models.ForeignKey("rewarm.Sender", on_delete=models.PROTECT, null=True, db_index=False)
    content = models.TextField(blank=True)  # slug@version
    subject = SealedTextField(null=True)
    body = SealedTextField(null=True)
    sources = models.JSONField(default=list)
    extra = models.JSONField(default=dict)  # an invitation file, the person who wrote it
    personal = models.BooleanField(default=False)
    sms_segments = models.IntegerField(default=0)
    receipt = models.JSONField(null=True)
    planned_at = models.DateTimeField()
    dispatched_at = models.DateTimeField(null=True)  # business time of the intent; consumes caps
    sent_at = models.DateTimeField(null=True)
    provider_id = models.TextField(blank=True)
    status = models.CharField(max_length=16, blank=True)  # accepted < sent < delivered | undelivered
    raced_at = models.DateTimeField(null=True)  # an opt-out arrived while the call was in the air

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "cause"], name="touch_cause")]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "due"], name="touch_due", condition=Q(state="planned")),
            models.Index(
                fields=["workspace", "due"], name="touch_talk", condition=Q(state="planned") & ~Q(purpose="marketing")
            ),
            models.Index(
                fields=["workspace", "state"],
                name="touch_open",
                condition=Q(state__in=["leased", "dispatching", "unknown"]),
            ),
            models.Index(fields=["workspace", "address", "dispatched_at"], name="touch_address"),
            models.Index(fields=["workspace", "contact", "planned_at"], name="touch_contact"),
            models.Index(fields=["workspace", "campaign"], name="touch_campaign"),
            # A receipt that names the message only as the carrier does.
            models.Index(fields=["workspace", "provider_id"], name="touch_provider", condition=~Q(provider_id="")),
        ]


class Message(Owned):
    """What crossed the wire, either way."""

    contact = models.ForeignKey(
        "rewarm.Contact", on_delete=models.CASCADE, related_name="messages", null=True, db_index=False
    )
    touch = models.ForeignKey(Touch, on_delete=models.SET_NULL, null=True, db_index=False)
    direction = models.CharField(max_length=4, choices=[("in", "in"), ("out", "out")])
    channel = models.CharField(max_length=8)
    address = models.TextField()  # the contact's
    sender = models.ForeignKey("rewarm.Sender", on_delete=models.PROTECT, null=True, db_index=False)
    provider_id = models.TextField()
    subject = SealedTextField(null=True)
    body = SealedTextField()
    raw = SealedTextField(null=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    author = models.ForeignKey("rewarm.User", on_delete=models.SET_NULL, null=True, db_index=False)  # a person wrote it
    reading = models.JSONField(null=True)  # intents, pick, route, why: what was understood
    read_at = models.DateTimeField(null=True)  # understood and acted on

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "direction", "provider_id"], name="message_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "contact", "at"], name="message_contact"),
            models.Index(fields=["workspace", "at"], name="message_unread", condition=Q(direction="in", read_at=None)),
        ]
