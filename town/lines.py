"""Finds the words: hand-written lines, one file for each meaning, dealt so that few are heard twice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from town.luck import Luck

FOLDER = Path(__file__).parent / "lines"


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody types, and what it truly means (most important first)."""

    text: str
    intents: tuple[str, ...]


def load(folder: Path = FOLDER) -> dict[str, list[Line]]:
    """Read every file: `text<TAB>+more,meanings`; the file's name is the first meaning."""
    found: dict[str, list[Line]] = {}
    for path in sorted(folder.glob("*.txt")):
        for raw in path.read_text("utf-8").splitlines():
            if not raw.strip():
                continue
            text, _, more = raw.partition("\t")
            extra = tuple(more.strip().removeprefix("+").split(",")) if more.strip() else ()
            found.setdefault(path.stem, []).append(Line(text.strip(), _ordered(path.stem, extra)))
    return found


RANK = {"medical_urgent": 0, "deceased": 0, "opt_out": 0, "proxy": 2, "other_language": 3}


def _ordered(stem: str, extra: tuple[str, ...]) -> tuple[str, ...]:
    """What cannot wait first, then what they want; who speaks, and in what language, last."""
    return tuple(sorted((stem, *extra), key=lambda intent: RANK.get(intent, 1)))


class Book:
    """Deals lines: each (person, turn) starts at its own place of the file, so that a run uses most of them."""

    def __init__(self, lines: dict[str, list[Line]], luck: Luck) -> None:
        self.lines = lines
        self.luck = luck

    def line(self, meaning: str, *key: object, need: tuple[str, ...] = (), ban: tuple[str, ...] = ()) -> Line:
        """Return a line of this meaning which has every placeholder of `need` and none of `ban`."""
        options = [
            line
            for line in self.lines[meaning]
            if all(word in line.text for word in need) and not any(word in line.text for word in ban)
        ]
        return self.luck.choice(options, *key, meaning)

    def foreign(self, meaning: str, *key: object) -> Line | None:
        """Return a Spanish line that means `meaning`, if there is one."""
        options = [line for line in self.lines["other_language"] if line.intents[0] == meaning]
        return self.luck.choice(options, *key, "es") if options else None
