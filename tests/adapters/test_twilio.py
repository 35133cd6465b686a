"""Twilio, held to its own contract (a mock made from its OpenAPI document), its own SDK and its own signatures."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as some
from requests import Session
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from rewarm.adapters.channels import Callback, Channel, Incoming, Outbound, Sought, open_channel
from rewarm.domain.outbox import Accepted, Refused, Report, Unknown
from rewarm.errors import SetupError
from tests.adapters import npm_rigs
from tests.adapters.http_rigs import StandIn, stand_in

NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
ACCOUNT, SID, TOKEN = "AC" + "a" * 32, "SM" + "a" * 32, "12345"
SERVICE = "MG" + "b" * 32
CALLBACK = "https://care.example/hooks/carrier/w/s/dlr?id=touch-1"
TEXT = Outbound("touch-1", "+15550001111", "+15552223333", "Hi Sarah – it is Elm Street.", callback_url=CALLBACK)


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with npm_rigs.prism(tmp_path_factory.mktemp("twilio"), "twilio_api_v2010.json") as url:
        yield url


@pytest.fixture
def vendor() -> Iterator[StandIn]:
    with stand_in(lambda _: (201, json.dumps({"sid": SID, "status": "queued"}))) as server:
        yield server


OPENED: list[Channel | Session] = []


@pytest.fixture(autouse=True)
def _hang_up() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


def twilio(url: str = "https://api.twilio.example", **settings: Any) -> Channel:
    about = {"account_sid": ACCOUNT, "auth_token": TOKEN, "base_url": url}
    OPENED.append(channel := open_channel("twilio", about | settings))
    return channel


def sdk(url: str) -> Client:
    """Open the vendor's own client against another address."""
    client = Client(ACCOUNT, TOKEN)
    client.api.base_url = url
    OPENED.append(client.http_client.session)
    return client


# --- The contract: what the vendor's document allows ------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "settings"),
    [
        (TEXT, {}),
        (TEXT, {"messaging_service_sid": SERVICE}),
        (TEXT, {"api_key": "SK" + "c" * 32, "api_secret": "hush"}),
        (replace(TEXT, callback_url="", valid_for=timedelta(days=3)), {}),
        (replace(TEXT, valid_for=timedelta(0)), {}),
        (replace(TEXT, sender="whatsapp:+15550001111"), {}),
        (replace(TEXT, sender="rcs:elm_street"), {}),
    ],
)  # pictures: the mock reads no list out of a form, whoever sends it; the SDK is their judge below
def test_the_contract_takes_what_we_send(contract: str, message: Outbound, settings: dict[str, Any]) -> None:
    assert twilio(contract, **settings).send(message) == Accepted(SID)


def test_the_contract_would_have_told_us(contract: str) -> None:
    """The mock takes the SDK's word, and refuses what the document forbids; that is no refusal of Twilio's."""
    assert sdk(contract).messages.create(to=TEXT.to, from_=TEXT.sender, body=TEXT.text).sid == SID
    wrong = twilio(contract, messaging_service_sid="MG-no-such-thing").send(TEXT)
    assert isinstance(wrong, Unknown) and wrong.why.startswith("422")
    assert isinstance(twilio(contract, account_sid="AC1").send(TEXT), Unknown)


def test_the_contract_takes_our_questions(contract: str) -> None:
    sought = Sought("touch-1", SID, TEXT.sender, TEXT.to, TEXT.text, NOW)
    report = twilio(contract).look_up(sought)
    assert report is not None and report.provider_id and report.at.tzinfo is not None
    assert twilio(contract).look_up(replace(sought, provider_id="")) is None, "its examples are other people's"
    assert twilio(contract).look_up(replace(sought, provider_id="../..")) is None


