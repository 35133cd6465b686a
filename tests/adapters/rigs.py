"""Starts the real things that carriers are tested against: Kannel with a phone, mail servers, broken servers."""

import os
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

FAKE_SMSC = Path("/usr/lib/kannel/test/fakesmsc")
KANNEL_CONF = """
group = core
admin-port = {admin}
admin-password = change-me
admin-interface = 127.0.0.1
smsbox-port = {boxes}
smsbox-interface = 127.0.0.1
box-allow-ip = "127.0.0.1"
log-file = "{home}/bearerbox.log"
log-level = 1
dlr-storage = internal

{carrier}

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {http}
sendsms-interface = 127.0.0.1
log-file = "{home}/smsbox.log"
log-level = 1

group = sendsms-user
username = rewarm
password = secret
max-messages = 10
concatenation = true

group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "http://127.0.0.1:{callbacks}/mo?from=%p&to=%P&text=%b&id=%I&smsc=%i"
"""
FAKE_CARRIER = """
group = smsc
smsc = fake
smsc-id = fake
port = {smsc}
host = 127.0.0.1
connect-allow-ip = 127.0.0.1
"""


def free_port() -> int:
    """Find a port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(found: Callable[[], object], seconds: float = 10, what: str = "it") -> None:
    """Wait until something is true; the world outside takes its time."""
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.02)


def listens(port: int) -> bool:
    """Tell whether somebody takes connections on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Callbacks:
    """A web server that writes down who called it with what."""

    port: int
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def of(self, kind: str) -> list[dict[str, str]]:
        return [said for path, said in self.calls if path == kind]


@contextmanager
def callbacks() -> Iterator[Callbacks]:
    """Listen for what a gateway reports."""

    class Ear(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            there = urlsplit(self.path)
            heard.calls.append((there.path.strip("/"), dict(parse_qsl(there.query, keep_blank_values=True))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    heard = Callbacks(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Gateway:
    """A running Kannel, and the phone at its far end."""

    url: str
    home: Path
    smsc: int
    heard: Callbacks

    @property
    def received(self) -> list[str]:
        """What reached the phone, one message a line."""
        lines = (self.home / "phone.log").read_text(errors="replace").splitlines()
        return [line.split("<", 1)[1].rstrip(">") for line in lines if "Got message" in line]

    @contextmanager
    def phone(self, says: str = "15552223333 15550001111 text hello") -> Iterator[None]:
        """Switch a phone on that sends one message and takes all that come."""
        with open(self.home / "phone.log", "a") as log:
            command = [str(FAKE_SMSC), "-H", "127.0.0.1", "-r", str(self.smsc), "-i", "0.2", "-m", "1", says]
            phone = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield
        finally:
            stop(phone)


@contextmanager
def kannel(home: Path, carrier: str = FAKE_CARRIER) -> Iterator[Gateway]:
    """Start bearerbox and smsbox on free ports, over a carrier; skip where Kannel is not installed, except in CI."""
    boxes = [shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") for name in ("bearerbox", "smsbox")]
    if not all(boxes) or not FAKE_SMSC.exists():
        reason = "Kannel is not installed: apt-get install kannel kannel-extras"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with callbacks() as heard:
        ports = {name: free_port() for name in ("admin", "boxes", "smsc", "http")}
        conf = home / "kannel.conf"
        beneath = carrier.format(**ports)
        conf.write_text(KANNEL_CONF.format(home=home, callbacks=heard.port, carrier=beneath, **ports))
        (home / "phone.log").touch()
        running: list[subprocess.Popen[bytes]] = []
        with open(home / "boxes.log", "w") as log:
            for box, port in zip(boxes, (ports["boxes"], ports["http"]), strict=True):
                running.append(subprocess.Popen([str(box), str(conf)], stdout=log, stderr=log))
                until(lambda port=port: listens(port), what=f"{box} on {port}")  # type: ignore[misc]
        try:
            yield Gateway(f"http://127.0.0.1:{ports['http']}", home, ports["smsc"], heard)
        finally:
            for box_process in reversed(running):
                stop(box_process)


@contextmanager
def town(home: Path) -> Iterator[tuple[int, int]]:
    """Start the rehearsal town; gives the ports of its carrier and of its post office."""
    http, smtp = free_port(), free_port()
    command = [sys.executable, "-m", "town", "--port", str(http), "--smtp-port", str(smtp), "--seed", "1"]
    root = Path(__file__).resolve().parents[2]
    with open(home / "town.log", "w") as log:
        command += ["--state", str(home / "town.jsonl")]
        process = subprocess.Popen(command, cwd=root, stdout=log, stderr=log)
    try:
        until(lambda: listens(http) and listens(smtp), what=(home / "town.log").read_text() or "the town")
        yield http, smtp
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process that we started."""
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


Behaviour = Callable[[socket.socket], None]


@contextmanager
def broken_server(behave: Behaviour) -> Iterator[int]:
    """Listen on a raw socket and treat every caller badly; gives the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    ending = threading.Event()

    def serve() -> None:
        while not ending.is_set():
            with suppress(OSError):
                caller, _ = listener.accept()
                with caller, suppress(OSError):
                    caller.settimeout(5)
                    behave(caller)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:  # a test that fails must not leave a thread for which the whole run waits
        ending.set()
        with suppress(OSError):
            socket.create_connection(listener.getsockname(), 1).close()
        thread.join(10)
        listener.close()


def reset(caller: socket.socket) -> None:
    """Drop the line as a crashed machine does."""
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    caller.close()


def hear_request(caller: socket.socket) -> bytes:
    """Read the head of one HTTP request."""
    heard = b""
    while b"\r\n\r\n" not in heard and (more := caller.recv(4096)):
        heard += more
    return heard


def answers(status: str, body: str, *headers: str) -> Behaviour:
    """Answer one HTTP request properly, with this."""

    def behave(caller: socket.socket) -> None:
        hear_request(caller)
        head = "\r\n".join((f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers))
        caller.sendall(f"{head}\r\n\r\n{body}".encode())

    return behave


def hears_and_hangs(caller: socket.socket) -> None:
    """Take the request and never answer."""
    hear_request(caller)
    time.sleep(0.6)


def hears_and_drops(caller: socket.socket) -> None:
    """Take the request and crash."""
    hear_request(caller)
    reset(caller)


def speaks_smtp(*answers_in_turn: str, then: Behaviour | None = None) -> Behaviour:
    """Greet, answer each line in turn, and end as told: the letter counts as one line."""

    def behave(caller: socket.socket) -> None:
        with caller.makefile("rb") as lines:
            caller.sendall(b"220 broken.example\r\n")
            for answer in answers_in_turn:
                line = lines.readline()
                if answer == "(letter)":
                    while line not in (b".\r\n", b""):
                        line = lines.readline()
                    continue
                caller.sendall(answer.encode() + b"\r\n")
            if then:
                then(caller)

    return behave
