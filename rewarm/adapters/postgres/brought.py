"""Reaches a PostgreSQL that somebody else runs (`DATABASE_URL`): the given login owns, two roles of ours work."""

from __future__ import annotations

from functools import cache

import psycopg
from psycopg.conninfo import conninfo_to_dict

from rewarm.adapters.postgres.binaries import OLDEST_MAJOR
from rewarm.adapters.postgres.roles import APP_ROLES, GROUP, create_roles, prepare_database
from rewarm.errors import PostgresError, SetupError
from rewarm.home import key

BY_HAND = """The login of DATABASE_URL may not create roles. Ask whoever runs the server to execute, once:
  CREATE ROLE {group};
{roles}
The passwords lie in {where}."""


@cache
def owner_login(url: str) -> dict[str, str]:
    """Split `DATABASE_URL` into connection parameters; raises SetupError when it is no such address."""
    try:
        found = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise SetupError(f"DATABASE_URL is not a PostgreSQL address: {error}") from error
    return {name: str(value) for name, value in found.items() if value is not None}


def app_login(url: str, role: str) -> dict[str, str]:
    """Return the parameters with which `role` connects to the same database."""
    return {**owner_login(url), "user": role, "password": key(f"database_{role}")}


def prepare(url: str) -> None:
    """Create roles and rights where missing; raises PostgresError in words when something is in the way."""
    try:
        connection = psycopg.connect(**owner_login(url), autocommit=True, connect_timeout=10)  # type: ignore[arg-type]
    except psycopg.OperationalError as error:
        raise PostgresError(f"Cannot connect with DATABASE_URL: {str(error).strip()}") from error
    with connection:
        if connection.info.server_version < OLDEST_MAJOR * 10000:
            raise PostgresError(
                f"DATABASE_URL leads to PostgreSQL {connection.info.server_version // 10000}; "
                f"rewarm needs {OLDEST_MAJOR} or newer."
            )
        try:
            create_roles(connection, {role: key(f"database_{role}") for role in APP_ROLES})
        except psycopg.errors.InsufficientPrivilege as error:
            lines = [f"  CREATE ROLE {role} LOGIN PASSWORD '…' IN ROLE {GROUP};" for role in APP_ROLES]
            words = BY_HAND.format(
                group=GROUP, roles="\n".join(lines), where="the keys folder of REWARM_HOME"
            )
            raise PostgresError(words) from error
        prepare_database(connection, owner=connection.info.user)
    for role in APP_ROLES:
        try:
            psycopg.connect(**app_login(url, role), connect_timeout=10).close()  # type: ignore[arg-type]
        except psycopg.OperationalError as error:
            raise PostgresError(
                f"{role} exists but cannot log in: {str(error).strip()}. When another machine created it, copy the "
                "keys folder of its REWARM_HOME to this one."
            ) from error
