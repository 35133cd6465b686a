"""Attacks on the pace: a carrier that asks for a rest, a limit below one a second, an address that somebody else holds."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection
from psycopg.conninfo import make_conninfo

from rewarm.actions.send import send_due, steps
from rewarm.actions.stop import resume_sender
from rewarm.adapters import postgres
from rewarm.domain import outbox
from rewarm.models import Address, Bucket, Sender, Touch
from rewarm.models.bucket import rest, use
from rewarm.models.scope import within
from tests.carrier import carrier
from tests.cast import JOHN, SARAH, House, open_house

pytestmark = pytest.mark.urls("rewarm.web.hooks.urls")
TEN = datetime(2026, 11, 2, 15, tzinfo=UTC)  # a Monday morning in New York


def _plan(house: House, name: str, phone: str, **fields: Any) -> Touch:
    person = house.people.get(name) or house.contact(name, phone)
    given = {
        "cause": f"test:{name}", "purpose": "marketing", "channel": "sms", "due": house.now, "address": phone,
        "expires_at": house.now + timedelta(days=3), "planned_at": house.now,
        "body": f"Hello {name}, it is Harbor Point Hearing. Come by on Thursday. Reply STOP to opt out.", **fields,
    }  # fmt: skip
    return Touch.objects.create(workspace=house.workspace, contact=person, **given)


@contextmanager
def _held_elsewhere(workspace: UUID, address: str) -> Iterator[None]:
    """Hold an address lock as another worker does."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(make_conninfo(postgres.dsn("engine"), dbname=name), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended(%s || %s, 0))", [str(workspace), address])
        yield


def test_an_address_that_somebody_else_calls_is_left_alone_for_a_moment(house: House) -> None:
    house.now = TEN
    touch = _plan(house, "Sarah", SARAH)
    with _held_elsewhere(house.workspace.id, SARAH):
        assert send_due(house.workspace, house.now) == 0, "a worker that is told of work asks again at once, for ever"
    assert Touch.objects.get(id=touch.id).state == "planned"
    assert send_due(house.workspace, house.now) == 1
    assert len(house.carrier.to(SARAH)) == 1


def test_whoever_waits_for_an_answer_is_served_before_the_advertising(house: House) -> None:
    house.now = TEN
    _plan(house, "Sarah", SARAH, due=TEN - timedelta(hours=3))
    _plan(house, "John", JOHN, purpose="reply", in_reply_to_at=house.now)
    send_due(house.workspace, house.now, limit=1)
    assert [one["to"] for one in house.carrier.texts] == [JOHN]


def test_a_session_that_is_lost_after_the_intent_makes_no_call(transactional_db: None) -> None:
    with carrier() as line:
        house = open_house(line)
        with within(house.workspace.id):
            house.now = TEN
            touch = _plan(house, "Sarah", SARAH)
            walk = steps(house.workspace, house.now)
            assert [next(walk), next(walk)] == ["claimed", "intended"]
            _break_this_session()
            with pytest.raises(DatabaseError):
                next(walk)
            connection.close()
        with within(house.workspace.id):
            assert line.texts == [], "the address was free for a STOP, and the verdict was none any more"
            assert Touch.objects.get(id=touch.id).state == "dispatching", (
                "the lease will run out: in doubt, and not lost"
            )


def _break_this_session() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    name = connection.settings_dict["NAME"]
    with psycopg.connect(make_conninfo(postgres.dsn("engine"), dbname=name), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 1000)", [pid])


def test_a_verdict_that_grew_old_costs_no_try(house: House) -> None:
    row = outbox.Row(state="dispatching", refusals=7)
    after = outbox.after_outcome(row, outbox.Refused(permanent=False, reason="too old", asked=False), house.now)
    assert (after.state, after.refusals) == ("planned", 7)


def test_a_carrier_that_tells_ten_calls_to_wait_a_minute_waits_one_minute(house: House) -> None:
    sender = Sender.objects.get(slug="text")
    key = f"pace:{sender.id}"
    for _ in range(10):
        rest(house.workspace.id, key, timedelta(minutes=1))
    free_at = Bucket.objects.get(key=key).free_at
    assert free_at is not None
    assert free_at - datetime.now(UTC) <= timedelta(minutes=1, seconds=5)


