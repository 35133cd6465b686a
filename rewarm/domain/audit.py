"""Decides what lies dormant in a list: who can be reached, what it may be worth, whom to start with.

The audit is made minutes after an import, before anything is sent. Its worth is a range that follows from
written assumptions, never a single number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from rewarm.domain.money import Money

START_WITH = 100
FEW_TOUCHES = 3


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One contact as the audit needs it.

    `reachable` are the channels on which a message may go out now; `reachable_if` maps a channel to what
    would open it ("a signed intake form"). `touches` is None when the history is unknown. `heat` sorts
    within a rank.
    """

    contact: str
    segment: str | None
    segments: tuple[str, ...] = ()
    reachable: frozenset[str] = frozenset()
    reachable_if: Mapping[str, str] = field(default_factory=dict)
    has_facts: bool = False
    touches: int | None = None
    heat: float = 0.0


@dataclass(frozen=True, slots=True)
class Range:
    low: float
    high: float

    def __mul__(self, other: Range) -> Range:
        return Range(self.low * other.low, self.high * other.high)

    def times(self, count: float) -> Range:
        return Range(self.low * count, self.high * count)


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What the range rests on; shown beside it, and the owner may change each.

    Judgement: bookings per reachable contact from what a few touches bring in the simulated town, lowered at the bottom
    end; showing up and buying as usual in the field. `first_week` is the share of a campaign's bookings that come within
    seven days.
    """

    book: Range = Range(0.01, 0.06)
    show: Range = Range(0.68, 0.81)
    buy: Range = Range(0.30, 0.50)
    sale: Range = Range(2_000.0, 6_000.0)
    first_week: Range = Range(0.20, 0.40)
    currency: str = "USD"

    def in_words(self) -> list[str]:
        money = [Money(Decimal(round(end)), self.currency) for end in (self.sale.low, self.sale.high)]
        return [
            f"{self.book.low:.0%} to {self.book.high:.0%} of the people we may write to book an appointment",
            f"{self.show.low:.0%} to {self.show.high:.0%} of them come",
            f"{self.buy.low:.0%} to {self.buy.high:.0%} of those buy, for {money[0]} to {money[1]}",
            f"{self.first_week.low:.0%} to {self.first_week.high:.0%} of the bookings come in the first week",
        ]


@dataclass(frozen=True, slots=True)
class Worth:
    """What people may bring, as ranges."""

    bookings: Range
    first_week: Range
    revenue: tuple[Money, Money]


@dataclass(frozen=True, slots=True)
class SegmentAudit:
    """One segment. `members` counts everybody in it, the rest counts those whose primary segment it is."""

    slug: str
    members: int
    contacts: int
    reachable: Mapping[str, int]
    reachable_any: int
    reachable_if: Mapping[str, int]
    with_facts: int
    worth: Worth


@dataclass(frozen=True, slots=True)
class Audit:
    """The whole list. `given_up_early` had at most three touches, out of those `with_history`."""

    contacts: int
    dormant: int
    reachable: Mapping[str, int]
    reachable_any: int
    reachable_if: Mapping[str, int]
    with_facts: int
    given_up_early: int
    with_history: int
    worth: Worth
    worth_if: Worth
    segments: tuple[SegmentAudit, ...]
    start_with: tuple[str, ...]
    assumptions: Assumptions


def audit(rows: Sequence[AuditRow], ranks: Mapping[str, int], assumptions: Assumptions | None = None) -> Audit:
    """Audit the contacts of a workspace; `ranks` orders the segments by revenue at stake, 1 first.

    `worth` is for those who can be reached now, `worth_if` adds those whom a piece of evidence would open.
    """
    rests_on = assumptions or Assumptions()
    dormant = [row for row in rows if row.segment is not None]
    known = [row for row in dormant if row.touches is not None]
    return Audit(
        contacts=len(rows),
        dormant=len(dormant),
        reachable=_channels(dormant),
        reachable_any=_reachable(dormant),
        reachable_if=_evidence(dormant),
        with_facts=sum(row.has_facts for row in dormant),
        given_up_early=sum(row.touches is not None and row.touches <= FEW_TOUCHES for row in known),
        with_history=len(known),
        worth=_worth(_reachable(dormant), rests_on),
        worth_if=_worth(sum(bool(row.reachable or row.reachable_if) for row in dormant), rests_on),
        segments=tuple(_segment(slug, rows, rests_on) for slug in sorted(ranks, key=lambda slug: ranks[slug])),
        start_with=_start_with(dormant, ranks),
        assumptions=rests_on,
    )


def _segment(slug: str, rows: Sequence[AuditRow], assumptions: Assumptions) -> SegmentAudit:
    own = [row for row in rows if row.segment == slug]
    return SegmentAudit(
        slug=slug,
        members=sum(slug in row.segments or row.segment == slug for row in rows),
        contacts=len(own),
        reachable=_channels(own),
        reachable_any=_reachable(own),
        reachable_if=_evidence(own),
        with_facts=sum(row.has_facts for row in own),
        worth=_worth(_reachable(own), assumptions),
    )


def _channels(rows: Iterable[AuditRow]) -> dict[str, int]:
    return dict(Counter(channel for row in rows for channel in row.reachable))


def _reachable(rows: Iterable[AuditRow]) -> int:
    return sum(bool(row.reachable) for row in rows)


def _evidence(rows: Iterable[AuditRow]) -> dict[str, int]:
    """Count, for each piece of evidence, the people out of reach whom it would open; the largest first."""
    out_of_reach = [row for row in rows if not row.reachable]
    return dict(Counter(evidence for row in out_of_reach for evidence in set(row.reachable_if.values())).most_common())


def _worth(people: int, assumptions: Assumptions) -> Worth:
    bookings = assumptions.book.times(people)
    revenue = bookings * assumptions.show * assumptions.buy * assumptions.sale
    return Worth(
        bookings=bookings,
        first_week=bookings * assumptions.first_week,
        revenue=(_rough(revenue.low, assumptions.currency), _rough(revenue.high, assumptions.currency)),
    )


def _rough(amount: float, currency: str) -> Money:
    """Round to two figures: an estimate must not look like an account."""
    return Money(Decimal(int(float(f"{amount:.1e}"))), currency)


def _start_with(rows: Iterable[AuditRow], ranks: Mapping[str, int]) -> tuple[str, ...]:
    """Return the first hundred: reachable now, most at stake, something personal to say, warmest."""
    reachable = [row for row in rows if row.reachable and row.segment in ranks]
    reachable.sort(key=lambda row: (ranks[row.segment or ""], not row.has_facts, -row.heat, row.contact))
    return tuple(row.contact for row in reachable[:START_WITH])
