"""Keeps what the town will do and when; the same thing is never done twice."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any


@dataclass(order=True, slots=True)
class Event:
    """Something that the town will do at `due`; its id never happens twice."""

    due: datetime
    seq: int
    id: str = field(compare=False)
    kind: str = field(compare=False)  # receipt, text, outcome, visit, day, unsubscribe
    person: str = field(compare=False, default="")
    body: dict[str, Any] = field(compare=False, default_factory=dict)
    tries: int = field(compare=False, default=0)


class Agenda:
    """A queue on a grid of minutes. An event is `waiting` until it was done, also while somebody is doing it."""

    def __init__(self, grid_minutes: int) -> None:
        self.grid_minutes = grid_minutes
        self.waiting: dict[str, Event] = {}
        self.done: set[str] = set()
        self._queue: list[Event] = []
        self._seq = 0

    def plan(self, due: datetime, id: str, kind: str, person: str = "", **body: Any) -> None:
        """Put an event on the grid, once."""
        if id not in self.done and id not in self.waiting:
            self._push(Event(self.on_grid(due), 0, id, kind, person, body))

    def on_grid(self, when: datetime, minutes: int = 0) -> datetime:
        """Round up to the grid (or to a coarser one of so many minutes), in UTC."""
        step = (minutes or self.grid_minutes) * 60
        return datetime.fromtimestamp(math.ceil(when.timestamp() / step) * step, UTC)

    def next_due(self) -> datetime | None:
        """Return when the next event is due."""
        while self._queue and self.waiting.get(self._queue[0].id) is not self._queue[0]:
            heapq.heappop(self._queue)  # done, or put off, in an earlier life of the town
        return self._queue[0].due if self._queue else None

    def take(self, now: datetime) -> list[Event]:
        """Return the events of the earliest instant that is due by `now`; they wait until `finish` or `put_off`."""
        instant, taken = self.next_due(), []
        if instant is None or instant > now:
            return []
        while self.next_due() == instant:
            taken.append(heapq.heappop(self._queue))
        return taken

    def finish(self, id: str) -> Event | None:
        """Take an event off the agenda for good; None when it was done before."""
        event = self.waiting.pop(id, None)
        if event is not None:
            self.done.add(id)
        return event

    def put_off(self, id: str, at: datetime) -> None:
        """Try again later with the same id: after five minutes, then twice as long each time, up to six hours."""
        event = self.waiting.pop(id, None)
        if event is not None:
            later = at + timedelta(minutes=min(360, 5 * 2**event.tries))
            self._push(replace(event, due=self.on_grid(later), tries=event.tries + 1))

    def _push(self, event: Event) -> None:
        self._seq += 1
        event.seq = self._seq
        self.waiting[event.id] = event
        heapq.heappush(self._queue, event)
