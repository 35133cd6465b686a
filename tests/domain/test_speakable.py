"""What a note says about a person, said to that person: gracefully, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewarm.adapters.pack_content import trade
from rewarm.domain import speakable as voice

HEARING = trade("audiology")


def speakable(kind: str, quote: str, value: str | None) -> str | None:
    return voice.speakable(kind, quote, value, HEARING)


SAID = {
    "concern": [
        ("cant hear the preacher", "trouble hearing the preacher"),
        ("can't follow her bridge group", "trouble following your bridge group"),
        ("trbl hearing husband", "trouble hearing your husband"),
        ("trouble w/ phone calls", "trouble with phone calls"),
        ("struggles in meetings", "trouble in meetings"),
        ("difficulty following my students", "trouble following your students"),
        ("misses the punch line", "missing the punch line"),
        ("gets lost in crowds", "getting lost in crowds"),
        ("TV way too loud", "the TV being too loud"),
        ("ppl mumble", "people mumbling"),
        ("left ear keeps ringing", "the ringing in your left ear"),
        ("buzzing", "the buzzing in your ears"),
        ("aids whistle", "your hearing aids whistling"),
        ("meetings are getting tough", "meetings being hard"),
        ("stopped going to concerts", "avoiding concerts"),
        ("feels left out at bridge", "feeling left out at bridge"),
        ("missed the oven timer", "missing the oven timer"),
        ("buzzing in the ears at night", "the buzzing in your ears at night"),
        ("trouble w/ children's", None),
        ("cant make out what the cashier", None),
    ],
    "goal": [
        ("hear his granddaughter's recital", "hearing your granddaughter's recital"),
        ("wants to hear her gkids", "hearing your grandkids"),
        ("enjoy dinner w/ friends", "enjoying dinner with your friends"),
        ("be able to follow the sermon", "being able to follow the sermon"),
        ("get back to choir", "getting back to choir"),
        ("keep teaching piano", "teaching piano"),
        ("follow all 3 grandsons", "following all three grandsons"),
        ("hear the violin students", "hearing the violin students"),
        ("be part of the talk at dinner", "being part of the talk at dinner"),
        ("talk on the phone w/ sister in Maine without the cord", "talking on the phone with your sister in Maine"),
    ],
    "interest": [
        ("rechrgbl", "something rechargeable"),
        ("smthg discreet for work", "something discreet for work"),
        ("small, discreet", "something small, discreet"),
        ("hides under her hair", "something that hides under your hair"),
        ("tv streamer", "a TV streamer"),
        ("2nd opinion", None),
        ("bluetooth in the tractor", "Bluetooth in the tractor"),
        ("home trial before deciding", "a home trial before deciding"),
        ("custom molds", "custom molds"),
    ],
    "timeframe": [
        ("in the fall", "the fall"),
        ("til March", "March"),
        ("by end of April", "the end of April"),
        ("after the holidays", "sometime after the holidays"),
        ("after Xmas", "sometime after Christmas"),
        ("before the summer", "sometime before the summer"),
        ("before golf season", "sometime before golf season"),
        ("try again next fall", "the fall"),
        ("until Sept", "September"),
    ],
    "life_event": [
        ("sons wedding 6/14", "your son's wedding"),
        ("her granddaughter's graduation in May", "your granddaughter's graduation"),
        ("flying to Lisbon 3/2", "your trip to Lisbon"),
        ("family reunion in July", "your family reunion"),
        ("grandkids coming for xmas", "your grandkids coming for Christmas"),
        ("retires 6/30", "your retirement"),
        ("wedding", "the wedding"),
    ],
    "work": [
        ("school bus driver", "your work as a school bus driver"),
        ("Electrician 30 yrs", "your work as an electrician"),
        ("runs a bakery", "running a bakery"),
        ("in real estate", "your work in real estate"),
    ],
}
VALUES = {
    "in the fall": "2026-fall", "til March": "2026-03", "by end of April": "2026-04", "after Xmas": "2027-01",
    "before the summer": "2026-summer", "after the holidays": "2027-01",
}  # fmt: skip


@pytest.mark.parametrize(("kind", "quote", "words"), [(kind, *pair) for kind, pairs in SAID.items() for pair in pairs])
def test_says_it_in_full_words_to_the_person(kind: str, quote: str, words: str | None) -> None:
    assert speakable(kind, quote, VALUES.get(quote)) == words


@pytest.mark.parametrize(
    ("kind", "quote"),
    [
        ("concern", "Kids think she's ignoring them"),  # somebody else's words
        ("concern", "mild sloping SNHL AU"),
        ("concern", "fell in the shower"),
        ("concern", 'says "what?" constantly'),  # true, and unkind
        ("concern", "dog ate left aid"),
        ("concern", "can't hear them"),  # whom?
        ("goal", "hear"),
        ("goal", "hear from us"),
        ("goal", "zorb w/ the grandkids"),  # not a verb that we can turn
        ("interest", "not interested in BTE"),
        ("interest", "ITC w/ T-coil"),
        ("timeframe", "asap"),
        ("timeframe", "before 11/26"),
        ("life_event", "mother's funeral"),
        ("life_event", "baby due in Dec"),
        ("work", "retired from the mill"),
        ("objection", "too expensive"),
        ("sensitive", "depression"),
        ("insurance", "Humana"),
        ("decision_maker", "wife decides"),
    ],
)
def test_leaves_unsaid_what_cannot_be_said_well(kind: str, quote: str) -> None:
    assert speakable(kind, quote, None) is None


def test_names_a_product_as_people_do() -> None:
    assert speakable("product", "OTICON REAL", "Oticon Real") == "Oticon Real"
    assert speakable("product", "Lumity", None) == "Lumity"


@given(st.sampled_from(sorted(SAID)), st.text(max_size=60))
def test_never_raises_and_never_speaks_of_a_third_person(kind: str, quote: str) -> None:
    words = speakable(kind, quote, None)
    assert words is None or not {"he", "she", "him", "her", "his", "their", "them"} & set(words.lower().split())


@given(
    st.lists(
        st.sampled_from(
            "can't hear her his wife pt & w/ grandkids TV 12/3 wants to in church SNHL he misses fall".split()
        ),
        max_size=8,
    )
)
def test_never_repeats_shorthand(words: list[str]) -> None:
    for kind in SAID:
        said = speakable(kind, " ".join(words), "2026-fall") or ""
        assert not {"w/", "&", "pt", "snhl"} & set(said.lower().split())
