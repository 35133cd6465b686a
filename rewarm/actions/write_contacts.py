"""Writes imported people into the database: only what is new or differs, refusals into the ledger, claims as candidates."""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings as django_settings

from rewarm.actions.match_contacts import Matched, households, undated
from rewarm.actions.remember import remember
from rewarm.actions.write_notes import write_notes
from rewarm.domain.event import Happened, Kind
from rewarm.domain.import_consent import CHANNELS, Channel
from rewarm.domain.import_plan import ImportPlan
from rewarm.domain.merging import ImportedContact
from rewarm.models import Address, Candidate, Consent, Contact, Source, Workspace
from rewarm.models.base import uuid7

_EARLIEST = ("inquired_on",)
_LATEST = (
    "last_activity_on", "last_test_on", "last_fitting_on", "last_appointment_on", "last_contact_on", "last_answer_on",
    "attended_on", "missed_on", "purchases_total",
)  # fmt: skip
_REPLACED = ("street", "city", "state", "zip", "country", "lead_status", "lead_source")
_KEPT = ("first_name", "last_name", "born_year", "deceased_on", "household")
_BATCH = 500


@dataclass
class Written:
    """What was written; `rows` counts every new or changed row."""

    created: int = 0
    changed: int = 0
    denials: int = 0
    rows: int = 0
    ids: list[UUID] = field(default_factory=list)


def write_contacts(
    workspace: Workspace, plan: ImportPlan, matched: Matched, *, now: datetime, zone: ZoneInfo, batch: UUID
) -> Written:
    """Write the people of `plan` in the caller's transaction; writing the same plan twice writes nothing the second time."""
    written = Written()
    homes = _household_ids(plan, matched)
    events: list[Happened] = []
    new: list[Contact] = []
    changed: list[Contact] = []
    people: list[tuple[Contact, ImportedContact]] = []
    for index, (person, held) in enumerate(zip(plan.contacts, matched.contacts, strict=True)):
        contact = held or Contact(
            id=uuid7(), workspace=workspace, country=workspace.region, language=workspace.language, imported_at=now
        )
        differs = _apply(contact, person, homes.get(index), now)
        if held is None:
            new.append(contact)
        elif differs:
            changed.append(contact)
        if held is None or differs:
            events.append(Happened(Kind.IMPORTED, now, contact.id, f"import:{batch}", {"rows": len(person.records)}))
        if held is None and person.joins:
            events.append(Happened(Kind.MERGED, now, contact.id, f"import:{batch}", {"rows": len(person.records)}))
        people.append((contact, person))
        written.ids.append(contact.id)
    Contact.objects.bulk_create(new, batch_size=_BATCH)
    Contact.objects.bulk_update(changed, [*_FIELDS], batch_size=_BATCH) if changed else None
    written.created, written.changed = len(new), len(changed)
    written.rows = len(new) + len(changed)
    written.rows += _write_sources(workspace, people, matched)
    written.rows += _write_addresses(workspace, people, now)
    written.denials = _write_denials(workspace, plan, people, now, zone)
    written.rows += written.denials
    written.rows += _write_candidates(workspace, people)
    written.rows += write_notes(workspace, people, note_digest)
    remember(workspace.id, events)
    return written


def note_digest(workspace: UUID, text: str) -> str:
    """Return the keyed hash by which the same note is recognised without being readable."""
    return hmac.new(django_settings.SECRET_KEY.encode(), f"{workspace}\x1f{text}".encode(), hashlib.sha256).hexdigest()


# -- the contact itself ------------------------------------------------------------------------------------


def _apply(contact: Contact, person: ImportedContact, home: UUID | None, now: datetime) -> bool:
    """Bring what the files say into `contact`; return whether anything differs. A file never erases what is known."""
    values = _values(person, home)
    before = {name: getattr(contact, name) for name in _FIELDS}
    newer = _is_newer(contact, values)
    for name in _EARLIEST:
        setattr(contact, name, min(_present(getattr(contact, name), values[name]), default=None))
    for name in _LATEST:
        setattr(contact, name, max(_present(getattr(contact, name), values[name]), default=None))
    for name in _REPLACED:
        setattr(contact, name, values[name] or getattr(contact, name))
    for name in _KEPT:
        setattr(contact, name, getattr(contact, name) or values[name] or ("" if name.endswith("name") else None))
    contact.no_shows = max(contact.no_shows, values["no_shows"])
    contact.tags = sorted({*contact.tags, *values["tags"]})
    contact.is_customer = contact.is_customer or values["is_customer"]
    contact.timing_note = contact.timing_note or values["timing_note"]
    contact.attrs = {**contact.attrs, **values["attrs"]}
    if newer:
        contact.last_past_appointment = values["last_past_appointment"] or contact.last_past_appointment
        contact.appointment_status = values["appointment_status"] or contact.appointment_status
    upcoming = values["next_appointment_at"]
    if upcoming is not None and (contact.next_appointment_at is None or contact.next_appointment_at < now):
        contact.next_appointment_at = upcoming
    return any(getattr(contact, name) != before[name] for name in _FIELDS)


