"""The life of a touch: every legal step, every illegal one, and the law of conservation."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.domain.outbox import (
    MOST_REFUSALS,
    RECONCILE_FOR,
    Accepted,
    Refused,
    Report,
    Row,
    Unknown,
    after_lease,
    after_outcome,
    after_plan,
    after_report,
    after_verdict,
    asks_again,
    bucket,
    close_unknown,
    is_due,
    lease,
)
from rewarm.domain.verdict import Allow, Delay, Deny

NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALLOW, DELAY, DENY = Allow({}), Delay("quiet_hours", NOW + 9 * HOUR, {}), Deny("opted_out", {})


def in_state(state: str) -> Row:
    return Row(state=state, attempt=1, since=NOW)  # type: ignore[arg-type]


def test_the_good_life() -> None:
    row = after_verdict(lease(after_plan(Row(), ALLOW, NOW), NOW), ALLOW, NOW)
    assert (row.state, row.attempt) == ("dispatching", 1)
    row = after_outcome(row, Accepted("sm-1"), NOW)
    assert (row.state, row.provider_id, row.status) == ("sent", "sm-1", "accepted")
    assert after_report(row, Report("delivered", NOW), NOW).status == "delivered"


@pytest.mark.parametrize(
    ("verdict", "state", "reason"),
    [(ALLOW, "dispatching", None), (DELAY, "planned", "quiet_hours"), (DENY, "suppressed", "opted_out")],
)
def test_the_verdict_under_the_lock(verdict: Allow | Delay | Deny, state: str, reason: str | None) -> None:
    row = after_verdict(in_state("leased"), verdict, NOW)
    assert (row.state, row.reason) == (state, reason)


def test_a_delayed_touch_waits_until_its_minute() -> None:
    row = after_verdict(in_state("leased"), DELAY, NOW)
    assert not is_due(row, NOW)
    assert is_due(row, NOW + 9 * HOUR)


def test_what_came_too_late_is_not_sent_even_when_allowed() -> None:
    assert after_verdict(replace(in_state("leased"), expires_at=NOW), ALLOW, NOW).reason == "expired"
    assert after_plan(replace(in_state("planned"), expires_at=NOW + HOUR), DELAY, NOW).state == "suppressed"


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Accepted("x"), "sent"),
        (Refused(True, "invalid number"), "failed"),
        (Refused(False, "busy", HOUR), "planned"),
        (Unknown("no answer"), "unknown"),
    ],
)
def test_the_outcome_of_a_call(outcome: Accepted | Refused | Unknown, state: str) -> None:
    assert after_outcome(in_state("dispatching"), outcome, NOW).state == state


def test_a_refusal_for_now_waits_as_long_as_asked_and_then_longer_each_time() -> None:
    dispatching = in_state("dispatching")
    assert after_outcome(dispatching, Refused(False, "429", HOUR), NOW).not_before == NOW + HOUR
    pauses = [
        after_outcome(replace(dispatching, refusals=n), Refused(False, "busy"), NOW).not_before
        for n in range(MOST_REFUSALS - 1)
    ]
    assert pauses == sorted(pauses, key=str)
    last = replace(dispatching, refusals=MOST_REFUSALS - 1)
    assert after_outcome(last, Refused(False, "busy"), NOW).state == "failed"


def test_our_own_delays_cost_no_try() -> None:
    often_delayed = replace(in_state("dispatching"), attempt=50)
    assert after_outcome(often_delayed, Refused(False, "busy"), NOW).state == "planned"


def test_a_lost_worker() -> None:
    assert after_lease(in_state("leased"), NOW).state == "planned"
    assert after_lease(in_state("dispatching"), NOW).state == "unknown"


def test_an_unknown_is_never_called_again_and_closed_after_three_days() -> None:
    unknown = in_state("unknown")
    assert not is_due(unknown, NOW + 1000 * HOUR)
    assert close_unknown(unknown, NOW + RECONCILE_FOR - HOUR).state == "unknown"
    closed = close_unknown(unknown, NOW + RECONCILE_FOR)
    assert (closed.state, bucket(closed.state)) == ("closed", "sent")
    assert after_report(closed, Report("delivered", NOW), NOW).status == "delivered"


@pytest.mark.parametrize("state", ["planned", "leased", "dispatching", "unknown", "failed", "closed", "sent"])
def test_a_delivery_proves_sending_whatever_we_believed(state: str) -> None:
    """A refused try that was taken after all must not be tried again."""
    row = after_report(in_state(state), Report("delivered", NOW, "sm-9"), NOW)
    assert (row.state, row.status, row.provider_id) == ("sent", "delivered", "sm-9")


def test_a_report_on_a_touch_that_was_never_called_is_not_ours() -> None:
    assert after_report(in_state("suppressed"), Report("delivered", NOW), NOW) == in_state("suppressed")


@pytest.mark.parametrize("late", [Accepted("x"), Refused(True, "no"), Refused(False, "busy"), Unknown("reset")])
def test_a_report_that_overtakes_its_answer_stays(late: Accepted | Refused | Unknown) -> None:
    delivered = after_report(in_state("dispatching"), Report("delivered", NOW), NOW)
    after = after_outcome(delivered, late, NOW)
    assert (after.state, after.status) == ("sent", "delivered")


def test_reports_in_any_order_end_alike() -> None:
    reports = [
        Report("accepted", NOW),
        Report("sent", NOW),
        Report("undelivered", NOW),
        Report("delivered", NOW),
    ]
    ends = set()
    for order in permutations(reports):
        row = in_state("unknown")
        for report in order:
            row = after_report(row, report, NOW)
        ends.add((row.state, row.status))
    assert ends == {("sent", "delivered")}


@given(st.lists(st.sampled_from(["accepted", "sent", "undelivered", "delivered"]), min_size=1, max_size=8))
def test_a_status_only_rises(kinds: list[str]) -> None:
    rank, row = ["accepted", "sent", "undelivered", "delivered"], in_state("dispatching")
    for kind in kinds:
        before = row.status
        row = after_report(row, Report(kind, NOW), NOW)  # type: ignore[arg-type]
        assert before is None or rank.index(row.status or "") >= rank.index(before)
        assert after_report(row, Report(kind, NOW), NOW) == row, "a repeated report changes nothing"  # type: ignore[arg-type]


STEPS = {
    "lease": lambda row: lease(row, NOW),
    "allow": lambda row: after_verdict(row, ALLOW, NOW),
    "delay": lambda row: after_verdict(row, DELAY, NOW),
    "deny": lambda row: after_verdict(row, DENY, NOW),
    "accepted": lambda row: after_outcome(row, Accepted("x"), NOW),
    "lost": lambda row: after_lease(row, NOW),
    "close": lambda row: close_unknown(row, NOW),
}
LEGAL = {
    "planned": {"lease"},
    "leased": {"allow", "delay", "deny", "lost"},
    "dispatching": {"accepted", "lost"},
    "unknown": {"accepted", "close"},
    "sent": {"accepted"},
    "failed": {"accepted"},
    "closed": {"accepted"},
    "suppressed": set(),
}


@pytest.mark.parametrize("state", LEGAL)
def test_every_step_is_legal_or_a_bug(state: str) -> None:
    for name, step in STEPS.items():
        if name in LEGAL[state]:
            assert step(in_state(state)).state in LEGAL, name
        else:
            with pytest.raises(AssertionError):
                step(in_state(state))


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=12))
def test_no_step_loses_a_touch(steps: list[str]) -> None:
    """Conservation: after any legal walk the touch lies in exactly one of the four buckets."""
    row = Row(since=NOW)
    for step in steps:
        if step in LEGAL[row.state] and (step != "lease" or is_due(row, NOW)):
            row = STEPS[step](row)
        assert bucket(row.state) in ("pending", "sent", "suppressed", "failed")


def test_an_unknown_is_asked_about_after_two_minutes_and_at_each_doubling_of_its_age() -> None:
    rounds = [timedelta(minutes=5 * n) for n in range(1, 72 * 12 + 1)]
    asked = [age for age in rounds if asks_again(age, timedelta(minutes=5))]
    minutes = [age // timedelta(minutes=1) for age in asked]
    assert minutes == [5, 10, 20, 35, 65, 130, 260, 515, 1025, 2050, 4100]
    assert not asks_again(timedelta(minutes=1), timedelta(minutes=5))
