"""Every page says what it has to say, in an empty practice and in a busy one, and to nobody from next door."""

from __future__ import annotations

import re
import uuid

from django.conf import settings
from django.test import Client

from rewarm.adapters import links
from rewarm.models import Contact, Fact, Segment, User
from rewarm.models.scope import within
from tests.carrier import carrier
from tests.cast import GRACE, House, open_house

PAGES = (
    "/", "/inbox", "/inbox?view=open", "/inbox?view=all", "/contacts", "/segments", "/journeys", "/content", "/results",
    "/results?by=touch", "/audit", "/import", "/setup", "/today/board", "/inbox/list",
)  # fmt: skip
# What a policy without 'unsafe-inline' would block, and what only an eval could run.
FORBIDDEN = re.compile(
    r"<style|\sstyle\s*=|\son[a-z]+=[\"']|<script(?![^>]*\ssrc=)|javascript:|hx-on|https?://(?!www\.w3\.org)",
    re.IGNORECASE,
)

# A value that nobody put into words.
UNSAID = re.compile(r">\s*None\b(?! of)|\bNone<|\{\{|datetime\.|UUID\(")


def test_the_pages_of_an_empty_practice_say_so_in_words(priya: Client) -> None:
    for page in PAGES:
        answer = priya.get(page)
        assert answer.status_code == 200 and not UNSAID.search(answer.text), page


def test_the_pages_of_a_busy_practice_render(priya: Client, busy: House) -> None:
    for page in PAGES:
        answer = priya.get(page)
        assert answer.status_code == 200 and not UNSAID.search(answer.text), page


def test_the_pages_of_one_contact_and_one_segment_render(priya: Client, busy: House) -> None:
    sarah = busy.people["Sarah"]
    for page in (
        f"/contacts/{sarah.id}", f"/inbox/{sarah.id}", f"/inbox/{sarah.id}/talk", "/segments/inquired_never_scheduled",
        "/segments/inquired_never_scheduled/launch", "/segments/due_for_follow_up/launch",
    ):  # fmt: skip
        assert priya.get(page).status_code == 200, page


def test_strangers_are_asked_to_log_in(house: House) -> None:
    for page in PAGES:
        answer = Client().get(page)
        assert answer.status_code == 302 and answer["Location"].startswith("/login"), page


def test_a_user_who_works_nowhere_is_told_so(house: House) -> None:
    nobody = User.objects.create_user("nobody@harbor.example", name="Nobody", password="open sesame please")
    client = Client()
    client.force_login(nobody)
    answer = client.get("/")
    assert answer.status_code == 403 and "no practice has added you" in answer.text


def test_rows_of_another_practice_do_not_exist(priya: Client, house: House) -> None:
    with carrier() as line:
        other = open_house(line, "elsewhere")
        with within(other.workspace.id):
            theirs = other.contact("Ida", "+13105550101", note="her daughter's wedding")
            fact = Fact.objects.get()
        for path in (f"/contacts/{theirs.id}", f"/inbox/{theirs.id}", f"/contacts/{uuid.uuid4()}"):
            assert priya.get(path).status_code == 404
        for path in (
            f"/inbox/{theirs.id}/answer",
            f"/inbox/{theirs.id}/claim",
            f"/contacts/{theirs.id}/facts/{fact.id}/hide",
        ):
            assert priya.post(path, {"body": "hello", "key": "k"}).status_code == 404
        assert "Ida" not in priya.get("/contacts").text
        with within(other.workspace.id):
            assert Fact.objects.get().hidden_at is None


def test_no_template_needs_an_inline_script_or_style() -> None:
    for path in (settings.PACKAGE / "web" / "templates").rglob("*.html"):
        for line in path.read_text().splitlines():
            assert not FORBIDDEN.search(line), f"{path.name}: {line.strip()}"


def test_each_answer_carries_the_strict_policy(priya: Client) -> None:
    policy = priya.get("/")["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy


def test_the_timeline_gives_the_reason_for_every_touch(priya: Client, busy: House) -> None:
    sarah = priya.get(f"/contacts/{busy.people['Sarah'].id}").text
    assert "every rule said yes" in sarah and 'class="fact"' in sarah and "trouble following her grandkids" in sarah
    grace = priya.get(f"/contacts/{busy.people['Grace'].id}").text
    assert "unknown = no" in grace
    omar = priya.get(f"/contacts/{busy.people['Omar'].id}").text
    assert "Asked us to stop" in omar


def test_contacts_are_found_by_name_and_by_the_digits_of_a_phone(priya: Client, busy: House) -> None:
    assert "Grace" in priya.get("/contacts?q=grace+mil").text
    assert "Grace" in priya.get(f"/contacts?q=555-{GRACE[-4:]}").text
    assert "Nobody found" in priya.get("/contacts?q=zebedee").text


def test_the_pulse_is_silent_until_something_happens(priya: Client, busy: House) -> None:
    busy.workspace.refresh_from_db()
    assert priya.get(f"/pulse?since={busy.workspace.pulse}").status_code == 204
    answer = priya.get(f"/pulse?since={busy.workspace.pulse - 1}")
    assert (
        answer.status_code == 200 and answer["HX-Trigger"] == "fresh" and f"since={busy.workspace.pulse}" in answer.text
    )


def test_a_launch_shows_real_drafts_with_their_sources(priya: Client, house: House) -> None:
    from rewarm.actions.classify import classify
    from tests.web.conftest import ASKED

    house.contact("Sarah", "+12125550101", note="trouble following her grandkids on the phone", **ASKED)
    classify(house.workspace, house.now)
    page = priya.get("/segments/inquired_never_scheduled/launch?journey=reactivation").text
    assert "Hi <mark" in page and 'class="fact"' in page and "1 person can be enrolled" in page
    assert Contact.objects.get().touches.count() == 0, "a preview plans nothing"


def test_the_audit_goes_on_paper(priya: Client, busy: House) -> None:
    answer = priya.get("/audit.pdf")
    assert answer["Content-Type"] == "application/pdf" and answer.content.startswith(b"%PDF")


def test_a_contact_books_on_the_public_page_and_only_a_post_changes_anything(busy: House) -> None:
    john = busy.people["John"]
    url = f"/b/{links.token('book', links.Link(busy.workspace.id, john.id))}"
    client = Client()
    page = client.get(url).text
    assert "choose a time" in page and not john.appointments.exists()
    first = re.search(r'name="starts_at" value="([^"]+)"', page)
    assert first
    assert client.post(url, {"starts_at": first[1], "key": "one"}).status_code == 302
    assert "You are booked" in client.get(url).text and john.appointments.count() == 1
    assert client.get(url[:-3] + "abc").status_code == 404


def test_the_unsubscribe_page_asks_first(busy: House) -> None:
    token = links.token("stop", links.Link(busy.workspace.id, busy.people["John"].id, "john@home.example"))
    client = Client()
    assert "Stop these e-mails?" in client.get(f"/u/{token}").text
    assert "gets no more e-mail" in client.post(f"/u/{token}").text


def test_a_rule_is_tried_while_it_is_typed_and_a_wrong_one_is_explained(priya: Client, busy: House) -> None:
    url = "/segments/inquired_never_scheduled/try"
    assert "4 people match" in priya.post(url, {"rule": "alive"}).text
    assert "errors" in priya.post(url, {"rule": "aliv and"}).text
    slug = Segment.objects.get(slug="inquired_never_scheduled").slug
    kept = priya.post(f"/segments/{slug}", {"name": "Asked", "rule": "nonsense here"})
    assert kept.status_code == 422 and "nonsense here" in kept.text
