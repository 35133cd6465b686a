"""The ledger, read line by line: who may lift what."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.domain.consent import DENIALS, Entry, entries_for, ledger_address, ledger_channel, permitted, standing
from tests.domain.gate_cast import LONG_AGO, SARAH, entry

HOUR = timedelta(hours=1)
LATER, LATEST = LONG_AGO + HOUR, LONG_AGO + 2 * HOUR


@pytest.mark.parametrize(
    ("story", "entries", "marketing", "service"),
    [
        ("nothing said", [], "unknown", "unknown"),
        ("consent with its evidence", [entry("granted")], "granted", "granted"),
        ("consent to marketing only", [entry("granted", scope="marketing")], "granted", "unknown"),
        ("STOP", [entry("granted"), entry("opted_out", LATER)], "denied", "denied"),
        (
            "no more advertising",
            [entry("granted"), entry("opted_out", LATER, scope="marketing")],
            "denied",
            "granted",
        ),
        (
            "START lifts the STOP before it",
            [entry("granted"), entry("opted_out", LATER), entry("opted_in", LATEST)],
            "granted",
            "granted",
        ),
        (
            "START for marketing leaves the rest closed",
            [entry("granted"), entry("opted_out", LATER), entry("opted_in", LATEST, scope="marketing")],
            "granted",
            "denied",
        ),
        (
            "START on e-mail opens no phone",
            [entry("opted_out", LATER), entry("opted_in", LATEST, channel="email")],
            "denied",
            "denied",
        ),
        (
            "STOP everywhere, START by text",
            [entry("opted_out", LATER, channel="all"), entry("opted_in", LATEST)],
            "unknown",
            "unknown",
        ),
        ("a bounce", [entry("granted"), entry("bounced", LATER)], "denied", "denied"),
        (
            "a form filled in after the STOP",
            [entry("opted_out"), entry("granted", LATER)],
            "denied",
            "denied",
        ),
    ],
)
def test_what_holds(story: str, entries: list[Entry], marketing: str, service: str) -> None:
    assert standing(entries, "sms").verdict == marketing, story
    assert standing(entries, "sms", "service").verdict == service, story


def test_the_standing_names_the_entry_that_decides() -> None:
    found = standing([entry("granted"), entry("opted_out", LATER, id="stop")], "sms")
    assert (found.entry_id, found.since, found.scope) == ("stop", LATER, "all")


def test_a_clock_that_runs_ahead_does_not_outlive_the_next_stop() -> None:
    ahead = entry("opted_in", LONG_AGO + timedelta(days=400), recorded_at=LATER)
    assert standing([entry("granted"), ahead, entry("opted_out", LATEST)], "sms").verdict == "denied"


@pytest.mark.parametrize("channel", ["sms", "mms", "whatsapp", "rcs"])
def test_one_phone_is_one_address(channel: str) -> None:
    assert ledger_channel(channel) == "sms"
    assert ledger_address(f"whatsapp:{SARAH}") == SARAH
    assert ledger_address("mailto:Sarah@Bücher.example ") == "sarah@xn--bcher-kva.example"


moments = st.none() | st.integers(0, 5).map(lambda n: LONG_AGO + n * HOUR)
lines = st.builds(
    lambda act, at, scope, channel: entry(act, at, scope=scope, channel=channel),
    st.sampled_from(["granted", "denied", "opted_out", "opted_in", "bounced", "complained"]),
    moments,
    st.sampled_from(["all", "marketing"]),
    st.sampled_from(["sms", "email", "all"]),
)


@given(st.lists(lines, max_size=6), moments)
def test_one_more_denial_never_helps(entries: list[Entry], at: datetime | None) -> None:
    before = standing(entries, "sms").verdict
    after = standing([*entries, entry("opted_out", at)], "sms").verdict
    assert after == "denied" or before == after or (before, after) == ("granted", "granted")


@given(st.lists(lines, max_size=6))
def test_only_an_opt_in_said_later_reopens(entries: list[Entry]) -> None:
    denials = [e for e in entries if e.act in DENIALS and e.channel != "email"]
    if denials and not any(e.act == "opted_in" for e in entries):
        assert standing(entries, "sms").verdict == "denied"


@given(st.permutations([entry("granted"), entry("opted_out", LATER), entry("opted_in", LATEST), entry("denied", None)]))
def test_the_order_of_arrival_changes_nothing(entries: list[Entry]) -> None:
    assert standing(entries, "sms") == standing(sorted(entries, key=lambda e: e.id), "sms")


# --- Consents that no other consent contains ------------------------------------------------------------

HEALTH = {"scope": "health", "channel": "all", "contact": "sarah", "source": "desk"}
ACME = {"scope": "paid", "channel": "all", "contact": "sarah", "source": "Acme Devices"}


@pytest.mark.parametrize(
    ("story", "entries", "health", "paid"),
    [
        ("written consent to texts contains neither", [entry("granted")], False, False),
        ("to health data", [entry("permitted", **HEALTH)], True, False),
        ("to paid messages", [entry("permitted", **ACME)], False, True),
        ("another payer's", [entry("permitted", **{**ACME, "source": "Other Co"})], False, False),
        ("without its evidence", [entry("permitted", **HEALTH, evidence=None)], False, False),
        ("somebody else's on the same phone", [entry("permitted", **{**HEALTH, "contact": "john"})], False, False),
        ("withdrawn", [entry("permitted", **HEALTH), entry("withdrawn", LATER, **HEALTH)], False, False),
        ("withdrawn in the same second", [entry("permitted", **HEALTH), entry("withdrawn", **HEALTH)], False, False),
        (
            "withdrawn at a time unknown",
            [entry("permitted", LATER, **HEALTH), entry("withdrawn", None, **HEALTH)],
            False,
            False,
        ),
        ("given again", [entry("withdrawn", **HEALTH), entry("permitted", LATER, **HEALTH)], True, False),
        ("STOP takes away neither", [entry("permitted", **HEALTH), entry("opted_out", LATER)], True, False),
    ],
)
def test_a_class_of_its_own(story: str, entries: list[Entry], health: bool, paid: bool) -> None:
    assert permitted(entries, "health", contact="sarah") is health, story
    assert permitted(entries, "paid", contact="sarah", payer="ACME devices") is paid, story
    assert standing([one for one in entries if one.scope != "all"], "sms").verdict == "unknown", (
        "and no consent to texts"
    )


def test_a_grant_that_speaks_of_something_else_opens_no_door() -> None:
    assert standing([entry("granted", scope="health"), entry("granted", scope="paid")], "sms").verdict == "unknown"


def test_one_sellers_ledger_authorises_no_other() -> None:
    """I14: what was said to one practice says nothing about another; a STOP to nobody in particular holds for all."""
    lines = [
        entry("granted", seller="Elm Street"),
        entry("opted_out", LATER, seller="Oak Lane"),
        entry("granted", seller=""),
    ]
    for seller, verdict in (("Elm Street", "granted"), ("Oak Lane", "denied"), ("Third", "granted")):
        assert standing(entries_for(lines, address=SARAH, channel="sms", seller=seller), "sms").verdict == verdict
    assert not entries_for(lines[:2], address=SARAH, channel="sms", seller="Third")


def test_a_comma_makes_no_other_seller_and_a_legal_form_does() -> None:
    """A yes to the LLC is none to the Inc. that bought it; how somebody typed the name decides nothing."""
    given = [entry("granted", seller="Elm Street Hearing, LLC")]
    for seller, found in (("ELM STREET HEARING LLC", 1), ("Elm Street Hearing Inc.", 0), ("Elm Street Hearing", 0)):
        assert len(entries_for(given, address=SARAH, channel="sms", seller=seller)) == found
