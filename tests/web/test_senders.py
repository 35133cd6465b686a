"""The page of the senders: the stop switch, the limits, and what could not be delivered with its buttons."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from rewarm.models import Membership, Sender, Touch
from tests.cast import House

HERE = "/setup/senders"


def _touch(house: House, state: str, name: str, phone: str) -> Touch:
    return Touch.objects.create(
        workspace=house.workspace, contact=house.contact(name, phone), cause=f"test:{name}", purpose="marketing",
        channel="sms", due=house.now, expires_at=house.now + timedelta(days=1), planned_at=house.now, state=state, attempt=1,
        address=phone, dispatched_at=house.now, sender=Sender.objects.get(slug="text"), body="Hello there",
        reason="403: Not routable." if state == "failed" else "no answer: TimeoutError",
    )  # fmt: skip


def test_everybody_may_stop_a_number_and_who_decides_lets_it_go_on(priya: Client, busy: House) -> None:
    sender = Sender.objects.get(slug="text")
    priya.post(f"{HERE}/{sender.id}/switch")
    assert "stopped by Priya Raman" in priya.get(HERE).text
    Membership.objects.update(role=Membership.FRONT_DESK)
    priya.post(f"{HERE}/{sender.id}/switch", {"resume": "1"})
    assert "Only an owner or a marketer" in priya.get(HERE).text
    Membership.objects.update(role=Membership.OWNER)
    priya.post(f"{HERE}/{sender.id}/switch", {"resume": "1"})
    assert Sender.objects.get(id=sender.id).stopped_at is None


def test_limits_are_kept_and_nonsense_is_said_in_words(priya: Client, busy: House) -> None:
    sender = Sender.objects.get(slug="text")
    door = f"{HERE}/{sender.id}/limits"
    priya.post(door, {"lane": "marketing", "per_second": "0.5", "per_day": "2,000", "brand": "Harbor", "warm": "1"})
    sender.refresh_from_db()
    assert (sender.lane, sender.per_second, sender.per_day, sender.brand) == ("marketing", 0.5, 2000, "Harbor")
    assert "0 of 50 segments" in priya.get(HERE).text, "a new number starts with fifty"
    priya.post(door, {"lane": "any", "per_day": "lots"})
    assert "“lots” is no number of segments a day" in priya.get(HERE).text
    sender.refresh_from_db()
    assert sender.per_day == 2000


def test_nobody_says_of_a_letter_that_its_delivery_was_confirmed(priya: Client, house: House) -> None:
    Sender.objects.exclude(channel="email").delete()
    Sender.objects.get_or_create(
        workspace=house.workspace, slug="mail", defaults={"channel": "email", "kind": "town_mail",
        "workspace_kind": house.workspace.kind, "address": "hello@harbor.example", "settings": "{}", "created_at": house.now},
    )  # fmt: skip
    shown = priya.get(HERE).text
    assert "In the last seven days: 0 sent." in shown
    assert "confirmed as delivered" not in shown
    assert "T-Mobile" not in shown and "Segments a" not in shown, "letters are no texts"
    assert "Letters a day, at most" in shown


def test_what_was_refused_is_tried_again_with_a_button(priya: Client, busy: House) -> None:
    touch = _touch(busy, "failed", "Gwen", "+12125550188")
    shown = priya.get(HERE).text
    assert "403: Not routable." in shown and "Gwen" in shown
    for _ in range(2):
        priya.post(f"/setup/undelivered/{touch.id}", {"word": "again"})
    assert Touch.objects.get(id=touch.id).state == "planned"
    assert "Somebody was faster" in priya.get(HERE).text


def test_all_of_them_at_once(priya: Client, busy: House) -> None:
    _touch(busy, "failed", "Gwen", "+12125550188")
    _touch(busy, "failed", "Ivo", "+12125550189")
    priya.post("/setup/undelivered")
    assert "2 messages are tried again." in priya.get(HERE).text


def test_a_person_says_what_became_of_a_doubt(priya: Client, busy: House) -> None:
    arrived, never = _touch(busy, "unknown", "Gwen", "+12125550188"), _touch(busy, "closed", "Ivo", "+12125550189")
    priya.post(f"/setup/undelivered/{arrived.id}", {"word": "arrived"})
    priya.post(f"/setup/undelivered/{never.id}", {"word": "never"})
    assert Touch.objects.get(id=arrived.id).status == "delivered"
    assert Touch.objects.get(id=never.id).state == "failed"
    assert "somebody looked it up" in priya.get(HERE).text


def test_another_practices_message_is_not_there(priya: Client, busy: House) -> None:
    assert priya.post(f"/setup/undelivered/{busy.workspace.id}", {"word": "again"}).status_code == 404
