"""Cells that a spreadsheet would run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.domain.export_text import neutralise


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1 Main", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)", "-", "\t=1+1", "|x", "＝1+1"]
)
def test_what_would_run_becomes_text(cell: str) -> None:
    assert neutralise(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["+12122260101", "-12.50", "Sarah", "", "a=b", "3-4"])
def test_what_is_harmless_stays(cell: str) -> None:
    assert neutralise(cell) == cell


@given(st.text())
def test_nothing_starts_a_formula(cell: str) -> None:
    safe = neutralise(cell)
    assert safe == cell or safe == "'" + cell
    assert safe[:1] not in ("=", "@")
