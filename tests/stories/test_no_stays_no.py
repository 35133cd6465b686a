"""A no survives whatever comes in later, and a link does only what its owner asked for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from rewarm.actions.attach_evidence import attach_evidence
from rewarm.actions.import_contacts import Upload, import_contacts
from rewarm.adapters import links
from rewarm.models import Address, Appointment, Consent, Contact, Event, Message, Outcome, Touch, Workspace
from tests.cast import OMAR, SARAH, House

ASKED = {
    "inquired_on": date(2026, 1, 10),
    "last_activity_on": date(2026, 1, 10),
    "last_contact_on": date(2026, 1, 10),
}
EXPORT = b"""First Name,Last Name,Mobile,SMS Consent,SMS Consent Date,Inquiry Date,Notes
Omar,Haddad,(212) 555-0104,Yes,2026-01-10,2026-01-10,wants to hear his grandchildren
"""


@pytest.mark.urls("rewarm.web.hooks.urls")
def test_no_file_and_no_evidence_brings_back_whoever_said_stop(house: House) -> None:
    house.says(OMAR, "STOP")
    house.pass_time(timedelta(minutes=5))
    said = len(house.carrier.to(OMAR))
    imported = import_contacts(
        house.workspace, [Upload("crm.csv", EXPORT)], as_of=house.now.date(), by=house.priya, now=house.now
    )
    assert imported.evidence_sources, "the file claims a yes"
    for source in imported.evidence_sources:
        attach_evidence(house.workspace, source=source, disclosure="I agree.", by=house.priya, now=house.now)
    house._set(house.now + timedelta(days=100))
    for segment in ("inquired_never_scheduled", "low_engagement_long_dormant"):
        house.launch(segment)
    house.pass_time(timedelta(days=20))
    assert len(house.carrier.to(OMAR)) == said
    assert not Consent.objects.filter(address=OMAR, act="granted").exists()


def _state() -> list[object]:
    models = (Consent, Contact, Message, Outcome, Touch, Appointment, Address, Workspace)
    return [list(model.objects.order_by("id").values()) for model in models]


def test_opening_a_link_changes_nothing(house: House) -> None:
    sarah = house.contact("Sarah", SARAH)
    Address.objects.create(workspace=house.workspace, contact=sarah, channel="email", address="sarah@mail.example")
    before = _state()
    for url in (
        links.booking(house.workspace, sarah.id),
        links.unsubscribe_url(house.workspace, sarah.id, "sarah@mail.example"),
    ):
        for method in ("get", "head"):
            answer = getattr(Client(), method)(url.removeprefix("http://testserver"))
            assert answer.status_code in (200, 405)
    assert _state() == before


def test_a_link_made_for_one_thing_does_no_other(house: House) -> None:
    sarah = house.contact("Sarah", SARAH)
    booking = links.booking(house.workspace, sarah.id).rpartition("/")[2]
    stop = links.unsubscribe_url(house.workspace, sarah.id, "sarah@mail.example").rpartition("/")[2]
    forged = stop[:-4] + ("AAAA" if stop[-4:] != "AAAA" else "BBBB")
    before = _state()
    for path in (f"/u/{booking}", f"/b/{stop}", f"/u/{forged}", "/u/x", "/b/1", "/u/1" + "A" * 4000):
        assert Client().post(path, {"starts_at": "x"}).status_code == 404
    assert _state() == before


def test_unsubscribing_a_shared_mailbox_closes_it_for_everybody(house: House) -> None:
    for name, phone in (("Sarah", SARAH), ("Omar", OMAR)):
        person = house.contact(name, phone)
        Address.objects.create(workspace=house.workspace, contact=person, channel="email", address="us@mail.example")
        Touch.objects.create(
            workspace=house.workspace, contact=person, cause=name, purpose="marketing", channel="email", due=house.now,
            expires_at=house.now + timedelta(days=1), planned_at=house.now, body="Hello", subject="Hello",
        )  # fmt: skip
    url = links.unsubscribe_url(house.workspace, house.people["Sarah"].id, "us@mail.example")
    for _ in range(2):
        assert Client().post(url.removeprefix("http://testserver")).status_code == 200
    assert Consent.objects.get(act="opted_out").channel == "email"
    assert set(Touch.objects.values_list("state", "reason")) == {("suppressed", "opted_out")}


@pytest.mark.urls("rewarm.web.hooks.urls")
@pytest.mark.parametrize("words", ["STOP", "My husband died last spring. please take his name off"])
def test_a_no_is_told_once_however_often_it_is_read(house: House, words: str) -> None:
    """The door honours it, the assistant reads the whole thread again: on the page they asked once."""
    house.contact("Omar", OMAR)
    house.says(OMAR, words)
    house.pass_time(timedelta(minutes=10))
    assert Event.objects.filter(kind="opted_out").count() == 1
    assert Consent.objects.filter(act="opted_out").count() == 1
