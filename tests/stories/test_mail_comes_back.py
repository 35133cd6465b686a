"""What becomes of a letter after it left: it comes back, it is answered, it is complained about, or somebody is away."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from rewarm.actions.take import take
from rewarm.adapters.channels import Incoming, channel_for
from rewarm.adapters.channels.imap import LOOK_EVERY
from rewarm.adapters.incoming_mail import read_mail
from rewarm.listening import Ears
from rewarm.models import Address, Consent, Contact, Handoff, Message, Sender, Touch
from rewarm.models.base import uuid7
from rewarm.models.scope import within
from tests.adapters import rigs
from tests.adapters.dovecot import Dovecot, dovecot
from tests.adapters.mail_rigs import Mailbox, mail_server
from tests.carrier import carrier
from tests.cast import SARAH, House, open_house

PATIENCE = LOOK_EVERY + 15  # seconds: should the server forget to wake us, we look by ourselves

CARE, HERS, OTHER = "care@harbor.example", "sarah@mail.example", "sarah@work.example"


@pytest.fixture(scope="module")
def post_office() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


@pytest.fixture(scope="module")
def world() -> Iterator[Mailbox]:
    """The mail server that our letters go out by."""
    with mail_server() as box:
        yield box


def with_mail(house: House, world: Mailbox, **settings: Any) -> Sender:
    given = {"host": "127.0.0.1", "port": world.port, "domain": "harbor.example", **settings}
    return Sender.objects.create(
        workspace=house.workspace, slug="mail", channel="email", kind="town_mail", workspace_kind="town", address=CARE,
        name="Harbor Point", settings=json.dumps(given), secret="s", created_at=house.now,
    )  # fmt: skip


def sarah(house: House, *addresses: str) -> Contact:
    person = house.contact("Sarah", SARAH, reachable_email=True)
    for rank, one in enumerate(addresses or (HERS,)):
        Address.objects.create(workspace=house.workspace, contact=person, channel="email", address=one, rank=rank)
    return person


def letter(house: House, person: Contact, body: str = "Would Tuesday suit you?") -> Touch:
    return Touch.objects.create(
        id=uuid7(), workspace=house.workspace, contact=person, cause=f"letter:{uuid7()}", purpose="informational",
        channel="email", due=house.now, expires_at=house.now + timedelta(days=1), planned_at=house.now, content="human",
        subject="Your question", body=body,
    )  # fmt: skip


def sent(house: House, person: Contact) -> Touch:
    """Send a letter and return its touch, as a carrier that took it would leave it."""
    touch = letter(house, person)
    house.work()
    touch.refresh_from_db()
    assert touch.state == "sent", (touch.state, touch.reason)
    return touch


def came_back(ours: bytes, status: str, words: str) -> bytes:
    """What a server writes about a letter that it could not deliver (RFC 3464)."""
    head = (
        "From: Mail Delivery System <MAILER-DAEMON@mx.example>\r\nTo: care@harbor.example\r\n"
        f"Subject: Undelivered Mail\r\nAuto-Submitted: auto-replied\r\nMessage-ID: <{uuid7()}@mx.example>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {HERS}\r\nAction: failed\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {words}\r\n\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\n"
    )
    return head.encode() + ours + b"\r\n--b--\r\n"


def answer(
    text: str, to: Touch | None = None, sender: str = HERS, subject: str = "Re: Your question", **headers: str
) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = sender, CARE, subject, f"<{uuid7()}@mail.example>"
    if to is not None:
        mail["In-Reply-To"] = f"<{to.id}@harbor.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(f"{text}\n\nOn Monday, Harbor Point <{CARE}> wrote:\n> Would Tuesday suit you?\n")
    return mail.as_bytes()


def arrives(house: House, sender: Sender, mail: bytes) -> list[bool]:
    return [take(house.workspace, sender, one, house.now) for one in read_mail(mail)]


@contextmanager
def ears() -> Iterator[None]:
    """Listen as the worker does, while the block lasts."""
    deaf = threading.Event()
    thread = threading.Thread(target=Ears().run, args=(deaf,))
    thread.start()
    try:
        yield
    finally:
        deaf.set()
        thread.join(20)
        assert not thread.is_alive()


def exists(model: Any, **wanted: Any) -> Callable[[], bool]:
    return lambda: model.objects.filter(**wanted).exists()


def test_from_our_server_to_their_server_and_back(transactional_db: None, post_office: Dovecot, world: Mailbox) -> None:
    """The whole way: SMTP out, a notice by LMTP into a real mailbox, IMAP in, and the rows that it changes."""
    with carrier() as line:
        house = open_house(line)
        with within(house.workspace.id):
            sender = with_mail(house, world, **post_office.settings())
            person = sarah(house)
            touch = sent(house, person)
            assert str(touch.id).encode() in world.letters[-1]
            with ears():
                post_office.deliver(came_back(world.letters[-1], "5.1.1", "550 5.1.1 unknown user"), sender="")
                rigs.until(
                    exists(Consent, address=HERS, act="bounced", channel="email"), what="the ledger", seconds=PATIENCE
                )
                post_office.deliver(answer("Is it really you? When may I come?", touch, sender="sarah@new.example"))
                rigs.until(exists(Message, direction="in", contact=person), what="her answer", seconds=PATIENCE)
                post_office.deliver(answer("please unsubscribe me", touch))
                rigs.until(exists(Consent, address=HERS, act="opted_out"), what="her no", seconds=PATIENCE)
            touch.refresh_from_db()
            assert (touch.state, touch.status) == ("sent", "undelivered")
            assert Address.objects.get(address=HERS).unusable_at == house.now
            first = Message.objects.filter(direction="in").order_by("recorded_at", "id").first()
            assert first is not None and first.body == "Is it really you? When may I come?"
            assert first.read_at is None, "it waits for its answer"
            assert Contact.objects.count() == 1, "she answered from another address and is still herself"
            channel_for(sender.kind, sender.settings).close()


def test_a_dead_address_is_closed_and_the_next_letter_goes_to_the_other(house: House, world: Mailbox) -> None:
    sender, person = with_mail(house, world), sarah(house, HERS, OTHER)
    touch = sent(house, person)
    notice = came_back(world.letters[-1], "5.1.1", "550 5.1.1 unknown user")
    assert arrives(house, sender, notice) == [True]
    assert arrives(house, sender, notice) == [True]
    assert Consent.objects.filter(act="bounced").count() == 1, "once a letter"
    touch.refresh_from_db()
    assert (touch.status, touch.reason) == ("undelivered", "5.1.1 smtp; 550 5.1.1 unknown user")
    house.now += timedelta(days=1)
    house._set(house.now)
    assert sent(house, person).address == OTHER
    person.refresh_from_db()
    assert person.reachable_email


def test_who_has_no_other_address_is_no_longer_reachable_by_mail(house: House, world: Mailbox) -> None:
    sender, person = with_mail(house, world), sarah(house)
    sent(house, person)
    arrives(house, sender, came_back(world.letters[-1], "5.1.1", "550 5.1.1 unknown user"))
    person.refresh_from_db()
    assert not person.reachable_email
    touch = letter(house, person)
    house.work()
    touch.refresh_from_db()
    assert (touch.state, touch.reason) == ("suppressed", "unusable")


def test_a_full_mailbox_is_tried_again_on_other_days_and_then_closed(house: House, world: Mailbox) -> None:
    sender, person = with_mail(house, world), sarah(house)
    for days in (0, 3, 3):
        assert Address.objects.get(address=HERS).unusable_at is None
        house.now += timedelta(days=days)
        house._set(house.now)
        sent(house, person)
        arrives(house, sender, came_back(world.letters[-1], "5.2.2", "552 5.2.2 mailbox full"))
    assert Address.objects.get(address=HERS).unusable_at == house.now
    assert not Consent.objects.filter(act="bounced").exists(), "a full mailbox is no fact about consent"


def test_a_notice_about_a_letter_that_we_never_sent_changes_nothing(house: House, world: Mailbox) -> None:
    sender = with_mail(house, world)
    sarah(house)
    forged = came_back(b"Message-ID: <x@elsewhere.example>\r\n\r\nhello", "5.1.1", "550 5.1.1 unknown user")
    assert arrives(house, sender, forged) == [False]
    assert Address.objects.get(address=HERS).unusable_at is None


def test_a_notice_without_our_key_is_believed_of_a_letter_of_these_days(house: House, world: Mailbox) -> None:
    sender, person = with_mail(house, world), sarah(house)
    sent(house, person)
    notice = came_back(b"Message-ID: <rewritten@relay.example>\r\n\r\nhello", "5.1.1", "550 5.1.1 unknown user")
    house.now += timedelta(days=20)
    assert arrives(house, sender, notice) == [False]
    house.now -= timedelta(days=18)
    assert arrives(house, sender, notice) == [True]


def test_a_complaint_is_a_no_and_somebody_hears_of_it(house: House, world: Mailbox) -> None:
    sender, person = with_mail(house, world), sarah(house)
    touch = sent(house, person)
    waiting = letter(house, person, "And another one")
    report = came_back(world.letters[-1], "5.0.0", "x").replace(
        b"message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n",
        b"message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n",
    )
    assert arrives(house, sender, report) == [True]
    assert arrives(house, sender, report) == [True]
    assert Consent.objects.filter(act="complained", address=HERS, channel="email").count() == 1
    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == ("suppressed", "opted_out")
    notice = Handoff.objects.get(contact=person)
    assert (notice.urgency, "spam" in notice.why) == ("urgent", True)
    touch.refresh_from_db()
    assert touch.status != "undelivered", "it did arrive"


def test_the_mail_of_an_unsubscribe_link_closes_both_addresses(house: House, world: Mailbox) -> None:
    sender, person = with_mail(house, world), sarah(house)
    touch = sent(house, person)
    mail = answer("", touch, sender="husband@mail.example", subject="unsubscribe").partition(b"\n\n")[0] + b"\n\n"
    assert arrives(house, sender, mail) == [True]
    closed = Consent.objects.filter(act="opted_out", channel="email").values_list("address", flat=True)
    assert set(closed) == {HERS, "husband@mail.example"}


def test_an_answer_of_a_program_is_seen_and_not_answered(house: House, world: Mailbox) -> None:
    sender, person = with_mail(house, world), sarah(house)
    touch = sent(house, person)
    letters = len(world.letters)
    away = answer(
        "I am away. If you want to stop my mail, write to my assistant.", touch, Auto_Submitted="auto-replied"
    )
    assert arrives(house, sender, away) == [True]
    house.pass_time(timedelta(days=2))
    kept = Message.objects.get(direction="in", contact=person)
    assert kept.read_at is not None and kept.reading == {"intents": [], "route": "leave", "why": "automatic reply"}
    assert len(world.letters) == letters
    assert not Consent.objects.filter(channel="email").exists()
    assert not Handoff.objects.exists()


def test_strangers_mail_stays_where_people_read_it(house: House, world: Mailbox) -> None:
    sender = with_mail(house, world)
    offer = answer("Buy our chairs!", sender="sales@chairs.example", subject="Chairs")
    assert arrives(house, sender, offer) == [False]
    assert arrives(house, sender, answer("a copy of ours", sender=CARE)) == [False]
    assert not Contact.objects.exists()
    sender.settings = json.dumps({**json.loads(sender.settings), "meet_strangers": True})
    assert arrives(house, sender, offer) == [True]
    assert Contact.objects.get().lead_source == "wrote to us"


def test_a_bounce_that_a_vendor_tells_of_is_weighed_by_its_words(house: House, world: Mailbox) -> None:
    sender, person = with_mail(house, world), sarah(house)
    touch = sent(house, person)
    Touch.objects.filter(id=touch.id).update(provider_id="vendor-7")
    told = Incoming("bounced", provider_id="vendor-7", reason="bounced 550 5.1.1 no such user here")
    assert take(house.workspace, sender, told, house.now)
    assert Consent.objects.filter(act="bounced", address=HERS).exists()
