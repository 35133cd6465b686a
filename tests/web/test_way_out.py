"""One click out of a letter: as a mail provider makes it (RFC 8058), as a person does, and as a vendor tells us of it."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client

from rewarm.actions.found import Line, Practice, found
from rewarm.adapters import links
from rewarm.models import Address, Consent, Contact, Sender, Touch, User, Workspace
from rewarm.models.base import uuid7
from rewarm.models.scope import within
from tests.cast import WEEK

PUBLIC, HERS = "https://care.example", "sarah@mail.example"
POSTMARK = {
    "esp": "postmark", "options": {"server_token": "secret"}, "webhook": {"webhook_secret": "elm:street"}, "callbacks": PUBLIC,
}  # fmt: skip
FORM = "application/x-www-form-urlencoded"
PURPOSES = ("marketing", "appointment_reminder", "reply")


class Office:
    """A live practice that writes letters through a vendor, with three of them waiting for Sarah."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.workspace = found(
            Practice(
                slug="harbor", kind=Workspace.LIVE, name="Harbor Point", legal_name="Harbor Point LLC",
                zone="America/New_York", phone="+12125550199", email="care@care.example", postal_address="1 Pier St",
                public_url=PUBLIC, clinicians={"Dr. Lee": WEEK}, profile={},
                lines=[Line("mail", "email", "anymail", "care@care.example", "Harbor Point", POSTMARK)],
            ),
            owner=User.objects.create_user("priya@harbor.example", name="Priya", password="open sesame please"),
            now=self.now,
        )  # fmt: skip

    def sarah(self) -> Contact:
        person = Contact.objects.create(workspace=self.workspace, first_name="Sarah", reachable_email=True)
        Address.objects.create(workspace=self.workspace, contact=person, channel="email", address=HERS)
        return person

    def letter(self, person: Contact, purpose: str, **fields: Any) -> Touch:
        return Touch.objects.create(
            id=uuid7(), workspace=self.workspace, contact=person, cause=f"test:{uuid7()}", purpose=purpose, channel="email",
            due=self.now, expires_at=self.now + timedelta(days=1), planned_at=self.now, subject="Hello", body="Hello",
            **fields,
        )  # fmt: skip

    def told(self, login: str = "elm:street", **said: Any) -> HttpResponse:
        """Let Postmark tell what became of a letter."""
        path = f"/hooks/carrier/{self.workspace.id}/{Sender.objects.get().secret}/dlr"
        headers = {"Authorization": f"Basic {b64encode(login.encode()).decode()}"}
        return Client().post(path, json.dumps(said), "application/json", headers=headers)  # type: ignore[return-value]


@pytest.fixture
def office(db: None) -> Iterator[Office]:
    there = Office()
    with within(there.workspace.id):
        yield there


@pytest.mark.parametrize("multipart", [False, True])
def test_a_mail_provider_clicks_without_cookies_and_without_having_seen_a_page(office: Office, multipart: bool) -> None:
    sarah = office.sarah()
    waiting = [office.letter(sarah, purpose) for purpose in PURPOSES]
    headers = links.unsubscribe(office.workspace, sarah.id, HERS)
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = headers["List-Unsubscribe"].strip("<>")
    assert url.startswith("https://"), "RFC 8058, section 3.1"
    provider = Client(enforce_csrf_checks=True)
    said: dict[str, Any] = (
        {"data": {"List-Unsubscribe": "One-Click"}}
        if multipart
        else {"data": "List-Unsubscribe=One-Click", "content_type": FORM}
    )
    for _ in range(2):
        answer = provider.post(urlsplit(url).path, **said)
        assert answer.status_code == 200 and not answer.cookies
    no = Consent.objects.get(address=HERS)
    assert (no.act, no.scope, no.channel) == ("opted_out", "all", "email")
    assert set(Touch.objects.filter(id__in=[one.id for one in waiting]).values_list("state", "reason")) == {
        ("suppressed", "opted_out")
    }


def test_looking_at_the_page_changes_nothing_and_the_button_on_it_does(office: Office) -> None:
    sarah = office.sarah()
    office.letter(sarah, "marketing")
    path = urlsplit(links.unsubscribe_url(office.workspace, sarah.id, HERS)).path
    page = Client().get(path, {"List-Unsubscribe": "One-Click"})
    assert page.status_code == 200 and 'method="post"' in page.text.lower()
    assert not Consent.objects.exists() and Touch.objects.get().state == "planned"
    assert Client().post(path).status_code == 200
    assert Consent.objects.get().act == "opted_out" and Touch.objects.get().state == "suppressed"


@pytest.mark.parametrize(
    ("said", "act"),
    [
        (
            {"RecordType": "SubscriptionChange", "SuppressSending": True, "SuppressionReason": "ManualSuppression"},
            "opted_out",
        ),
        ({"RecordType": "SpamComplaint", "Type": "SpamComplaint"}, "complained"),
    ],
)
def test_a_no_that_the_vendor_heard_is_in_the_ledger_at_once(office: Office, said: dict[str, Any], act: str) -> None:
    sarah = office.sarah()
    gone = office.letter(
        sarah, "marketing", state="sent", address=HERS, dispatched_at=office.now, attempt=1, sender=Sender.objects.get()
    )
    waiting = office.letter(sarah, "marketing")
    about = {"Email": HERS, "Recipient": HERS, "MessageID": "pm-1", "Metadata": {"touch": str(gone.id)}}
    assert office.told("elm:tree", **about, **said).status_code == 403
    assert not Consent.objects.exists()
    for _ in range(2):
        assert office.told(**about, **said).status_code == 200
    assert {one.act for one in Consent.objects.filter(address=HERS)} == {act}
    waiting.refresh_from_db()
    assert waiting.state == "suppressed"


def test_a_receipt_from_the_vendor_settles_a_letter_in_doubt(office: Office) -> None:
    gone = office.letter(
        office.sarah(), "marketing", state="unknown", address=HERS, dispatched_at=office.now, attempt=1,
        sender=Sender.objects.get(),
    )  # fmt: skip
    about = {"Recipient": HERS, "MessageID": "pm-1", "Metadata": {"touch": str(gone.id)}}
    assert office.told(RecordType="Delivery", **about).status_code == 200
    gone.refresh_from_db()
    assert (gone.state, gone.status, gone.provider_id) == ("sent", "delivered", "pm-1")
