"""Reads a mailbox over IMAP as long as it is told to: woken by the server (RFC 2177), and by a look now and then.

A mail is marked as read by us only after it was taken, with a keyword of our own, so that people may use the same mailbox
and two workers may read it at once. What cannot be taken is put into a folder where a person finds it.
"""

from __future__ import annotations

import imaplib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ssl import create_default_context
from threading import Event
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError

from rewarm.adapters.channels import Config, Incoming
from rewarm.adapters.incoming_mail import read_mail
from rewarm.adapters.mail_parts import LARGEST
from rewarm.errors import ChannelError, SetupError

log = structlog.get_logger()
Take = Callable[[Incoming], None]

MARK = "$Rewarm"  # a keyword (RFC 3501, 2.3.2); servers that keep none get \Seen
ASIDE = "Rewarm-set-aside"
NOT_ITS_FAULT = (ChannelError, OperationalError, InterfaceError, OSError)  # what took it was not there, or not ready
TRIES, PATIENT_TRIES = 3, 100  # with the pauses between them, the second outlasts a night
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 300.0  # seconds
TIMEOUT = 30.0
LOOK_EVERY = 60.0  # a server may forget to wake us, and a line may die without a word


class Mailbox:
    """One mailbox. Settings: imap_host; imap_port, imap_username, imap_password, imap_tls, imap_cafile, imap_folder,
    imap_aside, imap_days (how far back it reads), imap_poll (seconds between two looks where nobody wakes us).
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._tls: str = str(config.get("imap_tls", "implicit"))  # implicit, starttls or no
        if self._tls not in ("implicit", "starttls", "no"):
            raise SetupError(f"imap_tls is “{self._tls}”; expected implicit, starttls or no.")
        if self._tls == "no" and config["imap_host"] not in ("localhost", "127.0.0.1", "::1"):
            raise SetupError("A password goes to a mailbox under TLS only: set imap_tls to implicit or starttls.")
        self._failures: Counter[str] = Counter()

    def listen(self, take: Take, stopping: Event) -> None:
        """Take what is in the mailbox and what comes, until `stopping` is set; a broken line is opened again."""
        pause = SHORTEST_PAUSE
        while not stopping.is_set():
            try:
                with self._open() as box:
                    mark = _mark(box)
                    while not stopping.is_set():
                        news = self._pass_on(box, mark, take, stopping)
                        pause = SHORTEST_PAUSE
                        if not news:
                            self._wait(box, stopping)
            except (imaplib.IMAP4.error, OSError, ChannelError) as broken:
                if stopping.is_set():
                    return
                log.warning(
                    "a mailbox cannot be read; trying again", host=self._config["imap_host"], why=str(broken)[:200]
                )
                stopping.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    # -- the mails ---------------------------------------------------------------------------------------------------------

    def _pass_on(self, box: Any, mark: str, take: Take, stopping: Event) -> bool:
        """Take every mail that bears no mark yet, and tell whether there may be more of them by now.

        What comes while we work is told with the answers to our commands, and nobody would wake us for it again. Raises
        ChannelError when a mail has to be tried again, after the others.
        """
        box.client.response("EXISTS")  # forget what was told before
        since = datetime.now(UTC) - timedelta(days=int(self._config.get("imap_days", 30)))
        wanted = f"UNKEYWORD {MARK}" if mark == MARK else "UNSEEN"
        again: Exception | None = None
        for uid in box.uids(f"{wanted} SINCE {since:%d-%b-%Y}"):
            if stopping.is_set():
                return False
            failure = _try(_content(box, uid), take)
            if failure is not None and not self._is_hopeless(uid, failure):
                again = failure
                continue
            if failure is not None:
                self._set_aside(box, uid)
            self._failures.pop(uid, None)
            box.flag(uid, mark, True)
        if again is not None:
            raise ChannelError(f"not everything could be taken: {again}") from again
        return any(box.client.response("EXISTS")[1] or ())

    def _is_hopeless(self, uid: str, failure: Exception) -> bool:
        """Count a mail's failures; an outage of the database has to last for a night before a mail is blamed for it."""
        self._failures[uid] += 1
        log.warning("a mail could not be taken", host=self._config["imap_host"], uid=uid, exc_info=failure)
        return self._failures[uid] >= (PATIENT_TRIES if isinstance(failure, NOT_ITS_FAULT) else TRIES)

    def _set_aside(self, box: Any, uid: str) -> None:
        """Copy a mail to where a person looks for it; a folder that cannot be made must not stop the others."""
        folder = str(self._config.get("imap_aside", ASIDE))
        log.error("a mail was set aside", host=self._config["imap_host"], uid=uid, folder=folder)
        with suppress(Exception):
            if not box.folder.exists(folder):
                box.folder.create(folder)
            box.copy(uid, folder)

    # -- the line ----------------------------------------------------------------------------------------------------------

    @contextmanager
    def _open(self) -> Iterator[Any]:
        """Log in and choose the folder; raises ChannelError, IMAP4.error and OSError, and SetupError without the library."""
        try:
            import imap_tools
        except ImportError as missing:
            raise SetupError("Reading a mailbox needs imap-tools: pip install 'rewarm[imap]'.") from missing
        host, port = self._config["imap_host"], self._config.get("imap_port")
        trust = create_default_context(cafile=self._config.get("imap_cafile"))
        box: Any
        match self._tls:
            case "implicit":
                box = imap_tools.MailBox(host, int(port or 993), timeout=TIMEOUT, ssl_context=trust)
            case "starttls":
                box = imap_tools.MailBoxStartTls(host, int(port or 143), timeout=TIMEOUT, ssl_context=trust)
            case _:
                box = imap_tools.MailBoxUnencrypted(host, int(port or 143), timeout=TIMEOUT)
        try:
            box.login(
                self._config["imap_username"], self._config["imap_password"], self._config.get("imap_folder", "INBOX")
            )
            yield box
        except imap_tools.ImapToolsError as refused:  # a wrong password, a folder that is not there
            raise ChannelError(f"{type(refused).__name__}: {refused}") from refused
        finally:
            with suppress(Exception):
                box.logout()

    def _wait(self, box: Any, stopping: Event) -> None:
        """Return when there may be something new, or when `stopping` is set."""
        if "IDLE" not in box.client.capabilities:
            stopping.wait(float(self._config.get("imap_poll", 30)))
            return
        until = time.monotonic() + LOOK_EVERY
        with box.idle as idle:
            while not stopping.is_set() and (began := time.monotonic()) < until:
                # A line that the other side closed is readable at once and says nothing.
                if idle.poll(timeout=0.5) or time.monotonic() - began < 0.25:
                    return


def _mark(box: Any) -> str:
    """Choose how to mark a mail: by our keyword when the server keeps such (PERMANENTFLAGS has a star), else as seen."""
    flags = box.client.response("PERMANENTFLAGS")[1] or []
    return MARK if any(b"\\*" in one for one in flags if one) else "\\Seen"


def _try(mail: bytes, take: Take) -> Exception | None:
    """Take one mail; return what went wrong, whatever it was."""
    try:
        for one in read_mail(mail):
            take(one)
    except Exception as failure:
        return failure
    return None


def _content(box: Any, uid: str) -> bytes:
    """Fetch the first megabytes of a mail without marking it; raises IMAP4.error when the server does not give it."""
    status, answer = box.client.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST}>)")
    if status != "OK":
        raise imaplib.IMAP4.error(f"FETCH {uid}: {answer!r:.200}")
    return next((bytes(one[1]) for one in answer if isinstance(one, tuple)), b"")
