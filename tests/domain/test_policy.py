"""The gate, read as a lawyer would: one table a rule, one line a case."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from rewarm.domain.policy import (
    REASONS,
    Allow,
    ContactView,
    Delay,
    Deny,
    Proposed,
    Sent,
    judge,
    judged_as,
    replay,
)
from rewarm.domain.verdict import DEFAULT_HOURS
from tests.domain.gate_cast import (
    MARKETING,
    ONLY_THE_LAW,
    REMINDER,
    RULES,
    SARAH,
    ask,
    entry,
    local,
    said,
)

# fmt: off  (the tables are laid out by hand)

ET, CT, MT, PT = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"
FRIDAY_NOON = local("2026-11-20 12:00", ET)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def text_to(phone: str) -> Proposed:
    return replace(MARKETING, address=phone)


# --- Hours: the federal window, and who narrows it ------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "phone", "zone", "wall_clock", "verdict"),
    [
        # 47 CFR 64.1200(c)(1): 8:00 to 21:00 where they are; we stop ten minutes early.
        ("New York, a minute before eight", "+12125550101", ET, "2026-11-20 07:59", "quiet_hours"),
        ("New York, eight sharp", "+12125550101", ET, "2026-11-20 08:00", "allow"),
        ("New York, the last good minute", "+12125550101", ET, "2026-11-20 20:49", "allow"),
        ("New York, inside the guard band", "+12125550101", ET, "2026-11-20 20:50", "quiet_hours"),
        ("New York, midnight", "+12125550101", ET, "2026-11-20 00:00", "quiet_hours"),
        ("New York on a Sunday", "+12125550101", ET, "2026-11-22 12:00", "allow"),
        # States that close at eight.
        ("Florida (Miami), half past seven", "+13055550101", ET, "2026-11-20 19:30", "allow"),
        ("Florida (Miami), ten to eight", "+13055550101", ET, "2026-11-20 19:50", "quiet_hours"),
        ("Maryland, ten to eight", "+14105550101", ET, "2026-11-20 19:50", "quiet_hours"),
        ("Oklahoma, ten to eight", "+14055550101", CT, "2026-11-20 19:50", "quiet_hours"),
        ("Washington, ten to eight", "+12065550101", PT, "2026-11-20 19:50", "quiet_hours"),
        ("Connecticut opens at nine", "+12035550101", ET, "2026-11-20 08:59", "quiet_hours"),
        ("Connecticut at nine", "+12035550101", ET, "2026-11-20 09:00", "allow"),
        # Texas, Bus. & Com. Code 301: Monday to Saturday 9-21, Sunday 12-21.
        ("Texas (Dallas), Saturday half past eight", "+12145550101", CT, "2026-11-21 08:30", "quiet_hours"),
        ("Texas (Dallas), Saturday nine", "+12145550101", CT, "2026-11-21 09:00", "allow"),
        ("Texas (Dallas), Sunday before noon", "+12145550101", CT, "2026-11-22 11:59", "quiet_hours"),
        ("Texas (Dallas), Sunday noon", "+12145550101", CT, "2026-11-22 12:00", "allow"),
        # No Sunday at all.
        ("Alabama on a Sunday", "+12055550101", CT, "2026-11-22 12:00", "quiet_hours"),
        ("Louisiana on a Sunday", "+15045550101", CT, "2026-11-22 12:00", "quiet_hours"),
        ("Utah on a Sunday", "+18015550101", MT, "2026-11-22 12:00", "quiet_hours"),
        ("South Dakota on a Saturday", "+16055550101", CT, "2026-11-21 12:00", "quiet_hours"),
        ("Rhode Island, Saturday ten to five", "+14015550101", ET, "2026-11-21 16:50", "quiet_hours"),
        ("Kentucky opens at ten", "+15025550101", ET, "2026-11-20 09:59", "quiet_hours"),
        # Holidays of the state.
        ("Alabama on Christmas Day", "+12055550101", CT, "2026-12-25 12:00", "quiet_hours"),
        ("Louisiana on Mardi Gras", "+15045550101", CT, "2026-02-17 12:00", "quiet_hours"),
        ("Louisiana on Election Day", "+15045550101", CT, "2026-11-03 12:00", "quiet_hours"),
        ("Utah on Pioneer Day", "+18015550101", MT, "2026-07-24 12:00", "quiet_hours"),
        ("Nebraska (Omaha), Thanksgiving noon", "+14025550101", CT, "2026-11-26 12:00", "quiet_hours"),
        ("Nebraska (Omaha), Thanksgiving at two", "+14025550101", CT, "2026-11-26 14:00", "allow"),
        ("New York on Christmas Day has no ban", "+12125550101", ET, "2026-12-25 12:00", "allow"),
    ],
)  # fmt: skip
def test_the_hours_of_the_states(who: str, phone: str, zone: str, wall_clock: str, verdict: str) -> None:
    assert said(ask(text_to(phone), now=local(wall_clock, zone))) == verdict, who


@pytest.mark.parametrize(
    ("who", "phone", "zone", "wall_clock", "verdict"),
    [
        # Arizona has no summer time; the Navajo Nation has. Both clocks must agree.
        ("Phoenix, winter, eight", "+16025550101", "America/Phoenix", "2026-01-20 08:00", "allow"),
        ("Phoenix, summer, eight", "+16025550101", "America/Phoenix", "2026-07-21 08:00", "allow"),
        ("Phoenix, summer, nine to nine", "+16025550101", "America/Phoenix", "2026-07-21 20:49", "allow"),
        ("northern Arizona, summer, ten to eight", "+19285550101", "America/Phoenix", "2026-07-21 19:49",
         "allow"),
        ("northern Arizona, summer, eight in the evening (nine on the reservation)", "+19285550101",
         "America/Phoenix", "2026-07-21 20:00", "quiet_hours"),
        # Indiana lives by two clocks within one area code.
        ("southern Indiana, eight in Evansville", "+18125550101", CT, "2026-11-20 08:00", "allow"),
        ("southern Indiana, eight in Bloomington (seven in Evansville)", "+18125550101", ET,
         "2026-11-20 08:00", "quiet_hours"),
        ("southern Indiana, 20:50 in Bloomington", "+18125550101", ET, "2026-11-20 20:50", "quiet_hours"),
        ("Indianapolis has one clock", "+13175550101", ET, "2026-11-20 08:00", "allow"),
        # The area codes whose zone the usual library has wrong.
        ("689 Orlando is Eastern: 19:30 there", "+16895550101", ET, "2026-11-20 19:30", "allow"),
        ("689 Orlando is Eastern: 19:50 there", "+16895550101", ET, "2026-11-20 19:50", "quiet_hours"),
        ("448 Pensacola is Central: seven there", "+14485550101", CT, "2026-11-20 07:00", "quiet_hours"),
        ("448 Pensacola is Central: eight there", "+14485550101", CT, "2026-11-20 08:00", "allow"),
        ("448 reaches Tallahassee: 19:50 Eastern", "+14485550101", ET, "2026-11-20 19:50", "quiet_hours"),
        ("364 Paducah is Central: nine there, Kentucky opens at ten", "+13645550101", CT,
         "2026-11-20 09:00", "quiet_hours"),
        ("364 Paducah is Central: ten there", "+13645550101", CT, "2026-11-20 10:00", "allow"),
        ("930 Evansville is Central: seven there", "+19305550101", CT, "2026-11-20 07:00", "quiet_hours"),
        ("930 Evansville is Central: eight there", "+19305550101", CT, "2026-11-20 08:00", "allow"),
        ("458 reaches Malheur County: 19:50 there", "+14585550101", "America/Boise", "2026-11-20 19:50",
         "quiet_hours"),
        ("458 reaches Malheur County: 19:30 there", "+14585550101", "America/Boise", "2026-11-20 19:30",
         "allow"),
        # Alaska: Anchorage, and Adak an hour behind.
        ("Alaska, eight in Anchorage (seven in Adak)", "+19075550101", "America/Anchorage",
         "2026-01-20 08:00", "quiet_hours"),
        ("Alaska, nine in Anchorage", "+19075550101", "America/Anchorage", "2026-01-20 09:00", "allow"),
        ("Alaska, 20:50 in Anchorage", "+19075550101", "America/Anchorage", "2026-01-20 20:50",
         "quiet_hours"),
        ("Hawaii, eight there is early afternoon in New York", "+18085550101", "Pacific/Honolulu",
         "2026-11-20 08:00", "allow"),
        # The nights on which the clocks change: 2026-03-08 and 2026-11-01.
        ("eight on the morning the clocks went forward", "+12125550101", ET, "2026-03-08 08:00", "allow"),
        ("seven that morning, which was eight the day before", "+12125550101", ET, "2026-03-08 07:30",
         "quiet_hours"),
        ("eight on the morning the clocks went back", "+12125550101", ET, "2026-11-01 08:00", "allow"),
        ("the evening of that day", "+12125550101", ET, "2026-11-01 20:50", "quiet_hours"),
        ("a leap day", "+12125550101", ET, "2028-02-29 12:00", "allow"),
    ],
)  # fmt: skip
def test_the_clocks_of_the_places(who: str, phone: str, zone: str, wall_clock: str, verdict: str) -> None:
    assert said(ask(text_to(phone), now=local(wall_clock, zone))) == verdict, who


@pytest.mark.parametrize(
    ("who", "phone", "view", "now", "verdict"),
    [
        ("toll-free: nobody knows where", "+18005550101", {}, FRIDAY_NOON, "unknown_zone"),
        ("a code that does not exist", "+15555550101", {}, FRIDAY_NOON, "unknown_zone"),
        ("the practice's own zone is not theirs", "+18885550101",
         {"zones": (ET,), "zone_source": "practice"}, FRIDAY_NOON, "unknown_zone"),
        ("toll-free, but they told us their town: the strict row", "+18005550101",
         {"zones": (ET,), "zone_source": "stated"}, local("2026-11-20 12:00", ET), "allow"),
        ("the strict row closes at six", "+18005550101",
         {"zones": (ET,), "zone_source": "stated"}, local("2026-11-20 17:50", ET), "quiet_hours"),
        ("the strict row knows no Saturday", "+18005550101",
         {"zones": (ET,), "zone_source": "stated"}, local("2026-11-21 12:00", ET), "quiet_hours"),
        ("a New York number that lives in Los Angeles: eight in New York", SARAH,
         {"states": ("CA",), "zones": (PT,)}, local("2026-11-20 08:00", ET), "quiet_hours"),
        ("a New York number that lives in Los Angeles: eight in Los Angeles", SARAH,
         {"states": ("CA",), "zones": (PT,)}, local("2026-11-20 08:00", PT), "allow"),
        ("a New York number that lives in Los Angeles: nine in New York", SARAH,
         {"states": ("CA",), "zones": (PT,)}, local("2026-11-20 20:50", ET), "quiet_hours"),
        ("a New York number that lives somewhere in California: eight in New York", SARAH,
         {"states": ("CA",)}, local("2026-11-20 08:00", ET), "quiet_hours"),
        ("a New York number that lives in Alabama: Sunday", SARAH,
         {"states": ("AL",), "zones": (CT,)}, local("2026-11-22 12:00", CT), "quiet_hours"),
        ("a zone that does not exist", SARAH, {"zones": ("America/Springfield",)}, FRIDAY_NOON, "gate_error"),
        ("UTC is nobody's home", SARAH, {"zones": ("UTC",)}, FRIDAY_NOON, "gate_error"),
        ("a state that does not exist is judged strictly", SARAH, {"states": ("ZZ",)},
         local("2026-11-21 12:00", ET), "quiet_hours"),
        ("Toronto on a Saturday at nine", "+14165550101", {"country": "CA"},
         local("2026-11-21 09:00", "America/Toronto"), "quiet_hours"),
        ("Toronto on a Friday", "+14165550101", {"country": "CA"}, FRIDAY_NOON, "allow"),
        ("London, noon there", "+447400123456", {"country": "GB"}, local("2026-11-20 12:00", "Europe/London"),
         "allow"),
        ("France: we hold no rules", "+33612345678", {"country": "FR", "zones": ("Europe/Paris",)},
         FRIDAY_NOON, "no_rules"),
        ("France with a phone from New York", SARAH, {"country": "FR", "zones": ("Europe/Paris",)}, FRIDAY_NOON,
         "no_rules"),
        ("a phone from Paris, an address in New York", "+33612345678", {"states": ("NY",), "zones": (ET,)}, FRIDAY_NOON,
         "no_rules"),
        ("a phone from Jamaica, an address in New York", "+18765550101", {"states": ("NY",), "zones": (ET,)},
         FRIDAY_NOON, "no_rules"),
        ("Puerto Rico is a country to some and a state to the law", "+17875550101", {"country": "PR"}, FRIDAY_NOON,
         "allow"),
        ("a naive clock", SARAH, {}, datetime(2026, 11, 20, 12), "gate_error"),  # noqa: DTZ001
        ("beyond the holiday tables", SARAH, {}, local("2036-11-20 12:00", ET), "no_rules"),
        ("Maine requires a number check", "+12075550101", {}, FRIDAY_NOON, "number_unchecked"),
        ("Maine with a fresh number check", "+12075550101", {"number_checked_at": FRIDAY_NOON - 30 * DAY},
         FRIDAY_NOON, "allow"),
        ("Maine with a stale number check", "+12075550101", {"number_checked_at": FRIDAY_NOON - 32 * DAY},
         FRIDAY_NOON, "number_unchecked"),
    ],
)  # fmt: skip
def test_where_they_may_be(who: str, phone: str, view: dict[str, object], now: datetime, verdict: str) -> None:
    assert said(ask(text_to(phone), replace(ONLY_THE_LAW, **view), now=now)) == verdict, who  # type: ignore[arg-type]


def test_an_emergency_flag_closes_new_york_and_no_other_state() -> None:
    flagged = replace(ONLY_THE_LAW, emergencies=("NY", "FL"))
    assert said(ask(MARKETING, flagged, now=FRIDAY_NOON)) == "emergency"
    assert said(ask(text_to("+13055550101"), flagged, now=FRIDAY_NOON)) == "allow", "Florida has no such ban"
    nowhere = replace(flagged, zones=(ET,), zone_source="stated")
    assert said(ask(text_to("+18005550101"), nowhere, now=FRIDAY_NOON)) == "emergency", "they may be in New York"
    assert said(ask(REMINDER, flagged, now=FRIDAY_NOON)) == "allow", "the bans are of advertising"


# --- Consent --------------------------------------------------------------------------------------------

YESTERDAY = FRIDAY_NOON - DAY
EMAIL = replace(MARKETING, channel="email", address="sarah@example.com")
AT_HOME = replace(ONLY_THE_LAW, zones=(ET,), zone_source="zip")


@pytest.mark.parametrize(
    ("who", "message", "ledger", "verdict"),
    [
        ("no consent on file", MARKETING, (), "no_consent"),
        ("written consent", MARKETING, (entry("granted"),), "allow"),
        ("consent without its evidence is none", MARKETING, (entry("granted", evidence=None),), "no_consent"),
        ("consent to calls is no consent to texts", MARKETING, (entry("granted", channel="call"),),
         "no_consent"),
        ("another address's consent", MARKETING, (entry("granted", address="+12125550102"),), "no_consent"),
        ("another seller's consent", MARKETING, (entry("granted", seller="Other Hearing Inc"),),
         "no_consent"),
        ("they said STOP", MARKETING, (entry("granted"), entry("opted_out", YESTERDAY)), "opted_out"),
        ("STOP on WhatsApp is a STOP on the phone", replace(MARKETING, channel="whatsapp",
         address=f"whatsapp:{SARAH}"),
         (entry("granted"), entry("opted_out", YESTERDAY)), "opted_out"),
        ("a grant recorded after the STOP lifts nothing", MARKETING,
         (entry("opted_out"), entry("granted", YESTERDAY)), "opted_out"),
        ("STOP and START in the same second", MARKETING,
         (entry("granted"), entry("opted_out", YESTERDAY), entry("opted_in", YESTERDAY)), "opted_out"),
        ("STOP, then START", MARKETING,
         (entry("granted"), entry("opted_out", YESTERDAY), entry("opted_in", YESTERDAY + MINUTE)), "allow"),
        ("START that arrived late but was said first", MARKETING,
         (entry("granted"), entry("opted_in", YESTERDAY - HOUR), entry("opted_out", YESTERDAY)), "opted_out"),
        ("a STOP of unknown time outlives a START", MARKETING,
         (entry("granted"), entry("opted_out", None, recorded_at=YESTERDAY),
          entry("opted_in", YESTERDAY + MINUTE)), "opted_out"),
        ("START after STOP without any consent before", MARKETING,
         (entry("opted_out", YESTERDAY), entry("opted_in", YESTERDAY + MINUTE)), "no_consent"),
        ("START by e-mail does not open the phone", MARKETING,
         (entry("granted"), entry("opted_out", YESTERDAY),
          entry("opted_in", YESTERDAY + MINUTE, channel="email")), "opted_out"),
        ("do not contact, imported", MARKETING, (entry("granted"), entry("denied", channel="all")),
         "opted_out"),
        ("no more marketing: a reminder may still go", REMINDER, (entry("opted_out", scope="marketing"),),
         "allow"),
        ("no more marketing: marketing may not", MARKETING,
         (entry("granted"), entry("opted_out", scope="marketing")), "opted_out"),
        ("STOP silences reminders too", REMINDER, (entry("opted_out"),), "opted_out"),
        ("a reminder needs no written consent", REMINDER, (), "allow"),
        ("the offer in a reminder does", replace(REMINDER, content_is_offer=True), (), "no_consent"),
        ("the offer in an opt-out confirmation is marketing",
         replace(MARKETING, purpose="opt_out_confirmation", content_is_offer=True),
         (entry("granted"), entry("opted_out", FRIDAY_NOON)), "opted_out"),
        ("e-mail with consent", EMAIL, (entry("granted", address="Sarah@Example.com", channel="email"),),
         "allow"),
        ("e-mail without", EMAIL, (), "no_consent"),
        ("e-mail that complained", EMAIL,
         (entry("granted", address="sarah@example.com", channel="email"),
          entry("complained", YESTERDAY, address="sarah@example.com", channel="email")), "opted_out"),
        ("nobody's name on it", replace(MARKETING, seller=""), (entry("granted"),), "no_seller"),
    ],
)  # fmt: skip
def test_whose_consent(who: str, message: Proposed, ledger: tuple, verdict: str) -> None:  # type: ignore[type-arg]
    assert said(ask(message, AT_HOME, ledger, now=FRIDAY_NOON)) == verdict, who


def test_soft_email_needs_its_switch_and_no_denial() -> None:
    soft = replace(AT_HOME, email_soft_ok=True)
    denied = (entry("denied", address="sarah@example.com", channel="email"),)
    assert said(ask(EMAIL, soft, (), now=FRIDAY_NOON)) == "allow"
    assert said(ask(MARKETING, soft, (), now=FRIDAY_NOON)) == "no_consent"
    assert said(ask(EMAIL, soft, denied, now=FRIDAY_NOON)) == "opted_out"


# --- Answers and confirmations --------------------------------------------------------------------------

NIGHT = local("2026-11-20 22:30", ET)


@pytest.mark.parametrize(
    ("who", "asked_at", "offer", "ledger", "verdict"),
    [
        ("price asked at half past ten, answered at once", NIGHT - MINUTE, True, (), "allow"),
        ("asked 24 hours ago", NIGHT - DAY, False, (), "allow"),
        ("asked a minute more than that: a notice, and it is night", NIGHT - DAY - MINUTE, False, (),
         "quiet_hours"),
        ("an offer a day late is marketing", NIGHT - DAY - MINUTE, True, (), "no_consent"),
        ("a reply to nothing is marketing", None, False, (), "no_consent"),
        ("a reply to the future", NIGHT + HOUR, False, (), "no_consent"),
        ("a reply to something last spring", NIGHT - 200 * DAY, False, (), "no_consent"),
        ("they asked, then said STOP", NIGHT - HOUR, False, (entry("opted_out", NIGHT - MINUTE),),
         "opted_out"),
        ("they want no marketing and ask where we are", NIGHT - HOUR, False,
         (entry("opted_out", scope="marketing"),), "allow"),
        ("they want no marketing: an answer carries no offer", NIGHT - HOUR, True,
         (entry("opted_out", scope="marketing"),), "opted_out"),
    ],
)  # fmt: skip
def test_answers(who: str, asked_at: datetime | None, offer: bool, ledger: tuple, verdict: str) -> None:  # type: ignore[type-arg]
    reply = replace(MARKETING, purpose="reply", in_reply_to_at=asked_at, content_is_offer=offer)
    assert said(ask(reply, ONLY_THE_LAW, ledger, now=NIGHT)) == verdict, who


NOON = FRIDAY_NOON
BUSY = replace(
    ContactView(), conversation_live=True, held_out=True, next_appointment_at=NOON + DAY, last_touch_at=NOON,
    practice_hours=((0, 60),) * 7, weekly_cap=0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("who", "change", "verdict"),
    [
        ("a price, three days after the question: the law's rules and not our manners", {}, "allow"),
        ("the same without consent", {"ledger": ()}, "no_consent"),
        ("the same without the practice's name", {"names_seller": False}, "unsigned"),
        ("the same at night", {"now": local("2026-11-20 22:00", ET)}, "quiet_hours"),
        ("an answer to nothing is a campaign in the middle of a talk", {"in_reply_to_at": None}, "held_out"),
    ],
)
def test_a_late_answer_with_a_price_is_marketing_and_still_an_answer(
    who: str, change: dict[str, object], verdict: str
) -> None:
    change = dict(change)
    ledger, now = change.pop("ledger", None), change.pop("now", NOON)
    late = replace(MARKETING, purpose="reply", in_reply_to_at=NOON - 3 * DAY, words_sell=True)
    assert judged_as(late, NOON) == "marketing"
    assert said(ask(replace(late, **change), BUSY, ledger, now=now)) == verdict, who  # type: ignore[arg-type]


def test_a_price_that_was_just_asked_for_is_no_advertisement() -> None:
    """They want no ads, and ask what it costs: the answer may say it; an offer that its writer calls one may not go."""
    no_ads = (entry("granted"), entry("opted_out", FRIDAY_NOON - DAY, scope="marketing"))
    answer = replace(MARKETING, purpose="reply", in_reply_to_at=FRIDAY_NOON - HOUR, words_sell=True)
    assert said(ask(answer, ONLY_THE_LAW, no_ads, now=FRIDAY_NOON)) == "allow"
    assert said(ask(replace(answer, content_is_offer=True), ONLY_THE_LAW, no_ads, now=FRIDAY_NOON)) == "opted_out"


def test_what_grows_old_while_it_waits_is_refused_now() -> None:
    maine, night = text_to("+12075550101"), local("2026-11-20 22:00", ET)
    view = replace(ONLY_THE_LAW, number_checked_at=night - 31 * DAY + HOUR)
    assert isinstance(ask(maine, replace(view, number_checked_at=night - 30 * DAY), now=night), Delay)
    assert (type(ask(maine, view, now=night)), said(ask(maine, view, now=night))) == (Deny, "number_unchecked")


def test_two_machines_answering_each_other_are_slowed_down() -> None:
    chatter = replace(ONLY_THE_LAW, sent=tuple(Sent(NIGHT - n * MINUTE, "reply", "sms") for n in range(30)))
    reply = replace(MARKETING, purpose="reply", in_reply_to_at=NIGHT)
    assert said(ask(reply, chatter, (), now=NIGHT)) == "reply_flood"


@pytest.mark.parametrize(
    ("who", "ledger", "sent", "verdict"),
    [
        ("at once, at night", (entry("opted_out", NIGHT),), (), "allow"),
        ("five minutes later", (entry("opted_out", NIGHT - 5 * MINUTE),), (), "allow"),
        ("six minutes later", (entry("opted_out", NIGHT - 6 * MINUTE),), (), "no_opt_out_to_confirm"),
        ("nothing to confirm", (entry("granted"),), (), "no_opt_out_to_confirm"),
        ("an imported do-not-contact flag is not theirs to hear about", (entry("denied", NIGHT),), (),
         "no_opt_out_to_confirm"),
        ("confirmed already", (entry("opted_out", NIGHT - MINUTE),),
         (Sent(NIGHT, "opt_out_confirmation", "sms"),), "already_confirmed"),
        ("STOP twice is one episode", (entry("opted_out", NIGHT - HOUR), entry("opted_out", NIGHT)), (),
         "no_opt_out_to_confirm"),
        ("STOP, START, STOP is two", (entry("opted_out", NIGHT - 3 * HOUR), entry("opted_in",
         NIGHT - 2 * HOUR),
         entry("opted_out", NIGHT)), (Sent(NIGHT - 3 * HOUR, "opt_out_confirmation", "sms"),), "allow"),
        ("the carrier has answered for us", (entry("opted_out", NIGHT, source="carrier"),), (),
         "already_confirmed"),
    ],
)  # fmt: skip
def test_opt_out_confirmation(who: str, ledger: tuple, sent: tuple, verdict: str) -> None:  # type: ignore[type-arg]
    confirmation = replace(MARKETING, purpose="opt_out_confirmation")
    assert said(ask(confirmation, replace(ONLY_THE_LAW, sent=sent), ledger, now=NIGHT)) == verdict, who


# --- Everything else that closes the door ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "message", "view", "verdict"),
    [
        ("a stop switch", {}, {"stopped": ("journey:reactivation",)}, "stopped"),
        ("they have died", {}, {"deceased": True}, "deceased"),
        ("the number is dead", {}, {"unusable": True}, "unusable"),
        ("the control group", {}, {"held_out": True}, "held_out"),
        ("the control group is still reminded", {"purpose": "reminder"}, {"held_out": True}, "allow"),
        ("in a conversation", {}, {"conversation_live": True}, "live_conversation"),
        ("a manufacturer pays", {"third_party_paid": True}, {}, "third_party_paid"),
        ("a manufacturer pays and they authorised it", {"third_party_paid": True},
         {"third_party_authorised": True}, "allow"),
        ("it names their ear, they accepted little", {"sensitivity": 2}, {}, "too_sensitive"),
        ("it names their ear, they accepted that", {"sensitivity": 2}, {"accepts_sensitivity": 2}, "allow"),
        ("too late", {"expires_at": FRIDAY_NOON}, {}, "expired"),
        ("just in time", {"expires_at": FRIDAY_NOON + MINUTE}, {}, "allow"),
    ],
)  # fmt: skip
def test_refusals(who: str, message: dict[str, object], view: dict[str, object], verdict: str) -> None:
    asked = replace(MARKETING, **message)  # type: ignore[arg-type]
    assert said(ask(asked, replace(ONLY_THE_LAW, **view), now=FRIDAY_NOON)) == verdict, who  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("who", "view", "reason", "retry_at"),
    [
        ("the practice opens at nine on their clock", {"practice_hours": DEFAULT_HOURS}, "practice_hours",
         local("2026-11-23 09:00", ET)),
        ("two days of peace after each touch", {"min_gap": 2 * DAY, "sent": (Sent(FRIDAY_NOON, "marketing",
         "email"),)},
         "min_gap", FRIDAY_NOON + 2 * DAY),
        ("a touch on another channel counts", {"min_gap": 2 * DAY, "last_touch_at": FRIDAY_NOON}, "min_gap",
         FRIDAY_NOON + 2 * DAY),
        ("one a week, spent", {"weekly_cap": 1, "sent": (Sent(FRIDAY_NOON - HOUR, "marketing", "sms"),)},
         "weekly_cap", local("2026-11-27 11:00", ET)),
        ("they come in on Monday", {"next_appointment_at": local("2026-11-23 10:00", ET)},
         "appointment_ahead",
         local("2026-11-23 10:01", ET)),
    ],
)  # fmt: skip
def test_delays(who: str, view: dict[str, object], reason: str, retry_at: datetime) -> None:
    sunday_noon = local("2026-11-22 11:00", ET)
    now = sunday_noon if reason == "practice_hours" else FRIDAY_NOON + HOUR
    verdict = ask(MARKETING, replace(ONLY_THE_LAW, **view), now=now)  # type: ignore[arg-type]
    assert isinstance(verdict, Delay), who
    assert (verdict.reason, verdict.retry_at) == (reason, retry_at), who


def test_florida_allows_three_a_day_about_one_subject() -> None:
    florida = text_to("+13055550101")
    three = tuple(Sent(FRIDAY_NOON - n * HOUR, "marketing", "sms") for n in (1, 2, 3))
    seen = replace(ONLY_THE_LAW, sent=three)
    verdict = ask(florida, seen, now=FRIDAY_NOON)
    assert isinstance(verdict, Delay)
    assert (verdict.reason, verdict.retry_at) == ("state_cap", FRIDAY_NOON + 21 * HOUR)
    assert said(ask(replace(florida, subject="battery recall"), seen, now=FRIDAY_NOON)) == "allow"
    oregon = replace(text_to("+15035550101"), subject="battery recall")
    assert said(ask(oregon, seen, now=FRIDAY_NOON)) == "state_cap", "Oregon counts every subject"


def test_what_cannot_happen_before_it_expires_is_refused_now() -> None:
    tonight = replace(MARKETING, expires_at=NIGHT + 2 * HOUR)
    assert isinstance(ask(tonight, now=NIGHT), Deny)
    assert isinstance(ask(MARKETING, now=NIGHT), Delay)


def test_hours_that_never_meet_are_refused() -> None:
    night_practice = replace(ONLY_THE_LAW, practice_hours=((0, 300),) * 7)
    verdict = ask(MARKETING, night_practice, now=FRIDAY_NOON)
    assert (type(verdict), said(verdict)) == (Deny, "no_open_hour")


def test_every_reason_is_explained_to_people() -> None:
    assert all(text.endswith(".") for text in REASONS.values())


@pytest.mark.parametrize("message", [MARKETING, REMINDER, replace(MARKETING, expires_at=NIGHT)])
@pytest.mark.parametrize("now", [FRIDAY_NOON, NIGHT])
def test_a_receipt_is_json_and_replays_to_the_same_verdict(message: Proposed, now: datetime) -> None:
    view = ContactView(
        states=("NY",),
        zones=(ET,),
        next_appointment_at=now - DAY,
        sent=(Sent(now - 9 * DAY, "marketing", "sms"),),
        last_touch_at=now - 9 * DAY,
        min_gap=3 * DAY,
        accepts_sensitivity=2,
    )
    verdict = ask(message, view, now=now)
    assert replay(json.loads(json.dumps(verdict.receipt)), RULES) == verdict


def test_a_receipt_of_other_rules_is_not_replayed_under_these() -> None:
    receipt = {**ask(now=FRIDAY_NOON).receipt, "rules": "us-2019-01-01"}
    with pytest.raises(ValueError, match="us-2019-01-01"):
        replay(receipt, RULES)


def test_whatever_breaks_inside_the_gate_means_no() -> None:
    verdict = judge(MARKETING, ONLY_THE_LAW, None, RULES, FRIDAY_NOON)  # type: ignore[arg-type]
    assert said(verdict) == "gate_error"
    assert "TypeError" in verdict.receipt["error"]


def test_allow_is_for_the_instant_of_asking() -> None:
    last = local("2026-11-20 20:49", ET)
    assert isinstance(ask(now=last), Allow)
    assert isinstance(ask(now=last + MINUTE), Delay)


def test_purpose_as_the_law_sees_it() -> None:
    assert judged_as(replace(REMINDER, content_is_offer=True), FRIDAY_NOON) == "marketing"
    assert judged_as(REMINDER, FRIDAY_NOON) == "reminder"
    assert date(2026, 11, 20) == FRIDAY_NOON.astimezone(UTC).date()
