"""The page of a contact says of each channel what would happen if we wrote now: may go, from when, or why not."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

from django.test import Client

from rewarm.models import Address, Campaign, Enrollment, JourneyVersion, Sender, Touch
from tests.cast import GRACE, SARAH, House


def _now(priya: Client, contact: object) -> str:
    """Read the card as a person does."""
    page = priya.get(f"/contacts/{contact}").text
    card = page[page.index('id="now"') : page.index("What they allowed")]
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", card).split()))


def test_what_would_help_is_said_with_the_law(priya: Client, house: House) -> None:
    house.pass_time(timedelta(hours=5))
    grace = house.contact("Grace", GRACE, consent="unknown")
    said = _now(priya, grace.id)
    assert "Text no We hold no consent for marketing on this channel." in said
    assert "What would help: Their written consent, with its evidence. 47 CFR 64.1200(a)(2), (f)(9)" in said


def test_a_yes_and_a_wait_name_the_minute(priya: Client, house: House) -> None:
    sarah = house.contact("Sarah", SARAH)
    house.pass_time(timedelta(hours=5))  # one in the afternoon
    assert "Text may go Every rule says yes at this minute." in _now(priya, sarah.id)
    house.pass_time(timedelta(hours=9))  # ten in the evening
    said = _now(priya, sarah.id)
    assert "Text must wait It is outside the hours at which we may write to them. It may go from" in said
    assert "09:00 in New York." in said
    assert "What would help" not in said, "time does"
    assert not Touch.objects.exists(), "to ask leaves nothing behind"


def test_who_is_held_out_or_has_no_carrier_hears_nothing(priya: Client, house: House) -> None:
    house.pass_time(timedelta(hours=5))
    sarah = house.contact("Sarah", SARAH)
    version = JourneyVersion.objects.create(
        workspace=house.workspace, slug="any", version=1, spec={"steps": [], "name": "Any"}, published_at=house.now
    )
    campaign = Campaign.objects.create(
        workspace=house.workspace,
        name="Autumn",
        segment="all",
        journey=version,
        holdout=0,
        per_day=10,
        launched_at=house.now,
    )
    drawn = Enrollment.objects.create(
        workspace=house.workspace, contact=sarah, campaign=campaign, journey=version, arm="holdout", status="ended",
        enrolled_at=house.now,
    )  # fmt: skip
    assert "Nothing will change that while the campaign is measured. Our own rule" in _now(priya, sarah.id)
    drawn.delete()
    Sender.objects.filter(channel="sms").update(stopped_at=house.now)
    assert "A stop switch is on. What would help: Switch it on again." in _now(priya, sarah.id)
    Sender.objects.filter(channel="sms").update(lane="service")
    assert "No sender is set up for this channel." in _now(priya, sarah.id)


def test_a_conversation_is_waited_out(priya: Client, busy: House) -> None:
    said = _now(priya, busy.people["John"].id)
    assert "They are in a conversation right now. It goes on when the conversation has rested. Our own rule." in said


def test_nobody_to_write_to(priya: Client, house: House) -> None:
    sarah = house.contact("Sarah", SARAH)
    Address.objects.update(unusable_at=house.now)
    assert "There is no address left that works." in _now(priya, sarah.id)


def test_what_nobody_understood_is_not_called_recognised(priya: Client, house: House) -> None:
    sarah = house.contact("Sarah", SARAH)
    house.says(SARAH, "fghj")
    house.pass_time(timedelta(minutes=5))
    page = unescape(priya.get(f"/contacts/{sarah.id}").text)
    assert "We could not tell what they mean." in page
    assert "Recognised by" not in page


def test_an_answer_in_the_evening_was_given_that_day(priya: Client, house: House) -> None:
    """Nine in the evening in New York is the next day in Greenwich, and nobody at the front desk lives there."""
    sarah = house.contact("Sarah", SARAH)
    house.pass_time(timedelta(hours=13))
    house.says(SARAH, "tell me more")
    sarah.refresh_from_db()
    assert sarah.last_answer_on == date(2026, 11, 2)
