"""Decides which characters and spellings of a typed message count as the same words."""

from __future__ import annotations

import re
import unicodedata

_CURLY = str.maketrans(dict.fromkeys("\u2018\u2019\u201b\u02bc\u00b4\u0060", "'"))
STOP_SIGN = "\U0001f6d1"


def fold(text: str) -> str:
    """Fold width, case, accents, apostrophes and spaces; keep punctuation. The `n` of keywords.yaml."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_CURLY)
    bare = "".join(char for char in unicodedata.normalize("NFD", plain) if unicodedata.category(char) != "Mn")
    return " ".join(bare.translate(_CURLY).split())


def bare_words(folded: str) -> str:
    """Drop apostrophes, blank other punctuation and emoji but the stop sign. The `s` of keywords.yaml."""
    kept = []
    for char in folded:
        if char.isalnum() or char == STOP_SIGN:
            kept.append(f" {char} " if char == STOP_SIGN else char)
        elif char != "'":
            kept.append(" ")
    return " ".join("".join(kept).split())


def sentences(text: str) -> list[str]:
    """Split where a person breathes: line breaks, full stops, questions, exclamations, dashes."""
    return [part for part in re.split(r"[\r\n]+|[.!?;]+(?=\s|$)|\s+[-\u2013\u2014]+\s+", text) if part.strip()]


def edits(left: str, right: str) -> int:
    """Count the insertions, deletions, substitutions and swaps of neighbours between two words."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, char in enumerate(left, 1):
        older, before = before, row
        row = [i]
        for j, other in enumerate(right, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != other))
            if i > 1 and j > 1 and char == right[j - 2] and left[i - 2] == other:
                best = min(best, older[j - 2] + 1)
            row.append(best)
    return row[-1]
