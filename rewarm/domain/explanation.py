"""Says in words why the gate decided as it did: the rule, the law behind it, what cures it, the first allowed minute."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from rewarm.domain import calendars, receipt
from rewarm.domain.calendars import Place, Row, RuleSet
from rewarm.domain.policy import place_for
from rewarm.domain.verdict import REASONS, Receipt

HOUSE = "house rule"


@dataclass(frozen=True, slots=True)
class Basis:
    """What a reason rests on, and what would change it."""

    law: str
    cure: str


BASES: Mapping[str, Basis] = {
    "stopped": Basis(HOUSE, "Switch it on again."),
    "no_sender": Basis(HOUSE, "Set up a sender for this channel."),
    "appointment_gone": Basis(HOUSE, "Nothing: there is no visit to write about."),
    "deceased": Basis(HOUSE, "Nothing."),
    "unusable": Basis(HOUSE, "Another address."),
    "reassigned": Basis("47 CFR 64.1200(m)", "Another number, or a later check that says no."),
    "no_seller": Basis("47 CFR 64.1200(d)(4)", "Give the practice its legal name."),
    "opted_out": Basis("47 CFR 64.1200(a)(10), (d)(3)", "Only they themselves, by START on the same address."),
    "no_consent": Basis("47 CFR 64.1200(a)(2), (f)(9)", "Their written consent, with its evidence."),
    "no_permission": Basis(
        "47 CFR 64.1200(a)(1); FCC 92-443, 31", "A visit, an inquiry or a message of theirs, or a consent."
    ),
    "no_health_consent": Basis(
        "RCW 19.373.030; NRS 603A.400 ff.; Conn. Gen. Stat. 42-526",
        "Their own consent to the use of health data, with evidence.",
    ),
    "no_opt_out_to_confirm": Basis(
        "47 CFR 64.1200(a)(12)", "Nothing: five minutes after the opt-out the time has passed."
    ),
    "already_confirmed": Basis("47 CFR 64.1200(a)(12)", "Nothing: one confirmation is all the law allows."),
    "held_out": Basis(HOUSE, "Nothing while the campaign is measured."),
    "third_party_paid": Basis("45 CFR 164.501, 164.508(a)(3)", "Their authorisation that names who pays."),
    "too_sensitive": Basis("45 CFR 164.530(c)", "A plainer text, or their word that they accept more."),
    "expired": Basis(HOUSE, "Nothing: it has lost its sense."),
    "unsigned": Basis("47 CFR 64.1200(d)(4); 15 U.S.C. 7704(a)(5)", "Name the practice in the text; a link does not."),
    "no_way_out": Basis(
        "47 CFR 64.1200(a)(10); CTIA Principles 2023; 15 U.S.C. 7704(a)(3); RFC 8058",
        "In a text: which word makes it stop. In a letter: the link and its header.",
    ),
    "no_postal_address": Basis(
        "15 U.S.C. 7704(a)(5)(A)(iii)", "Give the practice's postal address, here and in the letter."
    ),
    "unknown_zone": Basis("47 CFR 64.1200(c)(1)", "Their ZIP code, state or time zone."),
    "no_rules": Basis("GDPR art. 9 and national law; none is on file", "Rules for the country, with their sources."),
    "emergency": Basis("NY GBL 399-z(5-a); La. R.S. 45:844.31", "The end of the emergency: take the flag off."),
    "number_unchecked": Basis("10 M.R.S. 1499-B", "rewarm registry FILE.csv --of reassigned, every 31 days."),
    "on_registry": Basis("A.R.S. 44-1282; 47 CFR 64.1200(c)(2)", "A later check that says no."),
    "registry_unchecked": Basis(
        "A.R.S. 44-1282; 47 CFR 64.1200(c)(2)(i)(D)", "rewarm registry FILE.csv --of do-not-call, every 31 days."
    ),
    "no_open_hour": Basis(HOUSE, "Wider hours of the practice, or knowing where they are."),
    "live_conversation": Basis(HOUSE, "Time: it goes on when the conversation has rested."),
    "quiet_hours": Basis("47 CFR 64.1200(c)(1) and state law", "Time."),
    "practice_hours": Basis(HOUSE, "Time."),
    "appointment_ahead": Basis(HOUSE, "Time: after the visit."),
    "state_cap": Basis("state law", "Time."),
    "weekly_cap": Basis(HOUSE, "Time."),
    "min_gap": Basis(HOUSE, "Time."),
    "reply_flood": Basis(HOUSE, "Time, or a person."),
    "gate_error": Basis(HOUSE, "Look at the error: until it is mended nothing goes."),
}


# Where another law speaks of letters than of calls and texts.
OF_LETTERS: Mapping[str, Basis] = {
    "no_consent": Basis(
        "CASL s. 6; PECR reg. 22; in the United States our own rule", "Their written consent, with its evidence."
    ),
    "opted_out": Basis("15 U.S.C. 7704(a)(3), (a)(4)", BASES["opted_out"].cure),
    "unsigned": Basis("15 U.S.C. 7704(a)(5)", BASES["unsigned"].cure),
    "no_way_out": Basis("15 U.S.C. 7704(a)(3); RFC 8058", "The link in the letter, and its header."),
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict for people. `places` tell what every place that may be theirs said; `clocks` the first minute on each clock."""

    verdict: str
    what: str
    law: str
    cure: str
    first_minute: datetime | None
    clocks: tuple[str, ...]
    places: tuple[str, ...]
    assumed_purpose: str  # what it was judged as, when that is not what it was called


