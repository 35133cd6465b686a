"""Decides what follows from a reply: an answer, an offer of times, a booking, a human, or a friendly silence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

# Read from a reply (rewarm.domain.intent); urgent first.
URGENT = ("medical_urgent", "complaint")
HUMAN = ("want_human", "deceased", "proxy", "channel_change", "other_language")
ASKS = ("ask_price", "ask_insurance", "ask_question", "tell_more")
# What needs no words of ours, or hardly any, in whichever language it was said.
UNDERSTOOD_ANYWHERE = ("thanks", "not_interested", "auto_reply", "spam")
# After this many questions in a row without a booking a person is better company than an assistant.
MOST_ANSWERS = 4
# Whoever names a day this near wants a visit rather than a pause.
SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Talk:
    """What the thread knows: the visit that is booked, what was offered, what we wait for, how often we answered."""

    pending: str = ""
    offered: tuple[datetime, ...] = ()
    appointment: datetime | None = None
    answers: int = 0
    today: date | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What was read from one or several texts that arrived together."""

    intents: tuple[str, ...]
    route: str
    why: str
    pick: int | None = None
    later_until: date | None = None
    availability: tuple[tuple[datetime, datetime], ...] | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer from the practice's own words: the question's kind; the next fitting step is part of the answer."""

    question: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Offer free times, those that suit `availability` first."""

    availability: tuple[tuple[datetime, datetime], ...] | None = None
    opening: Literal["plain", "declined", "reschedule", "taken", "answered"] = "plain"


@dataclass(frozen=True, slots=True)
class Book:
    """Book this start; `instead` when it replaces the visit that they have."""

    starts_at: datetime
    instead: bool = False


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancel the visit and offer another time without pressing."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """Note that they will come."""


@dataclass(frozen=True, slots=True)
class AskWhen:
    """Ask for a day or a time of day: they want a visit, and nothing that we know fits."""


@dataclass(frozen=True, slots=True)
class Say:
    """Say one short thing from the pack's reply texts."""

    key: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class HandOff:
    """Call a human; `urgency` is urgent (now, by every means), hot (a booking is near) or unsure (we did not understand)."""

    urgency: Literal["urgent", "hot", "unsure"]
    why: str
    silent: bool = False  # some news want a voice, not an automatic thank-you


@dataclass(frozen=True, slots=True)
class Postpone:
    """Sleep until they said, remembering."""

    until: date | None


@dataclass(frozen=True, slots=True)
class EndJourney:
    """Write no more of this journey; not an opt-out."""

    reason: str


@dataclass(frozen=True, slots=True)
class LeaveIt:
    """Deliberately answer nothing."""

    why: str


