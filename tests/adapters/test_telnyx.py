"""Telnyx, held to its own SDK: what that sends, what it raises, and what it takes for signed."""

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import telnyx as vendor_sdk
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as some
from telnyx.lib.webhook_verification import WebhookVerificationError, verify_webhook_signature
from telnyx.types import MessageSendResponse

from rewarm.adapters.channels import Callback, Channel, Incoming, Outbound, Sought, open_channel
from rewarm.domain.outbox import Accepted, Refused, Report, Unknown
from rewarm.errors import SetupError
from tests.adapters.http_rigs import StandIn, stand_in

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = b64encode(KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
NOW = datetime.now(UTC)  # the vendor's check reads the machine's clock
ID = "b0c7e8cb-6227-4c74-9f32-c7f80c30934b"
CALLBACK = "https://care.example/hooks/carrier/w/s/dlr?id=touch-1"
TEXT = Outbound("touch-1", "+15550001111", "+15552223333", "Hi Sarah – it is Elm Street.", callback_url=CALLBACK)
TAKEN = {"data": {"id": ID, "record_type": "message", "to": [{"phone_number": "+15552223333", "status": "queued"}]}}


@pytest.fixture
def vendor() -> Iterator[StandIn]:
    with stand_in(lambda _: (200, json.dumps(TAKEN))) as server:
        yield server


OPENED: list[Channel | vendor_sdk.Telnyx] = []


@pytest.fixture(autouse=True)
def _hang_up() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


def telnyx(url: str = "https://api.telnyx.example/v2", **settings: Any) -> Channel:
    OPENED.append(
        channel := open_channel("telnyx", {"api_key": "KEY1", "public_key": PUBLIC, "base_url": url} | settings)
    )
    return channel


def sdk(url: str) -> vendor_sdk.Telnyx:
    """Open the vendor's own client against another address; it would try again by itself."""
    OPENED.append(client := vendor_sdk.Telnyx(api_key="KEY1", base_url=url, max_retries=0))
    return client


@pytest.mark.parametrize(
    ("message", "settings", "said"),
    [
        (TEXT, {}, {}),
        (TEXT, {"messaging_profile_id": "p1"}, {"messaging_profile_id": "p1"}),
        (replace(TEXT, media=("https://care.example/1.jpg",)), {}, {"media_urls": ["https://care.example/1.jpg"]}),
    ],
)
def test_we_ask_for_exactly_what_the_sdk_asks_for(
    vendor: StandIn, message: Outbound, settings: dict[str, Any], said: dict[str, Any]
) -> None:
    assert telnyx(vendor.url, **settings).send(message) == Accepted(ID)
    answer: MessageSendResponse = sdk(vendor.url).messages.send(
        from_=TEXT.sender, to=TEXT.to, text=TEXT.text, webhook_url=CALLBACK, idempotency_key="touch-1", **said
    )
    assert answer.data is not None and answer.data.id == ID
    ours, theirs = vendor.asked
    assert json.loads(ours.body) == json.loads(theirs.body)
    for name in ("authorization", "content-type", "idempotency-key"):
        assert ours.headers[name] == theirs.headers[name]
    assert (ours.method, ours.path) == (theirs.method, theirs.path)


ERRORS = [
    (400, "40300", Refused(True, "40300: as told", opted_out=True)),
    (400, "40310", Refused(True, "40310: as told")),
    (422, "10004", Refused(True, "10004: as told")),
    (400, "40305", Refused(False, "40305: as told", timedelta(hours=1), stops_sender=True)),
    (401, "10009", Refused(False, "10009: as told", timedelta(hours=1), stops_sender=True)),
    (403, "10010", Refused(False, "10010: as told", timedelta(hours=1), stops_sender=True)),
    (429, "10011", Refused(False, "10011: as told")),
    (400, "40318", Refused(False, "40318: as told")),
    (408, "10008", Unknown("10008: as told")),
    (500, "10007", Unknown("10007: as told")),
]


@pytest.mark.parametrize(("status", "code", "outcome"), ERRORS)
def test_an_error_is_one_that_the_sdk_raises(vendor: StandIn, status: int, code: str, outcome: object) -> None:
    vendor.reply = lambda _: (status, json.dumps({"errors": [{"code": code, "title": "as told", "detail": "-"}]}))
    assert telnyx(vendor.url).send(TEXT) == outcome
    with pytest.raises(vendor_sdk.APIStatusError) as raised:
        sdk(vendor.url).messages.send(to=TEXT.to, from_=TEXT.sender, text="Hi")
    assert raised.value.status_code == status


@pytest.mark.parametrize(
    "body", ["", "null", "[]", "<html>", '{"data": 1}', '{"data": {}}', '{"errors": [1]}', '{"errors": 1}']
)
@pytest.mark.parametrize("status", [200, 302, 400, 404, 500])
def test_an_answer_that_nobody_promised_proves_nothing(vendor: StandIn, status: int, body: str) -> None:
    vendor.reply = lambda _: (status, body)
    assert isinstance(telnyx(vendor.url).send(TEXT), Unknown)


def test_a_message_is_asked_for_by_its_id_only(vendor: StandIn) -> None:
    failed = {"data": {"id": ID, "to": [{"status": "delivery_failed"}], "errors": [{"code": "40001"}]}}
    vendor.reply = lambda request: (
        (200, json.dumps(failed)) if request.path.endswith(f"/messages/{ID}") else (404, "{}")
    )
    sought = Sought("touch-1", ID, TEXT.sender, TEXT.to, TEXT.text, NOW)
    assert telnyx(vendor.url).look_up(sought) == Report("undelivered", NOW, ID, "40001")
    assert telnyx(vendor.url).look_up(replace(sought, provider_id="another")) is None
    assert telnyx(vendor.url).look_up(replace(sought, provider_id="")) is None


# --- Callbacks --------------------------------------------------------------------------------------------


def knock(kind: str, payload: object, at: datetime = NOW, *, key: Ed25519PrivateKey = KEY) -> Callback:
    """Sign an event as Telnyx does."""
    body = json.dumps({"data": {"event_type": "message", "payload": payload}}).encode()
    return sealed(kind, body, str(int(at.timestamp())), key)


def sealed(kind: str, body: bytes, made: str, key: Ed25519PrivateKey = KEY) -> Callback:
    signature = b64encode(key.sign(f"{made}|".encode() + body)).decode()
    headers = {"telnyx-timestamp": made, "telnyx-signature-ed25519": signature}
    return Callback(kind, {"id": "touch-1"} if kind == "dlr" else {}, "POST", CALLBACK, headers, body)


MO = {
    "id": ID, "direction": "inbound", "text": "how much is it?", "from": {"phone_number": "+15552223333"},
    "to": [{"phone_number": "+15550001111", "status": "webhook_delivered"}],
}  # fmt: skip
DLR = {
    "id": ID, "direction": "outbound", "from": {"phone_number": "+15550001111"},
    "to": [{"phone_number": "+15552223333", "status": "delivered"}], "errors": [],
}  # fmt: skip


def heard(kind: str, said: object) -> list[Incoming]:
    return list(telnyx().parse(knock(kind, said), NOW))


def test_a_text_comes_in() -> None:
    (said,) = heard("mo", MO)
    assert (said.kind, said.provider_id, said.text, said.answered) == ("inbound", ID, "how much is it?", False)
    assert (said.from_address, said.to_address) == ("+15552223333", "+15550001111")
    (odd,) = heard("mo", MO | {"text": "a\0b\ud83d"})
    assert odd.text == "ab?" and "\0" not in odd.raw


@pytest.mark.parametrize(
    ("text", "auto", "kind"),
    [("stop", "STOP", "opt_out"), ("Start", "START", "opt_in"), ("yes", "START", "inbound"), ("help", "HELP", "help")],
)
def test_keywords_that_telnyx_answers_are_not_answered_twice(text: str, auto: str, kind: str) -> None:
    (said,) = heard("mo", MO | {"text": text, "autoresponse_type": auto})
    assert (said.kind, said.answered) == (kind, kind != "inbound")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("queued", "accepted"), ("sending", "accepted"), ("sent", "sent"), ("delivery_unconfirmed", "sent"),
        ("delivered", "delivered"), ("sending_failed", "undelivered"), ("delivery_failed", "undelivered"),
    ],
)  # fmt: skip
def test_statuses_in_our_words(status: str, kind: str) -> None:
    (told,) = heard("dlr", DLR | {"to": [{"phone_number": "+15552223333", "status": status}]})
    assert (told.kind, told.our_id, told.provider_id) == (kind, "touch-1", ID)