# --- The SDK: the vendor's own hand on the same wire ------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "settings", "said"),
    [
        (TEXT, {}, {"from_": TEXT.sender, "to": TEXT.to}),
        (TEXT, {"messaging_service_sid": SERVICE}, {"messaging_service_sid": SERVICE, "to": TEXT.to}),
        (
            replace(TEXT, sender="whatsapp:+15550001111"), {},
            {"from_": "whatsapp:+15550001111", "to": "whatsapp:+15552223333"},
        ),
        (
            replace(TEXT, media=("https://care.example/1.jpg",)), {},
            {"from_": TEXT.sender, "to": TEXT.to, "media_url": ["https://care.example/1.jpg"]},
        ),
    ],
)  # fmt: skip
def test_we_ask_for_exactly_what_the_sdk_asks_for(
    vendor: StandIn, message: Outbound, settings: dict[str, Any], said: dict[str, Any]
) -> None:
    assert twilio(vendor.url, **settings).send(message) == Accepted(SID)
    sdk(vendor.url).messages.create(body=TEXT.text, status_callback=CALLBACK, validity_period=36_000, **said)
    ours, theirs = vendor.asked
    assert ours.form == theirs.form
    assert (ours.method, ours.path, ours.headers["authorization"]) == (
        theirs.method, theirs.path, theirs.headers["authorization"],
    )  # fmt: skip


ERRORS = [
    (400, 21211, Refused(True, "21211: as told")),
    (400, 21610, Refused(True, "21610: as told", opted_out=True)),
    (429, 20429, Refused(False, "20429: as told")),
    (429, 14107, Refused(False, "14107: as told")),
    (503, 20503, Refused(False, "20503: as told")),
    (400, 21611, Refused(False, "21611: as told")),
    (401, 20003, Refused(False, "20003: as told", timedelta(hours=1), stops_sender=True)),
    (403, 20003, Refused(False, "20003: as told", timedelta(hours=1), stops_sender=True)),
    (404, 20404, Refused(False, "20404: as told", timedelta(hours=1), stops_sender=True)),
    (400, 30034, Refused(False, "30034: as told", timedelta(hours=1), stops_sender=True)),
    (401, 99999, Refused(False, "99999: as told", timedelta(hours=1), stops_sender=True)),
    (429, 99999, Refused(False, "99999: as told")),
    (400, 99999, Refused(True, "99999: as told")),
    (500, 20500, Unknown("20500: as told")),
]


@pytest.mark.parametrize(("status", "code", "outcome"), ERRORS)
def test_an_error_is_the_one_that_the_sdk_raises(vendor: StandIn, status: int, code: int, outcome: object) -> None:
    vendor.reply = lambda _: (status, json.dumps({"code": code, "message": "as told", "status": status}))
    assert twilio(vendor.url).send(TEXT) == outcome
    with pytest.raises(TwilioRestException) as raised:
        sdk(vendor.url).messages.create(to=TEXT.to, from_=TEXT.sender, body=TEXT.text)
    assert (raised.value.code, raised.value.status) == (code, status)


@pytest.mark.parametrize(
    "body",
    ["", "null", "[]", "<html>", "[" * 9999, '{"code": "x"}', '{"code": [1]}', '{"sid": "SM1"}', '{"sid": null}'],
)
@pytest.mark.parametrize("status", [200, 201, 204, 302, 400, 404, 500])
def test_an_answer_that_nobody_promised_proves_nothing(vendor: StandIn, status: int, body: str) -> None:
    vendor.reply = lambda _: (status, body if status != 204 else "")
    assert isinstance(twilio(vendor.url).send(TEXT), Unknown)


def test_no_number_gets_into_a_reason(vendor: StandIn) -> None:
    vendor.reply = lambda _: (400, json.dumps({"code": 21614, "message": "'To' number +15552223333 is not mobile"}))
    assert twilio(vendor.url).send(TEXT) == Refused(True, "21614: 'To' number … is not mobile")


# --- Looking up: never by guess ---------------------------------------------------------------------------

SOUGHT = Sought("touch-1", "", TEXT.sender, TEXT.to, TEXT.text, NOW)
SENT = {
    "sid": SID, "direction": "outbound-api", "to": TEXT.to, "body": TEXT.text, "status": "delivered",
    "date_created": "Fri, 20 Nov 2026 17:00:05 +0000", "date_updated": "Fri, 20 Nov 2026 17:00:09 +0000",
}  # fmt: skip


