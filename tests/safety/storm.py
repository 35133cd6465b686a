"""A hundred thousand texts while workers and the database are killed again and again, and people say stop in between.

python -m tests.safety.storm [--touches N] [--kills N] [--stalls SHARE]

Two real workers send through a carrier in a process of its own. Each blow is a SIGKILL: to a worker that is in the middle of
its work, and twice to PostgreSQL's postmaster. Meanwhile STOPs knock at the webhook server. The carrier's journal, which knows
nothing of our rows, is the other side of the books; every second the rows are counted, and none may ever be missing.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, build_opener

import psycopg

from benchmarks.audience import enroll_people
from benchmarks.house import NOW, ROOT, analyze, practice
from tests.adapters.rigs import free_port

NOON = NOW + timedelta(hours=3)  # one in the afternoon in New York, ten in the morning in Portland
BODY = "Hello, it is Priya at Harbor Point Hearing. We have a quiet afternoon on Thursday. Reply STOP to opt out."
WORKERS, POSTGRES_KILLS, STOPS_A_SECOND = 2, 2, 4
PATIENCE = 1_200  # seconds for everything

COUNT = "SELECT state, count(*) FROM rewarm_touch WHERE workspace_id = %s AND cause LIKE 'storm:%%' GROUP BY state"
PLAN = """
INSERT INTO rewarm_touch (id, workspace_id, contact_id, cause, purpose, channel, stage, due, expires_at, explored, state, reason,
  attempt, address, content, body, sources, extra, personal, sms_segments, planned_at, provider_id, status)
SELECT gen_random_uuid(), workspace_id, contact_id, 'storm:' || address, 'marketing', 'sms', '', %(now)s,
  %(now)s::timestamptz + interval '2 days', false, 'planned', '', 0, address, '', %(body)s, '[]', '{}', false, 1, %(now)s, '', ''
