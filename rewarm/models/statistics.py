"""Keeps the planner's statistics up to date after many new rows, sooner than autovacuum would."""

from __future__ import annotations

from django.db import connection


def freshen() -> int:
    """Analyse the tables of which more than a fifth is new, and return how many; half a millisecond when there are none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rewarm_freshen()")
        return int(cursor.fetchone()[0])
