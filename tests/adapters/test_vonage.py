"""Vonage's SMS API, held to its own contract (a mock made from its OpenAPI document), its own SDK and signatures."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as some
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from vonage_http_client import Auth, HttpClient
from vonage_sms import Sms, SmsMessage
from vonage_sms.errors import SmsError

from rewarm.adapters.channels import Callback, Channel, Incoming, Outbound, Sought, open_channel
from rewarm.domain.outbox import Accepted, Refused, Unknown
from rewarm.errors import SetupError
from tests.adapters import npm_rigs
from tests.adapters.http_rigs import StandIn, stand_in

NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
KEY, SECRET, SIGNED = "abcd1234", "abcdef0123456789", "a signature secret of some length"
TEXT = Outbound("touch-1", "+15550001111", "+15552223333", "Hi Sarah, it is Elm Street.", callback_url="https://x/dlr")
TAKEN = {
    "status": "0", "message-id": "0A1", "to": "15552223333", "remaining-balance": "3", "message-price": "0.1",
    "network": "310",
}  # fmt: skip
HELLO = {"message-count": "1", "messages": [TAKEN]}


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with npm_rigs.prism(tmp_path_factory.mktemp("vonage"), "vonage_sms.yml") as url:
        yield url


@pytest.fixture
def vendor() -> Iterator[StandIn]:
    with stand_in(lambda _: (200, json.dumps(HELLO))) as server:
        yield server


OPENED: list[Channel] = []


@pytest.fixture(autouse=True)
def _hang_up() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


def vonage(url: str = "https://rest.nexmo.example", **settings: Any) -> Channel:
    about = {"api_key": KEY, "api_secret": SECRET, "signature_secret": SIGNED, "base_url": url}
    OPENED.append(channel := open_channel("vonage", about | settings))
    return channel


class Wire(BaseAdapter):
    """What the vendor's own client is plugged into: it writes down what is asked, and answers as told."""

    def __init__(self, said: dict[str, Any]) -> None:
        super().__init__()
        self.said, self.asked = said, list[PreparedRequest]()

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:  # type: ignore[override]
        self.asked.append(request)
        answer = Response()
        answer.status_code, answer.raw, answer.request = 200, BytesIO(json.dumps(self.said).encode()), request
        answer.headers["Content-Type"] = "application/json"
        return answer

    def close(self) -> None:
        pass


def sdk(said: dict[str, Any]) -> tuple[Sms, Wire]:
    client, wire = HttpClient(Auth(api_key=KEY, api_secret=SECRET)), Wire(said)
    client._session.mount("https://", wire)
    return Sms(client), wire


# --- The contract -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "message",
    [
        TEXT,
        replace(TEXT, text="Señora – “hello” 👋"),
        replace(TEXT, sender="ElmStreet", valid_for=timedelta(0)),
        replace(TEXT, valid_for=timedelta(days=30)),
    ],
)
def test_the_contract_takes_what_we_send(contract: str, message: Outbound) -> None:
    assert isinstance(vonage(contract).send(message), Accepted)


@pytest.mark.parametrize(
    ("message", "settings"),
    [(replace(TEXT, to="Sarah"), {}), (TEXT, {"api_key": "short"}), (TEXT, {"api_secret": "x"})],
)
def test_the_contract_would_have_told_us(contract: str, message: Outbound, settings: dict[str, str]) -> None:
    wrong = vonage(contract, **settings).send(message)
    assert isinstance(wrong, Unknown) and wrong.why.startswith("422")


# --- The SDK ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "kind"), [(TEXT.text, "text"), ("Señora – “hello” 👋", "unicode")])
def test_we_ask_for_exactly_what_the_sdk_asks_for(vendor: StandIn, text: str, kind: Any) -> None:
    assert vonage(f"{vendor.url}/sms").send(replace(TEXT, text=text)) == Accepted("0A1")
    theirs, wire = sdk(HELLO)
    about: dict[str, Any] = {"text": text, "type": kind, "ttl": 43_200_000, "client_ref": "touch-1"}
    theirs.send(SmsMessage(to="15552223333", from_="15550001111", **about))
    (ours,), (asked,) = vendor.asked, wire.asked
    login = {"api_key": KEY, "api_secret": SECRET}  # in the form, where the contract wants it; the SDK's is a header
    assert dict(ours.form) == dict(parse_qsl(str(asked.body))) | login
    assert (ours.method, ours.path) == (asked.method, "/sms/json") and str(asked.url).endswith("/sms/json")


