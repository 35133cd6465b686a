"""Starts the mail servers that letters are tested against, and makes the certificate that they show."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from rewarm.adapters.channels import Outbound
from tests.adapters import rigs

MAIL = Outbound(
    "touch-2",
    "care@elmstreet.example",
    "sarah@example.com",
    "Hello Sarah,\n.one line that begins with a dot\nGood-bye — Zoë",
    subject="Your question about price — answered",
    html="<p>Hello <b>Sarah</b></p>",
    headers={"List-Unsubscribe": "<https://elmstreet.example/out/abc>"},
    ics="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
    sender_name="Elm Street Hearing",
)


class Mailbox:
    """What a mail server took in, and on how many connections."""

    def __init__(self) -> None:
        self.port = rigs.free_port()
        self.envelopes: list[tuple[str, str]] = []
        self.letters: list[bytes] = []
        self.callers: set[object] = set()

    def mails(self) -> list[EmailMessage]:
        """The letters as a mail program reads them."""
        read = [message_from_bytes(letter, policy=default) for letter in self.letters]
        return [mail for mail in read if isinstance(mail, EmailMessage)]

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address.startswith("nobody@"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.callers.add(session.peer)
        self.envelopes.append((envelope.mail_from, *envelope.rcpt_tos))
        self.letters.append(envelope.content)
        return "250 OK queued as Q42"


@contextmanager
def mail_server(box: Mailbox | None = None, **settings: Any) -> Iterator[Mailbox]:
    """Run a real mail server in a thread of this process."""
    box = box or Mailbox()
    # Without a name the server asks the DNS for its own at every connection.
    controller = Controller(box, hostname="127.0.0.1", port=box.port, server_hostname="mail.example", **settings)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def with_login(certificate: tuple[Path, Path]) -> dict[str, Any]:
    """Ask for STARTTLS and for the login rewarm/secret, as a submission server does (RFC 6409)."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)

    def check(server: Any, session: Any, envelope: Any, mechanism: str, login: LoginPassword) -> AuthResult:
        right = login == LoginPassword(b"rewarm", b"secret")
        return AuthResult(success=right, handled=False)  # a failure must be left unhandled, or the client hangs

    return {"tls_context": context, "require_starttls": True, "authenticator": check, "auth_required": True}


HANG_UP = "(hangs up)"
GREETING = {"EHLO": "250 clerk.example", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go", "RSET": "250 ok"}


def clerk(heard: list[str], *changes: tuple[str, str]) -> rigs.Behaviour:
    """Speak SMTP to one caller after the other, each word as usual unless the next of `changes` is about it.

    A change is a verb, or "." for a whole letter, and what is answered then; it is used up. `heard` gets the verbs.
    """
    left = list(changes)

    def behave(caller: socket.socket) -> None:
        with caller.makefile("rb") as lines:
            caller.sendall(b"220 clerk.example\r\n")
            reading = False
            while line := lines.readline():
                if reading and line != b".\r\n":
                    continue
                verb = "." if reading else line.split()[0].decode().upper()
                heard.append(verb)
                answer = left.pop(0)[1] if left and left[0][0] == verb else GREETING.get(verb, "250 queued as Q1")
                if answer == HANG_UP:
                    rigs.reset(caller)
                    return
                caller.sendall(answer.encode() + b"\r\n")
                reading = verb == "DATA" and answer.startswith("354")
                if answer.startswith("421"):
                    return

    return behave


def make_certificate(home: Path) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1 that nobody else trusts; return its file and that of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert_file, key_file = home / "cert.pem", home / "key.pem"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert_file, key_file
