"""A contact's way: what a journey does with silence, answers, delays and repeats."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.domain.journey import (
    AppointmentMissed,
    BadJourney,
    Booked,
    Command,
    ConversationQuiet,
    Due,
    End,
    Enrolled,
    Event,
    Follow,
    Later,
    NotInterested,
    OptedOut,
    Place,
    PlanTouch,
    Replied,
    Stopped,
    TouchFailed,
    TouchSent,
    TouchSuppressed,
    advance,
    from_spec,
    gap,
)

NOW = datetime(2026, 10, 5, 16, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def spec(**changes: object) -> dict[str, object]:
    step = {"channel": "sms", "content": ["understanding-results"]}
    return {
        "schema": 1,
        "slug": "reactivation",
        "version": 1,
        "name": "Reactivation",
        "goal": "booked",
        "then": "maintenance",
        "silence_factor": 1.5,
        "reply_pause_days": 5,
        "steps": [
            {**step, "slug": "hello", "stage": "educate"},
            {**step, "slug": "new-devices", "stage": "introduce", "wait_days": 4},
            {**step, "slug": "visit", "stage": "ask", "wait_days": 6},
        ],
    } | changes


PLAN = from_spec(spec())


def play(*events: Event, apart: timedelta = timedelta(0)) -> tuple[Place, tuple[Command, ...]]:
    """Enroll at NOW, then give each event `apart` after the one before; Due comes when it is due."""
    place, _ = advance(PLAN, None, Enrolled(), NOW)
    now, commands = NOW, tuple[Command, ...]()
    for event in events:
        now = max(now + apart, place.due or now) if isinstance(event, Due) else now + apart
        place, more = advance(PLAN, place, event, now)
        commands += more
    return place, commands


def test_a_silent_contact_gets_every_step_with_widening_gaps_and_then_the_next_journey() -> None:
    place, commands = play(Due(), TouchSent(0), Due(), TouchSent(1), Due(), TouchSent(2))
    assert commands == (PlanTouch(0, 0), PlanTouch(1, 0), PlanTouch(2, 0))
    assert place.unanswered == 3
    # The written gaps of 4 and 6 days, then the last one again, in which a late reply still counts.
    assert place.due == NOW + (4 + 6 + 6) * DAY
    place, commands = advance(PLAN, place, Due(), place.due)
    assert commands == (End("finished"), Follow("maintenance"))
    assert (place.status, place.due) == ("ended", None)


def test_silence_widens_the_gaps_after_three_touches_down_to_one_a_quarter() -> None:
    assert [gap(PLAN, 1, unanswered) / DAY for unanswered in (0, 1, 3, 4, 5)] == [4, 4, 4, 6, 9]
    assert gap(PLAN, 1, 500) == 91 * DAY


def test_a_reply_pauses_the_plan_and_a_quiet_end_resumes_it_at_the_written_pace() -> None:
    place, _ = play(Due(), TouchSent(0), Replied("answer"))
    assert (place.status, place.waits_for, place.due) == ("paused", "conversation", NOW + 5 * DAY)
    place, commands = advance(PLAN, place, ConversationQuiet(), NOW + 2 * DAY)
    assert (place.status, place.due, commands) == ("active", NOW + 6 * DAY, ())


def test_a_talk_that_nobody_closes_does_not_strand_the_contact() -> None:
    place, commands = play(Due(), TouchSent(0), Replied("handoff"), Due(), Due())
    assert commands == (PlanTouch(0, 0), PlanTouch(1, 0))
    assert place.waits_for == "touch"


def test_a_reply_while_a_touch_is_in_flight_does_not_plan_it_again() -> None:
    _, commands = play(Due(), Replied("ask"), TouchSent(0), Due(), Due(), TouchSent(1), Due())
    assert commands == (PlanTouch(0, 0), PlanTouch(1, 0), PlanTouch(2, 0))


def test_later_wakes_on_the_day_asked_for_and_a_thanks_does_not_move_it() -> None:
    place, _ = play(Due(), TouchSent(0), Replied("answer"), Later(date(2027, 1, 4)), Replied("quiet"))
    assert place.due == datetime(2027, 1, 4, 9, tzinfo=UTC)
    _, commands = advance(PLAN, place, Due(), place.due)
    assert commands == (PlanTouch(1, 0),)


def test_later_after_the_last_step_keeps_that_step_for_the_day() -> None:
    place, _ = play(Due(), TouchSent(0), Due(), TouchSent(1), Due(), TouchSent(2), Later(date(2027, 1, 4)))
    assert place.due is not None
    _, commands = advance(PLAN, place, Due(), place.due)
    assert commands == (PlanTouch(2, 1),)


def test_a_suppressed_touch_is_tried_again_three_times_and_then_left_out() -> None:
    again = TouchSuppressed(0, "cap", again=True)
    place, commands = play(Due(), again, Due(), again, Due(), again, Due(), again, apart=timedelta(hours=1))
    assert commands == tuple(PlanTouch(0, n) for n in range(4))
    assert (place.step, place.unanswered) == (1, 0)


def test_a_touch_that_failed_for_good_is_left_out_and_is_not_silence() -> None:
    place, _ = play(Due(), TouchFailed(0, "unknown number"))
    assert (place.step, place.unanswered, place.due) == (1, 0, NOW + 4 * DAY)


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (Booked(), "booked"),
        (OptedOut(), "opted_out"),
        (Replied("stop"), "opted_out"),
        (NotInterested(), "not_interested"),
        (Stopped("merged"), "merged"),
    ],
)
def test_goal_and_refusal_end_it_and_nothing_follows(event: Event, reason: str) -> None:
    place, commands = play(Due(), TouchSent(0), event, Due(), Replied("ask"), TouchSent(1))
    assert commands == (PlanTouch(0, 0), End(reason))
    assert (place.status, place.reason, place.due) == ("ended", reason, None)


def test_early_and_repeated_events_change_nothing() -> None:
    once, _ = play(Due(), TouchSent(0))
    assert play(Due(), TouchSent(0), TouchSent(0), TouchSuppressed(0, "late", again=True), Enrolled())[0] == once
    assert advance(PLAN, once, Due(), NOW + DAY) == (once, ())


def test_a_missed_appointment_brings_the_next_step_forward() -> None:
    place, _ = play(Due(), TouchSent(0), AppointmentMissed())
    assert place.due == NOW + DAY


events = st.one_of(
    st.sampled_from(
        [Due(), Enrolled(), ConversationQuiet(), Booked(), AppointmentMissed(), OptedOut(), NotInterested()]
    ),
    st.builds(TouchSent, st.integers(0, 3)),
    st.builds(TouchSuppressed, st.integers(0, 3), st.just("cap"), st.booleans()),
    st.builds(TouchFailed, st.integers(0, 3), st.just("refused"), st.booleans()),
    st.builds(Replied, st.sampled_from(["stop", "answer", "ask", "book", "handoff", "quiet"])),
    st.builds(Later, st.dates(date(2026, 1, 1), date(2027, 12, 31))),
    st.builds(Stopped, st.just("campaign stopped")),
)
# Mostly what a live journey meets, so that the runs get far.
likely = st.one_of(st.just(Due()), st.just("report"), events)


@given(st.lists(st.tuples(likely, st.floats(0, 20)), max_size=40))
def test_never_stuck_never_twice_and_nothing_after_no(happenings: list[tuple[Event | str, float]]) -> None:
    place, commands = advance(PLAN, None, Enrolled(), NOW)
    planned: list[PlanTouch] = []
    now, refused = NOW, False
    for happening, days in happenings:
        now += days * DAY
        event = TouchSent(place.step - 1) if isinstance(happening, str) else happening
        was_live = place.status != "ended"
        place, commands = advance(PLAN, place, event, now)
        planned += [command for command in commands if isinstance(command, PlanTouch)]

        assert len(set(planned)) == len(planned)
        assert (place.due is None) == (place.status == "ended")
        assert place.status != "paused" or place.waits_for in ("conversation", "date")
        if was_live and place.due is not None:
            assert place.due <= max(now, NOW) + timedelta(days=800)
        assert not refused or commands == ()
        if isinstance(event, OptedOut):
            refused = True
            assert commands == ((End("opted_out"),) if was_live else ())


@given(st.lists(st.tuples(events, st.floats(0, 20)), max_size=12))
def test_left_alone_every_place_comes_to_an_end(happenings: list[tuple[Event, float]]) -> None:
    place, _ = advance(PLAN, None, Enrolled(), NOW)
    now = NOW
    for event, days in happenings:
        now += days * DAY
        place, _ = advance(PLAN, place, event, now)
    for _ in range(20):
        if place.due is not None:
            place, _ = advance(PLAN, place, Due(), place.due)
    assert place.status == "ended"


def test_a_bad_plan_is_refused_with_every_fault_in_words() -> None:
    wrong = spec(
        schema=2,
        silence_facter=1.2,
        steps=[
            {"slug": "visit", "channel": "pigeon", "stage": "ask", "content": ["a"]},
            {"slug": "visit", "channel": "sms", "stage": "educate", "wait_days": 0, "content": []},
        ],
    )
    with pytest.raises(BadJourney) as caught:
        from_spec(wrong)
    assert str(caught.value) == (
        "Journey “reactivation” cannot be played: “silence_facter” is not a known key; schema must be 1; "
        "step 1: channel “pigeon” is unknown; known are sms, email; step 2: wait_days must be more than 0; "
        "step 2: content: it needs at least one piece; step slug “visit” is used twice; "
        "step “visit” (educate) comes after “visit” (ask); the order is educate, then introduce, then ask."
    )
