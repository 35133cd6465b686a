"""One practice never sees another's rows, as the database itself enforces it on the role that the app runs as."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from rewarm.models import Consent, Contact, Sender, Workspace
from rewarm.models.base import uuid7
from rewarm.models.scope import within

NOW = datetime(2026, 11, 2, 15, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def practice(slug: str, kind: str = "town") -> Workspace:
    workspace = Workspace(
        id=uuid7(), slug=slug, kind=kind, name=slug, legal_name=slug, zone="America/New_York", created_at=NOW
    )
    with within(workspace.id):
        workspace.save(force_insert=True)
    return workspace


def test_the_app_is_neither_owner_nor_superuser() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, (SELECT count(*) FROM pg_tables WHERE tableowner = current_user) "
            "FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, 0)


def test_every_table_with_a_workspace_forces_row_security() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "WHERE a.attname = 'workspace_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition "
            "AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
        )
        assert cursor.fetchall() == []


def test_a_practice_sees_its_own_contacts_only() -> None:
    harbor, meadow = practice("harbor"), practice("meadow")
    with within(harbor.id):
        Contact.objects.create(workspace=harbor, first_name="Sarah")
    with within(meadow.id):
        assert not Contact.objects.exists()
    assert not Contact.objects.exists(), "with no workspace set, nothing is seen"
    with within(harbor.id):
        assert Contact.objects.get().first_name == "Sarah"


def test_a_practice_cannot_write_into_another() -> None:
    harbor, meadow = practice("harbor"), practice("meadow")
    with within(harbor.id), pytest.raises(DatabaseError), transaction.atomic():
        Contact.objects.create(workspace=meadow, first_name="Sarah")


def test_the_consent_ledger_is_never_changed() -> None:
    harbor = practice("harbor")
    with within(harbor.id):
        entry = Consent.objects.create(
            workspace=harbor, address="+12125550100", channel="sms", act="opted_out", at=NOW, recorded_at=NOW,
            source="text", cause="message:1",
        )  # fmt: skip
        for harm in (entry.delete, lambda: Consent.objects.update(act="granted")):
            with pytest.raises(DatabaseError), transaction.atomic():
                harm()
        assert Consent.objects.get().act == "opted_out"


@pytest.mark.parametrize(("world", "kind"), [("town", "kannel"), ("live", "town")])
def test_a_rehearsal_cannot_have_a_real_sender_nor_a_practice_a_rehearsed_one(world: str, kind: str) -> None:
    here = practice("here", world)
    for claimed in ("town", "live"):
        # The composite foreign key is checked at once, not at commit.
        with within(here.id), pytest.raises(DatabaseError), transaction.atomic():
            Sender.objects.create(
                workspace=here, slug="one", channel="sms", kind=kind, workspace_kind=claimed, address="+12125550100",
                settings="{}", secret="s", created_at=NOW,
            )  # fmt: skip


def test_notes_are_unreadable_at_rest() -> None:
    harbor = practice("harbor")
    with within(harbor.id):
        contact = Contact.objects.create(workspace=harbor)
        contact.notes.create(workspace=harbor, text="asked about her left ear", digest="d")
        with connection.cursor() as cursor:
            cursor.execute("SELECT text FROM rewarm_note")
            assert b"left ear" not in bytes(cursor.fetchone()[0])
        assert contact.notes.get().text == "asked about her left ear"
