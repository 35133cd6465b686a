"""Shows what the gate would say: {message, contact, ledger, now} in, the verdict and its receipt out.

A line {"receipt": ...} is judged again from the receipt alone, under the rules that it names, however old. Only the law
speaks unless the contact brings `practice_hours`, `min_gap` (days) or `weekly_cap`. A message's `text` is read as the
sending path reads it. What a line leaves out that no one would write down is taken to be in order and named under `assumed`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from rewarm.adapters.rules import rule_set, states_of, zones_of
from rewarm.domain.calendars import Week, Window, area_of
from rewarm.domain.consent import DENIALS, Entry, ledger_address, ledger_channel
from rewarm.domain.identification import gives_address, names_seller, says_way_out, sells
from rewarm.domain.policy import REASONS, ContactView, Delay, Proposed, Purpose, Sent, Verdict, judge, replay

Line = Mapping[str, Any]
SELLER = "the practice"
ALWAYS: Week = ((0, 1440),) * 7
HELD = frozenset({"granted", "opted_in", "permitted", "withdrawn"})
ACTS = {
    "grant": "granted", "consent": "granted", "pewc": "granted", "opt_out": "opted_out", "stop": "opted_out",
    "unsubscribed": "opted_out", "opt_in": "opted_in", "start": "opted_in", "deny": "denied",
    "do_not_contact": "denied", "bounce": "bounced", "complaint": "complained",
}  # fmt: skip
PURPOSES: dict[str, Purpose] = {
    "promotional": "marketing", "transactional": "informational", "appointment_reminder": "reminder",
    "confirmation": "reminder", "answer": "reply",
}  # fmt: skip
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def main(argv: list[str]) -> int:
    """Answer one JSON object a line."""
    from rewarm.cli.try_ import run_lines

    return run_lines(answer)


def answer(line: Line) -> dict[str, Any]:
    """Judge one question, or judge a receipt again; raises KeyError, TypeError or ValueError on nonsense."""
    if "receipt" in line:
        return _again(line["receipt"])
    now = _instant(line["now"])
    contact = line.get("contact") or {}
    message = _message(line["message"], contact)
    ledger = [*_entries(line.get("ledger") or (), message, now), *_consents(contact, message)]
    area = area_of(ledger_address(message.address), rule_set())
    home = {"country": area.country} if area else {}  # who tells no country lives where the phone is from
    view = _view({"emergencies": line.get("emergencies") or (), **home, **contact})
    unsaid = {name: value for name, value in _in_order(now).items() if name not in contact}
    verdict = judge(message, replace(view, **unsaid), ledger, rule_set(), now)
    found: dict[str, Any] = {"id": line["id"]} if "id" in line else {}
    if _told(judge(message, view, ledger, rule_set(), now))["reason"] != _told(verdict)["reason"]:
        found["assumed"] = sorted(unsaid)
    return {**found, **_told(verdict)}


def _in_order(now: datetime) -> dict[str, Any]:
    return {"registry_checked_at": now, "gave_number": True}


def _again(receipt: Line) -> dict[str, Any]:
    """Judge from a receipt under the rules of its day; raises ValueError when nobody kept those, or it holds no question."""
    told = _told(replay(dict(receipt), rule_set(str(receipt.get("rules", "")))))
    return {**told, "same": all(told[name] == receipt.get(name) for name in ("verdict", "reason", "retry_at"))}


def _told(verdict: Verdict) -> dict[str, Any]:
    reason = getattr(verdict, "reason", None)
    return {
        "verdict": type(verdict).__name__.lower(),
        "reason": reason,
        "why": REASONS[reason] if reason else None,
        "retry_at": verdict.retry_at.isoformat() if isinstance(verdict, Delay) else None,
        "receipt": verdict.receipt,
    }


def _message(given: Line, contact: Line) -> Proposed:
    address = given.get("address") or given.get("to")
    channel = given.get("channel") or ("email" if "@" in (address or "") else "sms")
    address = address or (contact.get("email") if channel == "email" else contact.get("phone")) or ""
    purpose: Any = given.get("purpose", "marketing")
    instants: dict[str, Any] = {
        name: _instant(given[name]) for name in ("in_reply_to_at", "expires_at") if given.get(name)
    }
    seller = given.get("seller", SELLER)
    said = _read(given, channel, seller) if given.get("text") else {}
    return Proposed(
        id=str(given.get("id", "")),
        purpose=PURPOSES.get(purpose, purpose),
        channel=channel,
        address=_address(address),
        seller=seller,
        **{
            **said,
            **_known(Proposed, given, besides=("id", "purpose", "channel", "address", "seller", *instants)),
            **instants,
        },
    )


def _read(given: Line, channel: str, seller: str) -> dict[str, Any]:
    """Read what the text says about itself; the practice's postal address is asked for only where the line gives it."""
    from rewarm.adapters.pack_content import style  # the templates behind it take their time to load
    from rewarm.adapters.wording import wording

    text = str(given["text"])
    address = given.get("postal_address")
    return {
        "names_seller": None if seller == SELLER else names_seller(text, (seller,)),
        "says_way_out": says_way_out(text, wording()) if channel != "email" else given.get("says_way_out"),
        "gives_address": gives_address(text, address) if address else None,
        "words_sell": sells(text, (seller,), wording(), style(str(given.get("pack", "audiology"))).watch),
    }


