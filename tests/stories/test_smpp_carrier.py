"""A practice whose carrier speaks SMPP: the worker sends, receipts settle, a STOP takes effect, over one line that it holds."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from rewarm.actions.found import Line, Practice, found
from rewarm.adapters.channels import channel_for
from rewarm.listening import Ears
from rewarm.models import Consent, Message, Sender, Touch, User
from rewarm.models.due import next_due
from rewarm.models.scope import within
from tests.adapters import rigs, smpp_rig
from tests.adapters.smpp_rig import Smsc
from tests.carrier import Carrier
from tests.cast import JOHN, MONDAY, SARAH, WEEK, House
from tests.safety.test_two_workers import workers

ASKED = {
    "inquired_on": date(2026, 1, 10),
    "last_activity_on": date(2026, 1, 10),
    "last_contact_on": date(2026, 1, 10),
}
OURS = "+12125550199"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Smsc]:
    with smpp_rig.smsc(tmp_path_factory.mktemp("smsc")) as one:
        yield one


@pytest.fixture
def smsc(running: Smsc) -> Smsc:
    rigs.until(lambda: running.order("mood") == 0, what="the good-byes of the test before")
    return running.anew()


def open_house(smsc: Smsc, slug: str, number: str) -> House:
    """Found a practice whose carrier is reached over a line of our own; the caller works `within` it."""
    priya = User.objects.create_user(f"priya@{slug}.example", name="Priya Raman", password="open sesame please")
    login = {"host": "127.0.0.1", "port": smsc.port, "system_id": "harbor", "password": "secret", "timeout": 2}
    workspace = found(
        Practice(
            slug=slug, name="Harbor Point Hearing", legal_name="Harbor Point Hearing LLC", zone="America/New_York",
            phone=number, email="", postal_address="1 Pier St, New York, NY 10001", public_url="http://testserver",
            clinicians={"Dr. Lee": WEEK}, lines=[Line("text", "sms", "smpp", number, "Harbor Point", login)],
            profile={"sender_name": "Priya", "phone_spoken": "(212) 555-0199", "price_from": "$1,400", "price_to": "$4,800"},
        ),
        owner=priya,
        now=MONDAY,
    )  # fmt: skip
    with within(workspace.id):
        house = House(workspace, Carrier(), priya)
        house._set(MONDAY)
    return house


@pytest.fixture
def house(transactional_db: None, smsc: Smsc) -> Iterator[House]:
    """The practice, its rows committed, so that other threads and processes see them."""
    house = open_house(smsc, "harbor", OURS)
    with within(house.workspace.id):
        yield house
        for sender in Sender.objects.all():
            channel_for(sender.kind, sender.settings).close()


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


def answer(house: House, person: Any, **fields: Any) -> Touch:
    """Plan an answer to somebody, as the assistant does."""
    given = {
        "cause": f"answer:{person.id}", "purpose": "reply", "channel": "sms", "due": house.now,
        "expires_at": house.now + timedelta(hours=6), "in_reply_to_at": house.now, "body": "About $1,400.",
        "planned_at": house.now, "address": SARAH, **fields,
    }  # fmt: skip
    return Touch.objects.create(workspace=house.workspace, contact=person, **given)


def becomes(touch: Touch, **wanted: str) -> Callable[[], bool]:
    return lambda: Touch.objects.filter(id=touch.id, **wanted).exists()


def test_a_worker_sends_hears_the_receipt_and_the_stop(house: House, smsc: Smsc) -> None:
    sarah = house.contact("Sarah", SARAH, note="wants to hear the choir again", **ASKED)
    house.launch("inquired_never_scheduled")
    with workers(1):
        smsc.until("bind", seconds=30)
        _play_until(house, lambda: bool(smsc.events("submit")))
        sent = Touch.objects.get(contact=sarah, state__in=["dispatching", "sent"])
        (got,) = smsc.events("submit")
        assert (got["destination_addr"], got["source_addr"]) == (SARAH[1:], OURS[1:])
        rigs.until(becomes(sent, state="sent", status="delivered"), what="the receipt")
        smsc.order("text", source=SARAH[1:], target=OURS[1:], text="STOP", coding=0)
        rigs.until(lambda: Consent.objects.filter(address=SARAH, act="opted_out").exists(), what="the ledger")
        assert {one["status"] for one in smsc.until("answered", 2)} == {0}
    assert Message.objects.get(direction="in").contact == sarah
    assert not Touch.objects.filter(contact=sarah, state="planned").exclude(purpose="opt_out_confirmation").exists()
    smsc.until("unbind")
    assert len(smsc.events("bind")) == 1, "one line for sending and for listening"


def _play_until(house: House, happened: Callable[[], bool]) -> None:
    """Let the worker's clock go from one due instant to the next."""

    def step() -> bool:
        due = next_due(house.workspace.id)
        if due is not None and due > house.now:
            house._set(due)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_notify('rewarm_work', '')")
        return happened()

    rigs.until(step, seconds=60, what="a text")


