"""Changes what a sender may carry, and how much of it, as its carrier's contract says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rewarm.actions.connect import LANES
from rewarm.models import Sender, Workspace

FASTEST, MOST_A_DAY = 1_000.0, 10_000_000  # a short code's; more is a slip of the finger


@dataclass(frozen=True, slots=True)
class Limits:
    """What somebody wrote down for a sender; None = as much as we have."""

    lane: str
    per_second: float | None
    per_day: int | None
    brand: str
    warming_since: date | None

    @classmethod
    def read(cls, given: Mapping[str, str], today: date) -> Limits:
        """Read a form; raises ValueError with words for whoever filled it in. A number warms up from the day it is ticked."""
        lane = given.get("lane", "any")
        if lane not in LANES:
            raise ValueError("Choose what it may carry.")
        per_second = _number(given.get("per_second", ""), FASTEST, "segments a second")
        per_day = _number(given.get("per_day", ""), MOST_A_DAY, "segments a day")
        since = given.get("warming_since", "")
        warming = date.fromisoformat(since) if since else today if given.get("warm") else None
        return cls(lane, per_second, int(per_day) if per_day else None, given.get("brand", "").strip(), warming)


def limit(workspace: Workspace, sender: Sender, wanted: Limits) -> None:
    """Write the limits; the next batch keeps to them."""
    Sender.objects.filter(workspace=workspace, id=sender.id).update(
        lane=wanted.lane, per_second=wanted.per_second, per_day=wanted.per_day, brand=wanted.brand,
        warming_since=wanted.warming_since if wanted.warming_since else None,
    )  # fmt: skip


def _number(said: str, most: float, of: str) -> float | None:
    said = said.strip().replace(",", "")
    if not said:
        return None
    try:
        number = float(said)
    except ValueError:
        number = 0.0
    if not 0 < number <= most:
        raise ValueError(f"“{said}” is no number of {of} between 1 and {most:,.0f}; leave it empty for no limit.")
    return number
