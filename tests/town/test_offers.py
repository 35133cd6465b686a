"""Reading times out of a practice's text."""

from __future__ import annotations

import pytest

from town.offers import Offer, asks_to_book, asks_which, hands_over, is_confirmation, offers, regrets_absence


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "1) Tue Nov 24 10:00 AM 2) Wed Nov 25 2:30 PM",
            [Offer("1", "Tuesday", "24", "10:00 AM"), Offer("2", "Wednesday", "25", "2:30 PM")],
        ),
        (
            "We have Tuesday at 9am or Thursday at 3 pm",
            [Offer("", "Tuesday", "", "9am"), Offer("", "Thursday", "", "3 pm")],
        ),
        (
            "Tuesday at 9:00 AM or 1:30 PM?",
            [Offer("", "Tuesday", "", "9:00 AM"), Offer("", "Tuesday", "", "1:30 PM")],
        ),
        ("Reply 1 for Mon 10/26 at 11:00 AM.", [Offer("1", "Monday", "26", "11:00 AM")]),
        ("We are open Mon-Fri 9am-5pm.", []),
        ("How has your hearing been?", []),
    ],
)
def test_offers(text: str, found: list[Offer]) -> None:
    assert offers(text) == found


def test_a_confirmation_names_one_time() -> None:
    assert is_confirmation("You're booked for Tuesday, Nov 24 at 10:00 AM. See you then!")
    assert not is_confirmation("Your visit on Tuesday, Nov 24 at 10:00 AM is off the calendar. Another time?")
    assert not is_confirmation("1) Tue Nov 24 10:00 AM 2) Wed Nov 25 2:30 PM. Which one can be booked?")


def test_questions_and_promises() -> None:
    assert asks_to_book("Would you like me to find a time for you?")
    assert not asks_to_book("How is the TV these days?")
    assert asks_which("Great! Which one shall I put you down for? Just reply with the number.")
    assert regrets_absence("Hi Ruth, we missed you today and hope all is well.")
    assert hands_over("Thanks, Angie from our team will call you today.")
