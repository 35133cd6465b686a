"""Decides whether one message may go to one address now: the gate, in the order of the law.

`judge` reads from top to bottom: what no time can cure (a stop switch, a denial, a missing consent, a rule
that we do not know) is refused, by refusal.py; what time cures (quiet hours, caps, gaps) is delayed to the first
minute at which everything agrees, by wait.py. Whatever is missing or breaks means no.
"""

from collections.abc import Sequence
from datetime import datetime

from rewarm.domain import calendars, consent, receipt
from rewarm.domain.calendars import Place, RuleSet
from rewarm.domain.case import REPLY_EXEMPTION, REPLY_TO_BE_INFORMATIONAL, Case, answers_within
from rewarm.domain.consent import Entry
from rewarm.domain.refusal import REFUSALS
from rewarm.domain.verdict import (
    REASONS,
    Allow,
    ContactView,
    Delay,
    Deny,
    Proposed,
    Purpose,
    Receipt,
    Sent,
    Verdict,
)
from rewarm.domain.wait import WAITS, earliest

# The gate's whole vocabulary, so that callers need only this file.
__all__ = [
    "REASONS",
    "Allow",
    "ContactView",
    "Delay",
    "Deny",
    "Proposed",
    "Purpose",
    "Receipt",
    "Sent",
    "Verdict",
    "judge",
    "judged_as",
    "place_for",
    "replay",
]


def judge(message: Proposed, view: ContactView, ledger: Sequence[Entry], rules: RuleSet, now: datetime) -> Verdict:
    """Allow, delay or deny one message; never raises. The verdict is valid for the instant `now` only."""
    try:
        reason, retry_at, purpose = _decide(message, view, ledger, rules, now)
        proof = receipt.write(message, view, ledger, rules, now, purpose=purpose, reason=reason, retry_at=retry_at)
    except Exception as error:  # fail closed, and say what broke
        return Deny("gate_error", {"verdict": "deny", "reason": "gate_error", "error": repr(error)})
    if reason is None:
        return Allow(proof)
    return Deny(reason, proof) if retry_at is None else Delay(reason, retry_at, proof)


def judged_as(message: Proposed, now: datetime) -> Purpose:
    """Name the purpose that the law sees: an offer is marketing whatever its label.

    Only an answer given within a day may mention an offer; an old or unanchored "reply" is none.
    """
    sells = message.content_is_offer or message.words_sell
    if message.purpose != "reply":
        return "marketing" if sells else message.purpose
    if answers_within(message, REPLY_EXEMPTION, now):
        return "reply"
    return "informational" if answers_within(message, REPLY_TO_BE_INFORMATIONAL, now) and not sells else "marketing"


def _decide(
    message: Proposed, view: ContactView, ledger: Sequence[Entry], rules: RuleSet, now: datetime
) -> tuple[str | None, datetime | None, Purpose]:
    assert now.utcoffset() is not None, "a clock without a zone"
    purpose = judged_as(message, now)
    case = Case(
        message,
        view,
        consent.entries_for(
            ledger,
            address=message.address,
            channel=message.channel,
            seller=message.seller,
            lane="marketing" if purpose == "marketing" or message.content_is_offer else "service",
        ),
        place_for(message, view, rules),
        rules,
        purpose,
        now,
    )
    for refuses in REFUSALS[purpose]:
        if reason := refuses(case):
            return reason, None, purpose
    reason, at = earliest(case, WAITS[purpose])
    if at is None:
        return reason, None, purpose
    # What waits must be allowed when its minute comes: by then a check is stale, or an answer no answer any more.
    later, later_at, _ = _decide(message, view, ledger, rules, at)
    if later is not None and later_at is None:
        return later, None, purpose
    return reason, later_at or at, purpose


def place_for(message: Proposed, view: ContactView, rules: RuleSet) -> Place:
    """Name every zone and jurisdiction that a message may reach; an e-mail's address tells of none."""
    phone = None if message.channel == "email" else consent.ledger_address(message.address)
    return calendars.place_of(phone, states=view.states, zones=view.zones, country=view.country, rules=rules)


def replay(proof: Receipt, rules: RuleSet) -> Verdict:
    """Judge again from a receipt alone; raises ValueError when it holds no question or was given under another rule set."""
    if "message" not in proof:
        raise ValueError(
            "this receipt holds no question: what it names was refused before the gate was asked, or broke it"
        )
    message, view, ledger, now = receipt.read(proof)
    if proof["rules"] != rules.version:
        raise ValueError(f"given under the rules {proof['rules']}, those at hand are {rules.version}")
    return judge(message, view, ledger, rules, now)
