"""Opt-outs in people's own words: parts that combine, courtesies that change nothing, and senses that are benign."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.adapters.packs import keywords
from rewarm.domain.keywords import opt_out
from rewarm.domain.opt_out_grammar import Grammar, find, grammar_from
from rewarm.domain.word_rules import Rule
from rewarm.domain.wording import fold, spell_out
from tests.domain import opt_out_sentences as said

WORDS = keywords()
WANTED = [*said.ENGLISH, *said.SPANISH, *said.FRENCH, *said.ELSEWHERE]
OWN_WORDS = [text for text in WANTED if (found := opt_out(text, WORDS)) and found.tier not in ("definite", "fuzzy")]

ASKING = [
    "",
    "please ",
    "can you ",
    "could you please ",
    "I want you to ",
    "I'd like you to ",
    "I asked you to ",
    "I told you to ",
    "for the last time, ",
    "will you just ",
    "you need to ",
    "plz ",
    "kindly ",
]
ENDING = [
    "stop texting me",
    "quit sending these messages",
    "cease all contact",
    "stop contacting this number",
    "take me off your list",
    "remove my number",
    "delete my info",
    "unsubscribe me",
    "leave my mother alone",
    "lose my number",
    "stop with the texts",
    "take my name off the list",
    "knock it off with the spam",
    "stop calling me",
]
NEGATION = ["do not", "don't", "dont", "DO NOT", "never", "please don't ever", "don\u2019t"]
REACHING = [
    "text me",
    "contact me again",
    "message this number",
    "call or text me",
    "send me any more messages",
    "email me anymore",
    "write to me",
    "text my husband",
    "send these",
]
WANTING = [
    "I don't want",
    "I do not need",
    "we dont want",
    "I no longer want",
    "I never wanted",
    "no one here wants",
    "I'm sick of",
    "I am so tired of",
    "I've had enough of",
    "no more of",
    "I hate",
]
SENT = [
    "your texts",
    "these messages",
    "your emails",
    "these automated texts",
    "your marketing",
    "your stupid ads",
    "these notifications",
]

COMING = [
    "can I stop by",
    "I could stop in",
    "I'll stop over",
    "we might stop by",
    "is it ok if I stop by",
    "mind if we stop in",
]
WHEN = ["tomorrow", "on Monday", "around 3", "after work", "before noon", "this week", "at 10:30", "on my way home"]
CANCELLING = ["cancel", "please cancel", "I need to cancel", "can you cancel", "I'd like to cancel", "I have to cancel"]
VISITS = [
    "my appointment",
    "my 3pm appointment",
    "the visit on Friday",
    "tomorrow's fitting",
    "my mother's appointment",
    "my slot on Tuesday",
    "the reservation",
]
BY_TIME = [
    "don't call me before {}",
    "please don't text before {}",
    "no calls after {}",
    "don't call until {}",
    "please don't text after {}",
]

polite = st.sampled_from(
    [
        "please {}",
        "{} please",
        "Hi. {}",
        "{}, thank you",
        "{} thanks",
        "Sorry but {}",
        "ok {}",
        "Dear office, {}",
        "{} \U0001f64f",
        "{}!!!",
        "{}. Have a nice day",
        "pls {} thx",
        "{}\n\nSent from my phone",
        "\u201c{}\u201d",
    ]
)


@pytest.mark.parametrize("text", WANTED)
def test_whoever_wants_no_more_is_heard(text: str) -> None:
    assert opt_out(text, WORDS) is not None


@pytest.mark.parametrize("text", [*said.BENIGN, *said.TEXTS_ARE_WELCOME])
def test_whoever_only_sounds_like_it_is_not_stopped(text: str) -> None:
    assert opt_out(text, WORDS) is None


@pytest.mark.parametrize("text", said.OTHER_CHANNEL)
def test_another_channel_ends_the_texts_only(text: str) -> None:
    found = opt_out(text, WORDS)
    assert found is not None
    assert found.tier == "channel"


@given(st.sampled_from(OWN_WORDS), polite)
def test_courtesies_never_hide_an_opt_out(text: str, courtesy: str) -> None:
    assert opt_out(courtesy.format(text), WORDS) is not None


@given(st.sampled_from(WANTED), st.booleans())
def test_case_and_curly_apostrophes_change_nothing(text: str, upper: bool) -> None:
    typed = text.replace("'", "\u2019")
    assert opt_out(typed.upper() if upper else typed.lower(), WORDS) is not None


def test_the_parts_combine() -> None:
    commands = [ask + end for ask, end in product(ASKING, ENDING)]
    refusals = [f"{no} {reach}" for no, reach in product(NEGATION, REACHING)]
    wishes = [f"{want} {sent}" for want, sent in product(WANTING, SENT)]
    missed = [text for text in (*commands, *refusals, *wishes) if opt_out(text, WORDS) is None]
    assert missed == []


def test_stopping_by_cancelling_visits_and_naming_hours_are_benign() -> None:
    coming = [f"{come} {when}" for come, when in product(COMING, WHEN)]
    cancelling = [f"{cancel} {visit}" for cancel, visit in product(CANCELLING, VISITS)]
    hours = [rule.format(hour) for rule, hour in product(BY_TIME, ["9", "9 am", "noon", "Monday", "8:30"])]
    alarms = [text for text in (*coming, *cancelling, *hours) if opt_out(text, WORDS) is not None]
    assert alarms == []


@pytest.mark.parametrize(
    "typed",
    [
        "plz stp txting me",
        "stop mesaging me",
        "dont contct me",
        "unsubscrive me",
        "stoptexting",
        "leavemealone",
        "s t o p texting",
        "st0p texting me",
    ],
)
def test_slips_and_missing_spaces_inside_a_sentence(typed: str) -> None:
    assert opt_out(typed, WORDS) is not None


def test_a_threat_is_told_from_a_wish() -> None:
    threat = opt_out("next one and you will hear from my lawyer", WORDS)
    assert threat is not None
    assert threat.tier == "legal"


def test_a_wrong_number_is_told_from_a_wish() -> None:
    mistaken, both = opt_out("you have the wrong number", WORDS), opt_out("wrong number, stop texting", WORDS)
    assert mistaken is not None
    assert both is not None
    assert (mistaken.tier, both.tier) == ("mistaken", "phrase")


def every_rule(grammar: Grammar) -> list[Rule]:
    return [*grammar.benign, *grammar.legal, *grammar.mistaken, *grammar.leaves, *grammar.refuses, *grammar.prefers]


def test_the_cheap_question_never_hides_a_match() -> None:
    for grammar in WORDS.grammars:
        everything = [letter for letter in grammar.letters.values() if letter]
        assert everything
        for text in (*WANTED, *said.BENIGN):
            letters = "".join(grammar.letters.get(word) or "" for word in spell_out(fold(text)).split())
            for rule in every_rule(grammar):
                if rule.pattern.search(letters):
                    assert rule.may_match(frozenset(letters)), (text, rule.pattern.pattern)


SMALL = {
    "language": "en",
    "courtesies": ["please"],
    "forgiving": ["sent"],
    "ordinary": ["massage"],
    "words": {"stop": ["stop", "quit"], "sent": ["text(s|)", "message"]},
    "parts": {"it": "this|these"},
    "benign": ["<stop> by"],
    "refuses": ["<stop> <it>? _? <sent>"],
    "prefers": ["call me"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("please stop these texts", "stop these texts"),
        ("quit, please", None),
        ("stop by texts", None),
        ("quit please text", "quit text"),
        ("stop the mesage", "stop the mesage"),
        ("stop the massage", None),
        ("stop. texts", None),
    ],
)
def test_a_small_grammar_reads_like_its_rules(text: str, words: str | None) -> None:
    found = find(text, grammar_from(SMALL))
    assert (found and found.words) == words


def test_a_wish_for_another_channel_is_told_apart() -> None:
    found = find("stop texts. call me", grammar_from(SMALL))
    assert found is not None
    assert found.said == "channel"


@pytest.mark.parametrize("rule", ["<unknown> text", "(stop", "stop) text", "please stop"])
def test_a_rule_that_cannot_work_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match=r"cannot read the rule|courtesies are dropped"):
        grammar_from({**SMALL, "refuses": [rule]})
