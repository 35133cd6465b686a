"""What a person does on a page changes rows through the actions, once."""

from __future__ import annotations

import re
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rewarm.actions.book import free_slots
from rewarm.actions.declare import declare
from rewarm.actions.hand_off import claim
from rewarm.adapters import links
from rewarm.models import (
    Appointment,
    Campaign,
    Contact,
    Conversation,
    Enrollment,
    Fact,
    Handoff,
    Import,
    Membership,
    Segment,
    Touch,
    User,
    Workspace,
)
from tests.cast import JOHN, OMAR, House


def test_priya_takes_a_handoff_answers_once_and_the_assistant_falls_silent(priya: Client, busy: House) -> None:
    john = busy.people["John"]
    assert "can a real person call me" in priya.get("/").text
    priya.post(f"/inbox/{john.id}/claim")
    assert Handoff.objects.get().claimed_by == busy.priya

    said = {"body": "Hi John, this is Priya. When may I call?", "key": "form-1"}
    for _ in range(2):
        assert priya.post(f"/inbox/{john.id}/answer", said).status_code == 302
    assert Touch.objects.filter(content="human").count() == 1
    busy.pass_time(timedelta(minutes=1))
    assert busy.carrier.to(JOHN)[-1] == said["body"]
    assert Conversation.objects.get(contact=john).assistant_off_by == busy.priya
    thread = priya.get(f"/inbox/{john.id}").text
    assert "Assistant: off" in thread and "Priya Raman" in thread and "wants a person" in thread

    priya.post(f"/inbox/{john.id}/close", {"because": "called them"})
    assert Handoff.objects.get().closed_because == "called them"
    assert Conversation.objects.get(contact=john).assistant_off_at is None


def test_whoever_comes_second_is_told_who_was_first(priya: Client, busy: House) -> None:
    john, lee = busy.people["John"], User.objects.create_user("lee@harbor.example", name="Dr. Lee", password="x" * 12)
    assert claim(busy.workspace, Handoff.objects.get().id, lee, busy.now)
    priya.post(f"/inbox/{john.id}/claim")
    assert "Dr. Lee took this one just before you" in priya.get(f"/inbox/{john.id}").text


def test_an_answer_shows_at_once_with_its_author_and_what_became_of_it(priya: Client, busy: House) -> None:
    thread = f"/inbox/{busy.people['Omar'].id}"
    priya.post(f"{thread}/answer", {"body": "Are you sure?", "key": "k"})
    bubble = r"Are you sure\?</p>\s*<footer><span>Priya Raman</span>.*?"
    assert re.search(bubble + "planned", priya.get(thread).text, re.DOTALL)
    busy.pass_time(timedelta(minutes=1))
    assert re.search(bubble + "They asked us to stop", priya.get(thread).text, re.DOTALL)
    assert "Are you sure?" not in busy.carrier.to(OMAR)


def test_nobody_is_texted_out_of_the_blue_by_hand_either(priya: Client, busy: House) -> None:
    thread = f"/inbox/{busy.people['Grace'].id}"
    assert "have not agreed to texts" in priya.get(thread).text and "data-reply" not in priya.get(thread).text
    priya.post(f"{thread}/answer", {"body": "Hello Grace", "key": "k"})
    assert not Touch.objects.filter(content="human").exists()


def test_an_empty_answer_sends_nothing_and_says_so(priya: Client, busy: House) -> None:
    john = busy.people["John"]
    priya.post(f"/inbox/{john.id}/answer", {"body": "  ", "key": "k"})
    assert not Touch.objects.filter(content="human").exists()
    assert "nothing to send" in priya.get(f"/inbox/{john.id}").text


