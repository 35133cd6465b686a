"""The database as the app's role sees it."""

from __future__ import annotations

import pytest
from django.db import connection

from rewarm.models import User


@pytest.mark.django_db
def test_the_app_owns_nothing_and_cannot_bypass_row_security() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("rewarm_engine", False, False)
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_the_app_cannot_change_tables() -> None:
    with connection.cursor() as cursor, pytest.raises(Exception, match="must be owner|permission denied"):
        cursor.execute("DROP TABLE procrastinate_jobs CASCADE")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_a_committed_row_is_gone_in_the_next_test(time: str) -> None:
    assert not User.objects.exists()
    User.objects.create(email=f"{time}@example.org")