_FIELDS = (
    *_EARLIEST, *_LATEST, *_REPLACED, *_KEPT, "no_shows", "tags", "is_customer", "timing_note", "attrs",
    "last_past_appointment", "appointment_status", "next_appointment_at",
)  # fmt: skip


def _present(*values: Any) -> list[Any]:
    return [value for value in values if value is not None]


def _is_newer(contact: Contact, values: Mapping[str, Any]) -> bool:
    """Tell whether the files know a later appointment than we do."""
    ours = max(_present(contact.attended_on, contact.missed_on, contact.last_appointment_on), default=date.min)
    theirs = max(_present(values["attended_on"], values["missed_on"], values["last_appointment_on"]), default=date.min)
    return theirs > ours or not contact.appointment_status


def _values(person: ImportedContact, home: UUID | None) -> dict[str, Any]:
    fields, name = person.fields_with_history, person.name
    attrs: dict[str, Any] = {
        "middle_name": name.middle,
        "suffix": name.suffix,
        "nickname": name.nickname,
        "born_on": person.born_on.isoformat() if person.born_on else "",
        "refused": [channel for channel in CHANNELS if _refused_in_person(person, channel)],
    }
    sent = sum(event.kind == "sent" for event in person.events)
    if person.events:
        attrs["touches"] = sent
    return {
        "first_name": name.first,
        "last_name": name.last,
        "born_year": fields.born_year,
        "street": person.street[:200],
        "city": person.city[:100],
        "state": person.state[:8],
        "zip": person.zip[:12],
        "country": person.country,
        "household": home,
        "deceased_on": fields.deceased_on,
        **{one: getattr(fields, one) for one in (*_EARLIEST, *_LATEST)},
        "next_appointment_at": fields.next_appointment_at,
        "last_past_appointment": fields.last_past_appointment,
        "appointment_status": fields.appointment_status or "",
        "lead_status": fields.lead_status or "",
        "lead_source": fields.lead_source or "",
        "no_shows": fields.no_shows or 0,
        "tags": fields.tags,
        "is_customer": fields.is_customer,
        "timing_note": fields.timing_note,
        "attrs": {key: value for key, value in attrs.items() if value not in ("", [], None)},
    }


def _refused_in_person(person: ImportedContact, channel: Channel) -> bool:
    return person.consent[channel] == "denied"


def _household_ids(plan: ImportPlan, matched: Matched) -> dict[int, UUID]:
    found: dict[int, UUID] = {}
    for group in households(plan):
        known = (matched.contacts[index] for index in sorted(group))
        home = next((one.household for one in known if one is not None and one.household), None) or uuid7()
        found.update(dict.fromkeys(group, home))
    return found


# -- what hangs on it --------------------------------------------------------------------------------------


def _write_sources(workspace: Workspace, people: Sequence[tuple[Contact, ImportedContact]], matched: Matched) -> int:
    rows = [
        Source(
            id=uuid7(), workspace=workspace, contact=contact, system=matched.keys[record.key][0], key=matched.keys[record.key][1],
            merged_because=_because(person, record.key),
        )
        for contact, person in people
        for record in person.records
        if matched.keys[record.key] not in matched.known
    ]  # fmt: skip
    Source.objects.bulk_create(rows, batch_size=_BATCH)
    return len(rows)


def _because(person: ImportedContact, row: tuple[str, int]) -> str:
    """Say why this row was taken as the same person as another, for the merge trail."""
    return "; ".join(
        f"{join.because} as row {other[1]} of {other[0]}"
        for join in person.joins
        for other in ((join.a,) if join.b == row else (join.b,) if join.a == row else ())
    )


def _write_addresses(workspace: Workspace, people: Sequence[tuple[Contact, ImportedContact]], now: datetime) -> int:
    held: dict[UUID, set[str]] = defaultdict(set)
    ids = [contact.id for contact, _ in people]
    for contact, address in Address.objects.filter(workspace=workspace, contact__in=ids).values_list(
        "contact_id", "address"
    ):
        held[contact].add(address)
    rows: list[Address] = []
    for one, person in people:
        for kind, addresses in (("phone", _ranked_phones(person)), ("email", person.emails)):
            for rank, address in enumerate(addresses):
                if address not in held[one.id]:
                    bounced = address in person.bounced
                    rows.append(
                        Address(
                            id=uuid7(), workspace=workspace, contact=one, channel=kind, address=address, rank=rank,
                            unusable_at=now if bounced else None, unusable_why="bounced before the import" if bounced else "",
                        )
                    )  # fmt: skip
    Address.objects.bulk_create(rows, batch_size=_BATCH)
    return len(rows)


