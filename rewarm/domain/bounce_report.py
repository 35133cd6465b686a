"""Reads the parts of a notice that are made for machines: delivery status, feedback reports, a vendor's JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rewarm.domain import emails

Outcome = Literal["failed", "delayed", "delivered"]
Fields = dict[str, list[str]]

ADDRESS = re.compile(r"[\w.!#$%&*+/=?^`{|}~'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_FIELD = re.compile(r"^([A-Za-z][\w-]{1,40})[ \t]*:[ \t]*(.*)$")
_RECIPIENTS = ("original-recipient", "final-recipient", "x-actual-recipient")
# What the owner of a mailbox pressed, or asked for; the other types are reports about signatures and the like.
_NO_COMPLAINTS = frozenset({"not-spam", "auth-failure", "dkim"})
_NOTIFICATION = re.compile(r'"(?:notificationType|eventType)"\s*:\s*"(\w+)"')
_BOUNCED = re.compile(r'"(?:bounced|complained)Recipients"\s*:\s*\[(.*?)\]', re.DOTALL)
_KEY = r'"{}"\s*:\s*"((?:[^"\\]|\\.)*)"'


@dataclass(frozen=True, slots=True)
class Recipient:
    """What became of one letter for one address."""

    address: str
    outcome: Outcome = "failed"
    status: str = ""
    reason: str = ""


def address_in(text: str) -> str:
    """Return the first address of a text in its canonical form, or ""."""
    return next(addresses_in(text), "")


def addresses_in(text: str) -> Iterator[str]:
    """Yield the addresses of a text in their canonical form, in order, without the punctuation around them."""
    for match in ADDRESS.finditer(text):
        if one := emails.canonical(match[0].strip(".'*=/|#`{}?&").removeprefix("3D")):
            yield one


def delivery_status(text: str) -> list[Recipient]:
    """Read the per-recipient fields of RFC 3464, wherever they stand: some servers put them into plain text.

    The original recipient is the address that we wrote to; the final one may be where it was forwarded.
    """
    found = []
    for group in _groups(text):
        address = next((one for name in _RECIPIENTS for value in group.get(name, ()) if (one := address_in(value))), "")
        if address:
            action = _first(group, "action").lower()
            found.append(
                Recipient(address, _outcome(action), _first(group, "status"), _first(group, "diagnostic-code"))
            )
    return found


def feedback(text: str) -> list[str] | None:
    """Return whom a feedback report (RFC 5965) says that it comes from; None when it is no complaint.

    Most providers leave the address out: the letter that they enclose tells more.
    """
    fields = next(_groups(text, apart=False), {})
    if _first(fields, "feedback-type").lower() in _NO_COMPLAINTS:
        return None
    named = [*fields.get("original-rcpt-to", ()), *fields.get("removal-recipient", ())]
    return list(dict.fromkeys(one for value in named for one in addresses_in(value)))


def notification(text: str) -> tuple[Literal["complaint", "bounce"], list[Recipient]] | None:
    """Read a notice in JSON such as Amazon's services send by mail; None when there is none, or it tells of a success."""
    kind = _NOTIFICATION.search(text)
    said = _BOUNCED.search(text)
    if kind is None or said is None:
        return None
    status, reason = _value("status", said[1]), _value("diagnosticCode", said[1])
    addresses = [one for one in re.findall(_KEY.format("emailAddress"), said[1]) if "@" in one]
    recipients = [Recipient(one, "failed", status, reason) for each in addresses for one in addresses_in(each)]
    return ("complaint" if kind[1].lower() == "complaint" else "bounce"), recipients


def _groups(text: str, *, apart: bool = True) -> Iterator[Fields]:
    """Unfold header-like lines into groups; `apart` begins a new one at an empty line and at a second recipient."""
    group: Fields = {}
    last: list[str] | None = None
    for line in text.splitlines():
        if last is not None and line[:1] in (" ", "\t") and line.strip():
            last[-1] = f"{last[-1]} {line.strip()}".strip()
            continue
        field = _FIELD.match(line.strip())
        name = field[1].lower() if field else ""
        if apart and group and (not line.strip() or (name == "final-recipient" and name in group)):
            yield group
            group = {}
        last = group.setdefault(name, []) if field else None
        if field and last is not None:
            last.append(field[2].strip())
    if group:
        yield group


def _outcome(action: str) -> Outcome:
    if action.startswith(("delivered", "deliverable", "relayed", "expanded")):
        return "delivered"
    return "delayed" if action.startswith("delay") else "failed"


def _first(fields: Fields, name: str) -> str:
    return fields.get(name, [""])[0]


def _value(key: str, text: str) -> str:
    found = re.search(_KEY.format(key), text)
    return found[1] if found else ""
