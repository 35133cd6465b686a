"""Shows how a text would travel by SMS: encoding, segments, and its cheaper spelling."""

from __future__ import annotations

from rewarm.cli.try_ import Line, run_lines
from rewarm.domain.sms_text import measure


def main(_argv: list[str]) -> int:
    """Answer {"text"} (or {"body"}) lines with {"encoding", "segments", "characters"}."""
    return run_lines(_answer)


def _answer(line: Line) -> Line:
    text = line["text"] if "text" in line else line["body"]
    sms = measure(text)
    return {"encoding": sms.encoding, "segments": sms.segments, "characters": sms.characters}
