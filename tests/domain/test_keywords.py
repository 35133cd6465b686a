"""Opt-outs as whole messages: every way to type the words of the law, and no everyday word."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewarm.adapters.packs import keywords
from rewarm.domain.keywords import opt_out, opts_in, soft_no, wants_help
from rewarm.domain.wording import edits

WORDS = keywords()
LAW = ["stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"]  # 47 CFR 64.1200(a)(10)
DEFINITE = sorted({word for tongue in WORDS.tongues for word in tongue.definite})
SLIPS = sorted({word for tongue in WORDS.tongues for word in tongue.slips})

gaps = st.sampled_from(["", " ", ".", "-", " . ", "*", "_", "  "])
rims = st.text(" \t\n.,!?*\"'-\u201c\u201d\u2018\u2019\u00ab\u00bb()[]~#\U0001f64f\U0001f620\u2764\ufe0f", max_size=4)
courtesies = st.sampled_from(
    ["please {}", "{} please", "{} now", "{}, thank you", "ok {}", "{} por favor", "{} svp", "pls {} thx"]
)
ORDINARY = [
    "shop", "top", "step", "start", "spot", "stops", "stomp", "atop", "post", "quite", "quiet", "quilt", "suit", "unit",
    "cancer", "cancelled", "remote", "removed", "evoke", "subscribe", "subscribed", "hasta", "pasta", "termino",
    "end of day", "the end of the week", "weekend", "non stop", "full stop", "para mi esposo", "a fin de mes",
]  # fmt: skip


@given(st.sampled_from([*DEFINITE, *LAW]), gaps, rims, rims, st.randoms(use_true_random=False))
@settings(max_examples=500)
def test_case_spacing_and_what_stands_around_change_nothing(word, gap, before, after, dice) -> None:  # type: ignore[no-untyped-def]
    typed = gap.join(dice.choice([char.upper(), char]) for char in word)
    found = opt_out(f"{before}{typed}{after}", WORDS)
    assert found is not None, typed
    assert found.tier == "definite", typed


@given(st.sampled_from(DEFINITE), courtesies)
def test_courtesies_change_nothing(word: str, polite: str) -> None:
    assert opt_out(polite.format(word), WORDS) is not None


@pytest.mark.parametrize(
    "text",
    [
        "ＳＴＯＰ",
        "Arrêt !",
        "ARRÊTEZ",
        "Désabonner",
        "arrêter",
        "no más",
        "¡BASTA!",
        "stop stop",
        "🛑",
        "🛑️",
        "🚫🚫",
        "🖕🏽",
    ],
)
def test_width_accents_and_signs_change_nothing(text: str) -> None:
    assert opt_out(text, WORDS) is not None


def swapped_or_doubled(word: str) -> set[str]:
    """Return the word with two neighbours swapped, one letter doubled, or (in long words) one letter lost."""
    swaps = {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)}
    doubles = {word[: at + 1] + word[at:] for at in range(len(word))}
    losses = {word[:at] + word[at + 1 :] for at in range(len(word))} if len(word) > 4 else set()
    return swaps | doubles | losses


@pytest.mark.parametrize("word", SLIPS)
def test_one_slip_of_the_finger_still_stops(word: str) -> None:
    for slip in swapped_or_doubled(word) - WORDS.ordinary:
        assert opt_out(slip, WORDS) is not None, slip
        assert opt_out(f"{slip.upper()} please!", WORDS) is not None, slip


@pytest.mark.parametrize(
    "text",
    [
        "5TOP",
        "St0p",
        "$top",
        "st*p",
        "stooooop",
        "unsubscrbe",
        "unsubcribe",
        "remvoe",
        "reply STOP",
        "I said stop!!",
        "hell no, stop",
    ],
)
def test_figures_stars_and_stress_still_stop(text: str) -> None:
    assert opt_out(text, WORDS) is not None


@pytest.mark.parametrize("text", ORDINARY)
def test_everyday_words_do_not_stop(text: str) -> None:
    assert opt_out(text, WORDS) is None
    assert opt_out(text.upper() + "!", WORDS) is None


def test_no_ordinary_word_is_one_of_ours() -> None:
    assert not WORDS.ordinary & set(DEFINITE)
    neighbours = {word for word in WORDS.ordinary if min(edits(word, keyword) for keyword in SLIPS) <= 2}
    assert len(neighbours) > 0.8 * len(WORDS.ordinary)  # the list stays what it is for


def test_a_lone_stop_inside_a_longer_message_counts() -> None:
    found = opt_out("Who is this? STOP. I mean it", WORDS)
    assert found is not None
    assert found.tier == "sentence"


def test_a_mild_no_is_not_an_opt_out() -> None:
    assert soft_no("Not interested, but thank you", WORDS) == "not interested"
    assert opt_out("Not interested, but thank you", WORDS) is None


@pytest.mark.parametrize("text", ["START", " Start! ", "unstop", '"START"'])
def test_a_whole_message_opts_in(text: str) -> None:
    assert opts_in(text, WORDS)


@pytest.mark.parametrize(
    "text", ["yes", "YES!", "y", "sí", "oui", "start over", "yes, start", "let's start Monday", "when do you start"]
)
def test_nothing_less_opts_in(text: str) -> None:
    """YES opens a carrier's block, but inside a booking it answers the booking: it never consents again."""
    assert not opts_in(text, WORDS)


def test_help_is_a_whole_message() -> None:
    assert wants_help("HELP?", WORDS)
    assert not wants_help("can you help me book", WORDS)


@given(st.text())
def test_no_text_breaks_the_rules(text: str) -> None:
    opt_out(text, WORDS)
