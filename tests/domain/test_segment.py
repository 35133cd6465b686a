"""Rules over contacts: what they mean, how they are written, and that text and tree are one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given

from rewarm.domain.segment import (
    BadRule,
    ContactFields,
    Rule,
    canonical_tag,
    explain,
    matches,
    parse,
    to_sql,
    to_text,
)
from rewarm.domain.segment_rule import FIELDS, Span
from tests.domain.trees import TODAY, ZONE, rows, rules

GRACE = ContactFields(
    inquired_on=date(2024, 2, 1),
    last_test_on=date(2025, 3, 31),
    last_contact_on=date(2025, 3, 31),
    lead_status="Active Patient",
    tags=("vip",),
    is_customer=True,
    purchases_total=Decimal("4200.00"),
)


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        ("last_test_on older than 12 months", True),
        ("last_test_on older than 13 months", False),
        ("last_test_on newer than 12 months", True),
        ("last_test_on newer than 364 days", False),
        ("last_test_on 1 to 2 years ago", True),
        ("last_fitting_on older than 0 days", False),
        ("no last_fitting_on and has last_test_on", True),
        ("last_test_on is empty or last_fitting_on is not empty", False),
        ("last_test_on on 2025-03-31 and last_test_on before 2025-04-01", True),
        ("last_test_on after 2025-03-31", False),
        ("no future appointment", True),
        ("attended and alive", True),
        ("never attended", False),
        ('lead_status is (new, "ACTIVE patient")', True),
        ('lead_status is not "active patient"', False),
        ("has tag VIP", True),
        ("no tag (hot-lead, timing)", True),
        ("has tags", True),
        ("purchases_total at least 4200 and purchases_total at most 4200", True),
        ("no_shows at most 3", False),
        ("is_customer and not timing_note", True),
        ("alive or alive and not alive", True),
        ("(alive or alive) and not alive", False),
    ],
)
def test_what_a_rule_means_for_grace(rule: str, holds: bool) -> None:
    assert matches(parse(rule), GRACE, TODAY) is holds


@pytest.mark.parametrize(
    ("span", "day"),
    [
        (Span(1, "months"), date(2026, 2, 28)),
        (Span(13, "months"), date(2025, 2, 28)),
        (Span(25, "months"), date(2024, 2, 29)),
        (Span(12, "months"), date(2025, 3, 31)),
        (Span(30, "days"), date(2026, 3, 1)),
        (Span(30_000, "months"), date.min),
        (Span(900_000, "days"), date.min),
    ],
)
def test_months_are_calendar_months(span: Span, day: date) -> None:
    assert span.before(TODAY) == day


def test_the_day_is_the_practice_s_own() -> None:
    # 18:30 in Los Angeles on the 30th is the 31st in UTC.
    now = datetime(2026, 3, 31, 1, 30, tzinfo=UTC)
    seen_on_the_30th = ContactFields(last_contact_on=date(2026, 3, 30))
    assert not matches(parse("last_contact_on older than 1 days"), seen_on_the_30th, now, ZONE)
    assert matches(parse("last_contact_on older than 1 days"), seen_on_the_30th, now, UTC)


def test_an_appointment_earlier_today_still_counts_as_ahead() -> None:
    this_morning = ContactFields(next_appointment_at=datetime(2026, 3, 31, 16, tzinfo=UTC))
    assert matches(parse("has future appointment"), this_morning, datetime(2026, 3, 31, 20, tzinfo=UTC), ZONE)


@pytest.mark.parametrize(
    ("text", "says", "at"),
    [
        (
            "last_tset_on older than 3 months",
            "“last_tset_on” is not a field; did you mean “last_test_on”?",
            0,
        ),
        ("alive and last_test_on older", "“older” stands where “older than”, “newer than”", 23),
        ("last_test_on older than", "The rule ends where a whole number should come", 23),
        (
            "last_test_on older than 3 weeks",
            "“weeks” stands where “days”, “months” or “years” should come",
            26,
        ),
        ("last_contact_on 60 to 30 days ago", "The smaller number comes first", 16),
        ("(alive", "The rule ends where “)” should come", 6),
        ("alive alive", "“alive” stands where “and”, “or” or the end should come", 6),
        ('lead_status is "x', "A quotation mark is not closed", 15),
        ("last_test_on on 2026-02-30", "“2026-02-30” stands where a date such as 2026-01-31 should come", 16),
        ("tags is vip", "“is” stands where “is empty” (for one tag write “has tag hot-lead”)", 5),
        ("no_shows at least many", "“many” stands where a number should come", 18),
        ("", "The rule ends where a field should come", 0),
        ("(" * 100, "The rule is nested too deeply to be read", 100),
    ],
)
def test_a_slip_is_named_where_it_stands(text: str, says: str, at: int) -> None:
    with pytest.raises(BadRule) as caught:
        parse(text)
    assert str(caught.value).startswith(says)
    assert caught.value.at == at


def test_tags_have_one_form() -> None:
    assert {canonical_tag(tag) for tag in ("Hot Lead", "hot_lead ", "HOT-LEAD", "hot - lead")} == {"hot-lead"}


def test_a_rule_is_explained_as_a_sentence() -> None:
    rule = parse('alive and (has tag (vip, timing) or lead_status is "Bad Timing") and no future appointment')
    assert explain(rule) == (
        "is alive, and (either is tagged vip or timing or the lead status is “Bad Timing”), "
        "and has no appointment ahead"
    )


@given(rules, rows)
def test_any_rule_can_be_written_read_explained_and_denied(rule: Rule, row: ContactFields) -> None:
    assert parse(to_text(rule)) == rule
    assert explain(rule)
    denial = parse(f"not ({to_text(rule)})")
    assert matches(rule, row, TODAY, ZONE) is not matches(denial, row, TODAY, ZONE)
    # SQL has one place for each parameter and no text of the rule itself.
    sql, params = to_sql(rule, TODAY, ZONE)
    assert sql.count("%s") == len(params)
    assert "Timing" not in sql


def test_every_column_of_a_view_is_a_field_of_the_language() -> None:
    assert set(ContactFields.__dataclass_fields__) == set(FIELDS)


def test_the_reference_page_names_every_field_and_its_examples_can_be_read() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/reference/segment-rules.md").read_text(encoding="utf-8")
    assert [name for name in FIELDS if name != "tags" and f"`{name}`" not in page] == []
    for example in page.split("```rule\n")[1].split("```")[0].splitlines():
        assert to_text(parse(example)) == example