FROM rewarm_address WHERE workspace_id = %(ws)s AND channel = 'phone' ORDER BY id LIMIT %(n)s
"""


@dataclass
class Storm:
    """What was done, and what came of it."""

    touches: int
    kills: Counter[str] = field(default_factory=Counter)
    in_the_air: int = 0  # calls that a killed worker had begun and never recorded
    samples: int = 0
    findings: list[str] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    stops: dict[str, float] = field(default_factory=dict)  # phone: when its STOP was answered with 200
    accepted: int = 0
    seconds: float = 0.0

    def lines(self) -> Iterator[str]:
        """Say it in words."""
        yield f"{self.touches:,} touches, {self.accepted:,} texts taken by the carrier, in {self.seconds:,.0f} s"
        yield f"killed: {dict(self.kills)}; {self.in_the_air} calls were in the air at the blows"
        yield f"in the end: {dict(self.states)}; {len(self.stops)} people said stop meanwhile"
        yield (
            f"the law of conservation held at {self.samples} samples, more than one a second"
            if not any("missing" in one for one in self.findings)
            else "the law of conservation was broken"
        )
        yield from self.findings or ["0 duplicates, 0 lost, 0 after a stop"]


def storm(touches: int, kills: int, stalls: float, seed: int = 1) -> Storm:
    """Send `touches` texts through `kills` blows and return what the two sides of the books say."""
    told = Storm(touches)
    luck = random.Random(seed)
    hooks = f"127.0.0.1:{free_port()}"
    with _carrier(stalls) as url, practice("storm", url, f"http://{hooks}") as here:
        from django.db import connection

        from rewarm.adapters import postgres
        from rewarm.models import Sender, Workspace

        enroll_people(here, touches, due=0)
        _plan(here.id, touches)
        analyze()
        sender = Sender.objects.get(workspace=here)
        settings = json.loads(sender.settings) | {"timeout": 0.4}
        Sender.objects.filter(id=sender.id).update(settings=json.dumps(settings))
        Workspace.objects.filter(id=here.id).update(clock_at=NOON)
        door = f"http://{hooks}/hooks/carrier/{here.id}/{sender.secret}/mo"
        books = _Books(here.id, postgres.cluster().login())
        began = time.monotonic()
        with _process("hooks", REWARM_HOOKS_LISTEN=hooks), _Crew(WORKERS) as crew, _stops(door, books, told, luck):
            _strike(told, crew, books, _blows(kills, luck), touches)
            _until_done(told, crew, books)
        told.seconds = time.monotonic() - began
        _compare(told, books, _journal(url))
        connection.close()  # the server that it was opened to has been killed
    return told


# -- the blows ---------------------------------------------------------------------------------------------------------


def _blows(kills: int, luck: random.Random) -> list[str]:
    blows = ["worker"] * kills + ["postgres"] * POSTGRES_KILLS
    luck.shuffle(blows)
    return blows


def _strike(told: Storm, crew: _Crew, books: _Books, blows: list[str], touches: int) -> None:
    """Let each blow fall when so much more of the work is done, as often as possible while a call is in the air."""
    for number, blow in enumerate(blows, start=1):
        mark = touches * number // (len(blows) + 2)
        while (count := books.count()) is None or touches - count["planned"] < mark:
            _sample(told, count)
            crew.revive()
            time.sleep(0.2)
        if blow == "postgres":
            books.kill_postgres()
        else:
            crew.kill()
        told.kills[blow] += 1
        print(f"  {number}/{len(blows)} {blow} killed, {dict(count)}", file=sys.stderr, flush=True)


def _until_done(told: Storm, crew: _Crew, books: _Books) -> None:
    """Wait until nothing is on its way any more; leases of the dead run out by themselves."""
    deadline = time.monotonic() + PATIENCE
    while (count := books.count()) is None or count["planned"] + count["leased"] + count["dispatching"] > 0:
        _sample(told, count)
        crew.revive()
        if time.monotonic() > deadline:
            told.findings.append(f"not done after {PATIENCE} s: {dict(count or {})}")
            return
        time.sleep(1)
    told.states = count


def _sample(told: Storm, count: Counter[str] | None) -> None:
    """Hold the law of conservation to a count: every planned touch is in exactly one state, and none is missing."""
    if count is None:
        return
    told.samples += 1
    if count.total() != told.touches:
        told.findings.append(f"{told.touches - count.total()} touches missing: {dict(count)}")


class _Crew:
    """The workers, each started again after its death."""

    def __init__(self, count: int) -> None:
        self._running = [_start("worker") for _ in range(count)]

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._running:
            one.terminate()
        for one in self._running:
            one.wait()

    def kill(self) -> None:
        """Kill the one that has lived longest, in the middle of whatever it does."""
        victim = self._running.pop(0)
        victim.kill()
        victim.wait()
        self._running.append(_start("worker"))

    def revive(self) -> None:
        """Start those again that ended by themselves, as a service manager would."""
        self._running = [one if one.poll() is None else _start("worker") for one in self._running]


# -- the two sides of the books ----------------------------------------------------------------------------------------


class _Books:
    """Our rows, seen by the superuser."""

    def __init__(self, workspace: Any, login: str) -> None:
        self._workspace, self._login = workspace, login

    def rows(self, query: str, *given: object) -> list[Any]:
        """Ask; raises psycopg.OperationalError while there is no server."""
        with psycopg.connect(self._login, autocommit=True) as connection:
            return connection.execute(query.encode(), given).fetchall()

    def count(self) -> Counter[str] | None:
        """Count the touches by state; None while there is no server to ask."""
        try:
            return Counter(dict(self.rows(COUNT, self._workspace)))
        except psycopg.OperationalError:
            return None

    def in_the_air(self) -> int:
        found: int = self.rows(
            "SELECT count(*) FROM rewarm_touch WHERE state = 'unknown' AND reason LIKE 'worker lost%%'"
        )[0][0]
        return found

    def planned_phones(self, limit: int) -> list[str]:
        found = self.rows("SELECT address FROM rewarm_touch WHERE cause LIKE 'storm:%%' AND state = 'planned' "
                          "ORDER BY id DESC LIMIT %s", limit)  # fmt: skip
        return [row[0] for row in found]

    def touches(self) -> dict[str, tuple[str, str, str]]:
        found = self.rows("SELECT id::text, state, reason, address FROM rewarm_touch WHERE cause LIKE 'storm:%%'")
        return {row[0]: (row[1], row[2], row[3]) for row in found}

    def kill_postgres(self) -> None:
        from rewarm.adapters import postgres

        os.kill(int(postgres.cluster().pid_file.read_text().split()[0]), signal.SIGKILL)


def _compare(told: Storm, books: _Books, journal: Mapping[str, Any]) -> None:
    """Lay the carrier's journal beside our rows."""
    ours = books.touches()
    adverts = {key: (times, phone) for key, (times, phone, is_advert) in journal.items() if is_advert}
    told.accepted, told.in_the_air = len(adverts), books.in_the_air()
    twice = [key for key, (times, _) in adverts.items() if len(times) > 1]
    phones = Counter(phone for _, phone in adverts.values())
    twice += [phone for phone, times in phones.items() if times > 1]
    strange = [key for key in adverts if ours.get(key, ("gone", "", ""))[0] not in ("sent", "unknown", "closed")]
    phantom = [key for key, (state, _, _) in ours.items() if state == "sent" and key not in adverts]
    odd = [
        key
        for key, (state, why, _) in ours.items()
        if state == "suppressed" and why != "opted_out" or state == "failed"
    ]
    late = [key for key, (times, phone) in adverts.items() if max(times) > told.stops.get(phone, max(times))]
    silent = [phone for state, why, phone in ours.values() if why == "opted_out" and phone not in told.stops]
    for name, found in (
        ("sent twice", twice), ("taken by the carrier and lost by us", strange), ("called sent and never taken", phantom),
        ("refused for no reason", odd), ("taken after their stop", late), ("stopped without a word", silent),
    ):  # fmt: skip
        if found:
            told.findings.append(f"{len(found)} {name}: {found[:3]}")


