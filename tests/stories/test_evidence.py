"""Everything that shows why one person was written to can be handed to counsel, whole, and judges itself again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from rewarm.actions.prove import prove
from rewarm.models import Event, Touch
from tests.cast import SARAH, House

pytestmark = pytest.mark.urls("rewarm.web.hooks.urls")
TEN = datetime(2026, 11, 2, 15, tzinfo=UTC)


def _invite(house: House, cause: str, due: datetime) -> None:
    Touch.objects.create(
        workspace=house.workspace, contact=house.people["Sarah"], cause=cause, purpose="marketing", channel="sms", due=due,
        address=SARAH, expires_at=due + timedelta(days=3), planned_at=due,
        body="Hello Sarah, it is Harbor Point Hearing. Come by on Thursday. Reply STOP to opt out.",
    )  # fmt: skip


def test_the_whole_story_of_one_person(house: House) -> None:
    house.now = TEN
    sarah = house.contact("Sarah", SARAH)
    _invite(house, "first", house.now)
    house.work()
    house.says(SARAH, "Please stop texting me")
    house.pass_time(timedelta(days=7))
    _invite(house, "second", house.now)
    house.pass_time(timedelta(days=1))
    found = json.loads(json.dumps(prove(house.workspace, sarah, by=house.priya, now=house.now)))

    granted, refused = found["ledger"]
    assert (granted["act"], granted["evidence"]["agreed_to"]) == ("granted", "I agree to texts.")
    assert granted["evidence"]["attached_by"] == "Priya Raman"
    assert (refused["act"], refused["words"]) == ("opted_out", "Please stop texting me")

    first, stop, confirmation = found["messages"]
    assert "Thursday" in first["words"]
    assert first["receipt"]["rules"] == confirmation["receipt"]["rules"]
    assert first["replays"] is confirmation["replays"] is True
    assert (stop["direction"], stop["words"]) == ("in", "Please stop texting me")

    (second,) = found["not_sent"]
    assert second["reason"] == "opted_out"
    assert second["in_words"]["law"] == "47 CFR 64.1200(a)(10), (d)(3)"
    assert second["replays"] is True
    assert Event.objects.filter(kind="evidence_exported", contact=sarah.id).exists(), "who took it away is remembered"


def test_a_receipt_of_rules_that_were_never_here_is_shown_and_not_replayed(house: House) -> None:
    house.now = TEN
    sarah = house.contact("Sarah", SARAH)
    _invite(house, "first", house.now)
    house.work()
    touch = Touch.objects.get()
    touch.receipt = {**(touch.receipt or {}), "rules": "us-1999-01-01-00000000"}
    touch.save(update_fields=["receipt"])
    (first,) = prove(house.workspace, sarah, by=None, now=house.now)["messages"]
    assert first["replays"] is None
    assert first["receipt"]["verdict"] == "allow"
