"""Small exports and the words to read them with, for the tests of the import."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from rewarm.adapters.crm.words import import_words
from rewarm.adapters.phone_numbers import parse
from rewarm.domain import timing_note
from rewarm.domain.import_plan import ImportPlan, plan
from rewarm.domain.record import Settings
from rewarm.domain.table import RawTable, SourceRow

TODAY = date(2026, 11, 2)
WORDS = import_words()
SETTINGS = Settings(
    words=WORDS,
    parse_phone=parse,
    today=TODAY,
    zone=ZoneInfo("America/New_York"),
    practice_phones=frozenset({"+12122260000"}),
    practice_domain="harborpoint-hearing.com",
)


def sheet(name: str, *rows: Sequence[str], legend: tuple[tuple[str, str], ...] = ()) -> RawTable:
    """Make a sheet as a reader would return it."""
    lines = (SourceRow(number, number, tuple(cells)) for number, cells in enumerate(rows, start=1))
    return RawTable(name, "delimited", tuple(lines), legend=legend)


def planned(*tables: RawTable) -> ImportPlan:
    """Plan the import of these sheets as of TODAY."""
    return plan(
        tables,
        SETTINGS,
        says_stop=lambda text: text.strip().lower() in ("stop", "quit"),
        says_when=lambda note: timing_note.find(note) is not None,
    )
