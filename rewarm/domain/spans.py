"""Remembers where in a text something was said, so that every claim can point at its words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_SAME_LENGTH = {ord("’"): "'", ord("‘"): "'", ord("“"): '"', ord("”"): '"', ord("–"): "-", ord("\xa0"): " "}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of Unicode code points."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the words that the span covers."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Say whether the two spans share a character."""
        return self.start < other.end and other.start < self.end

    def within(self, other: Span) -> bool:
        """Say whether every character of this span lies in the other."""
        return other.start <= self.start and self.end <= other.end


def folded(text: str) -> str:
    """Return the text in lower case with plain quotes and dashes, each character in its old place."""
    lowered = text.lower()
    if len(lowered) != len(text):  # "İ" grows when lowered; offsets matter more than its dot
        lowered = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    return lowered.translate(_SAME_LENGTH)


def first(spans: Iterable[Span]) -> Span | None:
    """Return the span that starts earliest, or None."""
    return min(spans, default=None)