def _ranked_phones(person: ImportedContact) -> list[str]:
    """Put the numbers that can be texted first: mobiles, then the rest, extensions and work numbers last."""

    def rank(index: int) -> tuple[int, int]:
        phone = person.phones[index]
        mobile = phone.label.startswith(("c", "m"))
        desk = bool(phone.extension) or phone.label.startswith(("w", "o"))
        return (0 if mobile else 2 if desk else 1, index)

    return [person.phones[index].e164 for index in sorted(range(len(person.phones)), key=rank)]


def _write_denials(
    workspace: Workspace,
    plan: ImportPlan,
    people: Sequence[tuple[Contact, ImportedContact]],
    now: datetime,
    zone: ZoneInfo,
) -> int:
    """Close every address of whoever refused a channel, ever; rows that were held back close theirs too."""
    rows: dict[str, Consent] = {}
    for contact, person in people:
        for entry in _denials(workspace, contact, person, now, zone):
            rows.setdefault(entry.cause, entry)
    for held in plan.rejected:
        for statement in held.record.consent:
            if statement.says == "denied":
                source = f"column {statement.where} of {undated(held.key[0])}"
                addresses = _of_channel(
                    statement.channel, [phone.e164 for phone in held.record.phones], held.record.emails
                )
                for address in addresses:
                    entry = _entry(workspace, address, statement.channel, source, statement.quote, None, now)
                    rows.setdefault(entry.cause, entry)
    causes = set(Consent.objects.filter(workspace=workspace, cause__in=list(rows)).values_list("cause", flat=True))
    fresh = [entry for cause, entry in sorted(rows.items()) if cause not in causes]
    Consent.objects.bulk_create(fresh, batch_size=_BATCH, ignore_conflicts=True)
    return len(fresh)


def _denials(
    workspace: Workspace, contact: Contact, person: ImportedContact, now: datetime, zone: ZoneInfo
) -> Iterator[Consent]:
    phones = [phone.e164 for phone in person.phones]
    for said in person.said:
        statement = said.statement
        if statement.says != "denied":
            continue
        at = min(datetime.combine(statement.on, time(12), zone), now) if statement.on else now
        source = f"column {statement.where} of {undated(said.row[0])}"
        for address in _of_channel(statement.channel, phones, person.emails):
            yield _entry(workspace, address, statement.channel, source, statement.quote, contact.id, at, now)
    for channel in CHANNELS:
        # Died, said stop in an earlier campaign, or refused in an earlier import: new addresses are closed as well.
        if person.consent[channel] == "denied" or channel in contact.attrs.get("refused", ()):
            why = "died" if person.deceased else "refused before"
            for address in _of_channel(channel, phones, person.emails):
                yield _entry(workspace, address, channel, why, why, contact.id, now)


def _of_channel(channel: str, phones: Iterable[str], emails: Iterable[str]) -> list[str]:
    return list(emails if channel == "email" else phones)


def _entry(
    workspace: Workspace, address: str, channel: str, source: str, quote: str, contact: UUID | None, at: datetime,
    now: datetime | None = None,
) -> Consent:  # fmt: skip
    column = source.rpartition(" of ")[0]  # the file's name may change, what it says is said once
    seen = hashlib.sha256("\x1f".join((address, channel, column, quote, str(contact or ""))).encode()).hexdigest()[:32]
    return Consent(
        id=uuid7(), workspace=workspace, address=address, channel=channel, act="denied", scope="all", at=at,
        recorded_at=now or at, source=source, quote=quote, contact=contact, cause=f"import:{seen}",
    )  # fmt: skip


def _write_candidates(workspace: Workspace, people: Sequence[tuple[Contact, ImportedContact]]) -> int:
    """Keep every claim of a yes, with or without a date, for the address that its row holds; refused channels have none."""
    ids = [contact.id for contact, _ in people]
    claimed = Candidate.objects.filter(workspace=workspace, contact__in=ids)
    held = {
        (contact, channel, address, source.rpartition(" of ")[0])
        for contact, channel, address, source in claimed.values_list("contact_id", "channel", "address", "source")
    }
    rows: dict[tuple[UUID, str, str, str], Candidate] = {}
    for contact, person in people:
        records = {record.key: record for record in person.records}
        for said in person.said:
            statement, record = said.statement, records[said.row]
            if statement.says == "denied" or person.consent[statement.channel] == "denied":
                continue
            own = _of_channel(statement.channel, [phone.e164 for phone in record.phones], record.emails)
            everything = _of_channel(statement.channel, [phone.e164 for phone in person.phones], person.emails)
            source = f"column {statement.where} of {undated(said.row[0])}"
            for address in own or everything:
                key = (contact.id, statement.channel, address, source)
                if (*key[:3], source.rpartition(" of ")[0]) not in held and key not in rows:
                    rows[key] = Candidate(
                        id=uuid7(), workspace=workspace, contact=contact, address=address, channel=statement.channel,
                        source=source, quote=statement.quote, said_on=statement.on,
                    )  # fmt: skip
    Candidate.objects.bulk_create(rows.values(), batch_size=_BATCH)
    return len(rows)
