"""The number that carries: which one, how much a day, who stops it, and what happens to what it could not deliver."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rewarm.actions.resolve import say_what_became_of_it, try_again
from rewarm.actions.stop import resume_sender, stop_sender
from rewarm.models import Consent, Sender, Touch
from tests.cast import GRACE, JOHN, SARAH, House

pytestmark = pytest.mark.urls("rewarm.web.hooks.urls")
TEN = datetime(2026, 11, 2, 15, tzinfo=UTC)  # a Monday morning in New York


def _invite(house: House, name: str, phone: str, **fields: Any) -> Touch:
    """Plan an advertisement that somebody wrote."""
    person = house.contact(name, phone)
    given = {
        "cause": f"test:{name}", "purpose": "marketing", "channel": "sms", "due": house.now, "address": phone,
        "expires_at": house.now + timedelta(days=3), "planned_at": house.now,
        "body": f"Hello {name}, it is Harbor Point Hearing. Come by on Thursday. Reply STOP to opt out.", **fields,
    }  # fmt: skip
    return Touch.objects.create(workspace=house.workspace, contact=person, **given)


def _second_number(house: House, **fields: Any) -> Sender:
    first = Sender.objects.get(workspace=house.workspace, slug="text")
    given = {"slug": "second", "address": "+12125550177", "secret": "another", "created_at": house.now, **fields}
    return Sender.objects.create(
        workspace=house.workspace, channel="sms", kind="town", workspace_kind="town", settings=first.settings, **given
    )


def test_advertising_and_service_may_have_numbers_of_their_own(house: House) -> None:
    house.now = TEN
    _second_number(house, lane="service")
    Sender.objects.filter(slug="text").update(lane="marketing")
    _invite(house, "Sarah", SARAH)
    _invite(house, "John", JOHN, purpose="reply", in_reply_to_at=house.now, cause="answer:john")
    house.work()
    numbers = {one["to"]: one["from"] for one in house.carrier.texts}
    assert numbers == {SARAH: "+12125550199", JOHN: "+12125550177"}


def test_an_answer_leaves_from_the_number_that_they_wrote_to(house: House) -> None:
    house.now = TEN
    second = _second_number(house)
    _invite(house, "Sarah", SARAH, purpose="reply", in_reply_to_at=house.now, sender=second)
    house.work()
    assert house.carrier.texts[0]["from"] == "+12125550177"


def test_a_stopped_number_waits_and_a_running_one_takes_over(house: House) -> None:
    house.now = TEN
    first = Sender.objects.get(slug="text")
    assert stop_sender(house.workspace, first, house.priya, house.now)
    assert not stop_sender(house.workspace, first, house.priya, house.now), "it was stopped already"
    touch = _invite(house, "Sarah", SARAH)
    house.work()
    assert house.carrier.texts == []
    assert Touch.objects.get(id=touch.id).reason == "stopped"
    resume_sender(house.workspace, first)
    house.pass_time(timedelta(hours=2))
    assert len(house.carrier.to(SARAH)) == 1


def test_the_carriers_day_holds_advertising_back_and_nothing_else(house: House) -> None:
    house.now = TEN
    Sender.objects.filter(slug="text").update(per_day=3)
    _invite(house, "Sarah", SARAH)
    _invite(house, "John", JOHN)
    _invite(house, "Grace", GRACE, purpose="reply", in_reply_to_at=house.now, cause="answer:grace")
    house.work()
    assert len(house.carrier.to(GRACE)) == 1
    held = Touch.objects.get(state="planned")
    assert held.reason == "sender_quota"
    assert held.due == datetime(2026, 11, 3, 8, tzinfo=UTC), "midnight in Los Angeles"
    house.pass_time(timedelta(days=1, hours=3))
    assert not Touch.objects.filter(state="planned").exists()


def test_a_new_number_starts_with_little(house: House) -> None:
    house.now = TEN
    Sender.objects.filter(slug="text").update(warming_since="2026-11-02", per_day=None)
    _invite(house, "Sarah", SARAH)
    house.work()
    assert len(house.carrier.to(SARAH)) == 1, "fifty on the first day are more than one"


def test_what_was_refused_may_be_tried_again_by_a_person(house: House) -> None:
    house.now = TEN
    house.carrier.mood = "refuse"
    touch = _invite(house, "Sarah", SARAH)
    house.work()
    assert Touch.objects.get(id=touch.id).state == "failed"
    house.carrier.mood = "accept"
    assert try_again(house.workspace, touch.id, house.priya, house.now)
    assert not try_again(house.workspace, touch.id, house.priya, house.now), "it is on its way already"
    house.work()
    assert len(house.carrier.to(SARAH)) == 1


def test_what_may_have_left_is_not_sent_again_until_somebody_says_that_it_never_arrived(house: House) -> None:
    house.now = TEN
    house.carrier.mood = "drop"
    touch = _invite(house, "Sarah", SARAH)
    house.work()
    assert Touch.objects.get(id=touch.id).state == "unknown"
    assert not try_again(house.workspace, touch.id, house.priya, house.now)
    assert say_what_became_of_it(house.workspace, touch.id, house.priya, house.now, arrived=False)
    house.carrier.mood = "accept"
    assert try_again(house.workspace, touch.id, house.priya, house.now)
    house.work()
    assert Touch.objects.get(id=touch.id).state == "sent"


def test_the_gate_asks_again_before_a_second_try(house: House) -> None:
    house.now = TEN
    house.carrier.mood = "refuse"
    touch = _invite(house, "Sarah", SARAH)
    house.work()
    house.says(SARAH, "STOP")
    house.carrier.mood = "accept"
    assert try_again(house.workspace, touch.id, house.priya, house.now)
    house.work()
    assert Touch.objects.get(id=touch.id).reason == "opted_out"
    assert not any("Thursday" in text for text in house.carrier.to(SARAH)), "only the confirmation of her STOP"


def test_a_person_may_say_that_it_arrived(house: House) -> None:
    house.now = TEN
    house.carrier.mood = "drop"
    touch = _invite(house, "Sarah", SARAH)
    house.work()
    assert say_what_became_of_it(house.workspace, touch.id, house.priya, house.now, arrived=True)
    settled = Touch.objects.get(id=touch.id)
    assert (settled.state, settled.status) == ("sent", "delivered")


def test_a_receipt_that_knows_only_the_carriers_key_finds_its_touch(house: House) -> None:
    from rewarm.actions.receive import report
    from rewarm.adapters.channels import Incoming

    house.now = TEN
    touch = _invite(house, "Sarah", SARAH)
    house.work()
    Touch.objects.filter(id=touch.id).update(provider_id="77")
    sender = Sender.objects.get(slug="text")
    other = _second_number(house)
    told = Incoming("delivered", "77", at=house.now)
    assert not report(house.workspace, other, told, house.now), "another carrier's 77 is another message"
    assert report(house.workspace, sender, told, house.now)
    assert Touch.objects.get(id=touch.id).status == "delivered"


def test_an_opt_out_that_the_carrier_holds_comes_into_our_ledger(house: House) -> None:
    from rewarm.actions.take import take
    from rewarm.adapters.channels import Incoming

    house.now = TEN
    touch = _invite(house, "Sarah", SARAH, due=house.now + timedelta(hours=1))
    told = Incoming("opt_out", "SM1", str(touch.id), SARAH, reason="21610", at=house.now, answered=True)
    sender = Sender.objects.get(slug="text")
    for _ in range(2):
        take(house.workspace, sender, told, house.now)
    (line,) = Consent.objects.filter(address=SARAH, act="opted_out")
    assert line.source == "carrier"
    assert Touch.objects.get(id=touch.id).reason == "opted_out"
    house.pass_time(timedelta(hours=2))
    assert house.carrier.texts == [], "the carrier has told them already"


def test_settings_that_open_no_carrier_stop_the_sender_and_say_why(house: House) -> None:
    house.now = TEN
    Sender.objects.filter(slug="text").update(settings=json.dumps({"url": "http://127.0.0.1"}))
    _invite(house, "Sarah", SARAH)
    house.work()
    sender = Sender.objects.get(slug="text")
    assert sender.stopped_at and "username" in sender.stopped_why
