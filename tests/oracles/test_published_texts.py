"""Our reading of texts against what others published: word lists, real conversations, a carrier's calculator."""

import csv
import gzip
import json
from pathlib import Path

import pytest

from rewarm.adapters.packs import keywords
from rewarm.domain.keywords import opt_out
from rewarm.domain.sms_text import measure

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
WORDS = keywords()

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="shared test data absent: ../shared/data")


def test_every_word_of_regulator_and_vendors_stops() -> None:
    lists = json.loads((DATA / "optout_keywords" / "optout_keywords.json").read_text(encoding="utf-8"))
    for name, words in lists.items():
        if name in ("optin", "help", "sources"):
            continue
        assert all(opt_out(word, WORDS) for word in words), name


def test_nobody_who_books_a_visit_is_opted_out() -> None:
    dialogues = json.loads(gzip.decompress((DATA / "sgd_appointments" / "dev.json.gz").read_bytes()))
    said = [turn["utterance"] for one in dialogues for turn in one["turns"] if turn["speaker"] == "USER"]
    assert [text for text in said if opt_out(text, WORDS)] == []


def test_private_messages_are_hardly_ever_taken_for_opt_outs() -> None:
    with open(DATA / "sms_spam" / "sms_dev.tsv", encoding="utf-8", newline="") as file:
        ham = [row[1] for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row[0] == "ham"][:600]
    assert sum(opt_out(text, WORDS) is not None for text in ham) <= 3


def test_agrees_with_the_calculator_of_the_carrier() -> None:
    real = (
        gzip.decompress((DATA / "sms_segments" / "real_sms_segments.jsonl.gz").read_bytes()).decode("utf-8").split("\n")
    )
    cases = [json.loads(line) for line in real if line]
    cases += json.loads((DATA / "sms_segments" / "twilio_cases.json").read_text(encoding="utf-8"))
    for case in cases:
        sms = measure(case["body"])
        assert (sms.encoding, sms.segments, sms.characters) == (case["encoding"], case["segments"], case["characters"])
