"""Takes one thing that a carrier told us to where it belongs: a text to its thread, a receipt to its touch."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import structlog

from rewarm.actions.bounce import GIVES_UP_WITHIN, bounce, letter
from rewarm.actions.complain import EVER, complain
from rewarm.actions.leave import leave
from rewarm.actions.opt_out import unsubscribe
from rewarm.actions.receive import receive, report
from rewarm.adapters.channels import Incoming
from rewarm.adapters.incoming_mail import AUTOMATIC
from rewarm.adapters.packs import keywords as rule_words
from rewarm.domain import keywords
from rewarm.domain.consent import ledger_address
from rewarm.models import Sender, Workspace, inbound

log = structlog.get_logger()


def take(workspace: Workspace, sender: Sender, incoming: Incoming, now: datetime) -> bool:
    """Keep one incoming thing, once; False for a repetition and for what concerns nobody we know."""
    incoming = replace(incoming, from_address=ledger_address(incoming.from_address))  # however the carrier spelled it
    match incoming.kind:
        case "inbound" if sender.channel == "email":
            return _mail(workspace, sender, incoming, now)
        case "inbound" | "opt_out" | "opt_in" | "help":
            return receive(workspace, sender, incoming, now).fresh
        case "bounced":
            return bounce(workspace, sender, incoming, now)
        case "complained":
            return complain(workspace, sender, incoming, now)
        case "unsubscribed":
            return _unsubscribe(workspace, sender, incoming, now)
        case _:
            return report(workspace, sender, incoming, now)


def _mail(workspace: Workspace, sender: Sender, incoming: Incoming, now: datetime) -> bool:
    """Take a letter to the thread of whoever wrote it, or of the letter that it answers; strangers' stay where they are."""
    if incoming.from_address == sender.address.lower():
        return False  # a copy of our own
    incoming = _as_we_know_them(workspace, sender, incoming, now)
    if incoming.reason == AUTOMATIC:
        return leave(workspace, sender, incoming, now)
    if inbound.who(workspace.id, incoming.from_address) is None and not _meets_strangers(sender):
        if keywords.opt_out(incoming.text, rule_words()) is not None:
            cause = f"stranger:{incoming.provider_id}:{incoming.from_address}"
            unsubscribe(workspace, incoming.from_address, source="email message", cause=cause, now=now)
        log.info("a stranger's mail stays in the mailbox", sender=sender.slug, mail=incoming.provider_id)
        return False
    return receive(workspace, sender, incoming, now).fresh


def _as_we_know_them(workspace: Workspace, sender: Sender, incoming: Incoming, now: datetime) -> Incoming:
    """Name a letter's writer by the address that we wrote to: people answer from another one than they read at."""
    if not incoming.our_id or inbound.who(workspace.id, incoming.from_address) is not None:
        return incoming
    answered = letter(workspace, sender, replace(incoming, from_address=""), since=now - GIVES_UP_WITHIN)
    return replace(incoming, from_address=answered.address) if answered is not None else incoming


def _meets_strangers(sender: Sender) -> bool:
    """Tell whether whoever writes to this address becomes a contact.

    By default only where the address is ours alone (LMTP): in a mailbox that people use as well, newsletters and suppliers
    write too, and a person reads them.
    """
    settings = json.loads(sender.settings)
    return bool(settings.get("meet_strangers", "lmtp" in settings))


def _unsubscribe(workspace: Workspace, sender: Sender, incoming: Incoming, now: datetime) -> bool:
    """Close the address that wrote, and the one that the letter went to; known or not, nobody is written to after a no."""
    answered = letter(workspace, sender, incoming, since=now - EVER)
    addresses = {incoming.from_address, answered.address if answered else ""} - {""}
    for address in sorted(addresses):
        cause = f"unsubscribe:{incoming.provider_id}:{address}"
        unsubscribe(workspace, address, source="unsubscribe mail", cause=cause, now=now)
    return bool(addresses)
