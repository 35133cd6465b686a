"""Remembers one verdict as plain JSON: every input that differs from its default, enough to judge again."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import datetime, timedelta
from typing import Any

from rewarm.domain.calendars import RuleSet
from rewarm.domain.consent import Entry, ledger_address
from rewarm.domain.verdict import ContactView, Proposed, Purpose, Receipt, Sent

FORMAT = 1
_Codec = tuple[Callable[[Any], Any], Callable[[Any], Any]]


def write(
    message: Proposed,
    view: ContactView,
    ledger: Sequence[Entry],
    rules: RuleSet,
    now: datetime,
    *,
    purpose: Purpose,
    reason: str | None,
    retry_at: datetime | None,
) -> Receipt:
    """Put a verdict and all that decided it into JSON-able values, under a second's thousandth of work."""
    address = ledger_address(message.address)
    return {
        "format": FORMAT,
        "rules": rules.version,
        "verdict": "allow" if reason is None else "deny" if retry_at is None else "delay",
        "reason": reason,
        "retry_at": retry_at and retry_at.isoformat(),
        "now": now.isoformat(),
        "judged_as": purpose,
        "message": _to_json(message),
        "contact": _to_json(view),
        "ledger": [_to_json(entry) for entry in ledger if ledger_address(entry.address) == address],
    }


def read(proof: Mapping[str, Any]) -> tuple[Proposed, ContactView, list[Entry], datetime]:
    """Get the question back out of a receipt; raises KeyError, TypeError or ValueError when it is not one."""
    contact = proof["contact"]
    if "emergencies" in proof:  # the first receipts kept them with the rules
        contact = {**contact, "emergencies": proof["emergencies"]}
    return (
        _from_json(Proposed, proof["message"]),
        _from_json(ContactView, contact),
        [_from_json(Entry, entry) for entry in proof["ledger"]],
        datetime.fromisoformat(proof["now"]),
    )


def _same(value: Any) -> Any:
    return value


def _sent_to_json(sent: Iterable[Sent]) -> list[list[Any]]:
    return [[one.at.isoformat(), one.purpose, one.channel, one.subject, one.said_way_out] for one in sent]


def _sent_from_json(rows: Iterable[Sequence[Any]]) -> tuple[Sent, ...]:
    return tuple(Sent(datetime.fromisoformat(at), *rest) for at, *rest in rows)


_PLAIN: _Codec = (_same, _same)
_INSTANT: _Codec = (datetime.isoformat, datetime.fromisoformat)
_TUPLE: _Codec = (list, tuple)
_WEEK: _Codec = (
    lambda week: [window and list(window) for window in week],
    lambda week: tuple(window and tuple(window) for window in week),
)
_CODECS: dict[str, _Codec] = {
    "at": _INSTANT,
    "recorded_at": _INSTANT,
    "in_reply_to_at": _INSTANT,
    "expires_at": _INSTANT,
    "next_appointment_at": _INSTANT,
    "last_touch_at": _INSTANT,
    "number_checked_at": _INSTANT,
    "registry_checked_at": _INSTANT,
    "emergencies": _TUPLE,
    "states": _TUPLE,
    "zones": _TUPLE,
    "stopped": _TUPLE,
    "practice_hours": _WEEK,
    "sent": (_sent_to_json, _sent_from_json),
    "min_gap": (timedelta.total_seconds, lambda seconds: timedelta(seconds=seconds)),
}
_SHAPES: dict[type, tuple[tuple[str, Any, Callable[[Any], Any]], ...]] = {}


def _shape(kind: type) -> tuple[tuple[str, Any, Callable[[Any], Any]], ...]:
    if kind not in _SHAPES:
        _SHAPES[kind] = tuple((one.name, one.default, _CODECS.get(one.name, _PLAIN)[0]) for one in fields(kind))
    return _SHAPES[kind]


def _to_json(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, default, encode in _shape(type(value)):
        held = getattr(value, name)
        if default is MISSING or held != default:
            found[name] = held if held is None else encode(held)
    return found


def _from_json(kind: type, found: Mapping[str, Any]) -> Any:
    return kind(**{name: held if held is None else _CODECS.get(name, _PLAIN)[1](held) for name, held in found.items()})
