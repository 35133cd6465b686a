"""Answers what people wrote: reads the texts that came together, decides, and says one thing back or calls a human."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.db import OperationalError, connection, transaction

from rewarm.actions import book as visits
from rewarm.actions.advance import advance
from rewarm.actions.hand_off import hand_off
from rewarm.actions.hear import answers_silently, hear, last_said, parting_words, refuses, superseded
from rewarm.actions.opt_out import opt_out
from rewarm.actions.remember import remember
from rewarm.adapters import packs
from rewarm.adapters.pack_content import answer, answer_fields, faq
from rewarm.adapters.reply_texts import in_language, text
from rewarm.domain import conversation, free_time, journey
from rewarm.domain.bare_answer import last_question
from rewarm.domain.event import Happened, Kind
from rewarm.domain.faq import best
from rewarm.domain.keywords import wants_help
from rewarm.models import Appointment, Contact, Conversation, Enrollment, Handoff, Message, Touch, Workspace
from rewarm.models.base import uuid7

log = structlog.get_logger()
ANSWER_LIVES = timedelta(hours=6)
SLOTS_OFFERED = 3
REPEATS_AFTER = timedelta(days=30)

_CLAIM = """
SELECT id FROM rewarm_conversation WHERE workspace_id = %s AND due <= %s ORDER BY due LIMIT 1 FOR UPDATE SKIP LOCKED
"""


@dataclass(slots=True)
class _Turn:
    """One turn of a thread while it is being decided: what we know, and what we are going to say."""

    workspace: Workspace
    thread: Conversation
    contact: Contact
    messages: Sequence[Message]
    heard: conversation.Heard
    appointment: Appointment | None
    now: datetime
    parts: list[str] = field(default_factory=list)
    pending: str = ""
    offered: list[datetime] = field(default_factory=list)
    handed_off: bool = False

    @property
    def last(self) -> Message:
        return self.messages[-1]

    @property
    def name(self) -> str:
        """The first name as it stands inside a sentence: ", Sarah"."""
        return f", {self.contact.first_name}" if self.contact.first_name else ""

    def say(self, key: str, **fields: str) -> None:
        profile = self.workspace.profile
        self.parts.append(
            text(
                in_language(key, self.heard.language),
                name=self.name,
                practice=self.workspace.name,
                phone=profile.get("phone_spoken", self.workspace.phone),
                sender=profile.get("sender_name", "somebody"),
                **fields,
            )  # fmt: skip
        )


def reply_due(workspace: Workspace, now: datetime, *, limit: int = 100) -> int:
    """Answer up to `limit` threads that have been silent long enough, one transaction each; return how many."""
    for done in range(limit):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_CLAIM, [workspace.id, now])
                row = cursor.fetchone()
            if row is None:
                return done
            thread = Conversation.objects.select_related("contact").get(id=row[0])
            try:
                with transaction.atomic():
                    _answer(workspace, thread, now)
            except OperationalError:
                raise  # the database's trouble, not the text's: the next turn tries again
            except Exception:
                log.exception("an answer broke", thread=str(thread.id))
                _give_up(workspace, thread, now)
    return limit


def _give_up(workspace: Workspace, thread: Conversation, now: datetime) -> None:
    """Leave to a person what we cannot even read, so that one thread never holds up the others."""
    unread = Message.objects.filter(workspace=workspace, contact=thread.contact, direction="in", read_at=None)
    unread.update(read_at=now, reading={"intents": [], "route": "handoff", "why": "", "handed_off": True})
    Conversation.objects.filter(id=thread.id).update(due=None)
    hand_off(
        workspace, thread.contact, cause=f"thread:{thread.id}:{now:%Y%m%dT%H%M%S}", urgency="unsure",
        why="We could not read this by ourselves.", now=now,
    )  # fmt: skip


def _answer(workspace: Workspace, thread: Conversation, now: datetime) -> None:
    """Read and answer what is unread; every message ends answered, with a human, or deliberately left (promise 5)."""
    messages = list(
        Message.objects.select_for_update()
        .filter(workspace=workspace, contact=thread.contact, direction="in", read_at=None)
        .order_by("at", "id")
    )
    thread.due = None
    if messages and superseded(workspace, messages[-1].address, now):
        thread.pending, thread.offered = "", []  # a new text of ours has asked something else since
    if messages:
        turn = _read(workspace, thread, messages, now)
        silent = _silent_because(workspace, thread)
        if silent is not None:
            _see_to(turn, silent)
        else:
            for command in conversation.decide(turn.heard, _talk(turn)).commands:
                _carry_out(turn, command)
            _speak(turn)
            thread.pending, thread.offered = turn.pending, [one.isoformat() for one in turn.offered]
            thread.asked = turn.parts[-1] if turn.parts else thread.asked
        _mark_read(turn, silent)
    thread.save(update_fields=["due", "pending", "offered", "asked"])


def _silent_because(workspace: Workspace, thread: Conversation) -> str | None:
    """A human has this thread: the assistant listens and says nothing."""
    if thread.assistant_off_at is not None:
        return "a person has this thread"
    waiting = Handoff.objects.filter(workspace=workspace, contact=thread.contact, closed_at=None).first()
    if waiting is None:
        return None
    if waiting.claimed_at is not None:
        return "a person has claimed this thread"
    # Nobody who is in pain, in grief or in anger wants to hear of free times from a machine.
    return "a person was called urgently" if waiting.urgency == "urgent" else None


def _see_to(turn: _Turn, silent: str) -> None:
    """Tell the staff about a text that the assistant leaves to them; one that needs no answer, or has a keeper, is left."""
    keeper = Handoff.objects.filter(workspace=turn.workspace, contact=turn.contact, closed_at=None).exists()
    plan = conversation.decide(turn.heard, _talk(turn))
    if not keeper and not all(isinstance(one, conversation.LeaveIt) for one in plan.commands):
        _hand_off(turn, "unsure", f"Has written again, and {silent}.", silent=True)


def _read(workspace: Workspace, thread: Conversation, messages: Sequence[Message], now: datetime) -> _Turn:
    appointment = visits.upcoming(workspace, thread.contact_id, now)
    said = "\n".join(message.body for message in messages)
    reading = hear(workspace, thread, appointment, said, messages[-1].address, now)
    if (refusal := refuses(reading)) is not None:
        # Two texts may say together what neither says alone; the same message is never written into the ledger twice.
        opt_out(
            workspace, messages[-1], tier=refusal, scope="marketing" if reading.scope == "promotions" else "all", now=now,
            confirm=not answers_silently(reading), wording=parting_words(reading),
            everywhere="deceased" in reading.intents,
        )  # fmt: skip
    heard = conversation.Heard(
        reading.intents, reading.route, reading.why, reading.pick, reading.later_until,
        tuple((one.start, one.end) for one in reading.availability) if reading.availability else None,
        reading.language,
    )  # fmt: skip
    return _Turn(workspace, thread, thread.contact, messages, heard, appointment, now)


def _talk(turn: _Turn) -> conversation.Talk:
    answered = Touch.objects.filter(
        workspace=turn.workspace, contact=turn.contact, cause__startswith="answer:",
        planned_at__gt=turn.now - timedelta(days=7),
    ).count()  # fmt: skip
    return conversation.Talk(
        pending=turn.thread.pending,
        offered=tuple(datetime.fromisoformat(one) for one in turn.thread.offered),
        appointment=turn.appointment.starts_at if turn.appointment else None,
        confirmed=turn.appointment is not None and turn.appointment.state == "confirmed",
        answers=answered,
        today=turn.now.astimezone(ZoneInfo(turn.workspace.zone)).date(),
    )


# -- carrying out ------------------------------------------------------------------------------------------------------


def _carry_out(turn: _Turn, command: conversation.Command) -> None:
    match command:
        case conversation.Answer(question):
            _say_answer(turn, question)
        case conversation.Offer(availability, opening):
            _offer(turn, availability, opening)
        case conversation.Book(starts_at, instead):
            _book(turn, starts_at, instead=instead)
        case conversation.Cancel():
            assert turn.appointment is not None, "only a visit that exists is called off"
            visits.call_off(turn.workspace, turn.appointment, turn.now, cause=f"message:{turn.last.id}")
            turn.say("cancelled", when=free_time.spoken(turn.appointment.starts_at, turn.workspace.zone))
            turn.pending = "day_or_time"
        case conversation.Confirm():
            assert turn.appointment is not None, "only a visit that exists is confirmed"
            visits.confirm(turn.workspace, turn.appointment, turn.now, cause=f"message:{turn.last.id}")
            turn.say("confirmed", when=free_time.spoken(turn.appointment.starts_at, turn.workspace.zone))
        case conversation.AskWhen():
            turn.say("ask_when")
            turn.pending = "day_or_time"
        case conversation.Say(key, until):
            _say(turn, key, until)
        case conversation.HandOff(urgency, why, silent):
            _hand_off(turn, urgency, why, silent=silent)
        case conversation.Postpone(until):
            _advance(turn, journey.Later(until) if until else journey.ConversationQuiet())
        case conversation.EndJourney(reason):
            _advance(turn, journey.NotInterested() if reason == "not_interested" else journey.Stopped(reason))
        case conversation.LeaveIt():
            pass


def _say(turn: _Turn, key: str, until: date | None) -> None:
    if key == "later":
        if until is None:
            turn.say("later_open")
        else:
            turn.say("later", until=_around(until, turn.now.date()))
    else:
        turn.say(key)
    if key == "which_slot":
        turn.pending, turn.offered = (
            turn.thread.pending,
            [datetime.fromisoformat(one) for one in turn.thread.offered],
        )


def _around(day: date, today: date) -> str:
    return f"after {day:%b} {day.day}" if day.year == today.year else f"in {day:%B}"


def _say_answer(turn: _Turn, question: str) -> None:
    """Answer with the practice's own words; what it has no words for goes to a person, never a guess."""
    entries = faq(turn.workspace.pack)
    asked = " ".join(message.body for message in turn.messages)
    if wants_help(asked, packs.keywords()):
        turn.say("help")
        return
    if question == "tell_more":
        # "Yes please" asks for what we had offered: two more tips, an example, how a visit goes.
        before, offered = last_question(last_said(turn.workspace, turn.last.address, turn.now) or "")
        found = best(offered, entries) or best(f"{before} {offered}", entries) if offered else None
    else:
        found = None
    found = found or best(asked, entries, intent=question)
    entry = found.entry if found else next((one for one in entries if one.slug == question.removeprefix("ask_")), None)
    said = answer(entry, answer_fields(_profile(turn.workspace), turn.workspace.name)) if entry else None
    if said is None:
        _hand_off(turn, "unsure", "Asks something that our answers do not cover.")
    else:
        settled = turn.appointment is not None or bool(turn.parts)
        turn.parts.append(conversation.without_invitation(said) if settled else said)


