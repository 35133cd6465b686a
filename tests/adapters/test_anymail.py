"""Letters through e-mail vendors: SendGrid held to its own contract, callbacks signed as the vendors sign them.

No test calls a vendor: SendGrid is a mock made from its OpenAPI document, Postmark and Mailgun are stand-ins.
"""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from rewarm.adapters.channels import Callback, Channel, open_channel
from rewarm.domain.outbox import Accepted, Outcome, Refused
from rewarm.errors import SetupError
from tests.adapters import npm_rigs, rigs
from tests.adapters.http_rigs import Reply, stand_in
from tests.adapters.mail_rigs import MAIL
from tests.adapters.outcomes import FOR_GOOD, FOR_NOW, IN_DOUBT, TAKEN, felt

pytestmark = [
    # anymail's makers have no SendGrid account to test with any more; the contract below is our own proof.
    pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailNotSupportedWarning"),
    pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailInsecureWebhookWarning"),
]
NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
KEYS = {
    "sendgrid": {"api_key": "SG.secret"},
    "postmark": {"server_token": "secret"},
    "mailgun": {"api_key": "secret", "sender_domain": "mg.elmstreet.example"},
    "resend": {"api_key": "secret"},
    "brevo": {"api_key": "secret"},
    "sparkpost": {"api_key": "secret"},
    "mandrill": {"api_key": "secret"},
    "mailjet": {"api_key": "secret", "secret_key": "secret"},
}


@contextmanager
def vendor(esp: str, url: str = "https://vendor.example/", **settings: Any) -> Iterator[Channel]:
    options = KEYS[esp] | {"api_url": url} | settings.pop("options", {})
    with closing(open_channel("anymail", {"esp": esp, "options": options} | settings)) as channel:
        yield channel


# --- SendGrid, by its own contract ----------------------------------------------------------------------
# The file is one path of the vendor's document. What it points to is completed here from the vendor's reference; and its
# top-level `custom_args` says "string" where the vendor's own words and examples say object.

MAILBOX = {
    "type": "object", "required": ["email"], "additionalProperties": False,
    "properties": {"email": {"type": "string", "format": "email"}, "name": {"type": "string"}},
}  # fmt: skip
SCHEMAS = {
    "from_email_object": MAILBOX, "cc_bcc_email_object": MAILBOX, "reply_to_email_object": MAILBOX,
    "to_email_array": {"type": "array", "minItems": 1, "items": MAILBOX},
}  # fmt: skip


