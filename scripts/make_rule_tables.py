"""Writes rewarm/packs/rules/{area_codes,zip_codes,holidays}.json: facts of numbering plan and calendar.

Run it by hand when phonenumbers, zipcodes or holidays have been updated, look at the difference, commit it:
    python -m scripts.archive_rules && python scripts/make_rule_tables.py && python -m scripts.archive_rules
The tables are frozen so that a receipt replays alike for years, and because computing them takes a second.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import zipcodes
from phonenumbers import parse
from phonenumbers.phonenumberutil import region_code_for_number
from phonenumbers.tzdata import TIMEZONE_DATA

RULES = Path(__file__).resolve().parents[1] / "rewarm" / "packs" / "rules"
US_REGIONS = {"US", "PR", "GU", "VI", "MP", "AS"}
HOLIDAY_STATES = ("AL", "LA", "MS", "NE", "PA", "RI", "UT")
HOLIDAY_YEARS = range(2024, 2036)

# Area codes whose zones the libraries have wrong, checked one by one against states and ZIP counts.
CHECKED_ZONES = {
    "689": ["America/New_York"],  # Orlando; it says Chicago
    "448": ["America/New_York", "America/Chicago"],  # Florida panhandle; it says New York only
    "364": ["America/New_York", "America/Chicago"],  # western Kentucky; it says New York only
    "930": ["America/New_York", "America/Chicago"],  # southern Indiana; it says New York only
    "334": ["America/New_York", "America/Chicago"],  # Phenix City, Alabama lives by Georgia's clock
    "458": ["America/Los_Angeles", "America/Boise"],  # Oregon with Malheur County; it says Los Angeles only
}
# One name for all zones that keep the same clock; the first that fits is taken.
PREFERRED = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
    "America/Anchorage", "America/Adak", "Pacific/Honolulu", "America/Puerto_Rico", "Pacific/Guam",
)  # fmt: skip
STATE_NAMES = {
    "Alabama": "AL", "Alaska": "AK", "Arizona": "AZ", "Arkansas": "AR", "California": "CA", "Colorado": "CO",
    "Connecticut": "CT", "Delaware": "DE", "Florida": "FL", "Georgia": "GA", "Hawaii": "HI", "Idaho": "ID",
    "Illinois": "IL", "Indiana": "IN", "Iowa": "IA", "Kansas": "KS", "Kentucky": "KY", "Louisiana": "LA",
    "Maine": "ME", "Maryland": "MD", "Massachusetts": "MA", "Michigan": "MI", "Minnesota": "MN",
    "Mississippi": "MS", "Missouri": "MO", "Montana": "MT", "Nebraska": "NE", "Nevada": "NV",
    "New Hampshire": "NH", "New Jersey": "NJ", "New Mexico": "NM", "New York": "NY", "North Carolina": "NC",
    "North Dakota": "ND", "Ohio": "OH", "Oklahoma": "OK", "Oregon": "OR", "Pennsylvania": "PA",
    "Rhode Island": "RI", "South Carolina": "SC", "South Dakota": "SD", "Tennessee": "TN", "Texas": "TX",
    "Utah": "UT", "Vermont": "VT", "Virginia": "VA", "Washington State": "WA", "Washington": "WA",
    "Washington D.C.": "DC", "West Virginia": "WV", "Wisconsin": "WI", "Wyoming": "WY",
    "Puerto Rico": "PR", "Guam": "GU", "US Virgin Islands": "VI", "U.S. Virgin Islands": "VI",
    "Northern Mariana Islands": "MP", "American Samoa": "AS",
}  # fmt: skip
POSTAL = set(STATE_NAMES.values())


@cache
def clock(zone: str) -> tuple[timedelta | None, ...]:
    """Sample the offset of a zone around the years, so that zones keeping the same clock compare equal."""
    first = datetime(2024, 1, 1, tzinfo=UTC)
    return tuple((first + timedelta(days=7 * n)).astimezone(ZoneInfo(zone)).utcoffset() for n in range(52 * 12))


@cache
def plain(zone: str) -> str | None:
    """Give a zone the plainest name that keeps its clock; None for what is no zone."""
    try:
        return next((name for name in PREFERRED if clock(name) == clock(zone)), zone)
    except Exception:
        return None


def zones_of(names: Iterable[str]) -> list[str]:
    """Name each clock once, the plainest names first."""
    found = {zone for name in names if name and (zone := plain(name))}
    return sorted(found, key=lambda zone: (PREFERRED.index(zone) if zone in PREFERRED else 99, zone))


def assigned_state(area: str, seen: Counter[str]) -> str | None:
    """Find the one state that an area code belongs to, by the numbering plan or else by most ZIP codes."""
    from phonenumbers import geocoder  # 100 MB of names, which the tests of these tables do not need

    place = geocoder.description_for_number(parse(f"+1{area}2345678"), "en")
    named = STATE_NAMES.get(place) or (place[-2:] if place[-2:] in POSTAL else None)
    return named or (seen.most_common(1)[0][0] if seen else None)


def main() -> None:
    """Write the three tables."""
    rows = [row for row in zipcodes.list_all() if row["state"] in POSTAL and plain(row["timezone"] or "-")]
    by_area: defaultdict[str, Counter[str]] = defaultdict(Counter)
    zone_of_zip_area: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    state_zones: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        state_zones[row["state"]].add(row["timezone"])
        for area in row["area_codes"]:
            by_area[area][row["state"]] += 1
            zone_of_zip_area[area, row["state"]].add(row["timezone"])
    by_number: defaultdict[str, set[str]] = defaultdict(set)
    for prefix, zones in TIMEZONE_DATA.items():
        if prefix.startswith("1") and len(prefix) >= 4:
            by_number[prefix[1:4]].update(zones)

    areas: dict[str, object] = {}
    for area in sorted(by_number.keys() | by_area.keys()):
        region = region_code_for_number(parse(f"+1{area}2345678"))
        if region == "CA" and zones_of(by_number[area]):
            areas[area] = ["CA", [], zones_of(by_number[area])]
        if region not in US_REGIONS or (state := assigned_state(area, by_area[area])) is None:
            continue
        # An overlay too new for the ZIP table may be anywhere in its state.
        local = zone_of_zip_area[area, state] or state_zones[state]
        zones = CHECKED_ZONES.get(area) or zones_of(local | by_number[area])
        areas[area] = ["US", [state], zones]
        state_zones[state].update(zones)  # West Wendover keeps Mountain time, whatever its ZIP code says

    write(
        "area_codes.json",
        {
            "names": {n.lower(): s for n, s in STATE_NAMES.items()},
            "states": {s: zones_of(z) for s, z in sorted(state_zones.items())},
            "areas": areas,
        },
    )
    write("zip_codes.json", zip_tables(rows))
    write("holidays.json", {
        f"US-{state}": {str(day): name for day, name in
                        sorted(holidays.country_holidays("US", subdiv=state, years=HOLIDAY_YEARS).items())}
        for state in HOLIDAY_STATES
    })  # fmt: skip


def zip_tables(rows: Iterable[dict[str, str]]) -> dict[str, dict[str, list[str]]]:
    """Reduce ZIP codes to the rule of their first three digits and the exceptions from it."""
    by_prefix: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    places = {row["zip_code"]: (row["state"], plain(row["timezone"]) or "") for row in rows}
    for code, place in places.items():
        by_prefix[code[:3]][place] += 1
    usual = {prefix: seen.most_common(1)[0][0] for prefix, seen in by_prefix.items()}
    return {
        "prefixes": {prefix: list(place) for prefix, place in sorted(usual.items())},
        "exceptions": {code: list(place) for code, place in sorted(places.items()) if usual[code[:3]] != place},
    }


def write(name: str, tables: dict[str, object] | dict[str, dict[str, list[str]]]) -> None:
    """Write one table with an entry a line, so that differences can be read."""
    body = ",\n".join(
        f" {json.dumps(key)}: {{\n"
        + ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in table.items())  # type: ignore[attr-defined]
        + "\n }"
        for key, table in tables.items()
    )
    (RULES / name).write_text("{\n" + body + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
