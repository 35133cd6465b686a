"""Whatever the gate said is kept with the touch, and says the same when it is asked again from that alone."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from rewarm.cli.try_gate import answer
from rewarm.domain.explanation import explain
from rewarm.models import Consent, Touch
from tests.cast import OMAR, SARAH, House

pytestmark = pytest.mark.urls("rewarm.web.hooks.urls")
UNA = "+12125550105"
ASKED = {"inquired_on": date(2026, 1, 10), "last_activity_on": date(2026, 1, 10), "last_contact_on": date(2026, 1, 10)}


def test_every_receipt_of_a_month_replays(house: House) -> None:
    house.contact("Sarah", SARAH, note="trouble following her grandkids on the phone", **ASKED)
    house.contact("Omar", OMAR, note="asked about the cost", **ASKED)
    house.contact("Una", UNA, note="asked about the cost", **ASKED)
    house.launch("inquired_never_scheduled")
    Consent.objects.create(  # a list of people who called the practice comes in a minute too late for the planning
        workspace=house.workspace, address=UNA, channel="sms", act="denied", at=house.now, recorded_at=house.now,
        source="the practice's own list", cause="list:una",
    )  # fmt: skip
    house.until_text(SARAH)
    house.says(SARAH, "how much do they cost?")
    house.until_text(SARAH, timedelta(minutes=5))
    house.says(OMAR, "STOP")
    house.pass_time(timedelta(days=30))

    seen: set[tuple[str, str]] = set()
    for touch in Touch.objects.exclude(receipt=None):
        if "message" not in touch.receipt:
            continue
        told = answer(json.loads(json.dumps({"receipt": touch.receipt})))
        assert told["same"], (touch.purpose, told)
        assert explain(touch.receipt, None).what == (told["why"] or "")
        seen.add((touch.purpose, told["verdict"]))
    assert seen >= {
        ("marketing", "allow"), ("marketing", "deny"), ("reply", "allow"), ("opt_out_confirmation", "allow"),
    }  # fmt: skip
