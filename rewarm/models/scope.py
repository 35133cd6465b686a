"""Tells PostgreSQL whose rows may be seen on this connection; without it every table looks empty."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection


def _set(name: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, false)", [name, value])


def _swap(name: str, value: str) -> str:
    """Set, and return what was set before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH old AS MATERIALIZED (SELECT coalesce(current_setting(%s, true), '') AS value) "
            "SELECT value, set_config(%s, %s, false) FROM old",
            [name, name, value],
        )
        return str(cursor.fetchone()[0])


@contextmanager
def within(workspace: UUID | str) -> Iterator[None]:
    """See and write the rows of one workspace only, and put back what was set before."""
    before = _swap("rewarm.workspace", str(workspace))
    try:
        yield
    finally:
        # A broken transaction refuses commands; its rollback puts the setting back by itself.
        if not connection.in_atomic_block or not connection.needs_rollback:
            _set("rewarm.workspace", before)


@contextmanager
def as_user(user: UUID | str) -> Iterator[None]:
    """See this person's own memberships and the names of their workspaces, as login needs before one is chosen."""
    _set("rewarm.user", str(user))
    try:
        yield
    finally:
        _set("rewarm.user", "")
