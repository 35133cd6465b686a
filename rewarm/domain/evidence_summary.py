"""Decides what counsel reads first: how much was said, and whether anything went to an address after its opt-out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rewarm.domain.consent import ledger_channel


@dataclass(frozen=True, slots=True)
class Refusal:
    """The last opt-out of an address on a channel, and the purposes of what went there as long as it held."""

    address: str
    channel: str
    scope: str
    at: str
    lifted_at: str | None  # when they asked to hear from us again
    sent_since: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of messages and receipts, and every address that asked us to stop."""

    sent: int
    received: int
    judged: int
    confirmed: int
    refusals: tuple[Refusal, ...]


def summarise(
    ledger: Iterable[Mapping[str, Any]],
    messages: Sequence[Mapping[str, Any]],
    to_others: Sequence[Mapping[str, Any]] = (),
) -> Summary:
    """Sum up the evidence as actions/prove.py gives it; instants are ISO texts with their offset.

    An opt-out holds for the address, so what went there for somebody else who shares it counts as sent since.

    What was said and what left are compared by the clocks of those who said and sent it, so that a message in the air while
    an opt-out came in counts as sent before it; equal times count against us.
    """
    ours = [one for one in messages if one["direction"] == "out"]
    lines = sorted(ledger, key=lambda line: _instant(line["said_at"]))
    last = {(line["address"], line["channel"]): line for line in lines if line["act"] == "opted_out"}
    return Summary(
        sent=len(ours),
        received=len(messages) - len(ours),
        judged=sum(one.get("replays") is not None for one in ours),
        confirmed=sum(one.get("replays") is True for one in ours),
        refusals=tuple(_refusal(last[place], lines, [*ours, *to_others]) for place in sorted(last)),
    )


def _refusal(line: Mapping[str, Any], lines: Iterable[Mapping[str, Any]], ours: Iterable[Mapping[str, Any]]) -> Refusal:
    address, channel, at = line["address"], line["channel"], line["said_at"]
    lifted = (
        one["said_at"]
        for one in lines
        if one["act"] == "opted_in"
        and (one["address"], one["channel"]) == (address, channel)
        and _instant(one["said_at"]) > _instant(at)
    )
    until = next(lifted, None)
    since = tuple(
        str(one.get("purpose", "message"))
        for one in ours
        if one["address"] == address
        and (channel == "all" or ledger_channel(one["channel"]) == ledger_channel(channel))
        and _instant(one["at"]) >= _instant(at)
        and (until is None or _instant(one["at"]) < _instant(until))
    )
    return Refusal(address, channel, line["scope"], at, until, since)


def _instant(said: str) -> datetime:
    return datetime.fromisoformat(said)
