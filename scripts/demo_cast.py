"""Decides who lives in the demo: people, households, notes, consent, and what only the town knows."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from demo_words import (
    AREA_ZONE,
    AWAY,
    FIRST,
    HOME,
    KEPT,
    LAST,
    MAIL,
    SHARE,
    SOURCES,
    STAFF,
    WEST_423,
)

EXPORTED = date(2026, 10, 20)
OLDEST = date(2023, 1, 9)
SEGMENTS = {"inquired": 0.30, "missed": 0.20, "due": 0.30, "past": 0.20}  # facts on statistics, 13.1
AGES = {"old": 0.25, "retired": 0.35, "late_work": 0.25, "work": 0.15}
BEST_HOUR = {"old": 10.5, "retired": 12.5, "late_work": 18.5, "work": 19.0}
CITABLE_SHARE = 0.71
DENIAL_NOTES = [
    "asked us to take him/her off every list",
    "NO MORE TEXTS per pt",
    "pls do not contact again, upset on phone {d}",
    "said quit texting, {s}",
    "does not want any msgs from us",
]
DENIAL_TAGS = ["DNC", "do not text", "dnd", "opted-out", "remove from list"]


@dataclass(slots=True)
class Person:
    """One person as the town knows her; `rows` is filled by the writers."""

    id: str
    first: str
    last: str
    nick: str
    sex: str
    age: int
    age_class: str
    segment: str
    phone: str
    second_phone: str
    email: str
    city: str
    state: str
    zip: str
    zone: str
    shows_home: bool
    household: str
    source: str
    language: str
    kind: str
    inquired: date
    last_activity: date
    tested: date | None
    fitted: date | None
    appointment: date | None
    appointment_status: str
    next_appointment: date | None
    no_shows: int
    sms: str
    email_consent: str
    calls: str
    sms_on: datetime | None
    email_on: datetime | None
    denial: str
    bounced: bool
    deceased: bool
    notes: list[str]
    citable: bool
    purchase: int
    tags: list[str] = field(default_factory=list)
    rows: list[tuple[str, int]] = field(default_factory=list)


def read_notes(path: Path) -> dict[str, list[tuple[str, str]]]:
    """Return kind -> (who, text) from the fragment file."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, who, text = line.split("|", 2)
            found.setdefault(kind, []).append((who, text))
    return found


def pick(luck: random.Random, shares: dict[str, float]) -> str:
    """Draw one key with the given weights."""
    return luck.choices(list(shares), list(shares.values()))[0]


