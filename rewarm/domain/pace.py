"""Decides how fast one sender may go: its carrier's segments a second, its brand's segments a day, and how it warms up.

Carriers count segments, not messages. A day is a calendar day in Los Angeles, whatever the practice's zone: T-Mobile's
counters for a brand start anew at midnight Pacific (Telnyx, "10DLC rate limits").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")

# Segments a day that T-Mobile takes for one brand, over all its senders and vendors, by the brand's trust score.
T_MOBILE_A_DAY = ((75, 200_000), (50, 40_000), (25, 10_000), (0, 2_000))
SOLE_PROPRIETOR_A_DAY = 1_000

# A number that nobody knows yet starts small and doubles, as mailbox providers and carriers ask of new senders; after
# two weeks of that it is known.
FIRST_DAY, WARM_AFTER = 50, timedelta(days=14)

# Advertising leaves a tenth of the day to answers, reminders and confirmations of a STOP.
SHARE_OF_MARKETING = 0.9
# Calls of one sender start together in bursts no longer than this, so that a limit a second holds within the second.
BURST = timedelta(milliseconds=100)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one sender's carrier takes; None = as much as we have."""

    per_second: float | None = None  # segments
    per_day: int | None = None  # segments of its brand
    warming_since: date | None = None


def a_day(limits: Limits, now: datetime) -> int | None:
    """Return how many segments may leave on the Pacific day of `now`; None when nothing limits them."""
    warming = _warming(limits.warming_since, day_of(now))
    known = [one for one in (limits.per_day, warming) if one is not None]
    return min(known) if known else None


def left_for(purpose: str, limit: int | None, used: int) -> int | None:
    """Return how many more segments of this purpose fit into the day; None when nothing limits them.

    Only marketing is ever held back by us: whether the rest still goes through is for the carrier to say.
    """
    if limit is None or purpose != "marketing":
        return None
    return max(0, int(limit * SHARE_OF_MARKETING) - used)


def burst(limits: Limits, most: int) -> int:
    """Return how many segments may start at once, at least one and no more than `most`."""
    if limits.per_second is None:
        return most
    return max(1, min(most, int(limits.per_second * BURST.total_seconds())))


def day_of(now: datetime) -> date:
    """Name the day that a carrier counts `now` to."""
    return now.astimezone(PACIFIC).date()


def next_day(now: datetime) -> datetime:
    """Return the next midnight in Los Angeles, in UTC; that day may have 23 or 25 hours."""
    return datetime.combine(day_of(now) + timedelta(days=1), time(), tzinfo=PACIFIC).astimezone(UTC)


def t_mobile_a_day(trust_score: int) -> int:
    """Look up the segments a day of a brand with this trust score (0 to 100)."""
    return next(segments for score, segments in T_MOBILE_A_DAY if trust_score >= score)


def _warming(since: date | None, today: date) -> int | None:
    if since is None or today - since >= WARM_AFTER:
        return None
    return FIRST_DAY << max(0, (today - since).days)
