"""Reaches a PostgreSQL that somebody else runs: the login of `DATABASE_URL` owns, two roles of ours work."""

from __future__ import annotations

import psycopg
from psycopg.conninfo import make_conninfo

from rewarm.adapters.postgres.binaries import OLDEST_MAJOR
from rewarm.adapters.postgres.roles import APP_ROLES, GROUP, create_roles, prepare_database
from rewarm.errors import PostgresError, SetupError
from rewarm.home import home, key


def owner_login(url: str) -> str:
    """Check `DATABASE_URL` and return it in psycopg's form; raises SetupError when it is no such address."""
    try:
        return make_conninfo(url)
    except psycopg.ProgrammingError as error:
        raise SetupError(f"DATABASE_URL is not a PostgreSQL address: {error}") from error


def app_login(url: str, role: str) -> str:
    """Return how `role` connects to the same database."""
    return make_conninfo(owner_login(url), user=role, password=_password(role))


def prepare(url: str) -> None:
    """Create roles and rights where missing; raises PostgresError in words when something is in the way."""
    try:
        connection = psycopg.connect(owner_login(url), autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise PostgresError(f"Cannot connect with DATABASE_URL: {str(error).strip()}") from error
    with connection:
        major = connection.info.server_version // 10000
        if major < OLDEST_MAJOR:
            raise PostgresError(f"DATABASE_URL leads to PostgreSQL {major}; rewarm needs {OLDEST_MAJOR} or newer.")
        try:
            create_roles(connection, {role: _password(role) for role in APP_ROLES})
        except psycopg.errors.InsufficientPrivilege as error:
            raise PostgresError(_by_hand()) from error
        prepare_database(connection, owner=connection.info.user)
    for role in APP_ROLES:
        try:
            psycopg.connect(app_login(url, role), connect_timeout=10).close()
        except psycopg.OperationalError as error:
            raise PostgresError(
                f"{role} exists but cannot log in: {str(error).strip()}. When another machine created it, "
                "copy the keys folder of its REWARM_HOME to this one."
            ) from error


def _password(role: str) -> str:
    return key(f"database_{role}")


def _by_hand() -> str:
    roles = "\n".join(f"  CREATE ROLE {role} LOGIN PASSWORD '…' IN ROLE {GROUP};" for role in APP_ROLES)
    return (
        "The login of DATABASE_URL may not create roles. Ask whoever runs the server to execute, once:\n"
        f"  CREATE ROLE {GROUP};\n{roles}\n"
        f"with the passwords that lie in {home() / 'keys'}, in the files database_*."
    )
