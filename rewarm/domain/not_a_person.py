"""Decides why a row is no person who can be written to: shifted cells, a test, a company."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from rewarm.domain.dates import looks_like_date
from rewarm.domain.emails import looks_like_email
from rewarm.domain.import_words import ImportWords, plain
from rewarm.domain.names import Name
from rewarm.domain.phone_text import looks_like_phone

_STATE = re.compile(r"^[A-Za-z]{2}$|^[A-Za-z .]{4,24}$")
_ZIP = re.compile(r"^[A-Za-z]?\d[\dA-Za-z]{1,4}[ -]?\d?[A-Za-z]{0,2}\d{0,4}(?:\.0)?$")
_LETTERS = re.compile(r"[^\W\d_]")
_LEGAL_FORMS = frozenset("inc incorporated llc llp ltd corp corporation pllc gmbh plc".split())
# Words of firms that are last names too: alone they prove nothing.
_SURNAMES = frozenset("co pc church bank case school group partners".split())
# What may hold anything, somebody else's address included.
_ANYTHING = frozenset(
    "notes ignore owner tags source_id related_person full_name lead_source company record_status lead_status".split()
)
_DATES = frozenset("born_on inquired_on last_activity_on last_test_on next_appointment_on modified_on".split())


def is_shifted(cells: Sequence[str], fields: Iterable[tuple[int, str]], width: int) -> bool:
    """Tell whether cells moved out of their columns: the row is too long, or two hold what only other columns could mean.

    `fields` are (index, field) of each column that `tells`, `width` is the length of the header (0: none).
    """
    if width and any(cell.strip() for cell in cells[width:]):
        return True
    kept = len(cells)
    return sum(_misfit(field, cells[index].strip()) for index, field in fields if index < kept and cells[index]) >= 2


def tells(field: str) -> bool:
    """Tell whether a column's cells can look out of place at all: in notes and tags everything may stand."""
    return field not in _ANYTHING


def is_test(name: Name, written: Mapping[str, Sequence[str]], words: ImportWords) -> bool:
    """Tell whether a row is a test or training record by the name that somebody gave it."""
    fields = ("first_name", "last_name", "full_name")
    whole = plain(" ".join(text for field in fields for text in written.get(field, ())))
    if plain(f"{name.first} {name.last}") in words.test_people:
        return True
    if whole.startswith("zz") and len(whole) > 4:
        return True
    padded = f" {whole} "
    return any(f" {word} " in padded for word in words.test_names)


def is_organisation(name: Name, companies: Sequence[str], words: ImportWords) -> bool:
    """Tell whether a row is a company: it has no person's name, or what stands there is a firm's."""
    if companies and not name.known:
        return True
    whole = plain(f"{name.first} {name.middle} {name.last}")
    tokens = whole.split()
    if len(tokens) > 1 and whole in map(plain, companies):
        return True
    if _LEGAL_FORMS & set(tokens):
        return True
    return len(tokens) >= 2 and tokens[-1] in words.organisations - _SURNAMES


def _misfit(field: str, cell: str) -> int:
    """Return how surely `cell` does not belong under `field`: 0 it may, 1 it looks odd, 2 it cannot."""
    if not cell:
        return 0
    if "@" in cell and field != "email" and looks_like_email(cell):
        return 2
    if field in _DATES:
        if len(cell) < 10:
            return 0
        number = sum(map(str.isdigit, cell)) == 10 and looks_like_phone(cell) and not looks_like_date(cell)
        return int(number) + int(len(_LETTERS.findall(cell)) > 14)
    match field:
        case "zip" if not _ZIP.match(cell):
            return 2 if cell.isalpha() and len(cell) == 2 else 1
        case "state":
            return int(not _STATE.match(cell))
        case "email":
            return int("@" not in cell and (looks_like_phone(cell) or looks_like_date(cell)))
        case "phone":
            return int(looks_like_date(cell) or bool(re.fullmatch(r"[A-Za-z]+(?: [A-Za-z]+){3,}", cell)))
        case "first_name" | "last_name" | "city" if _LETTERS.search(cell) is None:
            return 2 * int(looks_like_phone(cell) or looks_like_date(cell))
        case "country":
            return int(any(map(str.isdigit, cell)))
        case "gender":
            return int(len(cell) > 12 or cell.isdigit())
        case _:
            return 0
