"""Decides what is known of a contact when several rows, and perhaps a history of events, speak of the same person."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal

from rewarm.domain.history import PastEvent
from rewarm.domain.identity import Group, Join
from rewarm.domain.import_consent import CHANNELS, Channel, Statement
from rewarm.domain.import_words import ImportWords, plain
from rewarm.domain.names import Name, key
from rewarm.domain.phone_text import Phone
from rewarm.domain.record import Record, RowKey, Settings
from rewarm.domain.segment_rule import ContactFields, canonical_tag

Verdict = Literal["unknown", "granted", "denied"]


@dataclass(frozen=True, slots=True)
class Said:
    """A consent statement and the row that makes it."""

    row: RowKey
    statement: Statement


@dataclass(frozen=True, slots=True)
class ImportedContact:
    """One person as all rows together describe them; `records` and `joins` are the trail."""

    records: tuple[Record, ...]
    joins: tuple[Join, ...]
    name: Name
    phones: tuple[Phone, ...]
    emails: tuple[str, ...]
    bounced: tuple[str, ...]
    consent: dict[Channel, Verdict]
    said: tuple[Said, ...]
    born_on: date | None
    street: str
    city: str
    state: str
    zip: str
    country: str
    notes: tuple[tuple[RowKey, str], ...]
    deceased: bool
    fields: ContactFields
    fields_with_history: ContactFields
    events: tuple[PastEvent, ...] = ()

    @property
    def keys(self) -> tuple[RowKey, ...]:
        """Return the rows behind this contact."""
        return tuple(record.key for record in self.records)


@dataclass(frozen=True, slots=True)
class Merger:
    """Merges the rows of a person; `says_stop` reads a received text as an opt-out, `says_when` finds a note about timing."""

    settings: Settings
    says_stop: Callable[[str], bool]
    says_when: Callable[[str], bool]

    def merge(self, group: Group, events: Sequence[PastEvent] = ()) -> ImportedContact:
        """Return the contact behind `group`. Denied wins over every grant, whenever and wherever it was said."""
        records = group.records
        dead = any(record.deceased for record in records)
        said = tuple(Said(record.key, statement) for record in records for statement in record.consent)
        fields = self._fields(records, dead)
        stopped = tuple(
            dict.fromkeys(event.channel for event in events if event.kind == "reply" and self.says_stop(event.body))
        )
        best = _fullest(records)
        return ImportedContact(
            records=records,
            joins=group.joins,
            name=_name(records),
            phones=tuple({phone.e164: phone for record in records for phone in record.phones}.values()),
            emails=tuple(dict.fromkeys(email for record in records for email in record.emails)),
            bounced=tuple(dict.fromkeys(email for record in records for email in record.bounced)),
            consent={channel: _verdict(channel, said, dead, stopped) for channel in CHANNELS},
            said=said,
            born_on=_commonest(record.dates.get("born_on") for record in records),
            street=best.street or _longest(record.street for record in records),
            city=best.city or _longest(record.city for record in records),
            state=best.state or _longest(record.state for record in records),
            zip=best.zip or _longest(record.zip for record in records),
            country=best.country or self.settings.region,
            notes=tuple((record.key, note) for record in records for note in record.notes),
            deceased=dead,
            fields=fields,
            fields_with_history=self._with_history(fields, events) if events else fields,
            events=tuple(events),
        )

    def _fields(self, records: Sequence[Record], dead: bool) -> ContactFields:
        today, words = self.settings.today, self.settings.words
        past = _Past(today)
        for record in records:
            past.take(record)
        statuses = tuple(status for record in records for status in record.lead_statuses)
        inquired = min((day for day in _dates(records, "inquired_on") if day <= today), default=None)
        activity = _latest(_dates(records, "last_activity_on"), today)
        test, fitting = (
            _latest(_dates(records, "last_test_on"), today),
            _latest(_dates(records, "last_fitting_on"), today),
        )
        contacts = [day for day in (inquired, activity, test, fitting, past.attended_on) if day is not None]
        purchases = max((record.purchases for record in records if record.purchases is not None), default=None)
        no_shows = max([record.no_shows for record in records if record.no_shows is not None], default=None)
        if any(words.says("was_missed", status) for status in statuses):
            no_shows = max(no_shows or 0, 1)
        return ContactFields(
            inquired_on=inquired,
            last_activity_on=activity,
            last_test_on=test,
            last_fitting_on=fitting,
            last_appointment_on=past.last_on,
            last_contact_on=max(contacts, default=None),
            next_appointment_at=self._instant(past.next_on),
            attended_on=past.attended_on,
            missed_on=past.missed_on,
            deceased_on=today if dead else None,
            no_shows=no_shows,
            born_year=_born_year(records),
            purchases_total=purchases,
            appointment_status=past.status or self._status_hint(records, statuses),
            last_past_appointment=past.outcome,
            lead_status=_last_said(statuses, words),
            lead_source=next((record.lead_source for record in records if record.lead_source), None),
            zip=next((record.zip for record in records if record.zip), None),
            state=next((record.state for record in records if record.state), None),
            tags=tuple(sorted({canonical_tag(tag) for record in records for tag in record.tags})),
            is_customer=bool(purchases)
            or any(words.mentions("customer", status) for status in map(_positive, statuses)),
            timing_note=any(self.says_when(note) for record in records for note in record.notes),
        )

    def _status_hint(self, records: Sequence[Record], statuses: Sequence[str]) -> str | None:
        """A status that speaks of an appointment without a date still shows that there was one."""
        words = self.settings.words
        for kind in ("was_missed", "is_booked", "tested"):
            if any(words.says(kind, status) for status in statuses):
                return kind.replace("was_", "").replace("is_", "")
        return next((record.appointment_status for record in records if record.appointment_status), None)

    def _instant(self, day: date | None) -> datetime | None:
        return datetime.combine(day, time(12), self.settings.zone) if day else None

    def _with_history(self, fields: ContactFields, events: Sequence[PastEvent]) -> ContactFields:
        today = self.settings.today
        past = _Past(today, fields)
        answered, bought = fields.last_answer_on, False
        for event in events:
            if event.kind == "appointment" and event.starts_on is not None:
                past.event(event.starts_on, event.status)
            elif event.kind in ("reply", "click", "visit") and event.on <= today:
                answered = max(event.on, answered or event.on)
            bought = bought or event.kind == "purchase"
        kept = [event for event in events if event.kind == "appointment" and event.status == "kept" and event.starts_on]
        test = self._latest_of(kept, "last_test_on", fields.last_test_on)
        fitting = self._latest_of(kept, "last_fitting_on", fields.last_fitting_on)
        touched = [
            event.on for event in events if event.kind in ("reply", "click", "visit", "purchase") and event.on <= today
        ]
        contacts = [day for day in (fields.last_contact_on, past.attended_on, *touched) if day is not None]
        spent = sum((event.amount for event in events if event.kind == "purchase" and event.amount), Decimal(0))
        missed = len({event.starts_on for event in events if event.kind == "appointment" and event.status == "missed"})
        return replace(
            fields,
            last_test_on=test,
            last_fitting_on=fitting,
            last_appointment_on=past.last_on,
            next_appointment_at=self._instant(past.next_on),
            attended_on=past.attended_on,
            missed_on=past.missed_on,
            last_past_appointment=past.outcome,
            appointment_status=past.status or fields.appointment_status,
            last_contact_on=max(contacts, default=None),
            last_answer_on=answered,
            is_customer=fields.is_customer or bought,
            purchases_total=max(fields.purchases_total or Decimal(0), spent) or None,
            no_shows=max(fields.no_shows or 0, missed) if fields.no_shows is not None or missed else None,
        )

    def _latest_of(self, kept: Sequence[PastEvent], field: str, known: date | None) -> date | None:
        """Return the latest kept visit whose reason reads like the column `field` ("hearing test"), or what was known."""
        rules = [rule for rule in self.settings.words.columns if rule.field == field]
        days = [
            one.starts_on
            for one in kept
            if one.starts_on and any(rule.pattern.search(plain(one.body)) for rule in rules)
        ]
        return _latest([*days, *([known] if known else [])], self.settings.today)


class _Past:
    """The appointments of one person while they are being collected."""

    def __init__(self, today: date, known: ContactFields | None = None) -> None:
        self.today = today
        self.known: dict[date, str] = {}
        self.attended_on = known.attended_on if known else None
        self.missed_on = known.missed_on if known else None
        self.last_on = known.last_appointment_on if known else None
        self.next_on = known.next_appointment_at.date() if known and known.next_appointment_at else None
        if known and known.last_past_appointment:
            day = max(filter(None, (self.attended_on, self.missed_on, self.last_on)), default=None)
            latest = self.attended_on if known.last_past_appointment == "kept" else self.missed_on
            self.known[latest or day or today] = known.last_past_appointment

    def take(self, record: Record) -> None:
        """Add the appointment columns of one row; a "next" date that has passed is one of unknown outcome."""
        day, status = record.dates.get("last_appointment_on"), record.appointment_status
        if day is not None:
            self.event(day, status)
        upcoming = record.dates.get("next_appointment_on")
        if upcoming is not None:
            self.event(upcoming, "scheduled")

    def event(self, day: date, status: str) -> None:
        """Add one appointment."""
        if day > self.today or (day == self.today and status in ("scheduled", "")):
            if status in ("scheduled", "", "kept"):
                self.next_on = min(day, self.next_on or day)
            return
        self.last_on = max(day, self.last_on or day)
        if status == "kept":
            self.attended_on = max(day, self.attended_on or day)
        elif status == "missed":
            self.missed_on = max(day, self.missed_on or day)
        if status in ("kept", "missed", "cancelled") and (day not in self.known or status == "kept"):
            self.known[day] = status

    @property
    def outcome(self) -> str | None:
        """Return how the latest past appointment with a known outcome ended."""
        return self.known[max(self.known)] if self.known else None

    @property
    def status(self) -> str | None:
        """Return a word for the latest appointment of any kind."""
        if self.next_on is not None:
            return "scheduled"
        return self.outcome or ("unknown" if self.last_on else None)


def _verdict(channel: Channel, said: Sequence[Said], dead: bool, stopped: Sequence[str]) -> Verdict:
    statements = [one.statement for one in said if one.statement.channel == channel]
    if dead or channel in stopped or any(statement.says == "denied" for statement in statements):
        return "denied"
    return "granted" if any(statement.says == "granted" for statement in statements) else "unknown"


def _dates(records: Sequence[Record], field: str) -> list[date]:
    return [record.dates[field] for record in records if field in record.dates]


def _latest(days: Iterable[date], today: date) -> date | None:
    return max((day for day in days if day <= today), default=None)


def _born_year(records: Sequence[Record]) -> int | None:
    born = _commonest(record.dates.get("born_on") for record in records)
    return born.year if born else None


def _commonest(days: Iterable[date | None]) -> date | None:
    counts: dict[date, int] = {}
    for day in days:
        if day is not None:
            counts[day] = counts.get(day, 0) + 1
    return max(counts, key=lambda day: (counts[day], day), default=None)


def _longest(texts: Iterable[str]) -> str:
    return max(texts, key=lambda text: (len(text), text), default="")


def _fullest(records: Sequence[Record]) -> Record:
    return max(
        records,
        key=lambda one: (
            sum(map(bool, (one.street, one.city, one.state, one.zip))),
            one.dates.get("modified_on") or date.min,
        ),
    )


def _name(records: Sequence[Record]) -> Name:
    """Take each part from the form that most rows agree on, full names before short forms."""

    def pick(parts: Iterable[str]) -> str:
        written = [part for part in parts if part]
        if not written:
            return ""
        counts: dict[str, int] = {}
        for part in written:
            counts[key(part)] = counts.get(key(part), 0) + 1
        best = max(counts, key=lambda one: (counts[one], len(one), one))
        return max((part for part in written if key(part) == best), key=lambda part: (not part.isascii(), part))

    names = [record.name for record in records]
    return Name(
        first=pick(name.first for name in names),
        last=pick(name.last for name in names),
        middle=pick(name.middle for name in names),
        suffix=pick(name.suffix for name in names),
        nickname=pick(name.nickname for name in names),
        previous_last=pick(name.previous_last for name in names),
    )


def _positive(status: str) -> str:
    """Blank out what is denied ("Closed - Not Converted"), so that the word after "not" is not taken for a yes."""
    return re.sub(r"\b(?:not|non|never|no|un)[ -]\w+", " ", plain(status))


def _last_said(statuses: Sequence[str], words: ImportWords) -> str | None:
    for status in statuses:
        if words.says("no_timing", status):
            return status
    return statuses[0] if statuses else None
