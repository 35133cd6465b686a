"""Decides which rows are one person, as a careful clerk would, and keeps the trail of why; households stay apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from rewarm.domain.import_words import ImportWords, plain
from rewarm.domain.names import Fit, Name, first_names_fit, key, last_names_fit, slip
from rewarm.domain.record import Record, RowKey

LARGEST_BUCKET = 60
"""Rows that share one address beyond which it says nothing about identity (a switchboard, a filler nobody knew)."""

COMMON = 3
"""People of one import who bear a first name, from which on it is a name of its own and never a typing error."""

SURE = 7.0
"""Points that two rows without a common phone or e-mail need (measured on public sets of dirty records: no false pair)."""

_BORN = {"equal": 4.0, "close": 2.5, "unknown": 0.0, "far": -9.0}
_FIRST: dict[Fit, float] = {"equal": 2.0, "nickname": 2.0, "typo": 1.5, "initial": 0.5, "missing": 0.0, "no": -9.0}
_LAST: dict[Fit, float] = {"equal": 2.0, "nickname": 1.5, "typo": 1.5, "initial": 0.5, "missing": 0.0, "no": -0.5}

_GOOD: frozenset[Fit] = frozenset(("equal", "nickname"))
_FITTING: frozenset[Fit] = frozenset(("equal", "nickname", "typo"))


@dataclass(frozen=True, slots=True)
class Join:
    """Two rows taken as one person, and why: a line of the merge trail."""

    a: RowKey
    b: RowKey
    because: str


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one person in a fixed order."""

    records: tuple[Record, ...]
    joins: tuple[Join, ...]


@dataclass(frozen=True, slots=True)
class _Match:
    strength: float
    because: str


def group(records: Iterable[Record], words: ImportWords) -> tuple[Group, ...]:
    """Return the people behind `records`; neither the order of rows nor that of files changes the result.

    The strongest matches are joined first, and no join may bring together two rows that contradict each other (Jr and Sr,
    different birth dates, husband and wife), so one vague row never glues a household together.
    """
    ordered = sorted(records, key=lambda record: record.key)
    clerk = _Clerk(words.nicknames, _common_names(ordered))
    matches = sorted(_matches(ordered, clerk), key=lambda found: (-found[2].strength, found[0], found[1]))
    clusters: dict[int, list[int]] = {index: [index] for index in range(len(ordered))}
    of: dict[int, int] = {index: index for index in clusters}
    joins: dict[int, list[Join]] = defaultdict(list)
    for a, b, match in matches:
        left, right = of[a], of[b]
        if left == right:
            continue
        if any(clerk.contradict(ordered[i], ordered[j]) for i in clusters[left] for j in clusters[right]):
            continue
        keep, gone = min(left, right), max(left, right)
        clusters[keep].extend(clusters.pop(gone))
        joins[keep].extend([*joins.pop(gone, []), Join(ordered[a].key, ordered[b].key, match.because)])
        for index in clusters[keep]:
            of[index] = keep
    return tuple(
        Group(tuple(ordered[index] for index in sorted(members)), tuple(joins[root]))
        for root, members in sorted(clusters.items())
    )


def _common_names(records: Sequence[Record]) -> frozenset[str]:
    bearers = {(key(record.name.first), key(record.name.last)) for record in records if record.name.first}
    counts = Counter(first for first, _ in bearers)
    return frozenset(first for first, count in counts.items() if count >= COMMON)


def _matches(records: Sequence[Record], clerk: _Clerk) -> Iterable[tuple[int, int, _Match]]:
    buckets: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, record in enumerate(records):
        for bucket in _bucket_keys(record):
            buckets[bucket].append(index)
    pairs = {
        pair
        for (kind, _), members in buckets.items()
        if len(members) <= LARGEST_BUCKET or kind == "name"
        for pair in combinations(members, 2)
    }
    for a, b in pairs:
        match = clerk.judge(records[a], records[b])
        if match is not None:
            yield a, b, match