def test_a_text_is_found_by_recipient_words_and_time(vendor: StandIn) -> None:
    others = [
        {**SENT, "body": "something else"}, {**SENT, "direction": "inbound"}, {**SENT, "to": "+15559998888"},
        {**SENT, "date_created": "Fri, 20 Nov 2026 16:00:00 +0000"}, {**SENT, "date_created": None}, {},
    ]  # fmt: skip
    vendor.reply = lambda _: (200, json.dumps({"messages": [*others, SENT]}))
    found = Report("delivered", NOW + timedelta(seconds=9), SID)
    assert twilio(vendor.url).look_up(SOUGHT) == found
    assert vendor.asked[0].query == {"To": TEXT.to, "DateSent>": "2026-11-20T16:59:30Z", "PageSize": "100"}
    sdk(vendor.url).messages.list(to=TEXT.to, date_sent_after=NOW - timedelta(seconds=30), page_size=100)
    assert vendor.asked[1].query == vendor.asked[0].query, "the SDK asks in the same words"


@pytest.mark.parametrize(
    "answer",
    [
        {"messages": [SENT, {**SENT, "sid": "SM" + "b" * 32}]},
        {"messages": [SENT], "next_page_uri": "/more"},
        {"messages": [{**SENT, "status": "receiving"}]},
        {"messages": [7]},
        {"messages": []},
        {"messages": None},
        {},
    ],
)
def test_a_doubt_is_no_answer(vendor: StandIn, answer: object) -> None:
    vendor.reply = lambda _: (200, json.dumps(answer))
    assert twilio(vendor.url).look_up(SOUGHT) is None


def test_a_known_id_is_asked_for_by_itself(vendor: StandIn) -> None:
    failed = {**SENT, "status": "undelivered", "error_code": 30003}
    vendor.reply = lambda request: (200, json.dumps(failed)) if f"/{SID}.json" in request.path else (404, "{}")
    at = NOW + timedelta(seconds=9)
    assert twilio(vendor.url).look_up(replace(SOUGHT, provider_id=SID)) == Report("undelivered", at, SID, "30003")
    assert twilio(vendor.url).look_up(replace(SOUGHT, provider_id="SM1")) is None
    assert twilio("http://127.0.0.1:1").look_up(SOUGHT) is None


# --- Callbacks in our words -------------------------------------------------------------------------------


def heard(kind: str = "mo", **said: str) -> list[Incoming]:
    about = {"MessageSid": SID, "From": "+15552223333", "To": "+15550001111"}
    return list(twilio().parse(Callback(kind, about | said), NOW))


def test_a_text_comes_in() -> None:
    (said,) = heard(Body="how much is it?", NumMedia="0")
    assert (said.kind, said.provider_id, said.text) == ("inbound", SID, "how much is it?")
    assert (said.from_address, said.to_address, said.answered) == ("+15552223333", "+15550001111", False)
    (picture,) = heard(Body="", NumMedia="1", MediaUrl0="https://api.twilio.com/1")
    assert picture.text == "" and "https://api.twilio.com/1" in picture.raw


@pytest.mark.parametrize("channel", ["whatsapp", "rcs"])
def test_the_consent_of_a_phone_is_one_whatever_carries_the_text(channel: str) -> None:
    (said,) = heard(Body="Hi", From=f"{channel}:+15552223333", To=f"{channel}:+15550001111")
    assert said.from_address == "+15552223333"


