"""Nobody comes in who should not, nobody does what is not theirs, and nonsense is answered in words."""

from __future__ import annotations

import io
import zipfile
from time import perf_counter
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rewarm.adapters import links
from rewarm.models import (
    Campaign,
    Contact,
    Conversation,
    Fact,
    Handoff,
    Import,
    Membership,
    Segment,
    Sender,
    User,
    Workspace,
)
from rewarm.models.scope import within
from rewarm.web import imports
from tests.cast import SARAH, House, open_house
from tests.web.conftest import ASKED

LAUNCH = "/segments/inquired_never_scheduled/launch"
RULE = "/segments/inquired_never_scheduled"
ROOMS = (
    "/", "/today/board", "/pulse", "/inbox", "/inbox/list", "/contacts", "/segments", RULE, LAUNCH, "/results",
    "/journeys", "/content", "/audit", "/audit.pdf", "/import", "/setup",
)  # fmt: skip


def _works_as(role: str) -> None:
    Membership.objects.update(role=role)


def _pages_of(contact: UUID, fact: UUID, batch: UUID) -> tuple[list[str], list[str]]:
    thread, person, taken = f"/inbox/{contact}", f"/contacts/{contact}", f"/import/{batch}"
    reads = [thread, f"{thread}/talk", person, taken, f"{taken}/progress", f"{taken}/rejects.csv"]
    acts = [f"{thread}/{act}" for act in ("answer", "claim", "close", "assistant", "snooze", "book")]
    return reads, [*acts, f"{person}/facts/{fact}/hide", f"{taken}/run", f"/campaigns/{uuid4()}/switch"]


def test_a_stranger_gets_no_further_than_the_login(house: House) -> None:
    reads, acts = _pages_of(uuid4(), uuid4(), uuid4())
    for page in (*ROOMS, *reads):
        assert Client().get(page).headers.get("Location", "").startswith("/login"), page
    for page in (*acts, "/setup", "/setup/stop", LAUNCH, RULE, f"{RULE}/try", "/import/files", "/import/evidence"):
        assert Client().post(page).headers.get("Location", "").startswith("/login"), page


def test_a_form_from_elsewhere_is_refused(house: House) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(house.priya)
    for page in ("/setup", "/setup/stop", LAUNCH, "/import/evidence", "/workspace", "/logout"):
        assert client.post(page).status_code == 403, page


def test_what_belongs_to_another_practice_does_not_exist_here(priya: Client, house: House) -> None:
    other = open_house(house.carrier, "elsewhere")
    with within(other.workspace.id):
        contact = other.contact("Sarah", SARAH, note="trouble hearing her grandkids", **ASKED)
        batch = Import.objects.create(
            workspace=other.workspace, digest="0", files=[], as_of=other.now.date(), started_at=other.now
        )
        fact = Fact.objects.get()
        campaign = other.launch("inquired_never_scheduled")
    reads, acts = _pages_of(contact.id, fact.id, batch.id)
    assert {page: priya.get(page).status_code for page in reads} == dict.fromkeys(reads, 404)
    acts.append(f"/campaigns/{campaign.id}/switch")
    assert {page: priya.post(page, {"key": "k", "body": "Hi"}).status_code for page in acts} == dict.fromkeys(acts, 404)
    priya.post("/workspace", {"workspace": str(other.workspace.id)})
    assert priya.session.get("workspace") != str(other.workspace.id)


def test_the_front_desk_neither_launches_nor_changes_rules_nor_states_consent(priya: Client, busy: House) -> None:
    before, rule = Campaign.objects.get(), Segment.objects.get(slug="inquired_never_scheduled").rule
    _works_as(Membership.FRONT_DESK)
    busy.contact("Late", "+12125550177", **ASKED)
    priya.post(f"/campaigns/{before.id}/switch")
    assert Campaign.objects.get().stopped_at, "everybody may stop"
    for page, form in (
        (f"/campaigns/{before.id}/switch", {"resume": "1"}), (RULE, {"name": "All", "rule": "alive"}), (LAUNCH, {}),
        ("/import/evidence", {"source": "x", "channel": "sms", "disclosure": "I agree to marketing texts.", "stated": "1"}),
    ):  # fmt: skip
        answer = priya.post(page, form, follow=True)
        assert "Only an owner or a marketer may do this" in answer.text, page
    assert Campaign.objects.get().stopped_at
    assert Segment.objects.get(slug="inquired_never_scheduled").rule == rule


