"""Turns one row of an export into what it says about a person, or into the reason why it cannot be one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal
from zoneinfo import ZoneInfo

from rewarm.domain import deceased
from rewarm.domain.columns import DATE_FIELDS, Column
from rewarm.domain.dates import Order, column_order, read_date
from rewarm.domain.emails import DroppedEmail, read_emails
from rewarm.domain.import_consent import Reader, Statement
from rewarm.domain.import_words import ImportWords, plain
from rewarm.domain.names import Name, read_name
from rewarm.domain.not_a_person import is_organisation, is_shifted, is_test, tells
from rewarm.domain.phone_text import DroppedPhone, Parse, Phone, read_phones
from rewarm.domain.table import SourceRow, Table

Reason = Literal["no_channel", "organisation", "shifted_columns", "test_record"]
AppointmentStatus = Literal["kept", "missed", "cancelled", "scheduled", ""]
RowKey = tuple[str, int]
"""(file, row)"""

_DEATH = re.compile(r"\b(?:deceased|died|dod|death)\b")
_DEAD_NAME = re.compile(r"\bdeceased\b|\bdec'?d\b|\br\.?i\.?p\b\.?", re.I)
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Settings:
    """What an import needs to know about the practice; `fictional` admits 555 numbers (only for workspaces of kind town)."""

    words: ImportWords
    parse_phone: Parse
    today: date
    zone: ZoneInfo
    region: str = "US"
    practice_phones: frozenset[str] = frozenset()
    practice_emails: frozenset[str] = frozenset()
    practice_domain: str = ""
    fictional: bool = False

    @property
    def order(self) -> Order:
        """Return how the region writes numeric dates."""
        return "MDY" if self.region in ("US", "CA", "PH", "PR") else "DMY"


@dataclass(frozen=True, slots=True)
class Record:
    """What one row says about one person."""

    key: RowKey
    source_id: str
    name: Name
    phones: tuple[Phone, ...] = ()
    emails: tuple[str, ...] = ()
    bounced: tuple[str, ...] = ()
    dropped: tuple[DroppedPhone | DroppedEmail, ...] = ()
    dates: Mapping[str, date] = field(default_factory=dict)
    consent: tuple[Statement, ...] = ()
    gender: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""
    age: int | None = None
    appointment_status: AppointmentStatus = ""
    no_shows: int | None = None
    lead_statuses: tuple[str, ...] = ()
    lead_source: str = ""
    record_status: str = ""
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    purchases: Decimal | None = None
    deceased: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is held back, with what could still be read: its refusals count even so."""

    key: RowKey
    reason: Reason
    cells: tuple[str, ...]
    record: Record


