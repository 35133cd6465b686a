"""Plans an import with the words of a pack, the phone parser and the opt-out keywords plugged in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from rewarm.adapters.crm.words import import_words
from rewarm.adapters.packs import keywords
from rewarm.adapters.phone_numbers import parse
from rewarm.adapters.rules import place_of_zip
from rewarm.domain import timing_note
from rewarm.domain.import_plan import ImportPlan, Progress, plan
from rewarm.domain.keywords import opt_out
from rewarm.domain.record import Settings
from rewarm.domain.table import RawTable


@dataclass(frozen=True, slots=True)
class Practice:
    """Whose files these are: what tells its own numbers and staff from its contacts. Without a zone it is read off the files."""

    zone: str = ""
    region: str = "US"
    phones: tuple[str, ...] = ()
    domain: str = ""
    pack: str = "audiology"
    fictional: bool = False


def settings_of(practice: Practice, today: date, tables: Iterable[RawTable] = ()) -> Settings:
    """Return the settings of an import for `practice` as of `today`; its phones are read in any spelling."""
    own = (parse(phone, practice.region) for phone in practice.phones)
    return Settings(
        words=import_words(practice.pack),
        parse_phone=parse,
        today=today,
        zone=ZoneInfo(practice.zone or zone_of(tables)),
        region=practice.region,
        practice_phones=frozenset(phone for phone in own if phone),
        practice_domain=practice.domain.lower().lstrip("@"),
        fictional=practice.fictional,
    )


def zone_of(tables: Iterable[RawTable]) -> str:
    """Guess where a practice is: by the offsets that its timestamps carry, else by most of its ZIP codes."""
    offsets: Counter[str] = Counter()
    zones: Counter[str] = Counter()
    for table in tables:
        for row in table.rows[:2000]:
            for cell in row.cells:
                if match := _OFFSET.match(cell):
                    offsets[match[1]] += 1
                elif _ZIP.match(cell) and (place := place_of_zip(cell[:5])):
                    zones[place[1]] += 1
    by_offset = {zone: sum(offsets[one] for one in pair) for zone, pair in _ZONES.items()}
    best = max(by_offset, key=lambda zone: by_offset[zone])
    if by_offset[best]:
        return best
    return zones.most_common(1)[0][0] if zones else "America/New_York"


_OFFSET = re.compile(r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?([+-]\d\d):?\d\d$")
_ZIP = re.compile(r"^\d{5}(?:-\d{4})?$")
_ZONES = {
    "America/New_York": ("-04", "-05"), "America/Chicago": ("-05", "-06"), "America/Denver": ("-06", "-07"),
    "America/Los_Angeles": ("-07", "-08"), "America/Anchorage": ("-08", "-09"), "Pacific/Honolulu": ("-10",),
}  # fmt: skip


def plan_import(
    tables: Iterable[RawTable], practice: Practice, today: date, progress: Progress = lambda done, total: None
) -> ImportPlan:
    """Return what importing `tables` as one would change as of `today`."""
    words, tables = keywords(), list(tables)
    return plan(
        tables,
        settings_of(practice, today, tables),
        says_stop=lambda text: opt_out(text, words) is not None,
        says_when=lambda note: timing_note.find(note) is not None,
        progress=progress,
    )