ERRORS = [
    ("1", Refused(False, "1: as told")),
    ("3", Refused(True, "3: as told")),
    ("4", Refused(False, "4: as told", timedelta(hours=1), stops_sender=True)),
    ("5", Unknown("5: as told")),
    ("6", Refused(True, "6: as told")),
    ("7", Refused(True, "7: as told", opted_out=True)),
    ("9", Refused(False, "9: as told", timedelta(hours=1), stops_sender=True)),
    ("10", Refused(False, "10: as told")),
    ("15", Refused(False, "15: as told", timedelta(hours=1), stops_sender=True)),
    ("33", Refused(True, "33: as told")),
    ("99", Unknown("99: as told")),
]


@pytest.mark.parametrize(("status", "outcome"), ERRORS)
def test_an_error_is_the_one_that_the_sdk_raises(vendor: StandIn, status: str, outcome: object) -> None:
    said = {"message-count": "1", "messages": [{"status": status, "error-text": "as told"}]}
    vendor.reply = lambda _: (200, json.dumps(said))
    assert vonage(vendor.url).send(TEXT) == outcome
    with pytest.raises(SmsError, match=f"code {status}: as told"):
        sdk(said)[0].send(SmsMessage(to="15552223333", from_="15550001111", text="Hi"))


def test_a_long_text_taken_in_pieces_is_taken_and_half_of_it_is_in_doubt(vendor: StandIn) -> None:
    refused = {"status": "1", "error-text": "Throttled"}
    vendor.reply = lambda _: (200, json.dumps({"messages": [TAKEN, {**TAKEN, "message-id": "0A2"}]}))
    assert vonage(vendor.url).send(TEXT) == Accepted("0A1")
    vendor.reply = lambda _: (200, json.dumps({"messages": [TAKEN, refused]}))
    assert vonage(vendor.url).send(TEXT) == Unknown("200: 0, 1")


@pytest.mark.parametrize(
    "body", ["", "null", "[]", "<html>", '{"messages": []}', '{"messages": [{}]}', '{"messages": 1}']
)
@pytest.mark.parametrize("status", [200, 202, 302, 400, 404, 500])
def test_an_answer_that_nobody_promised_proves_nothing(vendor: StandIn, status: int, body: str) -> None:
    vendor.reply = lambda _: (status, body)
    assert isinstance(vonage(vendor.url).send(TEXT), Unknown)


# --- Callbacks in our words, signed by the vendor's own hand ----------------------------------------------

MO = {
    "msisdn": "15552223333", "to": "15550001111", "messageId": "0A2", "text": "how much is it? a=b&c", "type": "text",
    "keyword": "HOW", "message-timestamp": "2026-11-20 17:00:00", "api-key": KEY, "nonce": "n",
}  # fmt: skip
DLR = {
    "msisdn": "15552223333", "to": "15550001111", "messageId": "0A1", "status": "delivered", "err-code": "0",
    "scts": "2611201700", "api-key": KEY, "client-ref": "touch-1", "network-code": "310", "nonce": "n",
}  # fmt: skip


def signed(said: dict[str, str], at: datetime = NOW, method: Any = "sha256", secret: str = SIGNED) -> dict[str, str]:
    """Sign a callback as Vonage does."""
    fields = said | {"timestamp": str(int(at.timestamp()))}
    made = Auth(api_key=KEY, signature_secret=secret, signature_method=method).sign_params(dict(fields))
    return fields | {"sig": made}


def as_json(kind: str, said: dict[str, str]) -> Callback:
    return Callback(
        kind, {}, "POST", "https://care.example/x", {"content-type": "application/json"}, json.dumps(said).encode()
    )


def as_form(kind: str, said: dict[str, str]) -> Callback:
    return Callback(kind, said, "POST", "https://care.example/x", {}, urlencode(said).encode())


def as_query(kind: str, said: dict[str, str]) -> Callback:
    return Callback(kind, said, "GET", f"https://care.example/x?{urlencode(said)}")


WAYS = [as_json, as_form, as_query]


def heard(kind: str, said: dict[str, str], **settings: Any) -> list[Incoming]:
    return list(vonage(**settings).parse(as_json(kind, said), NOW))


@pytest.mark.parametrize("way", WAYS)
def test_a_text_comes_in_whichever_way_the_dashboard_sends_it(way: Any) -> None:
    callback = way("mo", signed(MO))
    assert vonage().verify(callback, NOW)
    (said,) = vonage().parse(callback, NOW)
    assert (said.kind, said.provider_id, said.text, said.answered) == ("inbound", "0A2", MO["text"], False)
    assert (said.from_address, said.to_address) == ("+15552223333", "+15550001111")


