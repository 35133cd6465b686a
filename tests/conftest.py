"""Starts one real PostgreSQL for the whole run, when a test first asks for it, with a database per worker.

Tests work as the role `rewarm_engine`, which owns nothing: row security binds them as it binds the app.
"""

from __future__ import annotations

import fcntl
import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from hypothesis import settings as properties
from psycopg.conninfo import make_conninfo

from rewarm.adapters import postgres
from rewarm.adapters.postgres.roles import prepare_database

TEMPLATE = "rewarm_template"

# Properties try the same few examples on every run, so that red is red for everybody; REWARM_EXAMPLES=1000 tries as
# many new ones, forgets none that failed, and may take its time.
properties.register_profile("quick", max_examples=12, derandomize=True, deadline=None, database=None)
properties.register_profile("thorough", max_examples=int(os.environ.get("REWARM_EXAMPLES", "100")), deadline=None)
properties.load_profile("thorough" if "REWARM_EXAMPLES" in os.environ else "quick")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that one worker does that while the other does the rest."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """Let the garbage collector forget the modules and the tests themselves: a tenth of the time of a quick test."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    """Give the running server of this run; the process that started it outlives the others."""
    started = postgres.ensure(durable=False)
    assert isinstance(started, postgres.Server)
    users = os.open(Path(settings.REWARM_HOME) / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(users, fcntl.LOCK_SH)
    yield started
    fcntl.flock(users, fcntl.LOCK_UN)
    if started.supervising:
        fcntl.flock(users, fcntl.LOCK_EX)  # waits for the other workers
    postgres.stop()


@pytest.fixture(scope="session")
def django_db_setup(server: postgres.Server, django_db_blocker: Any, worker_id: str) -> Iterator[None]:
    """Copy the migrated template to a database of this worker and point both aliases at it."""
    name = f"rewarm_test_{worker_id}"
    with django_db_blocker.unblock():
        with open(Path(settings.REWARM_HOME) / "template.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not _exists(TEMPLATE):
                _make_template()
            _execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} OWNER rewarm_owner STRATEGY FILE_COPY")
        _point_at(name)
        connections["default"].ops.execute_sql_flush = _truncate_as_owner  # type: ignore[method-assign]
        yield
        connections.close_all()


def _make_template() -> None:
    draft = f"{TEMPLATE}_draft"
    _execute(f"DROP DATABASE IF EXISTS {draft}")
    _execute(f"CREATE DATABASE {draft} OWNER rewarm_owner")
    with psycopg.connect(postgres.cluster().login(draft), autocommit=True) as connection:
        prepare_database(connection, owner="rewarm_owner")
    _point_at(draft)
    call_command("migrate", database="owner", verbosity=0, interactive=False)
    connections.close_all()
    _execute(f"ALTER DATABASE {draft} RENAME TO {TEMPLATE}")


def _point_at(name: str) -> None:
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def _truncate_as_owner(statements: list[str]) -> None:
    """Empty the tables after a `transaction=True` test; the app's role may not."""
    name = connections["default"].settings_dict["NAME"]
    with psycopg.connect(make_conninfo(postgres.dsn("owner"), dbname=name)) as connection:
        for statement in statements:
            cascading = statement.rstrip(";") + (" CASCADE;" if statement.startswith("TRUNCATE") else ";")
            connection.execute(cascading.encode())


def _execute(statement: str) -> None:
    with psycopg.connect(postgres.cluster().login("postgres"), autocommit=True) as connection:
        connection.execute(statement.encode())


def _exists(database: str) -> bool:
    with psycopg.connect(postgres.cluster().login("postgres")) as connection:
        return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone() is not None


@pytest.fixture
def house(db: None) -> Iterator[Any]:
    """The practice of the stories, with a carrier of its own; its rows are seen while the test lasts."""
    from rewarm.models.scope import within
    from tests.carrier import carrier
    from tests.cast import open_house

    with carrier() as line:
        house = open_house(line)
        with within(house.workspace.id):
            yield house
