"""`rewarm try draft`: a line in, a draft with its sources out."""

import json
import subprocess
import sys
from typing import Any

import pytest

from rewarm.cli.try_draft import answer

LINE: dict[str, Any] = {
    "contact": {"first_name": "Sarah", "inquired_on": "2026-03-10"},
    "facts": [
        {"id": "f1", "type": "goal", "quote": "hear her grandkids", "value": None},
        {"id": "f2", "type": "interest", "quote": "something discreet for work", "value": None},
        {"id": "f3", "type": "sensitive", "quote": "early dementia", "value": None},
    ],
    "now": "2026-06-20T15:00:00-07:00",
}
HELLO = "Hi Sarah, it's Priya at Brightwater Hearing. "


def told(**more: Any) -> tuple[str, set[str], set[tuple[str, str]]]:
    said = answer({**LINE, **more})
    cited = {(said["text"][s["start"] : s["end"]], s["id"]) for s in said["sources"]}
    return said["text"], {no["check"] for no in said["refused"]}, cited


def test_a_text_is_chosen_when_none_is_given() -> None:
    text, refused, cited = told()
    assert refused == set()
    assert ("Sarah", "first_name") in cited
    assert any(fact in {"f1", "f2"} for _, fact in cited)
    assert "dementia" not in text


def test_a_slug_and_a_template_are_written() -> None:
    assert ("something discreet for work", "f2") in told(content="react-1-interest")[2]
    template = "{{ hi }}, it's {{ sender }} at {{ practice }}. You told us about {{ facts.goal }}. How is that going?"
    text, refused, cited = told(content=template)
    assert text.startswith(HELLO + "You told us about hearing your grandkids.")
    assert refused == set()
    assert ("hearing your grandkids", "f1") in cited


@pytest.mark.parametrize(
    ("said", "check"),
    [
        ("You told us about your grandson Max.", "grounding"),
        ("You told us about hearing the grandkids at the lake house.", "grounding"),
        ("You asked us in April about something discreet for work.", "grounding"),
        ("It's been nine months since you asked about something discreet for work.", "grounding"),
        ("You wanted to hear the grandkids. Only 2 spots left!", "scarcity"),
        ("You wanted to hear the grandkids. Our offer ends Friday.", "urgency"),
        ("You wanted to hear the grandkids. Book now, don't wait!", "pressure"),
        ("You wanted to hear the grandkids. Hearing aids prevent dementia.", "claims"),
        ("You wanted to hear the grandkids. We guarantee results.", "claims"),
        ("You wanted to hear the grandkids. Tests are 20% off.", "claims"),
        ("You wanted to hear the grandkids. How is the hearing loss?", "sensitivity"),
        ("How are things these days?", "swap"),
        ("You mentioned it to us.", "memory"),
    ],
)
def test_what_is_not_on_record_is_refused(said: str, check: str) -> None:
    assert check in told(content=HELLO + said)[1]


@pytest.mark.parametrize(
    "said",
    [
        "You wanted to hear the grandkids. How is that going?",
        "You asked us in March about something discreet for work. Would a few ideas help?",
        "It's been three months since you asked about something discreet for work. Any questions?",
        "You mentioned wanting to hear your grandkids. Would you like a few tips for that?",
    ],
)
def test_what_is_on_record_may_be_said_in_other_words(said: str) -> None:
    assert told(content=HELLO + said)[1] == set()


def test_given_occasions_back_an_urgency() -> None:
    line = HELLO + "You wanted to hear the grandkids. {{ occasion.offer.text }}"
    occasion = {"id": "o1", "kind": "offer", "text": "The fall check ends on October 31.", "on": "2026-10-31"}
    assert "urgency" not in told(content=line, occasions=[occasion])[1]
    assert "fields" in told(content=line, occasions=[])[1]


def test_the_shell_answers_every_line() -> None:
    lines = "\n".join([json.dumps(LINE), "nonsense", json.dumps({"now": "never"})])
    run = subprocess.run(
        [sys.executable, "-m", "rewarm", "try", "draft"], input=lines, capture_output=True, text=True, check=False
    )
    first, *bad = [json.loads(line) for line in run.stdout.splitlines()]
    assert first["refused"] == []
    assert [line["line"] for line in bad] == [2, 3]
    assert run.returncode == 1
    assert run.stderr == ""