class Cast:
    """Draws people one after another; the same seed gives the same town."""

    def __init__(self, seed: int, notes: dict[str, list[tuple[str, str]]]) -> None:
        self.luck = random.Random(seed)
        self.fragments = notes
        self.free = {code: self._lines(code) for code in [*HOME, *KEPT]}
        self.names: set[tuple[str, str]] = set()
        self.decks: dict[tuple[str, str], list[str]] = {}

    def _lines(self, code: str) -> list[str]:
        """The fictitious numbers of an area code in random order; the ends of 423 are the practice's."""
        lines = list(range(101, 199) if code == "423" else range(100, 200))
        self.luck.shuffle(lines)
        return [f"+1{code}5550{line}" for line in lines]

    def people(self) -> Iterator[Person]:
        """Yield everybody: singles, then households on one phone."""
        count = 0
        for code, share in SHARE.items():
            for _ in range(share):
                count += 1
                yield self._one(count, code, self._home(code))
        for code in KEPT:
            for _ in range(5):
                count += 1
                yield self._one(count, code, self.luck.choice(HOME["423"] + HOME["706"]))
        for i in range(18):
            count += 1
            yield self._one(count, "865", AWAY[i % len(AWAY)])
        for i in range(30):
            count += 1
            code = "828" if i % 2 else "678"
            head = self._one(count, code, self._home(code))
            head.household = f"h{i:02d}"
            yield head
            count += 1
            yield self._relative(count, head)

    def _home(self, code: str) -> tuple[str, str, str, str]:
        if code == "423" and self.luck.random() < 0.17:
            return self.luck.choice(WEST_423)
        if code == "615" and self.luck.random() < 0.25:
            return self.luck.choice(HOME["423"])
        return self.luck.choice(HOME[code])

    def _name(self, sex: str | None = None) -> tuple[str, str, str, str]:
        while True:
            first, nick, who = self.luck.choice(FIRST)
            last = self.luck.choice(LAST)
            if (sex is None or who == sex) and (first, last) not in self.names:
                self.names.add((first, last))
                return first, nick, who, last

    def _one(self, number: int, code: str, home: tuple[str, str, str, str]) -> Person:
        luck = self.luck
        first, nick, sex, last = self._name()
        city, state, zip_code, zone = home
        age_class = pick(luck, AGES)
        low, high = {"work": (38, 54), "late_work": (55, 66), "retired": (67, 78), "old": (79, 93)}[age_class]
        segment = pick(luck, SEGMENTS)
        dormant = int(min(1290, max(24, luck.gammavariate(2, 180))))
        last_activity = EXPORTED - timedelta(days=dormant)
        phone = self.free[code].pop()
        adjacent = {zone, AREA_ZONE[code]} <= {"America/New_York", "America/Chicago"} and state in (
            "TN",
            "GA",
            "NC",
        )
        person = Person(
            id=f"p{number:03d}",
            first=first,
            last=last,
            nick=nick,
            sex=sex,
            age=luck.randint(low, high),
            age_class=age_class,
            segment=segment,
            phone=phone,
            second_phone="",
            email=self._email(first, last, number),
            city=city,
            state=state,
            zip=zip_code,
            zone=zone,
            # Where the export is silent, only the neighbouring zone may surprise: a careful sender cannot
            # know more.
            shows_home=not (adjacent and luck.random() < 0.35),
            household="",
            source=luck.choice(list(SOURCES)),
            language="es" if first in SPANISH else "en",
            kind="self",
            inquired=last_activity,
            last_activity=last_activity,
            tested=None,
            fitted=None,
            appointment=None,
            appointment_status="",
            next_appointment=None,
            no_shows=0,
            sms="",
            email_consent="",
            calls="unknown",
            sms_on=None,
            email_on=None,
            denial="",
            bounced=False,
            deceased=False,
            notes=[],
            citable=False,
            purchase=0,
        )
        self._history(person)
        self._consent(person)
        self._notes(person)
        self._oddities(person, number)
        return person

    def _email(self, first: str, last: str, number: int) -> str:
        if self.luck.random() < 0.12:
            return ""
        plain = "".join(c for c in f"{first}.{last}".lower() if c.isascii() and (c.isalpha() or c == "."))
        return f"{plain}{number if self.luck.random() < 0.6 else ''}@{self.luck.choice(MAIL)}"

    def _history(self, p: Person) -> None:
        luck, last = self.luck, p.last_activity
        p.inquired = max(OLDEST, last - timedelta(days=luck.choice([0, 0, 2, 5, 9, 30, 80])))
        if p.segment == "missed":
            p.appointment, p.appointment_status, p.no_shows = last, "no-show", 1
        elif p.segment == "due":
            p.tested = min(last, EXPORTED - timedelta(days=luck.randint(370, 800)))
            p.tested = max(p.tested, OLDEST)
            p.inquired = max(OLDEST - timedelta(days=4), p.tested - timedelta(days=luck.randint(3, 40)))
            p.appointment, p.appointment_status = p.tested, "completed"
            if luck.random() < 0.12:
                p.next_appointment = EXPORTED + timedelta(days=luck.randint(6, 24))
        elif p.segment == "past":
            p.fitted = max(OLDEST, EXPORTED - timedelta(days=luck.randint(560, 1350)))
            p.tested = max(OLDEST, p.fitted - timedelta(days=14))
            p.appointment, p.appointment_status = p.fitted, "completed"
            p.inquired = p.tested - timedelta(days=luck.randint(3, 60))
            p.last_activity = p.fitted + timedelta(days=luck.choice([0, 0, 20, 45]))
            p.purchase = luck.randrange(1900, 6400, 50)
        p.inquired = max(OLDEST, p.inquired)
        for earlier in (p.tested, p.appointment):
            if earlier is not None:
                p.inquired = min(p.inquired, earlier)

    def _consent(self, p: Person) -> None:
        luck = self.luck
        p.sms = pick(luck, {"granted": 0.76, "unknown": 0.16, "denied": 0.08})
        p.email_consent = pick(luck, {"granted": 0.66, "unknown": 0.27, "denied": 0.07})
        signed = datetime.combine(p.inquired, datetime.min.time()) + timedelta(minutes=luck.randint(480, 1300))
        if p.sms == "granted":
            p.sms_on = signed
        if p.email_consent == "granted" and p.email:
            p.email_on = signed + timedelta(minutes=1)
        if p.sms == "denied":
            p.denial = luck.choice(["flag", "flag", "tag", "note", "all"])
        if p.denial in ("note", "all"):
            p.sms = p.email_consent = p.calls = "denied"
            p.email_on = None
        if p.sms == "denied" and luck.random() < 0.4:
            p.sms_on = signed  # said yes once and no later: the no wins

    def _notes(self, p: Person) -> None:
        luck = self.luck
        p.citable = luck.random() < CITABLE_SHARE
        kinds = [kind for kind in self.fragments if kind != "x"]
        if p.citable:
            some = luck.sample(kinds, luck.choice([1, 2, 2, 3]))
            if {"goal", "concern", "interest"}.isdisjoint(some):
                some[0] = luck.choice(["goal", "concern", "interest"])
            p.notes = [self._fragment(kind, p) for kind in some]
        if luck.random() < 0.5:
            p.notes.append(self._fragment("x", p))
        if p.denial in ("note", "all"):
            p.notes.append(self._fill(luck.choice(DENIAL_NOTES), p))
        luck.shuffle(p.notes)

    def _fragment(self, kind: str, p: Person) -> str:
        """Deal from a shuffled deck, so that the same words come round as late as possible."""
        sex = p.sex.lower()
        deck = self.decks.setdefault((kind, sex), [])
        if not deck:
            deck.extend(text for who, text in self.fragments[kind] if who in ("-", sex))
            self.luck.shuffle(deck)
        text = deck.pop()
        return self._fill(text, p)

    def _fill(self, text: str, p: Person) -> str:
        when = p.last_activity - timedelta(days=self.luck.randint(0, 20))
        short = f"{when.month}/{when.day}/{when:%y}"
        text = text.replace("him/her", "him" if p.sex == "M" else "her")
        return text.replace("{d}", short).replace("{s}", self.luck.choice(STAFF))

    def _oddities(self, p: Person, number: int) -> None:
        luck = self.luck
        if number % 97 == 0:
            p.deceased, p.sms, p.email_consent, p.calls = True, "denied", "denied", "denied"
            p.notes.append(
                luck.choice(
                    [
                        "pt passed away, per obituary",
                        "DECEASED - per daughter",
                        "dtr called, he/she died in Aug",
                    ]
                )
            )
        if number % 41 == 0 and p.email:
            p.bounced = True
        if number % 16 == 3:
            p.second_phone = self.free["762"].pop()  # a land line of the same house
        roll = luck.random()
        if roll < 0.018:
            p.kind = "wrong_number"
        elif roll < 0.055 and p.age_class in ("retired", "old"):
            p.kind = "proxy"
        elif 0.055 <= roll < 0.060:
            p.kind = "gone"  # died, and nobody told the practice
        p.tags = luck.sample(
            [
                "newsletter",
                "2025 guide",
                "spring-mailer",
                "fb-lead",
                "hot lead",
                "asked price",
                "call back later",
                "expo-2024",
            ],
            luck.choice([0, 1, 1, 2]),
        )
        if p.denial == "tag":
            p.tags.append(luck.choice(DENIAL_TAGS))

    def _relative(self, number: int, head: Person) -> Person:
        """A spouse or grown child who shares the phone (and often the address) of `head`."""
        p = self._one(number, head.phone[2:5], (head.city, head.state, head.zip, head.zone))
        self.free[head.phone[2:5]].append(p.phone)
        p.phone, p.last, p.household, p.kind = head.phone, head.last, head.household, "self"
        p.email = head.email if self.luck.random() < 0.2 else self._email(p.first, p.last, number)
        return p


