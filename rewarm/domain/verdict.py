"""Names what the gate is asked and what it may answer, with each reason in words for people."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from rewarm.domain import calendars
from rewarm.domain.calendars import Week

Purpose = Literal["marketing", "informational", "reminder", "reply", "opt_out_confirmation"]

DEFAULT_HOURS: Week = calendars.week((540, 1200), (540, 1200), None)

REASONS = {
    "stopped": "A stop switch is on.",
    "no_sender": "No sender is set up for this channel.",
    "appointment_gone": "The visit was moved, called off or is over.",
    "deceased": "This person has died.",
    "unusable": "This address no longer works.",
    "reassigned": "This number belongs to somebody else now.",
    "no_seller": "The message does not say on whose behalf it goes.",
    "opted_out": "They asked us to stop.",
    "no_consent": "We hold no consent for marketing on this channel.",
    "no_permission": "Nothing shows that they gave us this number to be written to.",
    "no_health_consent": "They never were a patient, and their state wants their own consent to the use of health data.",
    "no_opt_out_to_confirm": "There is no fresh opt-out to confirm.",
    "already_confirmed": "Their opt-out has been confirmed already.",
    "held_out": "They are in the group that we deliberately do not write to.",
    "third_party_paid": "Somebody else pays for this message and they have not authorised that.",
    "too_sensitive": "It says more about their health than they accepted on this channel.",
    "expired": "It is too late for this message.",
    "unsigned": "The text does not name the practice.",
    "no_way_out": "The text does not say how to make us stop, and it is time that one does.",
    "no_postal_address": "The letter does not give the practice's postal address.",
    "unknown_zone": "We do not know where they live, so we do not know what time it is there.",
    "no_rules": "We hold no rules for this country.",
    "emergency": "A state of emergency is declared where they may be.",
    "number_unchecked": "Their state requires a reassigned-number check and ours is missing or old.",
    "on_registry": "The number is on the national do-not-call registry, and their state forbids texts to it.",
    "registry_unchecked": "Their state forbids texts to registered numbers, and our check of the registry is missing or old.",
    "no_open_hour": "There is no hour at which every place they may be in allows it.",
    "live_conversation": "They are in a conversation right now.",
    "quiet_hours": "It is outside the hours at which we may write to them.",
    "practice_hours": "It is outside the practice's hours.",
    "appointment_ahead": "They have an appointment coming up.",
    "state_cap": "Their state allows no more messages for now.",
    "weekly_cap": "They have heard from us enough this week.",
    "min_gap": "They heard from us only recently.",
    "reply_flood": "This conversation has become too fast to be one between people.",
    "gate_error": "The gate could not decide, so nothing was sent.",
}


@dataclass(frozen=True, slots=True)
class Proposed:
    """A message that somebody wants to send.

    What the text itself says is None while there is no text yet, as when one asks ahead; whoever sends must have read it.
    Everything a practice sells is one `subject`: to split it would only widen the caps of the states that count by subject.
    """

    id: str
    purpose: Purpose
    channel: str
    address: str
    seller: str
    subject: str = "marketing"
    sensitivity: int = 0
    in_reply_to_at: datetime | None = None
    third_party_paid: bool = False
    paid_by: str = ""  # who else pays for it
    content_is_offer: bool = False  # whoever wrote it says so
    words_sell: bool = False  # the words say so
    expires_at: datetime | None = None
    sender_id: str = ""
    contact: str = ""  # whom it is for, where an address is shared
    names_seller: bool | None = None
    says_way_out: bool | None = None
    gives_address: bool | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that used up a cap: sent, in flight or unknown."""

    at: datetime
    purpose: Purpose
    channel: str
    subject: str = "marketing"
    said_way_out: bool = False


@dataclass(frozen=True, slots=True)
class ContactView:
    """What the gate must know of the person and the place. `sent`: to this address in 60 days, from everywhere."""

    deceased: bool = False
    held_out: bool = False
    states: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    zone_source: str = ""
    country: str = "US"
    next_appointment_at: datetime | None = None
    conversation_live: bool = False
    sent: tuple[Sent, ...] = ()
    last_touch_at: datetime | None = None
    unusable: bool = False
    accepts_sensitivity: int = 1
    practice_hours: Week = DEFAULT_HOURS
    min_gap: timedelta = timedelta(days=2)
    weekly_cap: int = 3
    stopped: tuple[str, ...] = ()
    email_soft_ok: bool = False
    third_party_authorised: bool = False
    number_checked_at: datetime | None = None  # against the reassigned-numbers database
    reassigned: bool = False
    registry_checked_at: datetime | None = None  # against the national do-not-call registry
    on_registry: bool = False
    lead: bool = False  # never a patient: what we know of them is health data outside of HIPAA
    gave_number: bool = False  # a visit, a purchase or an inquiry of theirs is on file
    emergencies: tuple[str, ...] = ()  # states under an operator's flag


Receipt = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Allow:
    """Send it now."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Delay:
    """Not now; at `retry_at` the same question would be answered with Allow."""

    reason: str
    retry_at: datetime
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Deny:
    """Never, as things stand."""

    reason: str
    receipt: Receipt


Verdict = Allow | Delay | Deny
