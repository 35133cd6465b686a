"""What counsel reads first is counted from the evidence itself: what went to an address after its opt-out."""

from __future__ import annotations

from typing import Any

from rewarm.domain.evidence_summary import summarise

SARAH, JOHN = "+12125550101", "+12125550102"


def line(act: str, at: str, address: str = SARAH, channel: str = "sms", scope: str = "all") -> dict[str, Any]:
    return {"act": act, "said_at": f"2026-11-{at}:00+00:00", "address": address, "channel": channel, "scope": scope}


def message(at: str, purpose: str = "marketing", address: str = SARAH, **more: Any) -> dict[str, Any]:
    return {
        "direction": "out", "channel": "sms", "at": f"2026-11-{at}:00+00:00", "purpose": purpose, "address": address, **more,
    }  # fmt: skip


def since(ledger: list[dict[str, Any]], *messages: dict[str, Any]) -> list[tuple[str, ...]]:
    return [one.sent_since for one in summarise(ledger, messages).refusals]


def test_what_left_after_the_opt_out_is_named_and_what_left_before_is_not() -> None:
    told = [line("granted", "01T10:00"), line("opted_out", "05T10:00")]
    assert since(told, message("04T10:00")) == [()]
    assert since(told, message("05T10:00")) == [("marketing",)], "a tie counts against us"
    assert since(told, message("05T10:01", "opt_out_confirmation")) == [("opt_out_confirmation",)]
    assert since(told, message("06T10:00"), message("06T11:00", "reminder")) == [("marketing", "reminder")]


def test_another_address_or_channel_is_another_matter() -> None:
    told = [line("opted_out", "05T10:00")]
    assert since(told, message("06T10:00", address=JOHN), message("06T10:00", channel="email")) == [()]
    assert since(told, message("06T10:00", channel="whatsapp")) == [("marketing",)], "the same phone"
    assert since([line("opted_out", "05T10:00", channel="all")], message("06T10:00")) == [("marketing",)]


def test_the_last_opt_out_counts_and_ends_when_they_ask_again() -> None:
    told = [line("opted_out", "05T10:00"), line("opted_in", "06T10:00"), line("opted_out", "08T10:00")]
    assert since(told, message("07T10:00")) == [()]
    again = summarise([*told, line("opted_in", "09T10:00")], [message("08T12:00"), message("10T10:00")]).refusals[0]
    assert (again.sent_since, again.lifted_at) == (("marketing",), "2026-11-09T10:00:00+00:00")


def test_receipts_and_messages_are_counted() -> None:
    told = summarise([], [message("01T10:00", replays=True), message("01T11:00", replays=False),
                          message("01T12:00"), {"direction": "in"}])  # fmt: skip
    assert (told.sent, told.received, told.judged, told.confirmed) == (3, 1, 2, 1)


def test_what_went_there_for_somebody_else_on_the_same_phone_counts() -> None:
    told = summarise([line("opted_out", "05T10:00")], [], [message("06T10:00")])
    assert told.refusals[0].sent_since == ("marketing",)
    assert told.sent == 0, "it was not sent to this person"
