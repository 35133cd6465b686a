"""The evidence about one person can be taken away by who decides, whole, on paper and for machines."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from rewarm.actions.prove import fingerprint, prove
from rewarm.models import Event, Membership, Touch
from rewarm.web.evidence_paper import shown
from tests.cast import OMAR, House


def test_who_decides_takes_it_away(priya: Client, busy: House) -> None:
    omar = busy.people["Omar"]
    page = priya.get(f"/contacts/{omar.id}").text
    assert f"/contacts/{omar.id}/evidence.pdf" in page
    told = priya.get(f"/contacts/{omar.id}/evidence.json").json()
    assert [line["act"] for line in told["ledger"]] == ["granted", "opted_out"]
    assert all(one["replays"] for one in told["messages"] if one["direction"] == "out")
    paper = priya.get(f"/contacts/{omar.id}/evidence.pdf")
    assert paper["Content-Type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")
    assert Event.objects.filter(kind="evidence_exported").count() == 2


def test_the_paper_answers_what_counsel_asks_first(priya: Client, busy: House) -> None:
    omar = busy.people["Omar"]
    found = prove(busy.workspace, omar, by=busy.priya, now=busy.now)
    paper = shown(busy.workspace, found)
    assert paper["title"] == "Record of consent and messages"
    assert "(212) 555-0104 opted out (text) on" in paper["summary"][1]
    assert paper["summary"][1].endswith("Since then one message went there: the confirmation of the opt-out.")
    granted, refused = paper["ledger"]
    assert (granted["what"], refused["what"]) == ("Consent given · text", "Opted out · text")
    assert "The words agreed to: “I agree to texts.”" in granted["small"]
    assert "These words do not name the practice (47 CFR 64.1200(f)(9))." in granted["small"]
    assert all(one["when"].endswith(("EST", "EDT")) for one in paper["messages"]), (
        "a time without its zone proves little"
    )
    sent = next(one for one in paper["messages"] if one["what"].startswith("Text to"))
    assert sent["lines"][0].startswith("Sent from")
    assert sent["small"][-1].endswith("Confirmed.")


def test_paper_and_json_of_one_state_bear_one_fingerprint(priya: Client, busy: House) -> None:
    omar = busy.people["Omar"]
    first, second = (priya.get(f"/contacts/{omar.id}/evidence.json").json() for _ in range(2))
    assert first["fingerprint"] == second["fingerprint"] == fingerprint(first)
    assert first["fingerprint"] in str(shown(busy.workspace, first)["about"])
    first["messages"][0]["words"] += "."
    assert fingerprint(first) != second["fingerprint"], "a changed word shows"


def test_the_front_desk_does_not(priya: Client, busy: House) -> None:
    Membership.objects.update(role=Membership.FRONT_DESK)
    omar = busy.people["Omar"]
    for kind in ("pdf", "json"):
        assert priya.get(f"/contacts/{omar.id}/evidence.{kind}").status_code == 302
    assert not Event.objects.filter(kind="evidence_exported").exists()


def test_a_refusal_names_its_law_and_what_would_help(priya: Client, busy: House) -> None:
    omar = busy.people["Omar"]
    busy.now = busy.now.replace(hour=15)
    Touch.objects.create(
        workspace=busy.workspace, contact=omar, cause="test:late", purpose="marketing", channel="sms", due=busy.now,
        expires_at=busy.now + timedelta(days=1), planned_at=busy.now, address=OMAR,
        body="Harbor Point Hearing: come by. Reply STOP.",
    )  # fmt: skip
    busy.pass_time(timedelta(minutes=1))
    page = priya.get(f"/contacts/{omar.id}").text
    assert "47 CFR 64.1200(a)(10)" in page
    assert "Only they themselves, by START" in page
