"""The dormant-revenue audit: counts that add up, worth as a range, and whom to start with."""

from __future__ import annotations

from decimal import Decimal

from rewarm.domain.audit import Assumptions, AuditRow, Range, audit
from rewarm.domain.money import Money

RANKS = {"recently_cold": 1, "due": 2}
SMS = frozenset({"sms"})
ROWS = [
    AuditRow("Sarah", "recently_cold", ("recently_cold", "due"), SMS, has_facts=True, touches=2, heat=0.3),
    AuditRow("Grace", "due", ("due",), SMS, heat=0.9),
    AuditRow("Priya", "due", ("due",), frozenset({"sms", "email"}), has_facts=True, touches=9),
    AuditRow("John", "due", ("due",), reachable_if={"sms": "a signed intake form", "email": "the web form's text"}),
    AuditRow("Omar", "due", ("due",), touches=3),
    AuditRow("the fitter", None),
]
ROUND = Assumptions(Range(0.1, 0.2), Range(0.5, 1.0), Range(0.5, 1.0), Range(1_000, 2_000), Range(0.2, 0.5))


def test_the_audit_counts_the_dormant_and_how_they_can_be_reached() -> None:
    found = audit(ROWS, RANKS, ROUND)
    assert (found.contacts, found.dormant, found.with_facts) == (6, 5, 2)
    assert (found.reachable, found.reachable_any) == ({"sms": 3, "email": 1}, 3)
    assert found.reachable_if == {"a signed intake form": 1, "the web form's text": 1}
    assert (found.given_up_early, found.with_history) == (2, 3)


def test_each_contact_is_counted_in_one_segment_though_a_member_of_several() -> None:
    recently_cold, due = audit(ROWS, RANKS, ROUND).segments
    assert (recently_cold.slug, recently_cold.contacts, recently_cold.members) == ("recently_cold", 1, 1)
    assert (due.contacts, due.members, due.reachable_any, due.with_facts) == (4, 5, 2, 1)


def test_worth_is_a_range_that_follows_from_the_assumptions() -> None:
    found = audit(ROWS, RANKS, ROUND)
    assert (round(found.worth.bookings.low, 9), round(found.worth.bookings.high, 9)) == (0.3, 0.6)
    assert found.worth.revenue == (Money(Decimal(75)), Money(Decimal(1_200)))
    assert found.worth_if.revenue == (Money(Decimal(100)), Money(Decimal(1_600)))
    assert "50% to 100% of those buy, for $1,000 to $2,000" in found.assumptions.in_words()


def test_estimates_show_two_figures() -> None:
    many = [AuditRow(f"contact {n:04}", "due", ("due",), SMS) for n in range(1_234)]
    found = audit(many, RANKS)
    assert [str(end) for end in found.worth.revenue] == ["$5,000", "$180,000"]
    assert len(found.start_with) == 100


def test_start_with_the_reachable_by_stake_then_facts_then_warmth() -> None:
    assert audit(ROWS, RANKS).start_with == ("Sarah", "Priya", "Grace")


def test_an_empty_list_is_no_error() -> None:
    found = audit([], RANKS)
    assert found.worth.revenue == (Money(Decimal(0)), Money(Decimal(0)))
    assert found.start_with == ()
