"""The embedded server's supervisor against what machines do to it: kills, stale files, rivals, long names."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from rewarm.adapters import postgres
from rewarm.adapters.postgres import binaries
from rewarm.adapters.postgres.cluster import DATABASE, Cluster, options_from, place
from rewarm.adapters.postgres.supervisor import Server
from rewarm.errors import PostgresError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home() -> Iterator[Path]:
    """Give an empty home where a user without rights can walk to."""
    folder = Path(tempfile.mkdtemp(prefix="rewarm-pg-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def seed() -> Iterator[Path]:
    """Give a home with a fresh, cleanly stopped cluster: copying it is quicker than initdb."""
    folder = Path(tempfile.mkdtemp(prefix="rewarm-pg-seed-"))
    folder.chmod(0o711)
    with start(folder) as server:
        execute(server.cluster, "CREATE TABLE kept (word text)")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def used(seed: Path, home: Path) -> Path:
    """Give a home that has been used before."""
    shutil.rmtree(home)
    subprocess.run(["cp", "-a", seed, home], check=True)
    return home


def start(home: Path, *, durable: bool = False) -> Server:
    cluster = place(home, durable=durable)
    return Server(cluster, options={}, may_supervise=True, tell=lambda line: None).start()


def execute(cluster: Cluster, statement: str) -> None:
    with psycopg.connect(cluster.login()) as connection:
        connection.execute(statement.encode())


def words(cluster: Cluster) -> list[str]:
    with psycopg.connect(cluster.login()) as connection:
        return [row[0] for row in connection.execute("SELECT word FROM kept ORDER BY word")]


def server_pid(cluster: Cluster) -> int:
    return int(cluster.pid_file.read_text().splitlines()[0])


def eventually(happened: object, *, within: float = 10.0) -> None:
    deadline = time.monotonic() + within
    while not happened():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


# The interpreter may lie where an ordinary user cannot read, so rights are dropped after the imports.
STARTER = """
import json, os, sys
from rewarm.adapters import postgres
if len(sys.argv) > 1:
    os.setgroups([]); os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[1]))
