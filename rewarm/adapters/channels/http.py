"""Calls a carrier over HTTP and says of every failure whether anything can have left."""

import json
import re
import select
import ssl
import threading
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from io import BufferedReader, RawIOBase
from socket import socket
from time import monotonic
from typing import Any
from urllib.parse import urlencode, urlsplit
from weakref import WeakSet

from rewarm.adapters.channels import Config
from rewarm.domain.outbox import Refused, Unknown
from rewarm.errors import SetupError

LOCKED_OUT = timedelta(hours=1)  # until somebody has mended the password
LONGEST_ANSWER = 1 << 20  # bytes; a carrier's is about a thousand
LONGEST_PAUSE = timedelta(days=1)
IDLE = 4.0  # seconds; gateways hang up on idle connections after five and more


@dataclass(frozen=True, slots=True)
class Answer:
    """What a carrier said, read to its end."""

    code: int
    text: str
    headers: Mapping[str, str]  # names in lower case

    @property
    def fields(self) -> dict[str, Any]:
        """The JSON object in it; empty when it is something else, which nobody promised us."""
        try:
            found = json.loads(self.text)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Return the objects in one of its lists."""
        found = self.fields.get(name)
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    @property
    def pause(self) -> timedelta | None:
        """How long the carrier asks us to wait (Retry-After in seconds, RFC 9110), a day at most."""
        said = self.headers.get("retry-after", "").strip()
        return min(timedelta(seconds=int(said[:9])), LONGEST_PAUSE) if said.isascii() and said.isdigit() else None


def without_numbers(words: object) -> str:
    """Take the phone numbers out of a carrier's own words: they belong in no log."""
    return re.sub(r"\+?\d{7,}", "…", str(words))[:200]


def storable(text: str) -> str:
    """Take out what JSON can carry and PostgreSQL cannot keep: NUL and half a surrogate pair."""
    return text.replace("\0", "").encode(errors="replace").decode()


def at_the_door(answer: Answer, reason: str) -> Refused | Unknown:
    """Say what the code of an answer proves by itself: only these that nothing was taken, and for now."""
    match answer.code:
        case 401:
            return Refused(permanent=False, reason=reason, retry_after=LOCKED_OUT, stops_sender=True)
        case 429:
            return Refused(permanent=False, reason=reason, retry_after=answer.pause)
        case 503 if answer.pause is not None:
            return Refused(permanent=False, reason=reason, retry_after=answer.pause)
    return Unknown(reason)


