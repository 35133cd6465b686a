"""Letters over SMTP: what arrives at a real mail server, and what is known when a server breaks."""

import gc
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from rewarm.adapters.channels import Channel, Outbound, open_channel
from rewarm.domain.outbox import Accepted, Outcome, Refused
from rewarm.errors import SetupError
from tests.adapters import rigs
from tests.adapters.mail_rigs import GREETING, HANG_UP, MAIL, Mailbox, clerk, mail_server, make_certificate, with_login
from tests.adapters.outcomes import FOR_GOOD, FOR_NOW, IN_DOUBT, TAKEN, felt


@pytest.fixture(scope="module")
def running() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def mailbox(running: Mailbox) -> Mailbox:
    """An empty mailbox of a server that runs already."""
    running.letters.clear()
    running.envelopes.clear()
    running.callers.clear()
    return running


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@contextmanager
def mailing(port: int, **settings: Any) -> Iterator[Channel]:
    """Open a channel, and hang up before its server is ended."""
    with closing(open_channel("smtp", {"host": "127.0.0.1", "port": port, **settings})) as channel:
        yield channel


def said(behave: rigs.Behaviour, message: Outbound = MAIL, **settings: Any) -> Outcome:
    """Send one letter to a server that behaves like this."""
    with rigs.broken_server(behave) as port, mailing(port, **{"timeout": 0.3, "answer_timeout": 0.3} | settings) as it:
        return it.send(message)


# --- What arrives ---------------------------------------------------------------------------------------


def test_a_mail_arrives_with_both_parts_and_one_way_out(mailbox: Mailbox) -> None:
    with mailing(mailbox.port) as channel:
        assert channel.send(MAIL) == Accepted("Q42")
    mail = mailbox.mails()[-1]
    assert mail["Message-ID"] == "<touch-2@elmstreet.example>"
    assert mail["Subject"] == MAIL.subject
    assert mail["From"].addresses[0].display_name == "Elm Street Hearing"
    assert mail["From"].addresses[0].addr_spec == "care@elmstreet.example"
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


def test_a_long_way_out_is_not_cut_up(mailbox: Mailbox) -> None:
    out = f"<https://elmstreet.example/out/{'A1b2C3d4' * 20}>"
    thread = " ".join(f"<{n}{'b' * 60}@example.com>" for n in range(4))
    headers = {"List-Unsubscribe": out, "In-Reply-To": f"<{'c' * 120}@example.com>", "References": thread}
    with mailing(mailbox.port) as channel:
        assert isinstance(channel.send(replace(MAIL, headers=headers)), Accepted)
    (read,), letter = mailbox.mails(), mailbox.letters[0]
    assert f"List-Unsubscribe: {out}\r\n".encode() in letter, "mailbox providers decode no such header"
    assert f"In-Reply-To: <{'c' * 120}@example.com>\r\n".encode() in letter
    assert str(read["References"]) == thread


def test_a_bare_mail_has_no_list_headers(mailbox: Mailbox) -> None:
    with mailing(mailbox.port) as channel:
        assert channel.send(replace(MAIL, html=None, ics=None, headers={})) == Accepted("Q42")
    mail = mailbox.mails()[-1]
    assert mail["List-Unsubscribe-Post"] is None
    assert mail.get_content_type() == "text/plain"


def test_answers_and_bounces_may_go_elsewhere(mailbox: Mailbox) -> None:
    elsewhere = {"reply_to": "desk@elmstreet.example", "bounces": "bounces@mail.elmstreet.example"}
    with mailing(mailbox.port, domain="mail.elmstreet.example", **elsewhere) as channel:
        channel.send(MAIL)
    mail = mailbox.mails()[-1]
    assert (mail["Reply-To"], mail["Message-ID"]) == ("desk@elmstreet.example", "<touch-2@mail.elmstreet.example>")
    assert mailbox.envelopes == [("bounces@mail.elmstreet.example", "sarah@example.com")]


