"""Remembers a rendered text as the checks read it: sentences, sources, and the words that somebody approved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rewarm.domain.assignment import Assignment, Content
from rewarm.domain.marked import Source
from rewarm.domain.slots import GREETINGS
from rewarm.domain.sms_text import measure, to_gsm
from rewarm.domain.style import Style, Watch

WORD = re.compile(r"[^\W_]+(?:['.,:/-][^\W_]+)*|[$%]")
_SENTENCE = re.compile(r"[^\s.!?](?:[^.!?\n]++|[.!?](?=[\w/]))*+[.!?]*+")
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_SLOT = re.compile(r"\{\w+\}")
OPT_OUT = re.compile(r"\b(?i:reply|text|send|answer|write)\s+(?:back\s+)?\"?STOP\b")
_FRAME = ("practice", "address", "unsubscribe_url")
_ABBREVIATED = re.compile(r"(D(?<!\wD)r|M(?<!\wM)(?:rs?|s)|S(?<!\wS)t)\.")  # begins with a letter: found fast


@dataclass(frozen=True, slots=True)
class Refusal:
    """A check that the draft did not pass, and why, in words."""

    check: str
    why: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Watched words in a text: which list they are on, where they stand, why they are refused when that is fixed."""

    watch: str
    start: int
    end: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the text by its offsets; `asks` for an appointment, or belongs to the `frame` of every message."""

    start: int
    end: int
    asks: bool
    frame: bool


@dataclass(frozen=True, slots=True, eq=False)
class Approved:
    """The word pairs of an approved text, and the words with which its pieces between slots begin and end.

    Compared by identity, so that it can be the key of a cache.
    """

    pairs: frozenset[tuple[str, str]]
    starts: frozenset[str]
    ends: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """One text under the eyes of the checks."""

    text: str
    low: str
    """The text in lower case, letter by letter."""
    spans: tuple[Source, ...]
    ways_out: tuple[tuple[int, int], ...]
    """Where it says how to stop the texts."""
    sentences: tuple[Sentence, ...]
    findings: tuple[Finding, ...]
    sms_segments: int
    content: Content
    task: Assignment

    @property
    def sms(self) -> bool:
        """Whether the text travels by SMS, where everybody who holds the phone can read it."""
        return self.task.step.channel == "sms"

    def found(self, watch: str) -> Iterator[Finding]:
        """Yield the watched words of one list, in order."""
        return (finding for finding in self.findings if finding.watch == watch)

    def words_of(self, part: Finding | Source | Sentence) -> str:
        """Return the words of a part of the text."""
        return self.text[part.start : part.end]

    def sources_in(self, part: Finding | Sentence) -> Iterator[Source]:
        """Yield the sources whose span touches the given part of the text."""
        return (span for span in self.spans if span.start < part.end and span.end > part.start)

    def sentence_of(self, finding: Finding) -> Sentence:
        """Find the sentence that a finding stands in."""
        for each in self.sentences:
            if each.start <= finding.start < each.end:
                return each
        raise AssertionError("watched words are found inside of sentences")


def read(text: str, spans: tuple[Source, ...], content: Content, task: Assignment) -> Reading:
    """Prepare a text for the checks."""
    low = text.lower()
    if len(low) != len(text):  # a few letters grow when they shrink; offsets matter more than their case
        low = text
    ways_out = tuple([found.span() for found in OPT_OUT.finditer(text)]) if "STOP" in text else ()
    stops = [start for start, _ in ways_out]
    stops += [span.start for span in spans if span.kind == "brand" and span.id in _FRAME]
    sentences: list[Sentence] = []
    findings: list[Finding] = []
    for start, end in _cut(text, spans):
        own = _watched(low[start:end], task.style.watch)
        findings += [Finding(each.watch, start + each.start, start + each.end, each.why) for each in own]
        asks = any(each.watch == "ask" and not _quoted(start + each.start, spans) for each in own)
        sentences.append(Sentence(start, end, asks, any(start <= stop < end for stop in stops)))
    segments = measure(text).segments if task.step.channel == "sms" else 0
    return Reading(text, low, spans, ways_out, tuple(sentences), tuple(findings), segments, content, task)


def _cut(text: str, spans: Sequence[Source] = ()) -> Iterator[tuple[int, int]]:
    """Cut a text into sentences; a full stop in "Dr." or inside a practice's name or address does not end one."""
    veiled = _ABBREVIATED.sub(lambda found: f"{found[1]}_", text)
    for span in spans:
        if span.kind == "brand":
            veiled = veiled[: span.start] + "_" * (span.end - span.start) + veiled[span.end :]
    return (found.span() for found in _SENTENCE.finditer(veiled))


def _quoted(offset: int, spans: Sequence[Source]) -> bool:
    """Tell whether words are the person's own: what they said asks nothing of them."""
    return any(span.kind == "fact" and span.start <= offset < span.end for span in spans)


@lru_cache(maxsize=8192)
def _watched(sentence: str, watch: Watch) -> tuple[Finding, ...]:
    """Find the watched words of a sentence; sentences come again and again, so each is searched once."""
    return tuple([Finding(name, hit.start(), hit.end(), why) for name, hit, why in watch.found_in(sentence)])


@lru_cache(maxsize=4096)
def approved_words(template: str) -> Approved:
    """Learn which words may stand beside which outside of the slots of a Liquid or `{slot}` template."""
    pairs: set[tuple[str, str]] = set()
    starts: set[str] = set()
    ends: set[str] = set()
    for piece in _SLOT.split(to_gsm(_TAG.sub("{tag}", template))):
        words = WORD.findall(piece)
        if words:
            pairs.update(zip(words, words[1:], strict=False))
            starts.add(words[0])
            ends.add(words[-1])
    return Approved(frozenset(pairs), frozenset(starts), frozenset(ends))


@lru_cache(maxsize=4096)
def approvals(content: Content, style: Style) -> tuple[Approved, ...]:
    """Return what is approved for a content: its own words, and the openers and closings of the house."""
    own = approved_words(f"{content.body} {{tag}} {content.subject}")
    lines = [line for choices in style.openers.values() for line in choices]
    return own, approved_words(" {tag} ".join([*GREETINGS, *lines, *style.closings.values()]))
