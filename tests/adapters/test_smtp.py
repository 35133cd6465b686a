"""Letters over SMTP: what arrives at a real mail server, and what is known when a server breaks."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rewarm.adapters.channels import Channel, open_channel
from rewarm.domain.outbox import Accepted, Refused
from tests.adapters import rigs
from tests.adapters.mail_rigs import MAIL, Mailbox, mail_server, make_certificate, with_login
from tests.adapters.outcomes import FOR_GOOD, FOR_NOW, IN_DOUBT, felt

OPENED: list[Channel] = []


@pytest.fixture(autouse=True)
def _close_channels() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


@pytest.fixture(scope="module")
def running() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def mailbox(running: Mailbox) -> Mailbox:
    """An empty mailbox of a server that runs already."""
    running.letters.clear()
    running.recipients.clear()
    running.callers.clear()
    return running


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("tls"))


def mailing(port: int, **settings: Any) -> Channel:
    OPENED.append(open_channel("smtp", {"host": "127.0.0.1", "port": port, **settings}))
    return OPENED[-1]


# --- What arrives ---------------------------------------------------------------------------------------


def test_a_mail_arrives_with_both_parts_and_one_way_out(mailbox: Mailbox) -> None:
    assert mailing(mailbox.port).send(MAIL) == Accepted("Q42")
    mail = mailbox.mails.pop()
    assert mail["Message-ID"] == "<touch-2@elmstreet.example>"
    assert mail["Subject"] == MAIL.subject
    assert mail["From"] == "Elm Street Hearing <care@elmstreet.example>"
    assert mail["List-Unsubscribe"] == "<https://elmstreet.example/out/abc>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain, designed = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert designed is not None
    assert plain.get_content().replace("\r\n", "\n").strip() == MAIL.text
    assert "<b>Sarah</b>" in designed.get_content()
    (invitation,) = mail.iter_attachments()
    assert invitation.get_content_type() == "text/calendar"
    assert invitation["Content-Type"].params["method"] == "REQUEST"
    assert invitation.get_content().strip().startswith("BEGIN:VCALENDAR") or b"VCALENDAR" in invitation.get_content()


def test_a_bare_mail_has_no_list_headers(mailbox: Mailbox) -> None:
    assert mailing(mailbox.port).send(replace(MAIL, html=None, ics=None, headers={})) == Accepted("Q42")
    mail = mailbox.mails.pop()
    assert mail["List-Unsubscribe-Post"] is None
    assert mail.get_content_type() == "text/plain"


@pytest.mark.parametrize("subject", ["Hello\nBcc: all@example.com", "Hello\r\n\r\nbody"])
def test_no_header_can_be_smuggled_in(mailbox: Mailbox, subject: str) -> None:
    assert felt(mailing(mailbox.port).send(replace(MAIL, subject=subject))) == FOR_GOOD
    assert not mailbox.letters


def test_starttls_and_a_login(certificate: tuple[Path, Path]) -> None:
    with mail_server(**with_login(certificate)) as box:
        settings = {"starttls": True, "username": "rewarm", "cafile": str(certificate[0])}
        assert isinstance(mailing(box.port, **settings, password="secret").send(MAIL), Accepted)
        wrong = mailing(box.port, **settings, password="guess").send(MAIL)
        assert isinstance(wrong, Refused)
        assert wrong.reason.startswith("535")
        untrusted = mailing(box.port, **{**settings, "cafile": None}, password="secret").send(MAIL)
        assert isinstance(untrusted, Refused)
        assert len(box.letters) == 1


# --- When the other side breaks -------------------------------------------------------------------------
# Proof that nothing was taken is a refusal; once the letter may have left, only Unknown is honest.

OK = "250 fine"


def test_nobody_listens() -> None:
    assert felt(mailing(rigs.free_port()).send(MAIL)) == FOR_NOW


@pytest.mark.parametrize(
    ("behave", "verdict"),
    [
        (rigs.speaks_smtp(OK, OK, "550 no such user"), FOR_GOOD),
        (rigs.speaks_smtp(OK, OK, "451 greylisted, come again"), FOR_NOW),
        (rigs.speaks_smtp(OK, "421 too busy"), FOR_NOW),
        (rigs.speaks_smtp(OK, OK, OK, "354 go", "(letter)", then=lambda c: c.sendall(b"554 spam\r\n")), FOR_GOOD),
        (rigs.speaks_smtp(OK, OK, OK, "354 go", "(letter)", then=lambda c: c.sendall(b"452 full\r\n")), FOR_NOW),
        (rigs.speaks_smtp(OK, OK, OK, "354 go", "(letter)", then=rigs.reset), IN_DOUBT),
        (rigs.speaks_smtp(OK, OK, OK, "354 go", "(letter)", then=lambda _: time.sleep(0.6)), IN_DOUBT),
        (rigs.speaks_smtp(OK, OK, then=rigs.reset), FOR_NOW),
        (lambda caller: caller.sendall(b"554 we do not talk to you\r\n"), FOR_GOOD),
        (rigs.reset, FOR_NOW),
    ],
)
def test_a_mail_server_that_breaks(behave: rigs.Behaviour, verdict: str) -> None:
    with rigs.broken_server(behave) as port:
        assert felt(mailing(port, timeout=0.3).send(MAIL)) == verdict
