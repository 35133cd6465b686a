"""Keeps one embedded server running: starts it, waits until it is truly ready, restarts it, stops it.

Whoever holds the lock supervises; every other process is a client and takes over when the lock falls free.
The measurements behind each rule: docs/why/embedded-postgres.md.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg

from rewarm.adapters.postgres import binaries as programs
from rewarm.adapters.postgres.cluster import DATABASE, ROLES, SUPERUSER, Cluster
from rewarm.adapters.postgres.roles import create_roles, prepare_database
from rewarm.errors import PostgresError
from rewarm.process import die_with_parent

POLL = 0.02
TELL_AFTER = 3.0  # seconds of waiting until a person is told why
PATIENCE = 30.0  # seconds that a stop may take before SIGQUIT, and that leftovers may hold the memory
TAKE_OVER_EVERY = 1.0


class Server:
    """One cluster's server, supervised by this process or by another."""

    def __init__(
        self,
        cluster: Cluster,
        *,
        options: Mapping[str, str],
        may_supervise: bool = True,
        tell: Callable[[str], None],
    ) -> None:
        self.cluster = cluster
        self._options = options
        self._may_supervise = may_supervise
        self._tell = tell
        self.uses = 0
        self._stop = threading.Event()
        self._settled = threading.Event()  # ready, or failed for good
        self._broken: PostgresError | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None
        self._pid = os.getpid()
        # The server dies with the *thread* that started it (die_with_parent), so one thread lives as long.
        self._thread = threading.Thread(target=self._run, name="postgres", daemon=True)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *failure: object) -> None:
        self.uses -= 1
        if self.uses <= 0:
            self.stop()

    @property
    def stopped(self) -> bool:
        """Say whether `stop` was called."""
        return self._stop.is_set()

    @property
    def supervising(self) -> bool:
        """Say whether this process holds the lock."""
        return self._lock is not None

    def start(self) -> Server:
        """Return when a query works; raises PostgresError. Waits as long as a recovery goes on."""
        atexit.register(self.stop)
        os.register_at_fork(after_in_child=self._forget)
        self._thread.start()
        started = told = time.monotonic()
        while not self._settled.wait(0.1):
            if time.monotonic() - max(told, started + TELL_AFTER - 10) > 10:
                told = time.monotonic()
                self._tell(f"waiting for the database: {_last_line(self.cluster.log)}")
        if self._broken:
            raise self._broken
        return self

    def stop(self) -> None:
        """Stop supervising, and the server with it; a client merely lets go. Idempotent."""
        if self._pid != os.getpid():
            return
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        atexit.unregister(self.stop)

    def _run(self) -> None:
        try:
            while not self._stop.is_set() and (self._may_supervise or not self._settled.is_set()):
                if self._may_supervise and self._take_lock():
                    self._supervise()
                else:
                    self._follow()
        except PostgresError as error:
            self._broken = error
        except OSError as error:
            self._broken = PostgresError(f"The database cannot run in {self.cluster.root}: {error}")
        finally:
            if self._broken and self._settled.is_set():  # nobody waits in `start` any more
                self._tell(str(self._broken))
            self._release_lock()
            self._settled.set()

    def _follow(self) -> None:
        """Be a client for a moment: ready as soon as the supervisor's server answers."""
        if not self._settled.is_set():
            if _answers(self.cluster, DATABASE, ROLES[0]):
                self._settled.set()
            self._stop.wait(0.05)
        else:
            self._stop.wait(TAKE_OVER_EVERY)

    def _supervise(self) -> None:
        """Run the server until told to stop; start it again when it dies, ever more slowly."""
        found = programs.find(self.cluster.made_by())
        if os.geteuid() == 0:
            found = programs.readable_copy(found, self.cluster.root / "programs")
        self.cluster.prepare(found)
        pause = 0.1
        while not self._stop.is_set():
            self._clear_the_way()
            self._child = self._launch(found)
            began = time.monotonic()
            try:
                ready = self._wait_until_ready(self._child)
                if ready and not self._settled.is_set():
                    self._bootstrap()
                    self._settled.set()
                while ready and self._child.poll() is None and not self._stop.wait(POLL * 5):
                    pass
            finally:
                _end(self._child)
            if self._stop.is_set():
                with contextlib.suppress(OSError):
                    self.cluster.sockets.rmdir()
                return
            pause = 0.1 if time.monotonic() - began > 60 else min(pause * 2, 5.0)
            self._stop.wait(pause)

    def _launch(self, found: programs.Binaries) -> subprocess.Popen[bytes]:
        """Start the server in a session of its own; the kernel ends it when we die, however we die."""
        with self.cluster.open_log() as log:
            self._log_start = log.tell()
            return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
                self.cluster.command(found, self._options),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.cluster.root,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(signal.SIGINT),
                **self.cluster.drop_rights(),
            )

    def _wait_until_ready(self, child: subprocess.Popen[bytes]) -> bool:
        """Return true when `child` itself answers; no time limit while it lives, for recovery may be long.

        A server that dies on its way is fatal, unless processes of its killed predecessor still hold the
        shared memory: those are given time to leave. pg_isready is not asked: it answers for any server.
        """
        while child.poll() is None and not self._stop.is_set():
            lines = _pid_lines(self.cluster.pid_file)
            if lines[:1] == [str(child.pid)] and lines[-1].strip() == "ready" and _answers(self.cluster):
                self._leftovers_since = None
                return True
            self._stop.wait(POLL)
        if self._stop.is_set():
            return False
        with self.cluster.log.open("rb") as log:
            log.seek(self._log_start)
            said = log.read().decode(errors="replace")
        self._leftovers_since = self._leftovers_since or time.monotonic()
        if "shared memory block" in said and time.monotonic() - self._leftovers_since < PATIENCE:
            return False
        if self._settled.is_set():  # it ran before: keep trying, the disk may be full for a while only
            return False
        raise PostgresError(f"The database did not start: {_fatal_in(said)} (log: {self.cluster.log})")

    _leftovers_since: float | None = None
    _log_start = 0

    def _clear_the_way(self) -> None:
        """Deal with the pid file of an earlier server; we hold the lock, so nobody else looks after it.

        A server that outlived its supervisor is stopped. A pid that now belongs to another process is removed
        with its file: PostgreSQL itself would refuse when that process is of the same user. The data stays
        guarded by the shared-memory check.
        """
        lines = _pid_lines(self.cluster.pid_file)
        if not lines or not lines[0].strip().isdigit():
            return
        pid = int(lines[0])
        if _is_server_of(pid, self.cluster.data):
            _signal(pid, signal.SIGINT)
            deadline = time.monotonic() + PATIENCE
            while _is_server_of(pid, self.cluster.data):
                if time.monotonic() > deadline:
                    _signal(pid, signal.SIGQUIT)
                time.sleep(POLL)
        else:
            self.cluster.pid_file.unlink(missing_ok=True)

    def _bootstrap(self) -> None:
        with psycopg.connect(self.cluster.login("template1"), autocommit=True) as template:
            create_roles(template)
            template.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
            known = template.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not known:
                template.execute(f"CREATE DATABASE {DATABASE} OWNER rewarm_owner")
        with psycopg.connect(self.cluster.login(DATABASE), autocommit=True) as connection:
            prepare_database(connection, owner="rewarm_owner")

    def _take_lock(self) -> bool:
        self._lock = self.cluster.try_lock()
        return self._lock is not None

    def _release_lock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _forget(self) -> None:
        """In a forked child: close our copy of the lock, which would otherwise outlive the parent's."""
        if self._lock is not None:
            with contextlib.suppress(OSError):
                os.close(self._lock)
            self._lock = None


