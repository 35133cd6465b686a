"""`rewarm try gate` understands what a person would type, and replays what it said."""

import json

import pytest

from rewarm.cli.try_gate import answer

NOON = "2026-11-20T12:00:00-05:00"
CONSENT = [{"channel": "sms", "act": "granted", "at": "2026-01-05T15:00:00Z", "source": "web form"}]


@pytest.mark.parametrize(
    ("contact", "now", "verdict", "reason"),
    [
        ({"phone": "(212) 555-0101"}, NOON, "allow", None),
        ({"phone": "(212) 555-0101"}, "2026-11-20T07:59:00-05:00", "delay", "quiet_hours"),
        ({"phone": "212-555-0101", "zip": "90012"}, "2026-11-20T09:00:00-05:00", "delay", "quiet_hours"),
        ({"phone": "+18005550101"}, NOON, "deny", "unknown_zone"),
        ({"phone": "+18005550101", "zip": "10001"}, NOON, "allow", None),
        ({"phone": "2125550101", "state": "al"}, "2026-11-22T12:00:00-06:00", "delay", "quiet_hours"),
        ({"phone": "2125550101", "state": "Alabama"}, "2026-11-22T12:00:00-06:00", "delay", "quiet_hours"),
        ({"phone": "2125550101", "practice_hours": "13:00-17:00"}, NOON, "delay", "practice_hours"),
        ({"phone": "2125550101", "consent": {"sms": "denied"}}, NOON, "deny", "opted_out"),
    ],
)
def test_people_as_they_are_typed(contact: dict, now: str, verdict: str, reason: str | None) -> None:  # type: ignore[type-arg]
    told = answer({"message": {"id": "t"}, "contact": contact, "ledger": CONSENT, "now": now})
    assert (told["verdict"], told["reason"]) == (verdict, reason)
    again = answer(json.loads(json.dumps({"receipt": told["receipt"]})))
    assert {**told, "same": True} == again


def test_a_delay_names_the_first_minute() -> None:
    line = {
        "message": {},
        "contact": {"phone": "2125550101"},
        "ledger": CONSENT,
        "now": "2026-11-20T22:00:00-05:00",
    }
    assert answer(line)["retry_at"] == "2026-11-21T13:00:00+00:00"


def test_a_stop_in_any_spelling_closes_the_door() -> None:
    for act in ("stop", "opt_out", "opted_out", "unsubscribed"):
        line = {
            "message": {},
            "contact": {"phone": "2125550101"},
            "ledger": [*CONSENT, {"act": act}],
            "now": NOON,
        }
        assert answer(line)["reason"] == "opted_out"


@pytest.mark.parametrize(
    "line",
    [{}, {"message": {}, "now": "2026-11-20T12:00"}, {"message": {}, "ledger": [{"act": "?"}], "now": NOON}],
)
def test_nonsense_is_refused(line: dict) -> None:  # type: ignore[type-arg]
    with pytest.raises((KeyError, ValueError)):
        answer(line)


def asked(**message: str) -> dict:  # type: ignore[type-arg]
    line = {
        "message": {"seller": "Elm Street Hearing", **message},
        "contact": {"phone": "2125550101"},
        "ledger": CONSENT,
    }
    return answer({**line, "now": NOON})


@pytest.mark.parametrize(
    ("text", "purpose", "reason"),
    [
        ("It's Ana at Elm Street Hearing. Two tips? Reply STOP to opt out.", "marketing", None),
        ("It's Ana. Two tips? Reply STOP to opt out.", "marketing", "unsigned"),
        ("It's Ana at Elm Street Hearing. Two tips?", "marketing", "no_way_out"),
        ("See you tomorrow at ten.", "reminder", None),
        ("See you tomorrow at ten. Batteries 20% off!", "reminder", "unsigned"),
    ],
)
def test_a_text_is_read_as_the_sending_path_reads_it(text: str, purpose: str, reason: str | None) -> None:
    assert asked(text=text, purpose=purpose)["reason"] == reason


def test_what_a_line_leaves_out_is_named_when_it_mattered() -> None:
    line = {"message": {}, "ledger": CONSENT, "now": "2026-11-20T12:00:00-07:00"}
    told = answer({**line, "contact": {"phone": "6025550101"}})
    assert (told["verdict"], told["assumed"]) == ("allow", ["gave_number", "registry_checked_at"])
    assert "assumed" not in answer({**line, "contact": {"phone": "2125550101"}})
    assert (
        answer({**line, "contact": {"phone": "6025550101", "registry_checked_at": None}})["reason"]
        == "registry_unchecked"
    )
    assert answer({**line, "contact": {"phone": "6025550101", "on_registry": True}})["reason"] == "on_registry"


@pytest.mark.parametrize(
    ("phone", "now", "reason"),
    [
        ("+447400123456", "2026-11-21T12:00:00+00:00", None),  # a Saturday in London
        ("+447400123456", "2026-11-22T12:00:00+00:00", "quiet_hours"),
        ("+14165550101", "2026-11-21T12:00:00-05:00", None),  # a Saturday in Toronto
        ("+33612345678", "2026-11-20T12:00:00+01:00", "unknown_zone"),
    ],
)
def test_who_tells_no_country_lives_where_the_phone_is_from(phone: str, now: str, reason: str | None) -> None:
    assert answer({"message": {}, "contact": {"phone": phone}, "ledger": CONSENT, "now": now})["reason"] == reason


def test_an_emergency_may_stand_beside_the_contact() -> None:
    line = {"message": {}, "contact": {"phone": "2125550101"}, "ledger": CONSENT, "now": NOON, "emergencies": ["NY"]}
    assert answer(line)["reason"] == "emergency"


def test_consents_of_their_own_class_are_understood() -> None:
    line = {"message": {}, "contact": {"phone": "2065550101", "lead": True}, "now": "2026-11-20T12:00:00-08:00"}
    given = {"act": "permitted", "scope": "health", "at": "2026-01-05T15:00:00Z"}
    assert answer({**line, "ledger": CONSENT})["reason"] == "no_health_consent"
    assert answer({**line, "ledger": [*CONSENT, given]})["verdict"] == "allow"
