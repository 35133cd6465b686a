"""Takes the practice's e-mail: every message is journalled before it is accepted."""

from __future__ import annotations

import email
import re
from email import policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from town.world import World


class Postman:
    """The aiosmtpd handler of the town."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Deliver one message to each recipient."""
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        if not isinstance(message, EmailMessage):
            return "554 that is not a message"
        for to in envelope.rcpt_tos:
            self.world.write(
                {
                    "in": "mail",
                    "at": self.world.clock().isoformat(),
                    "key": str(message["Message-ID"] or ""),
                    "from": envelope.mail_from,
                    "to": to,
                    "subject": str(message["Subject"] or ""),
                    "text": plain(message),
                    "unsubscribe": one_click(message),
                }
            )
        return "250 OK"


def plain(message: EmailMessage) -> str:
    """Return the text of a message; of HTML alone, the words."""
    body = message.get_body(("plain", "html"))
    if body is None:
        return ""
    said = str(body.get_content())
    return re.sub(r"<[^>]+>", " ", said) if body.get_content_subtype() == "html" else said


def one_click(message: EmailMessage) -> str:
    """Return the address that takes a one-click unsubscribe (RFC 8058), or ""."""
    if "List-Unsubscribe-Post" not in message:
        return ""
    found = re.search(r"<(https?://[^>]+)>", str(message["List-Unsubscribe"] or ""))
    return found[1] if found else ""


def open_post(world: World, port: int) -> Controller:
    """Start the SMTP server on 127.0.0.1 and return it."""
    controller = Controller(Postman(world), hostname="127.0.0.1", port=port)
    controller.start()
    return controller
