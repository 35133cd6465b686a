"""Decides which of a practice's approved answers fits a question, and stays silent when none clearly does."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

THRESHOLD = 0.55
"""Likeness (0 to 1) below which nobody is answered: a wrong answer is worse than a person who answers later."""
MARGIN = 0.06
"""How much the best entry must lead the second one, when their answers differ."""

INTENT_HELPS = 0.08
"""What it counts for an entry that it serves the intent that was read."""

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_FILLER_WORDS = """
a about all also am an and any are as at be been but by can could did do does for from get got guys had has have he
hello hey hi i i'd i'm i've if in into is it it's its just know let like me my need of ok okay on one or our please
pls question really say she so some sure tell thank thanks that that's the them then there they this to too u up ur
us want was we well were will with wondering would yeah yes you you're your
"""
_FILLER = frozenset(_FILLER_WORDS.split())


@dataclass(frozen=True, slots=True)
class Entry:
    """One approved answer: the ways people ask for it, the intent it serves, and its Liquid text."""

    slug: str
    intent: str
    questions: tuple[str, ...]
    answer: str
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """The entry that fits a question, and how well (0 to 1)."""

    entry: Entry
    score: float


def best(question: str, entries: Sequence[Entry], *, intent: str = "") -> Match | None:
    """Find the entry whose phrasing is most like the question; None when unsure or when two lie too close.

    `intent`, when the reading of the reply knows it, lifts the entries that serve it by a little.
    """
    index = _index(tuple(entries))
    ranked = sorted(
        ((index.score(question, each) + INTENT_HELPS * (each.intent == intent), each) for each in entries),
        key=lambda pair: -pair[0],
    )
    if not ranked or ranked[0][0] < THRESHOLD:
        return None
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < MARGIN:
        return None
    return Match(ranked[0][1], ranked[0][0])


@dataclass(frozen=True, slots=True)
class _Phrasing:
    words: frozenset[str]
    grams: frozenset[str]


class _Index:
    """The phrasings of all entries with the weight of each word: rare words tell entries apart, common ones do not."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.by_entry = {
            entry.slug: [_Phrasing(frozenset(_words(asked)), _grams(asked)) for asked in entry.questions]
            for entry in entries
        }
        seen = Counter(word for entry in entries for word in {w for q in entry.questions for w in _words(q)})
        self.weight: Mapping[str, float] = {
            word: math.log(1 + len(entries) / count) ** 2 for word, count in seen.items()
        }
        self.unknown = math.log(1 + len(entries)) ** 2

    def score(self, question: str, entry: Entry) -> float:
        """Say how like the question the most like phrasing of an entry is (0 to 1)."""
        words, grams = frozenset(_words(question)), _grams(question)
        return max((self._alike(words, grams, each) for each in self.by_entry[entry.slug]), default=0.0)

    def _alike(self, words: frozenset[str], grams: frozenset[str], phrasing: _Phrasing) -> float:
        shared = self._weigh(words & phrasing.words)
        both = self._weigh(words) + self._weigh(phrasing.words)
        in_words = 2 * shared / both if both else 0.0
        in_letters = 2 * len(grams & phrasing.grams) / (len(grams) + len(phrasing.grams) or 1)
        return 0.65 * in_words + 0.35 * in_letters

    def _weigh(self, words: Iterable[str]) -> float:
        return sum(self.weight.get(word, self.unknown) for word in words)


@lru_cache(maxsize=64)
def _index(entries: tuple[Entry, ...]) -> _Index:
    return _Index(entries)


def _words(text: str) -> list[str]:
    found = [_stem(word) for word in _WORD.findall(text.lower().replace("\u2019", "'")) if word not in _FILLER]
    # "What is this about" and "what do I do" share nothing but a question word: then every word counts.
    return found if found and found != ["what"] else _WORD.findall(text.lower())


def _stem(word: str) -> str:
    for ending in ("ing", "'s", "ies", "es", "s", "ed"):
        if word.endswith(ending) and len(word) - len(ending) > 2:
            return word.removesuffix(ending)
    return word


def _grams(text: str) -> frozenset[str]:
    line = f" {' '.join(_words(text))} "
    return frozenset(line[at : at + 3] for at in range(len(line) - 2))
