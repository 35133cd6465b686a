"""Attacks by what comes at the same time or too late: circles of locks, receipts of what was given up."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, connections
from django.test import Client
from psycopg.conninfo import make_conninfo

from rewarm.actions.resolve import say_what_became_of_it, try_again
from rewarm.actions.send import send_due, steps
from rewarm.adapters import postgres
from rewarm.models import Consent, Conversation, Message, Sender, Touch
from rewarm.models.scope import within
from tests.carrier import carrier
from tests.cast import JOHN, SARAH, House, open_house

pytestmark = pytest.mark.urls("rewarm.web.hooks.urls")
TEN = datetime(2026, 11, 2, 15, tzinfo=UTC)  # a Monday morning in New York


@pytest.fixture
def open_for_all(transactional_db: None) -> Iterator[House]:
    """The practice with its rows committed, so that other connections see them."""
    with carrier() as line:
        house = open_house(line, now=TEN)
        with within(house.workspace.id):
            yield house


def _plan(house: House, name: str, phone: str, **fields: Any) -> Touch:
    given = {
        "cause": f"test:{name}", "purpose": "marketing", "channel": "sms", "due": house.now, "address": phone,
        "expires_at": house.now + timedelta(days=3), "planned_at": house.now,
        "body": f"Hello {name}, it is Harbor Point Hearing. Come by on Thursday. Reply STOP to opt out.", **fields,
    }  # fmt: skip
    return Touch.objects.create(workspace=house.workspace, contact=house.contact(name, phone), **given)


def _somebody_else(house: House) -> psycopg.Connection[Any]:
    name = connection.settings_dict["NAME"]
    other = psycopg.connect(make_conninfo(postgres.dsn("engine"), dbname=name))
    other.execute("SELECT set_config('rewarm.workspace', %s, false)", [str(house.workspace.id)])
    return other


def _waits(other: psycopg.Connection[Any]) -> None:
    """Return when some other session waits for a row."""
    with psycopg.connect(other.info.dsn, autocommit=True) as watch:
        for _ in range(100):
            if watch.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone() != (0,):
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits")


def test_a_stop_that_gives_way_to_somebody_else_is_taken_all_the_same(open_for_all: House) -> None:
    house = open_for_all
    touch = _plan(house, "Sarah", SARAH, due=house.now + timedelta(days=1))
    house.says(SARAH, "hello", "1")
    Touch.objects.filter(id=touch.id).update(state="planned", reason="")
    answers: list[int] = []

    def stop() -> None:
        sender = Sender.objects.get(slug="text")
        told = {"from": SARAH, "to": "+12125550199", "text": "STOP", "id": "2"}
        client = Client(raise_request_exception=False)
        answers.append(client.get(f"/hooks/carrier/{house.workspace.id}/{sender.secret}/mo", told).status_code)
        connections.close_all()

    def knock() -> None:
        with within(house.workspace.id):
            stop()

    with _somebody_else(house) as other:  # as a receipt does: the touch first, and then its thread
        other.execute("SELECT FROM rewarm_touch WHERE id = %s FOR UPDATE", [touch.id])
        thread = threading.Thread(target=knock)
        thread.start()
        _waits(other)
        other.execute("UPDATE rewarm_conversation SET last_out_at = last_out_at")
        other.commit()
    thread.join(10)
    assert answers == [200], "not every carrier comes again after an error"
    assert Consent.objects.filter(address=SARAH, act="opted_out").count() == 1


def test_a_batch_that_gives_way_while_it_is_recorded_is_not_left_in_doubt(open_for_all: House) -> None:
    house = open_for_all
    first = _plan(house, "Sarah", SARAH)
    house.says(SARAH, "hello", "1")
    Touch.objects.filter(id=first.id).update(state="planned", reason="", purpose="reply", in_reply_to_at=house.now)
    house._set(house.now + timedelta(seconds=1))
    walk = steps(house.workspace, house.now)
    assert [next(walk), next(walk), next(walk)] == ["claimed", "intended", "called"]
    with _somebody_else(house) as other:
        other.execute("UPDATE rewarm_conversation SET last_out_at = last_out_at")

        def turn() -> None:
            _waits(other)
            other.execute("SELECT FROM rewarm_touch WHERE id = %s FOR UPDATE", [first.id])
            other.commit()

        thread = threading.Thread(target=turn)
        thread.start()
        assert next(walk) == "recorded"
        thread.join(10)
    walk.close()
    assert Touch.objects.get(id=first.id).state == "sent"
    assert Conversation.objects.get().last_out_at is not None


def test_a_receipt_of_what_was_given_up_and_tried_again_keeps_it_from_leaving_twice(house: House) -> None:
    house.now = TEN
    house._set(TEN)
    touch = _plan(house, "Sarah", SARAH)
    house.carrier.mood = "drop"
    house.work()
    assert Touch.objects.get(id=touch.id).state == "unknown"
    house.carrier.mood = "accept"
    assert say_what_became_of_it(house.workspace, touch.id, house.priya, house.now, arrived=False)
    assert try_again(house.workspace, touch.id, house.priya, house.now)
    house.reported(touch.id, 1)  # it had arrived after all
    house.work()
    assert len(house.carrier.to(SARAH)) == 1
    settled = Touch.objects.get(id=touch.id)
    assert (settled.state, settled.status) == ("sent", "delivered")
    assert settled.dispatched_at is not None, "it counts against the caps"
    assert Message.objects.filter(touch=touch, direction="out").count() == 1


def test_a_receipt_of_what_was_never_called_is_none(house: House) -> None:
    house._set(TEN)
    touch = _plan(house, "John", JOHN)
    house.reported(touch.id, 1)
    assert Touch.objects.get(id=touch.id).state == "planned", "whoever knows a key cannot keep a message from leaving"
    assert send_due(house.workspace, house.now) == 1
    assert len(house.carrier.to(JOHN)) == 1


def test_a_stop_that_could_not_wait_for_the_lock_still_stops_a_call_that_has_not_begun(open_for_all: House) -> None:
    house = open_for_all
    touch = _plan(house, "Sarah", SARAH)
    walk = steps(house.workspace, house.now)
    assert [next(walk), next(walk)] == ["claimed", "intended"]
    with _somebody_else(house) as other:
        other.execute(
            "INSERT INTO rewarm_consent (id, workspace_id, address, channel, act, scope, at, recorded_at, source, cause) "
            "VALUES (gen_random_uuid(), %s, %s, 'sms', 'opted_out', 'all', %s, %s, 'sms message', 'message:1')",
            [str(house.workspace.id), SARAH, house.now, house.now],
        )
    assert [next(walk), next(walk)] == ["called", "recorded"]
    walk.close()
    assert house.carrier.texts == []
    house.pass_time(timedelta(minutes=5))
    settled = Touch.objects.get(id=touch.id)
    assert (settled.state, settled.reason) == ("suppressed", "opted_out")
    assert house.carrier.texts == []
