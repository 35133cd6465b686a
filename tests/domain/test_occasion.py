"""Occasions are dated and true, or they are not there."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from rewarm.domain.occasion import Ahead, Calendar, Elapsed, Feast, LeadTime, Offer, YearEnd, feast_day, occasions
from rewarm.domain.person import Person

NOBODY = Person()
OCTOBER = datetime(2026, 10, 20, 12, tzinfo=UTC)
JULY = datetime(2026, 7, 20, 12, tzinfo=UTC)
FAMILY = re.compile(r"grand\w+|family")
RULES = Calendar(
    (
        Elapsed("since-test", "since_test", "last_test_on", (12, 120), "It's been {span} since your test."),
        Feast("thanks", "holiday", "Thanksgiving", "11/4/thu", (5, 60), ("goal",), FAMILY, "{name} is {until} away."),
        YearEnd("year", "benefit_year", "your year", (10, 12), ("insurance",), re.compile("none|cash"), "To {day}."),
        Ahead("event", "life_event", ("life_event",), (7, 240), "{Name} is coming up {when}."),
        LeadTime("adjust", "adjustment", ("holiday", "life_event"), (28, 150), "weeks", "Time before {name}."),
    )
)


@dataclass(frozen=True)
class Fact:
    id: str
    kind: str
    quote: str
    value: str | None = None
    sensitivity: int = 1


GRANDKIDS = Fact("f1", "goal", "hearing the grandkids")
PLAN = Fact("f2", "insurance", "Acme Gold", "Acme Gold")
WEDDING = Fact("f3", "life_event", "daughter's wedding in Feb", "2027-02")


def kinds(*facts: Fact, now: datetime = OCTOBER, person: Person = NOBODY) -> list[str]:
    return [each.kind for each in occasions(person, facts, RULES, now)]


def test_nothing_known_means_no_occasion() -> None:
    assert kinds() == []


def test_a_holiday_counts_only_for_who_spoke_of_family() -> None:
    assert "holiday" in kinds(GRANDKIDS)
    assert "holiday" not in kinds(Fact("f9", "goal", "hearing the birds"))
    assert "holiday" not in kinds(GRANDKIDS, now=JULY)


def test_the_benefit_year_needs_a_plan_and_the_last_quarter() -> None:
    assert "benefit_year" in kinds(PLAN)
    assert "benefit_year" not in kinds(PLAN, now=JULY)
    assert "benefit_year" not in kinds(Fact("f2", "insurance", "pays cash"))


def test_an_event_counts_while_it_lies_ahead() -> None:
    (event,) = [each for each in occasions(Person(), [WEDDING], RULES, OCTOBER) if each.kind == "life_event"]
    assert event.on == date(2027, 2, 1)
    assert event.sources == ("fact:f3",)
    assert "life_event" not in kinds(WEDDING, now=datetime(2027, 3, 1, tzinfo=UTC))
    assert "life_event" not in kinds(Fact("f3", "life_event", "a wedding"))


def test_getting_ready_cites_the_event_and_the_claim() -> None:
    (ready,) = [each for each in occasions(Person(), [WEDDING], RULES, OCTOBER) if each.kind == "adjustment"]
    assert ready.sources == ("fact:f3", "claim:weeks")


def test_elapsed_time_needs_the_date() -> None:
    tested = Person(last_test_on=date(2025, 4, 1))
    (since,) = occasions(tested, [], RULES, OCTOBER)
    assert since.text == "It's been a year and a half since your test."
    assert since.sources == ("field:last_test_on",)
    assert kinds(person=Person(last_test_on=date(2026, 9, 1))) == []


def test_a_private_fact_makes_no_occasion() -> None:
    assert kinds(Fact("f1", "goal", "hearing the grandkids", sensitivity=2)) == []


def test_an_offer_counts_until_its_real_end() -> None:
    offer = Offer("fall", "the fall check", "The {name} runs until {day}.", date(2026, 10, 31), "Priya")
    calendar = Calendar(offers=(offer,))
    (found,) = occasions(Person(), [], calendar, OCTOBER)
    assert (found.kind, found.on) == ("offer", date(2026, 10, 31))
    assert occasions(Person(), [], calendar, datetime(2026, 11, 1, tzinfo=UTC)) == ()


def test_feasts_fall_where_they_fall() -> None:
    assert feast_day("easter", 2027) == date(2027, 3, 28)
    assert feast_day("5/2/sun", 2026) == date(2026, 5, 10)
    assert feast_day("12-25", 2026) == date(2026, 12, 25)
