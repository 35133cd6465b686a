"""What must hold of the gate for every person, place, history and instant."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rewarm.domain.calendars import Cap, Row, RuleSet
from rewarm.domain.policy import Allow, ContactView, Delay, Deny, Proposed, Sent, judge, replay
from tests.domain.gate_cast import LONG_AGO, MARKETING, ONLY_THE_LAW, RULES, SELLER, entry, local

MINUTE = timedelta(minutes=1)
ZONES = ["America/New_York", "America/Chicago", "America/Phoenix", "America/Denver", "America/Los_Angeles",
         "America/Adak", "Pacific/Honolulu", "America/Puerto_Rico"]  # fmt: skip
STATES = sorted(RULES.state_zones)
PHONES = [
    f"+1{code}5550101" for code in ("212", "689", "448", "812", "907", "512", "928", "504", "605", "207", "206", "800")
]

instants = st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))
whole_minutes = instants.map(lambda at: at.replace(second=0, microsecond=0))
windows = st.none() | st.tuples(st.integers(0, 720), st.integers(721, 1440))
purposes = st.sampled_from(["marketing", "informational", "reminder", "reply", "opt_out_confirmation"])
acts = st.sampled_from(["granted", "denied", "opted_out", "opted_in", "bounced", "complained"])


@st.composite
def histories(draw: st.DrawFn, now: datetime) -> tuple[Sent, ...]:
    hours = draw(st.lists(st.integers(0, 60 * 24), max_size=6))
    return tuple(
        Sent(
            now - timedelta(hours=h),
            draw(purposes),
            draw(st.sampled_from(["sms", "email"])),
            said_way_out=draw(st.booleans()),
        )
        for h in hours
    )


def checks(draw: st.DrawFn, now: datetime) -> datetime | None:
    """Most checks are fresh, some grow old while a message waits."""
    days = draw(st.sampled_from([None, 0, 0, 20, 30, 31, 40]))
    return None if days is None else now - timedelta(days=days)


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
        words_sell=draw(st.sampled_from([False, False, False, True])),
        names_seller=draw(st.sampled_from([None, True, True, False])),
        says_way_out=draw(st.sampled_from([None, True, True, False])),
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
        number_checked_at=checks(draw, now),
        registry_checked_at=checks(draw, now),
        on_registry=draw(st.sampled_from([False, False, True])),
        lead=draw(st.booleans()),
        gave_number=draw(st.booleans()),
        emergencies=tuple(draw(st.lists(st.sampled_from(["NY", "LA", "FL"]), max_size=1))),
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
def test_no_fact_against_and_no_stricter_rule_ever_opens_the_door(question: tuple, data: st.DataObject) -> None:  # type: ignore[type-arg]
    """I7, for the rules: narrower hours, one more holiday, a cap or a check more never turns a refusal into an Allow."""
    message, view, ledger, now = question
    if isinstance(judge(message, view, ledger, RULES, now), Allow):
        return
    worse = data.draw(
        st.sampled_from(
            [
                {"reassigned": True}, {"on_registry": True}, {"lead": True}, {"deceased": True}, {"stopped": ("x",)},
                {"emergencies": (*view.emergencies, "NY")}, {"number_checked_at": None}, {"registry_checked_at": None},
                {"gave_number": False}, {"sent": (*view.sent, Sent(now, "marketing", "sms"))}, {"country": "FR"},
            ]
        )
    )  # fmt: skip
    assert not isinstance(judge(message, replace(view, **worse), ledger, RULES, now), Allow), worse
    assert not isinstance(judge(message, view, ledger, stricter(RULES, data), now), Allow)
    assert not isinstance(judge(replace(message, words_sell=True), view, ledger, RULES, now), Allow)


def stricter(rules: RuleSet, data: st.DataObject) -> RuleSet:
    """Tighten every row of the rules by one turn of one screw."""
    window = data.draw(windows)
    screw = data.draw(st.sampled_from(["week", "caps", "holidays", "needs"]))

    def tight(row: Row) -> Row:
        match screw:
            case "week":
                both = tuple(a and window and (max(a[0], window[0]), min(a[1], window[1])) for a in row.week)
                return replace(row, week=tuple(w if w and w[0] < w[1] else None for w in both))
            case "caps":
                return replace(row, caps=(*row.caps, Cap(1, timedelta(hours=24))))
            case "holidays":
                day = data.draw(st.dates(datetime(2025, 1, 1).date(), datetime(2028, 12, 31).date()))
                return replace(row, holidays={**row.holidays, day: None})
        return replace(row, needs_number_check=True, needs_registry=True, needs_health_consent=True, emergency_ban=True)

    return replace(
        rules,
        federal=tight(rules.federal),
        strict=tight(rules.strict),
        states={name: tight(row) for name, row in rules.states.items()},
        countries={name: tight(row) for name, row in rules.countries.items()},
    )


@given(questions())
def test_retry_at_is_the_first_minute_that_allows(question: tuple) -> None:  # type: ignore[type-arg]
    """I11 by brute force: at `retry_at` the door is open, and at no whole minute before, every one of them tried."""
    message, view, ledger, now = question
    verdict = judge(message, view, ledger, RULES, now)
    assert verdict.receipt.get("error") is None
    if not isinstance(verdict, Delay):
        return
    assert verdict.retry_at > now
    assert verdict.retry_at.second == verdict.retry_at.microsecond == 0
    assert isinstance(judge(message, view, ledger, RULES, verdict.retry_at), Allow)
    at = max(now.replace(second=0, microsecond=0) + MINUTE, verdict.retry_at - timedelta(days=2))
    while at < verdict.retry_at:
        assert not isinstance(judge(message, view, ledger, RULES, at), Allow), at
        at += MINUTE


@given(questions())
def test_a_refusal_that_no_time_cures_is_not_cured_by_the_next_days(question: tuple) -> None:  # type: ignore[type-arg]
    """I11, the other half: what is denied is denied at every whole hour of the coming ten days, unless it merely waits there."""
    message, view, ledger, now = question
    verdict = judge(message, view, ledger, RULES, now)
    if not isinstance(verdict, Deny):
        return
    for hour in range(240):
        later = now + timedelta(hours=hour)
        assert not isinstance(judge(message, view, ledger, RULES, later), Allow), (verdict.reason, later)


RAW = {
    row["state"]: row for row in yaml.safe_load((files("rewarm") / "packs" / "rules" / "us.yaml").read_text())["rows"]
}
BAN_DAYS = json.loads((files("rewarm") / "packs" / "rules" / "holidays.json").read_text())


def lawful(state: str, at: datetime, zone: str) -> bool:
    """Read one row of the file itself, by another road than the gate: does this state let a text through on this clock?"""
    local, row = at.astimezone(ZoneInfo(zone)), RAW.get(state, RAW["US"])
    hours = [row["hours"][{5: "sat", 6: "sun"}.get(local.weekday(), "mon_fri")]]
    if f"{local:%Y-%m-%d}" in BAN_DAYS.get(row.get("holidays", {}).get("calendar"), ()):
        hours.append(row["holidays"].get("hours"))
    guard = (local + timedelta(minutes=10)).strftime("%H:%M")  # it must still be open in ten minutes
    return all(span and span[:5] <= f"{local:%H:%M}" and guard < span[6:] and local.hour < 22 for span in hours)


@given(questions())
def test_marketing_is_only_ever_allowed_where_every_state_allows_it_on_every_clock(question: tuple) -> None:  # type: ignore[type-arg]
    """I3, by another road: each wall clock and each row of the file is read on its own."""
    message, view, ledger, now = question
    verdict = judge(message, view, ledger, RULES, now)
    if not isinstance(verdict, Allow) or verdict.receipt["judged_as"] != "marketing":
        return
    area = RULES.areas.get(message.address[2:5])
    for zone in (*view.zones, *(area.zones if area else ())):
        for state in ("US", *view.states, *(area.states if area else ())):
            assert lawful(state, now, zone), (state, zone, now)


@pytest.mark.parametrize(
    ("phone", "zone", "state"),
    [
        ("+12125550101", "America/New_York", "NY"), ("+12145550101", "America/Chicago", "TX"),
        ("+16025550101", "America/Phoenix", "AZ"), ("+18085550101", "Pacific/Honolulu", "HI"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("day", ["2026-03-07", "2026-03-08", "2026-10-31", "2026-11-01", "2028-02-29", "2026-12-25"])
def test_every_minute_of_the_odd_days(phone: str, zone: str, state: str, day: str) -> None:
    """Both changes of the clock, a leap day, Christmas: a minute is allowed exactly when the wall clock says so."""
    message, view = replace(MARKETING, address=phone), replace(ONLY_THE_LAW, accepts_sensitivity=2)
    ledger = [entry("granted", address=phone)]
    at = local(f"{day} 00:00", zone)
    while at.astimezone(ZoneInfo(zone)).date().isoformat() == day:
        allowed = isinstance(judge(message, replace(view, registry_checked_at=at), ledger, RULES, at), Allow)
        assert allowed == (lawful(state, at, zone) and lawful("US", at, zone)), at.astimezone(ZoneInfo(zone))
        at += MINUTE


@given(questions(), st.sampled_from(["informational", "reminder", "opt_out_confirmation"]))
def test_no_label_makes_selling_anything_but_marketing(question: tuple, label: str) -> None:  # type: ignore[type-arg]
    """I9: what sells gets the verdict of marketing, whatever it is called."""
    message, view, ledger, now = question
    plain = replace(message, words_sell=True, purpose="marketing")
    disguised = judge(replace(plain, purpose=label), view, ledger, RULES, now)
    open_ = judge(plain, view, ledger, RULES, now)
    assert (type(disguised), getattr(disguised, "reason", "")) == (type(open_), getattr(open_, "reason", ""))


@pytest.mark.parametrize(
    ("phone", "most", "hours"),
    [
        ("+13055550101", 3, 24),
        ("+14055550101", 3, 24),
        ("+14105550101", 3, 24),
        ("+15035550101", 3, 24),
        ("+12075550101", 1, 8),
    ],
)
@given(whole_minutes, st.integers(1, 5))
def test_a_rolling_span_never_holds_more_than_the_cap(
    phone: str, most: int, hours: int, now: datetime, step: int
) -> None:
    """I5: whoever sends whenever allowed stays under the cap of FL, OK, MD, OR and ME in every rolling span."""
    message = replace(MARKETING, address=phone, seller=SELLER)
    view = ContactView(min_gap=timedelta(0), weekly_cap=100, practice_hours=((0, 1440),) * 7)
    ledger, sent = [entry("granted", LONG_AGO - timedelta(days=900), address=phone)], []
    for n in range(0, 72, step):
        at = now + timedelta(hours=n)
        seen = replace(view, sent=tuple(sent), number_checked_at=at)
        if isinstance(judge(message, seen, ledger, RULES, at), Allow):
            sent.append(Sent(at, "marketing", "sms"))
    assert sent
    assert all(len([s for s in sent if a.at <= s.at < a.at + timedelta(hours=hours)]) <= most for a in sent)