@pytest.fixture(scope="module")
def sendgrid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("sendgrid")
    text = npm_rigs.unpacked(home, "sendgrid_mail_send.json").read_text()
    for kind in ("schemas", "responses"):
        text = text.replace(f"../../components/{kind}.json#/", f"#/components/{kind}/")
    path = json.loads(text)["mail_send"]
    body = path["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
    body["custom_args"] = {"type": "object", "additionalProperties": {"type": "string"}}
    refusals = {
        answer["$ref"].rpartition("/")[2]: {"description": "refused", "content": {"application/json": {"example": {}}}}
        for answer in path["post"]["responses"].values() if "$ref" in answer
    }  # fmt: skip
    whole = {
        "openapi": "3.0.3", "info": {"title": "SendGrid", "version": "3"}, "paths": {"/v3/mail/send": path},
        "components": {
            "schemas": SCHEMAS, "responses": refusals,
            "securitySchemes": {"Authorization": {"type": "http", "scheme": "bearer"}},
        },
    }  # fmt: skip
    contract = home / "whole.json"
    contract.write_text(json.dumps(whole))
    port = rigs.free_port()
    with npm_rigs.program(home, port, ".bin/prism", "mock", "-h", "127.0.0.1", "-p", str(port), str(contract)):
        yield f"http://127.0.0.1:{port}/v3/"


def test_sendgrids_contract_takes_our_letters(sendgrid: str) -> None:
    with vendor("sendgrid", sendgrid) as channel:
        for letter in (MAIL, replace(MAIL, html=None, ics=None, headers={}, sender_name="")):
            outcome = channel.send(letter)
            assert isinstance(outcome, Accepted), outcome
            assert outcome.provider_id


@pytest.mark.parametrize(
    ("wrong", "verdict"),
    [
        ({"esp_extra": {"asm": {}}}, FOR_GOOD),
        ({"esp_extra": {"mail_settings": {"sandbox_mode": {"enable": "yes"}}}}, FOR_GOOD),
        ({"esp_extra": {"mail_settings": {"sandbox_mode": {"enable": True}}}}, TAKEN),
    ],
)
def test_sendgrids_contract_refuses_what_it_does_not_know(sendgrid: str, wrong: dict[str, Any], verdict: str) -> None:
    with vendor("sendgrid", sendgrid, options={"send_defaults": wrong}) as channel:
        assert felt(channel.send(MAIL)) == verdict


# --- What is asked, and what is made of the answer ------------------------------------------------------


def test_a_letter_goes_to_the_vendor_whole_with_our_key_and_without_its_pixel() -> None:
    with (
        stand_in(lambda _: (202, "")) as server,
        vendor("sendgrid", server.url, reply_to="desk@elm.example") as channel,
    ):
        assert felt(channel.send(MAIL)) == TAKEN
    (asked,) = server.asked
    said = json.loads(asked.body)
    assert (asked.method, asked.path) == ("POST", "/mail/send")
    assert asked.headers["authorization"] == "Bearer SG.secret"
    assert said["personalizations"][0]["to"] == [{"email": MAIL.to}]
    assert said["from"] == {"email": MAIL.sender, "name": MAIL.sender_name}
    assert (said["subject"], said["custom_args"]["touch"]) == (MAIL.subject, MAIL.id)
    assert [part["type"] for part in said["content"]] == ["text/plain", "text/html"]
    assert said["content"][0]["value"] == MAIL.text
    assert said["headers"]["List-Unsubscribe"] == MAIL.headers["List-Unsubscribe"]
    assert said["headers"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert said["headers"]["Message-ID"] == "<touch-2@elmstreet.example>"
    assert not set(said["headers"]) & {"From", "To", "Subject", "Date", "Content-Type", "MIME-Version"}
    assert said["reply_to_list"] == [{"email": "desk@elm.example"}]
    assert said["tracking_settings"] == {"click_tracking": {"enable": False}, "open_tracking": {"enable": False}}
    assert said["attachments"][0]["filename"] == "invite.ics"


ANSWERS = {
    "sendgrid": (202, ""),
    "postmark": (200, '{"ErrorCode": 0, "Message": "OK", "MessageID": "pm-1", "To": "sarah@example.com"}'),
    "mailgun": (200, '{"id": "<mg-1@elm>", "message": "Queued. Thank you."}'),
    "resend": (200, '{"id": "re-1"}'),
    "brevo": (201, '{"messageId": "<br-1@elm>"}'),
    "sparkpost": (200, '{"results": {"total_rejected_recipients": 0, "total_accepted_recipients": 1, "id": "sp-1"}}'),
    "mandrill": (200, '[{"email": "sarah@example.com", "status": "sent", "_id": "md-1"}]'),
    "mailjet": (
        200,
        '{"Messages": [{"Status": "success", "To": [{"Email": "sarah@example.com", "MessageUUID": "u",'
        ' "MessageID": 7, "MessageHref": "h"}], "Cc": [], "Bcc": []}]}',
    ),
}


@pytest.mark.parametrize("esp", ANSWERS)
def test_every_vendor_is_asked_in_its_own_way_and_gets_the_way_out(esp: str) -> None:
    with stand_in(lambda _: ANSWERS[esp]) as server, vendor(esp, server.url) as channel:
        assert felt(channel.send(MAIL)) == TAKEN
    (asked,) = server.asked
    assert b"List-Unsubscribe=One-Click" in asked.body
    assert b"elmstreet.example/out/abc" in asked.body or b"elmstreet.example\\/out\\/abc" in asked.body
    assert b"touch-2" in asked.body


def test_connections_are_kept_between_letters() -> None:
    with stand_in(lambda _: ANSWERS["postmark"]) as server, vendor("postmark", server.url) as channel:
        assert [channel.send(MAIL) for _ in range(3)] == [Accepted("pm-1")] * 3
    assert len(server.asked) == 3


def said(esp: str, reply: Reply, **settings: Any) -> Outcome:
    with stand_in(lambda _: reply) as server, vendor(esp, server.url, **settings) as channel:
        return channel.send(MAIL)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (400, FOR_GOOD), (401, FOR_NOW), (402, FOR_NOW), (403, FOR_NOW), (404, FOR_NOW), (413, FOR_GOOD),
        (422, FOR_GOOD), (429, FOR_NOW), (500, IN_DOUBT), (502, IN_DOUBT), (503, IN_DOUBT),
    ],
)  # fmt: skip
def test_what_the_code_of_an_answer_proves(status: int, verdict: str) -> None:
    outcome = said("sendgrid", (status, '{"errors": [{"message": "because"}]}'))
    assert felt(outcome) == verdict
    if isinstance(outcome, Refused):
        assert "because" in outcome.reason
        assert outcome.stops_sender == (status in (401, 402, 403, 404))


