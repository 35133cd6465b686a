"""How a text travels by SMS: every published case exactly, and every text somehow."""

from hypothesis import given
from hypothesis import strategies as st

from rewarm.domain.sms_text import measure, to_gsm


def test_160_plain_characters_are_one_segment_and_161_are_two() -> None:
    assert measure("a" * 160).segments == 1
    assert measure("a" * 161).segments == 2


def test_one_curly_quote_halves_the_room() -> None:
    text = "It’s time" + "." * 62
    assert (measure(text).encoding, measure(text).segments) == ("UCS-2", 2)
    assert (measure(to_gsm(text)).encoding, measure(to_gsm(text)).segments) == ("GSM-7", 1)


def test_brackets_and_the_euro_take_two_places() -> None:
    assert measure("€" * 80).segments == 1
    assert measure("€" * 81).segments == 2


def test_an_escaped_character_is_not_torn_apart() -> None:
    assert measure("a" * 152 + "€" + "a" * 152).segments == 3


def test_accents_stay() -> None:
    assert to_gsm("¿Mañana? – sí") == "¿Mañana? - sí"


@given(st.text())
def test_any_text_can_be_measured(text: str) -> None:
    sms = measure(text)
    assert sms.segments >= 1
    assert measure(to_gsm(text)).segments >= 1


@given(st.text(), st.text())
def test_more_text_never_costs_less(left: str, right: str) -> None:
    assert measure(left + right).segments >= measure(left).segments


@given(st.text("abcXYZ 019.,?!@£ñ\n", max_size=700))
def test_a_plain_text_is_counted_as_one_with_an_escape_would_be(text: str) -> None:
    plain, escaped = measure(text), measure("€" + text)
    assert (plain.encoding, plain.characters) == ("GSM-7", escaped.characters - 2)
    assert plain.segments == (1 if len(text) <= 160 else -(-len(text) // 153))
    assert escaped.segments - plain.segments in (0, 1)


@given(st.text("ab ’–…\t`é"))
def test_cheap_spelling_is_cheap_already(text: str) -> None:
    assert to_gsm(to_gsm(text)) == to_gsm(text)
    assert measure(to_gsm(text)).encoding == "GSM-7"
