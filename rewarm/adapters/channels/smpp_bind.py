"""Keeps one SMPP 3.4 bind open in a thread of its own, which many threads make their calls through.

The PDUs are aiosmpplib's; the session is not. Its session keeps a text until a lost bind is back, and then sends it without
asking anybody; it reads no answers while we take a delivery, cannot ask for one again, and has neither TLS nor time-outs.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import itertools
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog
from aiosmpplib.protocol import (  # type: ignore[import-untyped]
    BindTransceiver,
    DeliverSmResp,
    EnquireLink,
    EnquireLinkResp,
    GenericNack,
    Unbind,
    UnbindResp,
)
from aiosmpplib.state import SmppCommand, SmppCommandStatus  # type: ignore[import-untyped]

from rewarm.domain.outbox import Refused, Unknown

log = structlog.get_logger()
LOCKED_OUT = timedelta(hours=1)  # until somebody has mended the password
WRONG_LOGIN = frozenset({"ESME_RBINDFAIL", "ESME_RINVPASWD", "ESME_RINVSYSID", "ESME_RINVSYSTYP"})
# Waiting for the line and for room in the window: a verdict that is older than a second must not leave.
READY_WITHIN = 1.0
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # between two attempts to bind, doubled each time
GOOD_BYE = 1.0  # seconds
LATEST = 600.0  # seconds in which an answer may still come that we no longer wait for
HEADER = struct.Struct("!IIII")
LONGEST_PDU = 1 << 17


@dataclass(frozen=True, slots=True)
class Login:
    """Where a bind leads to and as whom (`hello` makes that); times in seconds."""

    host: str
    port: int
    system_id: str
    hello: bytes
    tls: ssl.SSLContext | None = None
    window: int = 10  # calls that may be unanswered at once
    timeout: float = 10.0
    quiet: float = 30.0  # after so long a silence we ask whether anybody is there


@dataclass(frozen=True, slots=True)
class Pdu:
    """One thing said on the line."""

    command: int
    status: int
    number: int
    body: bytes

    @property
    def status_name(self) -> str:
        """The name of the status in SMPP 3.4, 5.1.3; a carrier's own are given as they are."""
        try:
            return str(SmppCommandStatus(self.status).name)
        except ValueError:
            return f"status 0x{self.status:08X}"


def hello(system_id: str, password: str, system_type: str) -> bytes:
    """Spell the request to bind; raises ValueError for what the standard does not allow, but for a long password."""
    said = BindTransceiver(system_id=system_id, system_type=system_type)
    said.password = password  # carriers give longer ones than the standard's eight letters
    return bytes(said.pdu())


Answer = Callable[[str], None]  # takes the name of a status
CLOSED = Refused(False, "the line was closed")
LOST = Unknown("the connection was lost before the answer")