@pytest.mark.parametrize(
    "reply", [(200, "hello"), (200, "{}"), (200, "[]"), (200, "null"), (200, '{"ErrorCode": 0, "Message": "OK"}')]
)
def test_an_answer_that_nobody_promised_leaves_us_in_doubt(reply: Reply) -> None:
    assert felt(said("postmark", reply)) == IN_DOUBT


def test_an_address_that_the_vendor_refuses_is_refused_for_good() -> None:
    inactive = (
        "You tried to send to a recipient that has been marked as inactive.\nFound inactive addresses: "
        "sarah@example.com.\nInactive recipients are ones that have generated a hard bounce or a spam complaint."
    )
    assert felt(said("postmark", (422, json.dumps({"ErrorCode": 406, "Message": inactive})))) == FOR_GOOD
    rejected = '[{"email": "sarah@example.com", "status": "rejected", "_id": "x", "reject_reason": "unsub"}]'
    assert felt(said("mandrill", (200, rejected))) == FOR_GOOD


@pytest.mark.parametrize(
    ("behave", "verdict"),
    [
        (rigs.hears_and_hangs, IN_DOUBT),
        (rigs.hears_and_drops, IN_DOUBT),
        (rigs.answers("302 Found", "", "Location: http://127.0.0.1:1/"), IN_DOUBT),
        (rigs.answers("429 Too Many Requests", "slow down", "Retry-After: 90"), FOR_NOW),
        (rigs.answers("503 Service Unavailable", "later", "Retry-After: 90"), FOR_NOW),
    ],
)
def test_a_vendor_that_breaks(behave: rigs.Behaviour, verdict: str) -> None:
    bare = replace(MAIL, html=None, ics=None)
    with rigs.broken_server(behave) as port, vendor("sendgrid", f"http://127.0.0.1:{port}", timeout=0.3) as channel:
        outcome = channel.send(bare)
    assert felt(outcome) == verdict
    if isinstance(outcome, Refused):
        assert outcome.retry_after == timedelta(seconds=90)


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}", "http://no-such-host.invalid"])
def test_nobody_listens(url: str) -> None:
    with vendor("sendgrid", url.format(port=rigs.free_port())) as channel:
        assert felt(channel.send(MAIL)) == FOR_NOW


@pytest.mark.parametrize(
    "changes", [{"subject": "a\nBcc: x@y.example"}, {"to": "a@b.example, c@d.example"}, {"to": ""}]
)
def test_what_is_no_mail_is_not_sent(changes: dict[str, Any]) -> None:
    with stand_in() as server, vendor("sendgrid", server.url) as channel:
        assert felt(channel.send(replace(MAIL, **changes))) == FOR_GOOD
    assert not server.asked


