"""Why, and why not, in words that somebody at the front desk understands."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from rewarm.domain.explanation import BASES, OF_LETTERS, explain
from rewarm.domain.verdict import REASONS
from tests.domain.gate_cast import MARKETING, ONLY_THE_LAW, REMINDER, RULES, ask, local

FRIDAY_NOON = local("2026-11-20 12:00", "America/New_York")


def test_every_reason_names_what_it_rests_on_and_what_cures_it() -> None:
    assert BASES.keys() == REASONS.keys()
    assert all(basis.law and basis.cure.endswith(".") for basis in BASES.values())


def test_the_page_about_the_gate_says_the_same() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "gate.md").read_text(encoding="utf-8")
    for reason, words in REASONS.items():
        assert f"| `{reason}` | {words} | {BASES[reason].law} | {BASES[reason].cure} |" in page, reason


def test_a_texan_sunday_morning_is_explained_by_texan_law_and_ends_at_noon() -> None:
    now = local("2026-11-22 11:59", "America/Chicago")
    told = explain(ask(replace(MARKETING, address="+12145550101"), now=now).receipt, RULES)
    assert (told.verdict, told.what) == ("delay", REASONS["quiet_hours"])
    assert told.first_minute == now + timedelta(minutes=1)
    assert told.clocks == ("Sunday, November 22, 12:00 in Chicago",)
    (line,) = told.places
    assert line.startswith("TX: Sunday 11:59 in Chicago, open from 12:00 to 21:00 (Bus. & Com. Code 301")


def test_each_clock_that_may_be_theirs_has_its_say() -> None:
    now = local("2026-11-20 07:30", "America/New_York")
    told = explain(ask(replace(MARKETING, address="+14485550101"), now=now).receipt, RULES)
    assert told.clocks == ("Friday, November 20, 09:00 in New York", "Friday, November 20, 08:00 in Chicago")
    assert {line.split(":")[0] for line in told.places} == {"federal law", "FL"}


def test_a_closed_day_is_said_to_be_one() -> None:
    told = explain(
        ask(replace(MARKETING, address="+12055550101"), now=local("2026-11-22 12:00", "America/Chicago")).receipt, RULES
    )
    assert "closed all day" in told.places[0]


def test_a_state_that_asks_for_more_is_named_with_its_law() -> None:
    told = explain(ask(replace(MARKETING, address="+12075550101"), now=FRIDAY_NOON).receipt, RULES)
    assert told.places[0].startswith("ME: wants the number checked for a new owner (10 M.R.S. 1499-B")
    assert "rewarm registry" in told.cure


def test_what_was_called_something_else_is_said() -> None:
    told = explain(ask(replace(REMINDER, words_sell=True), ONLY_THE_LAW, (), now=FRIDAY_NOON).receipt, RULES)
    assert (told.what, told.assumed_purpose) == (REASONS["no_consent"], "marketing")


def test_an_allowed_message_needs_no_excuse() -> None:
    told = explain(ask(now=FRIDAY_NOON).receipt, RULES)
    assert (told.verdict, told.what, told.cure, told.first_minute, told.places) == ("allow", "", "", None, ())


def test_a_receipt_of_other_rules_or_of_no_question_is_explained_as_far_as_it_goes() -> None:
    receipt = ask(replace(MARKETING, address="+12075550101"), now=FRIDAY_NOON).receipt
    assert explain(receipt, None).places == ()
    assert explain({**receipt, "rules": "us-2019"}, RULES).what == REASONS["number_unchecked"]
    assert explain({"verdict": "deny", "reason": "no_sender"}, RULES).cure == "Set up a sender for this channel."
    assert explain({"verdict": "deny", "reason": "draft", "checks": []}, RULES).what == ""


def test_of_a_letter_the_law_of_letters_is_cited() -> None:
    """47 CFR 64.1200 speaks of calls and texts; counsel would strike it from a paper about an e-mail."""
    letter = replace(MARKETING, channel="email", address="sarah@example.com")
    told = explain(ask(letter, ledger=(), now=FRIDAY_NOON).receipt, RULES)
    assert told.what == REASONS["no_consent"]
    assert told.law.startswith("CASL s. 6; PECR reg. 22")
    assert all("CFR 64.1200" not in basis.law for basis in OF_LETTERS.values())
    assert OF_LETTERS.keys() < BASES.keys()
