"""Writes a message as mail: a plain text, its designed twin, an invitation, and one click to get out."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr, formatdate, parseaddr

from rewarm.adapters.channels import Outbound

POLICY = SMTP.clone(cte_type="7bit")  # every server takes that, and few tell what else they take


def mail_of(message: Outbound, *, domain: str = "") -> EmailMessage:
    """Write a message as mail; raises ValueError when an address or a header cannot be one.

    Message-ID is our key, by which a bounce finds the touch. One-click unsubscribing needs both list headers,
    and a signer must cover both (RFC 8058).
    """
    mail = EmailMessage(policy=POLICY)
    address = parseaddr(message.sender)[1]
    mail["From"] = formataddr((message.sender_name or parseaddr(message.sender)[0], address))
    mail["To"] = message.to
    mail["Subject"] = message.subject
    mail["Date"] = formatdate()
    mail["Message-ID"] = f"<{message.id}@{domain or address.partition('@')[2] or 'localhost'}>"
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
