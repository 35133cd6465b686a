"""Signed letters, as a mailbox provider verifies them: dkimpy reads the key from a DNS that the test plays."""

from collections.abc import Iterator
from dataclasses import replace

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from rewarm.adapters.channels import open_channel
from rewarm.adapters.channels.dkim import Signer, make_key
from rewarm.adapters.channels.mail import mail_of
from rewarm.errors import SetupError
from tests.adapters.mail_rigs import MAIL, Mailbox, mail_server

SETTINGS = {"domain": "elmstreet.example", "selector": "rewarm1", "key": make_key()}
SIGNER = Signer.of(SETTINGS)


def believed(letter: bytes) -> bool:
    """Verify a letter as its receiver does; the DNS knows one key only."""

    def look_up(name: bytes, timeout: int = 5) -> bytes:
        return SIGNER.record.encode() if name == b"rewarm1._domainkey.elmstreet.example." else b""

    return bool(dkim.verify(letter, dnsfunc=look_up))


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture(scope="module")
def arrived(mailbox: Mailbox) -> bytes:
    """A letter as the server of its receiver took it in."""
    channel = open_channel("smtp", {"host": "127.0.0.1", "port": mailbox.port, "dkim": SETTINGS})
    channel.send(MAIL)
    channel.close()
    return mailbox.letters[-1]


def test_a_letter_arrives_signed(arrived: bytes) -> None:
    assert arrived.startswith(b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=elmstreet.example; s=rewarm1;")
    assert believed(arrived)


@pytest.mark.parametrize(
    ("said", "forged"),
    [
        (b"<https://elmstreet.example/out/abc>", b"<https://elmstreet.example/out/xyz>"),
        (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two-Clicks"),
        (b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", b""),
        (b"Subject: Your", b"Subject: My"),
        (b"care@elmstreet.example>\r\nTo", b"boss@elmstreet.example>\r\nTo"),
        (b"To: sarah@", b"To: john@"),
        (b"Date: ", b"Date: X"),
        (b"<touch-2@", b"<touch-3@"),
        (b"multipart/mixed", b"multipart/alternative"),
        (b"Hello Sarah", b"Hello Susan"),
    ],
)
def test_what_is_changed_on_the_way_is_not_believed(arrived: bytes, said: bytes, forged: bytes) -> None:
    assert said in arrived
    assert not believed(arrived.replace(said, forged, 1))


@pytest.mark.parametrize(
    "name", ["From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post"]
)
@pytest.mark.parametrize("above", [True, False])
def test_a_second_header_beside_ours_is_not_believed(arrived: bytes, name: str, above: bool) -> None:
    """Most mail programs show the first From and the first Subject, wherever the signature looks."""
    added = f"{name}: x@evil.example\r\n".encode()
    head, gap, body = arrived.partition(b"\r\n\r\n")
    forged = added + arrived if above else head + b"\r\n" + added.rstrip() + gap + body
    assert not believed(forged)


def test_what_relays_do_to_every_letter_is_forgiven(arrived: bytes) -> None:
    relayed = b"Received: from a.example\r\n by b.example\r\n" + arrived
    relayed = relayed.replace(b"Subject: Your question", b"Subject:  Your\r\n  question", 1)
    assert believed(relayed + b"\r\n\r\n")


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=200)


@given(text=st.lists(words, max_size=6).map("\n".join), subject=words, name=words, html=st.none() | words)
def test_whatever_we_write_is_believed(text: str, subject: str, name: str, html: str | None) -> None:
    letter = replace(MAIL, text=text, subject=subject, sender_name=name, html=html)
    assert believed(SIGNER.sign(mail_of(letter).as_bytes()))


spaced = st.text(" \t.abc=", max_size=12)


@given(body=st.lists(spaced, max_size=8), subject=st.lists(spaced, min_size=1, max_size=3))
def test_white_space_is_read_as_the_standard_reads_it(body: list[str], subject: list[str]) -> None:
    folded = "\r\n ".join(line.strip() or "x" for line in subject)
    letter = f"From: care@elmstreet.example\r\nSubject: {folded}\r\n\r\n" + "".join(f"{line}\r\n" for line in body)
    assert believed(SIGNER.sign(letter.encode()))


def test_headers_that_stand_twice_are_read_from_the_lowest_up() -> None:
    twice = b"From: care@elmstreet.example\r\nTo: a@b.example\r\nTo: c@d.example\r\nMIME-Version: 1\r\nMIME-Version: 2\r\n\r\n"
    assert believed(SIGNER.sign(twice))


def _pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return key.private_bytes(*pem).decode()


def test_a_key_that_nobody_verifies_is_refused_in_words() -> None:
    with pytest.raises(SetupError, match="PEM"):
        Signer.of(SETTINGS | {"key": "not a key"})
    with pytest.raises(SetupError, match="RSA"):
        Signer.of(SETTINGS | {"key": _pem(ed25519.Ed25519PrivateKey.generate())})
    with pytest.raises(SetupError, match="selector"):
        open_channel("smtp", {"host": "127.0.0.1", "dkim": {"domain": "elmstreet.example", "key": SETTINGS["key"]}})
