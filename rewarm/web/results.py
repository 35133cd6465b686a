"""Shows what came of it: nothing lost, how far people got, what writing caused, what it earned, and what to mend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import cast, get_args

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

from rewarm.actions.results import Person, Proof, conservation, people, proof
from rewarm.domain import funnel
from rewarm.domain.funnel import Dimension, Funnel, Stage
from rewarm.domain.money import Money
from rewarm.domain.rates import Rate
from rewarm.web.charts import span
from rewarm.web.page import page
from rewarm.web.words import words
from rewarm.web.workspace import Request, staff

# Stands in for a mean sale until five people have bought.
USUAL_SALE = Decimal(3_000)
ENOUGH_SALES = 5
LINKS_SHOWN = 3
BY = (("segment", "Segment"), ("journey", "Journey"), ("channel", "Channel"), ("touch", "Message number"))


@dataclass(frozen=True, slots=True)
class Bar:
    """One stage of a funnel: how many, of how many delivered, and the rate from the stage before."""

    stage: Stage
    count: int
    most: int
    rate: Rate | None


@dataclass(frozen=True, slots=True)
class Line:
    """One funnel as a line of the table."""

    name: str
    bars: tuple[Bar, ...]


@require_GET
@staff
def results(request: Request) -> HttpResponse:
    """Show the page, cut by what was asked for."""
    wanted = request.GET.get("by", "segment")
    by = wanted if wanted in dict(BY) else "segment"
    enrolled = people(request.workspace)
    reached = [one.reached() for one in enrolled if one.arm == "treated"]
    overall = funnel.count(reached)
    groups = _groups(reached, by)
    sale = _sale(enrolled, request.workspace.currency)
    shown = proof(enrolled, sale=sale.amount)
    total = shown.money.total
    return page(
        request, "results/page.html", kept=conservation(request.workspace), overall=_line(overall), by=by, cuts=BY,
        lines=[_line(one) for one in groups], proof=shown, sale=sale, bought=_bought(enrolled),
        lift_span=span(shown.lift.low, shown.lift.high, shown.lift.point),
        money_span=span(total[1], total[2], total[0]), money_total=total,
        per_hundred=_per_hundred(shown), in_words=shown.money.in_words(request.workspace.currency),
        links=funnel.weak_links([overall], sale)[:LINKS_SHOWN],
        elsewhere=[one for one in funnel.weak_links(funnel.count_by(reached, "segment"), sale) if one.certain][:LINKS_SHOWN],
        advice=funnel.touch_advice(funnel.count_by_touch(reached)),
    )  # fmt: skip


def _groups(reached: Sequence[funnel.Reached], by: str) -> list[Funnel]:
    if by == "touch":
        return funnel.count_by_touch(reached)
    assert by in get_args(Dimension)
    return [one for one in funnel.count_by(reached, cast(Dimension, by)) if one.counts["delivered"]]


def _line(one: Funnel) -> Line:
    rates = one.rates()
    name = one.name if one.name.isdigit() else words(one.name).capitalize()
    most = one.counts["delivered"]
    return Line(name, tuple(Bar(stage, one.counts[stage], most, rates.get(stage)) for stage in funnel.STAGES))


def _sale(enrolled: Sequence[Person], currency: str) -> Money:
    """Return what one sale brings: the mean of those made, or the usual figure while there are few."""
    sums = [one.bought for one in enrolled if one.bought > 0]
    mean = sum(sums, Decimal(0)) / len(sums) if len(sums) >= ENOUGH_SALES else USUAL_SALE
    return Money(mean.quantize(Decimal(1)), currency)


def _bought(enrolled: Sequence[Person]) -> dict[str, Decimal]:
    return {arm: sum((one.bought for one in enrolled if one.arm == arm), Decimal(0)) for arm in ("treated", "holdout")}


def _per_hundred(shown: Proof) -> tuple[float, float | None, float]:
    lift = shown.lift
    return 100 * lift.low, None if lift.point is None else 100 * lift.point, 100 * lift.high


urlpatterns = [path("results", results, name="results")]
