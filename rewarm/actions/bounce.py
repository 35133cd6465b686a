"""Draws the consequences of a letter that came back: a dead address is closed, a full one counted, the touch undelivered.

Whoever can write to our mailbox can pretend that a letter came back. It is believed only of a letter of ours: one that it
names by our key, or one that went to that address within the days in which servers give up.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from rewarm.actions.opt_out import PATIENCE
from rewarm.actions.receive import report
from rewarm.actions.remember import remember, tell_pages
from rewarm.adapters.bounce_words import bounce_words
from rewarm.adapters.channels import Incoming
from rewarm.domain import outbox
from rewarm.domain.bounce_status import Severity, severity, status_in
from rewarm.domain.event import Happened, Kind
from rewarm.models import Address, Consent, Contact, Sender, Touch, Workspace
from rewarm.models.base import uuid7
from rewarm.models.ledger import enter
from rewarm.models.outbox import row_of, wait_for_address

GIVES_UP_WITHIN = timedelta(days=14)  # servers try for about five days (RFC 5321, 4.5.4.1), and their notices may lie
SOFT_IN_A_ROW, OVER = 3, timedelta(days=1)
LONGEST_REASON = 200


@transaction.atomic
def bounce(workspace: Workspace, sender: Sender, incoming: Incoming, now: datetime) -> bool:
    """Take one notice of a failed letter, any number of times; False when it was no letter of ours.

    A hard one enters the ledger and closes the address for everybody who shares it; of soft ones it takes three in a row,
    over more than a day. The journey goes on by another address or channel, since the gate finds this one unusable.
    """
    touch = letter(workspace, sender, incoming, since=now - GIVES_UP_WITHIN)
    if touch is None:
        return False
    wait_for_address(workspace.id, touch.address, PATIENCE)
    _undelivered(workspace, sender, touch.id, incoming, now)
    if _severity(incoming.reason) == "hard":
        _close(workspace, touch, incoming, now)
    elif _is_worn_out(workspace, touch.address):
        _unusable(workspace, touch.address, f"came back {SOFT_IN_A_ROW} times in a row", now)
    return True


def letter(workspace: Workspace, sender: Sender, incoming: Incoming, *, since: datetime) -> Touch | None:
    """Find the letter that a notice speaks of: by our key, by the carrier's, else the last one to the address that it names."""
    letters = Touch.objects.filter(workspace=workspace, channel="email", dispatched_at__isnull=False)
    ways: list[Q] = []
    if key := _uuid(incoming.our_id):
        ways.append(Q(id=key))
    if incoming.provider_id:
        ways.append(Q(sender=sender, provider_id=incoming.provider_id))
    if incoming.from_address:
        ways.append(Q(address=incoming.from_address, dispatched_at__gte=since))
    found = (letters.filter(way).order_by("-dispatched_at").first() for way in ways)
    return next((one for one in found if one is not None), None)


def _undelivered(workspace: Workspace, sender: Sender, one: UUID, incoming: Incoming, now: datetime) -> None:
    """Note on the touch that it never arrived; what came back has left, though nobody recorded its call."""
    report(workspace, sender, Incoming("sent", our_id=str(one), at=now), now)
    touch = Touch.objects.select_for_update().get(workspace=workspace, id=one)
    after = outbox.after_report(row_of(touch), outbox.Report("undelivered", now, None, _words(incoming)), now)
    if after.status == touch.status:
        return
    touch.status, touch.reason = after.status or "", after.reason or ""
    touch.save(update_fields=["status", "reason"])
    remember(
        workspace.id, [Happened(Kind.UNDELIVERED, now, touch.contact_id, f"touch:{touch.id}", {"channel": "email"})]
    )


def _close(workspace: Workspace, touch: Touch, incoming: Incoming, now: datetime) -> None:
    """Write the dead address into the ledger, once a letter."""
    line = Consent(
        id=uuid7(), workspace=workspace, address=touch.address, channel="email", act="bounced", scope="all", at=now,
        recorded_at=now, source="mail server", quote=_words(incoming), contact=touch.contact_id, cause=f"bounce:{touch.id}",
    )  # fmt: skip
    if enter(line):
        _unusable(workspace, touch.address, "a letter came back for good", now)


def _unusable(workspace: Workspace, address: str, why: str, now: datetime) -> None:
    """Close an address for all who share it; whoever has no other is no longer reachable by e-mail."""
    holders = Address.objects.filter(workspace=workspace, channel="email", address=address)
    holders.filter(unusable_at=None).update(unusable_at=now, unusable_why=why)
    other = Address.objects.filter(workspace=workspace, contact=OuterRef("pk"), channel="email", unusable_at=None)
    people = Contact.objects.filter(workspace=workspace, id__in=holders.values("contact"))
    people.exclude(Exists(other)).update(reachable_email=False)
    tell_pages(workspace.id)


def _is_worn_out(workspace: Workspace, address: str) -> bool:
    """Tell whether the last letters to an address all came back, over more than a day."""
    known = Touch.objects.filter(workspace=workspace, channel="email", address=address).exclude(status="")
    latest = list(known.order_by("-dispatched_at").values_list("status", "dispatched_at")[:SOFT_IN_A_ROW])
    if len(latest) < SOFT_IN_A_ROW or any(status != "undelivered" for status, _ in latest):
        return False
    first, last = latest[-1][1], latest[0][1]
    return first is not None and last is not None and last - first >= OVER


def _severity(reason: str) -> Severity:
    """Read how grave it is: the first word says so (rewarm.adapters.incoming_mail), else the code and the words."""
    match reason.partition(" ")[0]:
        case "hard":
            return "hard"
        case "soft":
            return "soft"
    return severity(status_in(reason), reason, bounce_words())


def _words(incoming: Incoming) -> str:
    return incoming.reason.removeprefix("hard ").removeprefix("soft ")[:LONGEST_REASON] or "came back"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
