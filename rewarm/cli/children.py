"""Keeps the processes of `rewarm up` running, and ends them with it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from rewarm.process import die_with_parent

LOOK_EVERY = 0.2  # seconds
STEADY = 30.0  # seconds of life after which a child's next death is restarted at once
PATIENCE = 10.0  # seconds between asking a child to end and ending it


class Children:
    """The running processes by their command, with when each was started."""

    def __init__(self, commands: tuple[str, ...]) -> None:
        self._commands = commands
        self._running: dict[str, tuple[subprocess.Popen[bytes], float]] = {}
        self._pause = dict.fromkeys(commands, 0.5)

    def start(self) -> None:
        """Start each that does not run; one that dies young waits longer every time, up to 10 s."""
        now = time.monotonic()
        for command in self._commands:
            child, since = self._running.get(command, (None, 0.0))
            if child and child.poll() is None:
                continue
            if child:
                self._pause[command] = 0.5 if now - since > STEADY else min(self._pause[command] * 2, 10.0)
                if now - since < self._pause[command]:
                    continue
            # Only `up` looks after the database. Children end with the thread that starts them: this one.
            child = subprocess.Popen(
                [sys.executable, "-m", "rewarm", command],
                env={**os.environ, "REWARM_POSTGRES": "client"},
                stdin=subprocess.DEVNULL,
                preexec_fn=die_with_parent,
            )
            self._running[command] = (child, now)

    def watch(self) -> None:
        """Restart what dies until Ctrl-C or SIGTERM."""
        with contextlib.suppress(KeyboardInterrupt), _sigterm_as_interrupt():
            while True:
                self.start()
                time.sleep(LOOK_EVERY)

    def stop(self) -> None:
        """Ask all to end, then end them."""
        children = [child for child, _ in self._running.values()]
        for child in children:
            child.terminate()
        deadline = time.monotonic() + PATIENCE
        for child in children:
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


@contextmanager
def children(*commands: str) -> Iterator[Children]:
    """Run `rewarm COMMAND` for each of `commands` while the block lasts."""
    family = Children(commands)
    try:
        family.start()
        yield family
    finally:
        family.stop()


@contextmanager
def _sigterm_as_interrupt() -> Iterator[None]:
    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
