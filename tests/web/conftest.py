"""A practice with people, a running campaign and a hot lead, and a browser session of Priya, who works there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from tests.cast import GRACE, JOHN, OMAR, SARAH, House

ASKED = {"inquired_on": date(2026, 1, 10), "last_activity_on": date(2026, 1, 10), "last_contact_on": date(2026, 1, 10)}


@pytest.fixture
def priya(house: House) -> Client:
    """Give Priya's browser, logged in at a practice where nothing has happened yet."""
    client = Client()
    client.force_login(house.priya)
    return client


@pytest.fixture
def busy(house: House) -> House:
    """Let a week pass: Sarah asks the price and books, John wants a person, Omar says stop, Grace never agreed."""
    house.contact("Sarah", SARAH, note="trouble following her grandkids on the phone", **ASKED)
    house.contact("John", JOHN, **ASKED)
    house.contact("Omar", OMAR, **ASKED)
    house.contact("Grace", GRACE, consent="unknown", **ASKED)
    house.launch("inquired_never_scheduled")
    for phone in (SARAH, JOHN, OMAR):
        house.until_text(phone)
    house.says(SARAH, "how much do they cost?")
    house.until_text(SARAH, timedelta(minutes=5))
    house.says(SARAH, "can I come in?")
    house.until_text(SARAH, timedelta(minutes=5))
    house.says(OMAR, "STOP")
    house.says(JOHN, "can a real person call me please")
    house.until_text(JOHN, timedelta(minutes=5))
    house.pass_time(timedelta(minutes=5))
    return house