@pytest.mark.parametrize("subject", ["Hello\nBcc: all@example.com", "Hello\r\n\r\nbody"])
def test_no_header_can_be_smuggled_in(mailbox: Mailbox, subject: str) -> None:
    with mailing(mailbox.port) as channel:
        assert felt(channel.send(replace(MAIL, subject=subject))) == FOR_GOOD
        assert felt(channel.send(replace(MAIL, sender_name=subject))) == FOR_GOOD
    assert not mailbox.letters


@pytest.mark.parametrize(
    "to", ["", "sarah", "@example.com", "a@b.example>", "a@b.example,c@d.example", "a@b.example SIZE=1", "a@b\r\nDATA"]
)
def test_nothing_but_one_address_gets_into_an_envelope(mailbox: Mailbox, to: str) -> None:
    with mailing(mailbox.port) as channel:
        refused = channel.send(replace(MAIL, to=to))
    assert isinstance(refused, Refused)
    assert refused.permanent and refused.reason.startswith("not a mail"), "no server was asked"


def test_an_address_with_letters_outside_ascii_needs_a_server_that_takes_them(mailbox: Mailbox) -> None:
    letter = replace(MAIL, to="zoë@example.com", sender_name="Zoë")
    with mail_server(enable_SMTPUTF8=False) as box, mailing(box.port) as channel:
        assert felt(channel.send(letter)) == FOR_GOOD
        assert felt(channel.send(MAIL)) == TAKEN, "the next one is an ordinary letter"
    with mailing(mailbox.port) as channel:
        assert felt(channel.send(letter)) == TAKEN
        assert felt(channel.send(MAIL)) == TAKEN
    assert mailbox.envelopes == [(MAIL.sender, "zoë@example.com"), (MAIL.sender, MAIL.to)]
    assert "\nTo: zoë@example.com\r\n".encode() in mailbox.letters[0]
    assert mailbox.letters[1].split(b"\r\n\r\n")[0].isascii()


# --- Under which protection -----------------------------------------------------------------------------


def test_starttls_and_a_login(certificate: tuple[Path, Path]) -> None:
    settings = {"starttls": True, "username": "rewarm", "password": "secret", "cafile": str(certificate[0])}
    with mail_server(**with_login(certificate)) as box:
        with mailing(box.port, **settings) as channel:
            assert [felt(channel.send(MAIL)) for _ in range(3)] == [TAKEN] * 3
            assert len(box.callers) == 1
        with mailing(box.port, **settings | {"password": "guess"}) as channel:
            wrong = channel.send(MAIL)
        with mailing(box.port, **settings | {"cafile": None}) as channel:
            untrusted = channel.send(MAIL)
        for refused in (wrong, untrusted):
            assert isinstance(refused, Refused)
            assert refused.stops_sender and not refused.permanent, "a person must mend it; no touch is lost"
        assert isinstance(wrong, Refused) and wrong.reason.startswith("535")
        assert len(box.letters) == 3


def test_tls_from_the_first_byte(certificate: tuple[Path, Path]) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    with mail_server(ssl_context=context) as box, mailing(box.port, tls=True, cafile=str(certificate[0])) as channel:
        assert [felt(channel.send(MAIL)) for _ in range(2)] == [TAKEN] * 2
        assert len(box.callers) == 1


def test_a_server_without_starttls_gets_nothing_when_it_was_asked_for() -> None:
    heard: list[str] = []
    refused = said(clerk(heard), starttls=True)
    assert isinstance(refused, Refused)
    assert refused.stops_sender
    assert heard == ["EHLO"]


def test_no_password_goes_over_an_open_line() -> None:
    with pytest.raises(SetupError, match="starttls"):
        open_channel("smtp", {"host": "mail.example", "username": "u", "password": "p"})


# --- Many letters, few connections ----------------------------------------------------------------------


def test_letters_share_a_connection_until_it_has_rested_too_long(mailbox: Mailbox) -> None:
    with mailing(mailbox.port) as channel:
        assert [felt(channel.send(MAIL)) for _ in range(5)] == [TAKEN] * 5
        assert len(mailbox.callers) == 1
    with mailing(mailbox.port, idle=0) as channel:
        assert [felt(channel.send(MAIL)) for _ in range(2)] == [TAKEN] * 2
    assert len(mailbox.callers) == 3