SPANISH = {
    "Guadalupe",
    "Esperanza",
    "Consuelo",
    "Marisol",
    "Mercedes",
    "Joaquín",
    "Ramón",
    "Esteban",
    "Arturo",
    "Ignacio",
}


def truth(p: Person, seed: int) -> dict[str, Any]:
    """What the town is told of a person (statistics 13.1); `rows` are her records in the export."""
    luck = random.Random(f"{seed}/{p.id}")
    dormant = (EXPORTED - p.last_activity).days
    lift = {"inquired": 0.2, "missed": -0.1, "due": 0.7, "past": -0.1}[p.segment]
    need = -2.9 + lift - 0.5 * math.log(1 + dormant / 180) + luck.gauss(0, 1)
    hour = BEST_HOUR[p.age_class] + luck.gauss(0, 1.3)
    dead = luck.random() < min(0.3, max(0.0, 0.04 + 0.03 * dormant / 365))
    return {
        "id": p.id,
        "first": p.first,
        "last": p.last,
        "nick": p.nick,
        "phone": p.phone,
        "second_phone": p.second_phone,
        "email": p.email,
        "zone": p.zone,
        "area_zone": AREA_ZONE[p.phone[2:5]],
        "state": p.state,
        "age": p.age,
        "age_class": p.age_class,
        "segment": p.segment,
        "household": p.household,
        "language": p.language,
        "kind": p.kind,
        "need": round(need, 4),
        "theta": round(math.exp(math.log(1 / 250) + 0.9 * luck.gauss(0, 1)), 6),
        "best_hour": round(hour, 2),
        "returns_on": round(luck.expovariate(1 / 35), 1) if luck.random() < 0.35 else None,
        "dead_number": dead and p.kind == "self",
        "missed_before": p.no_shows > 0,
        "reads_email": round(luck.random(), 3),
        "citable": p.citable,
        "deceased": p.deceased,
        "bounced": p.bounced,
        "consent": {"sms": p.sms, "call": p.calls, "email": p.email_consent},
        "notes": p.notes,
        "rows": p.rows,
    }
