"""One SMPP bind carries more than any contract allows, and costs little; the carrier is npm's smpp, a process of its own."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from benchmarks import Claim
from rewarm.adapters.channels import Outbound, open_channel
from rewarm.domain.outbox import Accepted
from tests.adapters import smpp_rig

TEXTS = 3000
LIBRARY = 1037  # submits/s that aiosmpplib's own session was measured at
TEXT = Outbound("touch", "+15550001111", "+15552223333", "Hi Sarah, it is Elm Street Hearing. Shall we meet?")


def run() -> Iterator[Claim]:
    """Submit texts from many threads, to a carrier that answers at once and to one that takes 20 ms."""
    with tempfile.TemporaryDirectory() as home, smpp_rig.smsc(Path(home)) as carrier:
        for window, answer_after in ((10, 0), (50, 0), (100, 20)):
            a_second, cpu = _submit(carrier, window, answer_after)
            name = f"smpp: window {window}, answers after {answer_after} ms"
            yield Claim(name, a_second, "texts/s", LIBRARY, f"{cpu * 1e6:.0f} µs CPU a text")


def _submit(carrier: smpp_rig.Smsc, window: int, answer_after: int) -> tuple[float, float]:
    carrier.anew(receipts=[], answer_after=answer_after)
    login = {"host": "127.0.0.1", "port": carrier.port, "system_id": "rewarm", "password": "secret", "window": window}
    channel = open_channel("smpp", login)
    channel.send(TEXT)  # binds
    with ThreadPoolExecutor(2 * window) as pool:
        wall, cpu = time.perf_counter(), time.process_time()
        outcomes = list(pool.map(lambda n: channel.send(replace(TEXT, id=f"touch-{n}")), range(TEXTS)))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    channel.close()
    assert all(isinstance(one, Accepted) for one in outcomes), "every text is accepted"
    return TEXTS / wall, cpu / TEXTS
