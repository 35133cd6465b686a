"""Speaks SMTP for one letter, and knows at every moment what may have become of it (RFC 5321)."""

import re
import smtplib
import ssl
from dataclasses import dataclass
from datetime import timedelta

from rewarm.domain.outbox import Accepted, Outcome, Refused, Unknown

LINE_START_DOT = re.compile(rb"(?m)^\.")
QUEUED_AS = re.compile(rb"(?:queued as |\bid=|^ok (?=[\w-]{16}))(\S+)", re.IGNORECASE)  # Postfix, Exim, Amazon
# These 5xx end tomorrow: the day's limit of the account is used up (Gmail, Microsoft 365).
USED_UP = re.compile(rb"\b5\.(?:4\.5|1\.90)\b")
LATER, LOCKED_OUT = timedelta(hours=1), timedelta(hours=1)
CLOSING = 421
BROKEN = (smtplib.SMTPException, OSError)


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes over the wire: the envelope, and the letter with its leading dots doubled."""

    sender: str
    to: str
    payload: bytes

    @property
    def utf8(self) -> bool:
        """Whether an address needs SMTPUTF8 (RFC 6531)."""
        return not (self.sender + self.to).isascii()


def stuffed(letter: bytes) -> bytes:
    """Double the dots at the beginnings of lines, so that none of them ends the letter (section 4.5.2)."""
    return LINE_START_DOT.sub(b"..", letter if letter.endswith(b"\r\n") else letter + b"\r\n")


def hand_over(server: smtplib.SMTP, letter: Letter, patience: float) -> Outcome:
    """Say the envelope, the letter and the final dot; raises BROKEN as long as the server cannot have a whole letter."""
    if letter.utf8 and not server.has_extn("smtputf8"):
        return Refused(permanent=True, reason="the mail server takes no address with letters outside ASCII (SMTPUTF8)")
    server.command_encoding = "utf-8" if letter.utf8 else "ascii"
    options = " SMTPUTF8 BODY=8BITMIME" if letter.utf8 else ""
    for line, welcome in (
        (f"MAIL FROM:<{letter.sender}>{options}", 2), (f"RCPT TO:<{letter.to}>", 2), ("DATA", 3),
    ):  # fmt: skip
        code, words = server.docmd(line)
        if code == CLOSING:
            raise smtplib.SMTPResponseException(code, words)
        if code // 100 != welcome:
            return _said(code, words, everybody=line.startswith("MAIL"))
    server.send(letter.payload)
    assert server.sock is not None
    talk = server.sock.gettimeout()
    server.sock.settimeout(patience)  # many servers read the whole letter for spam before they answer
    try:
        server.send(b".\r\n")
        code, words = server.getreply()
        server.sock.settimeout(talk)
    except BROKEN as error:
        return Unknown(f"lost after the letter: {type(error).__name__}")
    match code // 100:
        case 2:
            queued = QUEUED_AS.search(words)
            return Accepted(queued[1].decode("ascii", "replace") if queued else None)
        case 4 | 5:
            return _said(code, words)
        case _:
            return Unknown(f"an answer that is none: {code}")


def fit(server: smtplib.SMTP, outcome: Outcome) -> bool:
    """Tell whether a connection can carry another letter: a refused one leaves its envelope behind, or the line closed."""
    match outcome:
        case Accepted():
            return True
        case Unknown():
            return False
        case Refused():
            try:
                return server.docmd("RSET")[0] == 250
            except BROKEN:
                return False


def _said(code: int, words: bytes, *, everybody: bool = False) -> Refused:
    """Read a refusal: 5xx is for good, unless it is said to every letter of ours: then a person must look."""
    reason = f"{code} {words.decode('utf-8', 'replace')}"[:200]
    if USED_UP.search(words):
        return Refused(permanent=False, reason=reason, retry_after=LATER)
    if everybody and 500 <= code < 600:
        return Refused(permanent=False, reason=reason, retry_after=LOCKED_OUT, stops_sender=True)
    return Refused(permanent=500 <= code < 600, reason=reason)


def refused(error: Exception, *, everybody: bool = False) -> Refused:
    """Read an error that came before the letter had left."""
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return _said(error.smtp_code, words if isinstance(words, bytes) else words.encode(), everybody=everybody)
    reason = f"not handed over: {type(error).__name__}: {error}"[:200]
    if isinstance(error, smtplib.SMTPNotSupportedError | ssl.SSLCertVerificationError):  # no TLS, no login, not theirs
        return Refused(permanent=False, reason=reason, retry_after=LOCKED_OUT, stops_sender=True)
    return Refused(permanent=False, reason=reason)
