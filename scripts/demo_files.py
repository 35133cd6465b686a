"""Writes the demo's people into five exports as five programs would, with every kind of mess."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from demo_cast import EXPORTED, Person
from demo_words import COMPANIES, SOURCES, STAFF, STREET_KINDS, STREETS, listed

HEADS = {name: head.strip().split(" | ") for name, _, head in (line.partition(":") for line in listed("heads.txt"))}
TYPOS = [
    ("Ch", "Hc"),
    ("ll", "l"),
    ("er", "re"),
    ("ie", "ei"),
    ("nn", "n"),
    ("ar", "ra"),
    ("on", "no"),
    ("a", "e"),
]


def typo(luck: random.Random, name: str) -> str:
    """Spell a name wrong by one stroke, as a tired hand does."""
    found = [(a, b) for a, b in TYPOS if a in name[1:]]
    if not found:
        return name
    a, b = luck.choice(found)
    return name[0] + name[1:].replace(a, b, 1)


def phone(luck: random.Random, e164: str, floats: bool = True) -> str:
    """Write a phone in one of the ways of a front desk (or of a spreadsheet that took it for a number)."""
    a, b, c = e164[2:5], e164[5:8], e164[8:]
    styles = [
        f"({a}) {b}-{c}",
        f"{a}-{b}-{c}",
        f"{a}.{b}.{c}",
        f"{a}{b}{c}",
        e164,
        f"1-{a}-{b}-{c}",
        f" {a} {b} {c} ",
        f"{a}/{b}-{c}",
        f"+1 {a} {b} {c}",
    ]
    if floats:
        styles += [f"{a}{b}{c}.0", f"1{a}{b}{c}.0"]
    return luck.choice(styles)


def us(day: date | None, luck: random.Random) -> str:
    """A month-first date in one of several habits."""
    if day is None:
        return ""
    return luck.choice(
        [
            f"{day.month}/{day.day}/{day.year}",
            f"{day:%m/%d/%Y}",
            f"{day.month}/{day.day}/{day:%y}",
            f"{day:%b %d, %Y}",
            f"{day:%Y-%m-%d}",
        ]
    )


class Files:
    """Remembers which record of which file belongs to whom while writing them."""

    def __init__(self, folder: Path, people: list[Person], seed: int) -> None:
        self.folder = folder
        self.people = people
        self.seed = seed
        self.rows: dict[str, list[tuple[str, int]]] = {}

    def belongs(self, p: Person, file: str, row: int) -> None:
        """Note that record `row` (first line is 1, blank lines count) of `file` is about `p`."""
        p.rows.append((file, row))

    def members(self, luck: random.Random, test: Callable[[Person], float]) -> list[Person]:
        """Draw who stands in a file; `test` gives the chance."""
        return [p for p in self.people if luck.random() < test(p)]

    def name(self, luck: random.Random, p: Person) -> tuple[str, str]:
        """Her name as this file has it: nickname, capitals, typo, stray spaces or right."""
        first, last = p.first, p.last
        roll = luck.random()
        if p.nick and roll < 0.12:
            first = p.nick
        elif roll < 0.17:
            last = typo(luck, last)
        elif roll < 0.21:
            first, last = first.upper(), last.upper()
        elif roll < 0.25:
            first, last = first.lower(), last.lower()
        elif roll < 0.27:
            first = f" {first} "
        return first, last

    def street(self, p: Person) -> str:
        """A street that stays the same for a household, whichever file asks."""
        luck = random.Random(f"{self.seed}/{p.household or p.id}")
        return f"{luck.randint(100, 9899)} {luck.choice(STREETS).replace('-', ' ')} {luck.choice(STREET_KINDS)}"

    # --- messaging CRM: UTF-8 with BOM, comma, trailing empty column ---
    def messaging(self, everyone: set[str]) -> None:
        """The CRM in use: nearly everybody, with the web form's consent columns."""
        luck, file = random.Random(f"{self.seed}/messaging"), "Contacts_Export_10-20-2026.csv"
        head = [*HEADS["messaging"], ""]  # that CRM ends every line with a comma
        table: list[tuple[Person | None, list[str]]] = []
        for p in self.people:
            if p.id in everyone or luck.random() < 0.62:
                table.append((p, self._messaging(luck, p)))
                if luck.random() < 0.05:
                    table.append((p, self._messaging(luck, p, again=True)))
        for junk in self._junk(len(head)):
            table.insert(luck.randrange(len(table)), (None, junk))
        for _ in range(4):
            table.insert(luck.randrange(len(table)), (None, []))
        table.insert(len(table) // 2, (None, head))
        self._csv(file, [(None, head), *table], ",", "utf-8-sig", csv.QUOTE_MINIMAL)

    def _messaging(self, luck: random.Random, p: Person, again: bool = False) -> list[str]:
        first, last = self.name(luck, p)
        dnd = {"flag": "SMS", "all": "All", "tag": "", "note": ""}.get(p.denial, luck.choice(["", "", "None"]))
        no = p.email_consent == "denied" and p.denial not in ("note", "all")
        said = f"Yes - web form {p.sms_on:%Y-%m-%d %H:%M}" if p.sms_on else ""
        notes = " - ".join(p.notes) if luck.random() < 0.5 else ", ".join(p.notes)
        if not again and luck.random() < 0.015:
            notes = luck.choice(['=HYPERLINK("http://example.net","x") ', "@SUM(A1:A9) ", "-2+3 ", "+A1 "]) + notes
        row = [
            f"{luck.getrandbits(60):015x}",
            first,
            last,
            phone(luck, p.phone),
            p.email.upper() if luck.random() < 0.05 else p.email,
            "",
            f"{p.inquired:%Y-%m-%d}T{luck.randint(8, 19):02d}:{luck.randint(0, 59):02d}:00-04:00",
            us(p.last_activity, luck),
            ", ".join(p.tags),
            luck.choice(SOURCES[p.source]),
            self.street(p) if p.shows_home else "",
            p.city if p.shows_home else "",
            p.state if p.shows_home else "",
            p.zip + ("-" + str(luck.randint(1000, 9999)) if luck.random() < 0.1 else "") if p.shows_home else "",
            self._born(luck, p),
            phone(luck, p.second_phone) if p.second_phone else "",
            ("Email" if no and not dnd else dnd),
            said,
            f"Yes - web form {p.email_on:%Y-%m-%d %H:%M}" if p.email_on else ("No" if no else ""),
            {"no-show": "No-Show", "completed": "Showed"}.get(p.appointment_status, ""),
            us(p.appointment, luck),
            us(p.next_appointment, luck),
            us(p.tested, luck),
            notes,
            "",
        ]
        if again:  # the second card of the same person, made in a hurry by the front desk
            row[1], row[2], row[3] = p.nick or p.first, typo(luck, p.last), phone(luck, p.phone)
            row[8], row[14], row[23] = "", "", ""
        return row

    def _born(self, luck: random.Random, p: Person) -> str:
        roll = luck.random()
        if roll < 0.35:
            return ""
        if roll < 0.38:
            return luck.choice(["1/1/1900", "00/00/0000"])
        own = random.Random(f"{self.seed}/{p.id}/born")
        born = date(EXPORTED.year - p.age, own.randint(1, 12), own.randint(1, 28))
        return us(born, luck)

    def _junk(self, width: int) -> list[list[str]]:
        """Test records, companies, unreachable cards and cells moved out of their columns."""

        def row(**cells: str) -> list[str]:
            line = [""] * width
            for key, value in cells.items():
                line[int(key[1:])] = value
            return line

        made = "2025-02-11T10:12:00-04:00"
        return [
            row(c0="00test01", c1="Test", c2="Test", c3="9015550111", c4="test@test.example", c6=made),
            row(c0="00test02", c1="ZZZ", c2="DoNotUse", c3="(901) 555-0112", c6=made, c23="training record"),
            row(c0="00test03", c1="asdf", c2="asdf", c3="1234567890", c6=made),
            row(c0="00org1", c5=COMPANIES[0], c3="901-555-0113", c6=made),
            row(c0="00org2", c1="", c2=COMPANIES[3], c5=COMPANIES[3], c3="901.555.0114", c6=made),
            row(c0="00none1", c1="Nettie", c2="Culpepper", c6=made, c23="no phone given, lives w/ sister"),
            row(c0="00none2", c1="Arvil", c2="Dyer", c3="555-0142", c6=made),
            row(c0="00none3", c1="Floy", c2="Hembree", c3="0000000000", c4="none@none", c6=made),
            row(
                c0="00shift1",
                c2="Ola",
                c3="Pruett",
                c4="901-555-0115",
                c5="ola.pruett@example.net",
                c7=made,
                c14="Cleveland",
                c15="TN",
            ),
        ]

    # --- the CRM used before: Windows-1252, semicolon, all quoted, day first ---
    def old_crm(self) -> set[str]:
        """The CRM of earlier years; returns who is in it."""
        luck, file = random.Random(f"{self.seed}/old"), "hubspot-crm-exports-all-contacts.csv"
        head = HEADS["old_crm"]
        table: list[tuple[Person | None, list[str]]] = [(None, head)]
        inside = self.members(luck, lambda p: 0.3 if p.inquired.year < 2026 else 0.05)
        for p in inside:
            first, last = self.name(luck, p)
            word = {
                "missed": "No Show",
                "inquired": "New",
                "due": "Tested - not treated",
                "past": "Customer",
            }[p.segment]
            denied_mail = p.email_consent == "denied"
            table.append(
                (
                    p,
                    [
                        str(luck.randrange(10**10, 10**11)),
                        first,
                        last,
                        p.email,
                        phone(luck, p.second_phone or p.phone),
                        phone(luck, p.phone) if p.second_phone or luck.random() < 0.3 else "",
                        luck.choice(STAFF),
                        word,
                        f"{p.inquired:%d/%m/%Y} {luck.randint(8, 18):02d}:{luck.randint(0, 59):02d}",
                        f"{p.last_activity:%d/%m/%Y}",
                        luck.choice(SOURCES[p.source]),
                        "true" if denied_mail else luck.choice(["", "false", "FALSE"]),
                        "MAILBOX_FULL / UNKNOWN_USER" if p.bounced else "",
                        luck.choice(["Marketing contact", "Non-marketing contact"]),
                        "Unsubscribed" if p.sms == "denied" else ("Subscribed" if p.sms_on else ""),
                        f"{p.sms_on:%d/%m/%Y}" if p.sms_on else "",
                        f"{p.email_on:%d/%m/%Y}" if p.email_on else "",
                        p.city if p.shows_home else "",
                        p.state if p.shows_home else "",
                        p.zip if p.shows_home else "",
                        str(p.purchase or ""),
                        "\n".join(p.notes),
                    ],
                )
            )
        for company in COMPANIES[1:3]:
            table.append((None, [str(luck.randrange(10**10, 10**11)), "", company, "", "(901) 555-0116", *[""] * 17]))
        table.insert(40, (None, [""] * len(head)))
        self._csv(file, table, ";", "cp1252", csv.QUOTE_ALL)
        return {p.id for p in inside}

    # --- campaign leads: UTF-16, tab, a report with title, totals and footer ---
    def leads(self) -> set[str]:
        """The lead report of a campaign; returns who is in it."""
        luck, file = random.Random(f"{self.seed}/leads"), "report1760970220.csv"
        head = HEADS["leads"]
        table: list[tuple[Person | None, list[str]]] = [
            (None, ["Campaign Leads - all owners"]),
            (None, ["As of 2026-10-20 16:31:07 Eastern Standard Time"]),
            (None, []),
            (None, head),
        ]
        inside = self.members(luck, lambda p: 0.3 if p.segment in ("inquired", "missed") else 0.04)
        for i, p in enumerate(inside):
            first, last = self.name(luck, p)
            full = f"{last.strip()}, {first.strip()}" if luck.random() < 0.25 else f"{first.strip()} {last}"
            yes_no = luck.choice([("TRUE", "FALSE"), ("1", "0"), ("TRUE", "")])
            status = {"inquired": "Open - Not Contacted", "missed": "Appt No Show"}.get(p.segment, "Closed - Converted")
            table.append(
                (
                    p,
                    [
                        f"00Q8c{luck.getrandbits(40):010X}",
                        {"F": "Mrs.", "M": "Mr."}[p.sex] if luck.random() < 0.4 else "",
                        full,
                        p.email,
                        phone(luck, p.phone),
                        phone(luck, p.second_phone) if p.second_phone else "",
                        luck.choice(SOURCES[p.source]),
                        status,
                        f"{p.inquired.month}/{p.inquired.day}/{p.inquired.year}",
                        us(p.last_activity, luck) if luck.random() < 0.6 else "",
                        p.city if p.shows_home else "",
                        p.state if p.shows_home else "",
                        p.zip if p.shows_home else "",
                        yes_no[p.calls != "denied"],
                        yes_no[p.email_consent != "denied"],
                        yes_no[p.sms != "denied"],
                        f"{p.sms_on.month}/{p.sms_on.day}/{p.sms_on.year}" if p.sms_on else "",
                        "550 no such user" if p.bounced else "",
                        "; ".join(p.notes),
                    ],
                )
            )
            if i == 60:
                table.append((None, head))
        shifted = [
            "00Q8cSHIFTED01",
            "",
            "",
            "Hoyt Killian",
            "hoyt.k@example.net",
            "901-555-0117",
            "",
            "FB ad",
            "Open",
            "3/3/2025",
            "",
            "Dalton",
            "GA",
            "30720",
        ]
        table.insert(30, (None, shifted + [""] * 5))
        table += [
            (None, []),
            (None, ["Total Records", str(len(inside))]),
            (None, ["Confidential Information - Do Not Distribute"]),
            (None, ["Generated By: Angela Roark 10/20/2026 4:31 PM"]),
        ]
        self._csv(file, table, "\t", "utf-16", csv.QUOTE_MINIMAL)
        return {p.id for p in inside}

    def _csv(
        self,
        file: str,
        table: Iterable[tuple[Person | None, list[str]]],
        comma: str,
        encoding: str,
        quoting: Any,
    ) -> None:
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=comma, quoting=quoting, lineterminator="\r\n")
        for number, (p, cells) in enumerate(table, 1):
            writer.writerow(cells)
            if p is not None:
                self.belongs(p, file, number)
        (self.folder / file).write_bytes(out.getvalue().encode(encoding, "replace"))
