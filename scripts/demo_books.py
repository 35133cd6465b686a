"""Writes the exports that are no plain tables: the practice system's recall list (XLSX) and the front desk's cards."""

from __future__ import annotations

import io
import quopri
import random
import re
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
from demo_cast import EXPORTED, Person
from demo_files import HEADS, Files, phone
from demo_words import COMPANIES


def recall(files: Files) -> set[str]:
    """The recall list of the practice system (patients only); returns who is in it."""
    luck, file = random.Random(f"{files.seed}/recall"), "Recall_List_Oct2026.xlsx"
    head = HEADS["recall"]
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
    inside = files.members(luck, lambda p: {"due": 0.8, "past": 0.9, "missed": 0.35}.get(p.segment, 0.0))
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
        sheet.append(_recall(files, luck, p))
        files.belongs(p, file, sheet.max_row)
    sheet.append([88001, "TEST, PATIENT", None, None, None, None, 9015550118, *[None] * 16, "do not use"])
    sheet.append([88002, COMPANIES[4].upper(), None, None, None, 9015550119])
    sheet.append([f"Total patients: {len(inside)}", *[None] * 20, sum(p.purchase for p in inside)])
    buffer = io.BytesIO()
    book.save(buffer)
    (files.folder / file).write_bytes(same_bytes(buffer.getvalue()))
    return {p.id for p in inside}


def _recall(files: Files, luck: random.Random, p: Person) -> list[Any]:
    first, last = files.name(luck, p)
    number = int(p.phone[2:])
    cell: Any = luck.choice([number, number, float(number), phone(luck, p.phone)])
    home = int(p.second_phone[2:]) if p.second_phone else None
    yes, no = luck.choice([("Y", "N"), ("Yes", "No"), (True, False), (1, 0), ("X", None)])

    def day(value: date | None) -> Any:
        if value is None:
            return None
        stamp = datetime.combine(value, datetime.min.time())
        return luck.choice([stamp, stamp, (value - date(1899, 12, 30)).days, f"{value.month}/{value.day}/{value.year}"])

    own = random.Random(f"{files.seed}/{p.id}/born")
    born = datetime(EXPORTED.year - p.age, own.randint(1, 12), own.randint(1, 28), tzinfo=UTC).replace(tzinfo=None)
    return [
        luck.randint(10000, 79999),
        f"{last.upper()}, {first.strip().upper()}" if luck.random() < 0.6 else f"{last}, {first.strip()}",
        born,
        p.age,
        p.sex,
        home,
        cell,
        p.email or None,
        p.city if p.shows_home else None,
        p.state if p.shows_home else None,
        luck.choice([p.zip, int(p.zip)]) if p.shows_home else None,
        yes if p.sms == "denied" else no,
        yes if p.calls == "denied" else no,
        {"denied": "N", "granted": "Y"}.get(p.email_consent),
        day(p.sms_on.date()) if p.sms_on else None,
        day(p.tested),
        day(p.fitted),
        day(p.appointment),
        {"no-show": "NS", "completed": "K"}.get(p.appointment_status),
        day(p.next_appointment),
        p.no_shows or None,
        p.purchase or None,
        "DECEASED" if p.deceased else luck.choice(["Active", "Active", "Inactive"]),
        "\n".join(p.notes) or None,
    ]


def cards(files: Files) -> None:
    """The phone of the front desk."""
    luck, file = random.Random(f"{files.seed}/cards"), "frontdesk_contacts.vcf"
    out: list[str] = []
    members = files.members(luck, lambda p: 0.09)
    for number, p in enumerate(members, 1):
        out += _card(luck, p)
        files.belongs(p, file, number)
    out += [
        "BEGIN:VCARD",
        "VERSION:3.0",
        "N:;;;;",
        f"FN:{COMPANIES[5]}",
        f"ORG:{COMPANIES[5]};",
        "TEL;TYPE=WORK:901-555-0120",
        "END:VCARD",
    ]
    (files.folder / file).write_bytes(("\r\n".join(out) + "\r\n").encode("utf-8"))


def _card(luck: random.Random, p: Person) -> list[str]:
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
        lines.append(f"EMAIL;TYPE=INTERNET:{p.email}" if version != "2.1" else f"EMAIL;INTERNET:{p.email}")
    return [*lines, "END:VCARD"]


def same_bytes(workbook: bytes) -> bytes:
    """Pack a workbook again with the time of the report for the clock's, so that a seed gives the same bytes."""
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
    return quopri.encodestring(text.encode(), quotetabs=False).decode().replace("=\n", "").replace(";", "=3B").strip()


def fold(line: str) -> list[str]:
    """Fold a card line at 75 characters (RFC 6350, 3.2)."""
    return [line[:75], *(" " + line[i : i + 74] for i in range(75, len(line), 74))]
