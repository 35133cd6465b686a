"""Marks survive any template, and nobody can forge one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.domain.marked import capitalized, clean, mark, strip, unmarked


def test_spans_are_exact() -> None:
    text, sources = strip(f"Hi {mark('field', 'first_name', 'Sarah')}, about {mark('fact', 'f1', 'the choir')}.")
    assert text == "Hi Sarah, about the choir."
    assert [(text[s.start : s.end], s.kind, s.id) for s in sources] == [
        ("Sarah", "field", "first_name"),
        ("the choir", "fact", "f1"),
    ]


def test_a_letter_is_made_large_inside_the_mark() -> None:
    assert strip(capitalized(mark("fact", "f1", "your trip")))[0] == "Your trip"
    assert capitalized("plain") == "Plain"


@given(st.text())
def test_no_value_can_forge_a_source(value: str) -> None:
    text, sources = strip(f"a {mark('fact', 'f1', value)} b")
    assert text == f"a {clean(value)} b"
    assert [(s.kind, s.id) for s in sources] == [("fact", "f1")]


@given(st.text(alphabet="ab\ue000\ue001\ue002:"))
def test_broken_marks_are_noticed_or_harmless(rendered: str) -> None:
    try:
        text, sources = strip(rendered)
    except ValueError:
        return
    assert not set(text) & {"\ue000", "\ue001", "\ue002"}
    assert all(0 <= s.start <= s.end <= len(text) for s in sources)


def test_a_cut_mark_is_refused() -> None:
    with pytest.raises(ValueError, match="cut or forged"):
        strip(mark("fact", "f1", "x")[:-1])


def test_marks_can_be_forgotten() -> None:
    assert unmarked(f"Hi {mark('field', 'first_name', 'Omar')}!") == "Hi Omar!"