@contextmanager
def _stops(door: str, books: _Books, told: Storm, luck: random.Random) -> Iterator[None]:
    """Let people whose text is still planned say stop, one after the other, until the block ends."""
    over = threading.Event()

    def knock() -> None:
        phones: list[str] = []
        opener = build_opener(ProxyHandler({}))
        while not over.wait(1 / STOPS_A_SECOND):
            with contextlib.suppress(psycopg.OperationalError):
                phones = phones or luck.sample(found := books.planned_phones(400), min(40, len(found)))
            if not phones:
                continue
            phone = phones.pop()
            said = {"from": phone, "to": "+12125550199", "text": "STOP", "id": f"stop{phone}"}
            while not over.is_set():  # a carrier comes again until it is told 200
                with (
                    contextlib.suppress(URLError, OSError),
                    opener.open(f"{door}?{urlencode(said)}", timeout=10) as answer,
                ):
                    if answer.status == 200:
                        told.stops[phone] = time.monotonic()
                        break
                time.sleep(0.1)

    thread = threading.Thread(target=knock, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


# -- processes ---------------------------------------------------------------------------------------------------------


def _start(command: str, **env: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "rewarm", command], cwd=ROOT, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "REWARM_POSTGRES": "client", **env},
    )  # fmt: skip


@contextmanager
def _process(command: str, **env: str) -> Iterator[None]:
    running = _start(command, **env)
    try:
        yield
    finally:
        running.terminate()
        running.wait()


@contextmanager
def _carrier(stalls: float) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.safety.loopback", "0.005", str(stalls)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        try:
            yield running.stdout.readline().strip()
        finally:
            running.terminate()


def _journal(url: str) -> Mapping[str, Any]:
    with build_opener(ProxyHandler({})).open(f"{url}/journal", timeout=60) as answer:
        found: Mapping[str, Any] = json.load(answer)
    return found


def _plan(workspace: Any, count: int) -> None:
    """Write the touches by one statement, as the owner of the tables may."""
    from rewarm.adapters import postgres
    from rewarm.models.sealed import seal

    with psycopg.connect(postgres.cluster().login()) as connection:
        connection.execute(PLAN.encode(), {"ws": workspace, "n": count, "now": NOON, "body": seal(BODY)})


def main() -> int:
    """Run one storm and print what it found; 1 when it found anything."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--touches", type=int, default=100_000)
    asked.add_argument("--kills", type=int, default=30)
    asked.add_argument("--stalls", type=float, default=0.0)
    given = asked.parse_args()
    told = storm(given.touches, given.kills, given.stalls)
    print(*told.lines(), sep="\n")
    return int(bool(told.findings))


if __name__ == "__main__":
    sys.exit(main())
