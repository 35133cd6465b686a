"""Decides by a small grammar whether somebody asks in a sentence of their own that our messages end.

47 CFR 64.1200(a)(10) lets a person revoke consent in any words that a reasonable person would understand. Nobody can
list those sentences, but their parts are few: a word that ends something (stop, do not, no more, take me off, leave
me alone), what shall end (texts, calls, your list), and the courtesies around them. `packs/base/keywords_<language>`
holds these parts as data; here they are put to a text:

1. every word becomes one letter, which stands for the classes that it belongs to; courtesies become nothing, a slip
   of the finger becomes the word that was meant, any other word is OTHER;
2. what a `benign` rule matches ("stop by", "don't call before 10") is made OTHER before any other rule looks;
3. the rules are tried, the gravest kind first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rewarm.domain.word_rules import MARKS, OTHER, Rule, alphabet, compiled, spellings
from rewarm.domain.wording import edits

Said = Literal["legal", "mistaken", "leaving", "phrase", "channel"]
Rules = tuple[Rule, ...]

_KINDS = ("benign", "legal", "mistaken", "leaves", "refuses", "prefers")
_LONG_ENOUGH = 6  # shorter words have too many neighbours to forgive a slip
_RUN_TOGETHER, _LONGEST = 8, 24  # letters: shorter ones are words of their own, longer ones are links
_FIGURES = str.maketrans("013457", "oieast")
_TOKEN = re.compile(r"[^\W_]+|[.!;?\u2026]|[^\w\s'\"*#-]|(?<!\w)-")


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found: the kind of the rule, and the words that it rests on."""

    said: Said
    words: str


@dataclass(frozen=True, slots=True)
class Grammar:
    """One language: the letter of each word, the words behind each slip, and the rules of each kind."""

    language: str
    letters: Mapping[str, str]
    slips: Mapping[str, tuple[str, ...]]
    benign: Rules
    legal: Rules
    mistaken: Rules
    leaves: Rules
    refuses: Rules
    prefers: Rules


def grammar_from(document: Mapping[str, Any]) -> Grammar:
    """Compile the grammar document of one language; a rule that cannot be read raises ValueError."""
    classes = {name: frozenset(spellings(words)) for name, words in document["words"].items()}
    sources = {kind: document.get(kind, ()) for kind in _KINDS}
    known = alphabet(classes, document.get("parts", {}), (rule for kind in sources.values() for rule in kind))
    courtesies = frozenset(spellings(document["courtesies"]))
    if unheard := courtesies & known.letters.keys():
        raise ValueError(f"courtesies are dropped, so no rule can wait for {sorted(unheard)}")
    rules = {kind: tuple(compiled(rule, known) for rule in said) for kind, said in sources.items()}
    letters = {**known.letters, **dict.fromkeys(courtesies, "")}
    forgiven = (word for name in document.get("forgiving", ()) for word in classes[name])
    letters.update(dict.fromkeys(set(document.get("ordinary", ())) - letters.keys(), OTHER))
    return Grammar(document["language"], letters, _slips(forgiven), **rules)


def find(folded: str, grammar: Grammar) -> Found | None:
    """Find what a folded text asks for; None when the grammar sees nothing.

    A refusal of our texts beside a wish for another channel ("don't text, call me") is "channel", not the end. Who wants
    off the list and names no other channel is "leaving"; every other refusal is a "phrase".
    """
    words, heard = _heard(folded, grammar)
    letters = _without(grammar.benign, heard)
    said: Said
    if span := _search(grammar.legal, letters):
        said = "legal"
    elif span := _search(grammar.leaves, letters):
        said = "phrase" if _search(grammar.prefers, letters) else "leaving"
    elif span := _search(grammar.refuses, letters):
        said = "channel" if _search(grammar.prefers, _without(grammar.refuses, letters)) else "phrase"
    elif span := _search(grammar.mistaken, letters):
        said = "mistaken"
    else:
        return None
    return Found(said, " ".join(words[slice(*span)]))


def _heard(folded: str, grammar: Grammar) -> tuple[list[str], str]:
    """Turn a text into the words that count and their letters, side by side."""
    words: list[str] = []
    letters: list[str] = []
    for token in _TOKEN.findall(folded):
        letter = grammar.letters.get(token)
        if letter is None:
            letter = _meant(token, grammar) if token[0].isalnum() else _mark(token)
        if letter == OTHER and _RUN_TOGETHER <= len(token) <= _LONGEST and (parts := _parted(token, grammar.letters)):
            words += parts
            letters += [grammar.letters[part] for part in parts]
        elif letter:
            words.append(token)
            letters.append(letter)
    return words, "".join(letters)


def _mark(token: str) -> str:
    return "?" if token == "?" else "." if token in ".!;\u2026" else ","


def _meant(token: str, grammar: Grammar) -> str:
    """Find the letter of a word that is not in the list: a number, figures for letters, or one slip of the finger."""
    if token.isdigit():
        return grammar.letters.get("0", OTHER)
    if not token.isalpha():
        return grammar.letters.get(token.translate(_FIGURES)) or grammar.letters.get("0", OTHER)
    if len(token) >= _LONG_ENOUGH - 1:
        for shape in _shapes(token) if grammar.slips else ():
            for word in grammar.slips.get(shape, ()):
                if edits(token, word) == 1:
                    return grammar.letters[word]
    return OTHER


def _parted(token: str, letters: Mapping[str, str]) -> list[str]:
    """Split words that were typed without spaces ("stoptexting"); empty when they are not all known."""
    for end in range(len(token), 1, -1):
        if letters.get(token[:end]):
            rest = _parted(token[end:], letters) if end < len(token) else []
            if rest or end == len(token):
                return [token[:end], *rest]
    return []


def _search(rules: Rules, letters: str) -> tuple[int, int] | None:
    """Return the span of the first rule that matches."""
    present = frozenset(letters)
    for rule in rules:
        if rule.may_match(present) and (found := rule.pattern.search(letters)):
            return found.span()
    return None


def _without(rules: Rules, letters: str) -> str:
    """Make the words that these rules match unknown, so that no other rule sees them."""
    present = frozenset(letters)
    for rule in rules:
        if rule.may_match(present):
            letters = rule.pattern.sub(_unknown, letters)
    return letters


def _unknown(found: re.Match[str]) -> str:
    return "".join(letter if letter in MARKS else OTHER for letter in found.group())


def _slips(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Index long words by what is left of them when one character is lost."""
    index: dict[str, list[str]] = {}
    for word in words:
        for shape in _shapes(word) if len(word) >= _LONG_ENOUGH else ():
            index.setdefault(shape, []).append(word)
    return {shape: tuple(found) for shape, found in index.items()}


def _shapes(word: str) -> set[str]:
    """Return a word and the word without each of its characters: two words one slip apart share one of these."""
    return {word} | {word[:at] + word[at + 1 :] for at in range(len(word))}
