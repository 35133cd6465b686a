"""Reads what a registry answered about numbers: which belong to somebody else now, which must not be solicited."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from rewarm.domain.dates import Order, column_order, read_date

Kind = Literal["reassigned", "registry"]
KINDS: Mapping[Kind, str] = {
    "reassigned": "the reassigned-numbers database",
    "registry": "the national do-not-call registry",
}

_LISTED = re.compile(r"^\s*(\d{3}),(\d{7})\s*$")
_NUMBER = re.compile(r"phone|number|mobile|cell|^tn$|telephone")
_ANSWER = re.compile(r"answer|result|response|status|reassigned|registered|regist|dnc|do.?not.?call|match|disconnect")
_CHECKED = re.compile(r"check|date|quer|scrub|time|as of")
_YES: Mapping[Kind, frozenset[str]] = {
    "reassigned": frozenset({"yes", "y", "true", "1", "reassigned", "disconnected", "permanently disconnected"}),
    "registry": frozenset(
        {"yes", "y", "true", "1", "registered", "listed", "dnc", "on registry", "national dnc", "match"}
    ),
}
_NO = frozenset(
    {
        "no",
        "n",
        "false",
        "0",
        "not reassigned",
        "not registered",
        "not listed",
        "clean",
        "clear",
        "no match",
        "not on registry",
    }
)
_NO_DATA = frozenset({"no data", "nodata", "no_data", "unknown", "n a", "na", "not found", "error"})


@dataclass(frozen=True, slots=True)
class Check:
    """One answer: `yes` is the bad one, and it held when the registry was asked."""

    number: str
    yes: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A row that nobody can act on, with the reason in words."""

    row: int
    cells: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Checks:
    """What a file of answers says; a registry without data on a number has not checked it."""

    found: tuple[Check, ...]
    held_back: tuple[HeldBack, ...]
    without_data: int = 0


@dataclass(frozen=True, slots=True)
class _File:
    """How one file is to be read."""

    kind: Kind
    canonical: Callable[[str], str | None]
    order: Order
    now: datetime
    zone: ZoneInfo


class NoColumns(ValueError):
    """The file does not say which column is which."""


def read_checks(
    header: Sequence[str],
    rows: Iterable[tuple[int, Sequence[str]]],
    kind: Kind,
    *,
    canonical: Callable[[str], str | None],
    now: datetime,
    zone: str,
) -> Checks:
    """Read rows of number, answer and date; of several answers about one number the latest counts, and a yes wins a tie.

    A date without a time is the beginning of that day where the practice is, so that no answer seems fresher than it is.
    Raises NoColumns when the header lacks one of the three.
    """
    number, answer, checked = _columns(header)
    rows = list(rows)
    order = column_order([_cell(cells, checked) for _, cells in rows]) or "MDY"
    file = _File(kind, canonical, order, now, ZoneInfo(zone))
    latest: dict[str, Check] = {}
    held: list[HeldBack] = []
    without_data = 0
    for row, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        try:
            found = _read(_cell(cells, number), _cell(cells, answer), _cell(cells, checked), file)
        except ValueError as fault:
            held.append(HeldBack(row, tuple(cells), str(fault)))
            continue
        if found is None:
            without_data += 1
        elif (before := latest.get(found.number)) is None or (found.at, found.yes) > (before.at, before.yes):
            latest[found.number] = found
    return Checks(tuple(latest.values()), tuple(held), without_data)


def is_list(line: str) -> bool:
    """Tell whether a file begins like the registry's own list: an area code and seven digits a line, no header."""
    return _LISTED.match(line) is not None


def read_list(lines: Iterable[str], ours: Collection[str], at: datetime) -> Checks:
    """Compare our numbers with the registry's list of some area codes, a line at a time: such lists have millions.

    A number of ours in one of these area codes that is not on the list has been checked, and is clean.
    """
    areas: set[str] = set()
    listed: set[str] = set()
    held: list[HeldBack] = []
    for row, line in enumerate(lines, 1):
        if found := _LISTED.match(line):
            areas.add(found[1])
            if (number := f"+1{found[1]}{found[2]}") in ours:
                listed.add(number)
        elif line.strip():
            held.append(HeldBack(row, (line.strip(),), "no area code and seven digits"))
    checked = [one for one in ours if one.startswith("+1") and one[2:5] in areas]
    return Checks(tuple(Check(one, one in listed, at) for one in sorted(checked)), tuple(held))


def _columns(header: Sequence[str]) -> tuple[int, int, int]:
    names = [name.strip().lower() for name in header]
    taken: list[int] = []
    for pattern, what in ((_CHECKED, "when it was checked"), (_NUMBER, "the number"), (_ANSWER, "the answer")):
        place = next((at for at, name in enumerate(names) if at not in taken and pattern.search(name)), None)
        if place is None:
            raise NoColumns(f"no column says {what}; the header is {', '.join(header) or 'missing'}")
        taken.append(place)
    return taken[1], taken[2], taken[0]


def _read(number: str, answer: str, checked: str, file: _File) -> Check | None:
    phone = file.canonical(number)
    if phone is None:
        raise ValueError(f"{number!r} is no phone number" if number else "no phone number")
    said = re.sub(r"[^a-z0-9]+", " ", answer.lower()).strip()
    if said in _NO_DATA:
        return None
    if said not in _YES[file.kind] and said not in _NO:
        raise ValueError(f"{answer!r} is neither yes nor no" if answer else "no answer")
    at = _instant(checked, file)
    if at is None:
        raise ValueError(f"{checked!r} is no date" if checked else "no date of the check")
    if at > file.now:
        raise ValueError(f"{checked} lies in the future")
    return Check(phone, said in _YES[file.kind], at)


def _instant(text: str, file: _File) -> datetime | None:
    try:
        exact = datetime.fromisoformat(text)
    except ValueError:
        exact = None
    if exact is not None and exact.tzinfo is not None:
        return exact.astimezone(UTC)
    day = read_date(text, order=file.order, today=file.now.date(), zone=file.zone)
    return datetime.combine(day, time(), file.zone).astimezone(UTC) if day else None


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""
