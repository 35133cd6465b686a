"""A carrier on a free port that answers as it is told, in Kannel's words or in Twilio's, and keeps a journal."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit
from uuid import UUID, uuid4

Said = tuple[int, Mapping[str, Any] | str]
KANNEL: Mapping[str, Said] = {"accepts": (202, "0: Accepted for delivery"), "is busy": (503, "busy")}
TWILIO: Mapping[str, Said] = {
    "accepts": (201, {}),
    "is busy": (429, {"code": 20429, "message": "busy"}),
    "was told to stop": (400, {"code": 21610, "message": "Attempt to send to unsubscribed recipient"}),
}


@dataclass
class Carrier:
    """What it was asked for, by the touch's own key; `told` says how it answers the next call about a touch."""

    url: str = ""
    told: dict[str, str] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    taken: list[str] = field(default_factory=list)

    def settings(self, kind: str) -> dict[str, Any]:
        """Give a sender's settings for this carrier."""
        if kind == "twilio":
            login = {"account_sid": "AC" + "0" * 32, "auth_token": "t", "base_url": self.url}
        else:
            login = {"url": f"{self.url}/cgi-bin/sendsms", "username": "u", "password": "p"}
        return {**login, "callbacks": "http://testserver", "timeout": 5.0}

    def asked(self, touch: UUID | None) -> int:
        return self.calls[str(touch)]

    def taken_of(self, keys: Mapping[str, int]) -> list[str]:
        """List what was taken of these touches, in order."""
        return [key for key in self.taken if key in keys]


@contextmanager
def carrier() -> Iterator[Carrier]:
    """Run the carrier while the block lasts."""
    here = Carrier()

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            said = dict(parse_qsl(urlsplit(self.path).query))
            if "dlr-url" in said:
                self._answer(said["dlr-url"], KANNEL)
            else:
                self._say(200, {"messages": []})  # Twilio's list of messages: nobody is helped out of a doubt

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self._answer(form["StatusCallback"][0], TWILIO)

        def _answer(self, callback: str, words: Mapping[str, Said]) -> None:
            key = dict(parse_qsl(urlsplit(callback).query))["id"]
            answer = here.told[key]
            if answer.startswith("accepts"):
                here.taken.append(key)
            here.calls[key] += 1
            if answer not in words:
                self.close_connection = True
                if answer == "hangs up":
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            self._say(*words[answer])

        def _say(self, status: int, said: Mapping[str, Any] | str) -> None:
            if not isinstance(said, str):
                said = json.dumps({"sid": f"SM{uuid4().hex}", "status": "queued", **said})
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said.encode())

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    here.url = f"http://127.0.0.1:{server.server_port}"
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    serving.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
