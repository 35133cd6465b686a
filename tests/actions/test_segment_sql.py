"""The two readings of a segment rule agree: what Python says of a contact, PostgreSQL says of the row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rewarm.adapters.pack_segments import read_segments
from rewarm.domain.segment import ContactFields, Rule, matches, to_sql
from rewarm.domain.segment_rule import FIELDS
from tests.domain.trees import TODAY, ZONE, rows, rules

MARKS = ", ".join(["%s"] * (len(FIELDS) + 1))
# The local evening of TODAY, which is tomorrow in UTC.
NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 5, 0, tzinfo=UTC) + timedelta(days=1)


@pytest.fixture
def table(db: None) -> str:
    """Make an empty table of the contact's own columns, but without NOT NULL and limits of length."""
    columns = [f"{name}::text" if field.kind == "text" else name for name, field in FIELDS.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE seen ON COMMIT DROP AS "
            f"SELECT 0 AS place, {', '.join(columns)} FROM rewarm_contact LIMIT 0"
        )
    return "seen"


def said_by_sql(rule: Rule, contacts: list[ContactFields]) -> list[bool]:
    condition, params = to_sql(rule, NOW, ZONE)
    values = [(place, *_row(contact)) for place, contact in enumerate(contacts)]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM seen")
        cursor.executemany(f"INSERT INTO seen VALUES ({MARKS})", values)
        cursor.execute(f"SELECT place FROM seen c WHERE {condition}", params)
        found = {place for (place,) in cursor.fetchall()}
    return [place in found for place in range(len(contacts))]


def _row(contact: ContactFields) -> list[object]:
    values = [getattr(contact, name) for name in FIELDS]
    return [list(value) if isinstance(value, tuple) else value for value in values]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=rules, contacts=st.lists(rows, min_size=1, max_size=12))
def test_any_rule_over_any_rows(table: str, rule: Rule, contacts: list[ContactFields]) -> None:
    assert said_by_sql(rule, contacts) == [matches(rule, contact, NOW, ZONE) for contact in contacts]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(contacts=st.lists(rows, min_size=20, max_size=40))
def test_the_ready_made_segments(table: str, contacts: list[ContactFields]) -> None:
    for segment in read_segments("audiology"):
        said = [matches(segment.rule, contact, NOW, ZONE) for contact in contacts]
        assert said_by_sql(segment.rule, contacts) == said, segment.slug
