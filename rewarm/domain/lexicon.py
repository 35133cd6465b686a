"""Decides how strongly a text speaks for each intent, from the phrases that the packs bring."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rewarm.domain.keywords import Keywords

_SET = re.compile(r"<(\w+)>")


@dataclass(frozen=True, slots=True)
class Cue:
    """One phrase and what it speaks for; `weight` 1 alone decides, less needs company."""

    intent: str
    weight: float
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue found in a text, with the words that it matched."""

    intent: str
    weight: float
    words: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Everything a pack knows about replies: opt-out words, cues for intents, and where each intent leads."""

    keywords: Keywords
    cues: Mapping[str, tuple[Cue, ...]]
    routes: Mapping[str, str]
    order: tuple[str, ...]
    languages: Mapping[str, frozenset[str]]

    def hits(self, text: str, *intents: str) -> Iterator[Hit]:
        """Find the cues of some intents (or all) in a folded, spelled-out text."""
        for intent in intents or self.order:
            for cue in self.cues.get(intent, ()):
                if found := cue.pattern.search(text):
                    yield Hit(cue.intent, cue.weight, found.group().strip())


def lexicon_from(documents: Sequence[Mapping[str, Any]], keywords: Keywords) -> Lexicon:
    """Compile the intents documents of a pack and of the packs it builds on; word sets and cues add up."""
    sets: dict[str, list[str]] = {}
    for document in documents:
        for name, words in document.get("sets", {}).items():
            sets.setdefault(name, []).extend(words)
    cues: dict[str, list[Cue]] = {}
    routes: dict[str, str] = {}
    for document in documents:
        routes.update(document.get("routes", {}))
        for intent, phrases in document.get("intents", {}).items():
            cues.setdefault(intent, []).extend(_cues(intent, phrases, sets))
    languages = {
        code: frozenset(words) for document in documents for code, words in document.get("languages", {}).items()
    }
    return Lexicon(keywords, {name: tuple(found) for name, found in cues.items()}, routes, tuple(routes), languages)


def _cues(
    intent: str, weighted: Mapping[str, Iterable[str | Sequence[str]]], sets: Mapping[str, Sequence[str]]
) -> Iterator[Cue]:
    """Compile the phrases of one intent; phrases listed together are one cue, said in different words."""
    weights = {"sure": 1.0, "likely": 0.7, "hint": 0.4, "not": -1.0}
    for strength, phrases in weighted.items():
        for phrase in phrases:
            alternatives = phrase if isinstance(phrase, str) else "|".join(phrase)
            yield Cue(intent, weights[strength], _compile(alternatives, sets))


def _compile(phrase: str, sets: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    """Turn a phrase into a pattern: <name> stands for a word set, spaces and commas are loose, words are whole."""
    source = phrase
    while found := _SET.search(source):
        source = source[: found.start()] + "(?:" + "|".join(sets[found[1]]) + ")" + source[found.end() :]
    return re.compile(r"(?<!\w)(?:" + source + r")(?!\w)")