def _bucket_keys(record: Record) -> Iterable[tuple[str, str]]:
    for phone in record.phones:
        yield "phone", phone.e164
    for email in record.emails:
        yield "email", email
    if record.source_id:
        yield "id", f"{record.key[0]} {record.source_id}"
    born = record.dates.get("born_on")
    if born is not None and record.name.known:
        yield "born", born.isoformat()
        yield "name born", f"{key(record.name.last)} {born.year}"
        yield "name born", f"{key(record.name.first)} {born.year}"
    if record.name.first and record.name.last:
        yield "full name", f"{key(record.name.first)} {key(record.name.last)}"
        yield "full name", f"{key(record.name.last)} {key(record.name.first)}"
    if record.street:
        yield "street", _street(record) + record.zip


@dataclass(frozen=True, slots=True)
class _Clerk:
    nicknames: Mapping[str, frozenset[str]]
    common: frozenset[str]

    def judge(self, a: Record, b: Record) -> _Match | None:
        """Return how surely two rows are one person, or None."""
        if self.contradict(a, b):
            return None
        shared = _shared(a, b)
        first, last = self._fits(a.name, b.name)
        if (
            a.key[0] == b.key[0]
            and a.source_id
            and a.source_id == b.source_id
            and (first in _FITTING or last in _FITTING)
        ):
            return _Match(100, "the same id in the same file")
        born = _birth_fit(a, b)
        if shared:
            return self._by_address(shared, first, last, born, a, b)
        return self._by_name(first, last, born, a, b)

    def _by_address(self, shared: list[str], first: Fit, last: Fit, born: str, a: Record, b: Record) -> _Match | None:
        strength = 20.0 + 5 * len(shared) + {"equal": 15, "close": 5}.get(born, 0)
        what = " and ".join(shared)
        if first in _GOOD and last in _FITTING | {"initial"}:
            return _Match(strength + 10 + (first == "equal") + (last == "equal"), f"same {what}, same name")
        if first == "typo" and last in _FITTING:
            return _Match(strength + 6, f"same {what}, name differs by a slip")
        if first in _GOOD and last == "no":
            return _Match(strength + 2, f"same {what} and first name, another last name")
        if (first == "initial" and last in _FITTING) or (first in _GOOD and last == "missing"):
            return _Match(strength, f"same {what}, part of the name")
        if first == "typo" and last == "missing" and (len(shared) > 1 or (a.street and _street(a) == _street(b))):
            return _Match(strength - 4, f"same {what}, part of the name with a slip")
        if first == "missing" and last in _FITTING:
            return _Match(strength - 8, f"same {what}, last name only")
        if not a.name.known or not b.name.known:
            return _Match(strength - 12, f"same {what}, one row without a name")
        if born == "equal" and (first in _FITTING or last in _FITTING) and len(shared) > 1 and first != "no":
            return _Match(strength, f"same {what} and birth date")
        return None

    def _by_name(self, first: Fit, last: Fit, born: str, a: Record, b: Record) -> _Match | None:
        """Weigh what two rows without a common address agree on; a birth date or a home has to carry it."""
        if first not in _FITTING and last not in _FITTING:
            return None
        street, place = _homes_fit(a, b), _places_fit(a, b)
        points = _BORN[born] + _FIRST[first] + _LAST[last] + street + place
        if born == "equal" and first in _FITTING and last in _FITTING:
            return _Match(10 + points, "same name and birth date")
        if born in ("equal", "close") and points >= SURE:
            return _Match(points, "same birth date and home, the names fit")
        if born == "unknown" and first in _FITTING and last in _FITTING and street and points >= SURE - 1:
            return _Match(points, "same name and home")
        return None

    def _fits(self, a: Name, b: Name) -> tuple[Fit, Fit]:
        first = self._first(a, b)
        last = _best(last_names_fit(x, y) for x in _lasts(a) for y in _lasts(b))
        if first == "no" and last == "no" and self._swapped(a, b):
            return "equal", "equal"
        return first, last

    def _first(self, a: Name, b: Name) -> Fit:
        best = _best(first_names_fit(x, y, self.nicknames) for x in _firsts(a) for y in _firsts(b))
        if best == "typo" and key(a.first) in self.common and key(b.first) in self.common:
            return "no"
        return best

    def _swapped(self, a: Name, b: Name) -> bool:
        return bool(a.first and a.last) and key(a.first) == key(b.last) and key(a.last) == key(b.first)

    def contradict(self, a: Record, b: Record) -> bool:
        """Tell whether two rows cannot be one person."""
        if a.name.suffix and b.name.suffix and a.name.suffix != b.name.suffix:
            return True
        born = _birth_fit(a, b)
        if born == "far":
            return True
        first, last = self._fits(a.name, b.name)
        if first == "no":
            return True
        return bool(a.gender and b.gender and a.gender != b.gender and first not in _GOOD and born != "equal")


