"""Writes a message as mail: a plain text, its designed twin, an invitation, and one click to get out."""

from __future__ import annotations

from email.headerregistry import BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import formatdate, parseaddr, quote
from typing import Any

from rewarm.adapters.channels import Outbound

RECOMMENDED = 78  # characters a line; a longer word stands alone, up to the 998 that RFC 5322 allows (section 2.1.1)
IN_ONE_PIECE = frozenset({"list-unsubscribe", "in-reply-to", "references"})
LONGEST_ADDRESS = 254  # RFC 5321, section 4.5.3.1.3


class _InOnePiece:
    """Folds between its words only: a link or an id that is cut up and encoded is none to a mailbox provider."""

    name: str

    def fold(self, *, policy: Policy[Any]) -> str:
        lines = [f"{self.name}:"]
        for word in str(self).split():
            if (
                len(lines[-1]) + 1 + len(word) > RECOMMENDED
                and lines[-1].strip()
                and len(lines[-1]) > len(self.name) + 1
            ):
                lines.append("")
            lines[-1] += f" {word}"
        return policy.linesep.join(lines) + policy.linesep


class _Headers(HeaderRegistry):
    """Makes the class of each header once, and not for every letter: that is a third of the time that a letter takes."""

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[str, type[BaseHeader]] = {}

    def __getitem__(self, name: str) -> type[BaseHeader]:
        if name not in self._made:
            made = super().__getitem__(name)
            whole = name.lower() in IN_ONE_PIECE
            self._made[name] = type(made.__name__, (_InOnePiece, made), {}) if whole else made
        return self._made[name]


# Every server takes 7 bits, few tell what else they take, and no relay re-codes them.
POLICY = SMTP.clone(cte_type="7bit", header_factory=_Headers())


def mail_of(message: Outbound, *, domain: str = "", reply_to: str = "") -> EmailMessage:
    """Write a message as mail; raises ValueError when an address or a header cannot be one.

    Message-ID is our key, by which a bounce finds the touch. One-click unsubscribing needs both list headers,
    and a signer must cover both (RFC 8058). Addresses with letters outside ASCII are written as they are (RFC 6532).
    """
    sender = address_of(parseaddr(message.sender)[1])
    to = address_of(message.to)
    mail = EmailMessage(policy=POLICY.clone(utf8=not (sender + to).isascii()))
    mail["From"] = _mailbox(message.sender_name or parseaddr(message.sender)[0], sender)
    mail["To"] = to
    mail["Subject"] = message.subject
    mail["Date"] = formatdate()
    mail["Message-ID"] = f"<{message.id}@{domain or sender.rpartition('@')[2]}>"
    if reply_to:
        mail["Reply-To"] = address_of(reply_to)
    for name, value in message.headers.items():
        mail[name] = value
    if "List-Unsubscribe" in mail and "List-Unsubscribe-Post" not in mail:
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(message.text)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    if message.ics:
        mail.add_attachment(
            message.ics.encode(), "text", "calendar", filename="invite.ics",
            params={"method": "REQUEST", "charset": "utf-8"},
        )  # fmt: skip
    return mail


def address_of(text: str) -> str:
    """Return an address that may stand in an envelope; raises ValueError for anything that could be read as more."""
    local, at, domain = text.rpartition("@")
    if not (local and at and domain) or len(text) > LONGEST_ADDRESS or any(c in '<>,;:"() \\' or c < " " for c in text):
        raise ValueError(f"{text!r} is no address that a letter can go to")
    return text


def _mailbox(name: str, address: str) -> str:
    return f'"{quote(name)}" <{address}>' if name else address
