"""Decides whether one message may go to one address now: the gate, in the order of the law.

`judge` reads from top to bottom: what no time can cure (a stop switch, a denial, a missing consent, a rule
that we do not know) is refused; what time cures (quiet hours, caps, gaps) is delayed to the first minute at
which everything agrees. Whatever is missing or breaks means no (compliance.md, invariants I1-I15).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from rewarm.domain import calendars, consent, receipt
from rewarm.domain.calendars import MINUTE, Cap, Place, Row, RuleSet
from rewarm.domain.consent import Entry
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
    "replay",
]

REPLY_EXEMPTION = timedelta(hours=24)  # an answer is an answer for a day (compliance I9)
REPLY_TO_BE_INFORMATIONAL = timedelta(days=30)  # Monday's answer to Friday's question is no campaign
CONFIRMATION_WITHIN = timedelta(minutes=5)  # 47 CFR 64.1200(a)(12)
CLOCK_SKEW = timedelta(minutes=5)
NUMBER_CHECK_VALID = timedelta(days=31)  # 47 CFR 64.1200(c)(2)(i)(D), reused for the reassigned-number check
REPLY_FLOOD = Cap(30, timedelta(hours=24))  # two machines thanking each other
WEEK = timedelta(days=7)
PLACEHOLDER_ZONES = frozenset({"practice", "company", "default", "workspace"})  # not the person's
CARRIER_SOURCES = frozenset({"carrier", "provider"})  # opt-outs that the carrier has already answered itself
NO_GUARD = timedelta()


@dataclass(frozen=True, slots=True)
class _Case:
    """One question to the gate, with what every rule looks up."""

    message: Proposed
    view: ContactView
    entries: list[Entry]
    place: Place
    rules: RuleSet
    purpose: Purpose  # as judged, which may be stricter than the label
    now: datetime


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
    """Name the purpose that the law sees: an offer is marketing whatever its label (compliance I9).

    Only an answer given within a day may mention an offer; an old or unanchored "reply" is none.
    """
    if message.purpose == "reply":
        age = now - message.in_reply_to_at if message.in_reply_to_at else None
        if age is not None and -CLOCK_SKEW <= age <= REPLY_EXEMPTION:
            return "reply"
        fresh = age is not None and -CLOCK_SKEW <= age <= REPLY_TO_BE_INFORMATIONAL
        return "informational" if fresh and not message.content_is_offer else "marketing"
    return "marketing" if message.content_is_offer else message.purpose


def _decide(
    message: Proposed, view: ContactView, ledger: Sequence[Entry], rules: RuleSet, now: datetime
) -> tuple[str | None, datetime | None, Purpose]:
    assert now.utcoffset() is not None, "a clock without a zone"
    purpose = judged_as(message, now)
    case = _Case(
        message,
        view,
        consent.entries_for(
            ledger,
            address=message.address,
            channel=message.channel,
            seller=message.seller,
            lane="marketing" if purpose == "marketing" or message.content_is_offer else "service",
        ),
        _place(message, view, rules),
        rules,
        purpose,
        now,
    )
    for refuses in REFUSALS[purpose]:
        if reason := refuses(case):
            return reason, None, purpose
    return *_wait(case, WAITS[purpose]), purpose


# --- What no time can cure ------------------------------------------------------------------------------

Refusal = Callable[[_Case], str | None]


def stop_switch(case: _Case) -> str | None:
    """Obey every stop switch that is on for the workspace, the journey or the sender."""
    return "stopped" if case.view.stopped else None


def living_person(case: _Case) -> str | None:
    """Write to nobody who has died."""
    return "deceased" if case.view.deceased else None


def working_address(case: _Case) -> str | None:
    """Write to no address that bounced or is dead."""
    return "unusable" if case.view.unusable or not case.message.address else None


def named_seller(case: _Case) -> str | None:
    """Name the legal sender: consent and opt-outs belong to it (47 CFR 64.1200(d)(4), compliance I14)."""
    return None if case.message.seller else "no_seller"


def not_opted_out(case: _Case) -> str | None:
    """Honour a denial in the lane of this message, whoever recorded it and whatever came back since."""
    return "opted_out" if consent.standing_denials(case.entries) else None


def marketing_consent(case: _Case) -> str | None:
    """Require written consent for a marketing text (64.1200(a)(2), (f)(9)); soft e-mail by setting."""
    verdict = consent.decide(case.entries).verdict
    if verdict == "granted":
        return None
    soft = verdict == "unknown" and case.message.channel == "email" and case.view.email_soft_ok
    return None if soft else "no_consent"


def confirms_a_fresh_opt_out(case: _Case) -> str | None:
    """Confirm an opt-out once, within five minutes of its first word, unless the carrier did (US9)."""
    episode = consent.standing_denials(case.entries)
    if not episode or episode[0].act != "opted_out" or episode[0].at is None:
        return "no_opt_out_to_confirm"
    began = episode[0].at
    if not began - CLOCK_SKEW <= case.now <= began + CONFIRMATION_WITHIN:
        return "no_opt_out_to_confirm"
    confirmed = any(sent.purpose == "opt_out_confirmation" and sent.at >= began - CLOCK_SKEW for sent in case.view.sent)
    return "already_confirmed" if confirmed or any(e.source in CARRIER_SOURCES for e in episode) else None


def not_held_out(case: _Case) -> str | None:
    """Leave the control group alone."""
    return "held_out" if case.view.held_out else None


def unpaid_or_authorised(case: _Case) -> str | None:
    """Refuse what a third party pays for without an authorisation (45 CFR 164.501(2)(ii)(B))."""
    unauthorised = case.message.third_party_paid and not case.view.third_party_authorised
    return "third_party_paid" if unauthorised else None


def accepted_sensitivity(case: _Case) -> str | None:
    """Say no more about somebody's health than they accepted (compliance I10)."""
    return "too_sensitive" if case.message.sensitivity > case.view.accepts_sensitivity else None


