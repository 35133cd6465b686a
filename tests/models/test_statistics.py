"""After many new rows the planner knows of them within seconds, though the app owns no table."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from rewarm.models import Contact
from rewarm.models.scope import within
from rewarm.models.statistics import freshen
from tests.models.test_row_security import practice


def _rows_known() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::int FROM pg_class WHERE relname = 'rewarm_contact'")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_many_new_rows_are_counted_and_few_are_left_to_autovacuum() -> None:
    freshen()
    harbor = practice("harbor")
    with within(harbor.id):
        with transaction.atomic():
            Contact.objects.bulk_create(Contact(workspace=harbor, first_name=f"n{n}") for n in range(1_000))
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_stat_force_next_flush()")
        assert freshen() >= 1
        assert _rows_known() >= 1_000
        assert freshen() == 0, "nothing is stale any more"
