"""Carriers that sign knock at the door: what they sign is kept once, and nothing of anything else."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.http import HttpResponse
from django.test import Client
from twilio.request_validator import RequestValidator
from vonage_http_client import Auth

from rewarm.actions.found import Line, Practice, found
from rewarm.models import Consent, Contact, Event, Message, Sender, Touch, User, Workspace
from rewarm.models.base import uuid7
from rewarm.models.scope import within
from tests.cast import SARAH, WEEK

PUBLIC = "https://care.example"
OURS = "+12125550199"
TWILIO = {"account_sid": "AC" + "a" * 32, "auth_token": "12345", "callbacks": PUBLIC}
VONAGE = {
    "api_key": "abcd1234",
    "api_secret": "hush",
    "signature_secret": "a secret of some length",
    "callbacks": PUBLIC,
}
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
TELNYX = {
    "api_key": "KEY1", "callbacks": PUBLIC,
    "public_key": b64encode(KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode(),
}  # fmt: skip
SETTINGS = {"twilio": TWILIO, "vonage": VONAGE, "telnyx": TELNYX}
OPTED_OUT = {"twilio": ("failed", "21610"), "vonage": ("failed", "9"), "telnyx": ("sending_failed", "40300")}
FORM = "application/x-www-form-urlencoded"


class Office:
    """A live practice with one number, and that number's carrier in the test's hand."""

    def __init__(self, kind: str, settings: dict[str, str]) -> None:
        self.kind, self.settings, self.now = kind, settings, datetime.now(UTC)
        lines = [Line("text", "sms", kind, OURS, "Harbor Point", settings)]
        self.workspace = found(
            Practice(
                slug="harbor", kind=Workspace.LIVE, name="Harbor Point", legal_name="Harbor Point LLC",
                zone="America/New_York", phone=OURS, email="", postal_address="1 Pier St", public_url=PUBLIC,
                clinicians={"Dr. Lee": WEEK}, profile={}, lines=lines,
            ),
            owner=User.objects.create_user("priya@harbor.example", name="Priya", password="open sesame please"),
            now=self.now,
        )  # fmt: skip

    def path(self, kind: str) -> str:
        sender = Sender.objects.get(workspace=self.workspace)
        return f"/hooks/carrier/{self.workspace.id}/{sender.secret}/{kind}"

    def knock(self, kind: str, said: dict[str, str], *, spoil: str = "") -> HttpResponse:
        """Call back as the carrier does, signed by its own code; `spoil` changes one field on the way."""
        path = self.path(kind) + (f"?{urlencode({'id': said['id']})}" if "id" in said else "")
        if self.kind == "telnyx":
            return self._knock_as_telnyx(path, said, spoil)
        if self.kind == "twilio":
            form = {name: text for name, text in said.items() if name != "id"}
            signature = RequestValidator(self.settings["auth_token"]).compute_signature(f"{PUBLIC}{path}", form)
            if spoil:
                form[spoil] = form.get(spoil, "") + "1"
            return Client().post(path, urlencode(form), FORM, headers={"X-Twilio-Signature": signature})  # type: ignore[return-value]
        fields = said | {"timestamp": str(int(self.now.timestamp()))}
        auth = Auth(api_key="k", signature_secret=self.settings["signature_secret"], signature_method="sha256")
        fields["sig"] = auth.sign_params(dict(fields))
        if spoil:
            fields[spoil] = fields.get(spoil, "") + "1"
        return Client().post(path, json.dumps(fields), "application/json")  # type: ignore[return-value]

    def _knock_as_telnyx(self, path: str, said: dict[str, str], spoil: str) -> HttpResponse:
        ours, theirs = {"phone_number": OURS}, {"phone_number": SARAH, "status": said.get("status")}
        payload = {"id": said["key"], "text": said.get("text"), "errors": [{"code": said.get("code")}]}
        payload |= (
            {"direction": "outbound", "from": ours, "to": [theirs]}
            if "status" in said
            else {"direction": "inbound", "from": theirs, "to": [ours]}
        )
        body, made = json.dumps({"data": {"payload": payload}}), str(int(self.now.timestamp()))
        headers = {
            "Telnyx-Timestamp": made,
            "Telnyx-Signature-Ed25519": b64encode(KEY.sign(f"{made}|{body}".encode())).decode(),
        }
        body += " " if spoil else ""
        return Client().post(path, body, "application/json", headers=headers)  # type: ignore[return-value]

    def text(self, body: str, key: str = "1") -> dict[str, str]:
        """Say what Sarah's text looks like in the carrier's words."""
        if self.kind == "twilio":
            return {"MessageSid": f"SM{key}", "From": SARAH, "To": OURS, "Body": body, "NumMedia": "0"}
        if self.kind == "telnyx":
            return {"key": f"b0{key}", "text": body}
        return {"messageId": f"0A{key}", "msisdn": SARAH[1:], "to": OURS[1:], "text": body, "type": "text"}

    def report(self, touch: UUID, status: str, code: str = "") -> dict[str, str]:
        """Say what became of a text in the carrier's words."""
        if self.kind == "twilio":
            about = {"MessageSid": "SM9", "From": OURS, "To": SARAH, "MessageStatus": status, "id": str(touch)}
            return about | ({"ErrorCode": code} if code else {})
        if self.kind == "telnyx":
            return {"key": "b09", "status": status, "code": code, "id": str(touch)}
        return {
            "messageId": "0A9", "msisdn": SARAH[1:], "to": OURS[1:], "status": status, "err-code": code or "0",
            "client-ref": str(touch),
        }  # fmt: skip

    def in_doubt(self) -> Touch:
        """Leave a touch of which nobody knows whether it left."""
        contact = Contact.objects.create(workspace=self.workspace, first_name="Sarah")
        return Touch.objects.create(
            id=uuid7(), workspace=self.workspace, contact=contact, cause=f"test:{contact.id}", purpose="marketing",
            channel="sms", due=self.now, expires_at=self.now + timedelta(days=1), planned_at=self.now, state="unknown",
            address=SARAH, dispatched_at=self.now, attempt=1, body="Hi Sarah",
            sender=Sender.objects.get(workspace=self.workspace),
        )  # fmt: skip


