"""Why, or why not: asked before there is any message."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from rewarm.actions.ask_ahead import ask_ahead
from rewarm.actions.declare import declare
from rewarm.models import Address, Touch


def test_who_may_be_written_to_is_told_so_and_nothing_is_left_behind(house: Any) -> None:
    sarah = house.contact("Sarah", "+12125550101")
    told = ask_ahead(house.workspace, sarah, house.now + timedelta(hours=5))
    assert {channel: one.verdict for channel, one in told.items()} == {"sms": "allow"}
    assert not Touch.objects.exists()


def test_the_law_the_cure_and_the_first_minute_are_named(house: Any) -> None:
    sarah = house.contact("Sarah", "+12125550101")
    told = ask_ahead(house.workspace, sarah, house.now + timedelta(hours=14))["sms"]  # ten in the evening
    assert told.law.startswith("47 CFR 64.1200(c)(1)")
    assert told.clocks == ("Tuesday, November 3, 09:00 in New York",), "nine, when the practice opens"
    assert told.places[0].startswith("federal law: Monday 22:00 in New York, open from 08:00 to 21:00")


def test_each_channel_has_its_own_answer(house: Any) -> None:
    omar = house.contact("Omar", "+12125550104", consent="opted_out")
    Address.objects.create(workspace=house.workspace, contact=omar, channel="email", address="omar@example.com")
    told = ask_ahead(house.workspace, omar, house.now + timedelta(hours=5))
    assert (told["sms"].what, told["email"].what) == (
        "They asked us to stop.",
        "We hold no consent for marketing on this channel.",
    )
    assert "START" in told["sms"].cure


def test_what_holds_right_now_counts(house: Any) -> None:
    sarah = house.contact("Sarah", "+12125550101")
    declare(house.workspace, "NY", by=house.priya, now=house.now)
    assert ask_ahead(house.workspace, sarah, house.now + timedelta(hours=5))["sms"].places[0].startswith("NY: forbids")


def test_nobody_to_write_to_is_no_question(house: Any) -> None:
    sarah = house.contact("Sarah", "+12125550101")
    Address.objects.all().update(unusable_at=house.now)
    assert ask_ahead(house.workspace, sarah, house.now) == {}
