"""Moves the town's time: does what is due, in order, and calls the practice's doors."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

import httpx2

from town.agenda import Event
from town.world import World

AT_ONCE = 4
PATIENCE = 20.0  # seconds of real time for one call


class Play:
    """Fires events. One clock call runs at a time; the carrier and the post go on meanwhile."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.http = httpx2.Client(timeout=PATIENCE, trust_env=False)
        self.crew = ThreadPoolExecutor(AT_ONCE)

    def close(self) -> None:
        """Let the crew go home."""
        self.crew.shutdown()
        self.http.close()

    def advance(self, now: datetime) -> int:
        """Do everything that is due by `now`, instant by instant; return how many things were done."""
        fired = 0
        while batch := self.world.take(now):
            self._set_clock(batch[0].due)
            # What one person does stays in order; different people may act at the same moment.
            by_person = sorted(batch, key=lambda event: (event.person, event.seq))
            groups = [list(group) for _, group in groupby(by_person, key=lambda event: event.person)]
            fired += sum(self.crew.map(self._fire_all, groups))
        self._set_clock(now)
        return fired

    def _set_clock(self, now: datetime) -> None:
        if self.world.now is None or now > self.world.now:
            self.world.write({"in": "clock", "now": now.isoformat()})

    def _fire_all(self, events: list[Event]) -> int:
        for event in events:
            self._fire(event)
        return len(events)

    def _fire(self, event: Event) -> None:
        done: dict[str, Any] = {"in": "fired", "id": event.id, "at": event.due.isoformat()}
        if not self.world.wanted(event):
            self.world.write(done | {"skipped": True})
            return
        try:
            answer = self._call(event)
            # A door that is gone for good (404, 410) will not open by knocking; the report shows it.
            ok = answer.is_success or event.kind in ("receipt", "unsubscribe") and answer.status_code < 500
        except httpx2.HTTPError:
            ok, answer = False, None
        if not ok or answer is None:
            status = answer.status_code if answer is not None else 0
            self.world.write({"in": "failed", "id": event.id, "at": event.due.isoformat(), "status": status})
            return
        self.world.write(done)
        if event.kind == "day":
            self.world.write({"in": "day", "on": event.body["on"], "appointments": answer.json()})

    def _call(self, event: Event) -> httpx2.Response:
        body, practice = event.body, self.world.practice
        match event.kind:
            case "receipt":
                return self.http.get(body["url"])
            case "text":
                p = self.world.people.by_id[event.person]
                words = {
                    "from": p.phone,
                    "to": practice.phone,
                    "text": body["text"],
                    "id": body["inbound"],
                    "smsc": "town",
                }
                return self.http.get(f"{practice.mo_url}?{urlencode(words)}")
            case "outcome" | "visit":
                return self.http.post(practice.outcomes_url, json=body["outcome"])
            case "day":
                return self.http.get(practice.appointments_url, params={"on": body["on"]})
            case "unsubscribe":
                return self.http.post(body["url"], data={"List-Unsubscribe": "One-Click"})
            case other:
                raise AssertionError(other)
