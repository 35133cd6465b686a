"""Every text that the audiology pack and the assistant ship is read as a plaintiff's lawyer would read it."""

from dataclasses import replace

import pytest

from rewarm.adapters import packs
from rewarm.adapters.pack_content import faq, style
from rewarm.adapters.wording import wording
from rewarm.domain.assignment import Content
from rewarm.domain.identification import gives_address, is_private, names_seller, says_way_out, sells
from tests.adapters.test_pack_content import BRAND, CONTENTS, PACK, SARAH, drafted

NAMES, WATCH, WORDS = (BRAND.practice,), style(PACK).watch, wording()
SEGMENTS = (
    "inquired_never_scheduled", "scheduled_no_show", "consulted_did_not_proceed", "due_for_follow_up",
    "past_patient_no_contact", "high_intent_recently_cold", "low_engagement_long_dormant", "engaged_timing_issue",
)  # fmt: skip
FILLED = {
    "practice": BRAND.practice, "name": ", Sarah", "first": " Sarah", "phone": BRAND.phone, "sender": "Priya",
    "when": "on Tuesday at 3:00 PM", "until": "in March", "slots": "1) Tue 3:00 PM\n2) Wed 9:00 AM",
}  # fmt: skip
SPOKEN = sorted(packs.document("base", "replies.yaml")["texts"].items())


def said(template: str) -> str:
    for field, value in FILLED.items():
        template = template.replace(f"{{{{ {field} }}}}", value)
    return template


@pytest.mark.parametrize("content", CONTENTS, ids=lambda content: content.slug)
def test_no_invitation_leaves_unsigned_or_without_its_way_out(content: Content) -> None:
    for segment in SEGMENTS:
        for seed in ("a", "b"):
            for due in (True, False):
                draft = drafted(content, seed=seed, person=replace(SARAH, segment=segment), opt_out_due=due)
                assert names_seller(draft.text, NAMES)
                if content.channel == "email":
                    assert gives_address(draft.text, BRAND.address)
                    assert BRAND.unsubscribe_url in draft.text
                    assert BRAND.unsubscribe_url in (draft.html or "")
                else:
                    assert says_way_out(draft.text, WORDS) or not due
                    assert not is_private(draft.text, NAMES, WATCH), "anybody may read the screen"
                links = [word for word in draft.text.split() if "://" in word]
                assert all(link.startswith("https://book.brightwater.example/") for link in links), (
                    "our own domain only"
                )


@pytest.mark.parametrize(("slug", "template"), SPOKEN, ids=[slug for slug, _ in SPOKEN])
def test_what_the_assistant_says_sells_nothing_and_tells_nobody_elses_secret(slug: str, template: str) -> None:
    """A confirmation with marketing in it is a second violation; a reminder with an offer is an advertisement."""
    assert not sells(said(template), NAMES, WORDS, WATCH)
    assert not is_private(said(template), NAMES, WATCH)
    assert "cancel" not in template.casefold(), "the very word is an opt-out (47 CFR 64.1200(a)(10))"


@pytest.mark.parametrize(
    "slug", [slug for slug, _ in SPOKEN if slug.startswith(("reminder", "missed", "opted", "mistaken", "help"))]
)
def test_what_comes_uncalled_for_names_the_practice(slug: str) -> None:
    assert names_seller(said(dict(SPOKEN)[slug]), NAMES)


def test_no_answer_of_the_pack_asks_for_the_word_that_ends_everything() -> None:
    assert not [each.slug for each in faq(PACK) if "reply cancel" in each.answer.casefold()]
