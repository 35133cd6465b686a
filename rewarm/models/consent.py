"""Remembers what each address allowed and refused: an append-only ledger keyed by address, and the evidence behind a yes."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from rewarm.models.base import Owned
from rewarm.models.sealed import SealedTextField


class Consent(Owned):
    """One line of the ledger; never changed and never deleted (a trigger in migration 0002 refuses both)."""

    address = models.TextField()
    channel = models.CharField(max_length=8)  # sms, call, email, all
    act = models.CharField(
        max_length=12
    )  # granted, denied, opted_out, opted_in, bounced, complained, permitted, withdrawn
    scope = models.CharField(max_length=12, default="all")  # all, marketing, health, paid
    at = models.DateTimeField()  # when it was said, by the source's clock
    recorded_at = models.DateTimeField()
    source = models.TextField()  # "column DND of export.csv", "text message", "desk: Priya"
    quote = SealedTextField(null=True)
    seller = models.TextField(db_default="")  # of a yes: the legal sender that it was given to; empty = the practice
    contact = models.UUIDField(null=True)  # who said it, where known: a pointer, not the key
    evidence = models.ForeignKey("rewarm.Evidence", on_delete=models.PROTECT, null=True, db_index=False)
    message = models.UUIDField(null=True)
    actor = models.ForeignKey("rewarm.User", on_delete=models.PROTECT, null=True, db_index=False)
    cause = models.TextField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "cause"], name="consent_once")]
        indexes: ClassVar = [models.Index(fields=["workspace", "address"], name="consent_address")]


class Evidence(Owned):
    """A named person's statement that a source gave consent: the disclosure text, its version, the period and the channel.

    Law: prior express written consent must be provable per number, seller and purpose (47 CFR 64.1200(a)(2), (f)(9)).
    """

    source = models.TextField()  # which column, form or list
    channel = models.CharField(max_length=8)
    disclosure = models.TextField()
    seller = models.TextField(db_default="")  # whom it was given to, by its legal name on that day
    disclosure_sha256 = models.CharField(max_length=64)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    attached_by = models.ForeignKey("rewarm.User", on_delete=models.PROTECT, db_index=False)
    attached_at = models.DateTimeField()


class Candidate(Owned):
    """A yes that a file claims; it grants nothing until somebody attaches evidence to its source."""

    contact = models.ForeignKey("rewarm.Contact", on_delete=models.CASCADE, related_name="candidates", db_index=False)
    address = models.TextField()
    channel = models.CharField(max_length=8)
    source = models.TextField()
    quote = SealedTextField()
    said_on = models.DateField(null=True)
    evidence = models.ForeignKey(Evidence, on_delete=models.SET_NULL, null=True, db_index=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "contact", "channel", "address", "source"], name="candidate_once"
            )
        ]
