"""Decides what an e-mail cell holds: canonical addresses that can be used, and what was thrown away and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal

EmailFault = Literal["placeholder", "invalid", "own_domain"]

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+"
_LOCAL = re.compile(rf'^(?:{_ATOM}(?:\.{_ATOM})*|"(?:[^"\\\x00-\x1f\x7f]|\\[\x20-\x7e])*")\Z')
_LABEL = re.compile(r"^[A-Za-z0-9\u0080-\U0010ffff](?:[A-Za-z0-9\u0080-\U0010ffff-]*[A-Za-z0-9\u0080-\U0010ffff])?$")
_SEPARATORS = re.compile(r"\s*(?:[;,|\n\t]|:::|\s/\s|\s+(?:or|and|&)\s+)\s*", re.I)
_WRAPPED = re.compile(r"<([^<>\s]+@[^<>\s]+)>")
_SPELLED_AT = re.compile(r"^(\S+)\s*(?:\(at\)|\[at\]|\sat\s)\s*(\S+)$", re.I)
_FILLERS = frozenset(
    [
        "none",
        "no",
        "noemail",
        "nomail",
        "na",
        "n/a",
        "unknown",
        "null",
        "nil",
        "test",
        "declined",
        "refused",
        "email",
        "noreply",
        "no-reply",
        "nobody",
        "anonymous",
        "abc",
        "asdf",
        "x",
        "xx",
        "xxx",
        "a",
        "aaa",
        "user",
        "example",
        "patient",
        "client",
        "customer",
        "fake",
        "notgiven",
        "notprovided",
        "donotemail",
        "noemailaddress",
        "nothing",
        "sample",
        "decline",
        "refuse",
        "notavailable",
        "doesnothave",
        "hasnone",
    ]
)
_FILLER_DOMAINS = re.compile(
    r"^(?:example\.(?:com|org|net)|(?:.*\.)?(?:test|invalid|localhost|example)|fake\.com|nomail\.com|noemail\.com)$"
)


@dataclass(frozen=True, slots=True)
class DroppedEmail:
    """A piece of an e-mail cell that is no usable address."""

    text: str
    reason: EmailFault


def canonical(address: str) -> str | None:
    """Return `address` lower-cased with its domain in IDNA, dots and +tags kept; None when it cannot be an address.

    The rule is RFC 5321 as providers apply it (local part <= 64, labels <= 63, whole <= 254), comments refused.
    """
    local, at, domain = address.rpartition("@")
    if not at or not local or len(local.encode()) > 64 or not _LOCAL.match(local):
        return None
    if domain.startswith("[") and domain.endswith("]"):
        return f"{local.lower()}@{domain.lower()}" if _literal(domain[1:-1]) else None
    labels = domain.split(".")
    if len(domain) > 253 or len(address) > 254 or any(len(label) > 63 or not _LABEL.match(label) for label in labels):
        return None
    try:
        ascii_domain = domain.lower().encode("idna").decode() if not domain.isascii() else domain.lower()
    except UnicodeError:
        return None
    return f"{local.lower()}@{ascii_domain}"


def read_emails(
    cell: str, own_domain: str = "", *, fictional: bool = False
) -> tuple[tuple[str, ...], tuple[DroppedEmail, ...]]:
    """Return the usable addresses of one cell, in order and once each, and what was dropped.

    `fictional` lets the reserved domains of RFC 2606 through: only workspaces that cannot reach anybody may ask for it.
    """
    if not cell or cell.isspace():
        return (), ()
    kept: list[str] = []
    dropped: list[DroppedEmail] = []
    for piece in _pieces(cell):
        address = canonical(_clean(piece))
        fault = _fault(address, own_domain, fictional) if address else ("invalid" if "@" in piece else "placeholder")
        if fault is not None:
            dropped.append(DroppedEmail(piece, fault))
        elif address and address not in kept:
            kept.append(address)
    return tuple(kept), tuple(dropped)


def looks_like_email(text: str) -> bool:
    """Tell whether a cell holds something that was meant as an e-mail address."""
    return "@" in text and canonical(_clean(_pieces(text)[0])) is not None if text.strip() else False


def _pieces(cell: str) -> list[str]:
    wrapped = _WRAPPED.findall(cell)
    if wrapped:
        return wrapped
    cell = cell.strip()
    if cell.count("@") > 1:
        cell = re.sub(r"\s+", ";", re.sub(r"\s*[/&]\s*", ";", cell))
    return [piece for piece in _SEPARATORS.split(cell) if piece.strip()] or [cell]


def _clean(piece: str) -> str:
    piece = re.sub(
        r"^(?:mailto|e-?mail|home|work|personal|pers|primary|alt)\s*:\s*",
        "",
        piece.strip().strip("<>'\"()[]., "),
        flags=re.I,
    )
    piece = re.sub(r"\s+\((?:home|work|personal|hers|his|wife|husband)\)$", "", piece, flags=re.I)
    if "@" not in piece and (spelled := _SPELLED_AT.match(piece)):
        return f"{spelled[1]}@{spelled[2]}"
    return piece.replace("@@", "@")


def _fault(address: str, own_domain: str, fictional: bool) -> EmailFault | None:
    local, _, domain = address.rpartition("@")
    if own_domain and (domain == own_domain.lower() or domain.endswith("." + own_domain.lower())):
        return "own_domain"
    if "." not in domain:
        return "invalid"
    name = domain.rsplit(".", 1)[0]
    reserved = _FILLER_DOMAINS.match(domain) and not (fictional and "example" in domain)
    if reserved or (local in _FILLERS and (name in _FILLERS or local == name)):
        return "placeholder"
    if local in _FILLERS - {"a", "x", "user", "email"} and len(local) > 2:
        return "placeholder"
    return None


def _literal(text: str) -> bool:
    try:
        ip_address(text.removeprefix("IPv6:"))
    except ValueError:
        return False
    return True
