"""Remembers the people in the CRM, the addresses they answer at and what was written about them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from rewarm.models.base import Owned
from rewarm.models.sealed import SealedTextField


class Contact(Owned):
    """A person, with the dates and marks that segments ask for kept as columns."""

    first_name = models.TextField(blank=True)
    last_name = models.TextField(blank=True)
    born_year = models.IntegerField(null=True)
    street = models.TextField(blank=True)
    city = models.TextField(blank=True)
    state = models.CharField(max_length=8, blank=True)
    zip = models.CharField(max_length=12, blank=True)
    country = models.CharField(max_length=2, default="US")
    zone = models.TextField(blank=True)  # stated or verified; empty: resolved from ZIP, state and area code
    zone_source = models.TextField(blank=True)
    language = models.CharField(max_length=16, default="en")
    household = models.UUIDField(null=True)  # people who share a phone or mailbox are assigned to an arm together

    # What the CRM knows, in local calendar dates of the practice.
    inquired_on = models.DateField(null=True)
    last_activity_on = models.DateField(null=True)
    last_test_on = models.DateField(null=True)
    last_fitting_on = models.DateField(null=True)
    last_appointment_on = models.DateField(null=True)
    last_contact_on = models.DateField(null=True)
    last_answer_on = models.DateField(null=True)
    next_appointment_at = models.DateTimeField(null=True)
    attended_on = models.DateField(null=True)
    missed_on = models.DateField(null=True)
    no_shows = models.IntegerField(default=0)
    appointment_status = models.TextField(blank=True)
    last_past_appointment = models.TextField(null=True)  # kept, missed, cancelled
    lead_status = models.TextField(blank=True)
    lead_source = models.TextField(blank=True)
    tags = ArrayField(models.TextField(), default=list)
    is_customer = models.BooleanField(default=False)
    timing_note = models.BooleanField(default=False)
    purchases_total = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    deceased_on = models.DateField(null=True)
    accepts_sensitivity = models.IntegerField(default=1)  # the most that a text may say about their health
    attrs = models.JSONField(default=dict)

    # What rewarm works out.
    segment = models.SlugField(blank=True)  # the one primary segment
    heat = models.FloatField(default=0.0)  # decayed behaviour (domain/temperature.py) as of heat_at
    heat_at = models.DateTimeField(null=True)
    temperature = models.CharField(max_length=8, default="dormant")
    score = models.FloatField(null=True)
    has_facts = models.BooleanField(default=False)
    reachable_sms = models.BooleanField(default=False)
    reachable_email = models.BooleanField(default=False)
    imported_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["workspace", "segment"], name="contact_segment"),
            models.Index(fields=["workspace", "last_name", "first_name"], name="contact_name"),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.first_name, self.last_name))) or "Unnamed contact"


class Address(Owned):
    """One phone or mailbox of a contact in its canonical form; a shared one has a row for each person."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="addresses", db_index=False)
    channel = models.CharField(max_length=8, choices=[("phone", "phone"), ("email", "e-mail")])
    address = models.TextField()
    rank = models.IntegerField(default=0)  # 0 is tried first
    unusable_at = models.DateTimeField(null=True)  # bounced, dead
    unusable_why = models.TextField(blank=True)
    # Answers of the registries, each with its age: the gate asks for a fresh one where the law does.
    reassigned_checked_at = models.DateTimeField(null=True)  # reassigned-numbers database (10 M.R.S. 1499-B)
    reassigned = models.BooleanField(default=False)
    registry_checked_at = models.DateTimeField(null=True)  # national do-not-call registry (47 CFR 64.1200(c)(2))
    on_registry = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "contact", "channel", "address"], name="address_once")
        ]
        indexes: ClassVar = [models.Index(fields=["workspace", "address"], name="address_lookup")]


class Source(Owned):
    """Which row of which system a contact came from: the merge trail, and the key of a re-import."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="sources", db_index=False)
    system = models.TextField()  # the file's kind or the CRM's name
    key = models.TextField()  # the source's own id, or a hash of the row
    merged_because = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "system", "key"], name="source_once")]
        indexes: ClassVar = [models.Index(fields=["workspace", "contact"], name="source_contact")]


class Note(Owned):
    """Free text that somebody wrote about a contact, sealed."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="notes", db_index=False)
    text = SealedTextField()
    written_on = models.DateField(null=True)
    source = models.TextField(blank=True)
    digest = models.CharField(max_length=64)  # keyed hash of the text: the same note is kept once

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "contact", "digest"], name="note_once")]


class Fact(Owned):
    """One quote from a note or a message with its character span; drafts cite its id."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="facts", db_index=False)
    note = models.ForeignKey(Note, on_delete=models.CASCADE, null=True, db_index=False)
    message = models.ForeignKey("rewarm.Message", on_delete=models.CASCADE, null=True, db_index=False)
    kind = models.CharField(max_length=24)
    start = models.IntegerField()
    end = models.IntegerField()
    quote = SealedTextField()
    value = SealedTextField(null=True)
    sensitivity = models.IntegerField(default=1)  # 0 anyone, 1 health detail, 2 never in a text
    said_on = models.DateField(null=True)
    hidden_at = models.DateTimeField(null=True)  # a person said that it is wrong

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "contact"], name="fact_contact")]
