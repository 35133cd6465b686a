"""Decides by written rules alone whether a message is an opt-out, an opt-in or a call for help."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from rewarm.domain.wording import bare_words, edits, fold, sentences

Tier = Literal["definite", "fuzzy", "sentence", "phrase", "legal"]

_FIGURES = str.maketrans("0135@$", "oiessa")
_LONG_WORD = 8  # from here on two slips are forgiven


@dataclass(frozen=True, slots=True)
class OptOut:
    """An opt-out: how sure we are (tier), in which language's list, and the words that matched."""

    tier: Tier
    language: str
    matched: str


@dataclass(frozen=True, slots=True)
class Tongue:
    """The opt-out words of one language, already folded."""

    code: str
    definite: frozenset[str]
    phrases: tuple[re.Pattern[str], ...]
    legal: tuple[re.Pattern[str], ...]
    soft: tuple[str, ...]
    opt_in: frozenset[str]
    help: frozenset[str]


@dataclass(frozen=True, slots=True)
class Keywords:
    """The word lists that decide without a model; `packs/base/keywords.yaml` says where each comes from."""

    tongues: tuple[Tongue, ...]
    politeness: re.Pattern[str]
    fuzzy: tuple[str, ...]
    ordinary: frozenset[str]
    alone: frozenset[str]
    fillers: re.Pattern[str]


def keywords_from(document: Mapping[str, Any]) -> Keywords:
    """Compile the word lists of a keywords document (schema_version 2)."""
    fuzzy = document["fuzzy"]
    return Keywords(
        tongues=tuple(_tongue(code, document[code]) for code in ("en", "es", "fr")),
        politeness=_any_word(document["politeness"]),
        fuzzy=tuple(fuzzy["words"]),
        ordinary=frozenset(fuzzy["ordinary"]),
        alone=_normalised(fuzzy["sentence"]),
        fillers=_any_word([*document["politeness"], *fuzzy["fillers"]]),
    )


def opt_out(text: str, keywords: Keywords) -> OptOut | None:
    """Find an opt-out in any language, the surest tier first; None when the rules see none.

    47 CFR 64.1200(a)(10): the words stop, quit, end, revoke, opt out, cancel, unsubscribe always count, and so
    does any wording that a reasonable person would read so. A model may add to this verdict, never take from it.
    """
    folded = fold(text)
    words = bare_words(folded)
    return (
        _definite(folded, words, keywords)
        or _fuzzy(words, keywords)
        or _sentence(text, keywords)
        or _pattern(folded, words, keywords)
    )


def soft_no(text: str, keywords: Keywords) -> str | None:
    """Return the words of a mild refusal ("not interested"): it ends a sequence, it is not an opt-out."""
    words = bare_words(fold(text))
    phrases = (phrase for tongue in keywords.tongues for phrase in tongue.soft)
    return next((phrase for phrase in phrases if words == phrase or words.startswith(phrase + " ")), None)


def opts_in(text: str, keywords: Keywords) -> bool:
    """Tell whether the whole message is a word such as START; a mere "yes" never is."""
    words = bare_words(fold(text))
    return any(words in tongue.opt_in for tongue in keywords.tongues)


def wants_help(text: str, keywords: Keywords) -> bool:
    """Tell whether the whole message is HELP or INFO, which carriers require an answer to."""
    words = bare_words(fold(text))
    return any(words in tongue.help for tongue in keywords.tongues)


def _definite(folded: str, words: str, keywords: Keywords) -> OptOut | None:
    for form in (words, bare_words(re.sub(r"[^\w\s'\U0001F6D1]", "", folded))):
        core = _without(keywords.politeness, form)
        for tongue in keywords.tongues:
            for candidate in (form, core):
                if candidate in tongue.definite or _all_definite(candidate, tongue):
                    return OptOut("definite", tongue.code, candidate)
    return None


def _all_definite(words: str, tongue: Tongue) -> bool:
    tokens = words.split()
    return bool(tokens) and all(token in tongue.definite for token in tokens)


def _fuzzy(words: str, keywords: Keywords) -> OptOut | None:
    core = _without(keywords.politeness, words)
    tokens = core.split()
    if len(tokens) > 1 and all(len(token) == 1 for token in tokens):
        core = "".join(tokens)
    for reading in (core, core.translate(_FIGURES)):
        for word in keywords.fuzzy:
            if reading and (reading == word or _slip(reading, word, keywords)):
                return OptOut("fuzzy", "en", reading)
    lone = _without(keywords.fillers, words)
    return OptOut("fuzzy", "en", lone) if lone in keywords.alone else None


def _slip(typed: str, word: str, keywords: Keywords) -> bool:
    """Tell a slip of the finger from an everyday word that merely looks alike (shop, step, quite, cancer)."""
    if " " in typed or typed in keywords.ordinary or any(char.isdigit() for char in typed):
        return False
    if _once(typed) == _once(word):
        return True
    return edits(typed, word) <= (2 if len(word) >= _LONG_WORD else 1)


def _sentence(text: str, keywords: Keywords) -> OptOut | None:
    for part in sentences(text):
        words = _without(keywords.politeness, bare_words(fold(part)))
        if words in keywords.alone or (words and all(token in keywords.alone for token in words.split())):
            return OptOut("sentence", "en", words)
    return None


def _pattern(folded: str, words: str, keywords: Keywords) -> OptOut | None:
    for tongue in keywords.tongues:
        for pattern in tongue.legal:
            if found := pattern.search(folded):
                return OptOut("legal", tongue.code, found.group())
        for pattern in tongue.phrases:
            if found := pattern.search(folded) or pattern.search(words):
                return OptOut("phrase", tongue.code, found.group())
    return None


def _once(word: str) -> str:
    return "".join(char for char, _ in groupby(word))


def _without(pattern: re.Pattern[str], words: str) -> str:
    return " ".join(pattern.sub(" ", words).split())


def _normalised(entries: Iterable[str]) -> frozenset[str]:
    return frozenset(bare_words(fold(entry)) for entry in entries)


def _any_word(entries: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(_normalised(entries), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")


def _tongue(code: str, lists: Mapping[str, Any]) -> Tongue:
    return Tongue(
        code=code,
        definite=_normalised(lists["out_definite"]),
        phrases=tuple(re.compile(source) for source in lists.get("out_phrase", ())),
        legal=tuple(re.compile(source) for source in lists.get("legal", ())),
        soft=tuple(sorted(_normalised(lists.get("out_soft", ())))),
        opt_in=_normalised(lists.get("in", ())),
        help=_normalised(lists.get("help", ())),
    )
