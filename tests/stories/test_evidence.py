"""Everything that shows why one person was written to can be handed to counsel, whole, and judges itself again."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from rewarm.actions.attach_evidence import attach_evidence
from rewarm.actions.permit import permit
from rewarm.actions.prove import prove
from rewarm.models import Address, Candidate, Consent, Event, Message, Touch
from rewarm.web.evidence_paper import shown
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


def test_what_somebody_else_agreed_to_on_the_same_phone_stays_theirs(house: House) -> None:
    sarah, john = house.contact("Sarah", SARAH), house.contact("John", "+12125550199")
    Address.objects.create(workspace=house.workspace, contact=john, channel="phone", address=SARAH, rank=1)
    permit(house.workspace, john, "health", disclosure="John agrees to it.", by=house.priya, now=house.now)
    Consent.objects.create(
        workspace=house.workspace, address=SARAH, channel="sms", act="opted_out", at=house.now, recorded_at=house.now,
        source="sms message", quote="John says stop", contact=john.id, cause="test:john",
    )  # fmt: skip
    found = prove(house.workspace, sarah, by=house.priya, now=house.now)
    told = json.dumps(found)
    assert "John agrees" not in told
    assert "John says" not in told
    assert [one["by_somebody_else"] for one in found["ledger"]] == [False, True], "that somebody said no still counts"
    assert "John agrees" in json.dumps(prove(house.workspace, john, by=house.priya, now=house.now))


def test_what_went_to_a_shared_phone_for_somebody_else_is_counted_and_not_told(house: House) -> None:
    sarah = house.contact("Sarah", SARAH)
    john = house.contact("John", "+12125550199")
    Message.objects.create(
        workspace=house.workspace, contact=john, direction="out", channel="sms", address=SARAH, provider_id="x1",
        body="Hi John, your secret", at=house.now, recorded_at=house.now,
    )  # fmt: skip
    found = prove(house.workspace, sarah, by=house.priya, now=house.now)
    assert [one["address"] for one in found["to_others_there"]] == [SARAH]
    assert "secret" not in json.dumps(found)
    assert "1 more went to these addresses for somebody else" in shown(house.workspace, found)["summary"][1]


def test_the_proof_says_whom_the_yes_was_given_to_and_whether_the_words_name_them(house: House) -> None:
    sarah = house.contact("Sarah", SARAH, consent="unknown")
    for source, words in (
        ("web form", "Harbor Point Hearing may text me."),
        ("old list", "I agree to marketing texts."),
    ):
        Candidate.objects.create(
            workspace=house.workspace, contact=sarah, address=SARAH, channel="sms", source=source, quote="yes"
        )
        attach_evidence(house.workspace, source=source, disclosure=words, by=house.priya, now=house.now)
    house.workspace.legal_name = "Big Chain Inc."  # the practice was sold since
    told = {one["source"]: one for one in prove(house.workspace, sarah, by=house.priya, now=house.now)["ledger"]}
    assert {one["seller"] for one in told.values()} == {"Harbor Point Hearing LLC"}
    assert [told[name]["evidence"]["names_seller"] for name in ("web form", "old list")] == [True, False]


def test_an_hour_that_nobody_noted_is_not_made_up(house: House) -> None:
    """The form's list said a day; a paper that shows an hour of it would be torn apart in court."""
    sarah = house.contact("Sarah", SARAH, consent="unknown")
    Candidate.objects.create(
        workspace=house.workspace, contact=sarah, address=SARAH, channel="sms", source="web form", quote="yes",
        said_on=date(2026, 6, 21),
    )  # fmt: skip
    attach_evidence(house.workspace, source="web form", disclosure="Yes to texts.", by=house.priya, now=house.now)
    found = prove(house.workspace, sarah, by=house.priya, now=house.now)
    assert shown(house.workspace, found)["ledger"][0]["when"] == "June 21, 2026"


def test_a_long_link_stays_on_the_page(house: House) -> None:
    sarah = house.contact("Sarah", SARAH)
    found = prove(house.workspace, sarah, by=house.priya, now=house.now)
    link = "https://book.example/u/" + "x" * 90
    said = {
        "at": house.now.isoformat(),
        "direction": "in",
        "channel": "sms",
        "address": SARAH,
        "sender": "",
        "provider_id": "",
    }
    words = shown(house.workspace, found | {"messages": [said | {"words": f"see {link}"}]})["messages"][0]["words"]
    assert words.replace("\u200b", "") == f"see {link}"
    assert max(map(len, words.split("\u200b"))) < 50
