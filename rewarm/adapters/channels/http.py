"""Calls a carrier over HTTP and says of every failure whether anything can have left."""

import json
import logging
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from time import monotonic
from typing import Any

import httpx2

from rewarm.adapters.channels import Config
from rewarm.domain.outbox import Refused, Unknown

# httpx2 logs every address it calls, and some carriers take their password in the address.
logging.getLogger("httpx2").setLevel(logging.WARNING)

LOCKED_OUT = timedelta(hours=1)  # until somebody has mended the password
LONGEST_ANSWER = 1 << 20  # bytes; a carrier's is about a thousand
LONGEST_PAUSE = timedelta(days=1)
# Nothing has left when these happen; every other transport error may have come after the bytes.
BEFORE_THE_BYTES = (
    httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError, httpx2.InvalidURL,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What a carrier said, read to its end."""

    code: int
    text: str
    headers: Mapping[str, str]  # any case finds them

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
    """Connections to one carrier, used by many threads. Settings: timeout, connect_timeout (seconds), cafile."""

    def __init__(self, config: Config, url: str, login: tuple[str, str] | None = None) -> None:
        self._patience = float(config.get("timeout", 10.0))
        self._timeout = httpx2.Timeout(self._patience, connect=config.get("connect_timeout", 3.0))
        self._cafile = config.get("cafile")
        self._secure = url.startswith("https:")  # else reading the certificates of the world costs 30 ms
        self._login = login

    def call(self, method: str, url: str, **said: Any) -> Answer | Refused | Unknown:
        """Call once (`params`, `data` as httpx2 takes them) and never follow a redirect: it may lead anywhere."""
        deadline = monotonic() + self._patience
        try:
            with self._http.stream(method, url, **said) as answer:
                heard = bytearray()
                for piece in answer.iter_bytes():
                    heard += piece
                    if len(heard) > LONGEST_ANSWER or monotonic() > deadline:
                        return Unknown(f"{answer.status_code}: an answer without an end")
                return Answer(answer.status_code, heard.decode(errors="replace"), answer.headers)
        except BEFORE_THE_BYTES as error:
            return Refused(permanent=False, reason=f"not connected: {type(error).__name__}")
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            return Unknown(f"no answer: {type(error).__name__}")

    def close(self) -> None:
        """Hang up."""
        if "_http" in self.__dict__:
            self._http.close()

    @cached_property
    def _http(self) -> httpx2.Client:
        """Open connections with the first message: reading a callback needs none."""
        # Gateways hang up on idle connections; a message must not become Unknown for that.
        limits = httpx2.Limits(max_connections=64, keepalive_expiry=4)
        trusted = ssl.create_default_context(cafile=self._cafile) if self._cafile else self._secure
        return httpx2.Client(timeout=self._timeout, limits=limits, trust_env=False, verify=trusted, auth=self._login)
