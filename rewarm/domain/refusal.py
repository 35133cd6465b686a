"""Decides what no time can cure: for each purpose, in the order of the law, who may not be written to and why."""

from collections.abc import Callable
from datetime import datetime, timedelta

from rewarm.domain import calendars, consent
from rewarm.domain.case import CLOCK_SKEW, Case
from rewarm.domain.verdict import Purpose

CONFIRMATION_WITHIN = timedelta(minutes=5)  # 47 CFR 64.1200(a)(12)
CHECK_VALID = timedelta(days=31)  # of the registry: 47 CFR 64.1200(c)(2)(i)(D); reused for the reassigned-number check
WAY_OUT_EVERY = timedelta(days=30)  # CTIA Principles, May 2023: in the first message, and again from time to time
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


def their_own_number(case: Case) -> str | None:
    """Write no more to a number that has passed to somebody else (47 CFR 64.1200(m))."""
    return "reassigned" if case.view.reassigned and case.message.channel != "email" else None


def named_seller(case: Case) -> str | None:
    """Name the legal sender: consent and opt-outs belong to it (47 CFR 64.1200(d)(4))."""
    return None if case.message.seller else "no_seller"


def not_opted_out(case: Case) -> str | None:
    """Honour a denial in the lane of this message, whoever recorded it and whatever came back since."""
    return "opted_out" if consent.standing_denials(case.entries) else None


def marketing_consent(case: Case) -> str | None:
    """Require written consent for a marketing text (64.1200(a)(2), (f)(9)).

    An established relationship never stands in for it (64.1200(f)(5)), nor does what Canada, Britain or Australia call implied.
    E-mail may go without only where the practice chose so and the law lets it (CAN-SPAM, 15 U.S.C. 7704).
    """
    verdict = consent.decide(case.entries).verdict
    if verdict == "granted":
        return None
    soft = verdict == "unknown" and case.message.channel == "email" and case.view.email_soft_ok
    return None if soft and case.rules.soft_email.issuperset(case.place.countries) else "no_consent"


def permission(case: Case) -> str | None:
    """Require that they gave the number to be written to for such a thing (64.1200(a)(1); FCC 92-443, 31; FCC 15-72, 141).

    A reminder is of a visit that they booked, and an answer late by days goes to somebody who wrote first.
    """
    message = case.message
    if (
        not case.rules.service_needs_permission
        or message.channel == "email"
        or message.purpose in ("reminder", "reply")
    ):
        return None
    given = case.view.gave_number or consent.decide(case.entries).verdict == "granted"
    return None if given else "no_permission"


def health_consent(case: Case) -> str | None:
    """Require a lead's own consent to the use of health data where a law asks for it (RCW 19.373.030; NRS 603A; CTDPA).

    A patient's record is protected health information, which these laws leave to HIPAA.
    """
    if not case.view.lead or not any(row.needs_health_consent for row in case.place.rows):
        return None
    return None if consent.permitted(case.entries, "health", contact=case.message.contact) else "no_health_consent"


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
    """Leave the control group alone, unless they ask."""
    return "held_out" if case.view.held_out and not case.is_answer else None


def unpaid_or_authorised(case: Case) -> str | None:
    """Refuse what a third party pays for without an authorisation that names it (45 CFR 164.501, 164.508(a)(3))."""
    payer = case.message.paid_by
    if not (payer or case.message.third_party_paid) or case.view.third_party_authorised:
        return None
    authorised = payer and consent.permitted(case.entries, "paid", contact=case.message.contact, payer=payer)
    return None if authorised else "third_party_paid"


def accepted_sensitivity(case: Case) -> str | None:
    """Say no more about somebody's health than they accepted."""
    return "too_sensitive" if case.message.sensitivity > case.view.accepts_sensitivity else None


def still_timely(case: Case) -> str | None:
    """Refuse what came too late to be true."""
    return "expired" if case.message.expires_at and case.now >= case.message.expires_at else None


def identified(case: Case) -> str | None:
    """Name the practice in every text and letter (64.1200(d)(4); 15 U.S.C. 7704(a)(5)(A))."""
    return "unsigned" if case.message.names_seller is False else None


