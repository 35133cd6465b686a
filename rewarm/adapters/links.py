"""Makes the links that go into messages, and reads them back: signed, short, good for years, nothing guessed from them."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.conf import settings

# Names the key in every token, so that the secret can be changed while old links go on working.
KEY_ID = "1"
_MAC_BYTES = 9  # 72 bits: nobody tries 2^71 links


class BadLink(ValueError):
    """This link is damaged or was not made by us."""

    def __init__(self) -> None:
        super().__init__("This link is damaged. Please use the one from our message, or call us.")


class Site(Protocol):
    """Whoever the links belong to."""

    @property
    def id(self) -> UUID: ...
    @property
    def public_url(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Link:
    """What a token says: whose page, for which contact, and for an unsubscribe link which address."""

    workspace: UUID
    contact: UUID
    address: str = ""


def token(kind: str, link: Link) -> str:
    """Sign a link for one use; `kind` is part of the signature, so a booking link unsubscribes nobody."""
    payload = link.workspace.bytes + link.contact.bytes + link.address.encode()
    return KEY_ID + base64.urlsafe_b64encode(_mac(kind, payload) + payload).rstrip(b"=").decode()


def read(kind: str, value: str) -> Link:
    """Return what the token says; raises BadLink when it was changed or is for something else."""
    try:
        signed = base64.urlsafe_b64decode(value[1:] + "=" * (-len(value[1:]) % 4))
        mac, payload = signed[:_MAC_BYTES], signed[_MAC_BYTES:]
        if value[:1] != KEY_ID or not hmac.compare_digest(mac, _mac(kind, payload)):
            raise BadLink
        return Link(UUID(bytes=payload[:16]), UUID(bytes=payload[16:32]), payload[32:].decode())
    except ValueError as error:
        raise BadLink from error


def _mac(kind: str, payload: bytes) -> bytes:
    return hmac.digest(_key(settings.SECRET_KEY), kind.encode() + b"\0" + payload, "sha256")[:_MAC_BYTES]


@functools.lru_cache(maxsize=4)
def _key(secret: str) -> bytes:
    return hashlib.sha256(f"rewarm.link.{KEY_ID}.{secret}".encode()).digest()


def booking(site: Site, contact: UUID) -> str:
    """Link to the contact's own booking page."""
    return f"{site.public_url}/b/{token('book', Link(site.id, contact))}"


def unsubscribe_url(site: Site, contact: UUID, address: str) -> str:
    """Link to the page that stops the mail; opening it changes nothing (link scanners open everything)."""
    return f"{site.public_url}/u/{token('stop', Link(site.id, contact, address))}"


def unsubscribe(site: Site, contact: UUID, address: str) -> dict[str, str]:
    """Headers of one-click unsubscribe (RFC 8058): a POST stops, a GET does not."""
    return {
        "List-Unsubscribe": f"<{unsubscribe_url(site, contact, address)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
