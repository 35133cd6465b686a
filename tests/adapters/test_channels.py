"""One contract for every channel, and Kannel's own, over servers that we did not write: Kannel with a phone, the town.

Letters: test_smtp.py. Twilio, Vonage and Telnyx over their vendors' contracts: test_twilio.py, test_vonage.py, test_telnyx.py.
"""

import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rewarm.adapters.channels import Callback, Channel, Incoming, Outbound, open_channel
from rewarm.domain.outbox import Accepted, Refused
from rewarm.errors import SetupError
from tests.adapters import rigs
from tests.adapters.mail_rigs import MAIL, make_certificate
from tests.adapters.outcomes import FOR_GOOD, FOR_NOW, IN_DOUBT, felt

NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
TEXT = Outbound("touch-1", "15550001111", "+15552223333", "Hi Sarah, it is Elm Street Hearing.")

# --- The rigs -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[rigs.Gateway]:
    with rigs.kannel(tmp_path_factory.mktemp("kannel")) as running:
        yield running


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


OPENED: list[Channel] = []


@pytest.fixture(autouse=True)
def _close_channels() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


def texting(port_or_url: int | str, **settings: Any) -> Channel:
    url = port_or_url if isinstance(port_or_url, str) else f"http://127.0.0.1:{port_or_url}"
    OPENED.append(open_channel("kannel", {"url": url, "username": "rewarm", "password": "secret", **settings}))
    return OPENED[-1]


# --- Kannel, the real one -------------------------------------------------------------------------------


@pytest.mark.kannel
def test_a_text_reaches_the_phone_and_its_receipt_finds_us_again(gateway: rigs.Gateway) -> None:
    channel = texting(gateway.url)
    with gateway.phone():
        rigs.until(lambda: gateway.heard.of("mo"), what="the phone")
        message = replace(TEXT, callback_url=f"http://127.0.0.1:{gateway.heard.port}/dlr?id={TEXT.id}")
        assert channel.send(message) == Accepted(None)
        rigs.until(lambda: len(gateway.heard.of("dlr")) >= 2, what="two receipts")
        rigs.until(lambda: any("Elm Street" in text for text in gateway.received), what="the text")
    told = [one for said in gateway.heard.of("dlr") for one in channel.parse(Callback("dlr", said), NOW)]
    # The two calls race each other: a report may overtake the one before it.
    assert {(one.kind, one.our_id) for one in told} == {("sent", "touch-1"), ("delivered", "touch-1")}


@pytest.mark.kannel
def test_what_the_phone_says_reaches_us_whole(gateway: rigs.Gateway) -> None:
    channel = texting(gateway.url)
    gateway.heard.calls.clear()
    with gateway.phone("15552223333 15550001111 text how much is it? & when"):
        rigs.until(lambda: gateway.heard.of("mo"), what="the phone's text")
    (said,) = channel.parse(Callback("mo", gateway.heard.of("mo")[0]), NOW)
    assert (said.kind, said.from_address, said.to_address) == ("inbound", "+15552223333", "+15550001111")
    assert said.text == "how much is it? & when"
    assert said.provider_id


@pytest.mark.kannel
def test_kannel_refuses_with_proof(gateway: rigs.Gateway) -> None:
    stranger = texting(gateway.url, username="who")
    refused = stranger.send(TEXT)
    assert isinstance(refused, Refused) and refused.stops_sender, "a wrong password stops the sender, not the touch"
    assert not refused.permanent
    nobody = texting(gateway.url).send(replace(TEXT, to=""))
    assert nobody == Refused(True, "Empty receiver number not allowed, rejected")


@pytest.mark.kannel
def test_kannel_takes_a_text_while_the_phone_network_is_away(gateway: rigs.Gateway) -> None:
    """It may leave hours later, which is why every text carries a validity."""
    assert texting(gateway.url).send(TEXT) == Accepted(None)


