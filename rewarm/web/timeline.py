"""Tells what happened with a contact, newest first, and why: each touch with its receipt and the sources of its words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from rewarm.adapters.rules import UnknownRules, rule_set
from rewarm.domain.calendars import RuleSet
from rewarm.domain.event import Kind
from rewarm.domain.explanation import Explanation, explain
from rewarm.domain.verdict import REASONS
from rewarm.models import Campaign, Contact, Event, Fact, Message, Touch, Workspace
from rewarm.web.words import clock_of, phone, reason, urgency, words

LONGEST = 300

# Touches tell their own story, with more detail than their events.
_OF_TOUCHES = (
    Kind.TOUCH_PLANNED, Kind.TOUCH_DELAYED, Kind.TOUCH_SUPPRESSED, Kind.TOUCH_FAILED, Kind.SENT, Kind.SENDING_UNKNOWN,
    Kind.DELIVERED, Kind.UNDELIVERED, Kind.READ, Kind.REPLIED,
)  # fmt: skip
SAID: Mapping[str, str] = {
    "imported": "Came in with an import", "merged": "Two rows turned out to be this one person",
    "enrolled": "Joined a journey", "held_out": "Was drawn to be held out: no messages, so that results are honest",
    "journey_ended": "The journey ended", "opened": "Opened an e-mail", "clicked": "Followed a link",
    "opted_out": "Asked us to stop", "opted_in": "Asked to hear from us again",
    "assistant_off": "The assistant was switched off", "assistant_on": "The assistant was switched on",
    "handed_off": "A person was called", "claimed": "Was taken by a person", "handed_back": "Was given back",
    "offered": "Free times were offered", "booked": "Booked a visit", "rescheduled": "Moved the visit",
    "cancelled": "Cancelled the visit", "confirmed": "Confirmed the visit", "reminded": "Was reminded",
    "showed": "Came to the visit", "missed": "Did not come", "purchased": "Bought",
    "evidence_attached": "Consent was backed by evidence", "evidence_exported": "The evidence was handed out",
}  # fmt: skip
STRONG = frozenset({"opted_out", "handed_off", "booked", "showed", "purchased", "missed"})
_INPUTS: Mapping[str, str] = {
    "states": "May be in", "zones": "Time zones that may apply", "zone_source": "Zone known from", "country": "Country",
    "next_appointment_at": "Next visit", "conversation_live": "In a conversation", "last_touch_at": "Last heard from us",
    "unusable": "Address unusable", "stopped": "Stop switches on", "deceased": "Has died", "held_out": "Held out",
    "sent": "Messages in the last 60 days", "email_soft_ok": "E-mail on an existing relationship",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a message's text, and what vouches for it."""

    text: str
    kind: str = ""
    says: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """The gate's receipt in words."""

    verdict: str
    reason: str
    rules: str
    at: datetime | None
    inputs: tuple[tuple[str, str], ...]
    ledger: tuple[str, ...]
    checks: tuple[str, ...] = ()
    told: Explanation | None = None  # the law behind it, what cures it, the first minute at which it may go


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    at: datetime
    what: str
    detail: str = ""
    strong: bool = False
    quiet: bool = False
    quote: str = ""
    intents: tuple[str, ...] = ()
    touch: Touch | None = None
    pieces: tuple[Piece, ...] = field(default=())
    why: Why | None = None


def timeline(workspace: Workspace, contact: Contact) -> list[Entry]:
    """Merge events, touches and replies of one contact, the newest first."""
    zone = ZoneInfo(workspace.zone)
    facts = {str(one.id): one.quote for one in Fact.objects.filter(workspace=workspace, contact=contact)}
    touches = Touch.objects.filter(workspace=workspace, contact=contact).select_related("campaign")
    replies = Message.objects.filter(workspace=workspace, contact=contact, direction="in")
    events = Event.objects.filter(workspace=workspace, contact=contact.id).exclude(kind__in=_OF_TOUCHES)
    names = dict(Campaign.objects.filter(workspace=workspace).values_list("id", "name"))
    entries = [
        *(_of_touch(touch, facts, zone) for touch in touches.order_by("-planned_at")[:LONGEST]),
        *(_of_reply(reply) for reply in replies.order_by("-at")[:LONGEST]),
        *(_of_event(event, names) for event in events.order_by("-at")[:LONGEST]),
    ]
    entries.sort(key=lambda one: (one.at, one.what), reverse=True)
    return list(_together(entries))[:LONGEST]


def _together(entries: Iterable[Entry]) -> Iterable[Entry]:
    """Say once what happened at one instant several times over, as when one import brings evidence for two channels."""
    for _, same in groupby(entries, key=lambda one: (one.at, one.what)):
        group = list(same)
        if group[0].touch or group[0].quote:
            yield from group
        else:
            details = dict.fromkeys(one.detail for one in group if one.detail)
            yield replace(group[0], detail=", ".join(details))


