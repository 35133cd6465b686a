"""The fifteen invariants of sending, and where each is asserted: by the oracle at the provider, or by named tests over data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invariant:
    """One promise; `oracle` is what its violation is called there, `tests` are those that hold it for every value."""

    says: str
    oracle: str = ""
    tests: tuple[str, ...] = ()


_POLICY = "tests/domain/test_policy.py::test_"
_PROPERTY = "tests/domain/test_policy_properties.py::test_"
_CONSENT = "tests/domain/test_consent.py::test_"
_GATE = "tests/actions/test_gate_inputs.py::test_"

INVARIANTS = {
    "I1": Invariant(
        "no marketing after an opt-out", "marketing after STOP",
        ("tests/domain/test_keywords.py::test_case_spacing_and_what_stands_around_change_nothing",
         "tests/domain/test_opt_out_grammar.py::test_whoever_wants_no_more_is_heard"),
    ),
    "I2": Invariant("one confirmation, at once, none after the carrier's", "a second confirmation"),
    "I3": Invariant(
        "lawful hours in every place they may be", "marketing at night",
        (_PROPERTY + "marketing_is_only_ever_allowed_where_every_state_allows_it_on_every_clock",
         _PROPERTY + "every_minute_of_the_odd_days", "tests/domain/test_law.py::test_the_law"),
    ),
    "I4": Invariant(
        "what is unknown means no", "marketing without consent",
        (_POLICY + "where_they_may_be", _POLICY + "whatever_breaks_inside_the_gate_means_no"),
    ),
    "I5": Invariant(
        "rolling caps; intents and unknowns count", "more than one a day",
        (_PROPERTY + "a_rolling_span_never_holds_more_than_the_cap",),
    ),
    "I6": Invariant("no touch is taken twice", "the same touch twice"),
    "I7": Invariant(
        "one more reason against never opens the door", "",
        (_PROPERTY + "no_more_evidence_against_ever_opens_the_door",
         _PROPERTY + "no_fact_against_and_no_stricter_rule_ever_opens_the_door", _CONSENT + "one_more_denial_never_helps"),
    ),
    "I8": Invariant(
        "consent comes from evidence only", "marketing without consent",
        ("tests/stories/test_no_stays_no.py::test_no_file_and_no_evidence_brings_back_whoever_said_stop",
         _CONSENT + "only_an_opt_in_said_later_reopens"),
    ),
    "I9": Invariant(
        "a purpose is not laundered", "",
        (_PROPERTY + "no_label_makes_selling_anything_but_marketing", _POLICY + "purpose_as_the_law_sees_it"),
    ),
    "I10": Invariant(
        "health details and paid messages only as accepted", "",
        (_POLICY + "refusals", _GATE + "what_a_manufacturer_pays_for_needs_an_authorisation_that_names_it"),
    ),
    "I11": Invariant(
        "receipts replay; retry_at is the first minute", "",
        (_PROPERTY + "a_receipt_replays_to_the_same_verdict", _PROPERTY + "retry_at_is_the_first_minute_that_allows",
         "tests/stories/test_receipts_replay.py::test_every_receipt_of_a_month_replays"),
    ),
    "I12": Invariant(
        "an opt-out wins ties", "marketing after STOP", (_CONSENT + "the_order_of_arrival_changes_nothing",)
    ),
    "I13": Invariant(
        "the erased stay unwritten to", "", (_GATE + "who_asked_to_be_forgotten_is_gone_and_stays_unwritten_to",)
    ),
    "I14": Invariant(
        "one seller's consent is not another's", "",
        (_CONSENT + "one_sellers_ledger_authorises_no_other",
         "tests/models/test_row_security.py::test_a_practice_sees_its_own_contacts_only"),
    ),
    "I15": Invariant("what is allowed and due is sent", "never sent"),
}  # fmt: skip

# What a gate that is explored in one place and a few hours leaves to properties over all of them.
ALSO = (
    "tests/domain/test_outbox.py::test_no_step_loses_a_touch",
    "tests/domain/test_pace.py::test_the_next_day_is_the_first_instant_of_another_day",
    "tests/domain/test_every_reason.py::test_one_fact_decides",
)


def named() -> list[str]:
    """List all tests that are named here."""
    return sorted({*ALSO, *(test for one in INVARIANTS.values() for test in one.tests)})