class Bind:
    """A transceiver bind that comes back by itself until it is closed, or until it stands idle and is not `wanted`.

    `deliver` is called on the line's own thread with each deliver_sm and the way to answer it, from any thread.
    """

    def __init__(self, login: Login, deliver: Callable[[Pdu, Answer], None], wanted: Callable[[], bool]) -> None:
        self._login, self._deliver, self._wanted = login, deliver, wanted
        self._loop = asyncio.new_event_loop()
        self._numbers = itertools.count(1)
        self._calls: dict[int, asyncio.Future[Pdu | Unknown]] = {}
        self._room = asyncio.Semaphore(login.window)
        self._tried = asyncio.Event()
        self._down: Refused | None = Refused(False, "not connected yet")  # None while we are bound
        self._writer: asyncio.StreamWriter | None = None
        self._living = self._loop.create_task(self._keep())
        self._thread = threading.Thread(target=self._live, name=f"smpp {login.system_id}", daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        return not self._thread.is_alive()

    def call(self, pdu: bytes, late: Callable[[Pdu], None]) -> Pdu | Refused | Unknown:
        """Make one request and return the answer; `late` gets one that comes after we gave it up for Unknown."""
        asking = self._call(pdu, late)
        try:
            asked = asyncio.run_coroutine_threadsafe(asking, self._loop)
        except RuntimeError:
            asking.close()
            return CLOSED
        try:
            return asked.result(2 * READY_WITHIN + self._login.timeout)
        except (TimeoutError, concurrent.futures.CancelledError):
            return Unknown("the line was closed before the answer")

    def close(self) -> None:
        """Take no more calls, let the answers of the open ones come in, say good-bye and hang up."""
        ending = self._end()
        try:
            asyncio.run_coroutine_threadsafe(ending, self._loop)
        except RuntimeError:  # it was closed before
            ending.close()
        self._thread.join(2 * GOOD_BYE + self._login.timeout)

    # -- on the line's own thread --------------------------------------------------------------------------------------

    def _live(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner, suppress(asyncio.CancelledError):
            runner.get_loop().run_until_complete(self._living)

    async def _keep(self) -> None:
        pause = SHORTEST_PAUSE
        while self._wanted():
            try:
                reader = await self._open()
                if self._down is None:
                    pause = SHORTEST_PAUSE
                    await self._listen(reader)
            except (OSError, EOFError) as error:  # time-outs and broken TLS are OSErrors
                self._note(Refused(False, f"not connected: {str(error) or type(error).__name__}"))
            finally:
                await self._hang_up()
            if self._wanted():
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    async def _open(self) -> asyncio.StreamReader:
        login = self._login
        async with asyncio.timeout(login.timeout):
            reader, self._writer = await asyncio.open_connection(login.host, login.port, ssl=login.tls)
            self._writer.write(_numbered(login.hello, next(self._numbers)))
            answer = await _next(reader, login.timeout)
        if answer.command == SmppCommand.BIND_TRANSCEIVER_RESP and answer.status == 0:
            self._note(None)
        elif answer.status_name in WRONG_LOGIN:
            self._note(Refused(False, f"bind refused: {answer.status_name}", LOCKED_OUT, stops_sender=True))
        else:
            self._note(Refused(False, f"bind refused: {answer.status_name}"))
        return reader

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        """Hear the carrier out until the line breaks, or nobody wants it any more."""
        assert self._writer is not None
        while True:
            try:
                pdu = await _next(reader, self._login.quiet)
            except TimeoutError:
                if not self._wanted():
                    return
                self._writer.write(EnquireLink(next(self._numbers)).pdu())
                pdu = await _next(reader, self._login.timeout)
            self._heard(pdu, self._writer)

    def _heard(self, pdu: Pdu, line: asyncio.StreamWriter) -> None:
        match pdu.command:
            case SmppCommand.SUBMIT_SM_RESP | SmppCommand.GENERIC_NACK:
                asked = self._calls.pop(pdu.number, None)
                if asked is not None and not asked.done():
                    asked.set_result(pdu)
                if pdu.status == SmppCommandStatus.ESME_RINVBNDSTS:
                    raise ConnectionResetError("the carrier has forgotten our bind")
            case SmppCommand.DELIVER_SM:
                self._deliver(pdu, partial(self._answer, line, pdu.number))
            case SmppCommand.ENQUIRE_LINK:
                line.write(EnquireLinkResp(pdu.number).pdu())
            case SmppCommand.UNBIND:
                line.write(UnbindResp(pdu.number).pdu())
                raise ConnectionResetError("the carrier hung up")
            case command if not command & SmppCommand.GENERIC_NACK:  # a request that we do not know
                line.write(GenericNack(pdu.number, SmppCommandStatus.ESME_RINVCMDID).pdu())

    def _answer(self, line: asyncio.StreamWriter, number: int, status: str) -> None:
        """Answer a delivery on the line that it came by: after a new bind the number would mean another one."""
        said = DeliverSmResp(number, SmppCommandStatus[status]).pdu()
        with suppress(RuntimeError):  # the loop is closed, and the carrier will bring it again
            self._loop.call_soon_threadsafe(lambda: None if line.is_closing() else line.write(said))

    def _note(self, down: Refused | None) -> None:
        if down != self._down:
            log.info("smpp", system_id=self._login.system_id, host=self._login.host, down=down and down.reason)
        self._down = down
        self._tried.set()

    async def _end(self) -> None:
        self._note(CLOSED)
        if self._calls:
            await asyncio.wait(self._calls.values(), timeout=self._login.timeout)
        self._living.cancel()

    async def _hang_up(self) -> None:
        line, self._writer = self._writer, None
        if line is not None:
            line.write(Unbind(next(self._numbers)).pdu())
        self._down = self._down or CLOSED
        calls, self._calls = self._calls, {}
        for asked in calls.values():
            if not asked.done():
                asked.set_result(LOST)
        if line is not None:
            line.close()
            with suppress(OSError):
                async with asyncio.timeout(GOOD_BYE):
                    await line.wait_closed()
            line.transport.abort()  # nothing of it shall leave later

    async def _call(self, pdu: bytes, late: Callable[[Pdu], None]) -> Pdu | Refused | Unknown:
        try:
            async with asyncio.timeout(READY_WITHIN):
                await self._tried.wait()
                await self._room.acquire()
        except TimeoutError:
            return Refused(False, "the line was not ready within a second")
        try:
            return self._down or await self._ask(pdu, late)
        finally:
            self._room.release()

    async def _ask(self, pdu: bytes, late: Callable[[Pdu], None]) -> Pdu | Unknown:
        assert self._writer is not None, "bound"
        number = next(self._numbers)
        answered: asyncio.Future[Pdu | Unknown] = self._loop.create_future()
        self._calls[number] = answered
        self._writer.write(_numbered(pdu, number))
        await asyncio.wait([answered], timeout=self._login.timeout)
        if answered.done():
            return answered.result()
        answered.add_done_callback(lambda done: late(said) if isinstance(said := done.result(), Pdu) else None)
        self._loop.call_later(LATEST, self._calls.pop, number, None)
        return Unknown(f"no answer within {self._login.timeout:g} s")


def _numbered(pdu: bytes, number: int) -> bytes:
    return pdu[:12] + number.to_bytes(4) + pdu[16:]


async def _next(reader: asyncio.StreamReader, patience: float) -> Pdu:
    """Read one PDU, or raise TimeoutError when none begins; half of one ends the line: where would the next begin?"""
    async with asyncio.timeout(patience):
        head = await reader.readexactly(HEADER.size)
    length, command, status, number = HEADER.unpack(head)
    if not HEADER.size <= length <= LONGEST_PDU:
        raise ConnectionError(f"a PDU of {length} bytes")
    try:
        async with asyncio.timeout(patience):
            return Pdu(command, status, number, await reader.readexactly(length - HEADER.size))
    except TimeoutError as broken:
        raise ConnectionError("a PDU that breaks off") from broken
