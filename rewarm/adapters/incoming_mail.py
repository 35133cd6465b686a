"""Reads a mail that came in, in our words: a bounce, a complaint, somebody's answer, or an answer that nobody wrote."""

from __future__ import annotations

import re
from email.message import Message
from email.utils import getaddresses
from hashlib import sha256

from rewarm.adapters.bounce_words import bounce_words
from rewarm.adapters.channels import Incoming
from rewarm.adapters.html_text import html_text
from rewarm.adapters.mail_parts import LARGEST, Parts, take_apart
from rewarm.adapters.unquote import own_words
from rewarm.domain import bounce, emails
from rewarm.domain.bounce import Bounce
from rewarm.domain.bounce_report import address_in

# In `Incoming.reason` of an inbound mail: it is kept for people to see, and nobody answers it (RFC 3834).
AUTOMATIC = "automatic reply"

LONGEST = 20_000  # characters of an answer
LONGEST_RAW = 64_000
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,250})>")
_UNSUBSCRIBE = re.compile(r"\s*unsubscribe\b[\s:]*(?:[0-9a-f-]{36})?\s*", re.IGNORECASE)
_BY_MACHINE = ("x-autoreply", "x-autorespond", "x-auto-reply-from", "list-id", "x-loop")
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})


def read_mail(mail: bytes | Message) -> tuple[Incoming, ...]:
    """Read one mail; nothing comes of a delay that is still being tried, nor of a mail from nobody.

    Never raises for what is in it. A bounce names its address in `from_address`, and in `reason` how grave it is.
    """
    parts = take_apart(mail)
    key, raw = _key(parts, mail), _raw(mail)
    bounces = bounce.read(parts.notice(), bounce_words())
    if bounces:
        return tuple(one for number, each in enumerate(bounces) for one in _told(each, f"{key}#{number}", raw))
    return _answer(parts, key, raw)


def _told(one: Bounce, key: str, raw: str) -> tuple[Incoming, ...]:
    reason = " ".join(filter(None, (one.kind, one.status, one.reason)))
    match one.kind:
        case "complaint":
            return (Incoming("complained", key, one.our_id, one.address, raw=raw, reason=one.reason),)
        case "hard" | "soft" if one.given_up:
            return (Incoming("bounced", key, one.our_id, one.address, raw=raw, reason=reason),)
        case "none" if one.our_id:
            return (Incoming("delivered", key, one.our_id, one.address, raw=raw),)
    return ()


def _answer(parts: Parts, key: str, raw: str) -> tuple[Incoming, ...]:
    headers = parts.headers
    sender, receiver = _address(headers.get("from", "")), _address(headers.get("to", ""))
    if not sender:
        return ()
    text, subject = _text(parts), headers.get("subject", "")
    ours = _our_id(headers)
    if _UNSUBSCRIBE.fullmatch(subject) and len(text.split()) < 3:
        return (Incoming("unsubscribed", key, ours or bounce.our_key(subject), sender, receiver, raw=raw),)
    if not text:
        text = bounce_words().answered.sub("", subject).strip()
    elif subject and not ours and not bounce_words().answered.match(subject):
        text = f"{subject}\n\n{text}"
    if parts.attachments:
        text = f"{text}\n\n[attached: {', '.join(parts.attachments[:10])}]".strip()
    reason = AUTOMATIC if _is_automatic(headers) else ""
    return (Incoming("inbound", key, ours, sender, receiver, text[:LONGEST], raw=raw, reason=reason),)


def _text(parts: Parts) -> str:
    """Return what they wrote now; HTML is asked only when there is no plain text."""
    if parts.plain.strip():
        return own_words(parts.plain)
    return own_words(html_text(parts.html, quotes=False)) or own_words(html_text(parts.html))


def _is_automatic(headers: dict[str, str]) -> bool:
    """Tell whether a program wrote it: by RFC 3834, by the headers that came before it, by its subject."""
    submitted = headers.get("auto-submitted", "no").partition(";")[0].strip().lower()
    if submitted not in ("no", "") or headers.get("precedence", "").strip().lower() in _BULK:
        return True
    if any(name in headers for name in _BY_MACHINE) or headers.get("return-path", "-").strip() == "<>":
        return True
    words, local = bounce_words(), _address(headers.get("from", "")).partition("@")[0]
    if words.daemons.search(local) or words.robots.search(local):
        return True
    return words.automatic.search(headers.get("subject", "").strip()) is not None


def _our_id(headers: dict[str, str]) -> str:
    """Find the touch that they answer: in the threading headers, the last first, or in our own address."""
    threads = [headers.get("in-reply-to", ""), *reversed(headers.get("references", "").split())]
    envelope = [headers.get(name, "") for name in ("to", "delivered-to", "x-original-to")]
    return next((found for text in (*threads, *envelope) if (found := bounce.our_key(text))), "")


def _address(text: str) -> str:
    found = getaddresses([text])
    return (emails.canonical(found[0][1]) if found else None) or address_in(text)


def _key(parts: Parts, mail: bytes | Message) -> str:
    """Name a mail so that it is known again: by its own id, else by what it says."""
    found = _MESSAGE_ID.search(parts.headers.get("message-id", ""))
    if found:
        return f"mail:{found[1]}"
    whole = (
        mail[:LARGEST]
        if isinstance(mail, bytes)
        else repr(sorted(parts.headers.items())).encode() + parts.text.encode()
    )
    return f"mail:{sha256(whole).hexdigest()}"


def _raw(mail: bytes | Message) -> str:
    whole = mail if isinstance(mail, bytes) else mail.as_bytes()
    return whole[:LONGEST_RAW].decode("utf-8", "replace").replace("\x00", "")
