"""Takes a mail apart: its headers as text, what it says, what came back in it, what is attached.

Broken mail is the rule here: whatever cannot be read is left out, nothing raises, and no more than the first
megabytes are looked at.
"""

from __future__ import annotations

import email
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser

from rewarm.adapters.html_text import html_text
from rewarm.domain.bounce import Notice

LARGEST = 2_000_000  # bytes that are looked at; text comes before attachments
LONGEST_TEXT = 1_000_000  # characters
LONGEST_HEADER = 10_000
LONGEST_RETURNED = 100_000  # of our own letter the headers are enough
MOST_PARTS = 200
MOST_ENCLOSED = 3
_RETURNED = re.compile(r"(?:message/(?:rfc822|global|partial)|text/rfc822)")
_REPORTED = re.compile(r"message/(?:global-)?delivery-status")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Parts:
    """A mail in the pieces that we need."""

    headers: dict[str, str]  # names in lower case; several of one name joined by a space
    plain: str
    html: str
    report: str
    feedback: str | None
    returned: str
    enclosed: tuple[Message, ...]  # whole mails inside this one
    attachments: tuple[str, ...]

    @property
    def text(self) -> str:
        """What it says, in plain text."""
        return self.plain if self.plain.strip() else html_text(self.html)

    def notice(self, *, deep: bool = True) -> Notice:
        """See it as a notice of a mail server, with the notices that it encloses: gateways wrap one in another."""
        inner = tuple(take_apart(one).notice(deep=False) for one in self.enclosed[:MOST_ENCLOSED]) if deep else ()
        return Notice(self.headers, self.text, self.report, self.feedback, self.returned, inner)


def take_apart(mail: bytes | Message) -> Parts:
    """Take a mail apart, as it came over the wire or already parsed."""
    if isinstance(mail, bytes):
        mail = _parsed(mail[:LARGEST].lstrip(b"\r\n"))
    said: dict[str, list[str]] = defaultdict(list)
    enclosed: list[Message] = []
    for part in _leaves(mail):
        sort, text = _sorted(part)
        said[sort].append(text)
        inner = part.get_payload()
        if sort == "returned" and isinstance(inner, list):
            enclosed += [one for one in inner if isinstance(one, Message)]
        if sort != "attachments" and (name := _name(part)):
            said["attachments"].append(name)
    # A mail that calls itself a feedback report is one, though its part may be missing or misnamed (RFC 5965).
    complains = str(mail.get_param("report-type", "")).lower() == "feedback-report"
    return Parts(
        headers=_headers(mail),
        plain="\n\n".join(said["plain"])[:LONGEST_TEXT],
        html="\n".join(said["html"])[:LONGEST_TEXT],
        report="\n\n".join(said["report"])[:LONGEST_RETURNED],
        feedback="\n".join(said["feedback"]) if said["feedback"] or complains else None,
        returned="\n".join(said["returned"])[:LONGEST_RETURNED],
        enclosed=tuple(enclosed),
        attachments=tuple(said["attachments"]),
    )


def _sorted(part: Message) -> tuple[str, str]:
    """Tell what a part is to us, and give its text; of an attachment that is its name."""
    kind, name = part.get_content_type(), _name(part)
    if _REPORTED.match(kind):
        return "report", _fields(part)
    if kind == "message/feedback-report":
        return "feedback", _fields(part)
    if _RETURNED.match(kind):
        return "returned", _letter(part)
    if kind == "text/html" and not name:
        return "html", _decoded(part)
    # A multipart without parts lost its boundary: all of it is one text.
    if kind == "text/plain" or (kind.startswith("text/") and not name) or part.get_content_maintype() == "multipart":
        return "plain", _decoded(part)
    return "attachments", name or kind


def _parsed(mail: bytes) -> Message:
    """Parse a mail; one whose parts lie deeper in each other than anybody's is taken as one text."""
    try:
        return email.message_from_bytes(mail)
    except RecursionError:
        return BytesHeaderParser().parsebytes(mail)


def header(value: object) -> str:
    """Decode one header to text on one line (RFC 2047); a broken one stays as it came."""
    raw = str(value)[:LONGEST_HEADER]
    with suppress(HeaderParseError, LookupError, ValueError, UnicodeError):
        raw = str(make_header(decode_header(raw)))
    return " ".join(_CONTROL.sub("", raw).split())


def _headers(mail: Message) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in list(mail.items())[:MOST_PARTS]:
        key, said = name.lower(), header(value)
        found[key] = f"{found[key]} {said}" if key in found and key != "subject" else said
    return found


def _leaves(mail: Message) -> Iterator[Message]:
    """Yield the parts that hold something, without looking into enclosed mails."""
    waiting, seen = [mail], 0
    while waiting and seen < MOST_PARTS:
        part, seen = waiting.pop(0), seen + 1
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting[:0] = [one for one in inner if isinstance(one, Message)]
        else:
            yield part


def _fields(part: Message) -> str:
    """Return the field lines of a report; the parser has made small messages of its groups."""
    inner = part.get_payload()
    if not isinstance(inner, list):
        return _decoded(part)
    groups = [one for one in inner if isinstance(one, Message)]
    return "\n\n".join(f"{_lines(one)}\n\n{_decoded(one)}" for one in groups)


def _letter(part: Message) -> str:
    inner = part.get_payload()
    if not isinstance(inner, list):
        return _decoded(part)
    return "\n".join(f"{_lines(one)}\n\n{_decoded(one)}" for one in inner if isinstance(one, Message))


def _lines(mail: Message) -> str:
    return "\n".join(f"{name}: {value}" for name, value in mail.items())


def _decoded(part: Message) -> str:
    """Return a part as text: by its charset, else as UTF-8, else byte for byte."""
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        content = None
    if not isinstance(content, bytes):
        return ""
    for charset in (_charset(part), "utf-8"):
        try:
            return _CONTROL.sub("", content.decode(charset)).replace("\r\n", "\n").replace("\r", "\n")
        except (LookupError, UnicodeError, ValueError):
            continue
    return _CONTROL.sub("", content.decode("latin-1")).replace("\r\n", "\n")


def _charset(part: Message) -> str:
    try:
        return part.get_content_charset() or "utf-8"
    except (LookupError, UnicodeError, ValueError):
        return "utf-8"


def _name(part: Message) -> str:
    try:
        return header(part.get_filename() or "")[:200]
    except (LookupError, UnicodeError, ValueError, TypeError):
        return ""
