"""Measures what we claim: a file for each, with `run()` that returns a Claim or several; `make bench` prints a line for each."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Claim:
    """One measured figure beside the reference that it has to be seen with."""

    name: str
    figure: float
    unit: str
    reference: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Return the figure as a multiple of its reference."""
        return self.figure / self.reference if self.reference else None

    def __str__(self) -> str:
        beside = f"{self.ratio:.3g} × {self.reference:,.10g}" if self.ratio and self.reference else "–"
        return f"{self.name:<42} {_figure(self.figure):>12} {self.unit:<10} {beside:<18} {self.note}"


def cpu_seconds(work: Callable[[], object], *, best_of: int = 5) -> float:
    """Return the CPU seconds of `work`, the best of several, so that a busy machine does not decide."""
    seconds = []
    for _ in range(best_of):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return min(seconds)


def _figure(figure: float) -> str:
    return f"{figure:,.0f}" if figure >= 1_000 else f"{figure:.3g}"
