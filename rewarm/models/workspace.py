"""Remembers the practices, the people who work there and the senders that speak for them."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from rewarm.models.base import Owned, uuid7
from rewarm.models.sealed import SealedTextField


class Workspace(models.Model):
    """One practice: the seller whom a contact gave consent to."""

    LIVE, TOWN = "live", "town"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(unique=True)
    kind = models.CharField(max_length=8, choices=[(LIVE, "real contacts"), (TOWN, "rehearsal town")])
    name = models.TextField()
    legal_name = models.TextField()
    zone = models.TextField()
    region = models.CharField(max_length=2, default="US")
    currency = models.CharField(max_length=3, default="USD")
    language = models.CharField(max_length=16, default="en")
    phone = models.CharField(max_length=20, blank=True)
    email = models.TextField(blank=True)
    postal_address = models.TextField(blank=True)
    public_url = models.TextField(blank=True)
    pack = models.SlugField(default="audiology")
    # Hours, prices and the like, which the FAQ and the templates quote; keys in docs/reference/workspace.md.
    profile = models.JSONField(default=dict)
    # Played business time of a rehearsal; empty means real time (rewarm/clock.py).
    clock_at = models.DateTimeField(null=True)
    # Rises with everything a person should see at once; pages ask for it every two seconds.
    pulse = models.BigIntegerField(default=0)
    stopped_at = models.DateTimeField(null=True)
    # States in which an emergency is declared; some forbid advertising there (NY GBL 399-z(5-a), La. R.S. 45:844.31).
    emergencies = ArrayField(models.CharField(max_length=2), default=list)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["id", "kind"], name="workspace_id_kind")]

    def __str__(self) -> str:
        return self.name


class People(BaseUserManager["User"]):
    """Makes users by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """Somebody who logs in; belongs to workspaces through memberships."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True)
    name = models.TextField()
    disabled_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "email"
    objects: ClassVar[People] = People()

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return self.disabled_at is None

    def __str__(self) -> str:
        return self.name or self.email


class Membership(Owned):
    """Who may do what in which workspace."""

    OWNER, FRONT_DESK, MARKETER = "owner", "front_desk", "marketer"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(
        max_length=16, choices=[(OWNER, "Owner"), (FRONT_DESK, "Front desk"), (MARKETER, "Marketer")]
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "user"], name="membership_once")]


class Sender(Owned):
    """A number or mailbox that messages leave from, with the settings of its carrier.

    A town workspace has town senders only and a live one has none of them: the kind is copied from the workspace by a
    composite foreign key and compared by a check (migration 0002), so that no mistake can text a real phone from a rehearsal.
    """

    slug = models.SlugField()
    channel = models.CharField(max_length=8, choices=[("sms", "SMS"), ("email", "E-mail")])
    kind = models.CharField(
        max_length=16
    )  # of its carrier: kannel, smpp, twilio, vonage, smtp, anymail, town, town_mail
    workspace_kind = models.CharField(max_length=8)
    address = models.TextField()
    name = models.TextField(blank=True)
    settings = SealedTextField()  # JSON: host, user, password, time-outs
    secret = models.CharField(max_length=64)  # in the callback path; compared in constant time
    lane = models.CharField(max_length=12, default="any")  # any, marketing, service: what it may carry
    stopped_at = models.DateTimeField(null=True)
    stopped_why = models.TextField(blank=True)  # in words, for whoever has to mend it
    # What its carrier takes (domain/pace.py); None: as much as we have.
    per_second = models.FloatField(null=True)  # segments
    per_day = models.IntegerField(null=True)  # segments of its brand between two midnights in Los Angeles
    brand = models.TextField(blank=True)  # senders of one brand share the day's segments; empty: its own
    warming_since = models.DateField(null=True)  # a new number starts with little and doubles
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "slug"], name="sender_slug"),
            models.CheckConstraint(
                name="sender_of_its_world",
                condition=models.Q(workspace_kind="town", kind__in=["town", "town_mail"])
                | (models.Q(workspace_kind="live") & ~models.Q(kind__in=["town", "town_mail"])),
            ),
        ]

    def callback_base(self) -> str:
        """The address that the carrier calls back, with the secret in its path; empty while nobody listens."""
        host = json.loads(self.settings).get("callbacks", "")
        return f"{host}/hooks/carrier/{self.workspace_id}/{self.secret}" if host else ""


class Bucket(Owned):
    """How much of a limit is used up: one row a limit, shared by all workers (domain/pace.py).

    A pace is kept as the instant at which its next segment may leave, by PostgreSQL's clock; a quota as the segments used
    on `day`, a calendar day in Los Angeles by business time.
    """

    key = models.TextField()  # "pace:<sender>", "day:<brand>"
    free_at = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    used = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["workspace", "key"], name="bucket_key")]
