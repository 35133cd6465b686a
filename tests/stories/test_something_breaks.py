"""What breaks stays small: one text, one sender or one practice that cannot be handled never silences the others."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from rewarm.jobs import Engine
from rewarm.models import Consent, Handoff, Message, Sender, Touch, Workspace
from rewarm.models.due import next_due
from tests.cast import JOHN, MONDAY, SARAH, House

pytestmark = pytest.mark.urls("rewarm.web.hooks.urls")
ASKED = {
    "inquired_on": date(2026, 1, 10),
    "last_activity_on": date(2026, 1, 10),
    "last_contact_on": date(2026, 1, 10),
}


def _answer(house: House, person: Any, **fields: Any) -> Touch:
    """Plan an answer to somebody, as the assistant does."""
    given = {
        "cause": f"answer:{person.id}", "purpose": "reply", "channel": "sms", "due": house.now,
        "expires_at": house.now + timedelta(hours=6), "in_reply_to_at": house.now, "body": "About $1,400.",
        "planned_at": house.now, "address": SARAH, **fields,
    }  # fmt: skip
    return Touch.objects.create(workspace=house.workspace, contact=person, **given)


def test_a_lease_that_ran_out_is_work_that_waits(house: House) -> None:
    sarah = house.contact("Sarah", SARAH)
    _answer(house, sarah, state="leased", attempt=1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE rewarm_touch SET lease_until = clock_timestamp() - interval '1 second'")
    due = next_due(house.workspace.id)
    assert due is not None and due <= house.now, "nothing else is due, and still somebody must free it"
    house.work()
    assert house.carrier.to(SARAH) == ["About $1,400."]


def test_an_unknown_is_closed_when_its_time_is_over(house: House) -> None:
    sarah = house.contact("Sarah", SARAH)
    _answer(house, sarah, state="unknown", attempt=1, dispatched_at=house.now)
    assert next_due(house.workspace.id) == house.now + timedelta(hours=72)
    house.pass_time(timedelta(hours=73))
    assert Touch.objects.get().state == "closed"


def test_a_practice_that_breaks_does_not_stop_the_next(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    turned: list[str] = []

    def turn(workspace: Workspace) -> bool:
        turned.append(workspace.slug)
        if workspace.slug == "first":
            raise RuntimeError("broken")
        engine.stopping.set()
        return False

    engine = Engine()
    practices = [Workspace(slug="first"), Workspace(slug="second")]
    monkeypatch.setattr("rewarm.jobs.workspaces", lambda: practices)
    monkeypatch.setattr("rewarm.jobs.close_old_connections", lambda: None)
    monkeypatch.setattr(engine, "_turn", turn)
    monkeypatch.setattr(engine, "_sleep", lambda: None)
    monkeypatch.setattr(engine.stopping, "wait", lambda _: engine.stopping.set())
    engine.run()
    assert turned == ["first", "second"]


def test_a_reply_that_cannot_be_read_goes_to_a_person_and_holds_up_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, phone in (("Sarah", SARAH), ("John", JOHN)):
        house.contact(name, phone, **ASKED)
        house.says(phone, "how much do they cost?")
    from rewarm.actions.hear import hear as well

    def hear(workspace: Any, thread: Any, *rest: Any) -> Any:
        if thread.contact.first_name == "Sarah":
            raise ValueError("a defect of ours")
        return well(workspace, thread, *rest)

    monkeypatch.setattr("rewarm.actions.reply.hear", hear)
    house.pass_time(timedelta(minutes=5))
    assert len(house.carrier.to(JOHN)) == 1
    assert Handoff.objects.get().contact.first_name == "Sarah"
    assert not Message.objects.filter(direction="in", read_at=None).exists()


def test_a_sender_that_is_set_up_wrong_stops_alone(house: House) -> None:
    sarah = house.contact("Sarah", SARAH)
    Sender.objects.create(
        workspace=house.workspace, slug="mail", channel="email", kind="town_mail", workspace_kind="town",
        address="desk@harbor.example", settings="{}", secret="s", created_at=MONDAY,
    )  # fmt: skip
    _answer(house, sarah)
    _answer(house, sarah, cause="letter", channel="email", address="sarah@mail.example", subject="Hello")
    house.work()
    assert house.carrier.to(SARAH) == ["About $1,400."]
    assert Sender.objects.get(slug="mail").stopped_at is not None


@pytest.mark.parametrize("why", ["stopped", "refused", "late"])
def test_an_answer_that_cannot_leave_calls_a_person(house: House, why: str) -> None:
    sarah = house.contact("Sarah", SARAH)
    late = timedelta(hours=6) if why == "late" else timedelta()
    _answer(house, sarah, due=house.now - late, expires_at=house.now - late + timedelta(hours=6))
    if why == "stopped":
        Workspace.objects.filter(id=house.workspace.id).update(stopped_at=house.now)
    house.carrier.mood = "refuse" if why == "refused" else "accept"
    house.pass_time(timedelta(hours=7))
    assert Touch.objects.get().state in ("suppressed", "failed")
    handoff = Handoff.objects.get()
    assert handoff.contact == sarah and "could not be sent" in handoff.why


def test_a_text_from_nobody_we_know_is_not_lost(house: House) -> None:
    house.says("+12125550177", "Hi, it's Ann, Grace's daughter. Can she come in on Tuesday?")
    house.pass_time(timedelta(minutes=5))
    message = Message.objects.get(direction="in")
    assert message.read_at is not None and message.contact is not None
    assert Handoff.objects.filter(contact=message.contact).exists() or house.carrier.to("+12125550177")


def test_a_stop_from_nobody_we_know_holds_for_whoever_is_imported_later(house: House) -> None:
    house.says("+12125550177", "STOP")
    house.pass_time(timedelta(minutes=5))
    assert len(house.carrier.to("+12125550177")) <= 1
    house.contact("Ann", "+12125550177", **ASKED)
    house.launch("inquired_never_scheduled")
    before = len(house.carrier.to("+12125550177"))
    house.pass_time(timedelta(days=20))
    assert len(house.carrier.to("+12125550177")) == before


def test_whoever_writes_to_a_silenced_thread_is_seen_by_a_person(house: House) -> None:
    from rewarm.actions.hand_off import switch
    from rewarm.models import Conversation

    sarah = house.contact("Sarah", SARAH)
    thread = Conversation.objects.create(workspace=house.workspace, contact=sarah, opened_at=house.now)
    switch(house.workspace, thread, on=False, user=house.priya, now=house.now)
    house.says(SARAH, "how much do they cost?")
    house.pass_time(timedelta(minutes=5))
    assert house.carrier.to(SARAH) == []
    assert Handoff.objects.get(closed_at=None).contact == sarah


@pytest.mark.parametrize("novel", ["a " * 15_000, " " * 20_000, "between 3 and " * 2_000])
def test_a_novel_holds_up_no_carrier_and_its_last_word_counts(house: House, novel: str) -> None:
    house.contact("Sarah", SARAH)
    began = time.monotonic()
    house.says(SARAH, novel + "\nplease take me off your list")
    assert time.monotonic() - began < 3
    assert Consent.objects.filter(address=SARAH, act="opted_out").exists()