@pytest.mark.kannel
def test_letters_outside_gsm_arrive_as_they_were_written(gateway: rigs.Gateway) -> None:
    channel = texting(gateway.url)
    with gateway.phone():
        assert isinstance(channel.send(replace(TEXT, text="Café à 15 €, señora")), Accepted)
        rigs.until(lambda: any("Caf" in text for text in gateway.received), what="the accents")


def test_the_town_is_a_carrier_and_a_post_office_like_any_other(tmp_path: Path) -> None:
    with rigs.town(tmp_path) as (http, smtp):
        login = {"url": f"http://127.0.0.1:{http}", "username": "town", "password": "town"}
        OPENED.append(open_channel("town", login))
        assert OPENED[-1].send(TEXT) == Accepted(None)
        assert isinstance(OPENED[-1].send(replace(TEXT, to="")), Refused)
        OPENED.append(open_channel("town_mail", {"host": "127.0.0.1", "port": smtp}))
        assert OPENED[-1].send(MAIL) == Accepted(None)


# --- When the other side breaks -------------------------------------------------------------------------
# Proof that nothing was taken is a refusal; once bytes may have left, only Unknown is honest. Whoever speaks HTTP
# passes the same table; what only Kannel says in its own words comes after it.

OVER_HTTP: dict[str, tuple[str, dict[str, str]]] = {
    "kannel": ("url", {"username": "rewarm", "password": "secret"}),
    "telnyx": ("base_url", {"api_key": "secret", "public_key": b64encode(b"secret" + bytes(26)).decode()}),
    "twilio": ("base_url", {"account_sid": "AC" + "a" * 32, "auth_token": "secret"}),
    "vonage": ("base_url", {"api_key": "abcd1234", "api_secret": "secret", "signature_secret": "secret"}),
}


def calling(kind: str, url: str, **settings: Any) -> Channel:
    where, login = OVER_HTTP[kind]
    OPENED.append(open_channel(kind, {where: url, "timeout": 0.3, **login, **settings}))
    return OPENED[-1]


def says(head: str, body: bytes = b"") -> rigs.Behaviour:
    """Answer with bytes that may break every rule, and hang up."""

    def behave(caller: socket.socket) -> None:
        rigs.hear_request(caller)
        caller.sendall(head.replace("\n", "\r\n").encode() + body)

    return behave


