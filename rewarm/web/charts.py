"""Decides where the marks of a picture stand; the templates draw them, so that page, print and PDF show the same."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH = 600.0
MARGIN = 14.0


@dataclass(frozen=True, slots=True)
class Span:
    """An interval on a line with zero on it, in the coordinates of a drawing that is 600 wide."""

    low: float
    high: float
    zero: float
    point: float | None


def span(low: float, high: float, point: float | None) -> Span:
    """Place an interval so that it and zero are seen with some room at both ends."""
    left, right = min(low, 0.0), max(high, 0.0)
    width = (right - left) or 1.0

    def at(value: float) -> float:
        return round(MARGIN + (WIDTH - 2 * MARGIN) * (value - left) / width, 1)

    return Span(at(low), at(high), at(0.0), None if point is None else at(point))
