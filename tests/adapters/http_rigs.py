"""Stands in for a carrier over HTTP where no contract can: it writes down what it is asked and answers as told."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came over the wire."""

    method: str
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def form(self) -> list[tuple[str, str]]:
        """The fields of the form in the body, sorted."""
        return sorted(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def query(self) -> dict[str, str]:
        """The fields of the question in the address."""
        return dict(parse_qsl(urlsplit(self.path).query))


Reply = tuple[int, str]


@dataclass
class StandIn:
    """A running server; `reply` may be changed at any time."""

    url: str
    reply: Callable[[Request], Reply]
    asked: list[Request] = field(default_factory=list)


@contextmanager
def stand_in(reply: Callable[[Request], Reply] = lambda _: (200, "{}")) -> Iterator[StandIn]:
    """Listen on a free loopback port."""

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): text for name, text in self.headers.items()}
            server.asked.append(Request(self.command, self.path, headers, body))
            status, text = server.reply(server.asked[-1])
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = answer  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    listening.daemon_threads = True  # a client that keeps its connection must not keep us
    server = StandIn(f"http://127.0.0.1:{listening.server_address[1]}", reply)
    thread = threading.Thread(target=listening.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()
