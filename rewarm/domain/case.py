"""Remembers one question to the gate, with all that its rules look up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from rewarm.domain.calendars import Place, RuleSet
from rewarm.domain.consent import Entry
from rewarm.domain.verdict import ContactView, Proposed, Purpose

CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Case:
    """One question to the gate, with what every rule looks up."""

    message: Proposed
    view: ContactView
    entries: list[Entry]
    place: Place
    rules: RuleSet
    purpose: Purpose  # as judged, which may be stricter than the label
    now: datetime
