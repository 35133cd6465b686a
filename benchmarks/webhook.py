"""How soon a reply is safe and a STOP obeyed: the real webhook server and the real worker, fifty texts a second."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from statistics import quantiles

import httpx2

from benchmarks import Claim
from benchmarks.house import ROOT, analyze, carrier, people, phone, practice

A_SECOND = 50
TEXTS = 300  # of each kind
PROTOTYPE = 11.9  # ms to the committed decision at 50/s, p99 21 ms: no model, no send (engine facts, section 6)


def run() -> Sequence[Claim]:
    hooks = f"127.0.0.1:{_free_port()}"
    with (
        carrier(0) as url,
        practice("webhook", url, f"http://{hooks}") as here,
        _running("hooks", REWARM_HOOKS_LISTEN=hooks),
        _running("worker"),
    ):
        from rewarm.models import Sender

        people(here, 2 * TEXTS + 20, told_us="")
        analyze()
        secret = Sender.objects.values_list("secret", flat=True).get(workspace=here)
        door = f"http://{hooks}/hooks/carrier/{here.id}/{secret}/mo"
        _knock(door, range(2 * TEXTS, 2 * TEXTS + 20), "STOP", patience=60)
        kept = _knock(door, range(TEXTS), "Hello, who is this please?")
        stops = _knock(door, range(TEXTS, 2 * TEXTS), "STOP")
        confirmed = _confirmed(url, stops)
    return [
        _claim("webhook: a text kept, answered 200", [done - began for began, done in kept.values()]),
        _claim("webhook: a STOP in the ledger, answered 200", [done - began for began, done in stops.values()]),
        _claim(
            "webhook: STOP to its confirmation leaving", [confirmed[to] - began for to, (began, _) in stops.items()]
        ),
    ]  # fmt: skip


def _claim(name: str, seconds: Sequence[float]) -> Claim:
    cuts = quantiles(seconds, n=100)
    note = f"p50 of {len(seconds)} at {A_SECOND}/s; p99 {cuts[98] * 1e3:,.0f} ms (prototype 21)"
    return Claim(name, cuts[49] * 1e3, "ms", PROTOTYPE, note)


def _knock(door: str, numbers: range, text: str, patience: float = 5) -> Mapping[str, tuple[float, float]]:
    """Deliver one text of each person at the pace; returns when each was due to start and when it was answered."""
    began = time.monotonic() + 0.1
    with httpx2.Client(timeout=patience, trust_env=False) as client, ThreadPoolExecutor(16) as crew:

        def deliver(place: int) -> tuple[float, float]:
            due = began + place / A_SECOND
            time.sleep(max(0.0, due - time.monotonic()))
            said = {"from": phone(numbers[place]), "to": "+12125550199", "text": text, "id": f"{text}{numbers[place]}"}
            client.get(door, params=said).raise_for_status()
            return due, time.monotonic()

        times = crew.map(deliver, range(len(numbers)))
        return dict(zip(map(phone, numbers), times, strict=True))


def _confirmed(url: str, stops: Mapping[str, object]) -> Mapping[str, float]:
    """Wait until the carrier has a confirmation for everybody; returns when each arrived there."""
    deadline = time.monotonic() + 30
    while True:
        arrivals: dict[str, float] = httpx2.get(f"{url}/arrivals", trust_env=False).json()
        if stops.keys() <= arrivals.keys():
            return arrivals
        assert time.monotonic() < deadline, f"{len(stops.keys() - arrivals.keys())} confirmations never left"
        time.sleep(0.2)


@contextmanager
def _running(command: str, **env: str) -> Iterator[None]:
    """Run `rewarm COMMAND` as a process of its own on the measurement's database."""
    process = subprocess.Popen(
        [sys.executable, "-m", "rewarm", command], cwd=ROOT, stdin=subprocess.DEVNULL,
        env={**os.environ, "REWARM_POSTGRES": "client", **env},
    )  # fmt: skip
    try:
        if listen := env.get("REWARM_HOOKS_LISTEN"):
            _wait_for(listen)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_for(listen: str) -> None:
    host, _, port = listen.rpartition(":")
    deadline = time.monotonic() + 60
    while True:
        with socket.socket() as probe:
            if probe.connect_ex((host, int(port))) == 0:
                return
        assert time.monotonic() < deadline, "the webhook server did not start"
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
