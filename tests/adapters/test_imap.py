"""A mailbox is read over the real thing: everything once, nothing lost, and no mail stops the ones behind it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from rewarm.adapters.channels import Incoming, Listening, open_channel
from rewarm.adapters.channels.imap import LOOK_EVERY
from rewarm.errors import ChannelError, SetupError
from tests.adapters import rigs
from tests.adapters.dovecot import Dovecot, dovecot

PATIENCE = LOOK_EVERY + 15  # seconds: should the server forget to wake us, we look by ourselves
ELSEWHERE = {"host": "127.0.0.1", "port": 1}  # where mail would go out


def letter(subject: str, text: str = "Yes, Tuesday is fine.", sender: str = "sarah@mail.example") -> bytes:
    return (
        f"From: Sarah <{sender}>\r\nTo: care@elmstreet.example\r\nSubject: Re: {subject}\r\n"
        f"Message-ID: <{subject}@mail.example>\r\n\r\n{text}\r\n"
    ).encode()


@dataclass
class Desk:
    """Whoever takes what comes in; it fails for the texts that it is told to fail for."""

    taken: list[Incoming] = field(default_factory=list)
    fails: dict[str, Exception] = field(default_factory=dict)
    attempts: int = 0

    def take(self, incoming: Incoming) -> None:
        self.attempts += 1
        if incoming.text in self.fails:
            raise self.fails[incoming.text]
        self.taken.append(incoming)

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.taken]


@contextmanager
def listening(server: Dovecot, desk: Desk, **settings: object) -> Iterator[None]:
    channel = open_channel("smtp", {**ELSEWHERE, **server.settings(**settings)})
    assert isinstance(channel, Listening)
    stopping = threading.Event()
    thread = threading.Thread(target=channel.listen, args=(desk.take, stopping))
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(10)
        assert not thread.is_alive(), "it did not hear that it should stop"


@pytest.fixture(scope="module")
def running() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


def test_what_lies_there_and_what_comes_is_taken_once(running: Dovecot) -> None:
    desk = Desk()
    running.deliver(letter("one", "first"))
    with listening(running, desk):
        rigs.until(lambda: desk.texts == ["first"], what="the mail that lay there", seconds=PATIENCE)
        time.sleep(0.3)  # it waits for news by now
        began = time.monotonic()
        running.deliver(letter("two", "second"))
        rigs.until(lambda: desk.texts == ["first", "second"], what="the mail that came", seconds=PATIENCE)
        assert time.monotonic() - began < 3, "the server wakes us"
    assert {"$Rewarm"} == {flag for flags in running.mails().values() for flag in flags}, "people still see it as new"
    with listening(running, again := Desk()):
        time.sleep(0.5)
    assert again.taken == []


def test_a_mail_is_marked_only_when_it_was_taken(running: Dovecot) -> None:
    desk = Desk(fails={"not yet": ChannelError("the database rests")})
    running.deliver(letter("later", "not yet"), user="later")
    running.deliver(letter("behind", "behind it"), user="later")
    with listening(running, desk, user="later"):
        rigs.until(lambda: desk.texts == ["behind it"] and desk.attempts >= 3, what="another try", seconds=PATIENCE)
        assert running.mails(user="later")["Re: later"] == ()
        desk.fails.clear()
        rigs.until(lambda: desk.texts == ["behind it", "not yet"], what="the mail that failed", seconds=PATIENCE)


def test_a_mail_that_nobody_can_take_is_set_aside(running: Dovecot) -> None:
    desk = Desk(fails={"poison": ValueError("a bug of ours")})
    running.deliver(letter("poison", "poison"), user="aside")
    with listening(running, desk, user="aside"):
        rigs.until(
            lambda: "Re: poison" in running.mails("Rewarm-set-aside", user="aside"), what="the folder", seconds=PATIENCE
        )
        running.deliver(letter("next", "next"), user="aside")
        rigs.until(lambda: desk.texts == ["next"], what="the mail behind it", seconds=PATIENCE)
    assert desk.attempts == 4, "three tries, and one for the mail behind it"


def test_a_server_that_went_away_is_found_again() -> None:
    desk = Desk()
    with dovecot() as server, listening(server, desk):
        server.deliver(letter("before", "before"))
        rigs.until(lambda: desk.texts == ["before"], what="the first mail", seconds=PATIENCE)
        server.stop()
        time.sleep(0.2)
        server.start()
        server.deliver(letter("after", "after"))
        rigs.until(lambda: desk.texts == ["before", "after"], what="the mail after the pause", seconds=PATIENCE)


def test_a_server_that_does_not_wake_us_is_asked() -> None:
    desk = Desk()
    with dovecot(idle=False) as server, listening(server, desk, imap_poll=0.2):
        rigs.until(lambda: rigs.listens(server.imap), what="dovecot", seconds=PATIENCE)
        time.sleep(0.5)
        server.deliver(letter("polled", "polled"))
        rigs.until(lambda: desk.texts == ["polled"], what="the mail", seconds=PATIENCE)


def test_a_mail_without_any_form_is_no_stumbling_block(running: Dovecot) -> None:
    desk = Desk()
    for mail in (b"\x00\xff\xfe", b"From: \xff\r\n\r\n", b"Content-Type: multipart/mixed\r\n\r\nno boundary", b"\r\n"):
        running.deliver(mail, user="odd")
    running.deliver(letter("good", "good"), user="odd")
    with listening(running, desk, user="odd"):
        rigs.until(lambda: "good" in desk.texts, what="the good one", seconds=PATIENCE)
    assert not running.mails("Rewarm-set-aside", user="odd")


def test_a_wrong_password_is_tried_again_quietly(running: Dovecot) -> None:
    with listening(running, Desk(), imap_password="guess"):
        time.sleep(0.5)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"imap_host": "mail.example", "imap_tls": "no"}, "under TLS only"),
        ({"imap_host": "mail.example", "imap_tls": "perhaps"}, "expected implicit"),
        ({"imap_host": "mail.example", "lmtp": "127.0.0.1:24"}, "not both"),
        ({"lmtp": "24"}, "such as 127.0.0.1"),
    ],
)
def test_settings_that_cannot_be_are_said(settings: dict[str, str], said: str) -> None:
    with pytest.raises(SetupError, match=said):
        open_channel("smtp", {**ELSEWHERE, **settings})


def test_a_sender_without_a_mailbox_does_not_listen() -> None:
    assert not isinstance(open_channel("smtp", ELSEWHERE), Listening)
