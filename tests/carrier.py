"""A carrier of our own for tests: Kannel-shaped HTTP on a free port that remembers what it accepted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Carrier:
    """What arrived, in order; `mood` chooses the answer: accept, refuse, busy, or drop (accept, then hang up)."""

    url: str = ""
    texts: list[dict[str, str]] = field(default_factory=list)
    mood: str = "accept"

    def to(self, phone: str) -> list[str]:
        """The bodies that this phone received."""
        return [one["text"] for one in self.texts if one["to"] == phone]


@contextmanager
def carrier() -> Iterator[Carrier]:
    """Run the carrier while the block lasts."""
    here = Carrier()

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            said = dict(parse_qsl(urlsplit(self.path).query))
            if here.mood in ("accept", "drop"):
                here.texts.append(said)
            if here.mood == "drop":
                self.close_connection = True
                return
            status = {"accept": 202, "refuse": 400, "busy": 503}[here.mood]
            body = b"0: Accepted for delivery" if status == 202 else b"refused"
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    here.url = f"http://127.0.0.1:{server.server_port}/cgi-bin/sendsms"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
