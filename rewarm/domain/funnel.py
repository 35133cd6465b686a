"""Decides where contacts are lost between a delivered message and a sale, what that costs, and what to try.

Rates count people, not messages. A link whose interval still reaches the usual rate is shown as unsure, and
what a channel cannot measure (an SMS has no read receipt) is no stage here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from rewarm.domain.money import Money
from rewarm.domain.rates import PERCENT_FROM, Rate, rate

Stage = Literal["delivered", "responded", "qualified", "booked", "showed", "purchased"]
STAGES: tuple[Stage, ...] = ("delivered", "responded", "qualified", "booked", "showed", "purchased")
Dimension = Literal["segment", "journey", "channel"]

# Judgement: what a practice may expect from the stage before; it only says which link to mend first.
USUAL: Mapping[Stage, float] = {
    "responded": 0.10,
    "qualified": 0.50,
    "booked": 0.60,
    "showed": 0.78,
    "purchased": 0.45,
}

TRY: Mapping[Stage, str] = {
    "responded": "Try another opening: what this person said, and something useful before any asking.",
    "qualified": "Try one natural question at a time, and answer what was asked before asking back.",
    "booked": "People answer but do not book: mend the ask. Offer two real times instead of a link.",
    "showed": "People book but do not come: confirm at once, remind twice, call those most likely to miss.",
    "purchased": "People come but do not buy: send a fitting story before, and check in three weeks after.",
}


@dataclass(frozen=True, slots=True)
class Reached:
    """How far one person got, and by which way: the row that a funnel is counted from.

    `touches` were delivered; `answered` is the number (from 1) of the latest one before the first answer.
    """

    segment: str
    journey: str
    channel: str
    stages: frozenset[Stage]
    touches: int = 0
    answered: int | None = None


@dataclass(frozen=True, slots=True)
class Funnel:
    """The people who reached each stage; a later one implies the earlier: who booked by phone did respond."""

    name: str
    counts: Mapping[Stage, int]

    def rates(self) -> dict[Stage, Rate]:
        """Return each stage as a rate of the stage before."""
        return {later: rate(self.counts[later], self.counts[earlier]) for earlier, later in pairwise(STAGES)}

    def of_delivered(self, stage: Stage) -> Rate:
        return rate(self.counts[stage], self.counts["delivered"])


def count(people: Iterable[Reached], name: str = "everybody") -> Funnel:
    """Count the people who reached each stage or a later one.

    Whoever got nothing delivered is in no funnel, also when they came by themselves: that is the lift's business.
    """
    reached: Counter[Stage] = Counter()
    for person in people:
        if "delivered" in person.stages:
            reached.update(STAGES[: max(map(STAGES.index, person.stages)) + 1])
    return Funnel(name, {stage: reached[stage] for stage in STAGES})


def count_by(people: Sequence[Reached], dimension: Dimension) -> list[Funnel]:
    """Count one funnel for each segment, journey or channel, the most delivered first."""
    groups: dict[str, list[Reached]] = {}
    for person in people:
        groups.setdefault(str(getattr(person, dimension)), []).append(person)
    funnels = [count(group, name) for name, group in groups.items()]
    return sorted(funnels, key=lambda funnel: (-funnel.counts["delivered"], funnel.name))


def count_by_touch(people: Sequence[Reached]) -> list[Funnel]:
    """Count one funnel for each touch number: of all who got it, those who answered it and how far they went.

    Everybody who got touch three counts in its denominator, whether they answered later, earlier or never.
    """
    funnels = []
    for touch in range(1, max((person.touches for person in people), default=0) + 1):
        got = [person for person in people if "delivered" in person.stages and person.touches >= touch]
        answers = count(person for person in got if person.answered == touch)
        funnels.append(Funnel(str(touch), {**answers.counts, "delivered": len(got)}))
    return funnels


# -- the weakest link ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Link:
    """A stage that falls short of the usual: what mending it is worth, how sure we are, and what to try."""

    funnel: str
    stage: Stage
    rate: Rate
    usual: float
    at_stake: Money
    certain: bool
    advice: str

    def in_words(self) -> str:
        said = f"{self.funnel}: {self.stage} {self.rate}, usual is {self.usual:.0%}"
        doubt = "" if self.certain else " — too few people yet to be sure"
        return f"{said}; about {self.at_stake} at stake{doubt}. {self.advice}"


def weak_links(funnels: Iterable[Funnel], sale: Money) -> list[Link]:
    """Return the links below the usual rate, certain ones first, then the dearest; `sale` is what one brings.

    At stake is what the people lost at this link would have brought had it held as usual, later links as
    observed (drawn towards the usual while few have passed). Links that fewer than twenty reached are not
    judged.
    """
    links = [link for funnel in funnels for link in _links(funnel, sale)]
    return sorted(links, key=lambda link: (not link.certain, -link.at_stake.amount))


def _links(funnel: Funnel, sale: Money) -> list[Link]:
    rates = funnel.rates()
    links = []
    for stage, seen in rates.items():
        if seen.of < PERCENT_FROM or seen.count >= USUAL[stage] * seen.of:
            continue
        missing = USUAL[stage] * seen.of - seen.count
        for later in STAGES[STAGES.index(stage) + 1 :]:
            missing *= _drawn(rates[later], USUAL[later])
        links.append(
            Link(
                funnel.name,
                stage,
                seen,
                USUAL[stage],
                (sale * Decimal(missing)).rounded(),
                certain=seen.high < USUAL[stage],
                advice=TRY[stage],
            )
        )
    return links


def _drawn(seen: Rate, usual: float) -> float:
    """Return the observed rate drawn towards the usual one, which weighs as much as twenty people."""
    return (seen.count + 20 * usual) / (seen.of + 20)


# -- the touches ---------------------------------------------------------------------------------------------


def touch_advice(funnels: Sequence[Funnel]) -> list[str]:
    """Say what the answers by touch number suggest; `funnels` come from count_by_touch.

    Speaks only where the intervals of the two rates do not overlap.
    """
    answered = {int(funnel.name): funnel.of_delivered("responded") for funnel in funnels}
    advice = []
    if _below(answered.get(2), answered.get(1)) and _share_of_first(answered) > 0.8:
        advice.append("Nearly all answers come at the first touch: the follow-up adds little yet. Rewrite it.")
    if _below(answered.get(1), answered.get(3)):
        advice.append("The third touch does better than the first: try to open with it.")
    late = [seen for number, seen in answered.items() if number > 5]
    if sum(seen.of for seen in late) >= 100 and not any(seen.count for seen in late):
        advice.append("Nobody answered after the fifth touch: make the journey shorter.")
    return advice


def _below(one: Rate | None, other: Rate | None) -> bool:
    return one is not None and other is not None and one.of > 0 and other.of > 0 and one.high < other.low


def _share_of_first(answered: Mapping[int, Rate]) -> float:
    total = sum(seen.count for seen in answered.values())
    return answered[1].count / total if total else 0.0