def test_a_sender_without_its_settings_says_which() -> None:
    with pytest.raises(SetupError, match="esp"):
        open_channel("anymail", {})
    with pytest.raises(SetupError, match="pigeon"):
        open_channel("anymail", {"esp": "pigeon"})
    with pytest.raises(SetupError, match="SERVER_TOKEN"):
        open_channel("anymail", {"esp": "postmark"})


# --- Callbacks ------------------------------------------------------------------------------------------

URL = "https://hooks.elmstreet.example/hooks/carrier/w/s/dlr"
SIGNING_KEY = ec.generate_private_key(ec.SECP256R1())
VERIFYING_KEY = b64encode(
    SIGNING_KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
).decode()
HOOKS: dict[str, dict[str, str]] = {
    "sendgrid": {"tracking_webhook_verification_key": VERIFYING_KEY},
    "mailgun": {"webhook_signing_key": "mg-key"},
    "postmark": {"webhook_secret": "elm:street"},
}


def event(**changes: Any) -> dict[str, Any]:
    """One event as SendGrid's reference shows it."""
    return {
        "email": "Sarah@example.com", "timestamp": int(NOW.timestamp()) - 60, "event": "delivered", "touch": "touch-2",
        "anymail_id": "sg-1", "sg_event_id": "e-1", "sg_message_id": "m-1", "response": "250 OK",
    } | changes  # fmt: skip


def from_sendgrid(*events: dict[str, Any]) -> Callback:
    """Sign a callback as SendGrid does: ECDSA over the time and the bytes of the body."""
    body, at = json.dumps(events).encode(), "1795300000"
    signature = b64encode(SIGNING_KEY.sign(at.encode() + body, ec.ECDSA(hashes.SHA256()))).decode()
    headers = {
        "content-type": "application/json",
        "x-twilio-email-event-webhook-signature": signature,
        "x-twilio-email-event-webhook-timestamp": at,
    }
    return Callback("dlr", {}, "POST", URL, headers, body)


def from_mailgun(data: dict[str, Any]) -> Callback:
    """Sign a callback as Mailgun does: HMAC over the time and a token."""
    at, token = "1795300000", "t" * 50
    signature = hmac.new(b"mg-key", f"{at}{token}".encode(), hashlib.sha256).hexdigest()
    signed = {"signature": {"timestamp": at, "token": token, "signature": signature}, "event-data": data}
    return Callback("dlr", {}, "POST", URL, {"content-type": "application/json"}, json.dumps(signed).encode())


def from_postmark(data: dict[str, Any], kind: str = "dlr", login: str = "elm:street") -> Callback:
    """Postmark signs nothing: the user and password of the address are all."""
    headers = {"content-type": "application/json", "authorization": f"Basic {b64encode(login.encode()).decode()}"}
    return Callback(kind, {}, "POST", URL.replace("dlr", kind), headers, json.dumps(data).encode())


@pytest.mark.parametrize(
    ("changes", "kind", "reason"),
    [
        ({}, "delivered", "250 OK"),
        ({"event": "processed"}, "accepted", ""),
        ({"event": "deferred", "response": "450 later"}, "accepted", "450 later"),
        ({"event": "bounce", "reason": "550 5.1.1 unknown", "type": "bounce"}, "bounced", "hard 250 OK"),
        ({"event": "bounce", "response": "550 blocked", "type": "blocked"}, "bounced", "soft 550 blocked"),
        ({"event": "spamreport", "response": ""}, "complained", ""),
        ({"event": "unsubscribe", "response": ""}, "unsubscribed", ""),
        ({"event": "group_unsubscribe", "response": ""}, "unsubscribed", ""),
        ({"event": "dropped", "reason": "Invalid"}, "undelivered", "invalid"),
    ],
)
def test_sendgrids_events_in_our_words(changes: dict[str, Any], kind: str, reason: str) -> None:
    with vendor("sendgrid", webhook=HOOKS["sendgrid"]) as channel:
        callback = from_sendgrid(event(**changes))
        assert channel.verify(callback, NOW)
        (told,) = channel.parse(callback, NOW)
    assert (told.kind, told.our_id, told.provider_id) == (kind, "touch-2", "sg-1")
    assert told.from_address == "sarah@example.com"
    assert told.reason.startswith(reason)
    assert told.at is not None and told.at <= NOW
    assert json.loads(told.raw)["sg_event_id"] == "e-1"


