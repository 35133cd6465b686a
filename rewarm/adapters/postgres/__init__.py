"""Reaches the one database: ours, embedded and supervised by us, or the one that `DATABASE_URL` names.

with postgres.ensure():                 # starts it, or joins the process that did
    psycopg.connect(postgres.dsn("engine"))
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from psycopg.conninfo import conninfo_to_dict

from rewarm.adapters.postgres import brought
from rewarm.adapters.postgres.cluster import DATABASE, PLACE, Cluster, options_from, place
from rewarm.adapters.postgres.supervisor import Server
from rewarm.errors import PostgresError
from rewarm.home import home, make_home, setting

Role = Literal["owner", "web", "engine"]

__all__ = ["Cluster", "Role", "Server", "cluster", "django_database", "dsn", "ensure", "forget", "stop"]

_servers: dict[Path, Server] = {}
_guard = threading.Lock()


class Brought:
    """A server that somebody else runs: there is nothing to stop."""

    supervising = False

    def __enter__(self) -> Brought:
        return self

    def __exit__(self, *failure: object) -> None:
        pass

    def stop(self) -> None:
        """Do nothing."""


def cluster(*, durable: bool = True) -> Cluster:
    """Return the embedded cluster of this home."""
    return place(home(), durable=durable)


def dsn(role: Role = "engine") -> str:
    """Return how `role` connects, in psycopg's form; needs no running server."""
    if url := setting("DATABASE_URL"):
        return brought.owner_login(url) if role == "owner" else brought.app_login(url, f"rewarm_{role}")
    return cluster().login(DATABASE, f"rewarm_{role}")


def django_database(role: Role) -> dict[str, Any]:
    """Return one entry of Django's DATABASES."""
    rest = {name: str(value) for name, value in conninfo_to_dict(dsn(role)).items()}
    named = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": rest.pop("dbname", ""),
        "USER": rest.pop("user", ""),
        "PASSWORD": rest.pop("password", ""),
        "HOST": rest.pop("host", ""),
        "PORT": rest.pop("port", ""),
    }
    # A connection survives requests, and is checked before use because the server may have been restarted.
    return {
        **named,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": f"rewarm {role}", **rest},
    }


def ensure(*, durable: bool = True, tell: Callable[[str], None] | None = None) -> Server | Brought:
    """Return when the database answers, starting it when nobody has; blocks may nest.

    `tell` gets a line for a person when it takes long (a recovery after a crash); standard error by default.
    Raises PostgresError. The server stops with the process that started it; another that uses it takes over.
    """
    if url := setting("DATABASE_URL"):
        brought.prepare(url)
        return Brought()
    with _guard:
        folder = make_home()
        if folder not in _servers or _servers[folder].stopped:
            may_supervise = setting("REWARM_POSTGRES", "auto") != "client"
            options = options_from(setting("REWARM_POSTGRES_OPTIONS"))
            server = Server(cluster(durable=durable), options=options, may_supervise=may_supervise, tell=tell or _tell)
            _servers[folder] = server.start()
        _servers[folder].uses += 1
        return _servers[folder]


def stop() -> None:
    """Let go of every server that this process asked for, and stop those that it supervises."""
    with _guard:
        while _servers:
            _servers.popitem()[1].stop()


def forget() -> None:
    """Delete this home's embedded database for good; raises PostgresError while another process runs it."""
    with _guard:
        if mine := _servers.pop(home(), None):
            mine.stop()
    gone = cluster()
    lock = gone.try_lock()
    if lock is None:
        raise PostgresError(f"The database in {gone.root} is in use: end the other rewarm first.")
    try:
        shutil.rmtree(gone.root)
        (home() / PLACE).unlink(missing_ok=True)
    finally:
        os.close(lock)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