def test_priya_books_a_free_time_and_moves_it(priya: Client, busy: House) -> None:
    john = busy.people["John"]
    slots = re.findall(r'name="starts_at" value="([^"]+)"', priya.get(f"/inbox/{john.id}").text)
    priya.post(f"/inbox/{john.id}/book", {"starts_at": slots[0], "key": "a"})
    visit = Appointment.objects.get(contact=john)
    assert visit.booked_by == "desk" and visit.starts_at.isoformat() == slots[0]
    priya.post(f"/inbox/{john.id}/book", {"starts_at": slots[0], "key": "b"})
    assert "just taken" in priya.get(f"/inbox/{john.id}").text
    priya.post(f"/inbox/{john.id}/book", {"starts_at": slots[3], "key": "c"})
    assert Appointment.objects.get(contact=john, state="booked").starts_at.isoformat() == slots[3]


def test_a_thread_is_put_aside_until_nine_in_the_morning(priya: Client, busy: House) -> None:
    sarah = busy.people["Sarah"]
    priya.post(f"/inbox/{sarah.id}/snooze", {"days": "3"})
    until = Conversation.objects.get(contact=sarah).snoozed_until
    assert until and until > busy.now and until.hour == 14  # nine in New York
    assert f"/inbox/{sarah.id}" not in priya.get("/inbox?view=open").text


def test_a_wrong_fact_is_hidden_and_comes_back(priya: Client, busy: House) -> None:
    sarah, fact = busy.people["Sarah"], Fact.objects.get()
    priya.post(f"/contacts/{sarah.id}/facts/{fact.id}/hide")
    fact.refresh_from_db()
    assert fact.hidden_at == busy.now and not Contact.objects.get(id=sarah.id).has_facts
    priya.post(f"/contacts/{sarah.id}/facts/{fact.id}/hide", {"again": "1"})
    assert Contact.objects.get(id=sarah.id).has_facts


def test_a_changed_rule_sorts_everybody_anew(priya: Client, busy: House) -> None:
    segment = Segment.objects.get(slug="inquired_never_scheduled")
    priya.post(
        f"/segments/{segment.slug}", {"name": "Grown-ups", "rule": "alive and born_year is empty or is_customer"}
    )
    answer = priya.post(f"/segments/{segment.slug}", {"name": "Everybody alive", "rule": "alive"})
    assert answer.status_code == 302
    segment.refresh_from_db()
    assert segment.name == "Everybody alive" and segment.rule == "alive"


def test_a_launch_enrolls_with_a_holdout(priya: Client, house: House) -> None:
    from rewarm.actions.classify import classify
    from tests.web.conftest import ASKED

    for number in range(10):
        house.contact(f"P{number}", f"+1212555{number + 110:04}", **ASKED)
    classify(house.workspace, house.now)
    answer = priya.post(
        "/segments/inquired_never_scheduled/launch", {"journey": "reactivation", "holdout": "20", "per_day": "5"}
    )
    assert answer.status_code == 302
    campaign = Campaign.objects.get()
    assert campaign.launched_by == house.priya and campaign.per_day == 5
    assert Enrollment.objects.filter(arm="holdout").count() == 2 and Enrollment.objects.count() == 10


def test_a_campaign_and_the_whole_practice_can_be_stopped(priya: Client, busy: House) -> None:
    campaign = Campaign.objects.get()
    priya.post(f"/campaigns/{campaign.id}/switch")
    campaign.refresh_from_db()
    assert campaign.stopped_at == busy.now and "Go on" in priya.get("/journeys").text
    priya.post(f"/campaigns/{campaign.id}/switch", {"resume": "1"})
    assert Campaign.objects.get().stopped_at is None

    priya.post("/setup/stop")
    assert Workspace.objects.get(id=busy.workspace.id).stopped_at == busy.now
    before = len(busy.carrier.to(JOHN))
    busy.pass_time(timedelta(days=10))
    assert len(busy.carrier.to(JOHN)) == before


def test_only_an_owner_changes_the_settings(priya: Client, house: House) -> None:
    priya.post("/setup", {"p_hours": "Mondays only", "postal_address": "1 Pier St", "email": "desk@harbor.example"})
    assert Workspace.objects.get(id=house.workspace.id).profile["hours"] == "Mondays only"
    Membership.objects.update(role=Membership.FRONT_DESK)
    priya.post("/setup", {"p_hours": "Never", "postal_address": "", "email": ""})
    assert Workspace.objects.get(id=house.workspace.id).profile["hours"] == "Mondays only"