@pytest.mark.parametrize(
    ("said", "kind", "answered"),
    [
        ({"Body": "stop", "OptOutType": "STOP"}, "opt_out", True),
        ({"Body": "arrête", "OptOutType": "STOP"}, "opt_out", True),
        ({"Body": "START", "OptOutType": "START"}, "opt_in", True),
        ({"Body": "info", "OptOutType": "HELP"}, "help", True),
        ({"Body": " Cancel "}, "opt_out", True),  # a long code answers these without saying so
        ({"Body": "cancel my appointment"}, "inbound", False),
        ({"Body": "Yes", "OptOutType": "START"}, "inbound", False),  # to "want a time?" it is no consent
        ({"Body": "stop", "From": "whatsapp:+15552223333"}, "inbound", False),  # nobody there has answered it
    ],
)
def test_keywords_that_twilio_answers_are_not_answered_twice(said: dict[str, str], kind: str, answered: bool) -> None:
    (incoming,) = heard(**said)
    assert (incoming.kind, incoming.answered, incoming.text) == (kind, answered, said["Body"])


def test_an_account_that_leaves_stop_to_us_says_so() -> None:
    about = {"MessageSid": SID, "From": "+15552223333", "Body": "STOP"}
    (said,) = twilio(answers_stop=False).parse(Callback("mo", about), NOW)
    assert (said.kind, said.answered) == ("inbound", False)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("queued", "accepted"), ("sending", "accepted"), ("sent", "sent"), ("delivered", "delivered"),
        ("read", "delivered"), ("undelivered", "undelivered"), ("failed", "undelivered"),
    ],
)  # fmt: skip
def test_statuses_in_our_words(status: str, kind: str) -> None:
    (told,) = heard("dlr", id="touch-1", MessageStatus=status)
    assert (told.kind, told.our_id, told.provider_id, told.at) == (kind, "touch-1", SID, NOW)


def test_a_status_that_says_opted_out_is_an_opt_out_as_well() -> None:
    about = {"MessageStatus": "failed", "ErrorCode": "21610", "From": "+15550001111", "To": "+15552223333"}
    report, stop = heard("dlr", id="touch-1", **about)
    assert (report.kind, report.reason) == ("undelivered", "21610")
    assert (stop.kind, stop.from_address, stop.reason, stop.answered) == ("opt_out", "+15552223333", "21610", True)


@pytest.mark.parametrize(
    ("kind", "said"),
    [("dlr", {}), ("dlr", {"MessageStatus": "receiving"}), ("mo", {"MessageSid": ""}), ("mo", {"From": ""}), ("x", {})],
)
def test_nothing_comes_of_what_is_not_understood(kind: str, said: dict[str, str]) -> None:
    assert heard(kind, **said) == []


# --- Signatures -------------------------------------------------------------------------------------------

FORM = "application/x-www-form-urlencoded; charset=UTF-8"


def knock(url: str, fields: list[tuple[str, str]], signature: str, **headers: str) -> Callback:
    signed = {"content-type": FORM, "x-twilio-signature": signature, **headers}
    return Callback("mo", dict(fields), "POST", url, signed, urlencode(fields).encode())


@pytest.fixture(scope="module")
def vectors() -> dict[str, Any]:
    there = npm_rigs.DATA / "webhook_vectors" / "signature_vectors.json"
    if not there.exists():
        pytest.skip(f"the vendor's vectors are not at hand: {there}")
    found: dict[str, Any] = json.loads(there.read_text())["twilio"]
    return found


def test_the_vendors_vectors_fit_and_nothing_near_them(vectors: dict[str, Any]) -> None:
    door = twilio(auth_token=vectors["auth_token"])
    url, signature = vectors["url"], vectors["expected"]
    fields = list(vectors["params"].items())
    assert door.verify(knock(url, fields, signature), NOW)
    assert door.verify(knock(url, fields[::-1], signature), NOW), "the order of a form means nothing"
    assert door.verify(knock(url.replace(".com", ".com:443"), fields, signature), NOW)
    for tampered in (
        knock(url, fields[1:], signature),
        knock(url, [*fields, ("Body", "START")], signature),
        knock(url, [(name, text + " ") for name, text in fields], signature),
        knock(url.replace("foo=1", "foo=2"), fields, signature),
        knock(url.replace("https", "http"), fields, signature),
        knock(url.replace(".com", ".org"), fields, signature),
        knock(url, fields, signature.lower()),
        knock(url, fields, signature[:-1]),
        knock(url, fields, "é" + signature[1:]),
        knock(url, fields, ""),
        replace(knock(url, fields, signature), headers={"content-type": FORM}),
        replace(knock(url, fields, signature), headers={"x-twilio-signature": signature}),
        replace(knock(url, fields, signature), body=b""),
    ):
        assert not door.verify(tampered, NOW), tampered
    assert not twilio(auth_token="54321").verify(knock(url, fields, signature), NOW)


