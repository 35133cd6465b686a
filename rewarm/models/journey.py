"""Remembers segments, journey versions, campaigns and where each enrolled person stands."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from rewarm.models.base import Owned


class Segment(Owned):
    """A named rule over contacts, with the profile that drafts and people read."""

    slug = models.SlugField()
    name = models.TextField()
    rule = models.TextField()
    rank = models.IntegerField()
    profile = models.JSONField(default=dict)
    journey = models.SlugField(blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "slug"], name="segment_slug")]


class JourneyVersion(Owned):
    """One immutable version of a journey; touches and enrollments pin it."""

    slug = models.SlugField()
    version = models.IntegerField()
    spec = models.JSONField()
    published_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "slug", "version"], name="journey_version")
        ]


class Campaign(Owned):
    """A launch: a journey on a segment, with a holdout and a pace."""

    name = models.TextField()
    segment = models.SlugField()
    journey = models.ForeignKey(JourneyVersion, on_delete=models.PROTECT, db_index=False)
    holdout = models.DecimalField(max_digits=4, decimal_places=3)
    per_day = models.IntegerField()
    window_days = models.IntegerField(default=60)
    launched_at = models.DateTimeField()
    paid_by = models.TextField(blank=True)  # a manufacturer who pays for it: needs an authorisation (45 CFR 164.501)
    launched_by = models.ForeignKey("rewarm.User", on_delete=models.PROTECT, null=True, db_index=False)
    stopped_at = models.DateTimeField(null=True)


class Enrollment(Owned):
    """One person's place in one journey: state is a row, nothing sleeps in memory."""

    contact = models.ForeignKey("rewarm.Contact", on_delete=models.CASCADE, related_name="enrollments", db_index=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="enrollments", db_index=False)
    journey = models.ForeignKey(JourneyVersion, on_delete=models.PROTECT, db_index=False)
    arm = models.CharField(max_length=8, choices=[("treated", "treated"), ("holdout", "held out")])
    segment = models.SlugField(blank=True)
    status = models.CharField(max_length=8, default="active")  # active, paused, ended
    step = models.IntegerField(default=0)
    round = models.IntegerField(default=0)
    due = models.DateTimeField(null=True)
    waits_for = models.TextField(null=True)
    unanswered = models.IntegerField(default=0)
    reason = models.TextField(null=True)
    enrolled_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "contact"], name="enrollment_one_active", condition=~Q(status="ended")
            ),
            # Promise 8, never stuck: a live place has a wake-up, always.
            models.CheckConstraint(name="enrollment_wakes", condition=Q(status="ended") | Q(due__isnull=False)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "due"], name="enrollment_due", condition=~Q(status="ended")),
            models.Index(fields=["workspace", "campaign", "arm"], name="enrollment_campaign"),
            models.Index(fields=["workspace", "contact"], name="enrollment_contact"),
        ]
