"""What no answer came for is asked about, at the carrier's own books, and settled by what they say."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from rewarm.actions.look_up import look_up
from rewarm.models import Message, Sender, Touch
from tests.cast import SARAH, House

TEN = datetime(2026, 11, 2, 15, tzinfo=UTC)
FIVE = timedelta(minutes=5)
ACCOUNT = "AC" + "0" * 32


@pytest.fixture
def books() -> Iterator[dict[str, Any]]:
    """A server with Twilio's list of messages, which the test writes."""
    kept: dict[str, Any] = {"messages": [], "asked": 0}

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kept["asked"] += 1
            body = json.dumps({"messages": kept["messages"]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    kept["url"] = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield kept
    server.shutdown()
    server.server_close()


def _in_doubt(house: House, url: str) -> Touch:
    # A town sends through the town only; what is asked is decided by the channel, so the channel is put there by hand.
    sender = Sender.objects.get(slug="text")
    settings = {"account_sid": ACCOUNT, "auth_token": "t", "base_url": url, "callbacks": ""}
    Sender.objects.filter(id=sender.id).update(settings=json.dumps(settings))
    return Touch.objects.create(
        workspace=house.workspace, contact=house.contact("Sarah", SARAH), cause="test:doubt", purpose="reply", channel="sms",
        due=TEN, expires_at=TEN + FIVE, planned_at=TEN, state="unknown", attempt=1, dispatched_at=TEN, address=SARAH,
        sender=sender, body="About $1,400.", reason="no answer: TimeoutError",
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _twilio(monkeypatch: pytest.MonkeyPatch) -> None:
    from rewarm.adapters.channels import open_channel

    monkeypatch.setattr("rewarm.actions.look_up.channel_for", lambda _, settings: open_channel("twilio", settings))


def _message(status: str, **fields: Any) -> dict[str, Any]:
    return {
        "sid": "SM" + "1" * 32, "to": SARAH, "from": "+12125550199", "body": "About $1,400.", "status": status,
        "date_created": "Mon, 02 Nov 2026 15:00:01 +0000", "date_sent": "Mon, 02 Nov 2026 15:00:01 +0000",
        "error_code": None, "direction": "outbound-api", **fields,
    }  # fmt: skip


def test_the_carriers_books_settle_a_doubt(house: House, books: dict[str, Any]) -> None:
    touch = _in_doubt(house, books["url"])
    books["messages"] = [_message("delivered")]
    assert look_up(house.workspace, TEN + FIVE, since_last=FIVE) == 1
    settled = Touch.objects.get(id=touch.id)
    assert (settled.state, settled.status, settled.provider_id) == ("sent", "delivered", "SM" + "1" * 32)
    assert Message.objects.get(touch=touch).body == "About $1,400.", "the thread shows it"


def test_books_without_it_prove_nothing(house: House, books: dict[str, Any]) -> None:
    touch = _in_doubt(house, books["url"])
    assert look_up(house.workspace, TEN + FIVE, since_last=FIVE) == 0
    assert books["asked"] > 0
    assert Touch.objects.get(id=touch.id).state == "unknown"


def test_after_an_outage_everybody_is_asked_about(house: House, books: dict[str, Any]) -> None:
    first = _in_doubt(house, books["url"])
    for n in range(60):
        Touch.objects.create(
            workspace=house.workspace, contact=first.contact, cause=f"test:{n}", purpose="reply", channel="sms", due=TEN,
            expires_at=TEN + FIVE, planned_at=TEN, state="unknown", attempt=1, dispatched_at=TEN, sender=first.sender,
            address=f"+1212555{3000 + n}", body="About $1,400.",
        )  # fmt: skip
    look_up(house.workspace, TEN + FIVE, since_last=FIVE)
    assert books["asked"] == 61, "an unknown that is passed over now is old when it comes up again"


def test_nobody_asks_at_every_round(house: House, books: dict[str, Any]) -> None:
    _in_doubt(house, books["url"])
    for n in range(1, 13):
        look_up(house.workspace, TEN + n * FIVE, since_last=FIVE)
    assert books["asked"] <= 5, "after five minutes, ten, twenty and thirty-five"