def test_files_are_looked_at_first_then_imported_and_evidence_raises_consent(priya: Client, house: House) -> None:
    rows = "First Name,Last Name,Mobile Phone,SMS Opt-in,Notes\n"
    rows += "Ann,Bell,(212) 555-0141,yes,struggles at family dinners\nBob,,,,\nCy,Dee,(212) 555-0142,no,\n"
    page = priya.post("/import/files", {"files": SimpleUploadedFile("people.csv", rows.encode())}).text
    assert "Mobile Phone" in page and "Nothing has been written yet" in page and not Contact.objects.exists()

    batch = Import.objects.get()
    assert priya.post(f"/import/{batch.id}/run").status_code == 302
    assert "It starts as soon as the worker is free" in priya.get(f"/import/{batch.id}").text
    priya.post(f"/import/{batch.id}/run", {"rows": "3"})  # a short list is imported at once
    done = priya.get(f"/import/{batch.id}").text
    assert "new contacts" in done and "Held back" in done
    assert priya.get(f"/import/{batch.id}/rejects.csv")["Content-Type"].startswith("text/csv")
    assert Contact.objects.filter(reachable_sms=True).count() == 0

    form = re.search(
        r'name="source" value="([^"]+)"><input type="hidden" name="channel" value="([^"]+)"', priya.get("/import").text
    )
    assert form
    said = {
        "source": form[1],
        "channel": form[2],
        "disclosure": "I agree to receive marketing texts from Harbor Point.",
    }
    priya.post("/import/evidence", said)
    assert Contact.objects.filter(reachable_sms=True).count() == 0, "the statement was not ticked"
    priya.post("/import/evidence", {**said, "stated": "1"})
    assert [one.first_name for one in Contact.objects.filter(reachable_sms=True)] == ["Ann"]
    assert "does not name the practice" in priya.get("/import").text, "it is called Harbor Point Hearing"


def test_a_form_without_files_is_answered_in_words(priya: Client, house: House) -> None:
    priya.post("/import/files")
    assert "Choose at least one file" in priya.get("/import").text


def test_a_double_click_on_the_booking_page_books_once(priya: Client, busy: House) -> None:
    sarah = busy.people["Sarah"]
    page = f"/b/{links.token('book', links.Link(busy.workspace.id, sarah.id))}"
    slot = free_slots(busy.workspace, busy.now)[0]
    form = {"starts_at": slot.starts_at.isoformat(), "key": "one-form"}
    assert [Client().post(page, form).status_code for _ in range(2)] == [302, 302]
    assert Appointment.objects.filter(contact=sarah, starts_at=slot.starts_at).count() == 1


def test_a_state_of_emergency_is_one_tick(priya: Client, busy: House) -> None:
    assert priya.post("/setup/emergencies", {"state": ["NY", "ZZ"]}).status_code == 302
    assert Workspace.objects.get().emergencies == ["NY"], "a state without such a law is not kept"
    page = priya.get("/setup").text
    assert 'value="NY" checked> New York</label>' in page
    assert "Louisiana" in page
    priya.post("/setup/emergencies")
    assert Workspace.objects.get().emergencies == []


def test_lifting_an_emergency_is_for_those_who_decide_and_no_save_forgets_one(priya: Client, busy: House) -> None:
    """A flag taken down lets advertising into a disaster; one that the command line raised is shown and kept, too."""
    declare(busy.workspace, "Texas", by=None, now=busy.now)
    assert 'value="TX" checked> Texas</label>' in priya.get("/setup").text
    Membership.objects.update(role=Membership.FRONT_DESK)
    priya.post("/setup/emergencies", {"state": ["NY"]})
    assert Workspace.objects.get().emergencies == ["NY", "TX"]
    assert "Only an owner or a marketer" in priya.get("/setup").text
    Membership.objects.update(role=Membership.MARKETER)
    priya.post("/setup/emergencies", {"state": ["NY"]})
    assert "The emergency in Texas is over." in priya.get("/setup").text
    assert Workspace.objects.get().emergencies == ["NY"]