def date_orders(table: Table, columns: Sequence[Column], settings: Settings) -> dict[int, Order]:
    """Return the order of day and month of each date column: its own where it shows one, else the file's, else the region's."""
    cells = {
        column.index: [row.cells[column.index] for row in table.rows if column.index < len(row.cells)]
        for column in columns
        if column.field in DATE_FIELDS
    }
    of_file = (
        column_order((cell for column in cells.values() for cell in column), fallback=settings.order) or settings.order
    )
    return {index: column_order(column, fallback=of_file) or of_file for index, column in cells.items()}


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads the rows of one table under its mapping."""

    table: Table
    columns: tuple[Column, ...]
    orders: dict[int, Order]
    settings: Settings
    defaults: frozenset[int] = frozenset()

    def read(self, row: SourceRow) -> Record | Rejected:
        """Return the record of `row`, or why it is held back."""
        by_field = self._by_field(row.cells)
        record = self._record(row, by_field)
        reason = self._reason(row, record, by_field)
        return record if reason is None else Rejected(record.key, reason, row.cells, record)

    def _by_field(self, cells: Sequence[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for column in self.columns:
            if column.field != "ignore" and column.index < len(cells) and cells[column.index].strip():
                found.setdefault(column.field, []).append(cells[column.index].strip())
        return found

    def _record(self, row: SourceRow, by_field: dict[str, list[str]]) -> Record:
        settings, words = self.settings, self.settings.words

        def one(field: str) -> str:
            return next(iter(by_field.get(field, ())), "")

        country = words.countries.get(plain(one("country")), "")
        phones, dropped_phones = self._phones(by_field.get("phone", []), country)
        emails, dropped_emails = self._emails(by_field.get("email", []))
        notes = tuple(by_field.get("notes", []))
        tags = tuple(
            tag.strip() for cell in by_field.get("tags", []) for tag in re.split(r"[,;|\n]", cell) if tag.strip()
        )
        status = one("record_status")
        return Record(
            key=(self.table.file, row.row),
            source_id=one("source_id").removesuffix(".0"),
            name=read_name(
                first=one("first_name"), last=one("last_name"), full=one("full_name"), middle=one("middle_name"),
                suffix=one("suffix"), nickname=one("nickname"), previous=one("previous_last_name"),
            ),
            phones=phones,
            emails=emails,
            bounced=emails if self._bounced(by_field, tags) else (),
            dropped=(*dropped_phones, *dropped_emails),
            dates=self._dates(row.cells),
            consent=Reader(words, settings.today, settings.zone, self.defaults).statements(row.cells, self.columns, self.orders),
            gender=one("gender")[:1].upper() if one("gender")[:1].upper() in "MF" else "",
            street=_not_formula(one("street")),
            city=_not_formula(one("city")),
            state=_state(one("state"), words),
            zip=_zip(one("zip")),
            country=country,
            age=_whole(one("age")),
            appointment_status=self._appointment(one("appointment_status")),
            no_shows=self._no_shows(by_field.get("no_show_count", [])),
            lead_statuses=tuple(by_field.get("lead_status", [])),
            lead_source=one("lead_source"),
            record_status=status,
            tags=tags,
            notes=notes,
            purchases=_money(one("purchases_total")),
            deceased=self._is_dead(row.cells, by_field),
        )  # fmt: skip

    def _is_dead(self, cells: Sequence[str], by_field: dict[str, list[str]]) -> bool:
        """Tell whether anything in the row says that the person has died: a status, a tag, a note, a mark on the name."""
        words = self.settings.words
        said = [text for field in ("record_status", "lead_status", "tags") for text in by_field.get(field, ())]
        names = [
            text for field in ("first_name", "last_name", "full_name", "suffix") for text in by_field.get(field, ())
        ]
        if any(words.mentions("deceased", text) for text in said) or any(_DEAD_NAME.search(text) for text in names):
            return True
        for column in self.columns:
            if column.field == "record_status" and _DEATH.search(plain(column.header)) and column.index < len(cells):
                cell = cells[column.index].strip()
                if cell and (words.says("yes", cell) or any(map(str.isdigit, cell.strip("0")))):
                    return True
        return any(deceased.find(note) for note in by_field.get("notes", ()))

    def _phones(self, cells: list[str], country: str) -> tuple[tuple[Phone, ...], tuple[DroppedPhone, ...]]:
        settings = self.settings
        kept: dict[str, Phone] = {}
        dropped: list[DroppedPhone] = []
        for cell in cells:
            good, bad = self._phone_cell(cell, country or settings.region)
            if bad and country not in ("", settings.region):
                again, still_bad = self._phone_cell(cell, settings.region)
                good, bad = (again, still_bad) if len(again) > len(good) else (good, bad)
            for phone in good:
                kept.setdefault(phone.e164, phone)
            dropped.extend(bad)
        return tuple(kept.values()), tuple(dropped)

    def _phone_cell(self, cell: str, region: str) -> tuple[tuple[Phone, ...], tuple[DroppedPhone, ...]]:
        settings = self.settings
        return read_phones(
            cell,
            region=region,
            parse=settings.parse_phone,
            own_numbers=settings.practice_phones,
            fictional=settings.fictional,
        )

    def _emails(self, cells: list[str]) -> tuple[tuple[str, ...], tuple[DroppedEmail, ...]]:
        kept: dict[str, None] = {}
        dropped: list[DroppedEmail] = []
        for cell in cells:
            good, bad = read_emails(cell, self.settings.practice_domain, fictional=self.settings.fictional)
            kept.update(dict.fromkeys(email for email in good if email not in self.settings.practice_emails))
            dropped.extend(bad)
        return tuple(kept), tuple(dropped)

    def _bounced(self, by_field: dict[str, list[str]], tags: Sequence[str]) -> bool:
        words = self.settings.words
        if any(words.says("bounce_tags", tag) for tag in tags):
            return True
        fine = ("no", "nothing", "subscribed")
        return any(not any(words.says(kind, cell) for kind in fine) for cell in by_field.get("email_bounce", []))

    def _dates(self, cells: Sequence[str]) -> dict[str, date]:
        found: dict[str, date] = {}
        for column in self.columns:
            if column.field not in DATE_FIELDS or column.index >= len(cells):
                continue
            read = read_date(
                cells[column.index],
                order=self.orders.get(column.index, self.settings.order),
                today=self.settings.today,
                zone=self.settings.zone,
                birth=column.field == "born_on",
            )
            if read is not None:
                earlier = found.get(column.field, read)
                found[column.field] = min(read, earlier) if column.field in _EARLIEST else max(read, earlier)
        return found

    def _appointment(self, cell: str) -> AppointmentStatus:
        words = self.settings.words
        meaning = dict(self.table.legend).get(cell, cell)
        for kind, status in _STATUSES.items():
            if words.says(kind, meaning):
                return status
        for kind, status in _STATUSES.items():
            if words.mentions(kind, meaning):
                return status
        return ""

    def _no_shows(self, cells: list[str]) -> int | None:
        counts = [_whole(cell) for cell in cells]
        counts += [1 for cell in cells if self.settings.words.says("yes", cell) and _whole(cell) is None]
        return max((count for count in counts if count is not None), default=None)

    def _telling(self) -> Iterable[tuple[int, str]]:
        return ((column.index, column.field) for column in self.columns if tells(column.field))

    def _reason(self, row: SourceRow, record: Record, by_field: dict[str, list[str]]) -> Reason | None:
        words = self.settings.words
        if is_shifted(row.cells, self._telling(), len(self.table.header)):
            return "shifted_columns"
        if is_test(record.name, by_field, words):
            return "test_record"
        if is_organisation(record.name, by_field.get("company", []), words):
            return "organisation"
        if not record.phones and not record.emails:
            return "no_channel"
        return None


_EARLIEST = frozenset(("inquired_on", "born_on", "next_appointment_on", "opt_in_sms_on", "opt_in_email_on"))
_STATUSES: dict[str, AppointmentStatus] = {
    "missed": "missed",
    "cancelled": "cancelled",
    "attended": "kept",
    "scheduled": "scheduled",
}


def _not_formula(cell: str) -> str:
    return "" if cell[:1] in "=@+-|" or not _LETTERS.search(cell) else cell


def _state(cell: str, words: ImportWords) -> str:
    """Return a state's two letters where the cell names or abbreviates one, else the cell."""
    text = cell.strip(" .,")
    return words.states.get(plain(text)) or (text.upper() if len(text) == 2 else text)


def _zip(cell: str) -> str:
    digits = cell.removesuffix(".0")
    if digits.isdigit() and len(digits) == 4:
        return "0" + digits  # a spreadsheet ate the leading zero
    return digits[:5] if re.match(r"^\d{5}(?:-?\d{4})?$", digits) else digits


def _whole(cell: str) -> int | None:
    match = re.fullmatch(r"\s*(\d{1,3})(?:\.0+)?(?:\s*(?:y|yrs?|years?(?: old)?|x|times))?\s*", cell)
    return int(match[1]) if match else None


def _money(cell: str) -> Decimal | None:
    text = re.sub(r"[^\d.,-]", "", cell)
    if re.search(r",\d{2}$", text) and "." not in text[-3:]:
        text = text.replace(".", "").replace(",", ".")
    try:
        return Decimal(text.replace(",", "")) if text else None
    except InvalidOperation:
        return None
