"""Decides where a person may be and when the law of every such place lets a message through."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

# Minutes after local midnight, half-open; None = closed that day. A week starts on Monday.
Window = tuple[int, int]
Week = tuple[Window | None, ...]

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
HORIZON_DAYS = 400  # whoever is not open within it never is
TOLL_FREE = frozenset({"800", "833", "844", "855", "866", "877", "888"})
ELSEWHERE = "elsewhere"  # the country of a number whose code is in none of our tables
TERRITORIES = frozenset({"PR", "GU", "VI", "MP", "AS"})  # countries to a CRM, states to the law of the United States


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `n` messages in a rolling span, about one subject or about anything."""

    n: int
    span: timedelta
    same_subject: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """The messaging rules of one state or country."""

    name: str
    week: Week
    holidays: Mapping[date, Window | None] = field(default_factory=dict)
    caps: tuple[Cap, ...] = ()
    emergency_ban: bool = False
    needs_number_check: bool = False
    needs_registry: bool = False
    needs_health_consent: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """What the numbering plan says about one area code: every zone and state that it touches."""

    country: str
    zones: tuple[str, ...]
    states: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """All rules of one version as plain values."""

    version: str
    federal: Row
    strict: Row
    states: Mapping[str, Row]
    state_zones: Mapping[str, tuple[str, ...]]
    countries: Mapping[str, Row]
    calling_codes: Mapping[str, str]
    areas: Mapping[str, Area]
    service_week: Week
    guard: timedelta = timedelta(minutes=10)
    valid_until: date = date.max  # beyond it the tables know no holidays
    soft_email: frozenset[str] = frozenset()  # countries whose law lets e-mail go until they object
    service_needs_permission: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Every zone and every jurisdiction that may apply to one message."""

    zones: tuple[str, ...]
    states: tuple[str, ...]
    countries: tuple[str, ...]
    rows: tuple[Row, ...]


def area_of(phone: str, rules: RuleSet) -> Area | None:
    """Look up the numbering plan for an E.164 number; None for toll-free and unknown codes."""
    if phone.startswith("+1"):
        return rules.areas.get(phone[2:5]) if len(phone) == 12 else None
    for code, country in rules.calling_codes.items():
        if phone.startswith("+" + code):
            return rules.areas.get(country)
    return None


def place_of(phone: str | None, *, states: Sequence[str], zones: Sequence[str], country: str, rules: RuleSet) -> Place:
    """Unite what we were told about a person with what the area code allows for.

    Known evidence only ever adds candidates; a told state stands for all its zones unless all
    told zones are its own.
    A US contact without any state is judged by the strict row, a country without a row yields no rows; a number of
    some other country (Kingston has +1 876) is not taken for one of theirs because they told us a US address.
    """
    if country in TERRITORIES:
        states, country = (*states, country), "US"
    area = area_of(phone, rules) if phone else None
    elsewhere = phone is not None and area is None and not (phone.startswith("+1") and phone[2:5] in TOLL_FREE)
    also = area.country if area else ELSEWHERE if elsewhere else country
    return _place(area, tuple(states), tuple(zones), tuple(dict.fromkeys((country, also))), rules)


@lru_cache(maxsize=4096)
def _place(
    area: Area | None, states: tuple[str, ...], zones: tuple[str, ...], countries: tuple[str, ...], rules: RuleSet
) -> Place:
    told_zones = (*zones, *(zone for state in states for zone in _zones_left_open(state, zones, rules)))
    all_zones = dict.fromkeys((*told_zones, *area.zones) if area else told_zones)
    all_states = dict.fromkeys((*states, *area.states) if area else states)
    return Place(tuple(all_zones), tuple(all_states), countries, tuple(_rows(countries, tuple(all_states), rules)))


def _zones_left_open(state: str, told: Sequence[str], rules: RuleSet) -> Sequence[str]:
    """Name the zones of a state that what we were told does not narrow; exports fill in the practice's own for everybody."""
    its_own = rules.state_zones.get(state, ())
    return () if told and set(told) <= set(its_own) else its_own


