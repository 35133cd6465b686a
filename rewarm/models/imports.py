"""Remembers which files came in and what became of every row of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from rewarm.models.base import Owned
from rewarm.models.sealed import SealedTextField


class Import(Owned):
    """One import of one or several files as one."""

    digest = models.CharField(max_length=64)  # of the files' bytes: the same files again change nothing
    files = models.JSONField()  # [{"name", "kind", "encoding", "delimiter", "mapping", "rows"}]
    as_of = models.DateField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey("rewarm.User", on_delete=models.SET_NULL, null=True, db_index=False)
    done = models.IntegerField(default=0)  # rows, for the progress bar
    total = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "-started_at"], name="import_recent")]


class ImportRow(Owned):
    """One row that did not become a contact as it stood, with the reason, as it was written."""

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows", db_index=False)
    file = models.TextField()
    row = models.IntegerField()
    outcome = models.CharField(max_length=12)  # quarantined, skipped
    reason = models.TextField()
    cells = SealedTextField()  # JSON list

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "batch", "file", "row"], name="import_row")
        ]
