"""How fast letters leave over one kept connection, against a new connection for each, and what a signature costs."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from benchmarks import Claim
from rewarm.adapters.channels import Channel, Outbound, open_channel
from rewarm.adapters.channels.dkim import make_key
from rewarm.domain.outbox import Accepted

LETTERS = 400
AIOSMTPLIB = 319  # letters/s on one connection to the same server (integration facts, section 2.2)
DKIMPY = 6.3  # ms of CPU to sign a letter of 2.6 kB with 2048 bits, on this machine
SERVER = """
import time
from tests.adapters.mail_rigs import mail_server
with mail_server() as box:
    print(box.port, flush=True)
    time.sleep(600)
"""
LETTER = Outbound(
    "bench", "care@elm.example", "sarah@mail.example", "Hello Sarah,\n" + "how do you hear on the phone? " * 40,
    subject="Your question", html="<p>" + "how do you hear on the phone? " * 40 + "</p>",
    headers={"List-Unsubscribe": "<https://elm.example/u/abc>"}, sender_name="Elm Street",
)  # fmt: skip


def run() -> Sequence[Claim]:
    signed = {"dkim": {"domain": "elm.example", "selector": "k", "key": make_key()}}
    with _server() as port:
        kept, cpu = _pace(port)
        anew, _ = _pace(port, idle=0)
        _, cpu_signed = _pace(port, **signed)
    return [
        Claim("letters: over one kept connection", kept, "/s", AIOSMTPLIB, f"{cpu:.1f} ms of CPU each"),
        Claim("letters: a new connection for each", anew, "/s", AIOSMTPLIB, "in the clear; TLS and a login cost more"),
        Claim("letters: CPU of a signature", cpu_signed - cpu, "ms", DKIMPY, "2048 bits, relaxed/relaxed"),
    ]


def _pace(port: int, **settings: Any) -> tuple[float, float]:
    """Return letters a second, and milliseconds of our own CPU for each."""
    channel = open_channel("smtp", {"host": "127.0.0.1", "port": port, **settings})
    _send(channel, 20)
    began, busy = time.perf_counter(), time.process_time()
    _send(channel, LETTERS)
    spent = time.perf_counter() - began, time.process_time() - busy
    channel.close()
    return LETTERS / spent[0], spent[1] / LETTERS * 1e3


def _send(channel: Channel, count: int) -> None:
    for _ in range(count):
        outcome = channel.send(LETTER)
        assert isinstance(outcome, Accepted), outcome


@contextmanager
def _server() -> Iterator[int]:
    """Run the mail server of the tests in a process of its own."""
    process = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()
