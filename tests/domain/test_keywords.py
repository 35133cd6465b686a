"""Opt-outs by written rules: every way to type the words of the law, and no everyday sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.adapters.packs import keywords
from rewarm.domain.keywords import opt_out, opts_in, soft_no, wants_help

WORDS = keywords()
around = st.text(" \t\n.,!?*\"'-", max_size=4)
LAW = ["stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe", "stopall", "optout", "arret", "baja"]
EVERYDAY = [
    "shop", "step", "top", "quite", "quiet", "cancer", "remote", "suit", "spot",
    "I'll stop by on Monday", "please cancel my appointment on Friday", "can you stop it from whistling",
    "the bus stop is right there", "I quit smoking", "at the end of the month", "don't stop now, tell me more",
    "para mi esposo", "no thanks", "where do I report to", "that's an issue with the battery", "I'd like to stop in tomorrow",
]  # fmt: skip


@given(around, around, st.lists(st.booleans(), min_size=11, max_size=11))
def test_case_spaces_and_punctuation_change_nothing(before: str, after: str, capital: list[bool]) -> None:
    for word in LAW:
        cased = "".join(char.upper() if up else char for char, up in zip(word, capital, strict=False))
        found = opt_out(before + cased + after, WORDS)
        assert found is not None, word
        assert found.tier == "definite", word


@pytest.mark.parametrize(
    "text", ["Please stop", "STOP thanks", "stop, por favor", "stop stop", "🛑", "🛑️", "ＳＴＯＰ", "Arrêt !"]
)
def test_politeness_signs_and_width_change_nothing(text: str) -> None:
    assert opt_out(text, WORDS) is not None


@pytest.mark.parametrize(
    "text", ["S T O P", "s-t-o-p", "5TOP", "St0p", "stooooop", "stpo", "stopp", "unsubscrbe", "remvoe"]
)
def test_slips_of_the_finger_still_stop(text: str) -> None:
    assert opt_out(text, WORDS) is not None


@pytest.mark.parametrize("text", EVERYDAY)
def test_everyday_words_do_not_stop(text: str) -> None:
    assert opt_out(text, WORDS) is None


def test_a_threat_is_told_from_a_wish() -> None:
    threat = opt_out("next one and you will hear from my lawyer", WORDS)
    assert threat is not None
    assert threat.tier == "legal"


def test_a_lone_stop_inside_a_longer_message_counts() -> None:
    assert opt_out("Who is this? STOP. I mean it", WORDS) is not None


def test_a_mild_no_is_not_an_opt_out() -> None:
    assert soft_no("Not interested, but thank you", WORDS) == "not interested"
    assert opt_out("Not interested, but thank you", WORDS) is None


def test_yes_never_opts_in() -> None:
    assert opts_in(" Start! ", WORDS)
    assert not opts_in("yes", WORDS)
    assert wants_help("HELP?", WORDS)


@given(st.text())
def test_no_text_breaks_the_rules(text: str) -> None:
    opt_out(text, WORDS)