def test_a_name_given_twice_counts_with_all_its_values(vectors: dict[str, Any]) -> None:
    door, fields = twilio(auth_token=vectors["auth_token"]), [(a, b) for a, b in vectors["duplicate_params"]]
    assert door.verify(knock(vectors["url"], fields, vectors["duplicate_expected"]), NOW)
    assert not door.verify(knock(vectors["url"], [*fields, ("Digits", "9")], vectors["duplicate_expected"]), NOW)


def test_json_is_signed_by_its_hash(vectors: dict[str, Any]) -> None:
    oracle, door = RequestValidator(TOKEN), twilio()
    url, body = f"{vectors['url']}&bodySHA256={vectors['bodySHA256']}", vectors["json_body"].encode()
    signed = {"content-type": "application/json", "x-twilio-signature": oracle.compute_signature(url, {})}
    assert oracle.validate(url, body.decode(), signed["x-twilio-signature"])
    assert door.verify(Callback("mo", {}, "POST", url, signed, body), NOW)
    assert not door.verify(Callback("mo", {}, "POST", url, signed, body + b" "), NOW)
    bare = {**signed, "x-twilio-signature": oracle.compute_signature(vectors["url"], {})}
    assert not door.verify(Callback("mo", {}, "POST", vectors["url"], bare, body), NOW), "a body that no hash covers"


FIELDS = some.lists(some.tuples(some.text(min_size=1, max_size=4), some.text(max_size=6)), max_size=6)


class Multi(dict[str, list[str]]):
    """A form as the web frameworks hand it to the oracle."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


def multi(fields: list[tuple[str, str]]) -> Multi:
    form = Multi()
    for name, text in fields:
        form.setdefault(name, []).append(text)
    return form


@given(fields=FIELDS, other=FIELDS, port=some.sampled_from(["", ":443", ":8443"]), method=some.sampled_from([1, 256]))
def test_we_agree_with_the_vendors_validator(
    fields: list[tuple[str, str]], other: list[tuple[str, str]], port: str, method: int
) -> None:
    oracle, door, url = RequestValidator(TOKEN), twilio(), "https://care.example/mo?a=%20&b"
    algorithm = f"HMAC_SHA{method}"
    signature = oracle.compute_signature(url, multi(fields), algorithm)
    settings = {"x-twilio-webhooks-signature-settings": f"key=k1,algorithm={algorithm}"} if method == 256 else {}
    for said in (fields, other):
        called = url.replace(".example", f".example{port}")
        theirs = oracle.validate(called, multi(said), signature, algorithm)
        assert door.verify(knock(called, said, signature, **settings), NOW) == theirs


def test_a_shared_key_signs_instead_of_the_token() -> None:
    url, door = "https://care.example/mo", twilio(webhook_secret="shared")
    signature = RequestValidator("shared").compute_signature(url, {"Body": "Hi"}, "HMAC_SHA256")
    settings = {"x-twilio-webhooks-signature-settings": "key=k1, algorithm=HMAC_SHA256"}
    assert door.verify(knock(url, [("Body", "Hi")], signature, **settings), NOW)
    assert not door.verify(knock(url, [("Body", "Hi")], signature), NOW), "said to be SHA-1, and is not"


def test_a_sender_without_its_settings_says_which() -> None:
    with pytest.raises(SetupError, match="auth_token"):
        open_channel("twilio", {"account_sid": ACCOUNT})
    with pytest.raises(SetupError, match="api_secret"):
        twilio(api_key="SK1")
