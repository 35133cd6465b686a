"""A question finds its answer, or nobody answers."""

from hypothesis import given
from hypothesis import strategies as st

from rewarm.domain.faq import Entry, best

ENTRIES = (
    Entry("hours", "ask_question", ("What are your hours", "When are you open", "Open on Saturday"), "Nine to five."),
    Entry("place", "ask_question", ("Where are you", "What is your address", "How do I find you"), "12 Oak Street."),
    Entry("price", "ask_price", ("How much is it", "What does it cost", "What do you charge"), "From 10 to 20."),
    Entry("test-price", "ask_price", ("What does the test cost", "How much is the test"), "Ten."),
)


def found(question: str, intent: str = "") -> str | None:
    match = best(question, ENTRIES, intent=intent)
    return match.entry.slug if match else None


def test_the_same_words_in_another_order() -> None:
    assert found("your hours, what are they?") == "hours"
    assert found("ADDRESS PLEASE") == "place"
    assert found("so how much does the test cost?") == "test-price"


def test_silence_when_nothing_fits() -> None:
    assert found("my neighbour bought a boat") is None
    assert found("") is None


def test_silence_between_two_that_fit_alike() -> None:
    entries = (Entry("a", "x", ("Do you sell red hats",), "A"), Entry("b", "x", ("Do you sell blue hats",), "B"))
    assert best("do you sell hats", entries) is None


def test_a_known_intent_helps_its_entries() -> None:
    plain, helped = best("what are your hours", ENTRIES), best("what are your hours", ENTRIES, intent="ask_question")
    assert plain is not None
    assert helped is not None
    assert helped.score > plain.score


@given(st.text(max_size=200))
def test_any_text_is_read_without_harm(question: str) -> None:
    match = best(question, ENTRIES)
    assert match is None or 0 < match.score <= 1.001
