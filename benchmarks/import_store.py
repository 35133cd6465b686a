"""How many exported rows a second are in the database: the real import of a file, from its bytes to the commit."""

from __future__ import annotations

import csv
import io
import random

from benchmarks import Claim
from benchmarks.house import NAMES, NOW, cpu_of, practice

PARSE_AND_COPY = 143_000  # rows a second that Python reads and COPY stores, nothing judged (engine facts, section 7.1)
ROWS = 20_000
NOTES = ("", "asked for the price", "call back in the spring", "wants to hear the grandchildren", "husband drives her")


def run(rows: int = ROWS) -> Claim:
    content = _export(rows, random.Random(20261122))
    with practice("import") as here:
        from rewarm.actions.import_contacts import Upload, import_contacts
        from rewarm.models import Contact

        spent, wall = cpu_of(lambda: import_contacts(here, [Upload("all.csv", content)], as_of=NOW.date(), now=NOW))
        stored = Contact.objects.filter(workspace=here).count()
        assert stored > rows * 0.9, f"{stored} people of {rows} rows"
    return Claim(
        "import: rows read, judged, joined and stored", rows / wall, "a second", PARSE_AND_COPY,
        f"{spent / rows * 1e6:,.0f} µs CPU a row with notes read for facts",
    )  # fmt: skip


def _export(rows: int, chance: random.Random) -> bytes:
    """Write what a CRM exports: one person a row, every tenth a text flag, most with a note."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(
        ("Contact Id", "First Name", "Last Name", "Phone", "Email", "Created", "Do Not Text", "Tags", "Zip", "Notes")
    )
    for number in range(rows):
        first, last = chance.choice(NAMES), f"{chance.choice('BCDFGH')}ashby{_letters(number)}"
        phone = f"({chance.choice((212, 312, 415, 602))}) {200 + number // 10_000 * 7}-{number % 10_000:04}"
        writer.writerow(
            (
                f"c{number}", first, last, phone,
                f"{first}.{last}@posteo.net".lower(), f"{chance.randrange(1, 13)}/{chance.randrange(1, 29)}/2025",
                chance.choice(("",) * 9 + ("Yes",)), "vip, newsletter", "10001", chance.choice(NOTES),
            )
        )  # fmt: skip
    return out.getvalue().encode()


def _letters(number: int) -> str:
    return "".join(chr(97 + number // 26**place % 26) for place in range(4))