_ORDER: tuple[Fit, ...] = ("no", "missing", "initial", "typo", "nickname", "equal")


def _best(fits: Iterable[Fit]) -> Fit:
    missing: Fit = "missing"
    return max(fits, key=_ORDER.index, default=missing)


def _firsts(name: Name) -> list[str]:
    return [part for part in (name.first, name.nickname) if part]


def _lasts(name: Name) -> list[str]:
    return [part for part in (name.last, name.previous_last) if part]


def _shared(a: Record, b: Record) -> list[str]:
    phones = {phone.e164 for phone in a.phones} & {phone.e164 for phone in b.phones}
    emails = set(a.emails) & set(b.emails)
    return ["phone"] * bool(phones) + ["e-mail"] * bool(emails)


def _birth_fit(a: Record, b: Record) -> str:
    left, right = a.dates.get("born_on"), b.dates.get("born_on")
    if left is None or right is None:
        return "unknown"
    return birth_dates_fit(left, right)


def birth_dates_fit(left: date, right: date) -> str:
    """Judge two birth dates: equal, close (one digit off, day and month swapped, a century off), or far."""
    if left == right:
        return "equal"
    if (left.month, left.day) == (right.month, right.day):
        return "close" if abs(left.year - right.year) in (1, 10, 100) else "far"
    if left.year == right.year:
        if (left.month, left.day) == (right.day, right.month):
            return "close"
        differing = sum(x != y for x, y in zip(left.isoformat(), right.isoformat(), strict=True))
        return "close" if differing == 1 else "far"
    return "far"


def _street(record: Record) -> str:
    return " ".join(word for word in plain(record.street).split() if word not in _STREET_WORDS)


def _homes_fit(a: Record, b: Record) -> float:
    """Give points for a common street: 2 the same, 1 with slips, 0 otherwise."""
    left, right = _street(a), _street(b)
    if not left or not right:
        return 0.0
    if left == right:
        return 2.0
    close = slip(left.replace(" ", ""), right.replace(" ", ""))
    return 1.5 if close else 1.0 if len(set(left.split()) & set(right.split())) >= 2 else 0.0


def _places_fit(a: Record, b: Record) -> float:
    """Give points for a common postal code and town."""
    code = 1.0 if a.zip and a.zip == b.zip else 0.0
    town = key(a.city) and (key(a.city) == key(b.city) or slip(key(a.city), key(b.city)))
    return code + (0.5 if town else 0.0)


_STREET_WORDS = frozenset(
    [
        "st",
        "street",
        "ave",
        "avenue",
        "av",
        "rd",
        "road",
        "dr",
        "drive",
        "ln",
        "lane",
        "ct",
        "court",
        "blvd",
        "boulevard",
        "way",
        "pl",
        "place",
        "cir",
        "circle",
        "ter",
        "terrace",
        "hwy",
        "highway",
        "n",
        "s",
        "e",
        "w",
        "ne",
        "nw",
        "se",
        "sw",
        "north",
        "south",
        "east",
        "west",
        "apt",
        "unit",
        "suite",
        "ste",
    ]
)
