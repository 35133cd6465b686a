"""The product as prose: somebody who asked once is remembered, answers at nine in the evening, and is booked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from rewarm.models import Consent, Enrollment, Handoff, Message, Outcome, Touch
from tests.cast import GRACE, JOHN, OMAR, SARAH, House

pytestmark = pytest.mark.urls("rewarm.web.hooks.urls")
ASKED = {
    "inquired_on": date(2026, 1, 10),
    "last_activity_on": date(2026, 1, 10),
    "last_contact_on": date(2026, 1, 10),
}


def test_sarah_is_remembered_asks_the_price_and_books(house: House) -> None:
    house.contact("Sarah", SARAH, note="trouble following her grandkids on the phone", **ASKED)
    house.launch("inquired_never_scheduled")

    first = house.until_text(SARAH)
    assert first.startswith("Hi Sarah") and "Harbor Point" in first and "STOP" in first
    touch = Touch.objects.get(purpose="marketing", state="sent")
    assert any(source["kind"] == "fact" for source in touch.sources), "the personal detail cites the note"

    house.now += timedelta(hours=10)
    house.says(SARAH, "how much do they cost?")
    answer = house.until_text(SARAH, timedelta(minutes=5))
    assert "$" in answer or "cost" in answer.lower()

    house.says(SARAH, "ok can I come in?")
    offer = house.until_text(SARAH, timedelta(minutes=5))
    assert "1)" in offer and "2)" in offer

    house.says(SARAH, "2 please")
    confirmed = house.until_text(SARAH, timedelta(minutes=5))
    visit = house.visit_of("Sarah")
    assert visit is not None and visit.booked_by == "assistant"
    assert f"{visit.starts_at.day}" in confirmed
    assert Enrollment.objects.get().reason == "booked"
    assert Outcome.objects.get().kind == "booked"

    reminder = house.until_text(SARAH, timedelta(days=14))
    assert "looking forward" in reminder and "CANCEL" not in reminder.upper()
    house.says(SARAH, "yes see you then")
    house.pass_time(timedelta(minutes=2))
    visit.refresh_from_db()
    assert visit.state == "confirmed"


def test_omar_says_stop_and_nothing_but_one_confirmation_follows(house: House) -> None:
    house.contact("Omar", OMAR, **ASKED)
    house.launch("inquired_never_scheduled")
    house.until_text(OMAR)
    before = len(house.carrier.to(OMAR))

    house.says(OMAR, "please take me off your list", key="m1")
    house.says(OMAR, "please take me off your list", key="m1")
    house.pass_time(timedelta(days=60))

    assert len(house.carrier.to(OMAR)) == before + 1
    assert "unsubscribed" in house.carrier.to(OMAR)[-1]
    assert Consent.objects.filter(act="opted_out").count() == 1
    assert Message.objects.filter(direction="in").count() == 1


def test_john_wants_a_person_and_priya_takes_over(house: House) -> None:
    from rewarm.actions.hand_off import answer

    john = house.contact("John", JOHN, **ASKED)
    house.launch("inquired_never_scheduled")
    house.until_text(JOHN)
    house.says(JOHN, "can a real person call me please")
    house.until_text(JOHN, timedelta(minutes=5))
    handoff = Handoff.objects.get()
    assert "John" in handoff.brief and "real person" in handoff.brief

    answer(house.workspace, john, house.priya, "Hi John, it's Priya. I'll call you at 3.", house.now, key="k1")
    answer(house.workspace, john, house.priya, "Hi John, it's Priya. I'll call you at 3.", house.now, key="k1")
    house.work()
    assert house.carrier.to(JOHN).count("Hi John, it's Priya. I'll call you at 3.") == 1
    said = len(house.carrier.to(JOHN))
    house.says(JOHN, "how much does it cost?")
    house.pass_time(timedelta(hours=1))
    assert len(house.carrier.to(JOHN)) == said, "the assistant is silent while a person has the thread"


def test_silence_gets_four_texts_and_then_peace(house: House) -> None:
    house.contact("Sarah", SARAH, note="wants to hear the sermon again", **ASKED)
    house.launch("inquired_never_scheduled")
    house.pass_time(timedelta(days=28))
    texts = house.carrier.to(SARAH)
    assert 3 <= len(texts) <= 4
    assert len(set(texts)) == len(texts), "no text is sent twice"


def test_the_held_out_are_counted_and_never_written_to(house: House) -> None:
    for n in range(10):
        house.contact(f"Person{n}", f"+1212555011{n}", **ASKED)
    house.launch("inquired_never_scheduled", holdout="0.3")
    house.pass_time(timedelta(days=3))
    held = Enrollment.objects.filter(arm="holdout")
    assert held.count() == 3
    assert not Touch.objects.filter(enrollment__in=held).exclude(state="suppressed", reason="holdout").exists()
    assert Touch.objects.filter(enrollment__in=held).count() >= 3


def test_grace_wants_no_ads_and_keeps_her_reminders(house: House) -> None:
    house.contact("Grace", GRACE, **ASKED)
    house.launch("inquired_never_scheduled")
    house.until_text(GRACE)
    house.says(GRACE, "no more promotions please, appointment reminders are fine")
    house.pass_time(timedelta(days=20))
    assert Consent.objects.get(act="opted_out").scope == "marketing"
    assert not Touch.objects.filter(purpose="opt_out_confirmation").exists(), "“no more texts” would be untrue"
    assert not Touch.objects.filter(purpose="marketing", dispatched_at__gt=house.now - timedelta(days=19)).exists()


def test_please_call_closes_the_texts_and_calls_a_person(house: House) -> None:
    house.contact("Grace", GRACE, **ASKED)
    house.launch("inquired_never_scheduled")
    house.until_text(GRACE)
    before = len(house.carrier.to(GRACE))
    house.says(GRACE, "don't text me, call me instead")
    house.pass_time(timedelta(days=20))
    assert Handoff.objects.get().closed_at is None
    assert len(house.carrier.to(GRACE)) == before, "they asked for a voice, so nothing more is written"


def test_a_no_does_not_make_anybody_hot(house: House) -> None:
    omar, sarah = house.contact("Omar", OMAR, **ASKED), house.contact("Sarah", SARAH, **ASKED)
    house.says(OMAR, "STOP")
    house.says(SARAH, "tell me more")
    omar.refresh_from_db()
    sarah.refresh_from_db()
    assert (omar.temperature, sarah.temperature) == ("dormant", "hot")


def test_after_an_alarm_the_assistant_offers_nothing(house: House) -> None:
    house.contact("John", JOHN, **ASKED)
    house.says(JOHN, "I suddenly can't hear anything on my right side since this morning")
    house.pass_time(timedelta(minutes=2))
    assert "call us now" in house.carrier.to(JOHN)[-1]
    assert Handoff.objects.get().urgency == "urgent"
    said = len(house.carrier.to(JOHN))
    house.says(JOHN, "do you have a time today?")
    house.pass_time(timedelta(minutes=5))
    assert len(house.carrier.to(JOHN)) == said
