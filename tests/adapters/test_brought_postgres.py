"""A PostgreSQL that somebody else runs: `DATABASE_URL` with a login that is no superuser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from rewarm.adapters import postgres
from rewarm.adapters.postgres.cluster import DATABASE, SUPERUSER, place
from rewarm.adapters.postgres.supervisor import Server
from rewarm.errors import PostgresError, SetupError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def foreign() -> Iterator[Server]:
    """Run a server that has a login for a practice, asks for passwords, and knows nothing of rewarm."""
    folder = Path(tempfile.mkdtemp(prefix="rewarm-foreign-"))
    folder.chmod(0o711)
    with Server(place(folder, durable=False), options={}, may_supervise=True, tell=print).start() as server:
        rules = f"local all {SUPERUSER} peer map=rewarm\nlocal all all scram-sha-256\n"
        (server.cluster.data / "pg_hba.conf").write_text(rules)
        with psycopg.connect(server.cluster.login("template1"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {DATABASE}".encode())
            for role in ("rewarm_web", "rewarm_engine", "rewarm_owner", "rewarm_app"):
                connection.execute(f"DROP ROLE {role}".encode())
            connection.execute("DROP EXTENSION btree_gist")
            connection.execute("CREATE ROLE practice LOGIN CREATEROLE PASSWORD 'secret'")
            connection.execute("CREATE ROLE modest LOGIN PASSWORD 'secret'")
            connection.execute("CREATE DATABASE practice OWNER practice")
            connection.execute("SELECT pg_reload_conf()")
        yield server
    shutil.rmtree(folder, ignore_errors=True)


def url(server: Server, login: str) -> str:
    return f"postgresql://{login}:secret@/practice?host={server.cluster.sockets}&port=5432"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Stand on a machine that has never run rewarm."""
    monkeypatch.setenv("REWARM_HOME", str(tmp_path / "home"))
    return monkeypatch


def test_a_login_that_may_not_create_roles_is_told_what_to_ask_for(
    foreign: Server, machine: pytest.MonkeyPatch
) -> None:
    machine.setenv("DATABASE_URL", url(foreign, "modest"))
    with pytest.raises(PostgresError, match="CREATE ROLE rewarm_web LOGIN"):
        postgres.ensure()


def test_the_app_works_as_roles_of_its_own(foreign: Server, machine: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine.setenv("DATABASE_URL", url(foreign, "practice"))
    with postgres.ensure():
        pass
    with postgres.ensure():  # and again, changing nothing
        done = subprocess.run(
            [sys.executable, "-m", "rewarm", "migrate"],
            cwd=ROOT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "rewarm.settings"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        with psycopg.connect(postgres.dsn("web")) as connection:
            assert connection.execute("SELECT current_user::text").fetchone() == ("rewarm_web",)
            assert connection.execute("SELECT count(*) FROM procrastinate_jobs").fetchone() == (0,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("DROP TABLE procrastinate_jobs CASCADE")

    machine.setenv("REWARM_HOME", str(tmp_path / "second machine without the keys"))
    with pytest.raises(PostgresError, match="copy the keys folder"):
        postgres.ensure()


def test_an_address_that_is_none_is_refused_in_words(machine: pytest.MonkeyPatch) -> None:
    machine.setenv("DATABASE_URL", "the database in the cellar")
    with pytest.raises(SetupError, match="no PostgreSQL address|not a PostgreSQL address"):
        postgres.ensure()


def test_a_server_that_is_away_is_said_to_be(machine: pytest.MonkeyPatch) -> None:
    machine.setenv("DATABASE_URL", "postgresql://practice@127.0.0.1:1/practice")
    with pytest.raises(PostgresError, match="Cannot connect with DATABASE_URL"):
        postgres.ensure()