def test_several_events_come_at_once_and_what_is_not_ours_to_know_is_left_out() -> None:
    events = [event(event=name) for name in ("open", "click", "delivered", "group_resubscribe", "something new")]
    with vendor("sendgrid", webhook=HOOKS["sendgrid"]) as channel:
        assert [told.kind for told in channel.parse(from_sendgrid(*events), NOW)] == ["delivered"]


def test_a_no_that_only_the_vendor_had_heard_reaches_our_ledger() -> None:
    dropped = event(event="dropped", reason="Unsubscribed Address")
    with vendor("sendgrid", webhook=HOOKS["sendgrid"]) as channel:
        assert [told.kind for told in channel.parse(from_sendgrid(dropped), NOW)] == ["undelivered", "unsubscribed"]


def test_a_time_of_tomorrow_is_now() -> None:
    with vendor("sendgrid", webhook=HOOKS["sendgrid"]) as channel:
        late, none = event(timestamp=int(NOW.timestamp()) + 86_400), event(timestamp="soon")
        assert [told.at for told in channel.parse(from_sendgrid(late), NOW)] == [NOW]
        assert list(channel.parse(from_sendgrid(none), NOW)) == []


def test_mailguns_events_in_our_words() -> None:
    data = {
        "event": "failed", "severity": "permanent", "reason": "bounce", "recipient": "sarah@example.com",
        "timestamp": NOW.timestamp() - 5, "user-variables": {"touch": "touch-2"},
        "message": {"headers": {"message-id": "touch-2@elmstreet.example"}},
        "delivery-status": {"message": "550 5.1.1 no such user"},
    }  # fmt: skip
    with vendor("mailgun", webhook=HOOKS["mailgun"]) as channel:
        (told,) = channel.parse(from_mailgun(data), NOW)
        assert (told.kind, told.our_id, told.provider_id) == ("bounced", "touch-2", "<touch-2@elmstreet.example>")
        assert told.reason == "hard bounced 550 5.1.1 no such user"
        (passing,) = channel.parse(from_mailgun(data | {"severity": "temporary"}), NOW)
        assert passing.kind == "accepted", "it is still being tried"


POSTMARK_BOUNCE = {
    "RecordType": "Bounce", "ID": 42, "Type": "HardBounce", "MessageID": "pm-1", "Email": "sarah@example.com",
    "BouncedAt": "2026-11-20T16:59:00Z", "Details": "550 unknown", "Metadata": {"touch": "touch-2"},
}  # fmt: skip


def test_postmarks_events_in_our_words() -> None:
    soft, spam = (
        POSTMARK_BOUNCE | {"Type": "SoftBounce"},
        POSTMARK_BOUNCE | {"RecordType": "SpamComplaint", "Type": "SpamComplaint"},
    )
    with vendor("postmark", webhook=HOOKS["postmark"]) as channel:
        told = [one for data in (POSTMARK_BOUNCE, soft, spam) for one in channel.parse(from_postmark(data), NOW)]
    assert [(one.kind, one.our_id) for one in told] == [
        ("bounced", "touch-2"), ("bounced", "touch-2"), ("complained", "touch-2"),
    ]  # fmt: skip
    assert [one.reason.split()[0] for one in told] == ["hard", "soft", "spam"]


