"""Writes down an import plan as plain JSON values: what a dry run prints and what a scorer compares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from rewarm.domain.import_plan import ImportPlan
from rewarm.domain.merging import ImportedContact
from rewarm.domain.segment import Segment, memberships
from rewarm.domain.segment_rule import ContactFields

_DATES = (
    "inquired_on", "last_activity_on", "last_test_on", "last_fitting_on", "last_appointment_on", "last_contact_on",
)  # fmt: skip


def answer(plan: ImportPlan, segments: Sequence[Segment], today: date) -> dict[str, Any]:
    """Return the plan in the shape that the guide of exported contacts describes; lists of rows are [file, row]."""
    skipped = [[file, one.row] for file, one in plan.skipped if one.row]
    return {
        "contacts": [_contact(contact, segments, today) for contact in plan.contacts],
        "rows": [
            {
                "file": record.key[0],
                "row": record.key[1],
                "phones": [phone.e164 for phone in record.phones],
                "emails": list(record.emails),
                "dates": {
                    field: day.isoformat() for field, day in sorted(record.dates.items()) if field != "recall_on"
                },
            }
            for record in sorted(plan.records, key=lambda one: one.key)
        ],
        "quarantined": [[*held.key, held.reason] for held in sorted(plan.rejected, key=lambda one: one.key)],
        "skipped": skipped,
        "denied_addresses": {address: list(channels) for address, channels in plan.closed.items()},
        "mapping": {
            mapped.table.file: {str(column.index): column.field for column in mapped.columns} for mapped in plan.tables
        },
        "histories": list(plan.histories),
        "unread_events": [list(key) for key in plan.unread_events],
    }


def _contact(contact: ImportedContact, segments: Sequence[Segment], today: date) -> dict[str, Any]:
    born = contact.fields.born_year
    return {
        "rows": [list(key) for key in contact.keys],
        "name": str(contact.name),
        "phones": [phone.e164 for phone in contact.phones],
        "emails": list(contact.emails),
        "bounced": list(contact.bounced),
        "birth_year": born,
        "zip": contact.zip,
        "state": contact.state,
        "deceased": contact.deceased,
        "consent": dict(contact.consent),
        "dates": _dates(contact.fields),
        "segments": _slugs(segments, contact.fields, today),
        "segments_with_history": _slugs(segments, contact.fields_with_history, today),
        "merged_because": [[list(join.a), list(join.b), join.because] for join in contact.joins],
    }


def _dates(fields: ContactFields) -> dict[str, str | None]:
    found: dict[str, str | None] = {name: _iso(getattr(fields, name)) for name in _DATES}
    found["next_appointment_on"] = fields.next_appointment_at.date().isoformat() if fields.next_appointment_at else None
    return found


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _slugs(segments: Sequence[Segment], fields: ContactFields, today: date) -> list[str]:
    return list(memberships(segments, fields, today)) if segments else []