class Line:
    """Connections to one carrier, one for each thread that calls. Settings: timeout, connect_timeout (seconds), cafile.

    The standard library's client, because it is a sixth of the cost of a full one (106 µs a call against 639) and shows the
    very instant at which bytes begin to leave, which decides between Refused and Unknown.
    """

    def __init__(self, config: Config, url: str, login: tuple[str, str] | str | None = None) -> None:
        """Prepare calls to `url`; `login` is a name and a password, or a key to be borne."""
        self._patience = float(config.get("timeout", 10.0))
        self._connect_within = float(config.get("connect_timeout", 3.0))
        self._cafile = config.get("cafile")
        try:
            place = urlsplit(url)
            self._secure, self._host, self._port = place.scheme == "https", place.hostname or "", place.port
        except ValueError as wrong:
            raise SetupError(f"The address of the carrier is none ({wrong}).") from wrong
        self._headers = {"Authorization": _authorization(login)} if login else {}
        self._mine = threading.local()
        self._open: WeakSet[HTTPConnection] = WeakSet()  # a thread that ends lets go of its own

    def call(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, Any] | None = None,
        json: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer | Refused | Unknown:
        """Call once, with a query, a form or JSON, and never follow a redirect: it may lead anywhere."""
        target = urlsplit(url)._replace(scheme="", netloc="").geturl() + (f"?{urlencode(params)}" if params else "")
        body, form = _body(data, json)
        form |= headers or {}
        try:
            connection = self._connection()
            connection.putrequest(method, target)  # fills a buffer: nothing has left when this fails
        except (OSError, HTTPException, UnicodeError) as error:
            self._hang_up()
            return Refused(permanent=False, reason=f"not connected: {type(error).__name__}")
        try:
            for name, value in (self._headers | form | ({"Content-Length": str(len(body))} if body else {})).items():
                connection.putheader(name, value)
            connection.endheaders(body)
            return self._read(connection)
        except (OSError, HTTPException) as error:
            self._hang_up()
            return Unknown(f"no answer: {type(error).__name__}")

    def close(self) -> None:
        """Hang up."""
        while self._open:
            self._open.pop().close()

    def _read(self, connection: HTTPConnection) -> Answer | Unknown:
        """Read an answer to its end; raises TimeoutError when that has not come in time."""
        answer = connection.getresponse()
        heard = bytearray()
        while piece := answer.read1(1 << 16):
            heard += piece
            if len(heard) > LONGEST_ANSWER:
                self._hang_up()
                return Unknown(f"{answer.status}: an answer without an end")
        if answer.length:  # it hung up in the middle of its own words
            self._hang_up()
            return Unknown(f"{answer.status}: half an answer")
        answer.close()  # of the answer only: the connection stays
        self._mine.used_at = monotonic()
        return Answer(answer.status, heard.decode(errors="replace"), {k.lower(): v for k, v in answer.getheaders()})

    def _connection(self) -> HTTPConnection:
        """Return this thread's connection; raises OSError or HTTPException when there is none to be had.

        Gateways hang up on idle connections; a message must not become Unknown for that.
        """
        mine: HTTPConnection | None = getattr(self._mine, "connection", None)
        idle = monotonic() - getattr(self._mine, "used_at", 0.0)
        if mine is not None and mine.sock is not None and idle < IDLE and not _says_something(mine.sock):
            mine.sock.settimeout(self._patience)
            return mine
        self._hang_up()
        if self._secure:
            mine = HTTPSConnection(self._host, self._port, timeout=self._connect_within, context=self._trusted)
        else:
            mine = HTTPConnection(self._host, self._port, timeout=self._connect_within)
        self._mine.connection, self._mine.used_at = mine, monotonic()
        mine.response_class = _WholeInTime
        self._open.add(mine)
        mine.connect()
        mine.sock.settimeout(self._patience)
        return mine

    def _hang_up(self) -> None:
        mine: HTTPConnection | None = getattr(self._mine, "connection", None)
        if mine is not None:
            mine.close()
            self._open.discard(mine)

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        """Reading the certificates of the world costs 30 ms: only where they are asked for."""
        return ssl.create_default_context(cafile=self._cafile)


class _WholeInTime(HTTPResponse):
    """An answer whose head and body together have the time that a socket gives to each single read.

    A carrier that says one letter a second would else hold a thread, and the lock of an address, for hours.
    """

    def __init__(self, sock: socket, *about: Any, **more: Any) -> None:
        super().__init__(sock, *about, **more)
        self.fp = BufferedReader(_Hurried(sock, self.fp.detach()))


class _Hurried(RawIOBase):
    """Reads from a socket until the time is over that it had when this began."""

    def __init__(self, sock: socket, raw: RawIOBase) -> None:
        self._sock, self._raw, self._until = sock, raw, monotonic() + (sock.gettimeout() or 0.0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(max(self._until - monotonic(), 0.001))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _authorization(login: tuple[str, str] | str) -> str:
    return f"Bearer {login}" if isinstance(login, str) else f"Basic {b64encode(':'.join(login).encode()).decode()}"


def _body(form: Mapping[str, Any] | None, fields: Mapping[str, Any] | None) -> tuple[bytes | None, dict[str, str]]:
    """Write a form or JSON, with the header that says which it is."""
    if fields is not None:
        return json.dumps(fields).encode(), {"Content-Type": "application/json"}
    if form is not None:
        return urlencode(form, doseq=True).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
    return None, {}


def _says_something(connection: socket) -> bool:
    """Tell whether a connection on which nobody waits for anything can be read: it was hung up."""
    asked = select.poll()
    asked.register(connection, select.POLLIN)
    return bool(asked.poll(0))
