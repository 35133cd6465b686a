"""How many exported rows a second become people: read, mapped, judged, joined and merged, before anything is written."""

from __future__ import annotations

import csv
import io
import random
from datetime import date

from benchmarks import Claim, cpu_seconds
from rewarm.adapters.crm.files import read_content
from rewarm.adapters.crm.planning import Practice, plan_import

ROWS = 4_000
PHONES = 24_400  # numbers a second that phonenumbers alone parses (41 µs each, engine facts §7.1)
HEADER = (
    "Contact Id",
    "First Name",
    "Last Name",
    "Phone",
    "Email",
    "Created",
    "Do Not Text",
    "Tags",
    "Address",
    "Zip",
    "Notes",
)


def run() -> Claim:
    content = _export(random.Random(20261121))
    plan_import(read_content("warm-up.csv", content[:4_000]), Practice(), date(2026, 11, 21))
    spent = cpu_seconds(lambda: plan_import(read_content("export.csv", content), Practice(), date(2026, 11, 21)))
    return Claim(
        "import: rows read, judged and joined", ROWS / spent, "per CPU-s", PHONES, "beside parsing the phones alone"
    )


def _export(chance: random.Random) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for number in range(ROWS):
        first = chance.choice(("Ann", "Bo", "Carla", "David", "Edith", "Frank"))
        last = f"{chance.choice('ABCDEFGH')}shby{number % 97}"
        writer.writerow(
            (
                f"c{number}", first, last, f"(212) {chance.randrange(220, 999)}-{number:04}",
                f"{first}.{last}@posteo.net".lower(),
                f"{chance.randrange(1, 13)}/{chance.randrange(1, 29)}/2025",
                chance.choice(("", "", "", "Yes")), "vip, newsletter",
                f"{number} Mill St", "10001", chance.choice(("", "asked for the price", "call back in the spring")),
            )
        )  # fmt: skip
    return out.getvalue().encode()
