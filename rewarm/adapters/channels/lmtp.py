"""Takes mail that our own mail server hands over by LMTP (RFC 2033): it is answered for only after it was taken.

Until then it stays in the queue of the server, which tries again by itself; nothing has to be kept here.
"""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP

from rewarm.adapters.channels import Config
from rewarm.adapters.channels.imap import Take
from rewarm.adapters.incoming_mail import read_mail
from rewarm.errors import SetupError

log = structlog.get_logger()
TAKEN, LATER, ONE_BY_ONE = "250 2.0.0 taken", "451 4.3.0 not now, bring it again", "452 4.5.3 one recipient at a time"
LARGEST_LETTER = 50_000_000  # bytes that the server may bring; only the first megabytes are read
PAUSE = 2.0  # seconds before a port that somebody else has is tried again


class Lmtp:
    """One port for one sender's mail. Setting: lmtp, as 127.0.0.1:10024; LMTP knows no passwords, so keep it on this machine."""

    def __init__(self, config: Config) -> None:
        host, _, port = str(config["lmtp"]).rpartition(":")
        if not host or not port.isdigit():
            raise SetupError(f"lmtp is “{config['lmtp']}”; expected an address and a port, such as 127.0.0.1:10024.")
        self._host, self._port = host.strip("[]"), int(port)

    def listen(self, take: Take, stopping: Event) -> None:
        """Take letters until `stopping` is set; another worker that has the port does it meanwhile."""
        door = _Door()
        while not stopping.is_set():
            if not self._is_free():
                stopping.wait(PAUSE)
                continue
            receiver = _Receiver(door, hostname=self._host, port=self._port, data_size_limit=LARGEST_LETTER)
            receiver.start()
            try:
                door.serve(take, stopping)
            finally:
                receiver.stop()

    def _is_free(self) -> bool:
        """Tell whether nobody has the port; asked before each start, since a start that fails leaves its loop behind."""
        try:
            family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
            socket.create_server((self._host, self._port), family=family).close()
        except OSError as taken:
            log.info("somebody else takes letters here", port=self._port, why=str(taken))
            return False
        return True


class _Door:
    """Hands letters from the server's loop to the thread that takes them: the database belongs to a thread."""

    def __init__(self) -> None:
        self._letters: SimpleQueue[tuple[bytes, Future[str]]] = SimpleQueue()

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if envelope.rcpt_tos:  # the answer after the letter would have to be one for each
            return ONE_BY_ONE
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer: Future[str] = Future()
        self._letters.put((envelope.content or b"", answer))
        return await asyncio.wrap_future(answer)

    def serve(self, take: Take, stopping: Event) -> None:
        """Take one letter after the other; whatever goes wrong, the server is asked to bring it again."""
        while not stopping.is_set():
            try:
                letter, answer = self._letters.get(timeout=0.2)
            except Empty:
                continue
            try:
                for one in read_mail(letter):
                    take(one)
            except Exception:
                log.exception("a letter could not be taken")
                answer.set_result(LATER)
            else:
                answer.set_result(TAKEN)
        while not self._letters.empty():
            self._letters.get()[1].set_result(LATER)


class _Receiver(Controller):
    def factory(self) -> LMTP:
        return LMTP(self.handler, **self.SMTP_kwargs)