def _profile(workspace: Workspace) -> dict[str, object]:
    return {"phone": workspace.phone, **workspace.profile}


def _offer(turn: _Turn, availability: Sequence[tuple[datetime, datetime]] | None, opening: str) -> None:
    open_slots = visits.free_slots(turn.workspace, turn.now)
    fitting = visits.suiting(open_slots, availability)
    if not fitting:
        turn.say("no_slots")
        turn.pending = "day_or_time"
        return
    chosen = free_time.spread(fitting, SLOTS_OFFERED, turn.workspace.zone)
    turn.offered = [slot.starts_at for slot in chosen]
    turn.pending = "slot_choice"
    turn.parts = [conversation.without_invitation(said) for said in turn.parts]
    lines = (f"{n}) {free_time.spoken(slot.starts_at, turn.workspace.zone)}" for n, slot in enumerate(chosen, 1))
    turn.say("offer" if opening == "plain" else f"offer_{opening}", slots="\n".join(lines))
    remember(turn.workspace.id, [Happened(Kind.OFFERED, turn.now, turn.contact.id, f"message:{turn.last.id}")])


def _book(turn: _Turn, starts_at: datetime, *, instead: bool) -> None:
    slot = next((one for one in visits.free_slots(turn.workspace, turn.now) if one.starts_at == starts_at), None)
    try:
        if slot is None:
            raise visits.Taken
        booked = visits.book(
            turn.workspace, turn.contact, slot, by="assistant", cause=f"message:{turn.last.id}", now=turn.now,
        )  # fmt: skip
    except visits.Taken:
        _offer(turn, None, "taken")
        return
    turn.say(
        "booked_instead" if instead else "booked",
        when=free_time.spoken(booked.starts_at, turn.workspace.zone),
    )


