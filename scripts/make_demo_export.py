#!/usr/bin/env python3
"""Makes the demo practice: five messy exports in rewarm/demo/, and town/people.json, the truth.

Run: python scripts/make_demo_export.py [--seed 7]. The result is committed; the same seed writes the same bytes.
The dates are absolute (2023 to 20 October 2026), so that the demo may be played on any later day.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(Path(__file__).resolve().parent))

from demo_books import cards, recall  # noqa: E402
from demo_cast import Cast, Person, read_notes, truth  # noqa: E402
from demo_files import Files  # noqa: E402
from demo_words import SOURCE  # noqa: E402


def main() -> int:
    """Write the files and say what they hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--into", type=Path, default=ROOT / "rewarm" / "demo")
    parser.add_argument("--people", type=Path, default=ROOT / "town" / "people.json")
    args = parser.parse_args()
    people: list[Person] = list(Cast(args.seed, read_notes(SOURCE / "notes.txt")).people())
    args.into.mkdir(parents=True, exist_ok=True)
    files = Files(args.into, people, args.seed)
    elsewhere = files.old_crm() | files.leads() | recall(files)
    files.messaging({p.id for p in people if p.id not in elsewhere or not p.rows})
    cards(files)
    told = [truth(p, args.seed) for p in people]
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in told)
    args.people.write_text("[\n" + lines + "\n]\n", "utf-8")
    moved = sum(one["zone"] != one["area_zone"] for one in told)
    citable = sum(one["citable"] for one in told)
    records = sum(len(p.rows) for p in people)
    print(f"{len(told)} people, {records} records; {citable} with a detail; {moved} in another zone than their number")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