def _of_event(event: Event, campaigns: Mapping[UUID, str]) -> Entry:
    data, detail = dict(event.data), ""
    if event.kind in ("enrolled", "held_out"):
        detail = next((name for one, name in campaigns.items() if event.cause == f"campaign:{one}"), "")
    elif "reason" in data or "because" in data:
        detail = words(data.get("reason") or data.get("because"))
    elif "channel" in data:
        detail = f"by {words(data['channel'])}"
    elif "by" in data:
        detail = {"assistant": "with the assistant", "page": "on the booking page", "desk": "by the front desk"}.get(
            str(data["by"]), f"by {data['by']}"
        )
    elif "urgency" in data:
        detail = urgency(data["urgency"])
    return Entry(event.at, SAID.get(event.kind, words(event.kind)), detail, strong=event.kind in STRONG)


def _of_reply(message: Message) -> Entry:
    reading = message.reading or {}
    return Entry(
        message.at, f"Wrote to us by {words(message.channel)}", _heard(reading), strong=True,
        quote=message.body, intents=tuple(reading.get("intents", ())),
    )  # fmt: skip


def _heard(reading: Mapping[str, Any]) -> str:
    """Say what decided the reading of a reply: the words that gave it away, or why nobody could tell."""
    says = str(reading.get("why") or "")
    gave_away = reading.get("intents") and "unclear" not in reading["intents"] and not says.startswith("a person")
    return f"Recognised by “{says}”" if gave_away and says else reason(says)


def _of_touch(touch: Touch, facts: Mapping[str, str], zone: ZoneInfo) -> Entry:
    kind = {"marketing": "message", "reply": "answer", "opt_out_confirmation": "confirmation"}.get(
        touch.purpose, touch.purpose
    )
    what = f"{words(touch.channel)} {kind}".capitalize()
    at = touch.sent_at or touch.dispatched_at or (touch.due if touch.state == "planned" else touch.planned_at)
    return Entry(
        at, what, touch.campaign.name if touch.campaign else "", quiet=touch.state in ("suppressed", "failed"), touch=touch,
        pieces=tuple(pieces(str(touch.body or ""), touch.sources, facts)), why=why(touch, zone),
    )  # fmt: skip


def pieces(text: str, sources: Sequence[Mapping[str, Any]], facts: Mapping[str, str]) -> Iterable[Piece]:
    """Cut a text at its sources: what was said by whom stands behind each marked stretch."""
    at = 0
    for source in sorted(sources, key=lambda one: int(one["start"])):
        start, end = int(source["start"]), int(source["end"])
        if start < at or end > len(text):
            continue
        if start > at:
            yield Piece(text[at:start])
        yield Piece(text[start:end], str(source["kind"]), _vouches(str(source["kind"]), str(source["id"]), facts))
        at = end
    if at < len(text):
        yield Piece(text[at:])


def _vouches(kind: str, one: str, facts: Mapping[str, str]) -> str:
    if kind == "fact":
        return f"From a note: “{facts[one]}”" if one in facts else "From a note that is no longer there"
    named = {
        "field": "From the record",
        "occasion": "A true date",
        "claim": "An approved claim",
        "brand": "The practice",
    }
    return f"{named.get(kind, kind)}: {words(one.partition(':')[0] if kind == 'occasion' else one)}"


def why(touch: Touch, zone: ZoneInfo) -> Why | None:
    """Read the receipt of a touch on the practice's clock; None where the gate was never asked and nothing explains itself."""
    receipt: Mapping[str, Any] = touch.receipt or {}
    checks = tuple(str(one) for one in receipt.get("checks", ()))
    if not receipt:
        return Why("Not sent", reason(touch.reason), "", None, (), ()) if touch.reason else None
    verdict = {"allow": "Allowed", "delay": "Delayed", "deny": "Refused"}.get(str(receipt.get("verdict")), "Not sent")
    says = REASONS.get(str(receipt.get("reason")), "") if receipt.get("reason") else ""
    now = receipt.get("now")
    return Why(
        verdict, says or reason(touch.reason) if touch.state in ("suppressed", "failed") else says,
        str(receipt.get("rules", "")), datetime.fromisoformat(now) if now else None,
        tuple(_inputs(receipt.get("contact", {}), zone)), tuple(_ledger(receipt.get("ledger", ()))), checks,
        explain(dict(receipt), _rules(str(receipt.get("rules", "")))) if receipt.get("verdict") != "allow" else None,
    )  # fmt: skip


def _rules(version: str) -> RuleSet | None:
    try:
        return rule_set(version) if version else None
    except UnknownRules:
        return None


def _said(local: datetime) -> str:
    return f"{local:%b} {local.day}, {local.year}, {clock_of(local)}"


def _inputs(contact: Mapping[str, Any], zone: ZoneInfo) -> Iterable[tuple[str, str]]:
    for key, name in _INPUTS.items():
        if key not in contact:
            continue
        value = contact[key]
        if key == "sent":
            yield name, str(len(value))
        elif key.endswith("_at") and value:
            yield name, _said(datetime.fromisoformat(value).astimezone(zone))
        elif isinstance(value, list):
            yield name, ", ".join(map(str, value))
        else:
            yield name, "yes" if value is True else words(value)


def _ledger(lines: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for line in lines:
        at = str(line.get("at") or line.get("recorded_at") or "")[:10]
        said = f"{words(line.get('channel'))}: {words(line.get('act'))}"
        yield f"{phone(line.get('address'))} · {said}, {at}, {line.get('source', '')}"
