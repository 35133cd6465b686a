"""Names the closed list of things that can happen; one append-only table of them feeds timeline, triggers, score and funnel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    """What happened, in the past tense. Adding a kind is safe; changing what one means needs a new schema number."""

    IMPORTED = "imported"  # the contact came in or was changed by a file
    MERGED = "merged"  # two rows turned out to be one person
    ENROLLED = "enrolled"
    HELD_OUT = "held_out"  # enrolled, and chosen not to be written to
    JOURNEY_ENDED = "journey_ended"
    TOUCH_PLANNED = "touch_planned"
    TOUCH_DELAYED = "touch_delayed"
    TOUCH_SUPPRESSED = "touch_suppressed"
    TOUCH_FAILED = "touch_failed"
    SENT = "sent"
    SENDING_UNKNOWN = "sending_unknown"  # the carrier's answer never came
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    OPENED = "opened"
    CLICKED = "clicked"
    REPLIED = "replied"
    READ = "read"  # a reply was understood, with its intents
    OPTED_OUT = "opted_out"
    OPTED_IN = "opted_in"
    ASSISTANT_OFF = "assistant_off"
    ASSISTANT_ON = "assistant_on"
    HANDED_OFF = "handed_off"
    CLAIMED = "claimed"
    HANDED_BACK = "handed_back"
    OFFERED = "offered"  # free slots were offered
    BOOKED = "booked"
    RESCHEDULED = "rescheduled"
    CANCELLED = "cancelled"
    CONFIRMED = "confirmed"
    REMINDED = "reminded"
    SHOWED = "showed"
    MISSED = "missed"
    PURCHASED = "purchased"
    EVIDENCE_ATTACHED = "evidence_attached"
    EVIDENCE_EXPORTED = "evidence_exported"  # somebody took away all that shows why a person was written to
    LAUNCHED = "launched"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Happened:
    """One event: ids and plain facts only, no names and no free text, so that erasing a person leaves it whole.

    `at` is business time. `cause` names what led to it (a touch, a message, a user), as `kind:id`.
    """

    kind: Kind
    at: datetime
    contact: UUID | None = None
    cause: str = ""
    data: Mapping[str, object] = field(default_factory=dict)
