"""The evidence about one person can be taken away by who decides, whole, on paper and for machines."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from rewarm.models import Event, Membership, Touch
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
