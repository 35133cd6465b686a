"""The facts that the audiology pack finds in notes, and what it leaves out."""

from __future__ import annotations

import io
import json
from datetime import date
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.adapters.fact_lexicon import fact_lexicon
from rewarm.cli import try_facts
from rewarm.domain.fact_rules import FACT_KINDS
from rewarm.domain.facts import Fact, find, rank

WRITTEN_ON = date(2025, 8, 20)


def facts(note: str, written_on: date | None = WRITTEN_ON) -> tuple[Fact, ...]:
    return find(note, written_on, fact_lexicon()).facts


def found(note: str) -> dict[str, str]:
    return {fact.kind: fact.quote for fact in facts(note)}


@pytest.mark.parametrize(
    ("note", "kind", "quote", "value"),
    [
        ("Pt c/o trouble hearing in church, otherwise well", "concern", "trouble hearing in church", None),
        ("says she can't follow the book club, loves to read", "concern", "can't follow the book club", None),
        ("wants to hear his grandson's violin. nice man", "goal", "hear his grandson's violin", None),
        ("interested in something discreet for work", "interest", "something discreet for work", None),
        ("not interested in BTE", "interest", "not interested in BTE", None),
        ("asked abt Phonak Lumity", "product", "Phonak Lumity", "Phonak Lumity"),
        ("OTICON REAL quoted", "product", "OTICON REAL", "Oticon Real"),
        ("left ear is worse", "ear_side", "left", "left"),
        ("tinnitus AU", "ear_side", "AU", "both"),
        ("wants to wait til March", "timeframe", "wait til March", "2026-03"),
        ("too expensive, will think", "objection", "too expensive", "price"),
        ("worried about looking old", "objection", "worried about looking old", "stigma"),
        ("daughter's wedding 10/5", "life_event", "daughter's wedding 10/5", "2025-10-05"),
        ("flying to Oslo 9/12", "life_event", "flying to Oslo 9/12", "2025-09-12"),
        ("has Humana Gold", "insurance", "Humana Gold", "Humana"),
        ("no ins for aids", "insurance", "no ins for aids", None),
        ("can spend up to $2,500", "budget", "up to $2,500", 2500.0),
        ("budget 3-4k", "budget", "3-4k", 4000.0),
        ("wife decides everything", "decision_maker", "wife decides everything", "wife"),
        ("retired teacher", "work", "retired teacher", None),
        ("wears aids since 2017", "device_history", "wears aids since 2017", "2017"),
        ("referred by Dr. Patel", "referral", "referred by Dr. Patel", None),
        ("best after 2pm", "contact_preference", "after 2pm", None),
        ("has early dementia", "sensitive", "early dementia", None),
    ],
)
def test_finds_one_fact(note: str, kind: str, quote: str, value: str | float | None) -> None:
    matching = [fact for fact in facts(note) if fact.kind == kind]
    assert [(fact.quote, fact.value) for fact in matching] == [(quote, value)]


@pytest.mark.parametrize(
    ("note", "kind"),
    [
        ("her husband wears Starkey aids", "device_history"),  # somebody else's
        ("mom's aids are 12 yrs old", "device_history"),
        ("appt 9/4 10am", "timeframe"),  # booked, not meant
        ("lm, will try again Tues", "timeframe"),
        ("fell in June", "timeframe"),  # behind us
        ("quoted $5,200", "budget"),  # our price
        ("paid balance of $310", "budget"),
        ("2021: said too expensive. Today she called, wants to start", "objection"),  # overruled
        ("old ones died", "sensitive"),  # not a death
        ("dropped cable so no tv streamer needed", "interest"),
        ("said no to a loaner", "interest"),
        ("does not want to hear the sales talk", "goal"),
        ("mailed receipt", "contact_preference"),
    ],
)
def test_leaves_out(note: str, kind: str) -> None:
    assert kind not in found(note)


def test_a_diagnosis_makes_everything_that_it_touches_private() -> None:
    levels = {fact.kind: fact.sensitivity for fact in facts("has PTSD. wants rechargeable, left ear rings")}
    assert levels == {"sensitive": 2, "interest": 0, "ear_side": 1, "concern": 1}
    pregnant = facts("expecting her first baby, pregnancy is high risk")
    assert all(fact.sensitivity == 2 for fact in pregnant if "pregnancy" in fact.quote)


def test_a_running_note_dates_each_entry() -> None:
    note = "3/2/25 KL: can't hear the choir\n7/9/25 JM: wants rechargeable"
    assert {fact.kind: fact.said_on for fact in facts(note)} == {
        "concern": date(2025, 3, 2),
        "interest": date(2025, 7, 9),
    }


def test_goals_come_first() -> None:
    ranked = rank(facts("asked abt Widex Moment, left ear is worse, wants to hear the birds"))
    assert ranked[0].kind == "goal"


def test_says_whether_timing_is_the_matter() -> None:
    assert find("wants to wait til March", WRITTEN_ON, fact_lexicon()).timing
    assert not find("wants rechargeable", WRITTEN_ON, fact_lexicon()).timing


def test_flags_come_with_their_words() -> None:
    reading = find("nice lady. pls no more texts", WRITTEN_ON, fact_lexicon())
    assert reading.do_not_text and not reading.do_not_contact and not reading.do_not_call
    assert [span.of("nice lady. pls no more texts") for span in reading.said] == ["no more texts"]


PIECES = st.sampled_from(
    "can't hear grandkids|wants to hear|the left ear|L|R>L|Phonak|12/31|in June|$2,000|wife decides|DO NOT TEXT|"
    "Medicare Plan G|since '09|dementia|😅|İ|ﬁ|…|(|)|\"|.|, |\n|; |’|works nights at the|tested 3/4|wedding|"
    "too expensive|call after 5|sent by Dr.".split("|")
)


@given(st.text(max_size=80) | st.lists(PIECES, max_size=14).map(" ".join), st.dates() | st.none())
def test_every_quote_is_exact_and_nothing_raises(note: str, written_on: date | None) -> None:
    reading = facts(note, written_on)
    for fact in reading:
        assert fact.quote == note[fact.start : fact.end] != ""
        assert fact.kind in FACT_KINDS
    assert [fact.start for fact in reading] == sorted(fact.start for fact in reading)
    for one in reading:
        others = [fact for fact in reading if fact is not one and fact.kind == one.kind]
        assert all(one.end <= fact.start or fact.end <= one.start for fact in others)


@pytest.mark.parametrize(
    "unit",
    ["wife says TV too loud, wants to wait until after Christmas. ", "10/6 TG: no show. ", "mom ", "a ", ",", "\n"],
)
def test_a_note_of_twice_the_length_takes_no_more_than_thrice_the_time(unit: str) -> None:
    """Years of notes lie in one cell of some exports; what grows with the square would hold up an import for hours."""
    note = unit * (4000 // len(unit))
    assert _seconds(note * 2) < 3 * _seconds(note)


def _seconds(note: str) -> float:
    def once() -> float:
        began = process_time()
        facts(note)
        return process_time() - began

    facts("")  # reads the lexicon
    return min(once() for _ in range(3))


def test_try_facts_answers_a_line_with_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = '{"id": "a", "note": "budget 3-4k, doesn\'t want any texts", "written_on": "2025-08-20"}\nnonsense\n'
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    assert try_facts.main([]) == 1
    answer, error = map(json.loads, capsys.readouterr().out.splitlines())
    assert answer == {
        "id": "a",
        "facts": [{"type": "budget", "start": 7, "end": 11, "quote": "3-4k", "value": 4000}],
        "do_not_contact": False,
        "do_not_text": True,
    }
    assert error["line"] == 2