def _hand_off(turn: _Turn, urgency: str, why: str, *, silent: bool = False) -> None:
    hand_off(turn.workspace, turn.contact, cause=f"message:{turn.last.id}", urgency=urgency, why=why, now=turn.now)
    turn.handed_off = True
    if not turn.parts and not silent:
        turn.say("handoff_call" if urgency == "hot" else "handoff")


def _advance(turn: _Turn, event: journey.Event) -> None:
    live = Enrollment.objects.filter(workspace=turn.workspace, contact=turn.contact).exclude(status="ended")
    advance(turn.workspace, {place.id: (event,) for place in live}, turn.now)


# -- saying it ---------------------------------------------------------------------------------------------------------


def _speak(turn: _Turn) -> None:
    """Plan one message with all that is to be said; the gate sees it like any other."""
    if not turn.parts:
        return
    body = "\n\n".join(turn.parts)
    if _introduces_itself(turn, body):
        profile = turn.workspace.profile
        said = text("assistant", practice=turn.workspace.name, sender=profile.get("sender_name", ""))
        body = f"{said} {body}"
    if _said_before(turn, body):
        # The same words again would only annoy; somebody who asks twice was not helped by them.
        _hand_off(turn, "unsure", "Writes again what we answered before.", silent=True)
        return
    Touch.objects.bulk_create(
        [
            Touch(
                id=uuid7(), workspace=turn.workspace, contact=turn.contact, cause=f"answer:{turn.last.id}", purpose="reply",
                channel=turn.last.channel, due=turn.now, expires_at=turn.now + ANSWER_LIVES, in_reply_to_at=turn.last.at,
                address=turn.last.address, sender_id=turn.last.sender_id, body=body, content="answer", planned_at=turn.now,
                subject="Re: your message" if turn.last.channel == "email" else None,
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _introduces_itself(turn: _Turn, body: str) -> bool:
    """Tell whether the assistant must still say what it is; a yes to a reminder gets its thank-you without that."""
    if "assistant" in body or turn.handed_off or turn.last.channel != "sms" or turn.heard.intents[0] == "confirm":
        return False
    answers = Touch.objects.filter(workspace=turn.workspace, contact=turn.contact, cause__startswith="answer:")
    return not any("assistant" in (one.body or "") for one in answers)


def _said_before(turn: _Turn, body: str) -> bool:
    lately = Message.objects.filter(
        workspace=turn.workspace, address=turn.last.address, direction="out", at__gt=turn.now - REPEATS_AFTER
    )
    return any(one.body == body for one in lately)


def _mark_read(turn: _Turn, silent: str | None) -> None:
    reading = {
        "intents": list(turn.heard.intents),
        "pick": turn.heard.pick,
        "route": turn.heard.route,
        "why": silent or turn.heard.why,
        "answered": bool(turn.parts),
        "handed_off": turn.handed_off,
    }
    ids = [message.id for message in turn.messages]
    Message.objects.filter(id__in=ids).update(read_at=turn.now, reading=reading)
    remember(
        turn.workspace.id,
        [
            Happened(
                Kind.READ, turn.now, turn.contact.id, f"message:{turn.last.id}",
                {"intents": reading["intents"], "route": turn.heard.route},
            )
        ],
    )  # fmt: skip
