"""Remembers a rendered text as the checks read it: sentences, sources, and the words that somebody approved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rewarm.domain.assignment import Assignment, Content
from rewarm.domain.marked import Source
from rewarm.domain.slots import GREETINGS
from rewarm.domain.sms_text import to_gsm
from rewarm.domain.style import Style

WORD = re.compile(r"[^\W_]+(?:['.,:/-][^\W_]+)*|[$%]")
_SENTENCE = re.compile(r"[^\s.!?](?:[^.!?\n]|[.!?](?=[\w/]))*[.!?]*")
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_SLOT = re.compile(r"\{\w+\}")
_ABBREVIATED = re.compile(r"\b(Dr|Mr|Mrs|Ms|St)\.")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A check that the draft did not pass, and why, in words."""

    check: str
    why: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the text by its offsets."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Approved:
    """The word pairs of an approved text, and the words with which its pieces between slots begin and end."""

    pairs: frozenset[tuple[str, str]]
    starts: frozenset[str]
    ends: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """One text under the eyes of the checks."""

    text: str
    spans: tuple[Source, ...]
    sentences: tuple[Sentence, ...]
    content: Content
    task: Assignment

    @property
    def sms(self) -> bool:
        """Whether the text travels by SMS, where everybody who holds the phone can read it."""
        return self.task.step.channel == "sms"

    def words_of(self, sentence: Sentence) -> str:
        """Return the text of a sentence."""
        return self.text[sentence.start : sentence.end]

    def sources_in(self, start: int, end: int) -> Iterator[Source]:
        """Yield the sources whose span touches the given stretch of text."""
        return (span for span in self.spans if span.start < end and span.end > start)

    def sentence_at(self, offset: int) -> Sentence:
        """Find the sentence that holds an offset; the whole text when it lies between two."""
        for sentence in self.sentences:
            if sentence.start <= offset < sentence.end:
                return sentence
        return Sentence(0, len(self.text))


def read(text: str, spans: tuple[Source, ...], content: Content, task: Assignment) -> Reading:
    """Prepare a text for the checks."""
    return Reading(text, spans, sentences(text, spans), content, task)


def sentences(text: str, spans: Sequence[Source] = ()) -> tuple[Sentence, ...]:
    """Cut a text into sentences; a full stop in "Dr." or inside a practice's name or address does not end one."""
    veiled = _ABBREVIATED.sub(lambda found: f"{found[1]}_", text)
    for span in spans:
        if span.kind == "brand":
            veiled = veiled[: span.start] + "_" * (span.end - span.start) + veiled[span.end :]
    return tuple(Sentence(found.start(), found.end()) for found in _SENTENCE.finditer(veiled))


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


def approvals(content: Content, style: Style) -> tuple[Approved, ...]:
    """Return what is approved for a content: its own words, and the openers and closings of the house."""
    own = approved_words(f"{content.body} {{tag}} {content.subject}")
    return (own, _house(tuple(style.openers.values()), tuple(style.closings.values())))


@lru_cache(maxsize=64)
def _house(openers: tuple[tuple[str, ...], ...], closings: tuple[str, ...]) -> Approved:
    lines = [line for choices in openers for line in choices]
    return approved_words(" {tag} ".join([*GREETINGS, *lines, *closings]))