@pytest.fixture(params=list(SETTINGS))
def office(request: pytest.FixtureRequest, db: None) -> Iterator[Office]:
    kind: str = request.param
    there = Office(kind, SETTINGS[kind])
    with within(there.workspace.id):
        yield there


def rows() -> tuple[int, ...]:
    """Count everything that a callback can leave behind."""
    tables: tuple[Any, ...] = (Message, Event, Consent, Contact)
    return tuple(table.objects.count() for table in tables)


def test_a_signed_text_is_kept_once(office: Office) -> None:
    assert office.knock("mo", office.text("how much is it?")).status_code == 200
    kept = Message.objects.get()
    assert (kept.direction, kept.address, kept.body) == ("in", SARAH, "how much is it?")
    before = rows()
    for _ in range(3):
        assert office.knock("mo", office.text("how much is it?")).status_code == 200, "a replay is thanked for"
    assert rows() == before


def test_whatever_is_not_signed_is_refused_and_leaves_nothing(office: Office) -> None:
    touch, said = office.in_doubt(), office.text("how much is it?")
    before = rows()
    for spoil in said:
        assert office.knock("mo", said, spoil=spoil).status_code == 403, spoil
    assert office.knock("mo", said, spoil="Extra").status_code == 403
    path = office.path("mo")
    for refused in (
        Client().post(path, urlencode(said), FORM),
        Client().post(path, json.dumps(said), "application/json"),
        Client().post(path, said),  # multipart
        Client().get(path, said),
        Client().post(f"{path}?{urlencode(said)}", "", FORM),
        Client().post(f"{path}?{urlencode(said)}&bodySHA256=00", "{}", "application/json"),
        Client().post(path, b"\xff\xfe\x00", "application/json"),
        Client().post(path, "[" * 50_000, "application/json"),
    ):
        assert refused.status_code == 403
    assert office.knock("dlr", office.report(touch.id, "delivered"), spoil="to").status_code == 403
    touch.refresh_from_db()
    assert (rows(), touch.state) == (before, "unknown")


@pytest.mark.parametrize("office", ["twilio"], indirect=True)
def test_what_was_signed_for_one_door_opens_no_other(office: Office) -> None:
    """Twilio signs the address, too; Vonage signs the fields only, and the secret in the path is its address."""
    said, path = office.text("hello"), office.path("mo")
    signature = RequestValidator(office.settings["auth_token"]).compute_signature(f"{PUBLIC}{path}", said)
    headers = {"X-Twilio-Signature": signature}
    assert Client().post(office.path("dlr"), urlencode(said), FORM, headers=headers).status_code == 403
    assert Client().post(f"{path}?id=1", urlencode(said), FORM, headers=headers).status_code == 403
    assert Client().post(path, urlencode(said), FORM, headers=headers).status_code == 200


def test_a_stop_takes_effect_before_the_carrier_is_answered(office: Office) -> None:
    assert office.knock("mo", office.text("STOP")).status_code == 200
    assert [(no.address, no.act) for no in Consent.objects.all()] == [(SARAH, "opted_out")]


def test_a_receipt_settles_what_was_in_doubt(office: Office) -> None:
    touch = office.in_doubt()
    assert office.knock("dlr", office.report(touch.id, "delivered")).status_code == 200
    touch.refresh_from_db()
    assert (touch.state, touch.status) == ("sent", "delivered")


def test_receipts_in_any_order_and_any_number_end_alike(office: Office) -> None:
    early, failed = "buffered" if office.kind == "vonage" else "sent", OPTED_OUT[office.kind][0]
    for order in permutations([early, "delivered", early, failed]):
        touch = office.in_doubt()
        for status in order:
            assert office.knock("dlr", office.report(touch.id, status)).status_code == 200
        touch.refresh_from_db()
        assert (touch.state, touch.status) == ("sent", "delivered"), order


def test_an_opt_out_that_the_carrier_holds_reaches_our_ledger(office: Office) -> None:
    touch = office.in_doubt()
    for _ in range(2):
        assert office.knock("dlr", office.report(touch.id, *OPTED_OUT[office.kind])).status_code == 200
    assert [(no.address, no.act) for no in Consent.objects.all()] == [(SARAH, "opted_out")]
    assert not Message.objects.filter(direction="out").exclude(touch=touch).exists(), "the carrier has answered them"


def test_a_receipt_of_nobodys_text_is_thanked_for(office: Office) -> None:
    before = rows()
    assert office.knock("dlr", office.report(uuid7(), "delivered")).status_code == 200
    assert rows() == before
