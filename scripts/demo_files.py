"""Writes the demo's people into five exports as five programs would, with every kind of mess that such exports hold."""

from __future__ import annotations

import csv
import io
import quopri
import random
import re
import zipfile
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from demo_cast import EXPORTED, Person
from demo_words import COMPANIES, SOURCES, STAFF, STREET_KINDS, STREETS

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
        return (
            f"{luck.randint(100, 9899)} {luck.choice(STREETS).replace('-', ' ')} {luck.choice(STREET_KINDS)}"
        )

    # --- messaging CRM: UTF-8 with BOM, comma, trailing empty column -------------------------------------------------
    def messaging(self, everyone: set[str]) -> None:
        """The CRM in use: nearly everybody, with the web form's consent columns."""
        luck, file = random.Random(f"{self.seed}/messaging"), "Contacts_Export_10-20-2026.csv"
        head = (
            "Contact Id,First Name,Last Name,Phone,Email,Business Name,Created,Last Activity,Tags,Source,Address,City,State,Postal Code,"
            "Date Of Birth,Additional Phones,DND,SMS Consent (web form),Email Consent (web form),Appointment Status,Appointment Date,"
            "Next Appointment,Last Hearing Test,Notes,"
        ).split(",")
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
        dnd = {"flag": "SMS", "all": "All", "tag": "", "note": ""}.get(
            p.denial, luck.choice(["", "", "None"])
        )
        no = p.email_consent == "denied" and p.denial not in ("note", "all")
        said = f"Yes - web form {p.sms_on:%Y-%m-%d %H:%M}" if p.sms_on else ""
        notes = " - ".join(p.notes) if luck.random() < 0.5 else ", ".join(p.notes)
        if not again and luck.random() < 0.015:
            notes = (
                luck.choice(['=HYPERLINK("http://example.net","x") ', "@SUM(A1:A9) ", "-2+3 ", "+A1 "])
                + notes
            )
        row = [
            f"{luck.getrandbits(60):015x}", first, last, phone(luck, p.phone), p.email.upper() if luck.random() < 0.05 else p.email,
            "", f"{p.inquired:%Y-%m-%d}T{luck.randint(8, 19):02d}:{luck.randint(0, 59):02d}:00-04:00", us(p.last_activity, luck),
            ", ".join(p.tags), luck.choice(SOURCES[p.source]), self.street(p) if p.shows_home else "", p.city if p.shows_home else "",
            p.state if p.shows_home else "", p.zip + ("-" + str(luck.randint(1000, 9999)) if luck.random() < 0.1 else "") if p.shows_home else "",
            self._born(luck, p), phone(luck, p.second_phone) if p.second_phone else "", ("Email" if no and not dnd else dnd), said,
            f"Yes - web form {p.email_on:%Y-%m-%d %H:%M}" if p.email_on else ("No" if no else ""),
            {"no-show": "No-Show", "completed": "Showed"}.get(p.appointment_status, ""), us(p.appointment, luck),
            us(p.next_appointment, luck), us(p.tested, luck), notes, "",
        ]  # fmt: skip
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
            row(c0="00shift1", c2="Ola", c3="Pruett", c4="901-555-0115", c5="ola.pruett@example.net", c7=made, c14="Cleveland", c15="TN"),
        ]  # fmt: skip

    # --- the CRM used before: Windows-1252, semicolon, all quoted, day first ----------------------------------------
    def old_crm(self) -> set[str]:
        """The CRM of earlier years; returns who is in it."""
        luck, file = random.Random(f"{self.seed}/old"), "hubspot-crm-exports-all-contacts.csv"
        head = (
            "Record ID;First Name;Last Name;Email;Phone Number;Mobile Phone Number;Contact owner;Lead Status;Create Date;Last Activity Date;"
            "Original Source;Unsubscribed from all email;Email hard bounce reason;Marketing contact status;SMS Subscription;SMS Opt-in Date;"
            "Email Opt-in Date;City;State/Region;Postal Code;Recent Deal Amount;Notes"
        ).split(";")
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
            table.append((p, [
                str(luck.randrange(10**10, 10**11)), first, last, p.email, phone(luck, p.second_phone or p.phone),
                phone(luck, p.phone) if p.second_phone or luck.random() < 0.3 else "", luck.choice(STAFF), word,
                f"{p.inquired:%d/%m/%Y} {luck.randint(8, 18):02d}:{luck.randint(0, 59):02d}", f"{p.last_activity:%d/%m/%Y}",
                luck.choice(SOURCES[p.source]), "true" if denied_mail else luck.choice(["", "false", "FALSE"]),
                "MAILBOX_FULL / UNKNOWN_USER" if p.bounced else "", luck.choice(["Marketing contact", "Non-marketing contact"]),
                "Unsubscribed" if p.sms == "denied" else ("Subscribed" if p.sms_on else ""), f"{p.sms_on:%d/%m/%Y}" if p.sms_on else "",
                f"{p.email_on:%d/%m/%Y}" if p.email_on else "", p.city if p.shows_home else "", p.state if p.shows_home else "",
                p.zip if p.shows_home else "", str(p.purchase or ""), "\n".join(p.notes),
            ]))  # fmt: skip
        for company in COMPANIES[1:3]:
            table.append(
                (None, [str(luck.randrange(10**10, 10**11)), "", company, "", "(901) 555-0116", *[""] * 17])
            )
        table.insert(40, (None, [""] * len(head)))
        self._csv(file, table, ";", "cp1252", csv.QUOTE_ALL)
        return {p.id for p in inside}

    # --- campaign leads: UTF-16, tab, a report with title, totals and footer -----------------------------------------
    def leads(self) -> set[str]:
        """The lead report of a campaign; returns who is in it."""
        luck, file = random.Random(f"{self.seed}/leads"), "report1760970220.csv"
        head = (
            "Lead ID\tSalutation\tFull Name\tEmail\tPhone\tMobile\tLead Source\tLead Status\tCreated Date\tLast Activity\tCity\tState/Province\t"
            "Zip/Postal Code\tDo Not Call\tEmail Opt Out\tSMS Opt Out\tMobile Opt In Date\tEmail Bounced Reason\tDescription"
        ).split("\t")
        table: list[tuple[Person | None, list[str]]] = [
            (None, ["Campaign Leads - all owners"]), (None, ["As of 2026-10-20 16:31:07 Eastern Standard Time"]), (None, []), (None, head),
        ]  # fmt: skip
        inside = self.members(luck, lambda p: 0.3 if p.segment in ("inquired", "missed") else 0.04)
        for i, p in enumerate(inside):
            first, last = self.name(luck, p)
            full = f"{last.strip()}, {first.strip()}" if luck.random() < 0.25 else f"{first.strip()} {last}"
            yes_no = luck.choice([("TRUE", "FALSE"), ("1", "0"), ("TRUE", "")])
            status = {"inquired": "Open - Not Contacted", "missed": "Appt No Show"}.get(
                p.segment, "Closed - Converted"
            )
            table.append((p, [
                f"00Q8c{luck.getrandbits(40):010X}", {"F": "Mrs.", "M": "Mr."}[p.sex] if luck.random() < 0.4 else "", full, p.email,
                phone(luck, p.phone), phone(luck, p.second_phone) if p.second_phone else "", luck.choice(SOURCES[p.source]), status,
                f"{p.inquired.month}/{p.inquired.day}/{p.inquired.year}", us(p.last_activity, luck) if luck.random() < 0.6 else "",
                p.city if p.shows_home else "", p.state if p.shows_home else "", p.zip if p.shows_home else "",
                yes_no[p.calls != "denied"], yes_no[p.email_consent != "denied"], yes_no[p.sms != "denied"],
                f"{p.sms_on.month}/{p.sms_on.day}/{p.sms_on.year}" if p.sms_on else "", "550 no such user" if p.bounced else "",
                "; ".join(p.notes),
            ]))  # fmt: skip
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
            (None, []), (None, ["Total Records", str(len(inside))]), (None, ["Confidential Information - Do Not Distribute"]),
            (None, ["Generated By: Angela Roark 10/20/2026 4:31 PM"]),
        ]  # fmt: skip
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

    # --- practice system: XLSX with title, group row, repeated heads, subtotals -------------------------------------
    def recall(self) -> set[str]:
        """The recall list of the practice system (patients only); returns who is in it."""
        luck, file = random.Random(f"{self.seed}/recall"), "Recall_List_Oct2026.xlsx"
        head = [
            "Pt #", "Patient Name", "DOB", "Age", "Sex", "Home Ph", "Cell Ph", "E-Mail", "City", "ST", "Zip", "Do Not Text", "Do Not Call",
            "Email OK", "Text Consent Signed", "Last Audio", "Last Fitting", "Last Appt", "Appt Stat", "Next Appt", "No Shows", "HA Sales $",
            "Pt Status", "Comments",
        ]  # fmt: skip
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = "Recall"
        sheet.append(["Harbor Point Hearing Care - Recall / Reactivation List"])
        sheet.append(["Run date: 10/20/2026 4:12 PM   User: FRONT1"])
        sheet.append([])
        sheet.append(
            [
                "Patient",
                None,
                None,
                None,
                None,
                "Contact",
                None,
                None,
                None,
                None,
                None,
                "Preferences",
                None,
                None,
                None,
                "History",
            ]
        )
        sheet.append(head)
        inside = self.members(luck, lambda p: {"due": 0.8, "past": 0.9, "missed": 0.35}.get(p.segment, 0.0))
        for i, p in enumerate(inside):
            if i and i % 55 == 0:
                sheet.append(
                    [
                        f"Subtotal page {i // 55}",
                        None,
                        None,
                        None,
                        None,
                        None,
                        None,
                        None,
                        None,
                        None,
                        None,
                        55,
                    ]
                )
                sheet.append([])
                sheet.append(head)
            sheet.append(self._recall(luck, p))
            self.belongs(p, file, sheet.max_row)
        sheet.append([88001, "TEST, PATIENT", None, None, None, None, 9015550118, *[None] * 16, "do not use"])
        sheet.append([88002, COMPANIES[4].upper(), None, None, None, 9015550119])
        sheet.append([f"Total patients: {len(inside)}", *[None] * 20, sum(p.purchase for p in inside)])
        buffer = io.BytesIO()
        book.save(buffer)
        (self.folder / file).write_bytes(same_bytes(buffer.getvalue()))
        return {p.id for p in inside}

    def _recall(self, luck: random.Random, p: Person) -> list[Any]:
        first, last = self.name(luck, p)
        number = int(p.phone[2:])
        cell: Any = luck.choice([number, number, float(number), phone(luck, p.phone)])
        home = int(p.second_phone[2:]) if p.second_phone else None
        yes, no = luck.choice([("Y", "N"), ("Yes", "No"), (True, False), (1, 0), ("X", None)])

        def day(value: date | None) -> Any:
            if value is None:
                return None
            stamp = datetime.combine(value, datetime.min.time())
            return luck.choice(
                [stamp, stamp, (value - date(1899, 12, 30)).days, f"{value.month}/{value.day}/{value.year}"]
            )

        own = random.Random(f"{self.seed}/{p.id}/born")
        born = datetime(EXPORTED.year - p.age, own.randint(1, 12), own.randint(1, 28), tzinfo=UTC).replace(
            tzinfo=None
        )
        return [
            luck.randint(10000, 79999), f"{last.upper()}, {first.strip().upper()}" if luck.random() < 0.6 else f"{last}, {first.strip()}", born,
            p.age, p.sex, home, cell, p.email or None, p.city if p.shows_home else None, p.state if p.shows_home else None,
            luck.choice([p.zip, int(p.zip)]) if p.shows_home else None, yes if p.sms == "denied" else no, yes if p.calls == "denied" else no,
            {"denied": "N", "granted": "Y"}.get(p.email_consent), day(p.sms_on.date()) if p.sms_on else None, day(p.tested), day(p.fitted),
            day(p.appointment), {"no-show": "NS", "completed": "K"}.get(p.appointment_status), day(p.next_appointment), p.no_shows or None,
            p.purchase or None, "DECEASED" if p.deceased else luck.choice(["Active", "Active", "Inactive"]), "\n".join(p.notes) or None,
        ]  # fmt: skip

    # --- the front desk's address book: vCard 2.1, 3.0 and 4.0 mixed ------------------------------------------------
    def cards(self) -> None:
        """The phone of the front desk."""
        luck, file = random.Random(f"{self.seed}/cards"), "frontdesk_contacts.vcf"
        out: list[str] = []
        members = self.members(luck, lambda p: 0.09)
        for number, p in enumerate(members, 1):
            out += self._card(luck, p)
            self.belongs(p, file, number)
        out += [
            "BEGIN:VCARD",
            "VERSION:3.0",
            "N:;;;;",
            f"FN:{COMPANIES[5]}",
            f"ORG:{COMPANIES[5]};",
            "TEL;TYPE=WORK:901-555-0120",
            "END:VCARD",
        ]
        (self.folder / file).write_bytes(("\r\n".join(out) + "\r\n").encode("utf-8"))

    def _card(self, luck: random.Random, p: Person) -> list[str]:
        version = luck.choice(["2.1", "3.0", "3.0", "4.0"])
        first = p.nick if p.nick and luck.random() < 0.3 else p.first
        note = " - ".join(p.notes)
        lines = ["BEGIN:VCARD", f"VERSION:{version}"]
        if version == "2.1":
            lines += [
                f"N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{quoted(p.last)};{quoted(first)};;;",
                f"TEL;CELL;VOICE:{phone(luck, p.phone, floats=False)}",
            ]
            if note:
                lines.append(f"NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{quoted(note)}")
        else:
            tel = (
                f'TEL;VALUE=uri;TYPE="voice,cell":tel:{p.phone}'
                if version == "4.0"
                else f"TEL;TYPE=CELL;TYPE=VOICE:{phone(luck, p.phone, floats=False)}"
            )
            lines += [f"N:{p.last};{first};;;", f"FN:{first} {p.last}", tel]
            if note:
                escaped = note.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
                lines += fold(f"NOTE:{escaped}")
        if p.email:
            lines.append(
                f"EMAIL;TYPE=INTERNET:{p.email}" if version != "2.1" else f"EMAIL;INTERNET:{p.email}"
            )
        return [*lines, "END:VCARD"]


def same_bytes(workbook: bytes) -> bytes:
    """Pack a workbook again with the time of the report in place of the clock's, so that a seed gives the same file."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2026-10-20T20:12:00Z", content)
            new.writestr(zipfile.ZipInfo(name, (2026, 10, 20, 16, 12, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def quoted(text: str) -> str:
    """Quoted-printable on one line, the separators of a name spelt out."""
    return (
        quopri.encodestring(text.encode(), quotetabs=False)
        .decode()
        .replace("=\n", "")
        .replace(";", "=3B")
        .strip()
    )


def fold(line: str) -> list[str]:
    """Fold a card line at 75 characters (RFC 6350, 3.2)."""
    return [line[:75], *(" " + line[i : i + 74] for i in range(75, len(line), 74))]