def test_an_answer_through_the_vendor_is_read_as_one_by_mail() -> None:
    data = {
        "FromFull": {"Email": "Sarah@example.com", "Name": "Sarah"}, "ToFull": [{"Email": "care@elmstreet.example"}],
        "Subject": "Re: Your question", "MessageID": "pm-in-1", "TextBody": "How much is it?\n\nOn Friday you wrote:\n> Hi",
        "Headers": [
            {"Name": "Message-ID", "Value": "<abc@mail.example>"},
            {"Name": "In-Reply-To", "Value": "<0197a3c2-0000-7000-8000-000000000001@elmstreet.example>"},
        ],
    }  # fmt: skip
    with vendor("postmark", webhook=HOOKS["postmark"]) as channel:
        callback = from_postmark(data, "mo")
        assert channel.verify(callback, NOW)
        (told,) = channel.parse(callback, NOW)
    assert (told.kind, told.from_address, told.to_address) == ("inbound", "sarah@example.com", "care@elmstreet.example")
    assert (told.text, told.our_id) == ("How much is it?", "0197a3c2-0000-7000-8000-000000000001")
    assert told.provider_id == "mail:abc@mail.example"


# --- Who may call ---------------------------------------------------------------------------------------

GENUINE = {
    "sendgrid": from_sendgrid(event()), "mailgun": from_mailgun({"event": "delivered"}),
    "postmark": from_postmark(POSTMARK_BOUNCE),
}  # fmt: skip


@pytest.mark.parametrize("esp", GENUINE)
def test_only_the_vendor_may_call(esp: str) -> None:
    genuine = GENUINE[esp]
    with vendor(esp, webhook=HOOKS[esp]) as channel:
        assert channel.verify(genuine, NOW)
        assert channel.verify(genuine, NOW), "a repetition is genuine, too; it changes nothing"
        unsigned = {"content-type": "application/json"}
        for forged in (
            replace(genuine, headers=unsigned, body=b"{}"),
            replace(genuine, headers=unsigned, body=b""),
            replace(genuine, kind="core"),
            replace(genuine, kind="base"),
            replace(genuine, kind="tracking"),
        ):
            assert not channel.verify(forged, NOW)
            assert not list(channel.parse(forged, NOW)) or forged.kind == "dlr"


def test_a_signature_covers_the_bytes() -> None:
    genuine, headers = GENUINE["sendgrid"], dict(GENUINE["sendgrid"].headers)
    signature, at = "x-twilio-email-event-webhook-signature", "x-twilio-email-event-webhook-timestamp"
    with vendor("sendgrid", webhook=HOOKS["sendgrid"]) as channel:
        for forged in (
            replace(genuine, body=genuine.body.replace(b"touch-2", b"touch-3")),
            replace(genuine, body=genuine.body + b" "),
            replace(genuine, headers=headers | {at: "1795300001"}),
            replace(genuine, headers=headers | {signature: b64encode(b"nonsense").decode()}),
            replace(genuine, headers=headers | {signature: "no base 64"}),
            replace(genuine, headers={name: text for name, text in headers.items() if name != at}),
        ):
            assert not channel.verify(forged, NOW)
    mailgun = GENUINE["mailgun"]
    with vendor("mailgun", webhook={"webhook_signing_key": "another"}) as channel:
        assert not channel.verify(mailgun, NOW)
    with vendor("postmark", webhook=HOOKS["postmark"]) as channel:
        assert not channel.verify(from_postmark(POSTMARK_BOUNCE, login="elm:tree"), NOW)


@pytest.mark.parametrize("esp", ["sendgrid", "mailgun", "postmark", "resend", "brevo", "mandrill"])
def test_a_vendor_whose_key_was_not_told_may_not_call(esp: str) -> None:
    with vendor(esp) as channel:
        assert not channel.verify(GENUINE.get(esp, GENUINE["postmark"]), NOW)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b"[1]", b'[{"event": 7}]', b'{"event-data": 1}', b"\xff"])
@pytest.mark.parametrize("kind", ["dlr", "mo"])
@pytest.mark.parametrize("esp", HOOKS)
def test_nothing_comes_of_what_is_not_understood(esp: str, kind: str, body: bytes) -> None:
    odd = Callback(kind, {}, "POST", URL, {"content-type": "application/json"}, body)
    with vendor(esp, webhook=HOOKS[esp]) as channel:
        assert [told for told in channel.parse(odd, NOW) if told.our_id] == []