Command = Answer | Offer | Book | Cancel | Confirm | AskWhen | Say | HandOff | Postpone | EndJourney | LeaveIt


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do, in order; never empty, so that no reply is lost (promise 5)."""

    commands: tuple[Command, ...] = field(default=())


def decide(heard: Heard, talk: Talk) -> Plan:
    """Choose what follows from what was heard; opt-outs were honoured before this is asked."""
    intents = heard.intents
    return Plan(
        _urgent(intents)
        or _stops(heard, talk)
        or _appointment(heard, talk)
        or _picks(heard, talk)
        or _wants_time(heard, talk)
        or _asks(heard, talk)
        or _waits(heard, talk)
        or _small(heard, talk)
        or (HandOff("unsure", "We could not tell what they mean."),)
    )


def _urgent(intents: Sequence[str]) -> tuple[Command, ...]:
    if "medical_urgent" in intents and "opt_out" in intents:
        return (HandOff("urgent", "Describes a medical red flag, and wants no more texts.", silent=True),)
    if "medical_urgent" in intents:
        return (
            Say("medical_urgent"),
            HandOff("urgent", "Describes a medical red flag."),
            EndJourney("medical"),
        )
    if "complaint" in intents:
        return (HandOff("urgent", "Is unhappy with us.", silent=True), EndJourney("complaint"))
    if "deceased" in intents:
        return (HandOff("urgent", "Somebody says that this person has died.", silent=True), EndJourney("deceased"))
    return ()


def _stops(heard: Heard, talk: Talk) -> tuple[Command, ...]:
    """Whatever ends the writing without being an opt-out of the address."""
    intents = heard.intents
    if "opt_out" in intents or "wrong_number" in intents:
        return (LeaveIt("The opt-out was honoured when it arrived."),)
    if "want_human" in intents:
        return (HandOff("hot", "Asks for a person."),)
    if "channel_change" in intents:
        return (HandOff("hot", "Wants to be reached another way."),)
    if "proxy" in intents:
        return (HandOff("unsure", "Somebody else answers for them."),)
    about_visit = talk.appointment is not None and intents[0] in ("confirm", "cancel_appointment")
    if "other_language" in intents and intents[0] not in UNDERSTOOD_ANYWHERE and not about_visit:
        return (HandOff("unsure", "Writes in another language."),)
    return ()


def _appointment(heard: Heard, talk: Talk) -> tuple[Command, ...]:
    """What only makes sense with a visit in the calendar."""
    if talk.appointment is None:
        return ()
    if "reschedule" in heard.intents:
        return (Offer(heard.availability, "reschedule"),)
    if "cancel_appointment" in heard.intents:
        return (Cancel(),)
    if "confirm" in heard.intents and talk.confirmed and not talk.pending:
        return (LeaveIt("They had confirmed before."),)
    if "confirm" in heard.intents and talk.pending in ("confirm_appointment", ""):
        return (Confirm(),)
    if "deny" in heard.intents and talk.pending == "confirm_appointment":
        return (Offer(heard.availability, "reschedule"),)
    return ()


def _picks(heard: Heard, talk: Talk) -> tuple[Command, ...]:
    instead = talk.appointment is not None
    if heard.pick is not None and heard.pick < len(talk.offered):
        questions = tuple(Answer(kind) for kind in heard.intents if kind in ASKS)
        return (Book(talk.offered[heard.pick], instead), *questions[:1])
    if "pick_slot" in heard.intents:
        return (Say("which_slot"),) if talk.offered else (Offer(heard.availability),)
    if talk.pending == "confirm_booking" and "confirm" in heard.intents and len(talk.offered) == 1:
        return (Book(talk.offered[0], instead),)
    if talk.pending == "slot_choice" and "confirm" in heard.intents and talk.offered:
        return (Say("which_slot"),)
    return ()


def _wants_time(heard: Heard, talk: Talk) -> tuple[Command, ...]:
    questions = tuple(kind for kind in heard.intents if kind in ASKS)
    if "decline_slots" in heard.intents:
        return (Offer(heard.availability, "declined"),) if heard.availability else (AskWhen(),)
    if "book" in heard.intents or "reschedule" in heard.intents:
        first: tuple[Command, ...] = (Answer(questions[0]),) if questions else ()
        return (*first, Offer(heard.availability, "answered" if questions else "plain"))
    if "cancel_appointment" in heard.intents:  # they have none: whom do they mean?
        return (HandOff("unsure", "Wants to cancel a visit that is not in our calendar."),)
    return ()


def _asks(heard: Heard, talk: Talk) -> tuple[Command, ...]:
    questions = tuple(kind for kind in heard.intents if kind in ASKS)
    if not questions:
        return ()
    if talk.answers >= MOST_ANSWERS:
        return (HandOff("hot", "Has asked several questions and is still with us."),)
    return (Answer(questions[0]),)


def _waits(heard: Heard, talk: Talk) -> tuple[Command, ...]:
    if "later" in heard.intents and heard.later_until and talk.today and heard.later_until - talk.today <= SOON:
        return (Offer(heard.availability),)  # "maybe Tuesday" is a wish, not a brush-off
    if "later" in heard.intents:
        return (Postpone(heard.later_until), Say("later", heard.later_until))
    if "already_solved" in heard.intents:
        return (EndJourney("already_solved"), Say("already_solved"))
    if "not_interested" in heard.intents:
        return (EndJourney("not_interested"), LeaveIt("Declined; silence is the polite answer."))
    return ()


def _small(heard: Heard, talk: Talk) -> tuple[Command, ...]:
    """Small talk, machines, and yes or no to what we had asked."""
    intents = heard.intents
    if "confirm" in intents:  # a yes to "would you like a time?"
        return (Offer(heard.availability),)
    if "give_info" in intents:
        return (Offer(heard.availability),)
    if "deny" in intents:
        return (EndJourney("not_interested"), LeaveIt("Said no to what we asked."))
    for silent in ("thanks", "auto_reply", "spam"):
        if silent in intents:
            return (LeaveIt(f"Nothing to answer: {silent.replace('_', ' ')}."),)
    return ()


_INVITES = re.compile(
    r"\b(?:time|day|morning|afternoon|visit|come|start|plan that|short call|have a look)\b", re.IGNORECASE
)


def without_invitation(answer: str) -> str:
    """Drop the closing "Shall I look for a time?" of an answer when the times follow anyway, or the visit is booked."""
    body, gap, closing = answer.rstrip().rpartition(". ")
    if not gap or not closing.endswith("?") or not _INVITES.search(closing):
        return answer
    return f"{body}."
