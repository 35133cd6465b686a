"""Keeps the messaging rules in force under their version, so that receipts given under them replay for years.

Run it by hand, and commit what it writes, before the rules or their tables change and whenever a release ships new ones:
    python -m scripts.archive_rules
"""

import json
from pathlib import Path

from rewarm.adapters.rules import in_force

ARCHIVE = Path(__file__).resolve().parents[1] / "rewarm" / "packs" / "rules" / "archive"


def main() -> None:
    """Write the documents in force to the archive; a version that is there already stays as it is."""
    documents = in_force()
    file = ARCHIVE / f"{documents.version}.json"
    if file.exists():
        print(f"{documents.version} is in the archive already.")
        return
    ARCHIVE.mkdir(exist_ok=True)
    parts = {name: getattr(documents, name) for name in ("us", "others", "plan", "holidays")}
    file.write_text(json.dumps(parts, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"wrote {file.name}, {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
