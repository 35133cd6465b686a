"""Decides what no time can cure: for each purpose, in the order of the law, who may not be written to and why."""

from collections.abc import Callable
from datetime import timedelta

from rewarm.domain import calendars, consent
from rewarm.domain.case import CLOCK_SKEW, Case
from rewarm.domain.verdict import Purpose

CONFIRMATION_WITHIN = timedelta(minutes=5)  # 47 CFR 64.1200(a)(12)
NUMBER_CHECK_VALID = timedelta(days=31)  # 47 CFR 64.1200(c)(2)(i)(D), reused for the reassigned-number check
PLACEHOLDER_ZONES = frozenset({"practice", "company", "default", "workspace"})  # not the person's
CARRIER_SOURCES = frozenset({"carrier", "provider"})  # opt-outs that the carrier has already answered itself

Refusal = Callable[[Case], str | None]


def stop_switch(case: Case) -> str | None:
    """Obey every stop switch that is on for the workspace, the journey or the sender."""
    return "stopped" if case.view.stopped else None


def living_person(case: Case) -> str | None:
    """Write to nobody who has died."""
    return "deceased" if case.view.deceased else None


def working_address(case: Case) -> str | None:
    """Write to no address that bounced or is dead."""
    return "unusable" if case.view.unusable or not case.message.address else None


def named_seller(case: Case) -> str | None:
    """Name the legal sender: consent and opt-outs belong to it (47 CFR 64.1200(d)(4))."""
    return None if case.message.seller else "no_seller"


def not_opted_out(case: Case) -> str | None:
    """Honour a denial in the lane of this message, whoever recorded it and whatever came back since."""
    return "opted_out" if consent.standing_denials(case.entries) else None


def marketing_consent(case: Case) -> str | None:
    """Require written consent for a marketing text (64.1200(a)(2), (f)(9)); soft e-mail by setting."""
    verdict = consent.decide(case.entries).verdict
    if verdict == "granted":
        return None
    soft = verdict == "unknown" and case.message.channel == "email" and case.view.email_soft_ok
    return None if soft else "no_consent"


def confirms_a_fresh_opt_out(case: Case) -> str | None:
    """Confirm an opt-out once, within five minutes of its first word, unless the carrier did."""
    episode = consent.standing_denials(case.entries)
    if not episode or episode[0].act != "opted_out" or episode[0].at is None:
        return "no_opt_out_to_confirm"
    began = episode[0].at
    if not began - CLOCK_SKEW <= case.now <= began + CONFIRMATION_WITHIN:
        return "no_opt_out_to_confirm"
    confirmed = any(sent.purpose == "opt_out_confirmation" and sent.at >= began - CLOCK_SKEW for sent in case.view.sent)
    return "already_confirmed" if confirmed or any(e.source in CARRIER_SOURCES for e in episode) else None


def not_held_out(case: Case) -> str | None:
    """Leave the control group alone."""
    return "held_out" if case.view.held_out else None


def unpaid_or_authorised(case: Case) -> str | None:
    """Refuse what a third party pays for without an authorisation (45 CFR 164.501(2)(ii)(B))."""
    unauthorised = case.message.third_party_paid and not case.view.third_party_authorised
    return "third_party_paid" if unauthorised else None


def accepted_sensitivity(case: Case) -> str | None:
    """Say no more about somebody's health than they accepted."""
    return "too_sensitive" if case.message.sensitivity > case.view.accepts_sensitivity else None


def still_timely(case: Case) -> str | None:
    """Refuse what came too late to be true."""
    return "expired" if case.message.expires_at and case.now >= case.message.expires_at else None


def known_place(case: Case) -> str | None:
    """Require a zone of the person's own, never the practice's, and rules for it."""
    if not case.place.zones or (case.purpose == "marketing" and _is_placeholder(case)):
        return "unknown_zone"
    known = case.place.rows and case.now.date() <= case.rules.valid_until
    return None if known else "no_rules"


def no_emergency(case: Case) -> str | None:
    """Send no marketing into a declared emergency (NY GBL 399-z(5-a), La. R.S. 45:844.31)."""
    banned = any(row.emergency_ban and row.name in case.rules.emergencies for row in case.place.rows)
    return "emergency" if banned else None


def checked_number(case: Case) -> str | None:
    """Require a fresh reassigned-number check where the state does (10 M.R.S. 1499-B)."""
    if not any(row.needs_number_check for row in case.place.rows) or case.message.channel == "email":
        return None
    checked = case.view.number_checked_at
    return None if checked and case.now - checked <= NUMBER_CHECK_VALID else "number_unchecked"


def no_live_conversation(case: Case) -> str | None:
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


def _is_placeholder(case: Case) -> bool:
    """Tell a zone that stands in for an unknown one; the person's own area code makes up for it."""
    if case.view.zone_source not in PLACEHOLDER_ZONES or case.message.channel == "email":
        return False
    return calendars.area_of(consent.ledger_address(case.message.address), case.rules) is None
