"""Shows what rewarm reads in a note: {"id", "note", "written_on"} in, its facts and flags out.

Keys and labels are those of the notes guide; an absent `written_on` leaves open dates open.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from rewarm.adapters.fact_lexicon import fact_lexicon
from rewarm.cli.try_ import Line, run_lines
from rewarm.domain.facts import Fact, find


def main(argv: list[str]) -> int:
    """Answer one JSON object a line; the first argument names another pack than audiology."""
    lexicon = fact_lexicon(*argv[:1])

    def answer(line: Line) -> Line:
        written_on = line.get("written_on")
        reading = find(line["note"], date.fromisoformat(written_on[:10]) if written_on else None, lexicon)
        return {
            **({"id": line["id"]} if "id" in line else {}),
            "facts": [_told(fact) for fact in reading.facts],
            "do_not_contact": reading.do_not_contact,
            "do_not_text": reading.do_not_text,
        }

    return run_lines(answer)


def _told(fact: Fact) -> dict[str, Any]:
    whole = isinstance(fact.value, float) and fact.value.is_integer()
    value = int(fact.value) if whole and isinstance(fact.value, float) else fact.value
    return {"type": fact.kind, "start": fact.start, "end": fact.end, "quote": fact.quote, "value": value}
