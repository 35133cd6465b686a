"""Decides what a person's own words allow, from an append-only ledger kept by address and seller."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from rewarm.domain import emails
from rewarm.domain.wording import bare_words, fold

Channel = Literal["sms", "call", "email"]
Act = Literal["granted", "denied", "opted_out", "opted_in", "bounced", "complained", "permitted", "withdrawn"]
# What an entry speaks about. The last two are consents of their own, which no other consent contains: to the use of health
# data (RCW 19.373.030), and to messages that somebody else pays for (45 CFR 164.508(a)(3)).
Scope = Literal["all", "marketing", "health", "paid"]
Verdict = Literal["unknown", "granted", "denied"]
# The two lanes a message can travel in. A person may close the first and keep the second.
Lane = Literal["marketing", "service"]

_OF_MESSAGES = ("all", "marketing")
DENIALS = frozenset({"denied", "opted_out", "bounced", "complained"})
_ONE_PHONE = {"mms": "sms", "whatsapp": "sms", "rcs": "sms", "text": "sms", "voice": "call", "phone": "call"}
_SCHEMES = ("whatsapp:", "rcs:", "sms:", "tel:", "mailto:")
_NEVER = datetime.min.replace(tzinfo=UTC)
_ALWAYS = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger: what was said, when (the source's time; None if it gave none), the proof."""

    address: str
    channel: Channel | Literal["all"]
    act: Act
    scope: Scope
    at: datetime | None
    recorded_at: datetime
    source: str
    evidence: str | None
    id: str
    seller: str = ""  # the legal sender it was said to; empty = the only seller of this ledger
    contact: str = (
        ""  # whose it is, where it is a person's and not the address's: on a shared phone each gives their own
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds now for one channel and lane, and the entry that made it so."""

    verdict: Verdict
    scope: Scope | None = None
    since: datetime | None = None
    entry_id: str | None = None


def ledger_channel(channel: str) -> str:
    """Name the channel under which consent is kept: one phone is one address for SMS, MMS and WhatsApp."""
    return _ONE_PHONE.get(channel, channel)


def ledger_address(address: str) -> str:
    """Spell an address as the ledger does: without a scheme; e-mail by the one rule of emails.py, phones as they came."""
    if address[:1] == "+":
        return address
    address = address.strip()
    for scheme in _SCHEMES:
        address = address.removeprefix(scheme)
    return emails.canonical(address) or address.lower()


def entries_for(
    ledger: Iterable[Entry], *, address: str, channel: str, seller: str = "", lane: Lane = "marketing"
) -> list[Entry]:
    """Pick the entries that speak about this address, channel, seller and lane."""
    address, channel = ledger_address(address), ledger_channel(channel)
    return [
        entry
        for entry in ledger
        if entry.channel in (channel, "all")
        and ledger_address(entry.address) == address
        and (lane == "marketing" or entry.scope != "marketing")
        and (not entry.seller or not seller or entry.seller == seller or _same_name(entry.seller, seller))
    ]


def standing(entries: Sequence[Entry], channel: str, lane: Lane = "marketing") -> Standing:
    """Read the ledger of one address: what holds on this channel for messages of this lane.

    A denial stands until a later `opted_in` of the same channel and scope; a grant never lifts it, however
    late it is recorded, and equal or unknown times count against us.
    """
    return decide(
        [
            e
            for e in entries
            if e.channel in (ledger_channel(channel), "all") and (lane == "marketing" or e.scope != "marketing")
        ]
    )


def decide(entries: Sequence[Entry]) -> Standing:
    """Weigh entries that all speak about the same channel and lane."""
    denials = standing_denials(entries)
    if denials:
        last = denials[-1]
        return Standing("denied", last.scope, last.at or last.recorded_at, last.id)
    grants = [entry for entry in entries if entry.act == "granted" and entry.evidence and entry.scope in _OF_MESSAGES]
    if grants:
        last = max(grants, key=_restored_at)
        return Standing("granted", last.scope, last.at or last.recorded_at, last.id)
    return Standing("unknown")


def standing_denials(entries: Sequence[Entry]) -> list[Entry]:
    """List the denials that no later `opted_in` has lifted, oldest first: the present opt-out episode."""
    restored = max((_restored_at(entry) for entry in entries if entry.act == "opted_in"), default=_NEVER)
    denials = [entry for entry in entries if entry.act in DENIALS and _denied_at(entry) >= restored]
    return sorted(denials, key=_denied_at) if len(denials) > 1 else denials


def permitted(entries: Iterable[Entry], scope: Scope, *, contact: str, payer: str = "") -> bool:
    """Tell whether a consent of its own class holds for this person: the last word counts, and a withdrawal wins a tie.

    It needs evidence like every other, and an authorisation of paid messages holds for the payer that it names only.
    """
    words = [one for one in entries if one.scope == scope and one.act in ("permitted", "withdrawn")]
    words = [
        one
        for one in words
        if one.contact in ("", contact) and one.source.casefold() == (payer or one.source).casefold()
    ]
    given = max((_restored_at(one) for one in words if one.act == "permitted" and one.evidence), default=_NEVER)
    return given > max((_denied_at(one) for one in words if one.act == "withdrawn"), default=_NEVER)


def _same_name(one: str, other: str) -> bool:
    """Tell whether two spellings name one legal sender; "LLC" and "Inc." are two, a comma before them is none."""
    return bare_words(fold(one)) == bare_words(fold(other))


def _denied_at(entry: Entry) -> datetime:
    return entry.at or _ALWAYS


def _restored_at(entry: Entry) -> datetime:
    """Date a yes, never later than we heard it: a clock running ahead must not outlive a STOP."""
    return min(entry.at, entry.recorded_at) if entry.at else _NEVER