def explain(proof: Receipt, rules: RuleSet | None) -> Explanation:
    """Put a receipt into words; without the rules that it was given under, the places stay unnamed. Never raises on old ones."""
    reason = proof.get("reason")
    basis = BASES.get(str(reason), Basis("", ""))
    at = datetime.fromisoformat(proof["retry_at"]) if proof.get("retry_at") else None
    clocks: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    renamed = ""
    if "message" in proof:
        if proof["message"]["channel"] == "email":
            basis = OF_LETTERS.get(str(reason), basis)
        if proof["judged_as"] != proof["message"]["purpose"]:
            renamed = str(proof["judged_as"])
        if rules is not None and rules.version == proof.get("rules"):
            message, view, _, now = receipt.read(proof)
            place = place_for(message, view, rules)
            clocks = tuple(_on_the_clock(at, zone) for zone in place.zones) if at else ()
            places = tuple(_said_by_places(str(reason), place, rules, now)) if message.channel != "email" else ()
    return Explanation(
        str(proof.get("verdict", "deny")),
        REASONS.get(str(reason), ""),
        basis.law,
        basis.cure,
        at,
        clocks,
        places,
        renamed,
    )


def _said_by_places(reason: str, place: Place, rules: RuleSet, now: datetime) -> Iterator[str]:
    match reason:
        case "quiet_hours":
            for row in place.rows:
                yield from _closed(row, place, now, rules.guard)
        case "state_cap":
            for row in place.rows:
                for cap in row.caps:
                    about = "about one subject" if cap.same_subject else "about anything"
                    yield _cited(row, f"{cap.n} in {int(cap.span / timedelta(hours=1))} hours {about}")
        case _ if reason in _ASKS:
            what, asks = _ASKS[reason]
            yield from (_cited(row, what) for row in place.rows if asks(row))


_ASKS: Mapping[str, tuple[str, Callable[[Row], bool]]] = {
    "number_unchecked": ("wants the number checked for a new owner", lambda row: row.needs_number_check),
    "registry_unchecked": ("wants the do-not-call registry asked", lambda row: row.needs_registry),
    "on_registry": ("forbids texts to registered numbers", lambda row: row.needs_registry),
    "no_health_consent": ("wants a consent to the use of health data", lambda row: row.needs_health_consent),
    "emergency": ("forbids advertising in an emergency", lambda row: row.emergency_ban),
}


def _closed(row: Row, place: Place, now: datetime, guard: timedelta) -> Iterator[str]:
    """Say on which clocks a row is closed, and when it would be open that day."""
    for zone in place.zones:
        if calendars.is_open(now, (row,), (zone,), guard):
            continue
        local = now.astimezone(calendars.zone_info(zone))
        window = calendars.window_of(row, local.date())
        opens = f"open from {_clock(window[0])} to {_clock(window[1])}" if window else "closed all day"
        yield _cited(row, f"{local:%A %H:%M} in {_city(zone)}, {opens}")


def _cited(row: Row, what: str) -> str:
    name = {"US": "federal law", "strict": "a state that we do not know"}.get(row.name, row.name)
    return f"{name}: {what}" + (f" ({row.source})" if row.source else "")


def _on_the_clock(at: datetime, zone: str) -> str:
    return f"{at.astimezone(calendars.zone_info(zone)):%A, %B %-d, %H:%M} in {_city(zone)}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")
