"""Plans an import with the words of a pack, the phone parser and the opt-out keywords plugged in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from rewarm.adapters.crm.words import import_words
from rewarm.adapters.packs import keywords
from rewarm.adapters.phone_numbers import parse
from rewarm.domain import timing_note
from rewarm.domain.import_plan import ImportPlan, Progress, plan
from rewarm.domain.keywords import opt_out
from rewarm.domain.record import Settings
from rewarm.domain.table import RawTable


@dataclass(frozen=True, slots=True)
class Practice:
    """Whose files these are: what tells its own numbers and staff from its contacts. Phones are E.164."""

    zone: str = "America/New_York"
    region: str = "US"
    phones: tuple[str, ...] = ()
    domain: str = ""
    pack: str = "audiology"
    fictional: bool = False


def settings_of(practice: Practice, today: date) -> Settings:
    """Return the settings of an import for `practice` as of `today`; its phones are read in any spelling."""
    own = (parse(phone, practice.region) for phone in practice.phones)
    return Settings(
        words=import_words(practice.pack),
        parse_phone=parse,
        today=today,
        zone=ZoneInfo(practice.zone),
        region=practice.region,
        practice_phones=frozenset(phone for phone in own if phone),
        practice_domain=practice.domain.lower().lstrip("@"),
        fictional=practice.fictional,
    )


def plan_import(
    tables: Iterable[RawTable], practice: Practice, today: date, progress: Progress = lambda done, total: None
) -> ImportPlan:
    """Return what importing `tables` as one would change as of `today`."""
    words = keywords()
    return plan(
        tables,
        settings_of(practice, today),
        says_stop=lambda text: opt_out(text, words) is not None,
        says_when=lambda note: timing_note.find(note) is not None,
        progress=progress,
    )
