"""The whole loop on one person: a row in an exported file becomes a booked visit, and the visit is counted."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from rewarm.actions.classify import classify
from rewarm.actions.enroll import launch
from rewarm.actions.import_contacts import Upload, attach_evidence, import_contacts
from rewarm.actions.results import conservation, results
from rewarm.models import Candidate, Consent, Contact, Import, ImportRow, Outcome, Touch
from tests.cast import House

pytestmark = pytest.mark.urls("rewarm.web.hooks.urls")
SARAH, JOHN = "+12125550161", "+12125550162"
EXPORT = """Report: Leads
Run on 11/01/2026

First Name,Last Name,Mobile Phone,Email,Created Date,SMS Opt-In Date,Do Not Contact,Postal Code,Notes
Sarah,Miller,(212) 555-0161,sarah@miller.example,01/10/2026,01/10/2026,,10001,"wants to hear her grandkids on the phone"
JOHN,O'NEIL,212.555.0162,john@oneil.example,02/11/2026,02/11/2026,,10001,"said stop texting me"
Nobody,,,,03/12/2026,,,,
Total,3,,,,,,,
"""


def test_a_row_becomes_a_visit(house: House) -> None:
    workspace, now = house.workspace, house.now
    upload = Upload("leads.csv", EXPORT.encode())

    done = import_contacts(workspace, [upload], as_of=now.date(), by=house.priya, now=now)
    assert (done.created, done.quarantined) == (2, 1), done.in_words()
    assert ImportRow.objects.get(outcome="quarantined").reason == "no_channel"
    assert not Consent.objects.filter(act="granted").exists(), "a file alone grants nothing"
    assert Candidate.objects.filter(channel="sms").exists(), "its yes waits for evidence"
    assert Consent.objects.filter(address=JOHN, channel="sms", act="denied").exists(), "its no counts at once"

    again = import_contacts(workspace, [upload], as_of=now.date(), by=house.priya, now=now)
    assert (again.written, Import.objects.count()) == (0, 1)

    for source in done.evidence_sources:
        attach_evidence(
            workspace, source=source, disclosure="I agree to texts from Harbor Point.", by=house.priya, now=now
        )
    classify(workspace, now)
    sarah = Contact.objects.get(first_name="Sarah")
    assert (sarah.segment, sarah.reachable_sms, sarah.has_facts) == ("inquired_never_scheduled", True, True)
    assert not Contact.objects.get(last_name="O'Neil").reachable_sms

    launch(
        workspace,
        segment="inquired_never_scheduled",
        journey_slug="reactivation",
        holdout=Decimal(0),
        per_day=9,
        now=now,
    )
    first = house.until_text(SARAH)
    assert "grandkids" in first
    assert house.carrier.to(JOHN) == []
    for touch in Touch.objects.filter(state="sent"):
        house.reported(touch.id, 8)
        house.reported(touch.id, 1)

    house.says(SARAH, "anything open thursday afternoon?")
    offer = house.until_text(SARAH, timedelta(minutes=5))
    assert "Thu" in offer and "PM" in offer
    house.says(SARAH, "1")
    house.until_text(SARAH, timedelta(minutes=5))

    sarah.refresh_from_db()
    assert sarah.next_appointment_at is not None
    assert Outcome.objects.get().kind == "booked"
    counted = conservation(workspace)
    total = counted["sent"] + sum(counted["suppressed"].values()) + sum(counted["failed"].values()) + counted["pending"]
    assert counted["planned"] == total, "planned = sent + suppressed + failed + pending"
    assert results(workspace, house.now)["treated"] == {"n": 1, "booked": 1}
