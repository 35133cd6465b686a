"""Attacks on what comes in: keys that carriers give twice or not at all, a no from somebody unknown, a no after a yes."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from rewarm.actions.receive import receive
from rewarm.actions.take import take
from rewarm.adapters import links
from rewarm.adapters.channels import Incoming
from rewarm.domain.consent import Entry, standing
from rewarm.listening import Line
from rewarm.models import Address, Consent, Contact, Message, Sender
from rewarm.models.outbox import ledger
from rewarm.models.scope import within
from tests.carrier import carrier
from tests.cast import JOHN, SARAH, House, open_house


def _stands(house: House, address: str, channel: str = "sms") -> str:
    entries: list[Entry] = ledger(house.workspace.id, [address], house.workspace.legal_name).get(address, [])
    return standing(entries, channel).verdict


def _text(house: House, phone: str, words: str) -> None:
    """Let a gateway that gives no ids bring a text, as Kannel does without %I."""
    sender = Sender.objects.get(slug="text")
    house._set(house.now)
    answer = Client().get(
        f"/hooks/carrier/{house.workspace.id}/{sender.secret}/mo",
        {"from": phone, "to": house.workspace.phone, "text": words},
    )
    assert answer.status_code == 200, answer.content


@pytest.mark.urls("rewarm.web.hooks.urls")
def test_stop_start_stop_within_an_hour_ends_with_a_stop_though_the_gateway_gives_no_keys(house: House) -> None:
    house.contact("Sarah", SARAH)
    for words in ("STOP", "START", "STOP", "STOP"):
        _text(house, SARAH, words)
        house.now += timedelta(minutes=2)
    assert _stands(house, SARAH) == "denied"
    assert [one.body for one in Message.objects.filter(direction="in").order_by("recorded_at")] == [
        "STOP",
        "START",
        "STOP",
    ]


def _said(house: House, phone: str, words: str, key: str) -> bool:
    sender = Sender.objects.get(slug="text")
    return receive(house.workspace, sender, Incoming("inbound", key, "", phone, "", words, house.now), house.now).fresh


def test_a_stop_under_a_key_that_somebody_else_had_is_honoured_once(house: House) -> None:
    house.contact("Sarah", SARAH)
    house.contact("John", JOHN)
    assert _said(house, SARAH, "hello", "7")
    assert _said(house, JOHN, "STOP", "7"), "a gateway that was started anew counts from one again"
    assert not _said(house, JOHN, "STOP", "7")
    assert not _said(house, SARAH, "hello", "7")
    assert _stands(house, JOHN) == "denied"


def _mailbox(house: House, **settings: Any) -> Sender:
    return Sender.objects.create(
        workspace=house.workspace, slug="mail", channel="email", kind="town_mail", workspace_kind="town", name="Harbor",
        address="care@harbor.example", secret="mail", created_at=house.now,
        settings=json.dumps({"host": "127.0.0.1", "port": 1, "tls": "off", **settings}),
    )  # fmt: skip


def test_a_strangers_no_by_mail_holds_for_whoever_is_imported_later(house: House) -> None:
    sender, hers = _mailbox(house), "sarah@work.example"
    no = Incoming("inbound", "m1@work.example", "", hers, "", "Please take me off your list.", house.now)
    take(house.workspace, sender, no, house.now)
    take(house.workspace, sender, no, house.now)
    assert not Contact.objects.exists(), "their words stay in the mailbox"
    assert Consent.objects.count() == 1
    person = Contact.objects.create(workspace=house.workspace, first_name="Sarah")
    Address.objects.create(workspace=house.workspace, contact=person, channel="email", address=hers)
    assert _stands(house, hers, "email") == "denied"


@pytest.mark.urls("rewarm.urls")
def test_a_second_click_out_after_a_yes_of_the_same_day_is_a_no_again(house: House) -> None:
    hers = "sarah@mail.example"
    person = house.contact("Sarah", SARAH)
    Address.objects.create(workspace=house.workspace, contact=person, channel="email", address=hers)
    sender = _mailbox(house)
    way_out = links.unsubscribe(house.workspace, person.id, hers)["List-Unsubscribe"].strip("<>")

    def click() -> None:
        house._set(house.now)
        assert Client().post(way_out[way_out.index("/u/") :]).status_code == 200

    click()
    assert _stands(house, hers, "email") == "denied"
    house.now += timedelta(minutes=10)
    yes = Incoming("inbound", "m2@mail.example", "", hers, "", "START", house.now)
    assert take(house.workspace, sender, yes, house.now)
    assert _stands(house, hers, "email") == "unknown"
    house.now += timedelta(minutes=10)
    click()
    assert _stands(house, hers, "email") == "denied"


def test_a_no_counts_however_the_carrier_spells_the_address(house: House) -> None:
    sender = _mailbox(house)
    no = Incoming("unsubscribed", "u1", "", "Sarah@B\u00dcCHER.example", "", "", house.now)
    take(house.workspace, sender, no, house.now)
    assert _stands(house, "sarah@xn--bcher-kva.example", "email") == "denied"


@pytest.mark.parametrize("words", ["STOP", "please stop texting me"])
def test_a_stop_to_a_number_that_nobody_has_any_more_counts_for_whoever_knows_them(
    transactional_db: None, words: str
) -> None:
    with carrier() as wire:
        harbor, pier = open_house(wire), open_house(wire, "pier")
        senders: list[Sender] = []
        for house in (harbor, pier):
            with within(house.workspace.id):
                senders += Sender.objects.all()
        with within(harbor.workspace.id):
            harbor.contact("Sarah", SARAH)
        line = Line(("smpp", "{}"), senders)
        text = Incoming("inbound", "9", "", SARAH, "+12125550155", words)
        with ThreadPoolExecutor(1) as ear:
            ear.submit(line.take, text).result()
            ear.submit(connections.close_all).result()
        with within(harbor.workspace.id):
            assert _stands(harbor, SARAH) == "denied"
            assert not Message.objects.exists(), "nobody knows whom they meant it for"
        with within(pier.workspace.id):
            assert not Consent.objects.exists(), "whom they do not know they do not hear of"
