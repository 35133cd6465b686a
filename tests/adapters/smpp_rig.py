"""Starts an SMPP carrier that we did not write (npm smpp), and tells it how to behave."""

import json
import socket
import struct
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.adapters import npm_rigs, rigs


@dataclass
class Smsc:
    """A running carrier. Its events: bind, submit, answered (a delivery), enquire_link, unbind, gone."""

    port: int
    control: int
    log: Path
    begun: int = 0  # lines of its log that are of another test

    def anew(self, **mood: Any) -> "Smsc":
        """Forget what has happened, and behave as usual but for this; whoever is bound stays so."""
        self.begun = len(self.log.read_text(errors="replace").splitlines())
        self.order("mood", **mood)
        return self

    def events(self, kind: str) -> list[dict[str, Any]]:
        lines = self.log.read_text(errors="replace").splitlines()[self.begun :]
        return [event for line in lines if line.startswith("{") and (event := json.loads(line))["event"] == kind]

    def order(self, verb: str, **given: Any) -> int:
        """Make it do something: tests/rigs/smpp_server.js names the verbs. Gives how many are bound."""
        body = json.dumps(given).encode()
        with urllib.request.urlopen(f"http://127.0.0.1:{self.control}/{verb}", body, timeout=5) as answer:
            return int(json.load(answer)["sessions"])

    def until(self, kind: str, count: int = 1, seconds: float = 10) -> list[dict[str, Any]]:
        """Wait for so many events of a kind, and give them."""
        rigs.until(lambda: len(self.events(kind)) >= count, seconds, f"{count} × {kind}: {self.log.read_text()[-800:]}")
        return self.events(kind)


@contextmanager
def smsc(home: Path, port: int = 0, certificate: tuple[Path, Path] | None = None) -> Iterator[Smsc]:
    """Run a carrier while the block lasts; a given port is one where it was before. `certificate` is followed by its key."""
    port, control = port or rigs.free_port(), rigs.free_port()
    secured = [str(path) for path in reversed(certificate or ())]
    with npm_rigs.program(home, port, "smpp_server.js", str(port), str(control), *secured) as log:
        yield Smsc(port, control, log)


def delivery(
    source: str,
    target: str,
    content: bytes,
    *,
    esm_class: int = 0,
    coding: int = 0,
    options: bytes = b"",
    number: int = 1,
) -> bytes:
    """Spell a deliver_sm by hand, as odd as real carriers make them (SMPP 3.4, 4.6.1)."""
    body = b"\0\1\1" + source.encode() + b"\0\1\1" + target.encode() + b"\0" + bytes([esm_class, 0, 0])
    body += b"\0\0" + bytes([0, 0, coding, 0, len(content)]) + content + options
    return struct.pack("!IIII", 16 + len(body), 5, 0, number) + body


def option(tag: int, value: bytes) -> bytes:
    """Spell one optional parameter."""
    return struct.pack("!HH", tag, len(value)) + value


def accept_bind(caller: socket.socket) -> None:
    """Take a bind as a carrier does, for servers that misbehave afterwards in ways no library allows."""
    caller.sendall(struct.pack("!IIII", 17, 0x80000009, 0, struct.unpack("!IIII", hear(caller)[:16])[3]) + b"\0")


def hear(caller: socket.socket) -> bytes:
    """Read one PDU."""
    head = caller.recv(16, socket.MSG_WAITALL)
    if len(head) < 16:
        raise ConnectionError("nothing was said")
    return head + caller.recv(struct.unpack("!I", head[:4])[0] - 16, socket.MSG_WAITALL)
