"""Writes the invitation file of a visit (iCalendar, RFC 5545): the reason for the visit is nobody's business."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress


class Visit(Protocol):
    """The dates of an appointment."""

    @property
    def id(self) -> UUID: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def sequence(self) -> int: ...
    @property
    def zone(self) -> str: ...


class Practice(Protocol):
    """Who invites."""

    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def postal_address(self) -> str: ...


def write(visit: Visit, practice: Practice, person: object, now: datetime, *, uid: UUID | None = None) -> str:
    """Return the text of an .ics file with one event; a visit that moves keeps its `uid` and raises SEQUENCE."""
    zone = ZoneInfo(visit.zone)
    event = Event()
    event.add("uid", f"{uid or visit.id}@rewarm")
    event.add("sequence", visit.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", visit.starts_at.astimezone(zone))
    event.add("dtend", visit.ends_at.astimezone(zone))
    event.add("summary", f"Visit at {practice.name}")
    if practice.postal_address:
        event.add("location", practice.postal_address)
    if practice.email:
        event["organizer"] = vCalAddress(f"mailto:{practice.email}")
    calendar = Calendar()
    calendar.add("prodid", "-//rewarm//visits//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "REQUEST")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return str(calendar.to_ical().decode())
