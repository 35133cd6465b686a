"""Asks the gate every question of law.md."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest

from rewarm.adapters.rules import states_of, zones_of
from rewarm.domain.consent import Entry
from rewarm.domain.policy import Allow, ContactView, Delay, Proposed, Sent, judge
from tests.domain.gate_cast import MARKETING, ONLY_THE_LAW, RULES, entry

TABLE = Path(__file__).with_name("law.md").read_text(encoding="utf-8")
CASES = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in TABLE.splitlines()
    if line.startswith("| ") and not line.startswith("| Who")
]
ZONES = {zone.rpartition("/")[2]: zone for zone in sorted(available_timezones()) if "/" in zone}
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ABROAD = {"44": "+447400123456", "61": "+61412345678", "33": "+33612345678"}
COUNTRIES = {
    "Canada": ("CA", "America/Toronto"),
    "Britain": ("GB", "Europe/London"),
    "Australia": ("AU", ""),
    "France": ("FR", "Europe/Paris"),
}


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_law(case: tuple[str, ...]) -> None:
    who, phone, state, code, clock, purpose, besides, answer, source = case
    assert source, "an answer without a source is an opinion"
    zone = ZoneInfo(ZONES[clock.split()[-1]])
    now = wall(clock.rsplit(" ", 1)[0], zone)
    message, view, ledger = question(phone, state, code, purpose, besides, now)
    verdict = judge(message, view, ledger, RULES, now)
    match re.split(r"(?:: | until )", answer):
        case ["yes"]:
            assert isinstance(verdict, Allow), verdict.receipt["reason"]
        case ["no", reason]:
            assert (getattr(verdict, "reason", "yes"), isinstance(verdict, Delay)) == (reason, False)
        case ["wait", until]:
            assert isinstance(verdict, Delay), verdict.receipt["reason"]
            assert verdict.retry_at.astimezone(zone) == wall(until, zone), verdict.retry_at.astimezone(zone)
        case _:
            pytest.fail(f"{who}: {answer!r} is no answer")


def test_the_table_is_whole() -> None:
    assert len(CASES) > 110
    assert all(len(case) == 9 for case in CASES)
    assert len({case[0] for case in CASES}) == len(CASES), "two cases of one name"


def wall(text: str, zone: ZoneInfo) -> datetime:
    """Read "Sun 2026-11-22 11:59"; the weekday must be that of the date."""
    day, rest = text.split(" ", 1)
    at = datetime.fromisoformat(rest).replace(tzinfo=zone)
    assert f"{at:%a}" == day, f"{rest} is a {at:%a}"
    return at


def question(
    phone: str, state: str, code: str, purpose: str, besides: str, now: datetime
) -> tuple[Proposed, ContactView, list[Entry]]:
    """Put a line of the table to the gate."""
    address = ABROAD.get(phone) or (f"+1{phone}5550101" if phone else "sarah@example.com")
    channel = "email" if "e-mail" in purpose else "sms"
    message: Any = replace(MARKETING, purpose=purpose.split()[0], address=address, channel=channel)
    view: Any = replace(ONLY_THE_LAW, states=states_of(state, code), zones=zones_of("", code), registry_checked_at=now)
    if purpose == "reply":
        message = replace(message, in_reply_to_at=now - MINUTE)
    ledger = [entry("granted", address=address, channel=channel)]
    for fact in filter(None, besides.split(", ")):
        message, view, ledger = told(fact, message, view, ledger, now)
    return message, view, ledger


def told(
    fact: str, message: Proposed, view: ContactView, ledger: list[Entry], now: datetime
) -> tuple[Proposed, ContactView, list[Entry]]:
    """Add one fact of the column "Besides"."""
    address, today = message.address, (1, 2, 3)
    hours = timedelta(hours=1)
    ago = timedelta(days=int(found[0])) if (found := re.findall(r"\d+", fact)) else timedelta()
    views: dict[str, dict[str, Any]] = {
        "the practice's zone": {"zones": ("America/New_York",), "zone_source": "practice"},
        "they live by Central time": {"zones": ("America/Chicago",), "zone_source": "stated"},
        "they live by Eastern time": {"zones": ("America/New_York",), "zone_source": "stated"},
        "practice chose opt-out e-mail": {"email_soft_ok": True},
        "they gave the number": {"gave_number": True},
        "three today": {"sent": tuple(Sent(now - n * hours, "marketing", "sms") for n in today)},
        "three today about a recall": {
            "sent": tuple(Sent(now - n * hours, "marketing", "sms", "recall") for n in today)
        },
        "number reassigned": {"reassigned": True, "number_checked_at": now},
        "registry not asked": {"registry_checked_at": None},
        "on the registry": {"on_registry": True},
        "emergency in New York": {"emergencies": ("NY",)},
        "emergency in Louisiana": {"emergencies": ("LA",)},
        "never a patient": {"lead": True},
    }
    match fact.split():
        case ["lives", "in", country]:
            name, zone = COUNTRIES[country]
            return message, replace(view, country=name, zones=(zone,) if zone else ()), ledger
        case ["number", "checked", _, "days", "ago"]:
            return message, replace(view, number_checked_at=now - ago), ledger
        case ["registry", "asked", _, "days", "ago"]:
            return message, replace(view, registry_checked_at=now - ago), ledger
        case ["no", "consent"]:
            return message, view, []
        case ["STOP", *scope]:
            stop = entry("opted_out", now - DAY, address=address, scope="marketing" if scope else "all")
            return message, view, [*ledger, stop]
        case ["consented", "to", "health", "data"]:
            return message, view, [*ledger, entry("permitted", address=address, channel="all", scope="health")]
        case ["a", "manufacturer", "pays"]:
            return replace(message, paid_by="Acme Devices"), view, ledger
        case ["its", "words", "sell"]:
            return replace(message, words_sell=True), view, ledger
    return message, replace(view, **views[fact]), ledger
