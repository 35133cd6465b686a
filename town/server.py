"""Opens the town's doors: the carrier (Kannel's shape) and the conductor's controls, over plain HTTP."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from town.play import Play
from town.world import World


@dataclass(slots=True)
class Doors:
    """What the requests share."""

    world: World
    play: Play
    report: Callable[[], dict[str, Any]]
    username: str
    password: str
    stall: float
    turn: threading.Lock


class Door(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet, else the receiver's delayed ACK costs 40 ms
    doors: Doors

    def do_GET(self) -> None:  # noqa: N802
        """Send a text, or read the town's books."""
        path = urlsplit(self.path).path
        world = self.doors.world
        match path:
            case "/cgi-bin/sendsms":
                self._send_text()
            case "/next":
                due = world.next_due()
                self._json({"next": due.isoformat() if due else None, "now": world.clock().isoformat()})
            case "/report":
                self._json(self.doors.report())
            case "/received":
                with world.lock:
                    self._json([entry for entry in world.log if entry["in"] != "said"])
            case "/truth/replies":
                with world.lock:
                    self._json(dict(world.truths))
            case _:
                self._text(404, "nothing here")

    def do_POST(self) -> None:  # noqa: N802
        """Configure the town or move its clock."""
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            said = json.loads(raw or b"{}")
            match urlsplit(self.path).path:
                case "/config":
                    self.doors.world.write({"in": "config"} | said)
                    self._json({"ok": True, "people": len(self.doors.world.people.by_id)})
                case "/clock":
                    with self.doors.turn:
                        fired = self.doors.play.advance(datetime.fromisoformat(said["now"]))
                    due = self.doors.world.next_due()
                    self._json({"next": due.isoformat() if due else None, "fired": fired})
                case _:
                    self._text(404, "nothing here")
        except (KeyError, ValueError, RuntimeError) as wrong:
            self._text(400, f"{type(wrong).__name__}: {wrong}")

    # --- the carrier ---
    def _send_text(self) -> None:
        """Accept a text as Kannel does (facts on integrations, 1.3)."""
        said = query(self.path)
        if (said.get("username"), said.get("password")) != (self.doors.username, self.doors.password):
            self._text(403, "Authorization failed for sendsms")
        elif not said.get("to"):
            self._text(400, "Missing receiver number, rejected")
        elif not said.get("text"):
            self._text(400, "Empty text not allowed, rejected")
        else:
            self._accept(said)

    def _accept(self, said: dict[str, str]) -> None:
        world, dlr = self.doors.world, said.get("dlr-url", "")
        key = dict(parse_qsl(urlsplit(dlr).query)).get("id", "")
        with world.lock:
            at = world.clock().isoformat()
            world.write(
                {
                    "in": "sms",
                    "at": at,
                    "key": key,
                    "from": said.get("from", ""),
                    "to": said["to"],
                    "text": said["text"],
                    "dlr": dlr,
                }
            )
        if world.luck.happens(world.rates.stall, key, "stall"):
            # The carrier took it, and its answer is lost: the sender must not guess.
            world.counts["stalled"] += 1
            time.sleep(self.doors.stall)
            self.close_connection = True
            return
        self._text(202, "0: Accepted for delivery")

    # --- answers ---
    def _json(self, body: Any) -> None:
        self._answer(200, "application/json", json.dumps(body, ensure_ascii=False))

    def _text(self, status: int, body: str) -> None:
        self._answer(status, "text/plain; charset=utf-8", body)

    def _answer(self, status: int, kind: str, body: str) -> None:
        raw = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: thousands of requests pass here."""


def query(path: str) -> dict[str, str]:
    """Return the parameters of a sendsms call, the text in the charset that the call names (UTF-8 by default)."""
    raw = dict(parse_qsl(urlsplit(path).query, keep_blank_values=True, encoding="latin-1"))
    charset = raw.get("charset", "utf-8")
    try:
        return {
            name: value.encode("latin-1").decode(charset if name == "text" else "utf-8") for name, value in raw.items()
        }
    except (LookupError, UnicodeDecodeError):
        return {name: value.encode("latin-1").decode("utf-8", "replace") for name, value in raw.items()}


class Hall(ThreadingHTTPServer):
    """A server that takes bursts and leaves no thread behind."""

    daemon_threads = True
    request_queue_size = 256


def open_doors(doors: Doors, port: int) -> Hall:
    """Return the HTTP server on 127.0.0.1 (not yet serving)."""
    return Hall(("127.0.0.1", port), type("OpenDoor", (Door,), {"doors": doors}))
