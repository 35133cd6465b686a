"""Remembers one embedded database cluster: its folders, its user, its rules of who may log in."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from psycopg.conninfo import make_conninfo

from rewarm.adapters.postgres.binaries import Binaries
from rewarm.errors import PostgresError

DATABASE = "rewarm"
SUPERUSER = "rewarm_root"
ROLES = ("rewarm_owner", "rewarm_web", "rewarm_engine")
PORT = "5432"  # part of the socket's file name only: there is no TCP port

# As root the server runs as this user, which nobody else uses and which needs no passwd entry.
SERVER_UID = 60432
# initdb alone insists on a passwd entry: it runs as the first of these that the machine has.
UNPRIVILEGED = ("nobody", "daemon", "bin")
LOG_BYTES = 20_000_000
PLACE = "postgres.place"  # in the home, when the cluster lies elsewhere: see place()
REACHABLE = Path("/var/lib/rewarm")

# Why each value: docs/why/embedded-postgres.md.
OPTIONS: Mapping[str, str] = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "10min",
    "random_page_cost": "1.1",
    "effective_io_concurrency": "64",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u ",
    "log_startup_progress_interval": "2s",
}
# For test clusters that are thrown away; never for anybody's data.
THROWAWAY: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "64MB",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where one cluster lives; `durable` is false only for tests that throw it away."""

    root: Path
    durable: bool = True

    @property
    def data(self) -> Path:
        """Return PostgreSQL's own data folder."""
        return self.root / "data"

    @property
    def log(self) -> Path:
        """Return the server's log file."""
        return self.root / "postgres.log"

    @property
    def lock(self) -> Path:
        """Return the file whose lock decides who supervises."""
        return self.root / "supervisor.lock"

    @property
    def pid_file(self) -> Path:
        """Return the server's own pid file: pid, folder, start, port, socket folder, …, status."""
        return self.data / "postmaster.pid"

    @property
    def sockets(self) -> Path:
        """Return the socket's folder: short, because a socket's path may have at most 107 bytes."""
        name = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path(f"/tmp/rewarm-{os.geteuid()}-{name}")

    def login(self, database: str = DATABASE, user: str = SUPERUSER) -> str:
        """Return how a local process connects, in psycopg's form."""
        return make_conninfo(host=str(self.sockets), port=PORT, dbname=database, user=user)

    def command(self, binaries: Binaries, extra: Mapping[str, str]) -> list[str]:
        """Return the command line of the server."""
        options = {**OPTIONS, **({} if self.durable else THROWAWAY), **extra}
        options["unix_socket_directories"] = str(self.sockets)
        flags = [flag for name, value in options.items() for flag in ("-c", f"{name}={value}")]
        return [binaries.program("postgres"), "-D", str(self.data), *flags]

    def made_by(self) -> int | None:
        """Return the major version that made the data; None when there is none yet."""
        try:
            return int((self.data / "PG_VERSION").read_text().split(".")[0])
        except FileNotFoundError:
            return None

    def try_lock(self) -> int | None:
        """Return an open file that holds the lock until it is closed, or None when somebody else has it."""
        file = os.open(self.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return None
        return file

    def open_log(self) -> BinaryIO:
        """Open the log for appending, ours alone; one that has grown large becomes the old one."""
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.old"))
        file = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        log = os.fdopen(file, "ab")
        log.seek(0, os.SEEK_END)
        return log

    def prepare(self, binaries: Binaries) -> None:
        """Create what is missing and rewrite who may log in; raises PostgresError. Needs the lock."""
        if not self.data.exists():
            self._initialise(binaries)
        made_by = self.made_by()
        if made_by != binaries.major:
            raise PostgresError(
                f"{self.data} was made by PostgreSQL {made_by}, the programs here are {binaries.major}. "
                f"Dump it with version {made_by} (pg_dumpall) and restore it into an empty folder."
            )
        self._open_sockets()
        people = {pwd.getpwuid(os.geteuid()).pw_name}
        rules = [f"rewarm {who} {role}" for who in sorted(people) for role in (SUPERUSER, *ROLES)]
        (self.data / "pg_ident.conf").write_text("\n".join(rules) + "\n")
        (self.data / "pg_hba.conf").write_text("local all all peer map=rewarm\n")

    def drop_rights(self) -> dict[str, object]:
        """Return the Popen arguments that leave root behind; none for an ordinary user."""
        return _as_user(SERVER_UID, SERVER_UID) if os.geteuid() == 0 else {}

    def _initialise(self, binaries: Binaries) -> None:
        """Run initdb beside the final place and move it there when complete."""
        draft = self.root / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        rights: dict[str, object] = {}
        if os.geteuid() == 0:
            user = _unprivileged()
            os.chown(draft, user.pw_uid, user.pw_gid)
            rights = _as_user(user.pw_uid, user.pw_gid)
        command = [binaries.program("initdb"), "--pgdata", str(draft), "--username", SUPERUSER]
        command += ["--encoding=UTF8", "--locale=C.UTF-8" if sys.platform == "linux" else "--locale=C"]
        command += ["--auth=peer", "--no-instructions", *([] if self.durable else ["--no-sync"])]
        done = subprocess.run(command, capture_output=True, text=True, cwd=draft, check=False, **rights)  # type: ignore[call-overload]
        if done.returncode != 0:
            raise PostgresError(f"Could not create the database in {self.data}: {done.stderr.strip()}")
        if os.geteuid() == 0:
            for folder, _, files in os.walk(draft):
                for path in (folder, *(os.path.join(folder, name) for name in files)):
                    os.chown(path, SERVER_UID, SERVER_UID, follow_symlinks=False)
        draft.rename(self.data)

    def _open_sockets(self) -> None:
        """Make the socket folder ours alone; a folder that somebody else put there is refused."""
        owner = SERVER_UID if os.geteuid() == 0 else os.geteuid()
        try:
            self.sockets.mkdir(mode=0o700)
            os.chown(self.sockets, owner, -1)
        except FileExistsError:
            found = self.sockets.lstat()
            if found.st_uid != owner or found.st_mode & 0o077 or self.sockets.is_symlink():
                raise PostgresError(f"{self.sockets} exists and belongs to somebody else. Remove it.") from None


def place(home: Path, *, durable: bool = True) -> Cluster:
    """Return the cluster of an installation, creating its folder.

    As root the server's own user must be able to walk to the data. Where a parent folder forbids that (a
    checkout under /root, say) we do not open it: the cluster lives under /var/lib/rewarm and the home
    remembers where.
    """
    root = home / "postgres"
    moved = home / PLACE
    if moved.exists():
        root = Path(moved.read_text().strip())
    elif os.geteuid() == 0 and not root.exists() and not _walkable(home):
        root = REACHABLE / f"postgres-{secrets.token_hex(4)}"
        moved.write_text(f"{root}\n")
    if not root.exists():
        root.mkdir(parents=True, exist_ok=True)
        for folder in (root, root.parent) if root.parent == REACHABLE else (root,):
            folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return Cluster(root, durable)


def options_from(text: str) -> dict[str, str]:
    """Read `name=value name=value`, the form of REWARM_POSTGRES_OPTIONS."""
    return dict(re.findall(r"(\w+)=(\S+)", text))


def _walkable(folder: Path) -> bool:
    return all(place.stat().st_mode & 0o001 for place in (folder, *folder.parents))


def _as_user(uid: int, gid: int) -> dict[str, object]:
    return {"user": uid, "group": gid, "extra_groups": []}


def _unprivileged() -> pwd.struct_passwd:
    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresError("initdb refuses to run as root and no user `nobody` exists: set DATABASE_URL.")
