"""Drafts of a batch: who hears what, whom it was said to before, and what it costs the database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rewarm.actions.compose import Written, compose
from rewarm.actions.enroll import publish
from rewarm.models import Campaign, Contact, Enrollment, JourneyVersion, Touch
from rewarm.models.base import uuid7
from rewarm.models.material import told

PHONE, ANOTHER = "+12125550101", "+12125550102"
TOLD = "Hi Sarah, it's Priya at Harbor Point Hearing. May I send you a tip for the choir? Reply STOP to opt out."
DAY = timedelta(days=1)


@pytest.fixture
def campaign(house: Any) -> Campaign:
    publish(house.workspace, house.now)
    version = JourneyVersion.objects.filter(workspace=house.workspace, slug="reactivation").latest("version")
    return Campaign.objects.create(
        workspace=house.workspace, name="Autumn", segment="all", journey=version, holdout=0, per_day=10,
        launched_at=house.now,
    )  # fmt: skip


def touch(house: Any, campaign: Campaign, person: Contact, step: int = 0, **fields: Any) -> Touch:
    place, _ = Enrollment.objects.get_or_create(
        workspace=house.workspace, contact=person, campaign=campaign, journey=campaign.journey,
        defaults={"arm": "treated", "due": house.now, "enrolled_at": house.now},
    )  # fmt: skip
    return Touch.objects.create(
        id=uuid7(), workspace=house.workspace, contact=person, enrollment=place, campaign=campaign, cause=str(uuid7()),
        purpose="marketing", channel="sms", step=step, round=0, stage="educate", due=house.now,
        expires_at=house.now + DAY, planned_at=house.now, **fields,
    )  # fmt: skip


def sent(house: Any, campaign: Campaign, person: Contact, text: str = TOLD, content: str = "", **fields: Any) -> Touch:
    at = house.now - fields.pop("ago", 5 * DAY)
    return touch(
        house, campaign, person, state=fields.pop("state", "sent"), body=text, content=content, dispatched_at=at,
        address=fields.pop("address", PHONE), **fields,
    )  # fmt: skip


def written(house: Any, *touches: Touch) -> list[Written]:
    letters = compose(house.workspace, touches, house.now)
    return [letters[one.id] for one in touches]


def person(house: Any, first: str, phone: str = PHONE) -> Contact:
    inquired = (house.now - 40 * DAY).date()
    found: Contact = house.contact(first, phone, inquired_on=inquired, consent="unknown")
    return found


def test_a_batch_costs_as_many_queries_as_one_touch(house: Any, campaign: Campaign) -> None:
    touches = [
        touch(house, campaign, person(house, name, f"+1212555{n:04}")) for n, name in enumerate(("Ann", "Bo", "Ed"))
    ]
    written(house, *touches)  # what is read once per process is read now
    for batch in (touches[:1], touches):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            written(house, *batch)
        assert len(seen) == 4, [each["sql"] for each in seen]


def test_no_content_goes_to_one_phone_twice(house: Any, campaign: Campaign) -> None:
    sarah, john = person(house, "Sarah"), person(house, "John")
    [first] = written(house, touch(house, campaign, sarah))
    sent(house, campaign, sarah, first.text, first.content)
    [to_him] = written(house, touch(house, campaign, john))
    assert not first.refused
    assert to_him.content != first.content


def test_what_never_left_was_not_said(house: Any, campaign: Campaign) -> None:
    sarah = person(house, "Sarah")
    for state in ("planned", "suppressed", "failed", "dispatching"):
        sent(house, campaign, sarah, content="react-1-open@1", state=state)
    assert not list(told(house.workspace.id, [sarah.id], [PHONE]))
    for state in ("sent", "unknown", "closed"):
        sent(house, campaign, sarah, f"{state}?", state=state)
    assert [one.text for one in told(house.workspace.id, [sarah.id], [PHONE])] == ["sent?", "unknown?", "closed?"]


@pytest.mark.parametrize(
    ("earlier", "due"),
    [
        ({}, False),
        ({"ago": 31 * DAY}, True),
        ({"text": TOLD.partition(" Reply")[0]}, True),
        ({"address": ANOTHER}, True),
    ],
)
def test_the_way_out_stands_in_the_first_text_to_a_number_and_then_once_a_month(
    house: Any, campaign: Campaign, earlier: dict[str, Any], due: bool
) -> None:
    sarah = person(house, "Sarah")
    sent(house, campaign, sarah, **earlier)
    [letter] = written(house, touch(house, campaign, sarah, step=1))
    assert not letter.refused
    assert ("STOP" in letter.text) is due


def test_what_a_person_wrote_goes_out_as_it_is(house: Any, campaign: Campaign) -> None:
    sarah = person(house, "Sarah")
    own = Touch.objects.create(
        id=uuid7(), workspace=house.workspace, contact=sarah, cause="desk:1", purpose="reply", channel="sms",
        body="See you on Monday, Sarah.", due=house.now, expires_at=house.now + DAY, planned_at=house.now,
    )  # fmt: skip
    [letter] = written(house, own)
    assert (letter.text, letter.address, letter.sms_segments) == ("See you on Monday, Sarah.", PHONE, 1)
