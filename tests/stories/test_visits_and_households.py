"""Visits that move, are called off or reported twice, and people who share one phone."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from rewarm.actions.book import book, call_off, free_slots, upcoming
from rewarm.actions.hand_off import close
from rewarm.actions.record import Reported, record
from rewarm.models import Address, Appointment, Contact, Handoff, Outcome, Sender, Touch
from tests.cast import GRACE, JOHN, SARAH, House

pytestmark = pytest.mark.urls("rewarm.web.hooks.urls")
ASKED = {
    "inquired_on": date(2026, 1, 10),
    "last_activity_on": date(2026, 1, 10),
    "last_contact_on": date(2026, 1, 10),
}


def _book(house: House, person: Contact, n: int = 30, **given: Any) -> Appointment:
    slot = free_slots(house.workspace, house.now)[n]
    return book(house.workspace, person, slot, by="desk", now=house.now, **{"cause": f"desk:{n}", **given})


def test_the_practices_system_reports_the_visit_that_we_booked(house: House) -> None:
    visit = _book(house, house.contact("Sarah", SARAH))
    report = Reported("pms-1", "booked", SARAH, house.now, starts_at=visit.starts_at)
    assert not record(house.workspace, report, house.now)
    assert Appointment.objects.get() == visit
    assert Outcome.objects.filter(kind="booked").count() == 1
    house.pass_time(timedelta(days=14))
    assert len([text for text in house.carrier.to(SARAH) if "looking forward" in text]) <= 1


@pytest.mark.parametrize("kind", ["showed", "no_show"])
def test_one_visit_is_kept_or_missed_once_whoever_reports_it(house: House, kind: str) -> None:
    sarah = house.contact("Sarah", SARAH)
    visit = _book(house, sarah)
    house.pass_time(visit.ends_at - house.now)
    assert record(house.workspace, Reported("a", kind, SARAH, house.now), house.now)
    assert not record(house.workspace, Reported("b", kind, SARAH, house.now + timedelta(minutes=5)), house.now)
    assert Outcome.objects.filter(kind=kind).count() == 1
    sarah.refresh_from_db()
    assert sarah.no_shows == (kind == "no_show")


def test_what_is_bought_in_one_visit_may_be_reported_under_its_number(house: House) -> None:
    house.contact("Sarah", SARAH)
    assert record(house.workspace, Reported("42", "showed", SARAH, house.now), house.now)
    bought = Reported("42", "purchased", SARAH, house.now, amount=Decimal(3000))
    assert record(house.workspace, bought, house.now)
    assert not record(house.workspace, bought, house.now)


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "NaN"}, {"amount": "Infinity"}, {"amount": "1e30"}, {"amount": [1]}, {"at": "2999-01-01T00:00:00Z"},
        {"phone": None, "email": "nobody\x00@mail.example"}, {"id": "x\x00"}, {"kind": "vanished"},
        {"at": "2026-11-02T13:00:00"}, {"currency": "dollars"},
    ],
)  # fmt: skip
def test_a_report_that_makes_no_sense_is_answered_in_words(house: House, wrong: dict[str, object]) -> None:
    house.contact("Sarah", SARAH)
    body = {"id": "1", "kind": "purchased", "at": house.now.isoformat(), "phone": SARAH, "amount": 100, **wrong}
    assert _report(house, body).status_code == 422
    assert not Outcome.objects.exists()


@pytest.mark.parametrize("body", ["[]", "3", "{", '"text"', "null"])
def test_a_report_that_is_no_object_is_answered_in_words(house: House, body: str) -> None:
    assert _report(house, body).status_code == 422


def _report(house: House, body: object) -> Any:
    secret = Sender.objects.get(slug="text").secret
    path = f"/hooks/practice/{house.workspace.id}/{secret}/outcomes"
    return Client(raise_request_exception=False).post(path, body, content_type="application/json")


@pytest.mark.parametrize("gone", ["moved", "called off", "missed"])
def test_nobody_is_reminded_of_a_visit_that_is_gone(house: House, gone: str) -> None:
    sarah = house.contact("Sarah", SARAH)
    Address.objects.create(workspace=house.workspace, contact=sarah, channel="email", address="sarah@mail.example")
    visit = _book(house, sarah, 30)
    # Another worker has leased the reminder at this very moment.
    leased = Touch.objects.filter(purpose="reminder").order_by("due").first()
    assert leased is not None
    Touch.objects.filter(id=leased.id).update(state="leased", attempt=1)
    if gone == "moved":
        _book(house, sarah, 40)
    elif gone == "called off":
        call_off(house.workspace, visit, house.now, cause="desk")
    else:
        record(house.workspace, Reported("n", "no_show", SARAH, visit.starts_at), visit.starts_at)
    Touch.objects.filter(id=leased.id).update(state="planned")
    house._set(leased.due)
    house.work()
    assert (
        not Touch.objects.filter(appointment=visit, state__in=["sent", "planned"])
        .exclude(planned_at__gt=leased.due)
        .exists()
    ), "neither the reminder nor the invitation of a visit that is gone leaves"


def test_two_windows_move_one_visit_to_one_place(house: House) -> None:
    sarah = house.contact("Sarah", SARAH)
    _book(house, sarah, 30)
    _book(house, sarah, 40)
    last = _book(house, sarah, 50)
    assert list(Appointment.objects.exclude(state="cancelled")) == [last]
    assert last.sequence == 2
    assert Contact.objects.get().next_appointment_at == last.starts_at
    assert Outcome.objects.filter(kind="booked").count() == 1


def test_a_moved_visit_moves_in_her_own_calendar_too(house: House) -> None:
    sarah = house.contact("Sarah", SARAH)
    Address.objects.create(workspace=house.workspace, contact=sarah, channel="email", address="sarah@mail.example")
    _book(house, sarah, 30)
    house._set(house.now + timedelta(minutes=5))
    _book(house, sarah, 40)
    house._set(house.now + timedelta(minutes=5))
    _book(house, sarah, 50)
    files = [str(touch.extra["ics"]) for touch in Touch.objects.filter(purpose="informational").order_by("planned_at")]
    lines = [[line for line in file.splitlines() if line.startswith(("UID", "SEQUENCE"))] for file in files]
    numbers, names = zip(*(sorted(one) for one in lines), strict=True)
    assert len(set(names)) == 1
    assert list(numbers) == ["SEQUENCE:0", "SEQUENCE:1", "SEQUENCE:2"]


def test_calling_off_one_of_two_visits_keeps_the_other_in_mind(house: House) -> None:
    sarah = house.contact("Sarah", SARAH)
    visit = _book(house, sarah, 30)
    later = visit.starts_at + timedelta(days=10)
    record(house.workspace, Reported("2", "booked", SARAH, house.now, starts_at=later), house.now)
    call_off(house.workspace, visit, house.now, cause="desk")
    assert upcoming(house.workspace, sarah.id, house.now) is not None
    assert Contact.objects.get().next_appointment_at == later
    assert Touch.objects.filter(purpose="reminder", state="planned").exists(), "the other visit is reminded of"


def test_no_campaign_meets_whoever_the_practices_own_calendar_expects(house: House) -> None:
    sarah = house.contact("Sarah", SARAH, **ASKED)
    house.launch("inquired_never_scheduled")
    # Tonight's export knows of a visit that was booked by phone.
    Contact.objects.filter(id=sarah.id).update(next_appointment_at=house.now + timedelta(days=4))
    house.pass_time(timedelta(days=3))
    assert house.carrier.to(SARAH) == []


def test_no_campaign_breaks_into_a_talk_on_a_shared_phone(house: House) -> None:
    grace = house.contact("Grace", GRACE)
    john = house.contact("John", JOHN, **ASKED)
    Address.objects.filter(contact=john).update(address=GRACE)
    house.launch("inquired_never_scheduled")
    house.says(GRACE, "how much do they cost?")
    house.pass_time(timedelta(minutes=5))
    talk = len(house.carrier.to(GRACE))
    house.pass_time(timedelta(hours=40))
    assert len(house.carrier.to(GRACE)) == talk
    assert grace != john


def test_two_nameless_rows_of_one_phone_never_get_the_same_words(house: House) -> None:
    house.contact("", GRACE, **ASKED)
    other = house.contact("", JOHN, **ASKED)
    Address.objects.filter(contact=other).update(address=GRACE)
    house.launch("inquired_never_scheduled")
    house.pass_time(timedelta(days=40))
    texts = house.carrier.to(GRACE)
    assert len(texts) == len(set(texts))


def test_a_family_in_grief_is_never_written_to_again(house: House) -> None:
    house.contact("John", JOHN, **ASKED)
    house.launch("inquired_never_scheduled")
    house.until_text(JOHN)
    house.says(JOHN, "This is his wife. John passed away last month.")
    house.pass_time(timedelta(minutes=5))
    for open_one in Handoff.objects.filter(closed_at=None):
        close(house.workspace, open_one.id, house.priya, "called", house.now)
    said = len(house.carrier.to(JOHN))
    house._set(house.now + timedelta(days=500))
    house.launch("inquired_never_scheduled")
    house.pass_time(timedelta(days=20))
    assert len(house.carrier.to(JOHN)) == said


@pytest.mark.parametrize("no", ["no thanks, not interested", "this is unacceptable, I want to file a complaint"])
def test_whoever_declined_is_not_enrolled_again_next_week(house: House, no: str) -> None:
    house.contact("John", JOHN, **ASKED)
    house.launch("inquired_never_scheduled")
    house.until_text(JOHN)
    house.says(JOHN, no)
    house.pass_time(timedelta(minutes=5))
    for open_one in Handoff.objects.filter(closed_at=None):
        close(house.workspace, open_one.id, house.priya, "called", house.now)
    said = len(house.carrier.to(JOHN))
    house._set(house.now + timedelta(days=7))
    Contact.objects.update(segment="")
    house.launch("inquired_never_scheduled")
    house.pass_time(timedelta(days=20))
    assert len(house.carrier.to(JOHN)) == said
