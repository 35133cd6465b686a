"""What is on record reaches the gate: who pays, what was checked, what they accepted, what the text itself says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from rewarm.actions.attach_evidence import attach_evidence
from rewarm.actions.compose import Written
from rewarm.actions.erase import erase
from rewarm.actions.gate import questions
from rewarm.actions.permit import permit, withdraw
from rewarm.actions.record_check import record_check
from rewarm.adapters.crm.files import read_content
from rewarm.adapters.rules import rule_set
from rewarm.domain import policy
from rewarm.errors import RewarmError
from rewarm.models import (
    Address,
    Appointment,
    Campaign,
    Candidate,
    Consent,
    Contact,
    ImportRow,
    JourneyVersion,
    Message,
    Note,
    Touch,
)
from rewarm.models.base import uuid7

PHONE, MAINE, PHOENIX, SEATTLE = "+12125550101", "+12075550101", "+16025550101", "+12065550101"
TEXT = "Hi Sarah, it's Ana at Harbor Point Hearing. Shall I send you two tips? Reply STOP to opt out."
DAY = timedelta(days=1)


def planned(house: Any, person: Contact, purpose: str = "marketing", **fields: Any) -> Touch:
    return Touch.objects.create(
        id=uuid7(), workspace=house.workspace, contact=person, cause=f"test:{uuid7()}", purpose=purpose,
        channel=fields.pop("channel", "sms"), due=house.now, expires_at=house.now + 2 * DAY, planned_at=house.now, **fields,
    )  # fmt: skip


def verdict(house: Any, touch: Touch, text: str = TEXT, **written: Any) -> policy.Verdict:
    address = touch.contact.addresses.first().address
    letter = Written(**{"address": address, "text": text, **written})
    now = house.now + timedelta(hours=5)  # one in the afternoon
    asked = questions(house.workspace, [touch], {touch.id: letter}, now)[touch.id]
    return policy.judge(asked.proposed, asked.view, asked.entries, rule_set(), now)


def said(house: Any, touch: Touch, text: str = TEXT, **written: Any) -> str:
    return getattr(verdict(house, touch, text, **written), "reason", "allow")


def campaign(house: Any, **fields: Any) -> Campaign:
    version = JourneyVersion.objects.create(
        id=uuid7(), workspace=house.workspace, slug=f"j{uuid7()}", version=1, spec={"steps": []}, published_at=house.now
    )
    return Campaign.objects.create(
        id=uuid7(), workspace=house.workspace, name="Autumn", segment="all", journey=version, holdout=0, per_day=10,
        launched_at=house.now, **fields,
    )  # fmt: skip


def checked(house: Any, kind: Any, *lines: str) -> Any:
    content = "\n".join(("number,answer,checked", *lines)).encode()
    return record_check(house.workspace, read_content("answers.csv", content), kind, house.now)


# --- Who pays -------------------------------------------------------------------------------------------


def test_what_a_manufacturer_pays_for_needs_an_authorisation_that_names_it(house: Any) -> None:
    sarah = house.contact("Sarah", PHONE)
    touch = planned(house, sarah, campaign=campaign(house, paid_by="Acme Devices"))
    assert said(house, touch) == "third_party_paid"
    permit(house.workspace, sarah, "paid", disclosure="I agree that Other Co pays for this.", payer="Other Co",
           by=house.priya, now=house.now)  # fmt: skip
    assert said(house, touch) == "third_party_paid", "another payer's authorisation"
    permit(house.workspace, sarah, "paid", disclosure="I know that Acme Devices pays for these texts.", payer="Acme Devices",
           by=house.priya, now=house.now)  # fmt: skip
    assert said(house, touch) == "allow"
    withdraw(house.workspace, sarah, "paid", payer="Acme Devices", by=house.priya, now=house.now + timedelta(minutes=1))
    assert said(house, touch) == "third_party_paid"


def test_an_authorisation_says_who_pays(house: Any) -> None:
    sarah = house.contact("Sarah", PHONE)
    for disclosure in ("", "I agree to everything."):
        with pytest.raises(RewarmError):
            permit(house.workspace, sarah, "paid", disclosure=disclosure, payer="Acme", by=house.priya, now=house.now)


# --- Health data ----------------------------------------------------------------------------------------


def test_a_lead_in_washington_needs_a_consent_of_its_own_and_a_patient_does_not(house: Any) -> None:
    lead, patient = house.contact("Lea", SEATTLE), house.contact("Pat", "+12065550102", is_customer=True)
    assert said(house, planned(house, lead)) == "no_health_consent"
    assert said(house, planned(house, patient)) == "allow"
    permit(house.workspace, lead, "health", disclosure="You may use what I told you about my hearing.", by=house.priya,
           now=house.now)  # fmt: skip
    assert said(house, planned(house, lead)) == "allow"


def test_a_missed_first_visit_makes_no_patient(house: Any) -> None:
    missed = house.contact("Mia", SEATTLE, last_appointment_on=house.now.date(), last_past_appointment="missed")
    assert said(house, planned(house, missed)) == "no_health_consent"


def test_a_consent_to_health_data_belongs_to_the_person_and_not_to_the_shared_phone(house: Any) -> None:
    lead, other = house.contact("Lea", SEATTLE), house.contact("Leo", "+12065550102")
    Address.objects.filter(contact=other).update(address=SEATTLE)
    permit(house.workspace, lead, "health", disclosure="You may use it.", by=house.priya, now=house.now)
    assert said(house, planned(house, lead)) == "allow"
    assert said(house, planned(house, other)) == "no_health_consent"


def test_such_a_consent_is_no_consent_to_texts(house: Any) -> None:
    lead = house.contact("Lea", SEATTLE, consent="unknown")
    permit(house.workspace, lead, "health", disclosure="You may use it.", by=house.priya, now=house.now)
    assert said(house, planned(house, lead)) == "no_consent"


# --- Registries -----------------------------------------------------------------------------------------


def test_maine_wants_a_check_and_a_check_is_old_after_a_month(house: Any) -> None:
    touch = planned(house, house.contact("May", MAINE))
    assert said(house, touch) == "number_unchecked"
    checked(house, "reassigned", f"{MAINE},no data,2026-11-01")
    assert said(house, touch) == "number_unchecked", "no data is no check"
    checked(house, "reassigned", f"{MAINE},no,2026-09-20")
    assert said(house, touch) == "number_unchecked", "a check of six weeks ago"
    checked(house, "reassigned", f"{MAINE},no,2026-11-01")
    assert said(house, touch) == "allow"


def test_a_number_that_is_somebody_elses_hears_nothing_from_us(house: Any) -> None:
    sarah = house.contact("Sarah", PHONE)
    assert checked(house, "reassigned", f"{PHONE},yes,2026-11-01").bad == 1
    for purpose in ("marketing", "informational", "reminder", "reply"):
        touch = planned(house, sarah, purpose, in_reply_to_at=house.now + timedelta(hours=5))
        assert said(house, touch) == "reassigned", purpose
    again = house.contact("Sara", "+12125550109")
    Address.objects.filter(contact=again).update(address=PHONE)
    assert said(house, planned(house, again)) == "reassigned", "a re-import brings a row of its own"


def test_arizona_wants_the_registry_asked_and_texts_no_registered_number(house: Any) -> None:
    touch = planned(house, house.contact("Ada", PHOENIX))
    assert said(house, touch) == "registry_unchecked"
    checked(house, "registry", f"{PHOENIX},no,2026-11-01")
    assert said(house, touch) == "allow"
    checked(house, "registry", f"{PHOENIX},yes,2026-11-02")
    assert said(house, touch) == "on_registry"
    assert checked(house, "registry", f"{PHOENIX},no,2026-10-20").updated == 0, "an older file that comes in late"
    assert said(house, touch) == "on_registry"


def test_a_file_of_answers_is_counted(house: Any) -> None:
    house.contact("Sarah", PHONE)
    done = checked(house, "registry", f"{PHONE},yes,2026-11-01", "+12125550188,no,2026-11-01", "x,yes,2026-11-01")
    assert (done.updated, done.bad, done.strangers, done.held_back[0].reason) == (1, 1, 1, "'x' is no phone number")
    with pytest.raises(RewarmError, match="Name them number"):
        record_check(house.workspace, read_content("a.csv", b"a,b\n1,2\n"), "registry", house.now)


# --- What the workspace and the person say --------------------------------------------------------------


def test_an_emergency_is_obeyed_at_once(house: Any) -> None:
    touch = planned(house, house.contact("Sarah", PHONE))
    assert said(house, touch) == "allow"
    type(house.workspace).objects.filter(id=house.workspace.id).update(emergencies=["NY"])
    assert said(house, touch) == "emergency"


def test_what_they_accepted_is_theirs_to_say(house: Any) -> None:
    plain, open_ = (
        house.contact("Pia", PHONE, accepts_sensitivity=0),
        house.contact("Ona", "+12125550102", accepts_sensitivity=2),
    )
    assert said(house, planned(house, plain), sensitivity=1) == "too_sensitive"
    assert said(house, planned(house, open_), sensitivity=2) == "allow"


def test_a_text_that_a_person_wrote_says_no_more_of_their_health_than_a_draft_may(house: Any) -> None:
    grace = house.contact("Grace", PHONE, is_customer=True)
    clinical = "It's Harbor Point Hearing. Your audiogram is ready."
    assert said(house, planned(house, grace, "informational"), clinical) == "too_sensitive"
    answer = planned(house, grace, "reply", in_reply_to_at=house.now + timedelta(hours=5))
    assert said(house, answer, clinical) == "allow", "she asked for it by text"
    grace.accepts_sensitivity = 2
    grace.save()
    assert said(house, planned(house, grace, "informational"), clinical) == "allow"


# --- What the text says ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (TEXT, "allow"),
        ("Hi Sarah, shall I send you two tips? Reply STOP to opt out.", "unsigned"),
        ("Hi Sarah, harborpointhearing.com has two tips. Reply STOP to opt out.", "unsigned"),
        ("Hi Sarah, it's Ana at Harbor Point Hearing. Shall I send you two tips?", "no_way_out"),
    ],
)
def test_a_first_text_names_the_practice_and_the_way_out(house: Any, text: str, verdict: str) -> None:
    assert said(house, planned(house, house.contact("Sarah", PHONE)), text) == verdict


def test_the_way_out_is_said_once_a_month(house: Any) -> None:
    sarah, brief = house.contact("Sarah", PHONE), TEXT.replace(" Reply STOP to opt out.", "")
    first = planned(house, sarah)
    receipt = verdict(house, first).receipt
    for days, expected in ((29, "allow"), (30, "no_way_out")):
        sent_at = house.now + timedelta(hours=5) - days * DAY
        Touch.objects.filter(id=first.id).update(state="sent", address=PHONE, dispatched_at=sent_at, receipt=receipt)
        assert said(house, planned(house, sarah), brief) == expected, days


def test_a_letter_gives_address_and_way_out(house: Any) -> None:
    sarah = house.contact("Sarah", PHONE)
    Address.objects.filter(contact=sarah).update(channel="email", address="sarah@example.com")
    Consent.objects.create(
        workspace=house.workspace, address="sarah@example.com", channel="email", act="granted", at=house.now - DAY,
        recorded_at=house.now, source="form", cause="mail", evidence=house.evidence(),
    )  # fmt: skip
    url = "https://harbor.example/u/1"
    headers = {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    whole = f"Harbor Point Hearing, 1 Pier St, New York, NY 10001. No more letters: {url}"
    touch = planned(house, sarah, channel="email")
    assert said(house, touch, whole, headers=headers) == "allow"
    assert said(house, touch, whole) == "no_way_out"
    assert said(house, touch, whole.replace(url, ""), headers=headers) == "no_way_out"
    assert said(house, touch, whole.replace("10001", ""), headers=headers) == "no_postal_address"
    assert said(house, touch, whole.replace("Harbor Point Hearing", "We"), headers=headers) == "unsigned"


# --- Purposes cannot be laundered -----------------------------------------------------------------------


def visit(house: Any, person: Contact) -> Appointment:
    return Appointment.objects.create(
        id=uuid7(), workspace=house.workspace, contact=person, starts_at=house.now + 3 * DAY,
        ends_at=house.now + 3 * DAY + timedelta(hours=1), zone="America/New_York", state="booked", sequence=0,
        booked_at=house.now,
    )  # fmt: skip


def test_a_reminder_with_an_offer_in_it_is_an_advertisement(house: Any) -> None:
    grace = house.contact("Grace", PHONE, consent="unknown")
    reminder = planned(house, grace, "reminder", appointment=visit(house, grace))
    assert said(house, reminder, "See you Monday at Harbor Point Hearing. Are you free at 10?") == "allow"
    assert said(house, reminder, "See you Monday at Harbor Point Hearing. All batteries 20% off!") == "no_consent"
    assert said(house, reminder, "See you Monday.", subject="A special offer for you") == "no_consent"


def test_a_reminder_of_nothing_is_a_notice_and_a_notice_needs_a_number_that_they_gave(house: Any) -> None:
    listed = house.contact("Lou", PHONE, consent="unknown")
    asked = house.contact("Ann", "+12125550102", consent="unknown", inquired_on=house.now.date())
    assert said(house, planned(house, listed, "reminder"), "Your aids are ready.") == "no_permission"
    assert said(house, planned(house, asked, "informational"), "Your aids are ready.") == "allow"


def test_a_notice_that_was_judged_as_marketing_counts_as_such(house: Any) -> None:
    grace = house.contact("Grace", PHONE, is_customer=True)
    touch = planned(house, grace, "informational")
    sold = verdict(house, touch, "Harbor Point Hearing: batteries 20% off. Reply STOP to opt out.")
    assert isinstance(sold, policy.Allow)
    now = house.now + timedelta(hours=5)
    Touch.objects.filter(id=touch.id).update(state="sent", address=PHONE, dispatched_at=now - DAY, receipt=sold.receipt)
    assert said(house, planned(house, grace)) == "min_gap"


# --- Caps -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["dispatching", "unknown", "sent"])
def test_a_shared_phone_in_florida_hears_three_texts_a_day_from_all_of_us_together(house: Any, state: str) -> None:
    phone = "+13055550101"
    people = [
        house.contact(name, f"+1305555010{n}", is_customer=True) for n, name in enumerate(("Ana", "Bob", "Cy"), 2)
    ]
    Address.objects.filter(contact__in=people).update(address=phone)
    Consent.objects.create(
        workspace=house.workspace, address=phone, channel="sms", act="granted", at=house.now - DAY, recorded_at=house.now,
        source="form", cause="shared", evidence=house.evidence(),
    )  # fmt: skip
    for n, person in enumerate(people, 1):
        at = house.now + timedelta(hours=5 - n)
        planned(house, person, state=state, address=phone, dispatched_at=at, campaign=campaign(house))
    assert said(house, planned(house, people[0], campaign=campaign(house))) == "state_cap"


# --- Erasure --------------------------------------------------------------------------------------------


def test_who_asked_to_be_forgotten_is_gone_and_stays_unwritten_to(house: Any) -> None:
    sarah = house.contact("Sarah", PHONE, note="asked about her left ear")
    Message.objects.create(
        id=uuid7(), workspace=house.workspace, contact=sarah, direction="in", channel="sms", address=PHONE, provider_id="1",
        body="hello", at=house.now, recorded_at=house.now,
    )  # fmt: skip
    assert erase(house.workspace, sarah, by=house.priya, now=house.now) == 1
    for gone in (Contact, Address, Note, Message, ImportRow):
        assert not gone.objects.filter(workspace=house.workspace).exists(), gone
    again = house.contact("Sarah", "+12125550109")
    Address.objects.filter(contact=again).update(address=PHONE)
    for purpose in ("marketing", "informational"):
        assert said(house, planned(house, again, purpose)) == "opted_out", purpose


def test_nobody_is_erased_while_a_message_to_them_is_in_the_air(house: Any) -> None:
    sarah = house.contact("Sarah", PHONE)
    planned(house, sarah, state="dispatching", address=PHONE, dispatched_at=house.now)
    with pytest.raises(RewarmError, match="on its way"):
        erase(house.workspace, sarah, by=house.priya, now=house.now)


def test_a_yes_belongs_to_whom_it_was_given_and_a_no_to_whoever_comes_after(house: Any) -> None:
    """A practice is sold: the consents of the old owner are not the new one's, what people refused still holds."""
    sarah = house.contact("Sarah", PHONE, consent="unknown")
    Candidate.objects.create(
        workspace=house.workspace, contact=sarah, address=PHONE, channel="sms", source="web form", quote="yes"
    )
    with pytest.raises(RewarmError, match="words that they agreed to"):
        attach_evidence(house.workspace, source="web form", disclosure=" ", by=house.priya, now=house.now)
    attach_evidence(house.workspace, source="web form", disclosure="I agree to texts.", by=house.priya, now=house.now)
    omar = house.contact("Omar", "+12125550104", consent="opted_out")
    assert said(house, planned(house, sarah)) == "allow"
    house.workspace.legal_name = "Big Chain Inc."
    house.workspace.save(update_fields=["legal_name"])
    assert said(house, planned(house, sarah)) == "no_consent"
    assert said(house, planned(house, omar)) == "opted_out"
    house.workspace.legal_name = "harbor point hearing, llc"
    assert said(house, planned(house, sarah)) == "allow", "the same sender, spelled otherwise"
