"""Remembers who sees whom when, and what came of it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from rewarm.models.base import Owned


class Clinician(Owned):
    """Somebody whose calendar can be booked, with weekly hours in the practice's zone."""

    name = models.TextField()
    hours = models.JSONField()  # {"mon": [["09:00", "12:00"], ["13:00", "17:00"]], …}
    slot_minutes = models.IntegerField(default=60)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "name"], name="clinician_name")]


class Appointment(Owned):
    """One visit; two live ones of a clinician cannot overlap, whoever books them (exclusion constraint)."""

    contact = models.ForeignKey("rewarm.Contact", on_delete=models.CASCADE, related_name="appointments", db_index=False)
    clinician = models.ForeignKey(Clinician, on_delete=models.PROTECT, null=True, db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    zone = models.TextField()
    state = models.CharField(max_length=12, default="booked")  # booked, confirmed, cancelled, showed, no_show
    booked_at = models.DateTimeField()
    booked_by = models.CharField(max_length=12)  # assistant, page, desk, phone
    cause = models.TextField()
    sequence = models.IntegerField(default=0)  # of the invitation file (RFC 5545)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "cause"], name="appointment_once"),
            ExclusionConstraint(
                name="appointment_no_double_booking",
                expressions=[
                    ("workspace", RangeOperators.EQUAL),
                    ("clinician", RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_at"),
                            F("ends_at"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=~Q(state="cancelled"),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "starts_at"], name="appointment_when"),
            models.Index(fields=["workspace", "contact"], name="appointment_contact"),
        ]


class Outcome(Owned):
    """What an enrolled or any other contact did in the end: booked, showed, did not show, purchased."""

    contact = models.ForeignKey("rewarm.Contact", on_delete=models.CASCADE, related_name="outcomes", db_index=False)
    enrollment = models.ForeignKey("rewarm.Enrollment", on_delete=models.SET_NULL, null=True, db_index=False)
    appointment = models.ForeignKey(Appointment, on_delete=models.SET_NULL, null=True, db_index=False)
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    source = models.TextField()
    cause = models.TextField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "cause"], name="outcome_once")]
        indexes: ClassVar = [models.Index(fields=["workspace", "contact", "at"], name="outcome_contact")]