def test_a_mended_sender_does_not_sit_out_the_rest_of_its_punishment(house: House) -> None:
    sender = Sender.objects.get(slug="text")
    Sender.objects.filter(id=sender.id).update(per_second=10, stopped_at=TEN, stopped_why="wrong password")
    rest(house.workspace.id, f"pace:{sender.id}", timedelta(hours=1))
    resume_sender(house.workspace, sender)
    house.now = TEN
    _plan(house, "Sarah", SARAH)
    house.work()
    assert len(house.carrier.to(SARAH)) == 1


def test_a_pass_at_a_snails_pace_asks_once_and_puts_everything_off(house: House) -> None:
    house.now = TEN
    sender = Sender.objects.get(slug="text")
    Sender.objects.filter(id=sender.id).update(per_second=0.01)
    touches = [_plan(house, f"P{n}", f"+1212555{1000 + n}", cause=f"test:{n}") for n in range(6)]
    began = time.monotonic()
    send_due(house.workspace, house.now)
    assert time.monotonic() - began < 5
    waiting = Touch.objects.filter(id__in=[one.id for one in touches], state="planned")
    assert waiting.count() == 5
    assert min(one.due for one in waiting) > house.now + timedelta(seconds=60), "nobody asks every two seconds"


def test_what_is_returned_after_midnight_counts_for_no_other_day(house: House) -> None:
    workspace, key, today, tomorrow = house.workspace.id, "day:x", date(2026, 11, 2), date(2026, 11, 3)
    assert use(workspace, key, 100, today) == 0
    assert use(workspace, key, 7, tomorrow) == 0
    use(workspace, key, 5, today)  # a worker whose pass began before midnight
    assert use(workspace, key, 0, tomorrow) >= 7, "the new day is not forgotten"
    use(workspace, key, -50, tomorrow)
    assert use(workspace, key, 0, tomorrow) >= 0, "nobody has more than a whole day"


def test_a_clock_that_once_ran_ahead_does_not_close_a_number_for_years(house: House) -> None:
    workspace, key = house.workspace.id, "day:x"
    use(workspace, key, 100, date(2031, 1, 1))
    assert use(workspace, key, 1, date(2026, 11, 2)) == 0


def test_an_answer_that_had_to_wait_leaves_from_the_number_that_they_wrote_to(house: House) -> None:
    house.now = TEN
    first = Sender.objects.get(workspace=house.workspace, slug="text")
    second = Sender.objects.create(
        workspace=house.workspace, channel="sms", kind="town", workspace_kind="town", settings=first.settings,
        slug="second", address="+12125550177", secret="another", created_at=house.now, stopped_at=house.now,
    )  # fmt: skip
    touch = _plan(house, "Sarah", SARAH, purpose="reply", in_reply_to_at=house.now, sender=second)
    house.work()
    assert Touch.objects.get(id=touch.id).reason == "stopped"
    resume_sender(house.workspace, second)
    house.pass_time(timedelta(hours=2))
    assert [one["from"] for one in house.carrier.texts] == ["+12125550177"]


def test_a_mail_server_that_drips_does_not_hold_up_the_worker(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each letter of its greeting comes in time, and the greeting never ends."""
    monkeypatch.setattr("rewarm.actions.send.CALL_LASTS", 0.5)
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as tap:

        def drip() -> None:
            line, _ = server.accept()
            with line, suppress(OSError):
                while not stop.wait(0.1):
                    line.sendall(b"2")

        tap.submit(drip)
        port = server.getsockname()[1]
        Sender.objects.create(
            workspace=house.workspace, slug="mail", channel="email", kind="town_mail", workspace_kind="town", name="Harbor",
            address="care@harbor.example", secret="mail", created_at=TEN,
            settings=json.dumps({"host": "127.0.0.1", "port": port, "timeout": 5}),
        )  # fmt: skip
        house._set(TEN)
        hers = "sarah@mail.example"
        sarah = house.contact("Sarah", SARAH)
        Address.objects.create(workspace=house.workspace, contact=sarah, channel="email", address=hers)
        letter = _plan(
            house, "Sarah", hers, channel="email", purpose="reply", in_reply_to_at=TEN, subject="Your question"
        )
        letter.body = "Hello Sarah, it is Harbor Point Hearing, 1 Pier St, New York, NY 10001. Tuesday at ten is free."
        letter.save()
        text = _plan(house, "John", JOHN)
        began = time.monotonic()
        house.work()
        took = time.monotonic() - began
        stop.set()
    assert took < 4
    assert Touch.objects.get(id=letter.id).state == "unknown", Touch.objects.get(id=letter.id).reason
    assert Touch.objects.get(id=text.id).state == "sent"
