"""Opt-outs by written rules: every way to type the words of the law, and no everyday sentence."""

import csv
import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewarm.adapters.packs import keywords
from rewarm.domain.keywords import opt_out, opts_in, soft_no, wants_help

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
WORDS = keywords()
LAW = ["stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe", "stopall", "optout", "arret", "baja"]
EVERYDAY = [
    "shop", "step", "top", "quite", "quiet", "cancer", "remote", "suit", "spot",
    "I'll stop by on Monday", "please cancel my appointment on Friday", "can you stop it from whistling",
    "the bus stop is right there", "I quit smoking", "at the end of the month", "don't stop now, tell me more",
    "para mi esposo", "no thanks", "where do I report to", "that's an issue with the battery", "I'd like to stop in tomorrow",
]  # fmt: skip


@pytest.mark.parametrize("word", LAW)
@settings(max_examples=25)
@given(st.data())
def test_case_spaces_and_punctuation_change_nothing(word: str, data: st.DataObject) -> None:
    cased = "".join(char.upper() if data.draw(st.booleans()) else char for char in word)
    before = data.draw(st.text(" \t\n.,!?*\"'-", max_size=4))
    after = data.draw(st.text(" \t\n.,!?*\"'-", max_size=4))
    found = opt_out(before + cased + after, WORDS)
    assert found is not None
    assert found.tier == "definite"


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


@pytest.mark.skipif(
    not (DATA / "optout_keywords").is_dir(), reason="shared test data absent: ../shared/data/optout_keywords"
)
def test_every_word_of_regulator_and_vendors_stops() -> None:
    lists = json.loads((DATA / "optout_keywords" / "optout_keywords.json").read_text(encoding="utf-8"))
    for name, words in lists.items():
        if name in ("optin", "help", "sources"):
            continue
        assert all(opt_out(word, WORDS) for word in words), name


@pytest.mark.skipif(
    not (DATA / "sgd_appointments").is_dir(), reason="shared test data absent: ../shared/data/sgd_appointments"
)
def test_nobody_who_books_a_visit_is_opted_out() -> None:
    dialogues = json.loads(gzip.decompress((DATA / "sgd_appointments" / "dev.json.gz").read_bytes()))
    said = [turn["utterance"] for one in dialogues for turn in one["turns"] if turn["speaker"] == "USER"]
    assert [text for text in said if opt_out(text, WORDS)] == []


@pytest.mark.skipif(not (DATA / "sms_spam").is_dir(), reason="shared test data absent: ../shared/data/sms_spam")
def test_private_messages_are_hardly_ever_taken_for_opt_outs() -> None:
    with open(DATA / "sms_spam" / "sms_dev.tsv", encoding="utf-8", newline="") as file:
        ham = [row[1] for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row[0] == "ham"][:600]
    assert sum(opt_out(text, WORDS) is not None for text in ham) <= 3
