"""Knows who lives in the town, from people.json; looks people up by phone, e-mail or name."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Person:
    """One resident and her traits (statistics 13.1)."""

    id: str
    first: str
    last: str
    nick: str
    phone: str
    second_phone: str  # the land line of the house: it takes no texts
    email: str
    zone: ZoneInfo
    state: str
    segment: str
    language: str
    kind: str  # self, proxy (a relative answers), wrong_number, gone (died, nobody told the practice)
    need: float
    theta: float
    best_hour: float
    returns_on: float | None
    dead_number: bool
    missed_before: bool
    reads_email: float
    citable: bool
    bounced: bool
    notes: tuple[str, ...]
    rows: tuple[tuple[str, int], ...]

    @classmethod
    def read(cls, raw: dict[str, Any]) -> Person:
        """Make a person of one object of people.json."""
        kept = {name: raw[name] for name in cls.__slots__}
        rows = tuple((file, row) for file, row in raw["rows"])
        return cls(**kept | {"zone": ZoneInfo(raw["zone"]), "notes": tuple(raw["notes"]), "rows": rows})

    def called(self, text: str) -> bool:
        """Tell whether a text calls this person by name."""
        return any(name and re.search(rf"\b{re.escape(name)}\b", text, re.I) for name in (self.first, self.nick))


class Residents:
    """Everybody, by id, phone and e-mail; a phone or an address may be a household's."""

    def __init__(self, everybody: list[Person]) -> None:
        self.by_id = {person.id: person for person in everybody}
        self.by_phone: dict[str, list[Person]] = {}
        self.by_email: dict[str, list[Person]] = {}
        for person in everybody:
            for phone in filter(None, (person.phone, person.second_phone)):
                self.by_phone.setdefault(phone, []).append(person)
            if person.email:
                self.by_email.setdefault(person.email.lower(), []).append(person)

    @classmethod
    def load(cls, path: Path) -> Residents:
        """Read people.json."""
        return cls([Person.read(raw) for raw in json.loads(path.read_text("utf-8"))])

    def meant(self, address: str, text: str) -> Person | None:
        """Return who a message to this address is for: whom it names, else the first of the household."""
        holders = self.by_phone.get(canonical(address)) or self.by_email.get(address.lower()) or []
        return next((person for person in holders if person.called(text)), holders[0] if holders else None)

    def mentioned(self, text: str) -> Person | None:
        """Return the person whom an alert to the front desk is about: by phone, e-mail, then full name."""
        for found in re.finditer(r"\+?1?[ .(-]*(\d{3})[ .)-]*(555)[ .-]*(01\d\d)\b", text):
            holders = self.by_phone.get("+1" + "".join(found.groups()))
            if holders:
                return next((person for person in holders if person.called(text)), holders[0])
        low = text.lower()
        for email, holders in self.by_email.items():
            if email in low:
                return holders[0]
        return next((p for p in self.by_id.values() if f"{p.first} {p.last}".lower() in low), None)


def canonical(phone: str) -> str:
    """Return a US number as +1 and ten digits, however it was written."""
    digits = re.sub(r"\D", "", phone)
    return "+" + (digits if len(digits) == 11 else "1" + digits)
