"""Stop switches, a missing sender, a mail server that is down, and control groups that stay control groups."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from rewarm.actions.enroll import launch
from rewarm.actions.results import conservation, people
from rewarm.actions.stop import resume_campaign, resume_workspace, stop_campaign, stop_workspace
from rewarm.models import Address, Campaign, Consent, Contact, Enrollment, Touch
from tests.cast import SARAH, House

pytestmark = pytest.mark.urls("rewarm.web.hooks.urls")
ASKED = {
    "inquired_on": date(2026, 1, 10),
    "last_activity_on": date(2026, 1, 10),
    "last_contact_on": date(2026, 1, 10),
}


def test_a_campaign_that_was_stopped_for_three_weeks_goes_on_where_it_stood(house: House) -> None:
    house.contact("Sarah", SARAH, **ASKED)
    campaign = house.launch("inquired_never_scheduled")
    house.until_text(SARAH)
    stop_campaign(house.workspace, campaign, house.priya, house.now)
    house.pass_time(timedelta(days=21))
    assert len(house.carrier.to(SARAH)) == 1
    resume_campaign(house.workspace, campaign)
    house.pass_time(timedelta(days=20))
    assert len(house.carrier.to(SARAH)) == 4
    assert conservation(house.workspace)["planned"] < 12


def test_whoever_is_in_a_stopped_campaign_may_be_chosen_by_another(house: House) -> None:
    house.contact("Sarah", SARAH, **ASKED)
    campaign = house.launch("inquired_never_scheduled")
    stop_campaign(house.workspace, campaign, house.priya, house.now)
    house.pass_time(timedelta(days=200))
    assert house.carrier.to(SARAH) == []


def test_a_channel_without_a_sender_says_so(house: House) -> None:
    sarah = house.contact("Sarah", SARAH)
    Touch.objects.create(
        workspace=house.workspace, contact=sarah, cause="letter", purpose="informational", channel="email", body="Hello",
        due=house.now, expires_at=house.now + timedelta(days=1), planned_at=house.now, address="sarah@mail.example",
    )  # fmt: skip
    house.work()
    assert Touch.objects.get().reason == "no_sender"


def test_an_answer_waits_for_a_stop_switch_as_long_as_it_is_one(house: House) -> None:
    house.contact("Sarah", SARAH)
    stop_workspace(house.workspace, house.priya, house.now)
    house.says(SARAH, "how much do they cost?")
    house.pass_time(timedelta(hours=2))
    assert house.carrier.to(SARAH) == []
    resume_workspace(house.workspace)
    house.pass_time(timedelta(hours=2))
    assert len(house.carrier.to(SARAH)) == 1


def test_the_control_group_of_one_campaign_is_not_written_to_by_the_next(house: House) -> None:
    for n in range(40):
        house.contact(f"Person{n}", f"+121255502{n:02}", **ASKED)
    first = house.launch("inquired_never_scheduled", holdout="0.3")
    held = set(Enrollment.objects.filter(campaign=first, arm="holdout").values_list("contact_id", flat=True))
    Enrollment.objects.update(status="ended", due=None, reason="finished", ended_at=house.now)
    # Most of the treated have booked; the next campaign finds another mixture of people.
    gone = list(Enrollment.objects.filter(arm="treated").values_list("contact_id", flat=True)[:24])
    Contact.objects.filter(id__in=gone).update(segment="")
    second = launch(
        house.workspace, segment="inquired_never_scheduled", journey_slug="reactivation", holdout=Decimal("0.3"),
        per_day=100, now=house.now + timedelta(days=60),
    )  # fmt: skip
    treated = set(Enrollment.objects.filter(campaign=second, arm="treated").values_list("contact_id", flat=True))
    assert not treated & held
    assert sum(one.arm == "holdout" for one in people(house.workspace)) == len(held)


def test_people_who_share_a_phone_share_an_arm(house: House) -> None:
    for n in range(20):
        house.contact(f"Anna{n}", f"+121255503{n:02}", **ASKED)
        other = house.contact(f"Bert{n}", f"+121255504{n:02}", **ASKED)
        Address.objects.filter(contact=other).update(address=f"+121255503{n:02}")
    house.launch("inquired_never_scheduled", holdout="0.5")
    arms: dict[str, set[str]] = {}
    for enrollment in Enrollment.objects.select_related("contact"):
        phone = Address.objects.get(contact=enrollment.contact).address
        arms.setdefault(phone, set()).add(enrollment.arm)
    assert all(len(arm) == 1 for arm in arms.values())


def test_a_second_launch_on_the_same_people_enrolls_nobody_twice(house: House) -> None:
    house.contact("Sarah", SARAH, **ASKED)
    house.launch("inquired_never_scheduled")
    house.launch("inquired_never_scheduled")
    assert Enrollment.objects.count() == 1
    assert Campaign.objects.count() == 2


def test_whoever_writes_of_a_death_gets_no_letter_either(house: House) -> None:
    sarah = house.contact("Sarah", SARAH, **ASKED)
    Address.objects.create(workspace=house.workspace, contact=sarah, channel="email", address="sarah@example.com")
    house.launch("inquired_never_scheduled")
    house.until_text(SARAH)
    house.says(SARAH, "This is her daughter, mom passed away in March")
    closed = set(Consent.objects.filter(act="opted_out").values_list("address", "channel"))
    assert closed == {(SARAH, "sms"), ("sarah@example.com", "email")}
