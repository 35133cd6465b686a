"""Decides what a mail server's notice means: which address failed, for good or for now, or whose owner complained.

Trust goes from machine to man: the report's own fields (RFC 3464, RFC 5965), a header, a vendor's JSON, then the words.
A notice is believed only from a server; what a person writes about a failed letter is a reply like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import UUID

from rewarm.domain import bounce_report, bounce_text
from rewarm.domain.bounce_report import Recipient, address_in, addresses_in
from rewarm.domain.bounce_status import severity, status_in
from rewarm.domain.bounce_words import BounceWords

Kind = Literal["hard", "soft", "complaint", "none"]

LONGEST_REASON = 500
_MESSAGE_ID = re.compile(r"<\s*([^<>\s]{1,250}@[^<>\s]{1,250})\s*>")
_OUR_KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_NOBODY = re.compile(r"^\s*(?:<\s*>|<?mailer-daemon.*)?\s*$", re.IGNORECASE)  # a null reverse-path (RFC 5321, 4.5.5)
_FIELDS = re.compile(r"^\s*(?:final|original)-recipient\s*:", re.IGNORECASE | re.MULTILINE)
_MAILBOX_PROVIDERS = re.compile(r"^x-hmxmroriginalrecipient\s*:(.*)$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail as its parser saw it: header names in lower case, everything decoded."""

    headers: Mapping[str, str]
    text: str = ""  # what it says to people
    report: str = ""  # message/delivery-status
    feedback: str | None = None  # message/feedback-report
    returned: str = ""  # our own letter: headers, perhaps more
    enclosed: tuple[Notice, ...] = ()  # the mails inside it, taken apart in the same way


@dataclass(frozen=True, slots=True)
class Bounce:
    """What one notice says about one address. `address` may be missing when the key of our letter is there."""

    address: str
    kind: Kind
    status: str = ""  # RFC 3463, or a bare SMTP code
    reason: str = ""  # the server's own words
    message_id: str = ""  # of our letter, without its brackets
    given_up: bool = True  # False: they go on trying

    @property
    def our_id(self) -> str:
        """The key that we gave to the letter, or ""."""
        return our_key(self.message_id)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A notice with its text divided, and what it is about."""

    notice: Notice
    said: str
    returned: str
    words: BounceWords
    message_id: str = ""
    own: frozenset[str] = field(default_factory=frozenset)  # whoever the notice is from, and to


def read(notice: Notice, words: BounceWords) -> tuple[Bounce, ...]:
    """Read a notice; nothing comes of a mail that is none, and of one that names nobody."""
    said, returned = bounce_text.divide(notice.text, words)
    reading = _Reading(notice, said, f"{notice.returned}\n{returned}", words)
    own = [*addresses_in(notice.headers.get("from", "")), *addresses_in(notice.headers.get("to", ""))]
    reading = replace(reading, message_id=_message_id(reading), own=frozenset(own))
    complained = _complaint(reading)
    return tuple(_complaints(reading, complained)) if complained is not None else tuple(_failures(reading))


def our_key(text: str) -> str:
    """Find the key of a touch in a Message-ID or an address of ours; "" when there is none."""
    found = _OUR_KEY.search(text)
    return str(UUID(found[0])) if found else ""


# -- complaints --------------------------------------------------------------------------------------------------------


def _complaint(reading: _Reading) -> Sequence[str] | None:
    """Return who complained, as far as it is said; None when nobody did."""
    notice = reading.notice
    if notice.feedback is not None:
        return bounce_report.feedback(notice.feedback)
    told = _notification(reading)
    if told is not None and told[0] == "complaint":
        return [one.address for one in told[1]]
    if passed_on := _MAILBOX_PROVIDERS.search(notice.returned):
        return list(addresses_in(passed_on[1]))
    if notice.returned.strip() and reading.words.complaints.search(notice.headers.get("subject", "").strip()):
        return []
    return None


def _complaints(reading: _Reading, named: Sequence[str]) -> Iterator[Bounce]:
    blank = Bounce("", "complaint", reason="complaint", message_id=reading.message_id)
    told = named or [one for one in [bounce_text.to_in(reading.returned)] if one]
    yield from (replace(blank, address=one) for one in told)
    if not told:
        yield blank


# -- failures ----------------------------------------------------------------------------------------------------------


def _failures(reading: _Reading) -> Iterator[Bounce]:
    """Ask the sources in the order of their trust; the first that names somebody is believed."""
    notice, words = reading.notice, reading.words
    machine = bounce_report.delivery_status(notice.report)
    told = _notification(reading)
    if not machine and told is not None:
        machine = told[1]
    elif not machine and _FIELDS.search(notice.text) and is_notice(notice, words):
        machine = bounce_report.delivery_status(notice.text)
    if machine:
        yield from (_from_report(one, reading) for one in _once(machine))
    elif is_notice(notice, words):
        wrapped = [one for inner in notice.enclosed if inner.report for one in read(inner, words)]
        yield from wrapped or (_from_words(one, reading) for one in _named(reading))


def _notification(reading: _Reading) -> tuple[Literal["complaint", "bounce"], list[Recipient]] | None:
    """Read a vendor's JSON, from a mailbox that nobody reads; in what a person writes it is a quotation."""
    is_robot = reading.words.robots.search(_local(reading.notice)) is not None
    return bounce_report.notification(reading.notice.text) if is_robot else None