def test_what_no_database_keeps_is_left_out() -> None:
    callback = as_json("mo", MO | {"text": "a\0b \ud83d"})
    (said,) = vonage().parse(callback, NOW)
    assert not vonage().verify(callback, NOW)
    assert said.text == "ab ?"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("method", ["sha256", "sha512"])
def test_whatever_is_changed_on_the_way_is_noticed(way: Any, method: str) -> None:
    door, whole = vonage(signature_method=method), signed(MO, method=method)
    assert door.verify(way("mo", whole), NOW)
    for name in whole:
        assert not door.verify(way("mo", whole | {name: whole[name] + "1"}), NOW), name
        assert not door.verify(way("mo", {other: whole[other] for other in whole if other != name}), NOW), name
    assert not door.verify(way("mo", whole | {"extra": "1"}), NOW)
    assert not door.verify(way("mo", signed(MO, method=method, secret="another")), NOW)
    assert not door.verify(way("mo", signed(MO, method="sha1")), NOW)
    assert not door.verify(way("mo", {}), NOW)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"sig": "1"}', b"{" * 5000, b"\xff\xfe", b'{"a": {"b": []}}'])
def test_nonsense_is_not_signed_and_means_nothing(body: bytes) -> None:
    callback = Callback("mo", {}, "POST", "https://care.example/x", {}, body)
    assert not vonage().verify(callback, NOW)
    assert list(vonage().parse(callback, NOW)) == []


@pytest.mark.parametrize(
    ("late", "fits"),
    [
        (timedelta(0), True), (timedelta(hours=24), True), (timedelta(hours=26), False), (timedelta(days=-1), False),
        (timedelta(minutes=-4), True),
    ],
)  # fmt: skip
def test_a_callback_may_come_a_day_late_and_no_later(late: timedelta, fits: bool) -> None:
    assert vonage().verify(as_json("mo", signed(MO, at=NOW - late)), NOW) is fits


FIELDS = some.dictionaries(some.text(min_size=1, max_size=6), some.text(max_size=8), max_size=6)


@given(said=FIELDS, method=some.sampled_from(["sha256", "sha512"]))
def test_we_agree_with_the_vendors_own_check(said: dict[str, str], method: str) -> None:
    about = {name: text for name, text in said.items() if name not in ("sig", "timestamp")}
    whole = signed(about, method=method)
    assert vonage(signature_method=method).verify(as_json("mo", whole), NOW)
    assert Auth(api_key=KEY, signature_secret=SIGNED, signature_method=method).check_signature(dict(whole))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        ("delivered", "0", "delivered"), ("accepted", "0", "sent"), ("buffered", "0", "sent"),
        ("failed", "6", "undelivered"), ("rejected", "3", "undelivered"), ("expired", "1", "undelivered"),
    ],
)  # fmt: skip
def test_receipts_in_our_words(status: str, code: str, kind: str) -> None:
    (told,) = heard("dlr", DLR | {"status": status, "err-code": code})
    assert (told.kind, told.our_id, told.provider_id) == (kind, "touch-1", "0A1")
    assert told.reason == ("" if code == "0" else code)


def test_a_receipt_that_says_opted_out_is_an_opt_out_as_well() -> None:
    report, stop = heard("dlr", DLR | {"status": "rejected", "err-code": "9"})
    assert (report.kind, report.reason) == ("undelivered", "9")
    assert (stop.kind, stop.from_address, stop.answered) == ("opt_out", "+15552223333", True)


def test_stop_is_answered_once_where_opt_out_assist_is_on() -> None:
    (ours,) = heard("mo", MO | {"text": "STOP"})
    (theirs,) = heard("mo", MO | {"text": " Stop "}, answers_stop=True)
    (talk,) = heard("mo", MO | {"text": "stop by at five?"}, answers_stop=True)
    assert [(said.kind, said.answered) for said in (ours, theirs, talk)] == [
        ("inbound", False), ("opt_out", True), ("inbound", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("dlr", {"status": "unknown"}),
        ("dlr", {"messageId": ""}),
        ("mo", {"msisdn": ""}),
        ("mo", {"messageId": ""}),
        ("x", {}),
    ],
)
def test_nothing_comes_of_what_is_not_understood(kind: str, said: dict[str, str]) -> None:
    assert heard(kind, DLR | said) == []


def test_vonage_cannot_be_asked() -> None:
    assert vonage().look_up(Sought("touch-1", "0A1", TEXT.sender, TEXT.to, TEXT.text, NOW)) is None


def test_a_sender_without_its_settings_says_which() -> None:
    with pytest.raises(SetupError, match="signature_secret"):
        open_channel("vonage", {"api_key": KEY, "api_secret": SECRET})
    with pytest.raises(SetupError, match="SHA-256"):
        vonage(signature_method="md5hash")
