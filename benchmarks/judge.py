"""What one question to the gate costs, with rules, a ledger and a history as in life."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from benchmarks import Claim, cpu_seconds
from rewarm.adapters.rules import rule_set
from rewarm.domain.consent import Entry
from rewarm.domain.policy import Allow, ContactView, Proposed, Sent, judge

BAR = 50.0  # µs: issue of the gate
QUESTIONS = 2_000
NOW = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)  # a Tuesday noon in Oregon


def run() -> Claim:
    rules = rule_set()
    message = Proposed(
        id="t1", purpose="marketing", channel="sms", address="+15035550142", seller="Brightwater", sender_id="s1"
    )
    view = ContactView(
        states=("OR",),
        zones=("America/Los_Angeles",),
        zone_source="zip",
        sent=(Sent(NOW - timedelta(days=9), "marketing", "sms"), Sent(NOW - timedelta(days=5), "marketing", "sms")),
        last_touch_at=NOW - timedelta(days=5),
    )
    ledger = (_grant(message),)
    assert isinstance(judge(message, view, ledger, rules, NOW), Allow), judge(message, view, ledger, rules, NOW)

    def ask() -> None:
        for _ in range(QUESTIONS):
            judge(message, view, ledger, rules, NOW)

    return Claim(
        "gate: one verdict with its receipt", 1e6 * cpu_seconds(ask) / QUESTIONS, "µs CPU", BAR, "lower is better"
    )


def _grant(message: Proposed) -> Entry:
    at = NOW - timedelta(days=40)
    return Entry(
        address=message.address,
        channel="sms",
        act="granted",
        scope="all",
        at=at,
        recorded_at=at,
        source="web form",
        evidence="the form's text, version 3",
        id="e1",
        seller=message.seller,
    )
