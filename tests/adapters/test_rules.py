"""The rules and the numbering plan as data: whole, sourced, and equal to what they were made from."""

import json
from datetime import date
from importlib.resources import files
from pathlib import Path

import holidays
import pytest
import yaml
import zipcodes
from phonenumbers.tzdata import TIMEZONE_DATA

from rewarm.adapters.rules import ARCHIVE, UnknownRules, place_of_zip, rule_set, states_of, zones_of
from rewarm.cli.try_gate import answer
from rewarm.domain.calendars import area_of, open_windows, zone_info
from scripts.make_rule_tables import CHECKED_ZONES, HOLIDAY_STATES, clock

RULES = rule_set()
ROWS = yaml.safe_load((files("rewarm") / "packs" / "rules" / "us.yaml").read_text())["rows"]
WEEKDAYS = range(7)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["state"])
def test_every_row_names_its_source_and_how_sure_we_are(row: dict[str, str]) -> None:
    assert row["source"]
    assert row["confidence"] in ("high", "medium", "low")


def test_no_state_is_wider_than_the_federal_row_and_the_strict_row_fits_in_all() -> None:
    for row in RULES.states.values():
        for weekday in WEEKDAYS:
            window, federal, strict = row.week[weekday], RULES.federal.week[weekday], RULES.strict.week[weekday]
            assert federal is not None
            assert window is None or (window[0] >= federal[0] and window[1] <= federal[1])
            assert strict is None or (window is not None and window[0] <= strict[0] and strict[1] <= window[1])
        assert set(row.holidays) <= set(RULES.strict.holidays)


@pytest.mark.parametrize("state", HOLIDAY_STATES)
def test_the_frozen_holidays_are_those_of_the_library(state: str) -> None:
    """Red after an update of `holidays`? Run scripts/make_rule_tables.py and read the difference."""
    for year in (2026, 2027, 2030):
        known = {day for day in RULES.states[state].holidays if day.year == year}
        assert known == set(holidays.country_holidays("US", subdiv=state, years=year)), year


def test_every_zip_code_lies_where_the_library_puts_it() -> None:
    wrong = [
        (row["zip_code"], found)
        for row in zipcodes.list_all()
        if row["state"] in RULES.state_zones and row["timezone"] and "/" in row["timezone"]
        if (found := place_of_zip(row["zip_code"])) is None
        or found[0] != row["state"]
        or clock(found[1]) != clock(row["timezone"])
    ]
    assert wrong == []


def test_an_area_code_has_every_zone_that_phonenumbers_knows_of_unless_checked() -> None:
    for prefix, zones in TIMEZONE_DATA.items():
        area = RULES.areas.get(prefix[1:4]) if prefix.startswith("1") and len(prefix) >= 4 else None
        if area and prefix[1:4] not in CHECKED_ZONES:
            assert {clock(zone) for zone in zones} <= {clock(zone) for zone in area.zones}, prefix


def test_every_us_area_code_has_one_state_and_its_zones() -> None:
    us = {code: area for code, area in RULES.areas.items() if area.country == "US"}
    assert len(us) > 350
    assert all(len(area.states) == 1 and area.zones for area in us.values())
    assert all(zone_info(zone) for area in RULES.areas.values() for zone in area.zones)


@pytest.mark.parametrize(
    ("phone", "known"),
    [
        ("+12125550101", True),
        ("+18005550101", False),
        ("+18885550101", False),
        ("+12125550", False),
        ("+14165550101", True),
        ("+447400123456", True),
        ("+33612345678", False),
        ("12345", False),
        ("", False),
    ],
)
def test_numbers_whose_place_is_known(phone: str, known: bool) -> None:
    assert (area_of(phone, RULES) is not None) is known


def test_what_we_were_told_is_united() -> None:
    assert states_of("ny", "90012") == ("NY", "CA")
    assert states_of(" West Virginia ") == ("WV",)
    assert states_of("Bavaria") == ("BAVARIA",), "kept, and judged by the strict row"
    assert zones_of("", "90012-1234") == ("America/Los_Angeles",)
    assert zones_of("America/Denver", "nowhere") == ("America/Denver",)
    assert place_of_zip("00000") is None
    assert place_of_zip("1234") is None


def test_the_open_hours_of_a_day_by_zone() -> None:
    rows = (RULES.federal, RULES.states["TX"])
    (window,) = open_windows(rows, ("America/Chicago",), date(2026, 11, 22), RULES.guard)
    assert [f"{at:%H:%M}" for at in window] == ["18:00", "02:50"]  # noon to ten to nine in Dallas, in UTC
    assert open_windows((RULES.states["AL"],), ("America/Chicago",), date(2026, 11, 22), RULES.guard) == []


def test_the_version_names_its_text_and_its_tables() -> None:
    assert RULES.version.startswith("us-2026-11-22-")
    assert rule_set() is RULES


# --- The archive: a receipt is judged under the rules of its day ----------------------------------------

OLD_RECEIPTS = Path(__file__).with_name("old_receipts.jsonl").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("line", OLD_RECEIPTS, ids=range(len(OLD_RECEIPTS)))
def test_a_receipt_given_under_older_rules_replays_to_the_same_answer(line: str) -> None:
    told = answer(json.loads(line))
    assert told["same"], told
    assert told["receipt"]["rules"] != RULES.version


def test_every_archived_version_is_what_its_name_says() -> None:
    kept = [file.name.removesuffix(".json") for file in ARCHIVE.iterdir() if file.name.endswith(".json")]
    assert [rule_set(version).version for version in kept] == kept
    assert RULES.version in kept, "run python -m scripts.archive_rules and commit what it writes"


@pytest.mark.parametrize("version", ["us-2019-01-01-deadbeef", "../us", "us-2026-11-22/../x"])
def test_rules_that_nobody_kept_are_named(version: str) -> None:
    with pytest.raises(UnknownRules, match="not on file"):
        rule_set(version)
    with pytest.raises(UnknownRules, match="not on file"):
        answer({"receipt": {"message": {}, "rules": version}})


def test_a_receipt_without_a_question_is_told_apart() -> None:
    with pytest.raises(ValueError, match="holds no question"):
        answer({"receipt": {"verdict": "deny", "reason": "no_sender"}})
