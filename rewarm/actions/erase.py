"""Erases a person who asks for it, and keeps what the law wants kept: that their addresses are not to be written to."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from rewarm.actions.remember import remember
from rewarm.domain.event import Happened, Kind
from rewarm.errors import RewarmError
from rewarm.models import Address, Consent, Contact, ImportRow, Message, Touch, User, Workspace
from rewarm.models.base import uuid7
from rewarm.models.outbox import wait_for_address

PATIENCE = timedelta(seconds=2)
_IN_THE_AIR = ("leased", "dispatching")


@transaction.atomic
def erase(workspace: Workspace, contact: Contact, *, by: User | None, now: datetime) -> int:
    """Delete a person with notes, facts, messages and visits; close their addresses for good; return how many those are.

    The ledger stays, with the addresses in plain: do-not-call requests are kept for at least five years (47 CFR
    64.1200(d)(6)), ten in Virginia, and a consent must be proved for four; see docs/why/erasure.md. The refusal written here
    holds whatever the next import brings, and for whoever shares the address, until that person says START.
    Raises RewarmError while a message to them is being sent.
    """
    addresses = sorted(set(Address.objects.filter(contact=contact).values_list("address", flat=True)))
    free = [wait_for_address(workspace.id, address, PATIENCE) for address in addresses]
    if not all(free) or Touch.objects.filter(contact=contact, state__in=_IN_THE_AIR).exists():
        raise RewarmError("A message to them is on its way right now. Try again in a minute.")
    Consent.objects.bulk_create(
        [
            Consent(
                id=uuid7(), workspace=workspace, address=address, channel="all", act="denied", scope="all", at=now,
                recorded_at=now, source="erased at their own request", actor=by, cause=f"erase:{contact.id}:{address}",
            )
            for address in addresses
        ]
    )  # fmt: skip
    Message.objects.filter(workspace=workspace, contact=None, address__in=addresses).delete()
    _forget_rows(workspace, addresses)
    person: UUID = contact.id
    contact.delete()
    remember(workspace.id, [Happened(Kind.OPTED_OUT, now, person, "erasure", {})])
    return len(addresses)


def _forget_rows(workspace: Workspace, addresses: list[str]) -> None:
    """Delete rows that imports held back and that give one of these addresses; they are sealed, so each is opened."""
    wanted = {_core(address) for address in addresses}
    rows = ImportRow.objects.filter(workspace=workspace).only("id", "cells").iterator()
    ImportRow.objects.filter(id__in=[row.id for row in rows if any(one in _core(row.cells) for one in wanted)]).delete()


def _core(text: str) -> str:
    """Reduce a text to what stays the same in every spelling of an address: letters and digits, no country code."""
    return "".join(char for char in text.casefold() if char.isalnum()).removeprefix("1")
