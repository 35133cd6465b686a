"""Remembers what a draft is written for: the person, the step, the content that is at hand, what was said before."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from rewarm.domain.occasion import Occasion
from rewarm.domain.person import Brand, Citable, Person, Phrase, phrases
from rewarm.domain.sms_text import fits_gsm
from rewarm.domain.style import Style

_NAME = re.compile(r"[^\W\d_][^\W\d_'’.-]*(?:[-'’ ][^\W\d_]+)*")

DATES = {
    "inquiry": "inquired_on",
    "test": "last_test_on",
    "fitting": "last_fitting_on",
    "appointment": "last_appointment_on",
}
"""How templates call the dates of a person: `when.inquiry`, `since.test`."""

BRAND = {
    "practice": "practice",
    "sender": "sender_name",
    "phone": "phone",
    "booking_url": "booking_url",
    "address": "address",
    "unsubscribe_url": "unsubscribe_url",
}
"""How templates call the fields of Brand: `brand.sender`."""


@dataclass(frozen=True, slots=True)
class Step:
    """The place in a journey that a touch is written for; `content` names slugs or tags, empty means any that fits."""

    slug: str
    channel: str
    stage: str
    n: int = 1
    content: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """An approved text with slots, and whom it suits. `needs`: fact kinds, fields of Person, `occasion:<kind>`."""

    slug: str
    channel: str
    stage: str
    body: str
    subject: str = ""
    version: int = 1
    language: str = "en"
    topic: str = ""
    concern: str = ""
    objection: str = ""
    tags: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """An earlier message to the same person."""

    text: str
    content: str = ""


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a draft is written for: this person, this step, today, after all that was said already."""

    person: Person
    facts: tuple[Citable, ...]
    phrases: tuple[Phrase, ...]
    topics: tuple[tuple[str, Phrase], ...]
    occasions: tuple[Occasion, ...]
    brand: Brand
    step: Step
    style: Style
    today: date
    said: tuple[Said, ...]
    heard: str
    """All that was said, as one text."""
    opt_out_due: bool
    seed: str


def assign(
    person: Person,
    facts: Iterable[Citable],
    occasions: Iterable[Occasion],
    brand: Brand,
    step: Step,
    *,
    style: Style,
    now: datetime,
    said: Iterable[Said] = (),
    opt_out_due: bool = True,
    seed: str = "",
) -> Assignment:
    """Gather what the writer works from; facts that are too private for this person are kept but never put in words."""
    facts, said, today = tuple(facts), tuple(said), now.date()
    spoken = phrases(facts, accepts_sensitivity=person.accepts_sensitivity, today=today, style=style)
    if step.channel == "sms":
        spoken = [each for each in spoken if each.open]
    return Assignment(
        person=person,
        facts=facts,
        phrases=tuple(spoken),
        topics=tuple((topic, phrase) for phrase in spoken for topic in phrase.topics),
        occasions=tuple(occasions),
        brand=brand,
        step=step,
        style=style,
        today=today,
        said=said,
        heard=" ".join([each.text for each in said]),
        opt_out_due=opt_out_due,
        seed=seed,
    )


def greeted_name(person: Person, channel: str) -> str:
    """Choose the name to greet a person by; a text message drops an accent that would double its cost (Zoë is Zoe)."""
    name = given_name(person.first_name)
    return _texted(name) if channel == "sms" else name


@lru_cache(maxsize=8192)
def _texted(name: str) -> str:
    if fits_gsm(name):
        return name
    bare = "".join(char for char in unicodedata.normalize("NFD", name) if not unicodedata.combining(char))
    return bare if fits_gsm(bare) else ""


@lru_cache(maxsize=8192)
def given_name(raw: str) -> str:
    """Make a first name fit for a greeting: "SARAH" is Sarah, "j." or "Unknown 2" is nobody."""
    name = " ".join(raw.split())
    if not _NAME.fullmatch(name) or len(name) < 2 or len(name) > 24 or len(name.split()) > 2:
        return ""
    return name.title() if name.isupper() or name.islower() else name
