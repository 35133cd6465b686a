"""Reads the messaging rules and the numbering plan (rewarm/packs/rules) and hands them over as values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from rewarm.adapters.packs import document
from rewarm.domain import calendars
from rewarm.domain.calendars import Area, Cap, Row, RuleSet, Week, Window

PACK = "rules"
ARCHIVE = files("rewarm") / "packs" / PACK / "archive"
Holidays = Mapping[str, Mapping[str, str]]


class UnknownRules(ValueError):
    """Nobody kept the rules of this version."""


@dataclass(frozen=True, slots=True)
class Documents:
    """Everything that one version of the rules was resolved from, as it stands in the files."""

    us: Mapping[str, Any]
    others: Mapping[str, Any]
    plan: Mapping[str, Any]  # which area code touches which states and zones
    holidays: Holidays

    @property
    def version(self) -> str:
        """Name the text and everything that it was resolved with: a date for people, a fingerprint for machines."""
        whole = json.dumps([self.us, self.others, self.plan, self.holidays], sort_keys=True)
        return f"{self.us['name']}-{self.us['version']}-{hashlib.sha256(whole.encode()).hexdigest()[:8]}"


def in_force() -> Documents:
    """Read the documents of the rules in force."""
    return Documents(
        document(PACK, "us.yaml"), document(PACK, "countries.yaml"), _table("area_codes.json"), _table("holidays.json")
    )


@cache
def rule_set(version: str = "") -> RuleSet:
    """Read the rules in force, or those of an older version from the archive, so that its receipts replay.

    Raises UnknownRules when no such version was kept, or when what was kept is not what its name says.
    """
    documents = in_force()
    if not version:
        return _resolved(documents)
    if version == documents.version:
        return rule_set()
    kept = ARCHIVE / f"{version}.json"
    if "/" in version or not kept.is_file():
        raise UnknownRules(f"the rules {version} are not on file; those in force are {documents.version}")
    older = Documents(**json.loads(kept.read_text(encoding="utf-8")))
    if older.version != version:
        raise UnknownRules(f"the file of the rules {version} was changed: what it holds now is {older.version}")
    return _resolved(older)


def _resolved(documents: Documents) -> RuleSet:
    us, others, plan, holidays = documents.us, documents.others, documents.plan, documents.holidays
    states = {row["state"]: _row(row["state"], row, holidays) for row in us["rows"]}
    countries = {row["country"]: _row(row["country"], row, holidays) for row in others["rows"] if row.get("hours")}
    federal = states.pop("US")
    return RuleSet(
        version=documents.version,
        federal=federal,
        strict=_row("strict", us["strict"], holidays),
        states=states,
        state_zones={state: tuple(zones) for state, zones in plan["states"].items()},
        countries=countries,
        calling_codes={row["calling_code"]: row["country"] for row in others["rows"] if row.get("zones")},
        areas={code: Area(*entry) for code, entry in _areas(plan, others).items()},
        service_week=calendars.week(*(_window(us["service_hours"]),) * 3),
        guard=timedelta(minutes=us["guard_minutes"]),
        valid_until=date.fromisoformat(us["valid_until"]),
        # The first versions asked for neither; their receipts must go on saying what they said.
        soft_email=frozenset(us.get("soft_email", ("US", *countries))),
        service_needs_permission=us.get("service_needs_permission", False),
    )


def place_of_zip(code: str) -> tuple[str, str] | None:
    """Look up the state and the zone of a US ZIP code (ZIP+4 too); None when it is not one."""
    digits = code.strip()[:5]
    if len(digits) != 5 or not digits.isdigit():
        return None
    places = _table("zip_codes.json")
    found = places["exceptions"].get(digits) or places["prefixes"].get(digits[:3])
    return (found[0], found[1]) if found else None


def states_of(state: str, code: str = "") -> tuple[str, ...]:
    """Name the states a person may live in by what they told us ("Texas", "tx") and by their ZIP code."""
    place = place_of_zip(code)
    told = _table("area_codes.json")["names"].get(state.strip().lower(), state.strip().upper())
    return tuple(dict.fromkeys(name for name in (told, place[0] if place else "") if name))


def state_name(state: str) -> str:
    """Say a state as people do ("LA" is Louisiana); what is none stays as it is."""
    names = {code: name for name, code in _table("area_codes.json")["names"].items()}
    return str(names[state]).title() if state in names else state


def zones_of(zone: str, code: str = "") -> tuple[str, ...]:
    """Name the zones a person may live in by what they told us and by their ZIP code."""
    place = place_of_zip(code)
    return tuple(dict.fromkeys(name for name in (zone.strip(), place[1] if place else "") if name))


@cache
def _table(name: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads((files("rewarm") / "packs" / PACK / name).read_text(encoding="utf-8"))
    return table


def _areas(plan: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, tuple[str, Any, Any]]:
    """Join the area codes of +1 with the countries that one calling code stands for."""
    areas = {code: (country, tuple(zones), tuple(states)) for code, (country, states, zones) in plan["areas"].items()}
    abroad = {row["country"]: (row["country"], tuple(row["zones"]), ()) for row in others["rows"] if row.get("zones")}
    return {**areas, **abroad}


def _row(name: str, row: Mapping[str, Any], holidays: Holidays) -> Row:
    return Row(
        name,
        _week(row["hours"]),
        _holidays(row.get("holidays"), holidays),
        tuple(
            Cap(cap["n"], timedelta(hours=cap["hours"]), same_subject=cap["per"] == "subject")
            for cap in row.get("caps", ())
        ),
        emergency_ban=row.get("emergency_ban", False),
        needs_number_check=row.get("number_check", False),
        needs_registry=row.get("registry", False),
        needs_health_consent=row.get("health_consent", False),
        source=row.get("source", ""),
    )


def _holidays(rule: Mapping[str, Any] | None, holidays: Holidays) -> dict[date, Window | None]:
    if rule is None:
        return {}
    named = holidays.values() if rule["calendar"] == "all" else (holidays[rule["calendar"]],)
    window = _window(rule.get("hours"))
    return {date.fromisoformat(day): window for days in named for day in days}


def _week(hours: Mapping[str, str | None]) -> Week:
    return calendars.week(_window(hours["mon_fri"]), _window(hours["sat"]), _window(hours["sun"]))


def _window(text: str | None) -> Window | None:
    """Read "08:00-21:00" as minutes after midnight."""
    if text is None:
        return None
    start, end = (int(clock[:2]) * 60 + int(clock[3:]) for clock in text.split("-"))
    return start, end
