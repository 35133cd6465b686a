"""Notes that say it is only a matter of time."""

from __future__ import annotations

import pytest

from rewarm.domain.timing_note import find


@pytest.mark.parametrize(
    "note",
    [
        "call back in the spring", "wants to wait until after the holidays", "not now, maybe next year",
        "check back in 3 months",
        "snowbird, back in May", "hold off til her surgery", "bad timing", "after tax season he says",
        "will revisit after retirement",
    ],
)  # fmt: skip
def test_a_note_that_says_when(note: str) -> None:
    assert find(note) is not None


@pytest.mark.parametrize(
    "note",
    [
        "left msg, c/b Mon", "prefers mornings", "appt rescheduled to March", "back pain", "not happy with OTC",
        "wears them since May",
        "call after 3pm", "",
    ],
)  # fmt: skip
def test_a_note_that_does_not(note: str) -> None:
    assert find(note) is None