def test_a_status_that_says_opted_out_is_an_opt_out_as_well() -> None:
    to = [{"phone_number": "+15552223333", "status": "sending_failed"}]
    report, stop = heard("dlr", DLR | {"to": to, "errors": [{"code": "40300"}]})
    assert (report.kind, report.reason) == ("undelivered", "40300")
    assert (stop.kind, stop.from_address, stop.answered) == ("opt_out", "+15552223333", True)


@pytest.mark.parametrize(
    "said", [None, [], "x", {}, {"id": ID}, MO | {"from": []}, MO | {"id": None}, DLR | {"to": "+1555"}]
)
@pytest.mark.parametrize("kind", ["mo", "dlr", "x"])
def test_nothing_comes_of_what_is_not_understood(kind: str, said: object) -> None:
    assert heard(kind, said) == []


def theirs(callback: Callback) -> bool:
    """Ask the vendor's own check."""
    try:
        verify_webhook_signature(callback.body, callback.headers, PUBLIC)
    except WebhookVerificationError:
        return False
    return True


@given(
    said=some.text(max_size=40),
    made=some.one_of(
        some.integers(-310, 310).map(lambda late: str(int(NOW.timestamp()) + late)), some.text(max_size=5)
    ),
    spoiled=some.sampled_from(["", "body", "time", "signature", "key"]),
)
def test_we_agree_with_the_vendors_own_check(said: str, made: str, spoiled: str) -> None:
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
    callback = sealed("mo", said.encode(), made, other if spoiled == "key" else KEY)
    if spoiled == "body":
        callback = replace(callback, body=callback.body + b" ")
    if spoiled in ("time", "signature"):
        name = {"time": "telnyx-timestamp", "signature": "telnyx-signature-ed25519"}[spoiled]
        callback = replace(callback, headers={**callback.headers, name: callback.headers[name][:-1]})
    assert telnyx().verify(callback, datetime.now(UTC)) == theirs(callback)


def test_without_its_headers_nothing_is_signed() -> None:
    good = knock("mo", MO)
    assert telnyx().verify(good, NOW) and theirs(good)
    for name in good.headers:
        assert not telnyx().verify(replace(good, headers={name: good.headers[name]}), NOW)
    assert not telnyx().verify(good, NOW + timedelta(minutes=6))
    assert not telnyx().verify(good, NOW - timedelta(minutes=6))


def test_a_sender_without_its_settings_says_which() -> None:
    with pytest.raises(SetupError, match="public_key"):
        open_channel("telnyx", {"api_key": "KEY1"})
    with pytest.raises(SetupError, match="portal"):
        telnyx(public_key="not a key")
