"""Remembers who may do what: an owner who migrates, and two roles that own nothing and obey row security."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql

GROUP = "rewarm_app"
OWNER = "rewarm_owner"
APP_ROLES = ("rewarm_web", "rewarm_engine")

# A page that takes longer is broken and must not hold a thread; the engine's batches may take their time.
ROLE_SETTINGS: Mapping[str, Mapping[str, str]] = {"rewarm_web": {"statement_timeout": "10s"}}


def create_roles(connection: psycopg.Connection[Any], passwords: Mapping[str, str] | None = None) -> None:
    """Create the roles that are missing; with `passwords` only the two of the app (the owner is given).

    Raises psycopg.Error when the connection may not create roles. A role that exists keeps its password:
    another machine may be using it.
    """
    wanted = (GROUP, *APP_ROLES) if passwords is not None else (GROUP, OWNER, *APP_ROLES)
    rows = connection.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(wanted)])
    known = {row[0] for row in rows}
    for role in wanted:
        if role in known:
            continue
        statement = sql.SQL("CREATE ROLE {}").format(sql.Identifier(role))
        if role != GROUP:
            statement += sql.SQL(" LOGIN")
        if passwords and role in passwords:
            statement += sql.SQL(" PASSWORD {}").format(sql.Literal(passwords[role]))
        connection.execute(statement)
        if role in APP_ROLES:
            connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(GROUP), sql.Identifier(role)))
        for name, value in ROLE_SETTINGS.get(role, {}).items():
            connection.execute(
                sql.SQL("ALTER ROLE {} SET {} = {}").format(
                    sql.Identifier(role), sql.Identifier(name), sql.Literal(value)
                )
            )


def prepare_database(connection: psycopg.Connection[Any], *, owner: str) -> None:
    """Let the app's roles use what `owner` will create here; a migration takes back what is append-only."""
    connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(GROUP)))
    grants = {
        "TABLES": "SELECT, INSERT, UPDATE, DELETE",
        "SEQUENCES": "USAGE, SELECT",
        "FUNCTIONS": "EXECUTE",
    }
    for kind, rights in grants.items():
        connection.execute(
            sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA public GRANT {} ON {} TO {}").format(
                sql.Identifier(owner), sql.SQL(rights), sql.SQL(kind), sql.Identifier(GROUP)
            )
        )