def test_a_marketer_launches_but_the_settings_stay_the_owners(priya: Client, house: House) -> None:
    house.contact("Sarah", SARAH, **ASKED)
    Contact.objects.update(segment="inquired_never_scheduled", reachable_sms=True)
    _works_as(Membership.MARKETER)
    priya.post(LAUNCH)
    assert Campaign.objects.exists()
    priya.post("/setup/stop")
    priya.post("/setup/stop", {"resume": "1"})
    assert Workspace.objects.get(id=house.workspace.id).stopped_at, "only an owner lets it go on"


@pytest.mark.parametrize(
    "form", [{"holdout": "NaN"}, {"holdout": "sNaN"}, {"per_day": "²"}, {"per_day": "9" * 30}, {"per_day": "9" * 5000}]
)
def test_no_number_on_a_launch_breaks_it(priya: Client, house: House, form: dict[str, str]) -> None:
    house.contact("Sarah", SARAH, **ASKED)
    Contact.objects.update(segment="inquired_never_scheduled", reachable_sms=True)
    assert priya.get(LAUNCH, form).status_code == 200
    assert priya.post(LAUNCH, form).status_code == 302


def test_a_form_or_question_with_a_nul_in_it_is_refused_in_words(priya: Client, busy: House) -> None:
    john = busy.people["John"]
    for page in ("/contacts?q=a%00b", "/contacts?segment=%00", "/setup?x=%00"):
        assert priya.get(page).status_code == 400, page
    for page in (f"/inbox/{john.id}/answer", f"/inbox/{john.id}/close", "/setup", f"{RULE}/try", "/import/evidence"):
        answer = priya.post(page, {"key": "k", "body": "a\0b", "because": "\0", "rule": "\0"})
        assert answer.status_code == 400 and "characters that no text has" in answer.text, page
    booking = f"/b/{links.token('book', links.Link(busy.workspace.id, john.id))}"
    assert Client().post(booking, {"key": "\0"}).status_code == 400
    assert "do not belong together" in Client().post("/login", {"username": "a\0@b.example", "password": "x"}).text


def test_a_rule_of_many_brackets_is_answered_in_words(priya: Client, house: House) -> None:
    rule = "(" * 5000 + "alive" + ")" * 5000
    assert priya.post(RULE, {"name": "Deep", "rule": rule}).status_code == 422
    assert priya.post(RULE, {"name": "Deep", "rule": "not " * 5000 + "alive"}).status_code == 422
    assert priya.post(f"{RULE}/try", {"rule": rule}).status_code == 200


def test_an_import_is_asked_for_with_any_number_of_rows(priya: Client, house: House) -> None:
    rows = b"First Name,Last Name,Mobile Phone\nAnn,Bell,(212) 555-0141\n"
    priya.post("/import/files", {"files": SimpleUploadedFile("../../people.csv", rows)})
    assert Import.objects.get().files[0]["name"] == "people.csv"
    assert priya.post(f"/import/{Import.objects.get().id}/run", {"rows": "²"}).status_code == 302


