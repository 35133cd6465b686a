"""What every row has: an identifier that sorts by time, and the workspace that owns it."""

from __future__ import annotations

import os
import time
import uuid

from django.db import models

_VERSION_7 = 0x7 << 76 | 0b10 << 62
_RANDOM = (1 << 80) - 1 & ~(0xF << 76 | 0b11 << 62)


def uuid7() -> uuid.UUID:
    """Make a UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then randomness, so that new rows land side by side."""
    milliseconds, random = time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10))
    value = milliseconds << 80 | random & _RANDOM | _VERSION_7
    return uuid.UUID(int=value)


class Owned(models.Model):
    """A row of one workspace; PostgreSQL's row security hides it from every other (migration 0002)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # No index of its own: every key of ours starts with the workspace already.
    workspace = models.ForeignKey("rewarm.Workspace", on_delete=models.CASCADE, db_index=False, related_name="+")

    class Meta:
        abstract = True
