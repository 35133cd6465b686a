"""Which channels a note closes: every refusal counts, a preference or somebody else's business does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.domain.do_not_contact import read

REFUSED = [
    ("pls dont text", "sms"),
    ("NO TEXTS!! landline", "sms"),
    ("asked us to quit texting him", "sms"),
    ("doesn't want any more txts", "sms"),
    ("replied STOP 5/2", "sms"),
    ("revoked her text consent", "sms"),
    ("texts upset him, wants them stopped", "sms"),
    ("take her off the text list", "sms"),
    ("would rather we didn't text", "sms"),
    ("never phone him again", "call"),
    ("no calls, texts ok", "call"),
    ("put on our do not call list", "call"),
    ("told the desk not to call anymore", "call"),
    ("unsubscribed from the newsletter", "email"),
    ("no emails pls", "email"),
    ("no texts or calls please", "sms call"),
    ("nothing in writing, husband opens everything", "sms email"),
    ("do not contact", "sms call email"),
    ("hold all calls until the family reaches out", "sms call email"),
    ("no calls, no letters, leave me be", "sms call email"),
    ("wants off everything", "sms call email"),
    ("take the entire family off, she said", "sms call email"),
    ("said lose her number", "sms call email"),
    ("opted out", "sms call email"),
    ("all contact thru her attorney", "sms call email"),
    ("flag as DNC per pt", "sms call email"),
    ("remove from marketing and all lists", "sms call email"),
    ("if anyone calls again he'll file a complaint", "sms call email"),
    ("pt passed away 3/9", "sms call email"),
    ("Son called, dad died over the weekend", "sms call email"),
    ("Spoke w/ dtr. Mom passed in April.", "sms call email"),
    ("DECEASED", "sms call email"),
]
NOT_REFUSED = [
    "doesn't text, call the house",
    "landline only",
    "email only please",
    "do not call before noon, she works nights",
    "please don't call at work",
    "quit texting her during class",
    "asked us not to call her Bunny",
    "told him not to text and drive",
    "her kids never call",
    "trouble stopping the buzzing",
    "lost number, call again",
    "stopped wearing the left one",
    "opted out of the warranty plan",
    "unsubscribed from cable",
    "remove wax, remake mold",
    "take her off the wait list",
    "no email on file",
    "lm x3, no contact",
    "no show, no call",
    "no calls come through the streamer",
    "no text on the box is big enough",
    "don't forget to call re financing",
    "on the federal do not call registry, wants ours though",
    "call her, not him",
    "we did not call yesterday",
    "husband passed last spring",
    "his dog died",
    "R aid died again",
    "passed the screening",
    "her mother passed away in June",
    "took Friday off, call Monday",
    "has to take them off, they itch",
]


@pytest.mark.parametrize(("note", "channels"), REFUSED)
def test_closes_what_is_refused(note: str, channels: str) -> None:
    denials = read(note)
    closed = {channel for channel in ("sms", "call", "email") if getattr(denials, channel)}
    assert closed == set(channels.split())


@pytest.mark.parametrize("note", NOT_REFUSED)
def test_leaves_open_what_is_not(note: str) -> None:
    assert read(note) == read("")


@pytest.mark.parametrize("around", ["{}", "wants rechargeable. {}", "6/1/26 KL: {} - nice man", "{}; lm on vm 3/4"])
def test_hears_a_refusal_in_any_company(around: str) -> None:
    for note, channels in REFUSED:
        denials = read(around.format(note))
        assert [name for name in channels.split() if not getattr(denials, name)] == [], around.format(note)


def test_hears_capitals_and_curly_quotes() -> None:
    for note, _ in REFUSED:
        if "DNC" not in note:
            assert read(note.upper().replace("'", "’")).everything >= read(note).everything, note


@given(st.text(max_size=120))
def test_never_raises_and_always_points_into_the_note(note: str) -> None:
    denials = read(note)
    for span in (denials.sms, denials.call, denials.email, denials.deceased):
        assert span is None or 0 <= span.start < span.end <= len(note)


def test_quotes_the_words_that_refuse() -> None:
    note = "nice man. İstanbul trip. please no more texts, thx"
    denials = read(note)
    assert denials.sms is not None
    assert denials.sms.of(note) == "no more texts"
