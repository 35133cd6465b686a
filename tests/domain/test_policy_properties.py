"""What must hold of the gate for every person, place, history and instant."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from rewarm.domain.policy import Allow, ContactView, Delay, Proposed, Sent, judge, replay
from tests.domain.gate_cast import LONG_AGO, MARKETING, RULES, SELLER, entry

MINUTE = timedelta(minutes=1)
ZONES = ["America/New_York", "America/Chicago", "America/Phoenix", "America/Denver", "America/Los_Angeles",
         "America/Adak", "Pacific/Honolulu", "America/Puerto_Rico"]  # fmt: skip
STATES = sorted(RULES.state_zones)
PHONES = [f"+1{code}5550101" for code in ("212", "689", "448", "812", "907", "512", "928", "504", "605", "800")]

instants = st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))
whole_minutes = instants.map(lambda at: at.replace(second=0, microsecond=0))
windows = st.none() | st.tuples(st.integers(0, 720), st.integers(721, 1440))
purposes = st.sampled_from(["marketing", "informational", "reminder", "reply", "opt_out_confirmation"])
acts = st.sampled_from(["granted", "denied", "opted_out", "opted_in", "bounced", "complained"])


@st.composite
def histories(draw: st.DrawFn, now: datetime) -> tuple[Sent, ...]:
    hours = draw(st.lists(st.integers(0, 60 * 24), max_size=6))
    return tuple(Sent(now - timedelta(hours=h), draw(purposes), draw(st.sampled_from(["sms", "email"]))) for h in hours)


@st.composite
def questions(draw: st.DrawFn) -> tuple[Proposed, ContactView, list, datetime]:  # type: ignore[type-arg]
    """Ask about anybody: most are refused, and that is the point."""
    now = draw(whole_minutes) + timedelta(seconds=draw(st.sampled_from([0, 0, 1, 59])))
    phone = draw(st.sampled_from(PHONES))
    message = replace(
        MARKETING,
        purpose=draw(st.sampled_from(["marketing", "marketing", "marketing", "reminder", "reply"])),
        address=phone,
        content_is_offer=draw(st.booleans()),
        in_reply_to_at=draw(st.none() | st.integers(0, 60).map(lambda h: now - timedelta(hours=h))),
        expires_at=draw(st.none() | st.integers(0, 500).map(lambda h: now + timedelta(hours=h))),
        sensitivity=draw(st.integers(0, 2)),
    )
    view = ContactView(
        states=tuple(draw(st.lists(st.sampled_from(STATES), max_size=2))),
        zones=tuple(draw(st.lists(st.sampled_from(ZONES), max_size=2))),
        next_appointment_at=draw(st.none() | st.integers(-50, 200).map(lambda h: now + timedelta(hours=h))),
        sent=draw(histories(now)),
        last_touch_at=draw(st.none() | st.integers(0, 100).map(lambda h: now - timedelta(hours=h))),
        practice_hours=tuple(draw(st.lists(windows, min_size=7, max_size=7))),
        weekly_cap=draw(st.integers(1, 4)),
        accepts_sensitivity=2,
    )
    ledger = [entry("granted", address=phone)] if draw(st.integers(0, 9)) else []
    for n, act in enumerate(draw(st.lists(acts, max_size=1))):
        at = now - timedelta(hours=draw(st.integers(0, 200)))
        ledger.append(entry(act, at, address=phone, id=str(n), scope=draw(st.sampled_from(["all", "marketing"]))))
    return message, view, ledger, now


@given(questions())
def test_a_receipt_replays_to_the_same_verdict(question: tuple) -> None:  # type: ignore[type-arg]
    message, view, ledger, now = question
    verdict = judge(message, view, ledger, RULES, now)
    assert verdict.receipt.get("error") is None
    assert replay(json.loads(json.dumps(verdict.receipt)), RULES) == verdict


@given(questions(), st.data())
def test_no_more_evidence_against_ever_opens_the_door(question: tuple, data: st.DataObject) -> None:  # type: ignore[type-arg]
    """I7: an opt-out, a candidate zone or a candidate state more never turns a refusal into an Allow."""
    message, view, ledger, now = question
    if isinstance(judge(message, view, ledger, RULES, now), Allow):
        return
    denial = entry("opted_out", data.draw(whole_minutes), address=message.address)
    assert not isinstance(judge(message, view, [*ledger, denial], RULES, now), Allow)
    if view.states or message.address[2:5] != "800":  # from no evidence at all to some is not "one more"
        more = replace(view, states=(*view.states, data.draw(st.sampled_from(STATES))))
        assert not isinstance(judge(message, more, ledger, RULES, now), Allow)
    if view.zones or (message.address[2:5] != "800" and not view.states):  # a zone is told instead of a state's
        more = replace(view, zones=(*view.zones, data.draw(st.sampled_from(ZONES))))
        assert not isinstance(judge(message, more, ledger, RULES, now), Allow)


@given(questions(), st.data())
def test_retry_at_is_the_first_minute_that_allows(question: tuple, data: st.DataObject) -> None:  # type: ignore[type-arg]
    """I11: at `retry_at` the door is open, and at no whole minute before."""
    message, view, ledger, now = question
    verdict = judge(message, view, ledger, RULES, now)
    if not isinstance(verdict, Delay):
        return
    assert verdict.retry_at > now
    assert isinstance(judge(message, view, ledger, RULES, verdict.retry_at), Allow)
    first = now.replace(second=0, microsecond=0) + MINUTE
    wait = int((verdict.retry_at - first) / MINUTE)
    just_before = [n for n in range(wait - 3, wait) if n >= 0]
    for n in [*just_before, *data.draw(st.lists(st.integers(0, max(0, wait - 1)), max_size=20))]:
        if first + n * MINUTE < verdict.retry_at:
            assert not isinstance(judge(message, view, ledger, RULES, first + n * MINUTE), Allow)


@given(questions())
def test_marketing_is_only_ever_allowed_by_day_everywhere(question: tuple) -> None:  # type: ignore[type-arg]
    """I3, by another road: each wall clock is read on its own, against the widest window of any law."""
    message, view, ledger, now = question
    verdict = judge(message, view, ledger, RULES, now)
    if not isinstance(verdict, Allow) or verdict.receipt["judged_as"] != "marketing":
        return
    for zone in (*view.zones, *RULES.areas.get(message.address[2:5], RULES.areas["212"]).zones):
        if message.address[2:5] == "800" and zone not in view.zones:
            continue
        assert "08:00" <= now.astimezone(ZoneInfo(zone)).strftime("%H:%M") < "20:50"


@given(questions(), st.integers(1, 5))
def test_a_rolling_day_in_florida_never_holds_more_than_three(
    question: tuple,
    step: int,  # type: ignore[type-arg]
) -> None:
    """I5: whoever sends whenever allowed stays under the cap in every rolling day."""
    _, _, _, now = question
    message = replace(MARKETING, address="+13055550101", seller=SELLER)
    view = ContactView(min_gap=timedelta(0), weekly_cap=100, practice_hours=((0, 1440),) * 7)
    ledger, sent = [entry("granted", LONG_AGO - timedelta(days=900), address=message.address)], []
    for n in range(0, 72, step):
        at = now + timedelta(hours=n)
        if isinstance(judge(message, replace(view, sent=tuple(sent)), ledger, RULES, at), Allow):
            sent.append(Sent(at, "marketing", "sms"))
    assert all(len([s for s in sent if a.at <= s.at < a.at + timedelta(days=1)]) <= 3 for a in sent)
