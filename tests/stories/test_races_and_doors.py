"""Two things at once, and strangers at the doors: the address lock, the crash between call and record, the other practice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection, connections, transaction
from django.test import Client
from psycopg.conninfo import make_conninfo

from rewarm.actions.book import Taken, book, free_slots
from rewarm.actions.opt_out import unsubscribe
from rewarm.actions.receive import receive
from rewarm.adapters import postgres
from rewarm.adapters.channels import Incoming
from rewarm.models import (
    Address,
    Appointment,
    Consent,
    Conversation,
    Enrollment,
    Event,
    Message,
    Outcome,
    Sender,
    Touch,
    Workspace,
)
from rewarm.models.outbox import address_locks
from rewarm.models.scope import within
from tests.carrier import carrier
from tests.cast import OMAR, SARAH, House, open_house

pytestmark = pytest.mark.urls("rewarm.web.hooks.urls")
ASKED = {
    "inquired_on": date(2026, 1, 10),
    "last_activity_on": date(2026, 1, 10),
    "last_contact_on": date(2026, 1, 10),
}


@pytest.fixture
def open_for_all(transactional_db: None) -> Iterator[House]:
    """The practice with its rows committed, so that other connections see them."""
    with carrier() as line:
        house = open_house(line)
        with within(house.workspace.id):
            yield house


def elsewhere(house: House, act: Callable[[], Any]) -> threading.Thread:
    """Do something on a connection of its own."""

    def run() -> None:
        try:
            with within(house.workspace.id):
                act()
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    failures: list[Exception] = []
    thread = threading.Thread(target=run)
    thread.failures = failures  # type: ignore[attr-defined]
    thread.start()
    return thread


def _text(house: House, phone: str, words: str, key: str) -> Callable[[], Any]:
    sender = Sender.objects.get(slug="text")
    return lambda: receive(house.workspace, sender, Incoming("inbound", key, from_address=phone, text=words), house.now)


def _in_flight(house: House, person: Any, **fields: Any) -> Touch:
    given = {
        "cause": "step:1", "purpose": "marketing", "channel": "sms", "due": house.now, "state": "dispatching", "attempt": 1,
        "expires_at": house.now + timedelta(days=5), "planned_at": house.now, "dispatched_at": house.now,
        "address": SARAH, "body": "Hello", **fields,
    }  # fmt: skip
    return Touch.objects.create(workspace=house.workspace, contact=person, **given)


def test_a_stop_waits_two_seconds_for_a_call_then_commits_and_marks_it(open_for_all: House) -> None:
    house = open_for_all
    touch = _in_flight(house, house.contact("Sarah", SARAH))
    with address_locks(house.workspace.id, [SARAH]):
        stop = elsewhere(house, _text(house, SARAH, "STOP", "1"))
        stop.join(6)
        assert not stop.is_alive()
        assert not stop.failures  # type: ignore[attr-defined]
    touch.refresh_from_db()
    assert touch.raced_at == house.now
    assert Consent.objects.get(act="opted_out").address == SARAH


def test_a_click_on_unsubscribe_waits_for_the_letter_that_is_leaving(open_for_all: House) -> None:
    house = open_for_all
    mailbox = "sarah@mail.example"
    sarah = house.contact("Sarah", SARAH)
    Address.objects.create(workspace=house.workspace, contact=sarah, channel="email", address=mailbox)
    with address_locks(house.workspace.id, [mailbox]):
        click = elsewhere(
            house, lambda: unsubscribe(house.workspace, mailbox, source="link", cause="click:1", now=house.now)
        )
        click.join(0.5)
        assert click.is_alive(), "the letter's verdict and its call are one"
    click.join(5)
    assert Consent.objects.get(act="opted_out").address == mailbox


def test_a_text_that_comes_while_we_answer_waits_and_kills_nobody(open_for_all: House) -> None:
    house = open_for_all
    house.contact("Sarah", SARAH)
    house.says(SARAH, "can I talk to a person?")
    with transaction.atomic():
        Conversation.objects.select_for_update().get()  # as the answer does first of all
        second = elsewhere(house, _text(house, SARAH, "hello?", "2"))
        second.join(0.7)
        # ... and a handoff last of all rings the bell of the pages.
        Workspace.objects.filter(id=house.workspace.id).update(pulse=7)
    second.join(5)
    assert not second.failures  # type: ignore[attr-defined]
    assert Message.objects.count() == 2


def test_two_people_want_the_same_time_and_one_gets_it(open_for_all: House) -> None:
    house = open_for_all
    slot = free_slots(house.workspace, house.now)[30]
    people = [house.contact("Sarah", SARAH), house.contact("Omar", OMAR)]
    tries = [
        elsewhere(house, partial(book, house.workspace, one, slot, by="page", cause=f"{one.id}", now=house.now))
        for one in people
    ]
    for one in tries:
        one.join(10)
    assert Appointment.objects.count() == 1
    assert [type(error) for one in tries for error in one.failures] == [Taken]  # type: ignore[attr-defined]


def test_one_person_in_two_windows_ends_with_one_visit(open_for_all: House) -> None:
    house = open_for_all
    slots = free_slots(house.workspace, house.now)
    sarah = house.contact("Sarah", SARAH)
    tries = [
        elsewhere(house, partial(book, house.workspace, sarah, slots[n], by="page", cause=f"{n}", now=house.now))
        for n in (30, 40, 30)
    ]
    for one in tries:
        one.join(10)
    assert Appointment.objects.exclude(state="cancelled").count() == 1
    assert Outcome.objects.filter(kind="booked").count() == 1


@pytest.mark.parametrize("state", ["dispatching", "planned"])
def test_a_receipt_that_outlives_the_worker_completes_the_story(house: House, state: str) -> None:
    house.contact("Sarah", SARAH, **ASKED)
    house.launch("inquired_never_scheduled")
    house.until_text(SARAH)
    touch = Touch.objects.get(state="sent")
    # The worker died after the call (or was told "not now" by a carrier that took it all the same).
    Message.objects.filter(touch=touch).delete()
    Touch.objects.filter(id=touch.id).update(state=state, sent_at=None, status="", due=house.now + timedelta(days=1))
    Enrollment.objects.update(step=1, waits_for="touch", due=house.now + timedelta(days=10), unanswered=0)
    house.reported(touch.id, 1)
    assert Message.objects.get(touch=touch).body == touch.body
    assert Enrollment.objects.get().waits_for is None, "the journey goes on"
    house.reported(touch.id, 1)
    assert Message.objects.count() == 1


def test_a_text_that_was_refused_for_now_is_written_anew_and_still_cites_its_sources(house: House) -> None:
    house.contact("Sarah", SARAH, note="trouble following her grandkids on the phone", **ASKED)
    house.launch("inquired_never_scheduled")
    house.carrier.mood = "busy"
    for _ in range(48):
        if Touch.objects.filter(attempt__gte=1, state="planned").exists():
            break
        house._set(house.now + timedelta(hours=1))
        house.work()
    house.carrier.mood = "accept"
    house.until_text(SARAH)
    touch = Touch.objects.get(state="sent")
    assert touch.attempt > 1
    assert touch.personal
    assert any(source["kind"] == "fact" for source in touch.sources)


def test_events_hold_no_address_and_no_words_of_the_carrier(house: House) -> None:
    sarah = house.contact("Sarah", SARAH, **ASKED)
    Address.objects.create(workspace=house.workspace, contact=sarah, channel="email", address="sarah@mail.example")
    house.launch("inquired_never_scheduled")
    house.carrier.mood = "refuse"
    house.pass_time(timedelta(days=2))
    unsubscribe(
        house.workspace, "sarah@mail.example", source="link", cause="unsubscribe:sarah@mail.example", now=house.now
    )
    house.says(OMAR, "STOP")
    written = str([(event.cause, event.data) for event in Event.objects.all()])
    assert Event.objects.filter(kind="touch_failed").exists()
    for secret in ("sarah@", SARAH, OMAR, "refused", "STOP"):
        assert secret not in written


def test_start_after_stop_lifts_that_channel_only_and_stop_wins_again(house: House) -> None:
    house.contact("Omar", OMAR, **ASKED)
    house.launch("inquired_never_scheduled")
    house.until_text(OMAR)
    for words in ("STOP", "START", "STOP"):
        house.says(OMAR, words)
        house.pass_time(timedelta(seconds=5))
    house.pass_time(timedelta(minutes=5))
    said = len(house.carrier.to(OMAR))
    assert said <= 3, "one confirmation for an episode"
    house._set(house.now + timedelta(days=200))
    house.launch("inquired_never_scheduled")
    house.pass_time(timedelta(days=10))
    assert len(house.carrier.to(OMAR)) == said


def test_a_stranger_finds_no_door(house: House) -> None:
    secret = Sender.objects.get(slug="text").secret
    nobody = UUID(int=0x0190000000007000800000000000000A)
    for path in (
        f"/hooks/carrier/{nobody}/{secret}/mo",
        f"/hooks/carrier/{house.workspace.id}/{secret[:-1]}x/mo",
        f"/hooks/carrier/{house.workspace.id}/é/mo",
        f"/hooks/practice/{nobody}/{secret}/outcomes",
        f"/hooks/practice/{nobody}/{secret}/appointments?on=2026-11-02",
    ):
        answer = Client().get(path, {"from": SARAH, "text": "STOP", "id": "1"} if "kannel" in path else {})
        assert answer.status_code == 404
    assert not Message.objects.exists()
    assert Workspace.objects.get() == house.workspace, "the setting of the caller's own practice is back"


def test_another_practice_cannot_settle_our_touch(house: House) -> None:
    touch = _in_flight(house, house.contact("Sarah", SARAH))
    with carrier() as line:
        other = open_house(line, slug="meadow")
        with within(other.workspace.id):
            other.reported(touch.id, 1)
    assert Touch.objects.get(id=touch.id).state == "dispatching"


def _as_web() -> psycopg.Connection[Any]:
    name = connections["default"].settings_dict["NAME"]
    return psycopg.connect(make_conninfo(postgres.dsn("web"), dbname=name), autocommit=True)


def test_the_pages_role_sees_one_practice_and_lists_none(open_for_all: House) -> None:
    house = open_for_all
    house.contact("Sarah", SARAH)
    with _as_web() as pages:
        assert pages.execute("SELECT current_user").fetchone() == ("rewarm_web",)
        for table in ("workspace", "contact", "sender", "membership", "consent", "event"):
            assert pages.execute(f"SELECT count(*) FROM rewarm_{table}").fetchone() == (0,), table
        pages.execute("SELECT set_config('rewarm.workspace', %s, false)", [str(house.workspace.id)])
        assert pages.execute("SELECT first_name FROM rewarm_contact").fetchall() == [("Sarah",)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            pages.execute("UPDATE rewarm_consent SET act = 'granted'")
        pages.execute("SELECT set_config('rewarm.workspace', %s, false)", [str(UUID(int=7))])
        assert pages.execute("SELECT count(*) FROM rewarm_contact").fetchone() == (0,)


def test_next_years_events_are_as_private_as_this_years(open_for_all: House) -> None:
    house = open_for_all
    with connection.cursor() as cursor:
        cursor.execute("SELECT rewarm_event_month(date '2031-05-01')")
    with _as_web() as pages:
        pages.execute("SELECT set_config('rewarm.workspace', %s, false)", [str(house.workspace.id)])
        pages.execute(
            "INSERT INTO rewarm_event (id, workspace_id, at, recorded_at, kind, schema, cause, data) VALUES "
            "(gen_random_uuid(), %s, '2031-05-03', now(), 'replied', 1, '', '{}')",
            [str(house.workspace.id)],
        )
        pages.execute("SELECT set_config('rewarm.workspace', '', false)")
        assert pages.execute("SELECT count(*) FROM rewarm_event_2031_05").fetchone() == (0,)
        for month in ("2026_11", "2031_05", "rest"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                pages.execute(f"DELETE FROM rewarm_event_{month}")
