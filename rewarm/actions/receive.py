"""Takes in what the wire brings: texts are kept once, opt-outs are honoured before we answer, receipts settle touches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from rewarm.actions.advance import advance
from rewarm.actions.book import upcoming
from rewarm.actions.hear import answers_silently, hear, parting_words, refuses
from rewarm.actions.opt_out import PATIENCE, mirror, opt_in, opt_out
from rewarm.actions.remember import remember, tell_pages
from rewarm.adapters.channels import OF_WORDS, Incoming
from rewarm.adapters.packs import keywords
from rewarm.domain import journey, outbox, temperature
from rewarm.domain import keywords as words
from rewarm.domain.event import Happened, Kind
from rewarm.models import Address, Contact, Enrollment, Message, Sender, Touch, Workspace, inbound
from rewarm.models.base import uuid7
from rewarm.models.outbox import into_threads, row_of, wait_for_address

# Several texts in a row get one answer; people who type long thoughts need this long between two of them.
DEBOUNCE = timedelta(seconds=40)
LIVE_FOR = timedelta(hours=48)
DEAD_AFTER = 2


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one incoming thing; `fresh` is false for a repetition, which changed nothing."""

    fresh: bool
    message: UUID | None = None
    opted_out: bool = False


@transaction.atomic
def receive(workspace: Workspace, sender: Sender, incoming: Incoming, now: datetime) -> Taken:
    """Keep one inbound message and everything that cannot wait; the reading of it is a later job's.

    The opt-out of a message commits in the same transaction as the message, before the caller answers 200.
    """
    if incoming.kind == "opt_out" and not incoming.text:
        return _opted_out_elsewhere(workspace, sender, incoming, now)
    address = incoming.from_address
    got_lock = wait_for_address(workspace.id, address, PATIENCE)
    contact = inbound.who(workspace.id, address) or _meet(workspace, sender, address, now)
    message = Message(
        id=uuid7(), workspace=workspace, contact=contact, direction="in", channel=sender.channel, address=address,
        sender=sender, provider_id=incoming.provider_id, body=incoming.text, raw=incoming.raw, at=now, recorded_at=now,
    )  # fmt: skip
    if not _keep(workspace, message):
        return Taken(fresh=False)
    # The thread before the bell of the pages, as the answer does: two who lock in one order never lock each other out.
    thread = inbound.open_thread(workspace.id, contact.id, now, answer_in=DEBOUNCE, live_for=LIVE_FOR)
    remember(workspace.id, [Happened(Kind.REPLIED, now, contact.id, f"message:{message.id}")])
    reading = hear(workspace, thread, upcoming(workspace, contact.id, now), incoming.text, address, now)
    refusal = "carrier" if incoming.kind == "opt_out" else refuses(reading)
    if refusal is not None:
        opt_out(
            workspace, message, tier=refusal, scope="marketing" if reading.scope == "promotions" else "all", now=now,
            raced=not got_lock, confirm=not (incoming.answered or answers_silently(reading)),
            wording=parting_words(reading), source="carrier" if incoming.answered else "",
            everywhere="deceased" in reading.intents,
        )  # fmt: skip
    elif incoming.kind == "opt_in" or words.opts_in(incoming.text, keywords()):
        opt_in(workspace, message, now=now)
    hold_back(workspace, [contact.id], "replied", now)
    if refusal is None:
        places = Enrollment.objects.filter(workspace=workspace, contact=contact).exclude(status="ended")
        advance(workspace, {one: (journey.Replied("answer"),) for one in places.values_list("id", flat=True)}, now)
        _warm(workspace, contact, now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify('rewarm_work', %s)", [str(workspace.id)])
    return Taken(fresh=True, message=message.id, opted_out=refusal is not None)


def _opted_out_elsewhere(workspace: Workspace, sender: Sender, incoming: Incoming, now: datetime) -> Taken:
    """Believe a carrier that tells of an opt-out which it took itself (Twilio 21610): nobody wrote, nobody is answered."""
    wait_for_address(workspace.id, incoming.from_address, PATIENCE)
    cause = f"carrier:{sender.id}:{incoming.provider_id}"
    mirror(workspace, incoming.from_address, sender.channel, cause=cause, now=now)
    return Taken(fresh=True, opted_out=True)


def _keep(workspace: Workspace, message: Message) -> bool:
    """Keep a text once; False for a repetition. One that only bears the key of another is none: it may be a STOP."""
    if inbound.keep(message):
        return True
    message.provider_id = _key_of_its_own(workspace, message)
    return bool(message.provider_id) and inbound.keep(message)


def _key_of_its_own(workspace: Workspace, message: Message) -> str:
    """Make another key for a text whose key is taken; empty when it is the same text again.

    Carriers begin anew with their numbers, and some give none: then who says STOP, START and STOP has said three things.
    """
    ours = Message.objects.filter(workspace=workspace, direction="in")
    known = ours.filter(provider_id=message.provider_id).first()
    if known is None:
        return ""
    if (known.address, known.body) != (message.address, message.body):
        return f"{message.provider_id}#{sha256(f'{message.address} {message.body}'.encode()).hexdigest()[:16]}"
    last = ours.filter(contact=message.contact_id).order_by("-recorded_at", "-id").first()
    if last is None or last.provider_id.startswith(message.provider_id) or not message.provider_id.startswith(OF_WORDS):
        return ""
    return f"{message.provider_id}#{last.id}"


def _meet(workspace: Workspace, sender: Sender, address: str, now: datetime) -> Contact:
    """Enter somebody who writes to us first, so that their words have a thread; it grants no consent."""
    today = now.astimezone(ZoneInfo(workspace.zone)).date()
    contact = Contact.objects.create(
        workspace=workspace, country=workspace.region, language=workspace.language, lead_source="wrote to us",
        inquired_on=today, last_activity_on=today,
    )  # fmt: skip
    kind = "email" if sender.channel == "email" else "phone"
    Address.objects.create(workspace=workspace, contact=contact, channel=kind, address=address)
    return contact


def _warm(workspace: Workspace, contact: Contact, now: datetime) -> None:
    """Raise the temperature of somebody who wrote; a refusal is no interest."""
    before = temperature.Heat(contact.heat, contact.heat_at) if contact.heat_at else None
    heat = temperature.warmed(before, "replied", now)
    Contact.objects.filter(id=contact.id).update(
        heat=heat.level,
        heat_at=heat.at,
        last_answer_on=now.astimezone(ZoneInfo(workspace.zone)).date(),
        temperature=temperature.classify(heat.now(now)),
    )


def hold_back(workspace: Workspace, contacts: Sequence[UUID], reason: str, now: datetime) -> int:
    """Suppress the planned marketing touches of these people; their journeys may try the step again."""
    waiting = inbound.hold_back(workspace.id, contacts, reason)
    moves: dict[UUID, list[journey.Event]] = defaultdict(list)
    for one in waiting:
        if one.enrollment and one.step is not None:
            moves[one.enrollment].append(journey.TouchSuppressed(one.step, reason, again=True))
    remember(
        workspace.id,
        [
            Happened(Kind.TOUCH_SUPPRESSED, now, one.contact, f"touch:{one.touch}", {"reason": reason})
            for one in waiting
        ],
    )
    advance(workspace, moves, now)
    return len(waiting)


@transaction.atomic
def report(workspace: Workspace, sender: Sender, incoming: Incoming, now: datetime) -> bool:
    """Take a delivery report in any order and any number of times; False when the touch is not ours."""
    if incoming.kind not in ("accepted", "sent", "delivered", "undelivered"):
        return False
    touch = _reported(workspace, sender, incoming)
    if touch is None:
        return False
    before = row_of(touch)
    news = outbox.Report(incoming.kind, incoming.at or now, incoming.provider_id or None, incoming.reason or None)
    after = outbox.after_report(before, news, now)
    if after == before:
        return True
    touch.state, touch.status, touch.reason = after.state, after.status or "", after.reason or ""
    touch.provider_id = after.provider_id or ""
    touch.sent_at = touch.sent_at or (now if after.state == "sent" else None)
    # What was put off after a call that was refused, and taken all the same, uses up the caps from now on.
    touch.dispatched_at = touch.dispatched_at or touch.sent_at
    touch.lease_until = None
    touch.save(update_fields=["state", "status", "reason", "provider_id", "sent_at", "dispatched_at", "lease_until"])
    kinds = {"delivered": Kind.DELIVERED, "undelivered": Kind.UNDELIVERED}
    events = []
    if after.status != before.status and after.status in kinds:
        events.append(
            Happened(kinds[after.status], now, touch.contact_id, f"touch:{touch.id}", {"channel": touch.channel})
        )
    if before.state != "sent" and after.state == "sent":
        events.append(Happened(Kind.SENT, now, touch.contact_id, f"touch:{touch.id}", {"purpose": touch.purpose}))
    remember(workspace.id, events)
    if before.state != "sent" and after.state == "sent":
        _complete(workspace, touch, now)
    if after.status == "undelivered":
        _count_dead(workspace, touch, now)
    return True


def _complete(workspace: Workspace, touch: Touch, now: datetime) -> None:
    """Write what the worker could not: a receipt proves that the touch left, though nobody recorded its call."""
    into_threads(workspace.id, [touch.id], now)
    if touch.enrollment_id and touch.step is not None:
        advance(workspace, {touch.enrollment_id: (journey.TouchSent(touch.step),)}, now)


def _reported(workspace: Workspace, sender: Sender, incoming: Incoming) -> Touch | None:
    """Find and lock the touch that a report is about: by our own key, else by the carrier's, which is its sender's."""
    # Without its words and its receipt: for a status nobody unseals a text.
    light = Touch.objects.defer("subject", "body", "sources", "extra", "receipt")
    touches = light.select_for_update().filter(workspace=workspace)
    try:
        return touches.filter(id=UUID(incoming.our_id)).first()
    except ValueError:
        if not incoming.provider_id:
            return None
        return touches.filter(sender=sender, provider_id=incoming.provider_id).order_by("-dispatched_at").first()


def _count_dead(workspace: Workspace, touch: Touch, now: datetime) -> None:
    """Close an address that could not be reached twice in a row and never since it last worked."""
    latest = (
        Touch.objects.filter(workspace=workspace, address=touch.address)
        .exclude(status="")
        .order_by("-dispatched_at")
        .values_list("status", flat=True)[:DEAD_AFTER]
    )
    if len(latest) == DEAD_AFTER and all(status == "undelivered" for status in latest):
        Address.objects.filter(workspace=workspace, address=touch.address, unusable_at=None).update(
            unusable_at=now, unusable_why="could not be delivered twice in a row"
        )
        tell_pages(workspace.id)
