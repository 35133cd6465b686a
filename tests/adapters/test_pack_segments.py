"""The ready-made segments: each rule reads, ranks are plain, journeys exist, and mistakes are named."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rewarm.adapters.pack_content import journeys
from rewarm.adapters.pack_segments import BadSegments, read_segments
from rewarm.domain.journey import from_spec
from rewarm.domain.segment import ContactFields, explain, memberships, parse, primary, to_text

TODAY = date(2026, 11, 21)
TOMORROW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
SEGMENTS = read_segments("audiology")
SLUGS = {
    "inquired_never_scheduled",
    "scheduled_no_show",
    "consulted_did_not_proceed",
    "due_for_follow_up",
    "past_patient_no_contact",
    "high_intent_recently_cold",
    "low_engagement_long_dormant",
    "engaged_timing_issue",
}


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_the_eight_are_there_ranked_and_can_be_written_down_again() -> None:
    assert {segment.slug for segment in SEGMENTS} == SLUGS
    assert [segment.rank for segment in SEGMENTS] == list(range(1, 9))
    for segment in SEGMENTS:
        assert parse(to_text(segment.rule)) == segment.rule
        assert explain(segment.rule).startswith("is alive, and ")
        assert segment.profile.concerns
        assert segment.profile.objections
        assert segment.profile.motivations


def test_every_journey_of_the_pack_can_be_played_and_every_segment_has_one() -> None:
    playable = {slug: from_spec(spec) for slug, spec in journeys("audiology").items()}
    assert {segment.journey for segment in SEGMENTS} <= set(playable)
    assert {journey.then for journey in playable.values()} - {None} <= set(playable)


def asked(days: int, **more: Any) -> ContactFields:
    """Make somebody who asked so many days ago and was not in touch since."""
    return ContactFields(**{"inquired_on": ago(days), "last_contact_on": ago(days)} | more)


def patient(days: int, **more: Any) -> ContactFields:
    return ContactFields(last_contact_on=ago(days), **more)


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        (asked(400), "inquired_never_scheduled low_engagement_long_dormant"),
        (asked(400, last_answer_on=ago(390)), "inquired_never_scheduled"),
        (asked(45, tags=("hot-lead",)), "high_intent_recently_cold inquired_never_scheduled"),
        (asked(30, tags=("hot-lead",)), "high_intent_recently_cold inquired_never_scheduled"),
        (asked(60, tags=("hot-lead",)), "high_intent_recently_cold inquired_never_scheduled"),
        (asked(61, tags=("hot-lead",)), "inquired_never_scheduled"),
        (asked(90, missed_on=ago(80), last_past_appointment="missed"), "scheduled_no_show"),
        (asked(90, missed_on=ago(80), last_past_appointment="cancelled", no_shows=1), ""),
        (asked(90, no_shows=1), "scheduled_no_show"),
        (asked(90, lead_status="nurture - timing"), "engaged_timing_issue inquired_never_scheduled"),
        (asked(90, timing_note=True), "engaged_timing_issue inquired_never_scheduled"),
        (asked(90, timing_note=True, attended_on=ago(3)), "consulted_did_not_proceed"),
        (asked(400, deceased_on=ago(10)), ""),
        (patient(365, last_test_on=ago(365)), "consulted_did_not_proceed due_for_follow_up"),
        (patient(364, last_test_on=ago(364), is_customer=True), ""),
        (patient(365, last_test_on=ago(365), is_customer=True, next_appointment_at=TOMORROW), ""),
        (patient(600, last_fitting_on=ago(600), is_customer=True), "past_patient_no_contact"),
    ],
)
def test_who_belongs_where(contact: ContactFields, expected: str) -> None:
    slugs = memberships(SEGMENTS, contact, TODAY)
    assert " ".join(slugs) == expected
    assert primary(slugs[::-1], SEGMENTS) == (slugs[0] if slugs else None)


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def test_a_pack_replaces_adds_and_brings_its_own_words(tmp_path: Path) -> None:
    write(
        tmp_path,
        "base/segments.yaml",
        "schema: 1\nsegments:\n"
        "  - {slug: asked, name: Asked, rank: 2, rule: 'has tag {asking}', journey: warming}\n"
        "  - {slug: away, name: Away, rank: 3, rule: not alive, journey: warming}\n",
    )
    write(tmp_path, "dental/segment_words.yaml", "schema: 1\nasking: [asked-price]\n")
    write(
        tmp_path,
        "dental/segments.yaml",
        "schema: 1\nsegments:\n  - {slug: away, name: Gone, rank: 1, rule: alive, journey: warming}\n",
    )
    assert [(one.name, to_text(one.rule)) for one in read_segments("dental", tmp_path)] == [
        ("Gone", "alive"),
        ("Asked", "has tag asked-price"),
    ]


@pytest.mark.parametrize(
    ("rest", "says"),
    [
        ("rule: last_tset_on, journey: j", "“last_tset_on” is not a field"),
        ("journey: j", "rule is missing"),
        ("rule: 'has tag {asking}', journey: j", "asking is missing"),
        ("rule: alive, journey: j, profile: {mood: [x]}", ".*mood"),
    ],
)
def test_a_mistake_in_a_pack_is_named(tmp_path: Path, rest: str, says: str) -> None:
    write(tmp_path, "base/segments.yaml", f"schema: 1\nsegments:\n  - {{slug: asked, name: A, rank: 1, {rest}}}\n")
    with pytest.raises(BadSegments, match=f"segments.yaml, asked: {says}"):
        read_segments("dental", tmp_path)
