"""Says values in words: the filters that every template knows without loading them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone

from rewarm.domain.explanation import HOUSE, Explanation
from rewarm.domain.money import Money
from rewarm.domain.rates import Rate, rate
from rewarm.domain.verdict import REASONS

register = template.Library()

NAMES = {
    # what somebody meant
    "opt_out": "stop", "wrong_number": "wrong number", "not_interested": "not interested", "later": "later",
    "ask_price": "asks the price", "ask_insurance": "asks about insurance", "ask_question": "asks a question",
    "tell_more": "wants to know more", "book": "wants to book", "pick_slot": "picks a time",
    "decline_slots": "wants another time", "cancel_appointment": "cancels", "medical_urgent": "medical red flag",
    "want_human": "wants a person", "give_info": "tells us something", "proxy": "somebody else writes",
    "other_language": "another language", "auto_reply": "automatic reply", "channel_change": "wants another channel",
    "already_solved": "already solved",
    # visits, touches, people
    "no_show": "did not come", "sms": "text", "email": "e-mail", "call": "phone call", "opted_out": "asked us to stop",
    "opted_in": "asked to hear from us again", "holdout": "held out, to measure honestly", "granted": "yes",
    "denied": "no", "opt_out_confirmation": "confirmation of an opt-out", "lead_status": "status",
}  # fmt: skip
URGENCIES = {"urgent": "Urgent", "hot": "Ready to talk", "unsure": "Not sure"}
STATES = {
    "planned": "planned", "leased": "on its way", "dispatching": "on its way", "unknown": "waiting for the carrier",
    "sent": "sent", "closed": "the carrier never said", "suppressed": "not sent", "failed": "failed",
}  # fmt: skip
MORE_REASONS = {
    "holdout": "They are in the group that we deliberately do not write to, so that the results are honest.",
    "replied": "They wrote to us, so what was planned gave way to the conversation.",
    "booked": "They booked a visit, so there was nothing left to ask for.",
    "appointment moved": "The visit was moved, and its old reminders with it.",
    "opted_out": "They asked us to stop.",
    "draft": "The draft did not pass its checks.",
    "no rule knows this text": "We could not tell what they mean.",
}


@register.filter
def words(value: object) -> str:
    """Say a slug as people do."""
    text = str(value or "")
    return NAMES.get(text, text.replace("_", " ").replace("-", " "))


@register.filter
def field(name: str) -> str:
    """Say what a column of an import is taken for."""
    return "asked not to be contacted" if name == "opt_out" else name.replace("_", " ").replace("sms", "texts")


@register.filter
def title(value: object) -> str:
    """Say a slug with a capital letter."""
    said = words(value)
    return said[:1].upper() + said[1:]


@register.filter
def named(slug: str, names: Mapping[str, str]) -> str:
    """Say what the practice calls this; the slug's words where it has no name."""
    return names.get(slug) or title(slug)


@register.filter
def reason(value: object) -> str:
    """Say why the gate, or we ourselves, held something back or called somebody."""
    text = str(value or "")
    slug = text.partition(":")[0]
    return MORE_REASONS.get(slug) or REASONS.get(slug) or title(text)


@register.filter
def cure(told: Explanation | None) -> str:
    """Say what would change a refusal; nothing needs to where a minute is named from which it may go."""
    if told is None or not told.cure or told.first_minute:
        return ""
    if told.cure.startswith("Nothing"):
        return told.cure.replace("Nothing", "Nothing will change that", 1)
    what, _, more = told.cure.partition(": ")
    return f"{more[:1].upper()}{more[1:]}" if what == "Time" else f"What would help: {told.cure}"


@register.filter
def law(told: Explanation | None) -> str:
    """Name the law behind a refusal, or say that it is only our own rule."""
    return "" if told is None else "Our own rule." if told.law == HOUSE else told.law


@register.filter
def urgency(value: object) -> str:
    """Say how urgently a person is needed."""
    return URGENCIES.get(str(value), title(value))


@register.filter
def standing_of(touch: Any) -> str:
    """Say where a message is: what the carrier reported, else where it stands with us."""
    if touch.state == "sent" and touch.status in ("delivered", "undelivered"):
        return "delivered" if touch.status == "delivered" else "could not be delivered"
    return STATES.get(touch.state, str(touch.state))


@register.filter
def ago(at: datetime | None, now: datetime) -> str:
    """Say how long ago, roughly: "4 min", "3 h", "2 days"."""
    if at is None:
        return ""
    passed = now - at
    if passed < timedelta(minutes=1):
        return "just now"
    if passed < timedelta(hours=1):
        return f"{passed.seconds // 60} min"
    if passed < timedelta(days=1):
        return f"{passed.seconds // 3600} h"
    days = passed.days
    return f"{days} day{'s' if days > 1 else ''}" if days < 60 else f"{days // 30} months"


@register.filter
def when(at: datetime | None, now: datetime) -> str:
    """Say an instant on the practice's clock, as short as it can be understood."""
    if at is None:
        return ""
    local, today = timezone.localtime(at), timezone.localtime(now).date()
    clock = f"{local.hour % 12 or 12}:{local:%M %p}"
    days = (local.date() - today).days
    if days == 0:
        return clock
    if days in (-1, 1):
        return f"{'Yesterday' if days < 0 else 'Tomorrow'} {clock}"
    if abs(days) < 6:
        return f"{local:%a} {clock}"
    return f"{local:%b} {local.day}" if local.year == today.year else day(local.date())


@register.filter
def clock(at: datetime) -> str:
    """Say the time of day."""
    local = timezone.localtime(at)
    return f"{local.hour % 12 or 12}:{local:%M %p}"


@register.filter
def day(on: date | None) -> str:
    """Say a day, with its year."""
    return f"{on:%b} {on.day}, {on.year}" if on else ""


@register.filter
def phone(address: object) -> str:
    """Write a North American number as people do; anything else as it is."""
    text = str(address or "")
    if text.startswith("+1") and len(text) == 12:
        return f"({text[2:5]}) {text[5:8]}-{text[8:]}"
    return text


@register.filter
def money(amount: Decimal | float | None, currency: str = "USD") -> str:
    """Say an amount."""
    return "" if amount is None else str(Money(Decimal(round(amount)), currency))


@register.filter
def share(count: int, of: int) -> str:
    """Say a count of a number: "3 of 14" below twenty, else with its percentage."""
    seen: Rate = rate(count, of)
    return f"{count:,} of {of:,}" if of < 20 else f"{count:,} of {of:,} ({seen.count / seen.of:.0%})"


@register.filter
def total(counts: Iterable[int]) -> int:
    """Add counts up."""
    return sum(counts)


@register.filter
def initials(name: object) -> str:
    """Take up to two first letters."""
    return "".join(part[0] for part in str(name).split()[:2]).upper() or "?"


@register.simple_tag
def form_key() -> str:
    """Make the key that turns a double click into one action."""
    return str(uuid.uuid4())


@register.filter
def clock_of(local: datetime) -> str:
    """Say the time of day of an instant that is in its local zone already."""
    return f"{local.hour % 12 or 12}:{local:%M %p}"
