"""Remembers the people of the gate's tests and asks the gate about them in one line."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rewarm.adapters.rules import rule_set
from rewarm.domain.consent import Entry
from rewarm.domain.policy import ContactView, Proposed, Verdict, judge

RULES = rule_set()
SARAH = "+12125550101"  # New York
SELLER = "Elm Street Hearing LLC"
LONG_AGO = datetime(2026, 1, 5, 15, tzinfo=UTC)
ALWAYS_OPEN = ((0, 1440),) * 7
MARKETING = Proposed("t1", "marketing", "sms", SARAH, SELLER)
REMINDER = replace(MARKETING, purpose="reminder")
# The practice's own hours, gap and weekly cap step aside, so that only the law speaks.
ONLY_THE_LAW = ContactView(practice_hours=ALWAYS_OPEN, min_gap=timedelta(), weekly_cap=1000)


def entry(act: str, at: datetime | None = LONG_AGO, **changes: Any) -> Entry:
    """Write a line of the ledger: an SMS matter of Sarah's, with evidence, unless told otherwise."""
    line = Entry(SARAH, "sms", act, "all", at, at or LONG_AGO, "web form", "disclosure 3", f"{act}@{at}")  # type: ignore[arg-type]
    return replace(line, **changes)


def local(text: str, zone: str) -> datetime:
    """Read "2026-11-20 20:45" on somebody's wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def ask(
    message: Proposed = MARKETING,
    view: ContactView = ONLY_THE_LAW,
    ledger: tuple[Entry, ...] | None = None,
    *,
    now: datetime,
) -> Verdict:
    """Ask the gate; without a ledger, the address has given its written consent long ago; no number is registered."""
    view = replace(view, registry_checked_at=view.registry_checked_at or now)
    consented = (entry("granted", address=message.address, channel=message.channel),)
    return judge(message, view, consented if ledger is None else ledger, RULES, now)


def said(verdict: Verdict) -> str:
    """Say a verdict in one word, or its reason."""
    return getattr(verdict, "reason", "allow")
