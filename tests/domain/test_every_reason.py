"""One fact decides: each reason of the gate has a question that differs from an allowed one in nothing else."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from rewarm.domain.explanation import explain
from rewarm.domain.policy import Allow, Sent, judge
from rewarm.domain.verdict import REASONS
from tests.domain.gate_cast import MARKETING, ONLY_THE_LAW, REMINDER, RULES, entry, local

ET = "America/New_York"
NOON, NIGHT = local("2026-11-20 12:00", ET), local("2026-11-20 22:00", ET)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# Whoever sends finds these out by itself, before the gate is asked.
OF_THE_SENDING = {"no_sender", "appointment_gone"}

ALLOWED: dict[str, Any] = {"message": MARKETING, "view": ONLY_THE_LAW, "ledger": (entry("granted"),), "now": NOON}
NOTICE = {
    **ALLOWED,
    "message": replace(MARKETING, purpose="informational"),
    "view": replace(ONLY_THE_LAW, gave_number=True),
    "ledger": (),
}
CONFIRMATION = {
    **ALLOWED,
    "message": replace(MARKETING, purpose="opt_out_confirmation"),
    "ledger": (entry("opted_out", NOON),),
}
REPLY = {**ALLOWED, "message": replace(MARKETING, purpose="reply", in_reply_to_at=NOON - HOUR)}
LETTER = {
    **ALLOWED,
    "message": replace(MARKETING, channel="email", address="sarah@example.com", says_way_out=True, gives_address=True),
    "view": replace(ONLY_THE_LAW, states=("NY",), zones=(ET,)),
    "ledger": (entry("granted", channel="email", address="sarah@example.com"),),
}


def to(phone: str, **view: Any) -> dict[str, Any]:
    return {
        **ALLOWED,
        "message": replace(MARKETING, address=phone),
        "view": replace(ONLY_THE_LAW, **view),
        "ledger": (entry("granted", address=phone),),
    }


MAINE = to("+12075550101", number_checked_at=NOON - DAY)
ARIZONA = to("+16025550101", registry_checked_at=NOON - DAY)
SEATTLE = to("+12065550101")
FLORIDA = to("+13055550101")
TOLL_FREE = to("+18005550101", states=("NY",), zones=(ET,))
PARIS = to("+12125550101", zones=(ET,))
THREE = tuple(Sent(NOON - n * HOUR, "marketing", "sms") for n in (1, 2, 3))

CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("stopped", ALLOWED, {"view.stopped": ("workspace",)}),
    ("deceased", ALLOWED, {"view.deceased": True}),
    ("unusable", ALLOWED, {"view.unusable": True}),
    ("no_seller", ALLOWED, {"message.seller": ""}),
    ("reassigned", ALLOWED, {"view.reassigned": True}),
    ("opted_out", ALLOWED, {"ledger": (entry("granted"), entry("opted_out", NOON - DAY))}),
    ("no_consent", ALLOWED, {"ledger": ()}),
    ("no_permission", NOTICE, {"view.gave_number": False}),
    ("no_health_consent", SEATTLE, {"view.lead": True}),
    ("no_opt_out_to_confirm", CONFIRMATION, {"now": NOON + 6 * MINUTE}),
    ("already_confirmed", CONFIRMATION, {"view.sent": (Sent(NOON, "opt_out_confirmation", "sms"),)}),
    ("held_out", ALLOWED, {"view.held_out": True}),
    ("third_party_paid", ALLOWED, {"message.paid_by": "Acme Devices"}),
    ("too_sensitive", ALLOWED, {"message.sensitivity": 2}),
    ("expired", ALLOWED, {"message.expires_at": NOON}),
    ("unsigned", ALLOWED, {"message.names_seller": False}),
    ("no_way_out", ALLOWED, {"message.says_way_out": False}),
    ("no_way_out", LETTER, {"message.says_way_out": False}),
    ("no_postal_address", LETTER, {"message.gives_address": False}),
    ("unknown_zone", TOLL_FREE, {"view.zones": (), "view.states": ()}),
    ("no_rules", PARIS, {"view.country": "FR"}),
    ("emergency", ALLOWED, {"view.emergencies": ("NY",)}),
    ("number_unchecked", MAINE, {"view.number_checked_at": NOON - 32 * DAY}),
    ("on_registry", ARIZONA, {"view.on_registry": True}),
    ("registry_unchecked", ARIZONA, {"view.registry_checked_at": None}),
    ("live_conversation", ALLOWED, {"view.conversation_live": True}),
    ("no_open_hour", ALLOWED, {"view.practice_hours": ((0, 60),) * 7}),
    ("reply_flood", REPLY, {"view.sent": tuple(Sent(NOON - n * MINUTE, "reply", "sms") for n in range(30))}),
    ("appointment_ahead", ALLOWED, {"view.next_appointment_at": NOON + DAY}),
    ("state_cap", FLORIDA, {"view.sent": THREE}),
    ("weekly_cap", ALLOWED, {"view.sent": (THREE[0],), "view.weekly_cap": 1}),
    ("min_gap", ALLOWED, {"view.last_touch_at": NOON - HOUR, "view.min_gap": 2 * DAY}),
    ("quiet_hours", ALLOWED, {"now": NIGHT}),
    ("practice_hours", ALLOWED, {"view.practice_hours": ((13 * 60, 17 * 60),) * 7}),
    ("gate_error", ALLOWED, {"view.zones": ("America/Springfield",)}),
]


def ask(question: dict[str, Any], change: dict[str, Any]) -> Any:
    """Put a question to the gate after one change, written as "view.lead" or "now"."""
    asked = dict(question)
    for name, value in change.items():
        part, _, field = name.partition(".")
        asked[part] = replace(asked[part], **{field: value}) if field else value
    return judge(asked["message"], asked["view"], asked["ledger"], RULES, asked["now"])


@pytest.mark.parametrize(("reason", "question", "change"), CASES, ids=[reason for reason, _, _ in CASES])
def test_one_fact_decides(reason: str, question: dict[str, Any], change: dict[str, Any]) -> None:
    before = ask(question, {})
    assert isinstance(before, Allow), before.receipt
    verdict = ask(question, change)
    assert getattr(verdict, "reason", "allow") == reason
    assert explain(verdict.receipt, RULES).what == REASONS[reason]


def test_every_reason_has_its_question() -> None:
    assert {reason for reason, _, _ in CASES} | OF_THE_SENDING == REASONS.keys()


@pytest.mark.parametrize(
    "spoiler", ["stopped", "deceased", "unusable", "reassigned", "no_seller", "expired", "too_sensitive"]
)
def test_what_holds_for_everybody_holds_for_reminders_too(spoiler: str) -> None:
    reminder = {**ALLOWED, "message": REMINDER, "ledger": ()}
    assert isinstance(ask(reminder, {}), Allow)
    change = next(change for reason, _, change in CASES if reason == spoiler)
    assert getattr(ask(reminder, change), "reason", "allow") == spoiler