def over_tls(behave: rigs.Behaviour, certificate: tuple[Path, Path]) -> rigs.Behaviour:
    """Show a certificate first."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)

    def secured(caller: socket.socket) -> None:
        with context.wrap_socket(caller, server_side=True) as secure:
            behave(secure)

    return secured


def drips(head: bytes) -> rigs.Behaviour:
    """Go on with one letter at a time, each well before the patience of a single read is over."""

    def behave(caller: socket.socket) -> None:
        rigs.hear_request(caller)
        caller.sendall(head)
        for _ in range(60):
            caller.sendall(b"0")
            time.sleep(0.05)

    return behave


IN_THE_BODY = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
IN_THE_HEAD = b"HTTP/1.1 200 OK\r\nX-Wait: "
PAUSE = "Retry-After: 90"
BREAKS: list[tuple[rigs.Behaviour, str]] = [
    (rigs.hears_and_hangs, IN_DOUBT),
    (rigs.hears_and_drops, IN_DOUBT),
    (rigs.hear_request, IN_DOUBT),  # and a polite good-bye without a word
    (says("SSH-2.0-OpenSSH_9.2p1\n"), IN_DOUBT),
    (says("HTTP/1.1 200 OK\nContent-Length: 100\n\n", b"0: Acc"), IN_DOUBT),
    (says("HTTP/1.1 200 OK\nContent-Encoding: gzip\n\n", b"no gzip"), IN_DOUBT),
    (says("HTTP/1.1 200 OK\n\n", b"x" * (2 << 20)), IN_DOUBT),
    (rigs.answers("200 OK", "<html>Welcome to the hotel"), IN_DOUBT),
    (rigs.answers("201 Created", "{}"), IN_DOUBT),
    (rigs.answers("302 Found", "", "Location: http://127.0.0.1:1/"), IN_DOUBT),
    (rigs.answers("401 Unauthorized", "auth"), FOR_NOW),
    (rigs.answers("429 Too Many Requests", "slow down"), FOR_NOW),
    (rigs.answers("429 Too Many Requests", "slow down", PAUSE), FOR_NOW),
    (rigs.answers("503 Service Unavailable", "later", PAUSE), FOR_NOW),
    (rigs.answers("500 Internal Server Error", "oh"), IN_DOUBT),
    (rigs.answers("502 Bad Gateway", "oh", PAUSE), IN_DOUBT),
    (rigs.answers("504 Gateway Timeout", "oh"), IN_DOUBT),
]


@pytest.mark.parametrize(("behave", "verdict"), BREAKS, ids=range(len(BREAKS)))
@pytest.mark.parametrize("kind", OVER_HTTP)
def test_a_carrier_that_breaks(kind: str, behave: rigs.Behaviour, verdict: str) -> None:
    with rigs.broken_server(behave) as port:
        assert felt(calling(kind, f"http://127.0.0.1:{port}").send(TEXT)) == verdict


@pytest.mark.parametrize("kind", OVER_HTTP)
def test_a_line_that_is_dropped_at_once_was_seen_before_or_after_the_bytes(kind: str) -> None:
    with rigs.broken_server(rigs.reset) as port:
        assert felt(calling(kind, f"http://127.0.0.1:{port}").send(TEXT)) in (FOR_NOW, IN_DOUBT)


@pytest.mark.parametrize("head", [IN_THE_BODY, IN_THE_HEAD])
@pytest.mark.parametrize("kind", OVER_HTTP)
def test_an_answer_must_be_whole_in_time(kind: str, head: bytes) -> None:
    """The lock of an address is held until a call is over: nobody may stretch one."""
    with rigs.broken_server(drips(head)) as port:
        began = time.monotonic()
        assert felt(calling(kind, f"http://127.0.0.1:{port}").send(TEXT)) == IN_DOUBT
        assert time.monotonic() - began < 2, "seconds, of the three that it would take to hear it out"


@pytest.mark.parametrize("kind", OVER_HTTP)
def test_a_line_that_was_hung_up_between_two_messages_is_dialled_again(kind: str) -> None:
    """Gateways hang up on idle lines without a word; the next message must not become unknown for that."""

    def answers_once(caller: socket.socket) -> None:
        rigs.hear_request(caller)
        caller.sendall(b"HTTP/1.1 429 Slow down\r\nContent-Length: 2\r\n\r\nno")

    with rigs.broken_server(answers_once) as port:
        channel = calling(kind, f"http://127.0.0.1:{port}")
        for _ in range(3):
            assert felt(channel.send(TEXT)) == FOR_NOW
            time.sleep(0.05)  # the good-bye is on its way


@pytest.mark.parametrize("kind", OVER_HTTP)
def test_nobody_is_there(kind: str) -> None:
    for url in (f"http://127.0.0.1:{rigs.free_port()}", "http://nobody.invalid", "https://nobody.invalid", "http:///"):
        assert felt(calling(kind, url).send(TEXT)) == FOR_NOW, url
    with pytest.raises(SetupError, match="address"):
        calling(kind, "http://127.0.0.1:99999")


@pytest.mark.parametrize("kind", OVER_HTTP)
def test_somebody_else_is_there(kind: str, certificate: tuple[Path, Path]) -> None:
    """A certificate that nobody vouches for ends the call before a byte of it has left."""
    with rigs.broken_server(over_tls(rigs.answers("500 Oh", "oh"), certificate)) as port:
        assert felt(calling(kind, f"https://127.0.0.1:{port}").send(TEXT)) == FOR_NOW, "nobody vouches for it"
        assert felt(calling(kind, f"https://127.0.0.1:{port}", cafile=str(certificate[0])).send(TEXT)) == IN_DOUBT
    with rigs.broken_server(rigs.answers("500 Oh", "oh")) as port:
        assert felt(calling(kind, f"https://127.0.0.1:{port}").send(TEXT)) == FOR_NOW, "it speaks no TLS"


@pytest.mark.parametrize("kind", OVER_HTTP)
def test_a_wrong_password_stops_the_sender_not_the_touch(kind: str) -> None:
    with rigs.broken_server(rigs.answers("401 Unauthorized", "auth")) as port:
        refused = calling(kind, f"http://127.0.0.1:{port}").send(TEXT)
    assert isinstance(refused, Refused) and refused.stops_sender and not refused.permanent


@pytest.mark.parametrize("kind", OVER_HTTP)
@pytest.mark.parametrize(
    ("said", "pause"),
    [
        ("90", timedelta(seconds=90)), ("0", timedelta(0)), ("9999999", timedelta(days=1)), ("-1", None), ("²", None),
        ("soon", None), ("Fri, 20 Nov 2026 17:00:00 GMT", None), ("", None),
    ],
)  # fmt: skip
def test_a_carrier_that_names_its_pause_is_given_it(kind: str, said: str, pause: timedelta | None) -> None:
    with rigs.broken_server(rigs.answers("429 Too Many Requests", "later", f"Retry-After: {said}")) as port:
        refused = calling(kind, f"http://127.0.0.1:{port}").send(TEXT)
    assert isinstance(refused, Refused) and refused.retry_after == pause


@pytest.mark.parametrize("kind", OVER_HTTP)
def test_no_password_is_written_to_the_log(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"), rigs.broken_server(rigs.answers("202 Accepted", "0: fine")) as port:
        calling(kind, f"http://127.0.0.1:{port}").send(TEXT)
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("behave", "verdict"),
    [
        (rigs.answers("202 Accepted", "0: Accepted for delivery"), "accepted"),
        (rigs.answers("202 Accepted", "3: Queued for later delivery"), "accepted"),
        (rigs.answers("400 Bad Request", "Empty text not allowed, rejected"), FOR_GOOD),
        (rigs.answers("403 Forbidden", "Not routable. Do not try again."), FOR_GOOD),
        (rigs.answers("503 Service Unavailable", "Temporal failure, try again later."), FOR_NOW),
    ],
)
def test_what_kannel_says_in_its_own_words(behave: rigs.Behaviour, verdict: str) -> None:
    with rigs.broken_server(behave) as port:
        assert felt(texting(port).send(TEXT)) == verdict


# --- Callbacks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind"),
    [("1", "delivered"), ("2", "undelivered"), ("4", "accepted"), ("8", "sent"), ("16", "undelivered"), ("32", "sent")],
)
def test_receipts_in_our_words(status: str, kind: str) -> None:
    (told,) = texting("http://127.0.0.1").parse(Callback("dlr", {"id": "touch-1", "status": status}), NOW)
    assert (told.kind, told.our_id, told.at) == (kind, "touch-1", NOW)


@pytest.mark.parametrize(
    ("kind", "given"),
    [("dlr", {"id": "t", "status": "99"}), ("dlr", {"status": "1"}), ("mo", {"text": "hi"}), ("admin", {"id": "1"})],
)
def test_nothing_comes_of_what_is_not_understood(kind: str, given: dict[str, str]) -> None:
    assert list(texting("http://127.0.0.1").parse(Callback(kind, given), NOW)) == []


def test_a_text_without_an_id_is_known_again_by_its_words() -> None:
    channel = texting("http://127.0.0.1")
    said = {"from": "15552223333", "to": "15550001111", "text": "STOP"}
    (first,), (second,) = channel.parse(Callback("mo", said), NOW), channel.parse(Callback("mo", said), NOW)
    (other,) = channel.parse(Callback("mo", {**said, "text": "START"}), NOW)
    assert first == second
    assert first.provider_id != other.provider_id
    assert isinstance(first, Incoming)


def test_a_sender_without_its_settings_says_which() -> None:
    with pytest.raises(SetupError, match="password"):
        open_channel("kannel", '{"url": "http://127.0.0.1", "username": "x"}')
    with pytest.raises(SetupError, match="pigeon"):
        open_channel("pigeon", {})