def test_a_receipt_that_overtakes_its_own_call_is_not_lost(house: House, smsc: Smsc) -> None:
    smsc.anew(early=True, answer_after=500)
    touch = answer(house, house.contact("Sarah", SARAH))
    with ears():
        house.work()
        assert Touch.objects.get().provider_id, "the answer came after the receipt"
        rigs.until(becomes(touch, status="delivered"))


def test_a_receipt_of_somebody_elses_is_not_asked_for_again(house: House, smsc: Smsc) -> None:
    with ears():
        smsc.until("bind")
        smsc.order("receipt", source=SARAH[1:], target=OURS[1:], id="elsewhere", stat="DELIVRD")
        assert smsc.until("answered")[0]["status"] == 0


def test_a_late_answer_and_its_receipt_settle_an_unknown(house: House, smsc: Smsc) -> None:
    smsc.anew(answer_after=2500, receipt_after=300)
    touch = answer(house, house.contact("Sarah", SARAH))
    with ears():
        house.work()
        assert Touch.objects.get().state == "unknown"
        rigs.until(becomes(touch, state="sent", status="delivered"))
        house.work()
    assert len(smsc.events("submit")) == 1, "nothing that is in doubt is sent again"


def test_a_receipt_settles_an_unknown_whose_answer_was_lost(house: House, smsc: Smsc) -> None:
    smsc.anew(drop=True)
    touch = answer(house, house.contact("Sarah", SARAH))
    with ears():
        smsc.until("bind")
        house.work()
        assert Touch.objects.get().state == "unknown"
        smsc.until("bind", 2)
        smsc.order("receipt", source=SARAH[1:], target=OURS[1:], id="M77", stat="DELIVRD")
        rigs.until(becomes(touch, state="sent", status="delivered", provider_id="M77"))


def test_a_stop_is_taken_once_however_often_it_comes(house: House, smsc: Smsc) -> None:
    house.contact("Sarah", SARAH)
    john = answer(house, house.contact("John", JOHN), address=JOHN)
    with ears():
        smsc.until("bind")
        for _ in range(2):
            smsc.order("text", source=SARAH[1:], target=OURS[1:], text="Stop.", coding=0)
        assert {one["status"] for one in smsc.until("answered", 2)} == {0}
        assert Consent.objects.filter(address=SARAH, act="opted_out").count() == 1
        house.work()
    assert JOHN[1:] in [one["destination_addr"] for one in smsc.events("submit")]
    assert becomes(john, state="sent")()


def test_a_wrong_password_stops_the_sender_and_asks_nobody_twice(house: House, smsc: Smsc) -> None:
    sender = Sender.objects.get()
    settings = json.loads(sender.settings)
    Sender.objects.update(settings=json.dumps(settings | {"password": "guess"}))
    answer(house, house.contact("Sarah", SARAH))
    house.work()
    assert Sender.objects.get().stopped_at is not None
    assert Touch.objects.get().state == "planned", "it waits for a person, who mends the password"


def test_the_line_follows_its_sender(house: House, smsc: Smsc) -> None:
    with ears():
        smsc.until("bind")
        settings = json.loads(Sender.objects.get().settings)
        Sender.objects.update(settings=json.dumps(settings | {"system_id": "pier"}))
        assert smsc.until("bind", 2)[1]["system_id"] == "pier"
    smsc.until("unbind", 2)


def test_a_stopped_sender_sends_nothing_and_still_hears_a_stop(house: House, smsc: Smsc) -> None:
    house.contact("Sarah", SARAH)
    Sender.objects.update(stopped_at=house.now)
    with ears():
        smsc.until("bind")
        smsc.order("text", source=SARAH[1:], target="12125550199", text="STOP", coding=0)
        smsc.until("answered")
    assert Consent.objects.filter(address=SARAH, act="opted_out").count() == 1


def test_practices_that_share_a_login_hear_their_own_people_only(house: House, smsc: Smsc) -> None:
    pier = open_house(smsc, "pier", "+12125550188")
    stopped = open_house(smsc, "quay", "+12125550166")
    with within(stopped.workspace.id):
        Sender.objects.update(stopped_at=house.now, settings="{}")
    with ears():
        smsc.until("bind")
        smsc.order("text", source=SARAH[1:], target="12125550188", text="STOP", coding=0)
        smsc.order("text", source=SARAH[1:], target="12125550166", text="Stop it", coding=0)
        smsc.order("text", source=SARAH[1:], target="12125550177", text="STOP", coding=0)  # nobody's number
        smsc.until("answered", 3)
    assert len(smsc.events("bind")) == 1
    assert not Message.objects.exists()
    for practice, words in ((pier, "STOP"), (stopped, "Stop it")):
        with within(practice.workspace.id):
            assert Message.objects.get().body == words


def test_a_receipt_may_come_over_any_line(house: House, smsc: Smsc) -> None:
    """Two workers are two binds of one login: the carrier brings the receipt of one's text to the other."""
    touch = answer(house, house.contact("Sarah", SARAH))
    with ears():
        smsc.until("bind")
        channel_for.cache_clear()  # as another process, which sends over a line of its own
        smsc.order("mood", receipts_to="another")
        house.work()
        rigs.until(becomes(touch, status="delivered"))
    assert len(smsc.events("bind")) == 2