def still_timely(case: _Case) -> str | None:
    """Refuse what came too late to be true."""
    return "expired" if case.message.expires_at and case.now >= case.message.expires_at else None


def known_place(case: _Case) -> str | None:
    """Require a zone of the person's own, never the practice's, and rules for it (US5, I4)."""
    if not case.place.zones or (case.purpose == "marketing" and _is_placeholder(case)):
        return "unknown_zone"
    known = case.place.rows and case.now.date() <= case.rules.valid_until
    return None if known else "no_rules"


def no_emergency(case: _Case) -> str | None:
    """Send no marketing into a declared emergency (NY GBL 399-z(5-a), La. R.S. 45:844.31)."""
    banned = any(row.emergency_ban and row.name in case.rules.emergencies for row in case.place.rows)
    return "emergency" if banned else None


def checked_number(case: _Case) -> str | None:
    """Require a fresh reassigned-number check where the state does (10 M.R.S. 1499-B)."""
    if not any(row.needs_number_check for row in case.place.rows) or case.message.channel == "email":
        return None
    checked = case.view.number_checked_at
    return None if checked and case.now - checked <= NUMBER_CHECK_VALID else "number_unchecked"


def no_live_conversation(case: _Case) -> str | None:
    """Keep campaigns out of a talk between people."""
    return "live_conversation" if case.view.conversation_live else None


_ANYONE: tuple[Refusal, ...] = (stop_switch, living_person, working_address, named_seller)
_ANYTHING: tuple[Refusal, ...] = (accepted_sensitivity, unpaid_or_authorised, still_timely)

REFUSALS: dict[Purpose, tuple[Refusal, ...]] = {
    "marketing": (
        *_ANYONE,
        not_opted_out,
        marketing_consent,
        not_held_out,
        *_ANYTHING,
        known_place,
        no_emergency,
        checked_number,
        no_live_conversation,
    ),
    "informational": (*_ANYONE, not_opted_out, *_ANYTHING, known_place),
    "reminder": (*_ANYONE, not_opted_out, *_ANYTHING, known_place),
    "reply": (*_ANYONE, not_opted_out, *_ANYTHING),
    "opt_out_confirmation": (*_ANYONE, confirms_a_fresh_opt_out, *_ANYTHING),
}


# --- What time cures ------------------------------------------------------------------------------------
# Each wait answers with the earliest instant from `at` on that it would allow; None = never.

Wait = Callable[[_Case, datetime], datetime | None]


def lawful_hours(case: _Case, at: datetime) -> datetime | None:
    """Keep to the hours of every state in every zone, with minutes to spare (64.1200(c)(1))."""
    if case.message.channel == "email":
        return at  # no hours law binds e-mail
    return _open(case, at, case.place.rows, case.rules.guard)


def courteous_hours(case: _Case, at: datetime) -> datetime | None:
    """Keep to the practice's own hours, on the person's clock."""
    return _open(case, at, (Row("practice", case.view.practice_hours),), NO_GUARD)


def service_hours(case: _Case, at: datetime) -> datetime | None:
    """Keep reminders and notices to decent hours: policy, not law."""
    return _open(case, at, (Row("service", case.rules.service_week),), case.rules.guard)


def after_the_appointment(case: _Case, at: datetime) -> datetime | None:
    """Sell nothing to somebody who is about to come in."""
    booked = case.view.next_appointment_at
    return at if booked is None or at > booked else booked + timedelta(microseconds=1)