def way_out(case: Case) -> str | None:
    """Say how to make us stop: in a first text and then every thirty days (CTIA), in every letter (15 U.S.C. 7704(a)(3))."""
    if case.message.says_way_out is not False:
        return None
    if case.message.channel == "email":
        return "no_way_out"
    said = [one.at for one in case.view.sent if one.said_way_out and one.channel != "email"]
    return None if said and case.now - max(said) < WAY_OUT_EVERY else "no_way_out"


def postal_address(case: Case) -> str | None:
    """Give the practice's postal address in every letter (15 U.S.C. 7704(a)(5)(A)(iii))."""
    missing = case.message.channel == "email" and case.message.gives_address is False
    return "no_postal_address" if missing else None


def known_place(case: Case) -> str | None:
    """Require a zone of the person's own, never the practice's, and rules for every country they may be in."""
    if not case.place.zones or (case.purpose == "marketing" and _is_placeholder(case)):
        return "unknown_zone"
    known = all(country == "US" or country in case.rules.countries for country in case.place.countries)
    return None if known and case.now.date() <= case.rules.valid_until else "no_rules"


def no_emergency(case: Case) -> str | None:
    """Send no marketing into a declared emergency (NY GBL 399-z(5-a), La. R.S. 45:844.31), nor to who may be in one."""
    flagged = case.view.emergencies
    if not flagged:
        return None
    banned = any(row.emergency_ban and row.name in flagged for row in case.place.rows)
    return "emergency" if banned or case.rules.strict in case.place.rows else None


def checked_number(case: Case) -> str | None:
    """Require a fresh reassigned-number check where the state does (10 M.R.S. 1499-B)."""
    if case.message.channel == "email" or not any(row.needs_number_check for row in case.place.rows):
        return None
    return None if _is_fresh(case.view.number_checked_at, case) else "number_unchecked"


def not_registered(case: Case) -> str | None:
    """Text no number on the national registry where the state forbids it (A.R.S. 44-1282), nor one not checked for 31 days.

    Federal law lets the written consent that every marketing text needs stand instead (64.1200(c)(2)(ii)), and Arizona follows
    it; like every other exemption it is not used where a row asks for the check.
    """
    if case.message.channel == "email" or not any(row.needs_registry for row in case.place.rows):
        return None
    if case.view.on_registry:
        return "on_registry"
    return None if _is_fresh(case.view.registry_checked_at, case) else "registry_unchecked"


def no_live_conversation(case: Case) -> str | None:
    """Keep campaigns out of a talk between people; an answer is the talk."""
    return "live_conversation" if case.view.conversation_live and not case.is_answer else None


_ANYONE: tuple[Refusal, ...] = (stop_switch, living_person, working_address, named_seller)
_ANYTHING: tuple[Refusal, ...] = (accepted_sensitivity, unpaid_or_authorised, still_timely)
_SERVICE: tuple[Refusal, ...] = (
    *_ANYONE,
    their_own_number,
    not_opted_out,
    permission,
    *_ANYTHING,
    known_place,
)

REFUSALS: dict[Purpose, tuple[Refusal, ...]] = {
    "marketing": (
        *_ANYONE,
        their_own_number,
        not_opted_out,
        marketing_consent,
        not_held_out,
        *_ANYTHING,
        identified,
        way_out,
        postal_address,
        known_place,
        health_consent,
        no_emergency,
        checked_number,
        not_registered,
        no_live_conversation,
    ),
    "informational": _SERVICE,
    "reminder": _SERVICE,
    "reply": (*_ANYONE, their_own_number, not_opted_out, *_ANYTHING),
    "opt_out_confirmation": (*_ANYONE, confirms_a_fresh_opt_out, *_ANYTHING),
}


def _is_fresh(checked_at: datetime | None, case: Case) -> bool:
    return checked_at is not None and case.now - checked_at <= CHECK_VALID


def _is_placeholder(case: Case) -> bool:
    """Tell a zone that stands in for an unknown one; the person's own area code makes up for it."""
    if case.view.zone_source not in PLACEHOLDER_ZONES or case.message.channel == "email":
        return False
    return calendars.area_of(consent.ledger_address(case.message.address), case.rules) is None
