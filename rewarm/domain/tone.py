"""Decides whether a text is well mannered: short, signed, unpushy, more giving than asking, and not said before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rewarm.domain.person import Brand
from rewarm.domain.reading import OPT_OUT, Reading, Refusal, Sentence

MOST_SMS_SEGMENTS = 2
MOST_SUBJECT = 70
MOST_LETTER = 3000
TOO_ALIKE = 0.5
"""Share of three-word runs that two texts may have in common before the second counts as said already."""

_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_CANCEL = re.compile(r"\b(?:reply|text|send|answer)\s+\"?cancel\b", re.IGNORECASE)
_SHOUT = re.compile(r"\b[A-Z]{4,}\b(?:\s+[A-Z]{2,}\b)+|!{2,}|[A-Z]{6,}")
_LOUD = re.compile(r"[A-Z]{4}|!!")  # without it nothing shouts
_WORD = re.compile(r"\w+")


def sender(reading: Reading) -> Iterator[Refusal]:
    """Refuse a text that does not say which person of which business writes (47 CFR 64.1200(d)(4))."""
    brand = reading.task.brand
    for what, value in (("the practice", brand.practice), ("a person's name", brand.sender_name)):
        if not value or value not in reading.text:
            yield Refusal("sender", f"{what} is missing")


def opt_out(reading: Reading) -> Iterator[Refusal]:
    """Refuse a text without the way out that is due; never teach CANCEL, which revokes consent by itself."""
    if "cancel" in reading.low and _CANCEL.search(reading.text):
        yield Refusal("opt_out", "CANCEL must not be offered as an answer")
    brand = reading.task.brand
    if reading.sms:
        if reading.task.opt_out_due and not reading.ways_out:
            yield Refusal("opt_out", "the opt-out line is due and missing")
        return
    for what, value in (
        ("the postal address", brand.address),
        ("the unsubscribe link", brand.unsubscribe_url),
    ):
        if value and value not in reading.text:
            yield Refusal("opt_out", f"{what} is missing")


def pressure(reading: Reading) -> Iterator[Refusal]:
    """Refuse pushing and shouting."""
    for found in reading.found("pressure"):
        yield Refusal("pressure", f"{reading.words_of(found)!r} pushes")
    text = _without_ways_out(reading)
    # A link is not read aloud.
    if _LOUD.search(text) and (loud := _SHOUT.search(_URL.sub(" ", _without_brand(text, reading.task.brand)))):
        yield Refusal("pressure", f"{loud.group()!r} shouts")


def length(reading: Reading) -> Iterator[Refusal]:
    """Refuse what is too long to be read: two sms_segments, or a letter of more than a page."""
    if not reading.text.strip():
        yield Refusal("length", "there is no text")
    elif reading.sms_segments > MOST_SMS_SEGMENTS:
        yield Refusal("length", f"{reading.sms_segments} sms_segments, at most {MOST_SMS_SEGMENTS}")
    elif len(reading.text) > MOST_LETTER:
        yield Refusal("length", f"{len(reading.text)} characters, at most {MOST_LETTER}")


def links(reading: Reading) -> Iterator[Refusal]:
    """Refuse a link that is not the practice's own; carriers block public shorteners."""
    if "://" not in reading.text and "www." not in reading.low:
        return
    own = [url for url in (reading.task.brand.booking_url, reading.task.brand.unsubscribe_url) if url]
    for found in _URL.finditer(reading.text):
        if not any(found.group().startswith(url) for url in own):
            yield Refusal("links", f"{found.group()!r} is not a link of the practice")


def order(reading: Reading) -> Iterator[Refusal]:
    """Refuse asking too early or too much: nothing is asked while educating, and value always comes first."""
    stage = reading.task.step.stage
    share, floor = value_share(reading), reading.task.style.value_floor.get(stage, 0.0)
    if share < floor:
        yield Refusal("order", f"{share:.0%} of the text is of use to them, at least {floor:.0%} while it is {stage!r}")
    body = _body(reading)
    if len(body) > 1 and body[0].asks:
        yield Refusal("order", "asks before it gives")


def repetition(reading: Reading) -> Iterator[Refusal]:
    """Refuse what this person was told already, nearly word for word."""
    if not reading.task.said:
        return
    practice = reading.task.brand.practice
    own = _gist(reading.text, practice)
    for said in reading.task.said:
        before = _gist(said.text, practice)
        if own and before and len(own & before) > TOO_ALIKE * min(len(own), len(before)):
            yield Refusal("repetition", "nearly the same as an earlier message")
            return


def value_share(reading: Reading) -> float:
    """Measure the share of the text, greeting and opt-out line aside, that is not asking for an appointment (0 to 1)."""
    body = _body(reading)
    total = sum(sentence.end - sentence.start for sentence in body)
    asked = sum(sentence.end - sentence.start for sentence in body if sentence.asks)
    return 1 - asked / total if total else 0.0


def _body(reading: Reading) -> list[Sentence]:
    """Leave out what every message has: who writes, how to stop, where we are."""
    return [sentence for sentence in reading.sentences if not sentence.frame]


def _without_ways_out(reading: Reading) -> str:
    text = reading.text
    for start, end in reversed(reading.ways_out):
        text = text[:start] + text[end:]
    return text


def _without_brand(text: str, brand: Brand) -> str:
    for name in (brand.practice, brand.address):
        text = text.replace(name, "") if name else text
    return text


@lru_cache(maxsize=64)  # one person's history is read against every candidate
def _gist(text: str, practice: str) -> frozenset[tuple[str, ...]]:
    """Reduce a message to its runs of three words; greeting, opt-out line and footer are alike in all and left out."""
    text = text.partition("\n--\n")[0]
    without = OPT_OUT.sub("", text[text.find(practice) + len(practice) :] if practice in text[:120] else text)
    words = _WORD.findall(without.lower())
    return frozenset(zip(words, words[1:], words[2:], strict=False))