def test_a_channel_that_is_forgotten_hangs_up(mailbox: Mailbox) -> None:
    channel = open_channel("smtp", {"host": "127.0.0.1", "port": mailbox.port})
    assert felt(channel.send(MAIL)) == TAKEN
    (line,) = channel._kept._idle  # type: ignore[attr-defined]
    del channel
    gc.collect()
    assert line[1].sock is None


def test_a_refused_letter_does_not_spoil_the_next_one_on_its_line(mailbox: Mailbox) -> None:
    with mailing(mailbox.port) as channel:
        assert felt(channel.send(replace(MAIL, to="nobody@example.com"))) == FOR_GOOD
        assert felt(channel.send(MAIL)) == TAKEN
    assert mailbox.envelopes == [(MAIL.sender, MAIL.to)]


def test_many_threads_keep_to_the_connections_that_the_server_likes(mailbox: Mailbox) -> None:
    letters = [replace(MAIL, id=f"touch-{n}") for n in range(60)]
    with mailing(mailbox.port, connections=3) as channel, ThreadPoolExecutor(12) as threads:
        assert [felt(outcome) for outcome in threads.map(channel.send, letters)] == [TAKEN] * 60
    assert 1 <= len(mailbox.callers) <= 3
    assert len({mail["Message-ID"] for mail in mailbox.mails()}) == 60


def test_who_finds_all_connections_busy_says_so_soon() -> None:
    heard: list[str] = []
    slow = clerk(heard, ("MAIL", "250-still thinking"))  # a reply that is never ended
    with rigs.broken_server(slow) as port, mailing(port, timeout=1.6, connections=1) as channel:
        with ThreadPoolExecutor(1) as thread:
            first = thread.submit(channel.send, MAIL)
            rigs.until(lambda: "MAIL" in heard, what="the first letter")
            assert channel.send(MAIL) == Refused(False, "all connections are busy", timedelta(seconds=1))
        assert felt(first.result()) == FOR_NOW


@pytest.mark.parametrize("gone", [HANG_UP, "421 4.4.2 idle for too long", "421 4.7.0 enough for one connection"])
@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
def test_a_connection_that_died_at_rest_costs_nothing(verb: str, gone: str) -> None:
    heard: list[str] = []
    with rigs.broken_server(clerk(heard, (verb, GREETING[verb]), (verb, gone))) as port, mailing(port) as channel:
        assert [felt(channel.send(MAIL)) for _ in range(3)] == [TAKEN] * 3
    assert heard.count(".") == 3
    assert heard.count("EHLO") == 2


def test_a_new_connection_is_tried_once_only() -> None:
    heard: list[str] = []
    changes = [("MAIL", "250 ok"), ("MAIL", HANG_UP), ("MAIL", HANG_UP)]
    with rigs.broken_server(clerk(heard, *changes)) as port, mailing(port) as channel:
        assert [felt(channel.send(MAIL)) for _ in range(3)] == [TAKEN, FOR_NOW, TAKEN]
    assert heard.count(".") == 2


def test_what_took_long_is_judged_again_before_it_is_tried_again() -> None:
    heard: list[str] = []
    silent = clerk(heard, ("MAIL", "250 ok"), ("MAIL", "250-still thinking"))
    with rigs.broken_server(silent) as port, mailing(port, timeout=1.3) as channel:
        assert [felt(channel.send(MAIL)) for _ in range(2)] == [TAKEN, FOR_NOW]
    assert heard.count("MAIL") == 2


def test_a_server_that_closes_with_its_answer_is_called_again() -> None:
    heard: list[str] = []
    with rigs.broken_server(clerk(heard, (".", "421 4.3.2 shutting down"))) as port, mailing(port) as channel:
        assert [felt(channel.send(MAIL)) for _ in range(2)] == [FOR_NOW, TAKEN]
    assert heard.count("EHLO") == 2


