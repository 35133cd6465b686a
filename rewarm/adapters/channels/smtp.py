"""Reaches mailboxes through an SMTP server, over connections that are kept open for many letters (RFC 5321)."""

import smtplib
import socket
import ssl
from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import parseaddr
from functools import cached_property
from time import monotonic

from rewarm.adapters.channels import Callback, Capability, Config, Incoming, Outbound, Sought
from rewarm.adapters.channels.dkim import Signer
from rewarm.adapters.channels.kept import PATIENCE, Busy, Kept
from rewarm.adapters.channels.mail import mail_of
from rewarm.adapters.channels.smtp_talk import BROKEN, Letter, fit, hand_over, refused, stuffed
from rewarm.domain.outbox import Outcome, Refused, Report
from rewarm.errors import SetupError


class Smtp:
    """One submission server; its settings stand in docs/how-to/send-e-mail.md."""

    capabilities: frozenset[Capability] = frozenset({"html", "attachments"})

    def __init__(self, config: Config) -> None:
        self._config = config
        self._server: tuple[str, int] = config["host"], int(config.get("port", 465 if config.get("tls") else 587))
        self._timeout: float = config.get("timeout", 15.0)
        self._signer = Signer.of(config["dkim"]) if config.get("dkim") else None
        self._kept = Kept[smtplib.SMTP](
            smtplib.SMTP.close, most=int(config.get("connections", 10)), idle=config.get("idle", 30.0)
        )
        hidden = config.get("tls") or config.get("starttls") or self._server[0] in ("localhost", "127.0.0.1", "::1")
        if config.get("username") and not hidden:
            raise SetupError("A password goes to a mail server under TLS only: set `starttls` or `tls`.")

    def send(self, message: Outbound) -> Outcome:
        """Hand one letter over; the server's word after the final dot is what counts."""
        try:
            letter = self._letter(message)
        except (ValueError, LookupError) as error:
            return Refused(permanent=True, reason=f"not a mail: {error}")
        try:
            with self._kept.place():
                return self._post(letter)
        except Busy:
            return Refused(permanent=False, reason="all connections are busy", retry_after=timedelta(seconds=PATIENCE))

    def parse(self, callback: Callback, now: datetime) -> Iterable[Incoming]:
        """Read nothing: bounces and answers come by mail, unsubscribes by our own page."""
        return ()

    def verify(self, callback: Callback, now: datetime) -> bool:
        """Know no callbacks."""
        return False

    def look_up(self, sought: Sought) -> Report | None:
        """A server that took a letter does not say what became of it; a bounce names its Message-ID, which is our key."""
        return None

    def close(self) -> None:
        """Hang up."""
        self._kept.clear()

    def _letter(self, message: Outbound) -> Letter:
        mail = mail_of(message, domain=self._config.get("domain", ""), reply_to=self._config.get("reply_to", ""))
        payload = mail.as_bytes()
        if self._signer:
            payload = self._signer.sign(payload)
        sender = self._config.get("bounces") or parseaddr(message.sender)[1]
        return Letter(sender, message.to, stuffed(payload))

    def _post(self, letter: Letter) -> Outcome:
        """Use an open connection; one that died while it rested shows that before the letter has left: try a new one."""
        began = monotonic()
        if (server := self._kept.take()) is not None:
            try:
                return self._hand_over(server, letter)
            except BROKEN as error:
                self._kept.clear()  # the others have rested as long
                if monotonic() - began > PATIENCE:
                    return refused(error)
        try:
            server = self._connect()
        except BROKEN as error:
            return refused(error, everybody=True)
        try:
            return self._hand_over(server, letter)
        except BROKEN as error:
            return refused(error)

    def _hand_over(self, server: smtplib.SMTP, letter: Letter) -> Outcome:
        """Speak, and keep the connection when it is fit for another letter; raises BROKEN before the letter has left."""
        try:
            outcome = hand_over(server, letter, self._config.get("answer_timeout", 30.0))
        except BROKEN:
            server.close()
            raise
        if fit(server, outcome):
            self._kept.put(server)
        else:
            server.close()
        return outcome

    @cached_property
    def _name(self) -> str:
        """Say who we are; the DNS is asked once, for it may take seconds."""
        return str(self._config.get("helo") or socket.getfqdn())

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        """Read the certificates of the world once: that costs 30 ms."""
        context = ssl.create_default_context(cafile=self._config.get("cafile"))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def _connect(self) -> smtplib.SMTP:
        """Greet and log in; whatever fails here, nothing has been sent."""
        server: smtplib.SMTP
        if self._config.get("tls"):
            server = smtplib.SMTP_SSL(*self._server, self._name, timeout=self._timeout, context=self._trust)
        else:
            server = smtplib.SMTP(*self._server, self._name, timeout=self._timeout)
        try:
            assert server.sock is not None
            server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # the final dot is a packet of its own
            if self._config.get("starttls"):
                server.starttls(context=self._trust)
            if self._config.get("username"):
                server.login(self._config["username"], self._config["password"])
            server.ehlo_or_helo_if_needed()
        except BaseException:
            server.close()
            raise
        return server
