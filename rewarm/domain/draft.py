"""Decides which content suits a person and turns its rendered text into a draft with sources and refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rewarm.domain import claims, grounding, letter, tone
from rewarm.domain.assignment import DATES, Assignment, Content, given_name
from rewarm.domain.marked import Source, strip, unmarked
from rewarm.domain.person import EMOTION, Person
from rewarm.domain.reading import Reading, Refusal, read
from rewarm.domain.slots import number
from rewarm.domain.sms_text import to_gsm

_DEPTH = {kind: depth for depth, kind in enumerate(EMOTION)}
_FIELDS = (*DATES.values(), "no_show", "zip")


@dataclass(frozen=True, slots=True)
class Draft:
    """A finished text; it may leave only when `refused` is empty."""

    text: str
    subject: str
    html: str | None
    language: str
    sms_segments: int
    sources: tuple[Source, ...]
    refused: tuple[Refusal, ...]
    value_share: float
    content: str
    version: int


def rank(contents: Sequence[Content], task: Assignment) -> list[Content]:
    """Order the contents that this person can get, best first: made for their segment, fresh and moving facts, a true occasion.

    Ties are broken by the seed, so that the same touch always chooses the same text.
    """
    said_slugs = {each.content for each in task.said}
    kinds = {phrase.kind: phrase.words in task.heard for phrase in reversed(task.phrases)}
    kinds |= {f"{phrase.kind}:{topic}": kinds[phrase.kind] for topic, phrase in task.topics}
    known = kinds.keys() | _fields(task.person) | {f"occasion:{each.kind}" for each in task.occasions}
    segment = task.person.segment
    suited = [
        content
        for content in contents
        if content.slug not in said_slugs
        and (not content.segments or segment in content.segments)
        and known.issuperset(content.needs)
    ]
    if len(suited) < 2:
        return suited
    told_all = bool(kinds) and all(kinds.values())
    return sorted(suited, key=lambda content: _merit(content, kinds, told_all, task.seed))


def choose(contents: Sequence[Content], task: Assignment) -> Content | None:
    """Pick the first of `rank`; None when nothing suits."""
    return next(iter(rank(contents, task)), None)


def _fields(person: Person) -> set[str]:
    known = {name for name in _FIELDS if getattr(person, name)}
    return known | {"first_name"} if given_name(person.first_name) else known


def _merit(content: Content, kinds: Mapping[str, bool], told_all: bool, seed: str) -> tuple[int, bool, int, bool, int]:
    """Weigh a content: the segment's own while something fresh can be told in it, then a fact worked in, then the rest."""
    facts = [kind for kind in content.needs if kind in kinds]
    depth = min([_DEPTH[kind.partition(":")[0]] for kind in facts], default=len(_DEPTH))
    stale = any(kinds[kind] for kind in facts)
    timely = any(need.startswith("occasion:") for need in content.needs)
    if content.segments and not told_all:
        place = 0
    elif (facts or timely) and not stale:
        place = 1
    elif facts:
        place = 2  # said before, but to another end: still warmer than what would fit anybody
    else:
        place = 3 if content.segments else 4
    at_topic = any(":" in kind for kind in facts)
    return place, not timely, depth, not at_topic, number(seed + content.slug)


CHECKS: tuple[Callable[[Reading], Iterable[Refusal]], ...] = (
    grounding.sources,
    grounding.grounding,
    grounding.memory,
    grounding.urgency,
    grounding.scarcity,
    grounding.sensitivity,
    claims.claims,
    tone.pressure,
    tone.links,
)
"""What every text must pass, a subject line too."""

MANNERS: tuple[Callable[[Reading], Iterable[Refusal]], ...] = (
    tone.sender,
    tone.opt_out,
    tone.length,
    tone.order,
    tone.repetition,
    grounding.swap,
)
"""What a message as a whole must pass."""


def finish(rendered: str, content: Content, task: Assignment, *, subject: str = "") -> Draft:
    """Turn a rendered template into a draft: sources as spans of the text, and a refusal for every check not passed."""
    sms = task.step.channel == "sms"
    try:
        text, spans = strip(to_gsm(" ".join(rendered.split())) if sms else letter.plain(rendered))
        title, title_spans = strip(" ".join(subject.split()))
    except ValueError as wrong:
        return refuse(content, Refusal("sources", str(wrong)))
    body = _cited(read(text, spans, content, task))
    refused = [no for check in (*CHECKS, *MANNERS) for no in check(body)]
    if not sms:
        refused += _subject_refusals(_cited(read(title, title_spans, content, task)))
    return Draft(
        text=text,
        subject=title,
        html=None if sms else letter.html(unmarked(rendered)),
        language=content.language,
        sms_segments=body.sms_segments,
        sources=body.spans,
        refused=tuple(refused),
        value_share=tone.value_share(body),
        content=content.slug,
        version=content.version,
    )


def refuse(content: Content, *refused: Refusal) -> Draft:
    """Return the draft of a text that could not be written at all."""
    return Draft("", "", None, content.language, 0, (), refused, 0.0, content.slug, content.version)


def _cited(reading: Reading) -> Reading:
    """A free text has no marks of its own: find the sources of what it says."""
    return reading if reading.content.approved_by else replace(reading, spans=grounding.cite(reading))


def _subject_refusals(subject: Reading) -> Iterator[Refusal]:
    if not subject.text:
        yield Refusal("subject", "an e-mail needs a subject")
    elif len(subject.text) > tone.MOST_SUBJECT:
        yield Refusal("subject", f"{len(subject.text)} characters, at most {tone.MOST_SUBJECT}")
    for check in CHECKS:
        yield from check(subject)
