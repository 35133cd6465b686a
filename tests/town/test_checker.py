"""The checker catches every seeded violation and lets honest texts pass."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from town.checker import Checker
from town.people import Person, Residents

CONTENT = """
Hi {{ hi }}, it's {{ brand.sender }} at {{ brand.practice }}. You once mentioned {{ fact.goal }}. Is it any easier now?
I'm {{ practice }}'s text assistant.
Newer devices are smaller than they were. Most families notice the TV first. Reply STOP to opt out.
"""
RUTH = {
    **{
        "id": "p1",
        "first": "Ruth",
        "last": "Akers",
        "nick": "",
        "phone": "+14235550101",
        "second_phone": "",
        "email": "ruth@example.net",
    },
    **{"zone": "America/Chicago", "state": "AL", "segment": "inquired", "language": "en", "kind": "self", "need": 0.0},
    **{"theta": 0.01, "best_hour": 10.0, "returns_on": None, "dead_number": False, "missed_before": False},
    **{"reads_email": 0.5, "citable": True, "bounced": False, "rows": [["list.csv", 2]]},
    **{"notes": ["wants to hear the grandkids on the phone again"]},
}
ZEROS = ("duplicates", "after_opt_out", "outside_quiet_hours", "ungrounded")
RECALLS = "You once mentioned hearing your grandchildren on the phone"
GOOD = f"Hi Ruth, it's Angie at Harbor Point. {RECALLS}. Is it any easier now?"


@pytest.fixture
def checker(tmp_path: Path) -> Checker:
    export, content = tmp_path / "export", tmp_path / "content"
    export.mkdir()
    content.mkdir()
    cells = "Ruth,Akers,423-555-0101,2026-03-02,wants to hear the grandkids on the phone again"
    (export / "list.csv").write_text(f"First,Last,Phone,Created,Notes\n{cells}\n", "utf-8")
    (content / "one.md").write_text(CONTENT, "utf-8")
    return Checker(Residents([Person.read(RUTH)]), export, [content])


def text(body: str, at: str = "2026-10-26T15:00:00+00:00", key: str = "k1") -> dict[str, Any]:
    return {
        "in": "sms",
        "at": at,
        "key": key,
        "from": "+14235550100",
        "to": "+14235550101",
        "text": body,
        "person": "p1",
    }


def said(body: str, at: str, out: str = "") -> dict[str, Any]:
    return {"in": "said", "at": at, "person": "p1", "from": "+14235550101", "text": body, "out": out}


def test_an_honest_text_passes_and_counts_as_personal(checker: Checker) -> None:
    report = checker.report([text(GOOD)], [], ["Harbor Point", "Angie"])
    assert [report[rule]["count"] for rule in ZEROS] == [0, 0, 0, 0]
    assert report["personal"] == {"share": 1.0, "personal": 1, "texts": 1}


def test_the_same_words_within_thirty_days(checker: Checker) -> None:
    again = text(
        f"hi ruth - it's Angie at Harbor Point! {RECALLS}. is it any easier now", "2026-11-02T15:00:00+00:00", "k2"
    )
    assert checker.report([text(GOOD), again], [])["duplicates"]["count"] == 1
    later = again | {"at": "2026-12-20T15:00:00+00:00"}
    assert checker.report([text(GOOD), later], [])["duplicates"]["count"] == 0


def test_one_key_accepted_twice(checker: Checker) -> None:
    assert checker.report([text(GOOD)], ["k1"])["duplicates"]["count"] == 1


def test_after_stop_one_confirmation_and_nothing_else(checker: Checker) -> None:
    stop = said("STOP", "2026-10-26T15:10:00+00:00", "sms")
    confirmation = text("You are unsubscribed and will get no more texts.", "2026-10-26T15:11:00+00:00", "k2")
    second = confirmation | {"key": "k3", "text": "You won't get more texts from us."}
    assert checker.report([text(GOOD), stop, confirmation], [])["after_opt_out"]["count"] == 0
    assert checker.report([text(GOOD), stop, confirmation, second], [])["after_opt_out"]["count"] == 1
    assert checker.report([stop, text(GOOD)], [])["after_opt_out"]["count"] == 1


@pytest.mark.parametrize(
    ("at", "why"),
    [
        ("2026-10-27T03:00:00+00:00", "22:00 of her own clock"),
        ("2026-10-26T12:30:00+00:00", "half past seven in Alabama, though half past eight at the practice"),
        ("2026-10-27T01:30:00+00:00", "half past eight in the evening: Alabama ends at eight"),
        ("2026-10-25T18:00:00+00:00", "a Sunday in Alabama"),
        ("2026-11-11T18:00:00+00:00", "Veterans Day in Alabama"),
    ],
)
def test_quiet_hours(checker: Checker, at: str, why: str) -> None:
    assert checker.report([text(GOOD, at)], [])["outside_quiet_hours"]["count"] == 1, why


def test_an_answer_within_the_hour_may_come_at_night(checker: Checker) -> None:
    log = [
        said("how much are they?", "2026-10-27T02:40:00+00:00"),
        text("From 1,200.", "2026-10-27T02:41:00+00:00"),
    ]
    assert checker.report(log, [])["outside_quiet_hours"]["count"] == 0


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ("Hi Ruth, it's Angie at Harbor Point. How is your grandson in the school play?", "play"),
        ("Hi Ruth, still hoping to hear your daughter better?", "daughter"),
        ("Hi Ruth, you mentioned the choir at church.", "choir"),
        ("Hi Ruth, about avoids going to parties. Is it any easier now?", "parties"),
        ("Hi Ruth, you told us you sail competitively.", "competitively"),
        ("Hi Ruth, you asked about Oticon back then.", "oticon"),
        ("Hi Ruth, you visited us in July.", "july"),
        ("Hi Ruth, it has been about 3 years since you asked.", "3 year"),
        ("Hi Ruth, your budget of $2500 still works.", "2500"),
        ("Hi Walter, newer devices are smaller than they were.", "Walter"),
        ("Hi Ruth, we hope Leonard is well.", "Leonard"),
    ],
)
def test_an_invented_detail(checker: Checker, body: str, detail: str) -> None:
    found = checker.report([text(body)], [])["ungrounded"]
    if detail == "play":  # a grandson is a grandchild: her note covers him, but nothing else of the sentence
        body = body.replace("grandson", "nephew")
        found, detail = checker.report([text(body)], [])["ungrounded"], "nephew"
    assert found["count"] == 1
    assert detail.lower() in found["examples"][0]["why"].lower()


@pytest.mark.parametrize(
    "body",
    [
        "Hi Ruth, I have: 1) Wed Oct 28 10:00 AM 2) Thu Oct 29 2:30 PM. Which suits you?",
        "Hi Ruth, you asked us back in March, about 8 months ago. Is it any easier now?",
        "Hi Ruth. Most families notice the TV first. Reply STOP to opt out.",
        "I'm Harbor Point's text assistant. Is it any easier now?",
        "You're booked for Thursday, Oct 29 at 2:30 PM. See you then!",
        "Hi Ruth, with Thanksgiving ahead and November here, is it any easier now?",
    ],
)
def test_what_is_known_or_approved_is_no_invention(checker: Checker, body: str) -> None:
    assert checker.report([text(body)], [], ["Harbor Point"])["ungrounded"]["count"] == 0


def test_what_she_said_herself_may_be_recalled(checker: Checker) -> None:
    log = [
        said("my daughter drives me on Thursdays", "2026-10-26T14:00:00+00:00"),
        text("Hi Ruth, can your daughter bring you?"),
    ]
    assert checker.report(log, [])["ungrounded"]["count"] == 0