def state_caps(case: _Case, at: datetime) -> datetime | None:
    """Keep under the strictest rolling cap of every state; intents and unknowns count (compliance I5)."""
    if case.message.channel == "email":
        return at
    for row in case.place.rows:
        for cap in row.caps:
            subject = case.message.subject if cap.same_subject else None
            at = _under(cap, _times(case.view.sent, _SELLING, subject=subject, channel="sms"), at)
    return at


def weekly_cap(case: _Case, at: datetime) -> datetime | None:
    """Keep under the workspace's own weekly cap, all channels and campaigns together."""
    if case.view.weekly_cap < 1:
        return None
    return _under(Cap(case.view.weekly_cap, WEEK), _times(case.view.sent, _SELLING), at)


def minimum_gap(case: _Case, at: datetime) -> datetime | None:
    """Leave them in peace for a while after each touch."""
    last = max(_times(case.view.sent, _SELLING), default=None)
    if case.view.last_touch_at and (last is None or case.view.last_touch_at > last):
        last = case.view.last_touch_at
    return at if last is None else max(at, last + case.view.min_gap)


def human_pace(case: _Case, at: datetime) -> datetime | None:
    """Break the loop of two machines that answer each other."""
    return _under(REPLY_FLOOD, _times(case.view.sent, ("reply",)), at)


_SELLING = ("marketing", "informational")

WAITS: dict[Purpose, tuple[tuple[str, Wait], ...]] = {
    "marketing": (
        ("appointment_ahead", after_the_appointment),
        ("state_cap", state_caps),
        ("weekly_cap", weekly_cap),
        ("min_gap", minimum_gap),
        ("quiet_hours", lawful_hours),
        ("practice_hours", courteous_hours),
    ),
    "informational": (("quiet_hours", service_hours),),
    "reminder": (("quiet_hours", service_hours),),
    "reply": (("reply_flood", human_pace),),
    "opt_out_confirmation": (),
}


def _wait(case: _Case, waits: Iterable[tuple[str, Wait]]) -> tuple[str | None, datetime | None]:
    """Name the first wait that says no, and the first whole minute at which all of them say yes.

    Each wait gives its own earliest instant, so going round until nobody moves finds the earliest common one.
    """
    reason = next((name for name, wait in waits if wait(case, case.now) != case.now), None)
    if reason is None:
        return None, None
    at, settled = _whole_minute(case.now), False
    latest = case.now + calendars.HORIZON_DAYS * calendars.DAY
    while not settled:
        settled = True
        for _, wait in waits:
            later = wait(case, at)
            if later is None or later > latest:
                return "no_open_hour", None
            if later != at:
                at, settled = _whole_minute(later), False
    if case.message.expires_at and at >= case.message.expires_at:
        return reason, None
    return reason, at


def _open(case: _Case, at: datetime, rows: Sequence[Row], guard: timedelta) -> datetime | None:
    zones = case.place.zones
    return at if calendars.is_open(at, rows, zones, guard) else calendars.next_open(at, rows, zones, guard)


def _under(cap: Cap, times: Sequence[datetime], at: datetime) -> datetime:
    """Find when fewer than `n` of these times lie inside the span that ends at `at`."""
    if len(times) < cap.n:
        return at
    return max(at, sorted(times)[-cap.n] + cap.span)


def _times(
    sent: Iterable[Sent], purposes: Sequence[str], *, subject: str | None = None, channel: str | None = None
) -> list[datetime]:
    return [
        one.at
        for one in sent
        if one.purpose in purposes
        and (subject is None or one.subject == subject)
        and (channel is None or consent.ledger_channel(one.channel) == channel)
    ]


def _whole_minute(at: datetime) -> datetime:
    at = at.astimezone(UTC)
    floor = at.replace(second=0, microsecond=0)
    return floor if floor == at else floor + MINUTE


def _place(message: Proposed, view: ContactView, rules: RuleSet) -> Place:
    phone = None if message.channel == "email" else consent.ledger_address(message.address)
    return calendars.place_of(phone, states=view.states, zones=view.zones, country=view.country, rules=rules)


def _is_placeholder(case: _Case) -> bool:
    """Tell a zone that stands in for an unknown one; the person's own area code makes up for it."""
    if case.view.zone_source not in PLACEHOLDER_ZONES or case.message.channel == "email":
        return False
    return calendars.area_of(consent.ledger_address(case.message.address), case.rules) is None


def replay(proof: Receipt, rules: RuleSet) -> Verdict:
    """Judge again from a receipt alone; raises ValueError when it was given under another rule set."""
    message, view, ledger, now = receipt.read(proof)
    if proof["rules"] != rules.version:
        raise ValueError(f"given under the rules {proof['rules']}, those at hand are {rules.version}")
    rules = replace(rules, emergencies=frozenset(proof.get("emergencies", ())))
    return judge(message, view, ledger, rules, now)
