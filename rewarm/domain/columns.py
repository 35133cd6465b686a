"""Decides what each column of an export means, by its name first and by what stands in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from rewarm.domain.dates import looks_like_date
from rewarm.domain.emails import looks_like_email
from rewarm.domain.import_words import FIELDS, ImportWords, plain
from rewarm.domain.names import slip
from rewarm.domain.phone_text import looks_like_phone
from rewarm.domain.table import Table

SAMPLE = 400
"""Filled cells of a column that are looked at; more changes no decision."""

DATE_FIELDS = frozenset(field for field in FIELDS if field.endswith("_on"))
_NUMBER = re.compile(r"^[$€£]?\s*-?[\d,. ]*\d(?:\.\d+)?\s*(?:usd)?$", re.I)
_SERIAL = re.compile(r"^\d{5}(?:\.\d+)?$|^\d{8}$|^1\d{9}(?:\d{3})?(?:\.0)?$")
_ZIP = re.compile(r"^\d{5}(?:-?\d{4})?(?:\.0)?$")
_STREET = re.compile(r"^\d+[\w-]* +[A-Za-z]")
_YES_NO = frozenset(
    [
        "yes",
        "no",
        "y",
        "n",
        "true",
        "false",
        "0",
        "1",
        "x",
        "checked",
        "unchecked",
        "stop",
        "opted",
        "out",
        "opt",
        "out",
        "unsubscribed",
        "subscribed",
        "none",
        "na",
        "all",
        "sms",
        "email",
        "calls",
    ]
)
_COLUMN_OF = {"phone": looks_like_phone, "email": looks_like_email}


@dataclass(frozen=True, slots=True)
class Column:
    """What one column means; `by` says whether its name or its content decided."""

    index: int
    header: str
    field: str
    by: str = "name"


def knows_header(words: ImportWords, text: str) -> bool:
    """Tell whether `text` is a column name that an export may use."""
    return bool(text.strip()) and (
        plain(text).replace(" ", "_") in FIELDS or _by_name(words, text, frozenset()) is not None
    )


def map_columns(table: Table, words: ImportWords) -> tuple[Column, ...]:
    """Return the meaning of every column of `table`, in order.

    A name counts only when the content does not contradict it (a "phone" column without digits is none); a nameless or unknown
    column is recognised by its content alone where that is unmistakable.
    """
    width = max([len(table.header), *(len(row.cells) for row in islice(table.rows, SAMPLE))], default=0)
    columns = [_column(table, index, words) for index in range(width)]
    return tuple(_resolve_clashes(columns, table, words))


def _column(table: Table, index: int, words: ImportWords) -> Column:
    header = table.header[index].strip() if index < len(table.header) else ""
    cells = _cells(table, index)
    refused: set[str] = set()
    while header:
        field = _by_name(words, header, frozenset(refused))
        if field is None:
            break
        if field == "status":
            field = _which_status(cells, words)
        agreed = _agreed(field, header, cells, words)
        if agreed is not None:
            return Column(index, header, agreed)
        refused.add(field)
    found = _by_content(cells, words, named=bool(header))
    return Column(index, header, found or "ignore", by="content" if found else "name")


def _cells(table: Table, index: int) -> list[str]:
    filled = (row.cells[index].strip() for row in table.rows if index < len(row.cells) and row.cells[index].strip())
    return list(islice(filled, SAMPLE))


def _by_name(words: ImportWords, header: str, refused: frozenset[str]) -> str | None:
    name = " ".join(_spelled(word, words) for word in plain(header).split())
    exact = name.replace(" ", "_")
    if exact in FIELDS and exact not in refused:
        return exact
    for rule in words.columns:
        if rule.field not in refused and rule.pattern.search(name):
            return rule.field
    return None


def _spelled(word: str, words: ImportWords) -> str:
    """Return the column word that `word` misspells by one slip, or `word` itself."""
    if len(word) < 4 or word in words.vocabulary or word.rstrip("s") in words.vocabulary or word.isdigit():
        return word
    near = [one for one in words.spelling if one[0] == word[0] and slip(one, word)]
    return near[0] if len(near) == 1 else word


def _agreed(field: str, header: str, cells: Sequence[str], words: ImportWords) -> str | None:
    """Return the field that name and content agree on, or None where the content contradicts the name."""
    if not cells:
        return field
    dates = _share(cells, _datelike)
    if field in ("opt_in_sms", "opt_in_email") and dates > 0.6 and _share(cells, looks_like_date) > 0.3:
        return field + "_on"
    if field in ("opt_in_sms_on", "opt_in_email_on") and dates < 0.4:
        return field.removesuffix("_on")
    if field in ("opt_in_sms_on", "opt_in_email_on") or len(cells) < 3:
        return field
    if field in DATE_FIELDS:
        return (
            field
            if dates > 0.3 or _share(cells, lambda cell: not any(map(str.isdigit, cell))) > 0.9 > len(cells) / 5
            else None
        )
    if field == "phone":
        return field if _share(cells, looks_like_phone) > 0.25 else None
    if field == "email":
        return field if _share(cells, looks_like_email) > 0.25 else None
    if field == "last_appointment_on":
        return field if dates > 0.3 else None
    return _agreed_text(field, cells, dates, words)


def _agreed_text(field: str, cells: Sequence[str], dates: float, words: ImportWords) -> str | None:
    emails, phones = _share(cells, looks_like_email), _share(cells, looks_like_phone)
    match field:
        case "street" | "full_name" | "first_name" | "last_name" | "city" if emails > 0.6:
            return "email"
        case "full_name" | "first_name" | "last_name" if phones > 0.6:
            return "phone"
        case "full_name" | "first_name" | "last_name" | "city":
            return field if _share(cells, lambda cell: any(map(str.isalpha, cell))) > 0.5 and dates < 0.5 else None
        case "purchases_total" | "age":
            return field if _share(cells, lambda cell: bool(_NUMBER.match(cell))) > 0.5 and not dates > 0.6 else None
        case "no_show_count" if dates > 0.6 and not _share(cells, lambda cell: len(cell) < 3) > 0.5:
            return None
        case "appointment_status" if dates > 0.6:
            return "last_appointment_on"
        case _:
            return field


def _which_status(cells: Sequence[str], words: ImportWords) -> str:
    scores = {
        "record_status": _share(cells, lambda cell: words.says("active", cell)),
        "lead_status": _share(cells, lambda cell: words.mentions("lead_stage", cell)),
        "appointment_status": _share(
            cells, lambda cell: any(words.says(kind, cell) for kind in ("attended", "missed", "cancelled"))
        ),
    }
    return max(scores, key=lambda field: scores[field])


def _by_content(cells: Sequence[str], words: ImportWords, *, named: bool) -> str | None:
    """Recognise a column by what stands in it; under an unknown name only addresses are unmistakable."""
    if len(cells) < 2:
        return None
    various = len(set(cells)) > len(cells) / 2
    if _share(cells, looks_like_email) > 0.6:
        return "email" if various else None
    if (
        _share(cells, looks_like_phone) > 0.6
        and not _share(cells, _datelike) > 0.5
        and not _share(cells, str.isdigit) > 0.95
    ):
        return "phone" if various else None
    if named:
        return None
    if _share(cells, lambda cell: bool(re.fullmatch(r"[2-9]\d{9}(?:\.0)?|1[2-9]\d{9}", cell))) > 0.6:
        return "phone"
    if _share(cells, lambda cell: bool(_ZIP.match(cell))) > 0.8:
        return "zip"
    if _share(cells, lambda cell: bool(re.fullmatch(r"[A-Z]{2}", cell))) > 0.8:
        return "state"
    if _share(cells, lambda cell: bool(_STREET.match(cell))) > 0.7:
        return "street"
    if (
        _share(cells, looks_like_date) > 0.8
        and sum(cell[:4] < "1990" or "/19" in cell for cell in cells) > len(cells) / 2
    ):
        return "born_on"
    if various and _share(cells, lambda cell: len(cell.split()) > 4) > 0.5:
        return "notes"
    return _nameless_name(cells, words)


def _nameless_name(cells: Sequence[str], words: ImportWords) -> str | None:
    given = _share(cells, lambda cell: any(plain(word) in words.nicknames for word in cell.split()[:3]))
    if given < 0.3:
        return None
    return "full_name" if _share(cells, lambda cell: len(cell.split()) >= 2) > 0.6 else "first_name"


def _resolve_clashes(columns: list[Column], table: Table, words: ImportWords) -> list[Column]:
    """Keep one source_id: the one whose cells differ most; a full name beside first and last names stays (it says the same)."""
    columns = [_given_name(column, columns, table) for column in columns]
    ids = [column for column in columns if column.field == "source_id"]
    if len(ids) < 2:
        return columns
    best = max(ids, key=lambda column: (len(set(_cells(table, column.index))), -column.index))
    return [
        Column(column.index, column.header, "ignore") if column.field == "source_id" and column is not best else column
        for column in columns
    ]


def _datelike(cell: str) -> bool:
    return looks_like_date(cell) or bool(_SERIAL.match(cell)) or not any(map(str.isalnum, cell))


def _share(cells: Sequence[str], test: Callable[[str], bool]) -> float:
    return sum(1 for cell in cells if test(cell)) / len(cells) if cells else 0.0


def _given_name(column: Column, columns: Sequence[Column], table: Table) -> Column:
    """A "name" of single words beside a last name is the first name."""
    others = {other.field for other in columns}
    if column.field != "full_name" or "last_name" not in others or "first_name" in others:
        return column
    single = _share(_cells(table, column.index), lambda cell: len(cell.split()) == 1)
    return replace(column, field="first_name") if single > 0.6 else column
