"""A rehearsal in processes of its own, that can be watched, killed and started again; and its books once it is over."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg

from rewarm.adapters.postgres.cluster import Cluster, place
from rewarm.adapters.postgres.supervisor import Server

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Rehearsal:
    """One demo in a home of its own; every life of it is one process with its children."""

    home: Path
    start: date
    days: int
    process: subprocess.Popen[bytes] | None = None
    lives: int = 0
    _watch: psycopg.Connection[Any] | None = field(default=None, repr=False)

    @property
    def cluster(self) -> Cluster:
        return place(self.home)

    def begin(self, **env: str) -> None:
        """Start the play, or go on with it."""
        self.lives += 1
        command = [sys.executable, "-m", "rewarm", "demo", "--once", "--json", "--start", str(self.start)]
        with (self.home / "said").open("wb") as said, (self.home / "play.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--days", str(self.days)],
                env={**os.environ, **env, "REWARM_HOME": str(self.home), "DJANGO_SETTINGS_MODULE": "rewarm.settings"},
                cwd=ROOT, stdin=subprocess.DEVNULL, stdout=said, stderr=log,
            )  # fmt: skip

    def kill(self) -> None:
        """End the conductor without a word; its servers, the town and the database go with it."""
        assert self.process is not None
        self._drop_watch()
        self.process.kill()
        self.process.wait()

    def kill_postgres(self) -> None:
        """End the database server without a word; the conductor lives on."""
        self._drop_watch()
        os.kill(int(self.cluster.pid_file.read_text().splitlines()[0]), signal.SIGKILL)

    def until(self, query: str, *given: object, patience: float = 60) -> None:
        """Look at the rows every few milliseconds, as the superuser, until `query` answers true."""
        deadline = time.monotonic() + patience
        while not self.holds(query, *given):
            assert self.process is not None
            ended = self.process.poll()
            assert ended is None, f"the play ended ({ended}) before its next kill\n{self.last_words()}"
            assert time.monotonic() < deadline, f"waited in vain for {query}\n{self.last_words()}"
            time.sleep(0.002 if self._watch else 0.05)

    def holds(self, query: str, *given: object) -> bool:
        """Ask the rows once; while there is no server to ask, nothing holds."""
        try:
            if self._watch is None:
                self._watch = psycopg.connect(self.cluster.login(), autocommit=True)
            found = self._watch.execute(query.encode(), given).fetchone()
        except psycopg.Error:  # not there yet, or gone again
            self._drop_watch()
            return False
        return bool(found and found[0])

    def clock(self) -> datetime:
        """Return how far the play has come."""
        self.until("SELECT clock_at IS NOT NULL FROM rewarm_workspace")
        assert self._watch is not None
        return self._watch.execute("SELECT clock_at FROM rewarm_workspace").fetchone()[0]  # type: ignore[index,no-any-return]

    def end(self, patience: float = 120) -> dict[str, Any]:
        """Let the play come to its end; return its summary."""
        assert self.process is not None
        self._drop_watch()
        assert self.process.wait(patience) == 0, self.last_words()
        summary: dict[str, Any] = json.loads((self.home / "said").read_text().splitlines()[-1])
        return summary

    def last_words(self) -> str:
        """Return the end of what the conductor and its children said."""
        return "\n".join(f"{log.name}: {log.read_text()[-1500:]}" for log in sorted(self.home.glob("*.log")))

    @contextmanager
    def books(self) -> Iterator[psycopg.Connection[Any]]:
        """Open the rows of a play that is over."""
        with (
            Server(self.cluster, options={}, tell=print).start() as server,
            psycopg.connect(server.cluster.login(), autocommit=True) as rows,
        ):
            yield rows

    def _drop_watch(self) -> None:
        if self._watch is not None:
            with contextlib.suppress(psycopg.Error):
                self._watch.close()
        self._watch = None
