"""One contract for every channel, over servers that we did not write: Kannel with a phone, a mail server.

Letters: test_smtp.py.
"""

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
from tests.adapters.mail_rigs import MAIL
from tests.adapters.outcomes import FOR_GOOD, FOR_NOW, IN_DOUBT, felt

NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
TEXT = Outbound("touch-1", "15550001111", "+15552223333", "Hi Sarah, it is Elm Street Hearing.")

# --- The rigs -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[rigs.Gateway]:
    with rigs.kannel(tmp_path_factory.mktemp("kannel")) as running:
        yield running


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
# Proof that nothing was taken is a refusal; once bytes may have left, only Unknown is honest.


def test_nobody_listens() -> None:
    assert felt(texting(rigs.free_port()).send(TEXT)) == FOR_NOW


@pytest.mark.parametrize(
    ("behave", "verdict"),
    [
        (rigs.hears_and_hangs, IN_DOUBT),
        (rigs.hears_and_drops, IN_DOUBT),
        (rigs.answers("202 Accepted", "0: Accepted for delivery"), "accepted"),
        (rigs.answers("202 Accepted", "3: Queued for later delivery"), "accepted"),
        (rigs.answers("202 Accepted", "something else"), IN_DOUBT),
        (rigs.answers("400 Bad Request", "Empty text not allowed, rejected"), FOR_GOOD),
        (rigs.answers("403 Forbidden", "Not routable. Do not try again."), FOR_GOOD),
        (rigs.answers("429 Too Many Requests", "slow down"), FOR_NOW),
        (rigs.answers("503 Service Unavailable", "Temporal failure, try again later."), FOR_NOW),
        (rigs.answers("500 Internal Server Error", "oh"), IN_DOUBT),
        (rigs.answers("302 Found", "", "Location: http://127.0.0.1:1/"), IN_DOUBT),
    ],
)
def test_a_gateway_that_breaks(behave: rigs.Behaviour, verdict: str) -> None:
    with rigs.broken_server(behave) as port:
        channel = texting(port, timeout=0.3)
        assert felt(channel.send(TEXT)) == verdict


def test_a_gateway_that_names_its_pause_is_given_it() -> None:
    with rigs.broken_server(rigs.answers("503 Service Unavailable", "later", "Retry-After: 90")) as port:
        assert texting(port).send(TEXT) == Refused(False, "later", timedelta(seconds=90))


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


def test_the_password_is_not_written_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"), rigs.broken_server(rigs.answers("202 Accepted", "0: fine")) as port:
        texting(port).send(TEXT)
    assert "secret" not in caplog.text
