"""The opt-out words that regulators and carriers print, and ordinary texts, read from the data beside the checkout."""

import gzip
import json
import re
from itertools import product
from pathlib import Path

import pytest

from rewarm.adapters.packs import keywords
from rewarm.domain.keywords import opt_out, opts_in, wants_help

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
FACTS = DATA.parent / "facts" / "keywords.yaml"
LISTS = DATA / "optout_keywords" / "optout_keywords.json"
WORDS = keywords()

WAYS = [
    "{}",
    " {} ",
    "{}!",
    "{}.",
    '"{}"',
    "\u201c{}\u201d",
    "*{}*",
    "{} \U0001f64f",
    "({})",
    "please {}",
    "{} please",
    "{}, thanks",
]
GAPS = ["", " ", ".", "-", "  "]


def as_typed(word: str) -> list[str]:
    spaced = [gap.join(word) for gap in GAPS]
    return [way.format(form) for way, one in product(WAYS, spaced) for form in (one, one.upper(), one.title())]


needs_lists = pytest.mark.skipif(not LISTS.exists(), reason=f"{LISTS} is not here: the printed word lists")


@needs_lists
def test_every_printed_word_stops_however_it_is_typed() -> None:
    lists = json.loads(LISTS.read_text())
    words = {
        word for name, found in lists.items() if "stop" in name or "optout" in name or "fcc" in name for word in found
    }
    assert len(words) > 10
    missed = [text for word in sorted(words) for text in as_typed(word) if opt_out(text, WORDS) is None]
    assert missed == []


@needs_lists
def test_printed_opt_in_words_are_ours_but_for_yes() -> None:
    lists = json.loads(LISTS.read_text())
    assert {word for word in lists["optin"] if not opts_in(word, WORDS)} == {"YES"}
    assert all(wants_help(word, WORDS) for word in lists["help"])


@pytest.mark.skipif(not FACTS.exists(), reason=f"{FACTS} is not here: the words of the fact sheet")
def test_every_word_of_the_fact_sheet_stops() -> None:
    source = FACTS.read_text(encoding="utf-8")
    lists = re.findall(r"^  (?:out_definite|words): (\[.*\])", source, flags=re.MULTILINE)
    words = {word for found in lists for word in json.loads(found)}
    assert len(words) > 40
    missed = [text for word in sorted(words) for text in as_typed(word) if opt_out(text, WORDS) is None]
    assert missed == []


BOOKING = DATA / "sgd_appointments" / "dev.json.gz"


@pytest.mark.skipif(not BOOKING.exists(), reason=f"{BOOKING} is not here: booking talk")
def test_booking_talk_is_never_an_opt_out() -> None:
    dialogues = json.loads(gzip.decompress(BOOKING.read_bytes()))
    said = [turn["utterance"] for one in dialogues for turn in one["turns"] if turn["speaker"] == "USER"]
    assert len(said) > 500
    assert [text for text in said if opt_out(text, WORDS)] == []