def _answers(cluster: Cluster, database: str = "template1", user: str = SUPERUSER) -> bool:
    try:
        with psycopg.connect(cluster.login(database, user), connect_timeout=5) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True


def _end(child: subprocess.Popen[bytes]) -> None:
    """Stop as PostgreSQL wants it: SIGINT (fast), then SIGQUIT for a frozen backend; never SIGKILL."""
    for request in (signal.SIGINT, signal.SIGQUIT):
        if child.poll() is None:
            _signal(child.pid, request)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(PATIENCE)
    child.wait()


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _is_server_of(pid: int, data: Path) -> bool:
    """Say whether `pid` is a live PostgreSQL server of this data folder (it sits in that folder)."""
    process = Path("/proc") / str(pid)
    if Path("/proc/self").exists():
        try:
            alive = "\nState:\tZ" not in (process / "status").read_text()
            name = (process / "comm").read_text().strip()
            return alive and name == "postgres" and (process / "cwd").resolve() == data.resolve()
        except OSError:
            return False
    listed = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return "postgres" in listed.stdout and str(data) in listed.stdout


def _pid_lines(pid_file: Path) -> list[str]:
    try:
        return pid_file.read_text().splitlines()
    except OSError:
        return []


def _last_line(log: Path) -> str:
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError:
        return "it is being created"
    return lines[-1] if lines else "starting"


def _fatal_in(said: str) -> str:
    lines = [line for line in said.splitlines() if "FATAL" in line or "HINT" in line]
    return " ".join(lines[-2:]) or " ".join(said.splitlines()[-2:]) or "it said nothing"