server = postgres.ensure(durable=False)
print(json.dumps({"supervising": server.supervising}), flush=True)
sys.stdin.read()
postgres.stop()
"""


def starter(home: Path, *user_and_group: int) -> subprocess.Popen[str]:
    """Start another process that uses the server until its standard input closes."""
    return subprocess.Popen(
        [sys.executable, "-c", STARTER, *map(str, user_and_group)],
        cwd=ROOT,
        env={**os.environ, "REWARM_HOME": str(home), "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def answer(process: subprocess.Popen[str]) -> bool:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "the other process died"
    return bool(json.loads(line)["supervising"])


def test_starts_from_nothing_and_keeps_what_was_written(home: Path) -> None:
    with start(home) as server:
        assert server.supervising
        execute(server.cluster, "CREATE TABLE kept (word text)")
        execute(server.cluster, "INSERT INTO kept VALUES ('left ear')")
    assert not server.cluster.pid_file.exists()
    with start(home) as server:
        assert words(server.cluster) == ["left ear"]


def test_has_no_port_and_lets_in_nobody_else(used: Path) -> None:
    with start(used) as server:
        with psycopg.connect(server.cluster.login()) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert server.cluster.sockets.stat().st_mode & 0o077 == 0
        assert server.cluster.data.stat().st_mode & 0o077 == 0
        with pytest.raises(psycopg.OperationalError, match="no pg_hba|Peer authentication failed"):
            psycopg.connect(server.cluster.login(DATABASE, "somebody_else"))


def test_a_killed_server_is_restarted_with_its_data(used: Path) -> None:
    with start(used, durable=True) as server:
        execute(server.cluster, "INSERT INTO kept VALUES ('before')")
        first = server_pid(server.cluster)
        os.kill(first, signal.SIGKILL)
        eventually(lambda: server.cluster.pid_file.exists() and server_pid(server.cluster) != first)
        eventually(lambda: can_query(server.cluster))
        assert words(server.cluster) == ["before"]


def can_query(cluster: Cluster) -> bool:
    try:
        execute(cluster, "SELECT 1")
    except psycopg.Error:
        return False
    return True


def test_a_killed_supervisor_takes_its_server_along_and_a_client_takes_over(used: Path) -> None:
    other = starter(used)
    assert answer(other)
    with start(used) as server:
        assert not server.supervising
        first = server_pid(server.cluster)
        other.kill()
        other.communicate()
        eventually(lambda: not alive(first))
        eventually(lambda: server.supervising and can_query(server.cluster))


@pytest.mark.parametrize("pid_of", ["a live process of the server's own user", "a process that is gone"])
def test_a_stale_pid_file_is_no_obstacle(used: Path, pid_of: str) -> None:
    cluster = place(used, durable=False)
    rights = cluster.drop_rights()
    sleeper = subprocess.Popen(["sleep", "60"], **rights)  # type: ignore[call-overload]
    try:
        if "gone" in pid_of:
            sleeper.kill()
            sleeper.wait()
        cluster.pid_file.write_text(f"{sleeper.pid}\n{cluster.data}\n0\n5432\n{cluster.sockets}\n\n0 0\nready\n")
        with start(used) as server:
            assert can_query(server.cluster)
    finally:
        sleeper.kill()
        sleeper.wait()


def test_two_starters_at_once_agree_on_one_supervisor(used: Path) -> None:
    both = [starter(used), starter(used)]
    try:
        assert sorted(answer(process) for process in both) == [False, True]
    finally:
        for process in both:
            process.communicate("")
    assert [process.returncode for process in both] == [0, 0]


def test_stops_at_once_under_an_open_client(used: Path) -> None:
    server = start(used)
    with psycopg.connect(server.cluster.login()) as connection:
        connection.execute("INSERT INTO kept VALUES ('never committed')")
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 5
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
        connection.close()
    with start(used) as server:
        assert words(server.cluster) == []


def test_a_long_path_is_no_obstacle(seed: Path, home: Path) -> None:
    deep = home / ("a practice with a very long name " * 4) / ("and yet another folder " * 4)
    deep.parent.mkdir(parents=True)
    subprocess.run(["cp", "-a", seed, deep], check=True)
    with start(deep) as server:
        assert can_query(server.cluster)


def test_another_version_is_refused_in_words(used: Path) -> None:
    (used / "postgres" / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(PostgresError, match="made by PostgreSQL 9.*pg_dumpall"):
        start(used)


def test_a_broken_server_says_why(used: Path) -> None:
    shutil.rmtree(used / "postgres" / "data" / "global")
    with pytest.raises(PostgresError, match="did not start: .*pg_control"):
        start(used)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_runs_as_an_ordinary_user(home: Path) -> None:
    ordinary = pwd.getpwnam("nobody")
    os.chown(home, ordinary.pw_uid, ordinary.pw_gid)
    home.chmod(0o700)
    if not all(parent.stat().st_mode & 0o001 for parent in binaries.find().folder.parents):
        pytest.skip("PostgreSQL's programs lie where other users cannot walk")
    process = starter(home, ordinary.pw_uid, ordinary.pw_gid)
    try:
        assert answer(process)
        assert (home / "postgres" / "data").stat().st_uid == ordinary.pw_uid
    finally:
        process.communicate("")
    assert process.returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="root's own arrangement")
def test_root_opens_no_parent_folder(seed: Path, home: Path) -> None:
    home.chmod(0o700)
    inner = home / "practice"
    inner.mkdir()
    cluster = place(inner, durable=False)
    try:
        assert not cluster.root.is_relative_to(home)
        assert place(inner).root == cluster.root
        assert home.stat().st_mode & 0o777 == 0o700
    finally:
        shutil.rmtree(cluster.root)


def test_a_database_is_forgotten_but_never_while_it_is_used(used: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REWARM_HOME", str(used))
    with start(used), pytest.raises(PostgresError, match="in use"):
        postgres.forget()
    postgres.forget()
    assert not (used / "postgres").exists()


def test_options_are_read_from_one_line() -> None:
    assert options_from("work_mem=64MB shared_buffers=2GB") == {"work_mem": "64MB", "shared_buffers": "2GB"}


def test_programs_are_found() -> None:
    assert binaries.find().major >= binaries.OLDEST_MAJOR
