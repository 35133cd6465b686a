"""Scores the facts and flags read from notes against labelled lines: `python -m benchmarks.notes [--half A|B] [FILE]`.

A half is chosen by the hash of the id, so that rules can be written on one and judged on the other.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import Claim
from rewarm.adapters.fact_lexicon import fact_lexicon
from rewarm.domain.facts import Fact, find

DEFAULT = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "notes" / "dev.jsonl"
HALF_RIGHT = 0.5  # intersection over union from which two spans count as the same statement
Line = Mapping[str, Any]


@dataclass
class Score:
    """How many facts of one kind were found, labelled, and agreed on."""

    found: int = 0
    labelled: int = 0
    exact: int = 0
    overlapping: int = 0
    same_value: int = 0

    def row(self, name: str) -> str:
        """Return the score as a line of the table: precision/recall/F1, exact and overlapping, and right values."""
        values = f"{self.same_value / self.overlapping:.2f}" if self.overlapping else "–"
        return f"{name:<20}{self.labelled:>6} {_measures(self.exact, self)}  {_measures(self.overlapping, self)}  {values:>5}"


def main(argv: Sequence[str] | None = None) -> int:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--half", choices=("A", "B"))
    asked = parser.parse_args(argv)
    lines = [line for line in _lines(asked.file) if asked.half in (None, half(line["id"]))]
    print(f"{'':<20}{'labels':>6} {'exact  P    R   F1':>19}  {'overlap P    R   F1':>18}  value")
    for name, score in _scores(lines).items():
        print(score.row(name))
    for flag in ("do_not_contact", "do_not_text"):
        print(f"{flag:<20}{_flag(lines, flag)}")
    return 0


def run() -> Claim:
    """Return the F1 of overlapping spans over all labelled notes."""
    score = _scores(_lines(DEFAULT))["all"]
    return Claim("facts in notes, overlapping spans", _f1(score.overlapping, score), "F1", 1.0)


def half(note_id: str) -> str:
    """Return the half to which a note belongs."""
    return "AB"[hashlib.sha256(note_id.encode()).digest()[0] % 2]


def _lines(path: Path) -> list[Line]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _scores(lines: Iterable[Line]) -> dict[str, Score]:
    scores: defaultdict[str, Score] = defaultdict(Score)
    lexicon = fact_lexicon()
    for line in lines:
        facts = find(line["note"], date.fromisoformat(line["written_on"]), lexicon).facts
        for kind in {fact.kind for fact in facts} | {label["type"] for label in line["facts"]}:
            found = [fact for fact in facts if fact.kind == kind]
            labels = [label for label in line["facts"] if label["type"] == kind]
            for name in (kind, "all"):
                _count(scores[name], found, labels)
    return dict(sorted(scores.items(), key=lambda item: (item[0] == "all", -item[1].labelled)))


def _count(score: Score, found: Sequence[Fact], labels: Sequence[Line]) -> None:
    score.found += len(found)
    score.labelled += len(labels)
    score.exact += len(
        {(fact.start, fact.end) for fact in found} & {(label["start"], label["end"]) for label in labels}
    )
    pairs = sorted(
        ((_shared(fact, label), i, j) for i, fact in enumerate(found) for j, label in enumerate(labels)), reverse=True
    )
    seen_found: set[int] = set()
    seen_labels: set[int] = set()
    for shared, i, j in pairs:
        if shared >= HALF_RIGHT and i not in seen_found and j not in seen_labels:
            seen_found.add(i)
            seen_labels.add(j)
            score.overlapping += 1
            score.same_value += _plain(found[i].value) == _plain(labels[j]["value"])


def _shared(fact: Fact, label: Line) -> float:
    start, end = int(label["start"]), int(label["end"])
    inside = min(fact.end, end) - max(fact.start, start)
    return max(0, inside) / (max(fact.end, end) - min(fact.start, start))


def _plain(value: str | float | None) -> str:
    return str(float(value)) if isinstance(value, int | float) else str(value).casefold()


def _measures(right: int, score: Score) -> str:
    precision = right / score.found if score.found else 0.0
    recall = right / score.labelled if score.labelled else 0.0
    return f"{precision:>8.2f} {recall:.2f} {_f1(right, score):.2f}"


def _f1(right: int, score: Score) -> float:
    return 2 * right / (score.found + score.labelled) if score.found + score.labelled else 0.0


def _flag(lines: Sequence[Line], flag: str) -> str:
    lexicon = fact_lexicon()
    read = [(getattr(find(line["note"], None, lexicon), flag), line[flag]) for line in lines]
    caught = sum(said and true for said, true in read)
    missed = sum(true and not said for said, true in read)
    false = sum(said and not true for said, true in read)
    return f"{caught:>6} found, {missed} missed, {false} false"


if __name__ == "__main__":
    raise SystemExit(main())