def test_a_workbook_that_unpacks_to_a_mountain_is_refused(
    priya: Client, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MOST_UNPACKED", 900_000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book, book.open("xl/sheet1.xml", "w") as sheet:
        sheet.write(bytes(1_000_000))
    priya.post("/import/files", {"files": SimpleUploadedFile("people.xlsx", packed.getvalue())})
    assert "unpacks to more than" in priya.get("/import").text


def test_alerts_go_to_an_address_that_is_one(priya: Client, house: House) -> None:
    for wrong in ("desk", "a@b.example\nBcc: c@d.example"):
        priya.post("/setup", {"email": wrong, "p_hours": "Never"})
        here = Workspace.objects.get(id=house.workspace.id)
        assert here.email == "" and here.profile["hours"] != "Never"
        assert "is no e-mail address" in priya.get("/setup").text


def test_somebody_without_a_workspace_can_still_leave_and_unsubscribe(busy: House) -> None:
    client = Client()
    client.force_login(User.objects.create_user("lost@harbor.example", password="x" * 12))
    assert client.get("/").status_code == 403
    for kind, page in (("stop", "u"), ("book", "b")):
        link = links.Link(busy.workspace.id, busy.people["Sarah"].id, "sarah@example.com")
        assert client.get(f"/{page}/{links.token(kind, link)}").status_code == 200
    assert client.post("/logout").status_code == 302
    assert client.get("/").status_code == 302


def test_a_rehearsals_link_opens_no_practice_with_real_people(house: House) -> None:
    link = f"/demo/{links.token('login', links.Link(house.workspace.id, house.priya.id))}"
    assert Client().get(link).status_code == 302
    live = Workspace(slug="live", kind=Workspace.LIVE, name="Live", legal_name="Live", zone="UTC", created_at=house.now)
    with within(live.id):
        live.save(force_insert=True)
        Membership.objects.create(workspace=live, user=house.priya, role=Membership.OWNER, created_at=house.now)
    assert Client().get(link).status_code == 404
    assert Client().get(f"/demo/{links.token('login', links.Link(live.id, house.priya.id))}").status_code == 404


def test_the_login_leads_nowhere_else_and_renews_the_session(house: House) -> None:
    client = Client()
    client.get("/login")
    form = {"username": "priya@harbor.example", "password": "open sesame please", "next": "https://evil.example/"}
    assert client.post("/login", form).headers["Location"] == "/"


def test_names_from_a_file_are_text_on_every_page(priya: Client, house: House) -> None:
    person = house.contact('<img src=x onerror="1">', SARAH, note="<script>1</script>", **ASKED)
    for page in (
        "/contacts",
        f"/contacts/{person.id}",
        f"/inbox/{person.id}",
        LAUNCH,
        "/contacts?q=%22%3E%3Cscript%3E",
    ):
        assert "<img src=x" not in priya.get(page).text and "<script>" not in priya.get(page).text, page


def test_a_day_beyond_the_calendar_is_answered_in_words(house: House) -> None:
    sender = Sender.objects.get(workspace=house.workspace, slug="text")
    door = f"/hooks/practice/{house.workspace.id}/{sender.secret}/appointments"
    for day in ("9999-12-31", "2026-02-30", "soon"):
        assert Client().get(door, {"on": day}).status_code == 422


@pytest.mark.parametrize("page", ["/contacts", "/segments", "/inbox?view=all", "/journeys", "/import", "/"])
def test_a_longer_list_costs_no_more_questions(priya: Client, busy: House, page: str) -> None:
    with CaptureQueriesContext(connection) as few:
        priya.get(page)
    for number in range(12):
        person = busy.contact(f"P{number}", f"+1212555{number + 110:04}", **ASKED)
        Conversation.objects.create(workspace=busy.workspace, contact=person, opened_at=busy.now, last_in_at=busy.now)
        Handoff.objects.create(
            workspace=busy.workspace, contact=person, cause=f"x{number}", urgency="hot", why="w", brief="b",
            opened_at=busy.now,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        priya.get(page)
    assert len(many) <= len(few) + 2


def test_a_cell_of_many_letters_is_read_in_no_time(priya: Client, house: House) -> None:
    rows = b"First Name,Phone\nAnn,2125550141\n" + b"x" * 300_000
    started = perf_counter()
    assert priya.post("/import/files", {"files": SimpleUploadedFile("people.csv", rows)}).status_code == 200
    assert perf_counter() - started < 5, "seconds"


def test_a_text_from_a_sender_with_a_nul_is_taken_once_and_for_all(house: House) -> None:
    sender = Sender.objects.get(workspace=house.workspace, slug="text")
    door = f"/hooks/carrier/{house.workspace.id}/{sender.secret}/mo"
    assert Client().get(door, {"from": "+1212555\0", "text": "a\0b", "id": "1"}).status_code == 200


@pytest.mark.parametrize(
    "body", ["[" * 100_000, '{"id": "1", "kind": "showed", "at": "0001-01-01T00:00:00+23:00", "phone": "+12125550111"}']
)
def test_an_outcome_that_cannot_be_is_answered_in_words(house: House, body: str) -> None:
    house.contact("Ann", "+12125550111", **ASKED)
    sender = Sender.objects.get(workspace=house.workspace, slug="text")
    door = f"/hooks/practice/{house.workspace.id}/{sender.secret}/outcomes"
    assert Client().post(door, body, content_type="application/json").status_code == 422


def test_nothing_about_people_is_kept_by_the_browser(priya: Client, busy: House) -> None:
    for page in ("/", "/inbox", f"/contacts/{busy.people['Sarah'].id}"):
        assert priya.get(page)["Cache-Control"] == "no-store"
