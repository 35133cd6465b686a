"""Decides by written rules alone whether a message is an opt-out, an opt-in or a call for help.

47 CFR 64.1200(a)(10): stop, quit, end, revoke, opt out, cancel and unsubscribe always revoke consent, and so does any
wording that a reasonable person would read so. A message is first looked at as a whole (one of these words, however it
is typed), then sentence by sentence, then by the grammar of each language. No model takes part in this.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from rewarm.domain.opt_out_grammar import Grammar, find, grammar_from
from rewarm.domain.wording import bare_words, edits, fold, sentences, spell_out

Tier = Literal["definite", "fuzzy", "sentence", "legal", "mistaken", "leaving", "phrase", "channel"]

_LONGEST_KEYWORD = 14  # words; whoever writes more says it in a sentence
_LONG_WORD = 10  # from here on two slips are forgiven
_FIGURES = str.maketrans("013457@$!|", "oieastasii")
_SKIN = {chr(tone) for tone in range(0x1F3FB, 0x1F400)}
_SIGNATURE = re.compile(r"\n\s*(?:sent from my|get outlook|enviado desde mi|envoy. de mon)[^\n]*\s*\Z", re.IGNORECASE)
_SPACED_LETTERS = re.compile(r"(?<!\w)[a-z](?:[ .*_-]{1,2}[a-z]){2,}(?!\w)")
_CHOPPED = re.compile(r"(?<!\S)(\w+)\. (?=\w+\.(?:\s|$))")  # "Do. Not. Text. Me."
_WRAPPED_LINE = re.compile(r"\n(?=[a-z])")


@dataclass(frozen=True, slots=True)
class OptOut:
    """An opt-out: how we know (tier), in which language, and the words that matched.

    `mistaken` says that the number is not theirs; `channel` ends the texts only, because another channel is wanted;
    `leaving` is a wish to be off the list, or left alone, on every channel.
    """

    tier: Tier
    language: str
    matched: str


@dataclass(frozen=True, slots=True)
class Tongue:
    """The words of one language that decide alone, already folded."""

    code: str
    definite: frozenset[str]
    joined: frozenset[str]
    slips: tuple[str, ...]
    soft: tuple[str, ...]
    opt_in: frozenset[str]
    help: frozenset[str]


@dataclass(frozen=True, slots=True)
class Keywords:
    """All that decides without a model; `packs/base/keywords*.yaml` say where each word comes from."""

    tongues: tuple[Tongue, ...]
    grammars: tuple[Grammar, ...]
    politeness: re.Pattern[str]
    fillers: re.Pattern[str]
    ordinary: frozenset[str]
    alone: frozenset[str]
    alone_begins: frozenset[str]
    signs: frozenset[str]
    elsewhere: re.Pattern[str]


def keywords_from(document: Mapping[str, Any], grammars: Sequence[Mapping[str, Any]]) -> Keywords:
    """Compile the word lists of a keywords document (schema_version 3) and the grammars of its languages."""
    polite, sentence = document["politeness"], document["sentence"]
    alone = _normalised(sentence["alone"])
    return Keywords(
        tongues=tuple(_tongue(code, document[code]) for code in ("en", "es", "fr")),
        grammars=tuple(grammar_from(grammar) for grammar in grammars),
        politeness=_any_of(polite),
        fillers=_any_of([*polite, *sentence["fillers"]]),
        ordinary=_normalised(document["ordinary"]),
        alone=alone,
        alone_begins=frozenset(entry.split()[0] for entry in alone),
        signs=frozenset(document["signs"]),
        elsewhere=_any_of(document["elsewhere"]),
    )


def opt_out(text: str, keywords: Keywords) -> OptOut | None:
    """Find an opt-out in any language, the surest tier first; None when the rules see none.

    A model may add to this verdict, never take from it.
    """
    text = _SIGNATURE.sub("", text)
    folded = fold(text)
    return _whole(folded, keywords) or _sentence(text, folded, keywords) or _in_other_words(text, folded, keywords)


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


# --- the message as a whole -----------------------------------------------------------------------------------


def _whole(folded: str, keywords: Keywords) -> OptOut | None:
    """Read a message that is nothing but a keyword, with courtesies, signs, figures, spaces or a slip in it."""
    shown = set(folded) - _SKIN - {" "}
    if shown and shown <= keywords.signs:
        return OptOut("definite", "en", folded)
    for reading in dict.fromkeys((folded, folded.translate(_FIGURES))):
        words = bare_words(reading)
        if words.count(" ") < _LONGEST_KEYWORD and (found := _keyword(words, keywords)):
            return found
    return None


def _keyword(words: str, keywords: Keywords) -> OptOut | None:
    core = _without(keywords.politeness, words)
    for tongue in keywords.tongues:
        for candidate in (words, core):
            if candidate in tongue.definite or _all_definite(candidate, tongue):
                return OptOut("definite", tongue.code, candidate)
    tokens = core.split()
    joined = "".join(tokens)
    for tongue in keywords.tongues:
        if joined in tongue.joined:
            return OptOut("definite", tongue.code, joined)
        if len(tokens) == 1 or all(len(token) <= 2 for token in tokens):  # "stpo", "st*p", "s t p"
            for word in tongue.slips:
                if _slipped(joined, word, keywords):
                    return OptOut("fuzzy", tongue.code, word)
    if keywords.alone_begins.isdisjoint(words.split()):
        return None
    lone = _without(keywords.fillers, words)
    return OptOut("fuzzy", "en", lone) if lone in keywords.alone else None


def _all_definite(words: str, tongue: Tongue) -> bool:
    tokens = words.split()
    return bool(tokens) and all(token in tongue.definite for token in tokens)


def _slipped(typed: str, word: str, keywords: Keywords) -> bool:
    """Tell a slip of the finger from an everyday word that merely looks alike (shop, step, quite, cancer)."""
    allowed = 2 if len(word) >= _LONG_WORD else 1
    longer = len(typed) - len(word)
    if longer < -allowed or typed in keywords.ordinary or not typed.isalpha():
        return False
    return (longer <= allowed and edits(typed, word) <= allowed) or (longer > 0 and _once(typed) == _once(word))


def _once(word: str) -> str:
    return "".join(char for char, _ in groupby(word))


# --- its sentences --------------------------------------------------------------------------------------------


def _sentence(text: str, folded: str, keywords: Keywords) -> OptOut | None:
    """Find a sentence that is nothing but a keyword: "Who is this? STOP." """
    if not any(begins in folded for begins in keywords.alone_begins):
        return None
    for part in sentences(text):
        words = _without(keywords.politeness, bare_words(fold(part)))
        if words in keywords.alone or (words and all(token in keywords.alone for token in words.split())):
            return OptOut("sentence", "en", words)
    return None


def _in_other_words(text: str, folded: str, keywords: Keywords) -> OptOut | None:
    """Put the text to the grammar of each language, then to the few words that we know of other languages."""
    plain = folded if "\n" not in text else fold(_WRAPPED_LINE.sub(" ", text.strip()).replace("\n", " . "))
    plain = _SPACED_LETTERS.sub(lambda spaced: "".join(filter(str.isalpha, spaced.group())), plain)
    plain = _CHOPPED.sub(r"\1 ", plain).replace("thank you", "thanks")
    for grammar in keywords.grammars:
        if found := find(spell_out(plain) if grammar.language == "en" else plain, grammar):
            return OptOut(found.said, grammar.language, found.words)
    if other := keywords.elsewhere.search(folded):
        return OptOut("phrase", "other", other.group())
    return None


# --- compiling ------------------------------------------------------------------------------------------------


def _without(pattern: re.Pattern[str], words: str) -> str:
    return " ".join(pattern.sub(" ", words).split())


def _normalised(entries: Iterable[str]) -> frozenset[str]:
    return frozenset(bare_words(fold(entry)) for entry in entries)


def _any_of(entries: Iterable[str]) -> re.Pattern[str]:
    """Match any of some words, the longest first; scripts without spaces have no rims of words."""
    longest_first = sorted(_normalised(entries), key=len, reverse=True)
    spaced = "|".join(re.escape(entry) for entry in longest_first if entry.isascii())
    unspaced = "|".join(re.escape(entry) for entry in longest_first if not entry.isascii())
    return re.compile(f"(?<!\\w)(?:{spaced})(?!\\w)" + (f"|{unspaced}" if unspaced else ""))


def _tongue(code: str, lists: Mapping[str, Any]) -> Tongue:
    definite = _normalised(lists["out_definite"])
    return Tongue(
        code=code,
        definite=definite,
        joined=frozenset(entry.replace(" ", "") for entry in definite),
        slips=tuple(sorted(_normalised(lists["slips"]))),
        soft=tuple(sorted(_normalised(lists["out_soft"]))),
        opt_in=_normalised(lists["in"]),
        help=_normalised(lists["help"]),
    )
