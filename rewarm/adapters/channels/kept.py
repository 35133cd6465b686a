"""Keeps connections open between two messages, and no more of them at once than a server likes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from time import monotonic
from typing import Generic, TypeVar
from weakref import finalize

Connection = TypeVar("Connection")

PATIENCE = 1.0  # seconds to wait for a free place: what was judged must leave at once or be judged again


class Busy(Exception):
    """All connections are busy; nothing was said to the server."""


class Kept(Generic[Connection]):
    """The idle connections to one server, for many threads; the one used last is taken first, the old are let go."""

    def __init__(self, close: Callable[[Connection], object], *, most: int, idle: float) -> None:
        self._close, self._idle_for = close, idle
        self._places = BoundedSemaphore(most)
        self._lock = Lock()
        self._idle: list[tuple[float, Connection]] = []  # the one used last stands at the end
        finalize(
            self, _close_all, close, self._idle
        )  # a sender with new settings is opened anew, and this one forgotten

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold one of the places at the server; raises Busy when none becomes free within PATIENCE."""
        if not self._places.acquire(timeout=PATIENCE):
            raise Busy
        try:
            yield
        finally:
            self._places.release()

    def take(self) -> Connection | None:
        """Take the idle connection that was used last; None when all of them have rested too long."""
        with self._lock:
            self._let_go(before=monotonic() - self._idle_for)
            return self._idle.pop()[1] if self._idle else None

    def put(self, connection: Connection) -> None:
        """Give a healthy connection back."""
        with self._lock:
            self._idle.append((monotonic(), connection))

    def clear(self) -> None:
        """Close whatever is idle."""
        with self._lock:
            self._let_go(before=monotonic() + 1)

    def _let_go(self, before: float) -> None:
        while self._idle and self._idle[0][0] < before:
            self._close(self._idle.pop(0)[1])


def _close_all(close: Callable[[Connection], object], idle: list[tuple[float, Connection]]) -> None:
    for _, connection in idle:
        close(connection)
