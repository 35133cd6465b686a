"""What follows from a reply: an answer, an offer, a booking, a human, or a friendly silence; never nothing at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.domain.conversation import (
    Answer,
    AskWhen,
    Book,
    Cancel,
    Command,
    Confirm,
    EndJourney,
    HandOff,
    Heard,
    LeaveIt,
    Offer,
    Postpone,
    Say,
    Talk,
    decide,
    without_invitation,
)

TUESDAY, THURSDAY = datetime(2026, 11, 24, 15, tzinfo=UTC), datetime(2026, 11, 26, 19, tzinfo=UTC)
NOTHING_YET = Talk()
OFFERED = Talk(pending="slot_choice", offered=(TUESDAY, THURSDAY))
BOOKED = Talk(appointment=TUESDAY)
INTENTS = [
    *(
        "opt_out",
        "channel_change",
        "wrong_number",
        "deceased",
        "not_interested",
        "already_solved",
        "later",
        "ask_price",
    ),
    *("ask_insurance", "ask_question", "tell_more", "book", "pick_slot", "decline_slots", "reschedule", "proxy"),
    *("cancel_appointment", "confirm", "deny", "give_info", "complaint", "medical_urgent", "want_human", "thanks"),
    *("other_language", "auto_reply", "spam", "unclear"),
]


def heard(*intents: str, **more: object) -> Heard:
    return Heard(intents, "answer", "because", **more)  # type: ignore[arg-type]


def commands(what: Heard, talk: Talk = NOTHING_YET) -> tuple[Command, ...]:
    return decide(what, talk).commands


@pytest.mark.parametrize(
    ("what", "talk", "first"),
    [
        (heard("ask_price"), Talk(), Answer("ask_price")),
        (heard("book"), Talk(), Offer(None)),
        (heard("pick_slot", pick=1), OFFERED, Book(THURSDAY)),
        (heard("pick_slot"), OFFERED, Say("which_slot")),
        (heard("confirm"), OFFERED, Say("which_slot")),
        (heard("decline_slots"), OFFERED, AskWhen()),
        (heard("reschedule"), BOOKED, Offer(None, "reschedule")),
        (heard("pick_slot", pick=0), Talk("slot_choice", (THURSDAY,), TUESDAY), Book(THURSDAY, instead=True)),
        (heard("cancel_appointment"), BOOKED, Cancel()),
        (heard("confirm"), BOOKED, Confirm()),
        (heard("not_interested"), Talk(), EndJourney("not_interested")),
        (heard("confirm"), Talk(), Offer(None)),
        (heard("deny"), Talk(), EndJourney("not_interested")),
    ],
)
def test_the_next_step_is_the_fitting_one(what: Heard, talk: Talk, first: Command) -> None:
    assert commands(what, talk)[0] == first


@pytest.mark.parametrize("intent", ["medical_urgent", "complaint", "deceased"])
def test_the_urgent_goes_to_a_human_whatever_else_was_said(intent: str) -> None:
    did = commands(heard("book", "ask_price", intent), OFFERED)
    assert any(isinstance(one, HandOff) and one.urgency == "urgent" for one in did)
    assert not any(isinstance(one, Book | Offer) for one in did)


def test_an_unclear_text_is_never_guessed_at() -> None:
    assert isinstance(commands(heard("unclear"))[0], HandOff)


def test_a_question_and_a_wish_are_both_met() -> None:
    assert commands(heard("book", "ask_price")) == (Answer("ask_price"), Offer(None, "answered"))


def test_somebody_who_asks_on_and_on_meets_a_person() -> None:
    assert isinstance(commands(heard("ask_question"), Talk(answers=4))[0], HandOff)


def test_after_the_holidays_is_remembered_and_maybe_tuesday_is_a_wish() -> None:
    today = Talk(today=date(2026, 11, 21))
    january = heard("later", later_until=date(2027, 1, 4))
    assert commands(january, today) == (Postpone(date(2027, 1, 4)), Say("later", date(2027, 1, 4)))
    assert commands(heard("later", later_until=date(2026, 11, 24)), today) == (Offer(None),)


@given(
    st.lists(st.sampled_from(INTENTS), min_size=1, max_size=4),
    st.sampled_from([Talk(), OFFERED, BOOKED, Talk(answers=9)]),
    st.none() | st.integers(0, 5),
)
def test_no_reply_is_lost(intents: list[str], talk: Talk, pick: int | None) -> None:
    did = commands(heard(*intents, pick=pick), talk)
    assert did, "every reply is answered, handed to a human, or deliberately left"
    if "opt_out" in intents and not {"medical_urgent", "complaint", "deceased"} & set(intents):
        assert did == (LeaveIt("The opt-out was honoured when it arrived."),)
    for one in did:
        if isinstance(one, Book):
            assert one.starts_at in talk.offered, "only what we offered is booked"
        if isinstance(one, Cancel | Confirm):
            assert talk.appointment is not None


def test_soon_is_a_week() -> None:
    edge = date(2026, 11, 21) + timedelta(days=8)
    assert isinstance(commands(heard("later", later_until=edge), Talk(today=date(2026, 11, 21)))[0], Postpone)


def test_a_pick_with_a_question_books_and_answers() -> None:
    assert commands(heard("pick_slot", "ask_question", pick=0), OFFERED) == (Book(TUESDAY), Answer("ask_question"))


def test_a_foreign_thank_you_needs_nobody() -> None:
    assert commands(heard("thanks", "other_language", language="es")) == (LeaveIt("Nothing to answer: thanks."),)
    assert isinstance(commands(heard("book", "other_language", language="es"))[0], HandOff)
    assert commands(heard("confirm", "other_language", language="es"), BOOKED) == (Confirm(),)


def test_an_answer_does_not_ask_for_what_is_settled() -> None:
    assert without_invitation("We are open until 5. Is there a day that suits you?") == "We are open until 5."
    assert (
        without_invitation("It depends on your phone. Which one is it?") == "It depends on your phone. Which one is it?"
    )
