"""Scores the reading of replies against labelled lines and prints one table: `python -m benchmarks.replies [FILE]`."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from rewarm.adapters.packs import lexicon
from rewarm.cli.try_read import as_line, as_reply
from rewarm.domain.intent import read

DEFAULT = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "replies" / "dev.jsonl"
BOOKING = {"book", "pick_slot", "decline_slots", "reschedule", "cancel_appointment", "confirm", "deny"}
Line = Mapping[str, Any]


@dataclass
class Share:
    """A number of right answers among those that count."""

    right: int = 0
    of: int = 0

    def add(self, right: bool) -> None:
        """Count one answer."""
        self.right += right
        self.of += 1

    def __str__(self) -> str:
        return f"{self.right}/{self.of} = {self.right / self.of:.3f}" if self.of else "none"


@dataclass
class Score:
    """All that is counted over one file."""

    shares: dict[str, Share] = field(default_factory=dict)
    hit: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    overlap: list[float] = field(default_factory=list)

    def add(self, name: str, right: bool) -> None:
        """Count one answer under a name."""
        self.shares.setdefault(name, Share()).add(right)


def main(argv: list[str]) -> int:
    """Score a file of the replies guide."""
    path = Path(argv[0]) if argv and not argv[0].startswith("-") else DEFAULT
    if not path.exists():
        print(f"No labelled replies at {path}. Name a file of the replies guide.", file=sys.stderr)
        return 2
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    words = lexicon()
    score = Score()
    began = time.perf_counter()
    for line in lines:
        _compare(line, as_line(read(as_reply(line), words), line), score)
    _print(score, len(lines), (time.perf_counter() - began) / max(1, len(lines)))
    return 0


def _compare(truth: Line, answer: Line, score: Score) -> None:
    expected, found = set(truth["intents"]), set(answer["intents"])
    if truth["pending"] and truth["pending"].startswith("qualify"):
        found -= {"confirm", "deny"} - expected  # a bare yes or no there is not scored (guide)
    score.hit.update(expected & found)
    score.false.update(found - expected)
    score.missed.update(expected - found)
    score.add("first intent", truth["intents"][0] == answer["intents"][0])
    score.add("all intents", expected == found)
    _compare_details(truth, answer, expected, found, score)


def _compare_details(truth: Line, answer: Line, expected: set[str], found: set[str], score: Score) -> None:
    if "opt_out" in expected:
        score.add("opt-out recall", "opt_out" in found)
    else:
        score.add("no false opt-out", "opt_out" not in found)
        if expected & BOOKING:
            score.add("no false opt-out on booking talk", "opt_out" not in found)
    if "medical_urgent" in expected:
        score.add("medical recall", "medical_urgent" in found)
    if "pick_slot" in expected:
        score.add("pick", truth["pick"] == answer["pick"] and "pick_slot" in found)
    if "later" in expected:
        score.add("later_until", truth["later_until"] == answer["later_until"])
    if truth["availability"] is not None:
        score.add("availability exact", truth["availability"] == answer["availability"])
        score.overlap.append(_overlap(truth["availability"], answer["availability"] or []))
    elif expected & BOOKING:
        score.add("no availability invented", not answer["availability"])


def _overlap(truth: Iterable[list[str]], answer: Iterable[list[str]]) -> float:
    """Return the shared minutes of two sets of intervals over all their minutes; two empty sets agree."""
    left, right = _minutes(truth), _minutes(answer)
    return len(left & right) / len(left | right) if left | right else 1.0


def _minutes(intervals: Iterable[list[str]]) -> set[int]:
    covered: set[int] = set()
    origin = datetime(2000, 1, 1)
    for start, end in intervals:
        low, high = (int((datetime.fromisoformat(at) - origin).total_seconds() // 60) for at in (start, end))
        covered.update(range(low, high))
    return covered


def _print(score: Score, lines: int, seconds: float) -> None:
    print(f"{lines} replies, {seconds * 1000:.2f} ms each\n")
    for name, share in sorted(score.shares.items()):
        print(f"{name:34} {share}")
    if score.overlap:
        print(f"{'availability overlap (mean)':34} {sum(score.overlap) / len(score.overlap):.3f}")
    print(f"\n{'intent':20} {'lines':>5} {'precision':>9} {'recall':>7} {'F1':>6}")
    ratio: Callable[[int, int], str] = lambda part, whole: f"{part / whole:.2f}" if whole else "-"  # noqa: E731
    for name in sorted(score.hit | score.missed | score.false):
        hit, false, missed = score.hit[name], score.false[name], score.missed[name]
        row = (ratio(hit, hit + false), ratio(hit, hit + missed), ratio(2 * hit, 2 * hit + false + missed))
        print(f"{name:20} {hit + missed:5} {row[0]:>9} {row[1]:>7} {row[2]:>6}")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
