"""Where contacts are lost, which link to mend first, and when to keep silent about it."""

from __future__ import annotations

from decimal import Decimal

from rewarm.domain.funnel import (
    STAGES,
    Reached,
    Stage,
    count,
    count_by,
    count_by_touch,
    touch_advice,
    weak_links,
)
from rewarm.domain.money import Money

SALE = Money(Decimal(4_000))


def people(
    number: int, furthest: Stage, *, segment: str = "due", touches: int = 1, answered: int | None = None
) -> list[Reached]:
    stages: frozenset[Stage] = frozenset({"delivered", furthest})
    return [Reached(segment, "warming", "sms", stages, touches, answered) for _ in range(number)]


def test_a_later_stage_implies_the_earlier_ones() -> None:
    funnel = count(people(3, "booked") + people(7, "delivered"))
    assert [funnel.counts[stage] for stage in STAGES] == [10, 3, 3, 3, 0, 0]
    assert str(funnel.rates()["responded"]) == "3 of 10"


def test_who_came_without_a_message_is_in_no_funnel() -> None:
    by_herself = Reached("due", "warming", "none", frozenset({"responded", "booked"}), touches=0, answered=1)
    crowd = [by_herself, *people(1, "delivered")]
    assert count(crowd).counts == {**dict.fromkeys(STAGES, 0), "delivered": 1}
    assert count_by_touch(crowd)[0].counts == {**dict.fromkeys(STAGES, 0), "delivered": 1}


def test_an_empty_funnel_is_no_error() -> None:
    assert count([]).rates()["showed"].point is None
    assert weak_links([count([])], SALE) == []


def test_replies_high_and_bookings_low_points_to_the_ask() -> None:
    crowd = people(800, "delivered") + people(20, "responded") + people(160, "qualified") + people(20, "booked")
    (link, *_) = weak_links([count(crowd, "due for follow-up")], SALE)
    assert (link.stage, link.certain) == ("booked", True)
    assert "mend the ask" in link.advice
    # 88 bookings short of 60 % of 180; coming half-way between none of 20 and the usual; buying as usual.
    assert link.at_stake.amount == 61_776
    assert link.in_words().startswith("due for follow-up: booked 11.1% (7.3% to 16.5%), usual is 60%; about $61,776")


def test_bookings_high_and_shows_low_points_to_confirmations() -> None:
    crowd = people(100, "delivered") + people(80, "booked") + people(20, "showed")
    assert weak_links([count(crowd)], SALE)[0].stage == "showed"


def test_few_people_make_no_certain_link() -> None:
    (link,) = weak_links([count(people(29, "delivered") + people(1, "purchased"))], SALE)
    assert not link.certain
    assert "too few people yet" in link.in_words()
    assert weak_links([count(people(19, "delivered"))], SALE) == []


def test_groups_are_listed_with_the_most_delivered_first() -> None:
    crowd = people(5, "booked", segment="due") + people(9, "delivered", segment="inquired")
    assert [funnel.name for funnel in count_by(crowd, "segment")] == ["inquired", "due"]


def test_everybody_who_got_a_touch_counts_below_its_answers() -> None:
    crowd = people(80, "delivered", touches=3) + people(15, "responded", touches=1, answered=1)
    crowd += people(5, "booked", touches=3, answered=3)
    funnels = count_by_touch(crowd)
    assert [(f.counts["delivered"], f.counts["responded"]) for f in funnels] == [(100, 15), (85, 0), (85, 5)]
    assert touch_advice(funnels) == []


def test_advice_by_touch_speaks_only_of_what_is_proven() -> None:
    first = people(300, "responded", touches=1, answered=1) + people(700, "delivered", touches=2)
    assert touch_advice(count_by_touch(first))[0].startswith("Nearly all answers come at the first touch")
    third = people(900, "delivered", touches=7) + people(100, "responded", touches=3, answered=3)
    assert touch_advice(count_by_touch(third)) == [
        "The third touch does better than the first: try to open with it.",
        "Nobody answered after the fifth touch: make the journey shorter.",
    ]