def test_a_letter_lost_with_its_dot_is_never_sent_again() -> None:
    heard: list[str] = []
    with rigs.broken_server(clerk(heard, (".", "250 ok"), (".", HANG_UP))) as port, mailing(port) as channel:
        assert [felt(channel.send(MAIL)) for _ in range(3)] == [TAKEN, IN_DOUBT, TAKEN]
    assert heard.count(".") == 3


def test_a_letter_that_did_not_get_through_whole_was_not_taken() -> None:
    def closes_during_the_letter(caller: socket.socket) -> None:
        rigs.speaks_smtp("250 ok", "250 ok", "250 ok", "354 go", then=rigs.reset)(caller)

    heavy = replace(MAIL, html="<p>" + "a long letter " * 2_000_000)
    assert felt(said(closes_during_the_letter, heavy)) == FOR_NOW


# --- When the other side breaks -------------------------------------------------------------------------
# Proof that nothing was taken is a refusal; once the letter may have left, only Unknown is honest.


def test_nobody_listens() -> None:
    with mailing(rigs.free_port()) as channel:
        assert felt(channel.send(MAIL)) == FOR_NOW


@pytest.mark.parametrize(
    ("verb", "answer", "verdict"),
    [
        ("EHLO", "421 too busy", FOR_NOW),
        ("MAIL", "421 too busy", FOR_NOW),
        ("MAIL", "451 4.7.1 come again", FOR_NOW),
        ("RCPT", "550 5.1.1 no such user", FOR_GOOD),
        ("RCPT", "450 4.2.1 greylisted", FOR_NOW),
        ("RCPT", "452 4.2.2 mailbox full", FOR_NOW),
        ("RCPT", "552 5.2.2 mailbox full", FOR_GOOD),
        ("RCPT", "551 user not local", FOR_GOOD),
        ("RCPT", "251 will forward", TAKEN),
        ("DATA", "554 5.5.1 no valid recipients", FOR_GOOD),
        (".", "552 5.3.4 too big", FOR_GOOD),
        (".", "554 5.7.1 spam", FOR_GOOD),
        (".", "452 4.3.1 disk full", FOR_NOW),
        (".", "421 4.3.2 shutting down", FOR_NOW),
        (".", "550 5.4.5 Daily user sending limit exceeded", FOR_NOW),
        (".", "what?", IN_DOUBT),
        (".", HANG_UP, IN_DOUBT),
        (".", "250-never ended", IN_DOUBT),
        ("DATA", HANG_UP, FOR_NOW),
        ("RCPT", "250-never ended", FOR_NOW),
    ],
)
def test_a_mail_server_that_breaks(verb: str, answer: str, verdict: str) -> None:
    assert felt(said(clerk([], (verb, answer)))) == verdict


@pytest.mark.parametrize("greeting", [b"554 we do not talk to you\r\n", b"421 not now\r\n", b"hello\r\n", b""])
def test_a_server_that_does_not_begin(greeting: bytes) -> None:
    outcome = said(lambda caller: caller.sendall(greeting))
    assert isinstance(outcome, Refused)
    assert not outcome.permanent
    assert outcome.stops_sender == greeting.startswith(b"554")


def test_a_server_that_refuses_our_address_stops_the_sender_and_fails_no_touch() -> None:
    outcome = said(clerk([], ("MAIL", "550 5.7.1 this sender may not send here")))
    assert isinstance(outcome, Refused)
    assert outcome.stops_sender
    assert not outcome.permanent


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("250 2.0.0 Ok: queued as 4XyZ12", "4XyZ12"),
        ("250 OK id=1tABCD-0001x2-3Z", "1tABCD-0001x2-3Z"),
        ("250 Ok 0100018c5e2d6a8b-1c2d3e4f-000000", "0100018c5e2d6a8b-1c2d3e4f-000000"),
        ("250 thank you", None),
    ],
)
def test_the_name_that_the_server_gave_the_letter_is_kept(words: str, name: str | None) -> None:
    assert said(clerk([], (".", words))) == Accepted(name)
