"""Decides how a rule that is written in words reads as a regular expression in which every word is one letter.

A rule says `<stop> (your|these)? <messages> (?! back)`: words, <classes of words> and named parts, put together with
the signs of a regular expression. Beside those, `_` is any word, `~` up to three words, a comma any punctuation, and
`^` and `$` are the rims of a sentence or clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

OTHER = "\ue000"  # a word that no rule knows
MARKS = ".,?"  # the ends of sentences and clauses; they stand for themselves
_FIRST_LETTER = 0xE001

_PIECE = re.compile(
    r"<(?P<name>\w+)>|(?P<word>[^\W_]+(?![^{]*\}))|(?P<look>\(\?<?[!=])|(?P<repeat>[?*+]|\{\d*,?\d*\})|(?P<sign>[()|_~^$,])"
)
_SIGNS = {
    "_": f"[^{MARKS}]",
    "~": f"[^{MARKS}]{{0,3}}",
    "^": f"(?<![^{MARKS}])",
    "$": f"(?![^{MARKS}])",
    ",": f"[{MARKS}]",
}

Needs = tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled rule: it can match only where each of `needs` shares a letter with the text, which is cheap to ask."""

    pattern: re.Pattern[str]
    needs: Needs

    def may_match(self, present: frozenset[str]) -> bool:
        """Tell whether a text of these letters is worth a search."""
        for need in self.needs:  # noqa: SIM110 - a generator costs three times as much, and this is asked for every rule
            if need.isdisjoint(present):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The letter of every word, the letters of every class, and the named parts of rules."""

    letters: Mapping[str, str]
    classes: Mapping[str, frozenset[str]]
    parts: Mapping[str, str]


def alphabet(classes: Mapping[str, frozenset[str]], parts: Mapping[str, str], rules: Iterable[str]) -> Alphabet:
    """Give every word the letter of its kind; a word that a rule names by itself is a kind of its own."""
    named = {piece["word"] for rule in (*parts.values(), *rules) for piece in _PIECE.finditer(rule) if piece["word"]}
    kinds: dict[frozenset[str], str] = {}
    letters: dict[str, str] = {}
    for word in sorted(named.union(*classes.values())):
        kind = frozenset(f"<{name}>" for name, words in classes.items() if word in words) | ({word} & named)
        letters[word] = kinds.setdefault(kind, chr(_FIRST_LETTER + len(kinds)))
    of_class = {name: frozenset(letters[word] for word in words) for name, words in classes.items()}
    return Alphabet(letters, of_class, parts)


def compiled(rule: str, known: Alphabet) -> Rule:
    """Compile a rule; an unknown name or an open bracket raises ValueError with the rule."""
    pieces = list(_PIECE.finditer(rule))
    pieces.reverse()
    try:
        pattern, needs = _either(pieces, known)
    except (KeyError, IndexError) as wrong:
        raise ValueError(f"cannot read the rule {rule!r}: {wrong}") from wrong
    if pieces:
        raise ValueError(f"cannot read the rule {rule!r}: a bracket too many")
    return Rule(re.compile(pattern), tuple(sorted(needs, key=len)))


def _either(pieces: list[re.Match[str]], known: Alphabet) -> tuple[str, Needs]:
    """Read alternatives up to a closing bracket; together they need what the narrowest need of each adds up to."""
    patterns, narrowest = [], []
    while True:
        pattern, needs = _sequence(pieces, known)
        patterns.append(pattern)
        narrowest.append(min(needs, key=len, default=None))
        if not (pieces and pieces[-1].group() == "|"):
            break
        pieces.pop()
    if len(patterns) == 1:
        return patterns[0], needs
    together = [need for need in narrowest if need is not None]
    all_need = len(together) == len(narrowest)
    return "|".join(patterns), (frozenset[str]().union(*together),) if all_need else ()


def _sequence(pieces: list[re.Match[str]], known: Alphabet) -> tuple[str, Needs]:
    pattern = ""
    needs: Needs = ()
    while pieces and pieces[-1].group() not in ("|", ")"):
        one, its_needs = _atom(pieces, known)
        if pieces and (repeat := pieces[-1]["repeat"]):
            pieces.pop()
            one += repeat
            its_needs = () if repeat[0] in "?*" or repeat.startswith("{0") else its_needs
        pattern += one
        needs += its_needs
    return pattern, needs


def _atom(pieces: list[re.Match[str]], known: Alphabet) -> tuple[str, Needs]:
    piece = pieces.pop()
    if piece["look"] or piece.group() == "(":
        pattern, needs = _either(pieces, known)
        pieces.pop()
        return f"{piece['look'] or '(?:'}{pattern})", () if piece["look"] else needs
    if piece["name"] in known.parts:
        inside = list(_PIECE.finditer(known.parts[piece["name"]]))
        inside.reverse()
        pattern, needs = _either(inside, known)
        return f"(?:{pattern})", needs
    if piece["sign"]:
        return _SIGNS[piece["sign"]], ()
    letters = known.classes[piece["name"]] if piece["name"] else frozenset(known.letters[piece["word"]])
    return f"[{''.join(sorted(letters))}]", (letters,)


def spellings(entries: Iterable[str]) -> Iterator[str]:
    """Write out entries such as "text(s|ed|ing|)", one spelling each."""
    for entry in entries:
        before, bracket, rest = entry.partition("(")
        if not bracket:
            yield entry
            continue
        endings, _, after = rest.partition(")")
        yield from spellings(f"{before}{ending}{after}" for ending in endings.split("|"))
