"""What a reply means: near misses, dialogue state, and the route that follows."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.adapters.packs import lexicon
from rewarm.domain.intent import Reading, Reply, read

CHICAGO = ZoneInfo("America/Chicago")
NOW = datetime(2026, 5, 6, 10, 20, tzinfo=CHICAGO)
VISIT = datetime(2026, 5, 12, 14, tzinfo=CHICAGO)
WORDS = lexicon()


def heard(text: str, **known: object) -> Reading:
    return read(Reply(text, NOW, **known), WORDS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "intent", "route"),
    [
        ("quit sending me this stuff", "opt_out", "stop"),
        ("take my number off your list", "opt_out", "stop"),
        ("I'm not Margaret, she moved", "wrong_number", "stop"),
        ("My husband passed away in April", "deceased", "stop"),
        ("I woke up and the right ear is dead", "medical_urgent", "handoff"),
        ("could a person call me back please", "want_human", "handoff"),
        ("what would a pair cost me", "ask_price", "answer"),
        ("do you take Aetna?", "ask_insurance", "answer"),
        ("where can I park", "ask_question", "answer"),
        ("tell me more", "tell_more", "answer"),
        ("I'd like to make an appointment", "book", "book"),
        ("maybe after the summer", "later", "quiet"),
        ("not for me, thank you", "not_interested", "quiet"),
        ("bought a pair at Costco", "already_solved", "quiet"),
        ("thanks so much!", "thanks", "quiet"),
        ("qwrtzpl", "unclear", "handoff"),
    ],
)
def test_plain_replies(text: str, intent: str, route: str) -> None:
    reading = heard(text)
    assert (reading.intents[0], reading.route) == (intent, route)


@pytest.mark.parametrize(
    "text",
    [
        "I could stop by around noon", "my hearing aid stopped working", "it stops when I lie down",
        "do you charge if I cancel late", "not interested", "which bus stop is it", "don't cancel, I'm coming",
    ],
)  # fmt: skip
def test_what_only_looks_like_an_opt_out(text: str) -> None:
    assert "opt_out" not in heard(text).intents


def test_another_channel_is_not_the_end() -> None:
    calls = heard("Don't text, just call me")
    assert (calls.intents[0], calls.scope) == ("channel_change", "texts")
    texts = heard("please don't phone me at work, text instead")
    assert (texts.intents[0], texts.scope) == ("channel_change", None)


def test_a_red_flag_comes_before_the_stop() -> None:
    reading = heard("STOP. I suddenly can't hear anything on the left since this morning, who do I call?")
    assert (reading.intents[0], reading.route) == ("medical_urgent", "handoff")


def test_a_bare_cancel_means_the_visit_when_there_is_one() -> None:
    assert heard("cancel").intents[0] == "opt_out"
    with_visit = heard("cancel", appointment=VISIT)
    assert with_visit.intents[0] == "cancel_appointment"
    assert with_visit.opt_out is not None  # a word of the law: a person asks, the messages pause


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("1", "confirm"), ("2", "reschedule"), ("3", "cancel_appointment"), ("yes see you then", "confirm"), ("nope", "deny"),
        ("can we do friday instead", "reschedule"), ("please cancel my appointment", "cancel_appointment"),
    ],
)  # fmt: skip
def test_answers_to_a_reminder(text: str, intent: str) -> None:
    asked = "Your visit is Tue May 12 at 2:00 PM. Reply 1 to confirm, 2 to change, 3 to cancel."
    assert heard(text, asked=asked, pending="confirm_appointment", appointment=VISIT).intents[0] == intent


def test_part_of_an_opt_out_keeps_its_scope() -> None:
    asked = "Shall all messages stop, or only the offers?"
    assert heard("only the offers", asked=asked, pending="scope_of_opt_out").scope == "promotions"
    assert heard("all of them", asked=asked, pending="scope_of_opt_out").scope == "all"
    assert heard("no", asked=asked, pending="scope_of_opt_out").intents == ("deny",)


def test_declining_may_bring_other_times() -> None:
    offered = (datetime(2026, 5, 7, 13, tzinfo=CHICAGO), datetime(2026, 5, 8, 10, tzinfo=CHICAGO))
    reading = heard("neither, monday morning?", asked="Which one?", pending="slot_choice", offered=offered)
    assert reading.intents == ("decline_slots", "book")
    assert reading.availability is not None
    assert reading.availability[0].start == datetime(2026, 5, 11, 8, tzinfo=CHICAGO)


def test_a_bare_yes_takes_its_meaning_from_the_question() -> None:
    assert heard("yes", asked="Would you like to hear how it works?").intents[0] == "tell_more"
    assert heard("yes", asked="Shall we find a time?").intents[0] == "book"
    assert heard("yes", asked="Is it for yourself?", pending="qualify_need").intents[0] == "give_info"


JOURNEY_ASKED = [
    ("You mentioned bingo nights. Want two more?", "tell_more"),
    ("We'd start with your days. Shall I say more?", "tell_more"),
    ("A short phone chat is a fine start. Would that be easier?", "want_human"),
    ("Shall one of us call you about it?", "want_human"),
    ("Would a morning or afternoon visit suit you?", "book"),
    ("You get the price in writing. Shall I look for a time to talk it through?", "book"),
]


@pytest.mark.parametrize(("asked", "intent"), JOURNEY_ASKED)
def test_a_bare_yes_answers_what_a_journey_asked(asked: str, intent: str) -> None:
    assert {heard(yes, asked=asked).intents[0] for yes in ("y", "Yes", "sure", "ok")} == {intent}


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("whichever", "book"), ("how about thursday afternoon", "book"), ("can I come monday at 10", "book"),
        ("I need to rebook the one I skipped", "reschedule"), ("please cancel my 2pm", "cancel_appointment"),
        ("no hurry", "thanks"), ("fall is easier for me", "later"), ("have to talk to my husband first", "later"),
        ("I'd prefer to speak to somebody", "want_human"), ("this isn't Carla's phone", "wrong_number"),
        ("does goldplan cover a hearing test", "ask_insurance"), ("we passed on them", "unclear"),
        ("kindly discontinue", "opt_out"),
        ("your number is blocked now", "opt_out"), ("saquen mi nombre por favor", "opt_out"),
    ],
)  # fmt: skip
def test_plain_words_after_an_invitation(text: str, intent: str) -> None:
    assert heard(text, asked="Would a morning or afternoon visit suit you?").intents[0] == intent


@pytest.mark.parametrize(
    "text",
    [
        "I want off this thing", "please forget about me", "could I get removed from these", "cut me from your campaign",
        "I wish you would quit", "not interested in being messaged", "no quiero que me manden nada", "those have to end",
    ],
)  # fmt: skip
def test_an_opt_out_in_any_words(text: str) -> None:
    assert heard(text, asked="A tip for today. Want two more?").intents[0] == "opt_out"


@pytest.mark.parametrize(
    "text", ["please don't forget me", "I said no more than two people", "I need off at 3", "please forget the fee"]
)
def test_nearly_the_same_words_are_none(text: str) -> None:
    assert "opt_out" not in heard(text, asked="A tip for today. Want two more?").intents


def test_who_brings_somebody_does_not_answer_for_them() -> None:
    assert heard("Thursday at 2 works, my nephew will drive me").intents == ("book",)


OFFERED = (datetime(2026, 5, 7, 9, tzinfo=CHICAGO), datetime(2026, 5, 13, 14, tzinfo=CHICAGO))
OFFER = "Any of these?\n1) Thu May 7, 9:00 AM\n2) Wed May 13, 2:00 PM\nReply with the number."


@pytest.mark.parametrize(
    ("text", "intents", "pick"),
    [
        ("cannot make those, anything the following week", ("decline_slots", "book"), None),
        ("nothing sooner?", ("decline_slots",), None),
        ("any in the morning?", ("decline_slots", "book"), None),
        ("2 please, where do I park?", ("pick_slot", "ask_question"), 1),
    ],
)
def test_an_offer_is_taken_only_when_they_take_it(text: str, intents: tuple[str, ...], pick: int | None) -> None:
    reading = heard(text, asked=OFFER, pending="slot_choice", offered=OFFERED)
    assert (reading.intents, reading.pick) == (intents, pick)


@pytest.mark.parametrize("pending", ["slot_choice", "day_or_time", "confirm_appointment"])
@pytest.mark.parametrize(
    "text", ["End this please", "I want out", "take me off", "saquenme de su lista", "enough already"]
)
def test_a_stop_in_other_words_is_heard_while_a_visit_is_arranged(text: str, pending: str) -> None:
    assert heard(text, asked=OFFER, pending=pending, offered=OFFERED, appointment=VISIT).intents[0] == "opt_out"


def test_one_letter_answers_a_reminder() -> None:
    asked = "Seeing you tomorrow. Reply YES if that still works, or R if you need another time."
    assert heard("R", asked=asked, pending="confirm_appointment", appointment=VISIT).intents[0] == "reschedule"
    question = heard("is it with dr lee", asked=asked, pending="confirm_appointment", appointment=VISIT)
    assert question.intents[0] == "ask_question"


PENDING = st.sampled_from(
    [
        None, "slot_choice", "day_or_time", "confirm_booking", "confirm_appointment",
        "qualify_need", "qualify_timing", "qualify_insurance", "scope_of_opt_out",
    ]
)  # fmt: skip


@given(st.text(max_size=80), PENDING)
def test_any_text_has_a_reading(text: str, pending: str | None) -> None:
    reading = heard(text, pending=pending, offered=(VISIT,), appointment=VISIT)
    assert reading.intents
    assert reading.route in ("stop", "answer", "ask", "book", "handoff", "quiet")


@given(st.sampled_from(["stop", "STOP", "Stop.", "unsubscribe", "arret", "end", "quit", "opt out", "🛑"]), PENDING)
def test_nothing_pending_hides_a_stop(text: str, pending: str | None) -> None:
    reading = heard(text, pending=pending, offered=(VISIT,), appointment=VISIT)
    assert (reading.intents[0], reading.route) == ("opt_out", "stop")