def _rows(countries: Iterable[str], states: Sequence[str], rules: RuleSet) -> Iterable[Row]:
    for country in countries:
        if country != "US":
            yield from (rules.countries[country],) if country in rules.countries else ()
            continue
        yield rules.federal
        if not states or any(state not in rules.state_zones for state in states):
            yield rules.strict
        yield from (rules.states[state] for state in states if state in rules.states)


def open_windows(
    rows: Sequence[Row], zones: Sequence[str], day: date, guard: timedelta
) -> list[tuple[datetime, datetime]]:
    """List, zone by zone, the half-open stretch of this local date that every row leaves open."""
    window = _shared_window(rows, day, int(guard / MINUTE))
    return [(_instant(day, window[0], zone), _instant(day, window[1], zone)) for zone in zones] if window else []


def is_open(at: datetime, rows: Sequence[Row], zones: Sequence[str], guard: timedelta) -> bool:
    """Tell whether an instant lies inside the window of every row in every zone."""
    closing = int(guard / MINUTE)
    for zone in zones:
        local = at.astimezone(zone_info(zone))
        minute, day = local.hour * 60 + local.minute, local.date()
        for row in rows:
            window = window_of(row, day)
            if window is None or not window[0] <= minute < window[1] - closing:
                return False
    return True


def next_open(at: datetime, rows: Sequence[Row], zones: Sequence[str], guard: timedelta) -> datetime | None:
    """Find the earliest instant from `at` on that every row in every zone leaves open, if any."""
    closing, latest = int(guard / MINUTE), at + HORIZON_DAYS * DAY
    agreed = 0
    while agreed < len(zones):
        agreed = 0
        for zone in zones:
            later = _next_open_in(at, rows, zone, closing)
            if later is None or later > latest:
                return None
            agreed, at = (agreed + 1, at) if later == at else (0, later)
    return at


def _next_open_in(at: datetime, rows: Sequence[Row], zone: str, closing: int) -> datetime | None:
    day = at.astimezone(zone_info(zone)).date()
    for _ in range(HORIZON_DAYS):
        window = _shared_window(rows, day, closing)
        if window and at < _instant(day, window[1], zone):
            return max(at, _instant(day, window[0], zone))
        day += DAY
    return None


def _shared_window(rows: Sequence[Row], day: date, closing: int) -> Window | None:
    start, end = 0, 24 * 60
    for row in rows:
        window = window_of(row, day)
        if window is None:
            return None
        start, end = max(start, window[0]), min(end, window[1] - closing)
    return (start, end) if start < end else None


def window_of(row: Row, day: date) -> Window | None:
    """Read one row for one date; on a holiday both the holiday's window and the weekday's must be open."""
    usual = row.week[day.weekday()]
    if usual is None or day not in row.holidays:
        return usual
    special = row.holidays[day]
    return special and (max(usual[0], special[0]), min(usual[1], special[1]))


def _instant(day: date, minute: int, zone: str) -> datetime:
    local = datetime(day.year, day.month, day.day, tzinfo=zone_info(zone))
    return (local.replace(hour=minute // 60, minute=minute % 60) if minute < 24 * 60 else (local + DAY)).astimezone(UTC)


@lru_cache(maxsize=1024)
def zone_info(name: str) -> ZoneInfo:
    """Open a zone by its IANA name; raises ZoneInfoNotFoundError for a name that does not exist."""
    if name.startswith("Etc/") or name in ("UTC", "GMT"):
        raise ValueError(f"{name} is nobody's home")  # a placeholder for "unknown" in most exports
    return ZoneInfo(name)


def week(mon_fri: Window | None, saturday: Window | None, sunday: Window | None) -> Week:
    """Spell out a week from the three windows that the rule tables give."""
    return (mon_fri,) * 5 + (saturday, sunday)