def _view(given: Line) -> ContactView:
    code = str(given.get("zip") or "")
    states = [name for told in (*_list(given, "states", "state"), "") for name in states_of(told, code)]
    zones = [name for told in (*_list(given, "zones", "zone", "timezone", "tz"), "") for name in zones_of(told, code)]
    read = {
        "states": tuple(dict.fromkeys(states)),
        "zones": tuple(dict.fromkeys(zones)),
        "sent": tuple(_sent(one) for one in given.get("sent") or ()),
        "stopped": tuple(_list(given, "stopped")),
        "emergencies": tuple(_list(given, "emergencies")),
        "practice_hours": _hours(given["practice_hours"]) if given.get("practice_hours") else ALWAYS,
        "min_gap": timedelta(days=given.get("min_gap") or 0),
        "weekly_cap": given.get("weekly_cap", 1000),
    }
    for name in ("next_appointment_at", "last_touch_at", "number_checked_at", "registry_checked_at"):
        read[name] = _instant(given[name]) if given.get(name) else None
    return ContactView(**_known(ContactView, given, besides=tuple(read)), **read)


def _sent(given: Line | str) -> Sent:
    if isinstance(given, str):
        return Sent(_instant(given), "marketing", "sms")
    return Sent(
        _instant(given["at"]),
        given.get("purpose", "marketing"),
        given.get("channel", "sms"),
        given.get("subject", "marketing"),
        bool(given.get("said_way_out", False)),
    )


def _entries(given: Iterable[Line], message: Proposed, now: datetime) -> Iterable[Entry]:
    for number, line in enumerate(given):
        act = str(line.get("act") or line.get("kind") or line.get("event")).lower()
        act = ACTS.get(act, act)
        if act not in DENIALS | HELD:
            raise ValueError(f"ledger: {act!r} is no act")
        at = _instant(line["at"]) if line.get("at") else None
        source = str(line.get("source") or "given")
        yield Entry(
            address=_address(line.get("address") or message.address),
            # An opt-out that names no channel closes all of them, a grant only the one asked about.
            channel=line.get("channel") or ("all" if act in DENIALS else ledger_channel(message.channel)),  # type: ignore[arg-type]
            act=act,  # type: ignore[arg-type]
            scope=line.get("scope") or "all",
            at=at,
            recorded_at=_instant(line["recorded_at"]) if line.get("recorded_at") else (at or now),
            source=source,
            evidence=line.get("evidence", source),
            id=str(line.get("id", number)),
            seller=line.get("seller", ""),
        )


def _consents(contact: Line, message: Proposed) -> Iterable[Entry]:
    """Read `consent: {"sms": "granted"}` of a contact as ledger lines of the dawn of time."""
    dawn = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
    for channel, verdict in (contact.get("consent") or {}).items():
        if verdict in ("granted", "denied"):
            yield Entry(message.address, channel, verdict, "all", dawn, dawn, "contact", "as given", channel)


def _known(kind: type, given: Line, besides: Sequence[str]) -> dict[str, Any]:
    return {f.name: given[f.name] for f in fields(kind) if f.name in given and f.name not in besides}


def _list(given: Line, *names: str) -> list[str]:
    found: list[str] = []
    for name in names:
        held = given.get(name) or ()
        found += [held] if isinstance(held, str) else list(held)
    return found


def _hours(given: Any) -> Week:
    """Read "09:00-20:00" for every day, or {"mon": "09:00-20:00", ...} with the missing days closed."""
    if isinstance(given, str):
        return (_window(given),) * 7
    return tuple(_window(given.get(day)) for day in DAYS)


def _window(text: str | None) -> Window | None:
    if not text:
        return None
    opens, closes = (int(clock.split(":")[0]) * 60 + int(clock.split(":")[1]) for clock in text.split("-"))
    return opens, closes


def _address(text: str) -> str:
    """Spell a US number in E.164; leave every other address to the ledger's spelling."""
    digits = "".join(c for c in text if c.isdigit())
    if "@" in text or not digits:
        return ledger_address(text)
    if "+" in text:
        return "+" + digits
    return ("+1" if len(digits) == 10 else "+") + digits


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"{text} has no offset from UTC")
    return at
