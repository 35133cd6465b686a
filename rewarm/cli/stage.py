"""Raises the stage of a rehearsal: the webhook server, the pages and the town as processes of their own on free ports."""

from __future__ import annotations

import fcntl
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2

from rewarm.errors import SetupError
from rewarm.home import setting
from rewarm.process import die_with_parent

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Stage:
    """Where everything listens, and a client for the town's doors."""

    home: Path
    seed: int
    web: str
    hooks: str
    town: str
    smtp_port: int
    client: httpx2.Client

    def ask_town(self, path: str) -> Any:
        """Read one of the town's books."""
        answer = self.client.get(self.town + path, timeout=120)
        answer.raise_for_status()
        return answer.json()

    def tell_town(self, path: str, **said: object) -> Any:
        """Tell the town something; it answers when it has done what follows."""
        answer = self.client.post(self.town + path, json=said, timeout=120)
        if answer.status_code >= 400:
            raise SetupError(f"The town refused {path}: {answer.text}")
        return answer.json()

    def move_clock(self, now: datetime) -> datetime | None:
        """Let the town do what is due by `now`; return when it wants to act next."""
        due = self.tell_town("/clock", now=now.isoformat())["next"]
        return datetime.fromisoformat(due) if due else None


@contextmanager
def raised(home: Path, *, seed: int) -> Iterator[Stage]:
    """Start the processes, wait until each answers, and end them with the block."""
    home.mkdir(parents=True, exist_ok=True)
    mark = (home / "demo").open("a")  # held as long as this process lives: one conductor, one clock
    try:
        fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SetupError(f"Another demo plays in {home}: end it first, or set REWARM_HOME.") from None
    ports, seed = _remembered_ports(home), _remembered_seed(home, seed)
    web = setting("REWARM_LISTEN", f"127.0.0.1:{ports[0]}")
    hooks = f"127.0.0.1:{ports[1]}"
    env = {
        **os.environ, "REWARM_HOME": str(home), "REWARM_POSTGRES": "client", "REWARM_LISTEN": web,
        "REWARM_HOOKS_LISTEN": hooks, "PUBLIC_URL": f"http://{web}",
    }  # fmt: skip
    os.environ |= {"REWARM_LISTEN": web, "REWARM_HOOKS_LISTEN": hooks, "PUBLIC_URL": f"http://{web}"}
    python = [sys.executable, "-m"]
    commands = [
        [*python, "rewarm", "hooks"],
        [*python, "rewarm", "web"],
        [
            *python, "town", "--port", str(ports[2]), "--smtp-port", str(ports[3]), "--seed", str(seed),
            "--hooks", f"http://{hooks}", "--state", str(home / "town.journal"), "--stall", "1.0",
        ],
    ]  # fmt: skip
    # Their chatter goes to files: stdout belongs to the summary.
    logs = [(home / f"{name}.log").open("ab") for name in ("hooks", "web", "town")]
    running = [
        subprocess.Popen(
            command,
            env=env,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent,
        )
        for command, log in zip(commands, logs, strict=True)
    ]
    client = httpx2.Client(timeout=30)
    stage = Stage(home, seed, f"http://{web}", f"http://{hooks}", f"http://127.0.0.1:{ports[2]}", ports[3], client)
    try:
        _wait(running, [hooks, web, f"127.0.0.1:{ports[2]}"], home)
        yield stage
    finally:
        client.close()
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for file in (*logs, mark):
            file.close()


def _remembered_ports(home: Path) -> list[int]:
    """Use the ports of the last time, so that links in messages go on working; take free ones where they are taken."""
    file = home / "ports"
    remembered = [int(port) for port in file.read_text().split()] if file.exists() else [8765, 8766, 13013, 10025]
    ports = [port if _is_free(port) else _free_port() for port in remembered]
    file.write_text(" ".join(map(str, ports)))
    return ports


def _remembered_seed(home: Path, seed: int) -> int:
    """Keep to the luck that the history began with: another seed would make other people of the same town."""
    file = home / "seed"
    if not file.exists():
        file.write_text(str(seed))
    return int(file.read_text())


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _free_port() -> int:
    """Pick one below the range that outgoing connections use: none of them can have it before our child does."""
    while not _is_free(port := random.randrange(20_000, 30_000)):
        pass
    return port


def _wait(running: list[subprocess.Popen[bytes]], listens: list[str], home: Path, patience: float = 60) -> None:
    deadline = time.monotonic() + patience
    for process, listen in zip(running, listens, strict=True):
        host, _, port = listen.rpartition(":")
        while True:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SetupError(f"A process of the demo did not start; its last words are in {home}/*.log.")
            with socket.socket() as probe:
                probe.settimeout(1)
                if probe.connect_ex((host, int(port))) == 0:
                    break
            time.sleep(0.05)
    # Somebody else may answer at a port that one of ours could not have.
    time.sleep(0.3)
    if any(process.poll() is not None for process in running):
        raise SetupError(f"A process of the demo ended at once; its last words are in {home}/*.log.")