def is_notice(notice: Notice, words: BounceWords) -> bool:
    """Tell whether a mail without a report is from a server that speaks of a letter, by its envelope and its subject."""
    headers = notice.headers
    sender, subject = headers.get("from", ""), headers.get("subject", "")
    if notice.report or "x-failed-recipients" in headers:
        return True
    if words.subjects.search(subject) and not words.answered.match(subject):
        return True
    local, name = _local(notice), sender.partition("<")[0].strip(' "')
    if not address_in(sender) or words.daemons.search(local) or words.names.search(name):
        return True
    return bool(words.robots.search(local)) and _NOBODY.match(headers.get("return-path", "-")) is not None


def _local(notice: Notice) -> str:
    """Return what stands before the @ of the sender, who may have no domain."""
    sender = notice.headers.get("from", "")
    return (address_in(sender) or sender.strip(" <>\"'")).partition("@")[0]


def _named(reading: _Reading) -> list[bounce_text.Found]:
    """List whom a notice in words speaks of, at the highest level of trust that names anybody."""
    notice, words = reading.notice, reading.words
    header = list(addresses_in(notice.headers.get("x-failed-recipients", "")))
    if header:
        return [bounce_text.Found(one, 3, _reason_for(one, reading)) for one in dict.fromkeys(header)]
    subject = notice.headers.get("subject", "")
    if not words.failures.search(f"{subject}\n{reading.said}") and not status_in(reading.said):
        return []
    found = bounce_text.failed(reading.said, words)  # the surest first
    others = [one for one in found if one.address not in reading.own]
    if others and (others[0].trust > 1 or _is_machine(reading)):
        return [one for one in others if one.trust == others[0].trust]
    if not others and found and found[0].trust == 3:
        return [one for one in found if one.trust == 3]  # some write to themselves
    to = bounce_text.to_in(reading.said) or bounce_text.to_in(reading.returned)
    said = " ".join(reading.said.split())[-LONGEST_REASON:]
    return [bounce_text.Found(to, 1, said)] if to and _is_machine(reading) else []


def _is_machine(reading: _Reading) -> bool:
    return reading.words.machines.search(reading.notice.headers.get("from", "")) is not None


def _reason_for(address: str, reading: _Reading) -> str:
    """Return what the words say about an address that a header names."""
    for one in bounce_text.failed(reading.said, reading.words):
        if one.address == address:
            return one.reason
    return " ".join(reading.said.split())[:LONGEST_REASON]


def _from_report(one: Recipient, reading: _Reading) -> Bounce:
    reason = " ".join((one.reason or _reason_for(one.address, reading)).split())[:LONGEST_REASON]
    status = status_in(one.status, one.reason)
    if one.outcome == "delivered":
        return Bounce(one.address, "none", status, reason, reading.message_id)
    kind = severity(status, f"{one.status} {reason}", reading.words)
    if one.outcome == "delayed":
        return Bounce(one.address, "soft", status, reason, reading.message_id, given_up=False)
    return Bounce(one.address, kind, status, reason, reading.message_id)


def _from_words(one: bounce_text.Found, reading: _Reading) -> Bounce:
    status = status_in(one.reason, reading.said)
    subject = reading.notice.headers.get("subject", "")
    delayed = reading.words.delayed.search(f"{subject}\n{reading.said}") and not status.startswith("5")
    kind = "soft" if delayed else severity(status, f"{one.reason} {subject}", reading.words)
    return Bounce(one.address, kind, status, one.reason, reading.message_id, given_up=not delayed)


def _once(recipients: Sequence[Recipient]) -> list[Recipient]:
    return list({one.address: one for one in reversed(recipients)}.values())[::-1]


def _message_id(reading: _Reading) -> str:
    """Find the Message-ID of our letter: in what came back, in the threading headers, in our own return address."""
    headers = reading.notice.headers
    threads = f"{headers.get('in-reply-to', '')} {headers.get('references', '')}"
    places = (_header("message-id", reading.returned), threads, _header("message-id", reading.said))
    known = [match[1] for place in places for match in _MESSAGE_ID.finditer(place)]
    ours = next((one for one in known if our_key(one)), "")
    envelope = " ".join(headers.get(name, "") for name in ("to", "delivered-to", "x-original-to"))
    return ours or our_key(envelope) or next(iter(known), "")


def _header(name: str, text: str) -> str:
    """Return the values of a header wherever it stands in a text, folded lines included."""
    found = re.findall(rf"^\s*{name}\s*:[ \t]*(.*(?:\n[ \t]+\S.*)?)", text[:64_000], re.IGNORECASE | re.MULTILINE)
    return " ".join(found)
