"""Reaches mailboxes through an SMTP server."""

import re
import smtplib
import ssl
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime
from email.utils import parseaddr

from rewarm.adapters.channels import Callback, Capability, Config, Incoming, Outbound, Sought
from rewarm.adapters.channels.mail import POLICY, mail_of
from rewarm.domain.outbox import Accepted, Outcome, Refused, Report, Unknown

LINE_START_DOT = re.compile(rb"(?m)^\.")
BROKEN = (smtplib.SMTPException, OSError)


class Smtp:
    """One submission server. Settings: host; port, username, password, starttls, tls, cafile, domain."""

    capabilities: frozenset[Capability] = frozenset({"html", "attachments"})

    def __init__(self, config: Config) -> None:
        self._config = config
        self._server: tuple[str, int] = config["host"], int(config.get("port", 587))
        self._timeout: float = config.get("timeout", 15.0)

    def send(self, message: Outbound) -> Outcome:
        """Hand one mail over; the server's word after the final dot is what counts."""
        try:
            mail = mail_of(message, domain=self._config.get("domain", ""))
            payload = LINE_START_DOT.sub(b"..", mail.as_bytes(policy=POLICY))
        except (ValueError, LookupError) as error:
            return Refused(permanent=True, reason=f"not a mail: {error}")
        try:
            server = self._connect()
        except BROKEN as error:
            return _refused(error)
        with closing(server):
            return _hand_over(server, parseaddr(message.sender)[1], message.to, payload)

    def parse(self, callback: Callback, now: datetime) -> Iterable[Incoming]:
        """Read nothing: bounces and answers come by mail, unsubscribes by our own page."""
        return ()

    def verify(self, callback: Callback, now: datetime) -> bool:
        """Know no callbacks."""
        return False

    def look_up(self, sought: Sought) -> Report | None:
        """A server that took a letter does not say what became of it."""
        return None

    def close(self) -> None:
        """Hold nothing open between two mails."""

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._config.get("cafile"))

    def _connect(self) -> smtplib.SMTP:
        """Log in; whatever fails here, nothing has been sent."""
        if self._config.get("tls"):
            trust = self._trust()
            server: smtplib.SMTP = smtplib.SMTP_SSL(*self._server, timeout=self._timeout, context=trust)
        else:
            server = smtplib.SMTP(*self._server, timeout=self._timeout)
        try:
            if self._config.get("starttls"):
                server.starttls(context=self._trust())
            if self._config.get("username"):
                server.login(self._config["username"], self._config["password"])
            server.ehlo_or_helo_if_needed()
        except BaseException:
            server.close()
            raise
        return server


def _hand_over(server: smtplib.SMTP, sender: str, to: str, payload: bytes) -> Outcome:
    """Speak the envelope, then the letter; only an answer that fails to come after the letter is Unknown."""
    try:
        for line, welcome in ((f"MAIL FROM:<{sender}>", 250), (f"RCPT TO:<{to}>", 250), ("DATA", 354)):
            code, words = server.docmd(line)
            if code not in (welcome, 251):
                return _said(code, words)
    except (*BROKEN, ValueError) as error:
        return _refused(error)
    try:
        server.send(payload.removesuffix(b"\r\n") + b"\r\n.\r\n")
        code, words = server.getreply()
    except BROKEN as error:
        return Unknown(f"lost after the letter: {type(error).__name__}")
    if code != 250:
        return _said(code, words)
    queued = re.search(rb"queued as (\S+)", words)
    return Accepted(queued[1].decode("ascii", "replace") if queued else None)


def _said(code: int, words: bytes) -> Refused:
    return Refused(permanent=500 <= code < 600, reason=f"{code} {words.decode('utf-8', 'replace')}"[:200])


def _refused(error: Exception) -> Refused:
    """Read an error that came before the letter left: final when the server says so with a 5xx."""
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return _said(error.smtp_code, words if isinstance(words, bytes) else str(words).encode())
    final = isinstance(error, smtplib.SMTPNotSupportedError | ValueError | ssl.SSLCertVerificationError)
    return Refused(permanent=final, reason=f"not handed over: {type(error).__name__}: {error}"[:200])
