"""Reads names as people type them and decides whether two of them may be one person's."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from rewarm.domain.import_words import folded

Fit = Literal["equal", "nickname", "typo", "initial", "missing", "no"]

_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "rev",
        "sr",
        "sra",
        "srta",
        "hon",
        "fr",
        "sir",
        "dame",
        "capt",
        "sgt",
        "col",
    ]
)
_SUFFIXES = {
    "jr": "Jr",
    "junior": "Jr",
    "sr": "Sr",
    "senior": "Sr",
    "ii": "II",
    "iii": "III",
    "iv": "IV",
    "2nd": "II",
    "3rd": "III",
}
_DEGREES = frozenset(["md", "phd", "dds", "do", "rn", "esq", "cpa", "aud", "dvm", "pa", "np", "jd", "mba"])
_PARTICLES = frozenset(
    [
        "van",
        "von",
        "der",
        "den",
        "de",
        "da",
        "di",
        "del",
        "della",
        "la",
        "le",
        "st",
        "saint",
        "mc",
        "mac",
        "o",
        "bin",
        "ibn",
        "al",
        "el",
        "ter",
        "ten",
        "dos",
        "das",
        "du",
    ]
)
# What the desk writes onto a name: "*NO CALLS*", "(DECEASED)", "- do not text".
_MARKS = re.compile(
    r"\*+[^*]+\*+"
    r"|\(?\b(?:dnc|dnd|deceased|dec'd|do not (?:call|text|contact|email|use)\b[^,]*|no (?:calls?|texts?|emails?))\b\)?",
    re.I,
)
_QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]{1,24})[\"“”„«»]|\(([^()]{1,24})\)|(?<=\s)['‘]([\w .-]{2,16})['’](?=\s|$)")
_CASED = re.compile(r"^(?:[A-Z][a-z]+|[A-Z][a-z]+[A-Z][a-z]+)")


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name in its parts; each part may be empty."""

    first: str = ""
    last: str = ""
    middle: str = ""
    suffix: str = ""
    nickname: str = ""
    previous_last: str = ""

    @property
    def known(self) -> bool:
        """Tell whether any name is there at all."""
        return bool(self.first or self.last)

    def __str__(self) -> str:
        return " ".join(part for part in (self.first, self.middle, self.last, self.suffix) if part)


def read_name(
    *,
    first: str = "",
    last: str = "",
    full: str = "",
    middle: str = "",
    suffix: str = "",
    nickname: str = "",
    previous: str = "",
) -> Name:
    """Return the name that one row gives: "DOE, JANE Q (JANIE)", a full name in the first-name cell, Jr in the last."""
    first, last, full = (clean(_MARKS.sub(" ", text)) if text else "" for text in (first, last, full))
    if not first and not last:
        name = _from_full(full)
    elif not last and len(first.split()) > 1:
        name = _from_full(first)
    elif not first and "," in last:
        name = _from_full(last)
    else:
        name = _from_parts(first, last)
    given = _from_full(full) if full and not name.known else name
    return replace(
        given,
        first=_capitalised(given.first),
        last=_capitalised(given.last),
        middle=_capitalised(given.middle or clean(middle)),
        suffix=given.suffix or _SUFFIXES.get(folded(suffix).strip(". "), ""),
        nickname=_capitalised(clean(nickname) or given.nickname),
        previous_last=_capitalised(clean(previous) or given.previous_last),
    )


def clean(text: str) -> str:
    """Return `text` without emoji, control and direction marks and with single spaces; spreadsheet formulas give nothing."""
    if not text:
        return ""
    if text.startswith(("=", "@", "+cmd", "-cmd")):
        return ""
    if not text.isascii():
        text = "".join(_kept(char) for char in unicodedata.normalize("NFC", text))
    return " ".join(text.translate(_CONTROLS).split()).strip(_EDGES)


def _kept(char: str) -> str:
    return char if unicodedata.category(char)[0] in "LMNPZ" or char == "´" else " "


_CONTROLS = dict.fromkeys((*range(32), 127, *map(ord, "$+<=>^|~")), " ")
_EDGES = " ,;.*/\\|-_<>[]{}"


def _from_parts(first: str, last: str) -> Name:
    nickname = ""
    if match := _QUOTED.search(first):
        nickname, first = (
            next(group for group in match.groups() if group),
            clean(first[: match.start()] + " " + first[match.end() :]),
        )
    previous = ""
    if match := re.search(r"\(?\b(?:nee|née|formerly|fka)\b\.? ([\w'-]+)\)?", last, re.I):
        previous, last = match[1], clean(last[: match.start()])
    elif match := _QUOTED.search(last):
        last = clean(last[: match.start()] + " " + last[match.end() :])
    words, suffix = _without_suffix(last.split())
    given = [word for word in first.split() if folded(word).strip(".") not in _TITLES] or first.split()
    middle = ""
    if len(given) > 1 and len(given[-1].strip(".")) == 1:
        middle, given = given[-1].strip("."), given[:-1]
    given, given_suffix = _without_suffix(given) if len(given) > 1 else (given, "")
    return Name(" ".join(given), " ".join(words), middle, suffix or given_suffix, nickname, previous)


def _from_full(full: str) -> Name:
    nickname = ""
    if match := _QUOTED.search(full):
        nickname = next(group for group in match.groups() if group)
        full = clean(full[: match.start()] + " " + full[match.end() :])
    head, comma, tail = full.partition(",")
    if comma and folded(tail).strip(" .") not in _SUFFIXES and folded(tail).strip(" .") not in _DEGREES:
        words, suffix = _without_suffix(head.split())
        given, given_suffix = _without_suffix([word.strip(",") for word in tail.split()])
        given = [word for word in given if folded(word).strip(".") not in _TITLES]
        first, middle = (given[0], " ".join(given[1:]).strip(".")) if given else ("", "")
        return Name(first, " ".join(words), middle, suffix or given_suffix, nickname)
    words, suffix = _without_suffix([word.strip(",") for word in full.split()])
    while len(words) > 1 and folded(words[0]).strip(".") in _TITLES:
        words = words[1:]
    if len(words) <= 1:
        return Name(first=words[0] if words else "", suffix=suffix, nickname=nickname)
    split = len(words) - 1
    while split > 1 and folded(words[split - 1]) in _PARTICLES:
        split -= 1
    return Name(words[0], " ".join(words[split:]), " ".join(words[1:split]).strip("."), suffix, nickname)


def _without_suffix(words: list[str]) -> tuple[list[str], str]:
    suffix = ""
    while len(words) > 1 and (key := folded(words[-1]).strip(".,")) in (_SUFFIXES.keys() | _DEGREES):
        suffix = _SUFFIXES.get(key, suffix)
        words = words[:-1]
    return words, suffix


def _capitalised(text: str) -> str:
    """Write a name that is all capitals or all small letters as a name; leave one that somebody cased alone."""
    if not text or not (text.isupper() or text.islower()):
        return text

    def word(one: str) -> str:
        lower = one.lower()
        if lower.startswith("mc") and len(lower) > 3:
            return "Mc" + lower[2:].capitalize()
        return re.sub(r"(^|['’-])(\w)", lambda match: match[1] + match[2].upper(), lower)

    return " ".join(word(one) for one in text.split())


@lru_cache(maxsize=131_072)
def key(text: str) -> str:
    """Return the letters of a name alone, folded: "O’Brien" and "OBRIEN" are one."""
    return re.sub(r"[^\w]|_", "", folded(text))


def first_names_fit(a: str, b: str, nicknames: Mapping[str, frozenset[str]]) -> Fit:
    """Judge two first names: equal, one the short form of the other, a slip of the finger, an initial, or different."""
    left, right = key(a), key(b)
    if not left or not right:
        return "missing"
    if left == right:
        return "equal"
    if len(left) == 1 or len(right) == 1:
        return "initial" if left[0] == right[0] else "no"
    formal_left, formal_right = (
        nicknames.get(left, frozenset()) | {left},
        nicknames.get(right, frozenset()) | {right},
    )
    if formal_left & formal_right:
        return "nickname"
    if _words(a) & _words(b):
        return "nickname"
    if left in nicknames and right in nicknames:
        return "no"
    return "typo" if slip(left, right) or _slip_of_short_form(left, right, nicknames) else "no"


def _slip_of_short_form(left: str, right: str, nicknames: Mapping[str, frozenset[str]]) -> bool:
    """Tell whether one name is a mistyped short form of the other: "Narm" for Norman."""
    if left in nicknames:
        left, right = right, left
    formal = nicknames.get(right)
    if not formal or left in nicknames or len(left) < 4:
        return False
    return any(one[0] == left[0] and slip(left, one) for one, stands_for in nicknames.items() if stands_for & formal)


def last_names_fit(a: str, b: str) -> Fit:
    """Judge two last names; one half of a double name fits ("Garcia" and "Garcia-Lopez")."""
    left, right = key(a), key(b)
    if not left or not right:
        return "missing"
    if left == right:
        return "equal"
    if len(left) == 1 or len(right) == 1:
        return "initial" if left[0] == right[0] else "no"
    if (_words(a) & _words(b)) - _PARTICLES:
        return "nickname"
    return "typo" if slip(left, right) else "no"


@lru_cache(maxsize=65_536)
def _words(text: str) -> frozenset[str]:
    return frozenset(key(word) for word in re.split(r"[\s-]+", text) if len(word) > 2)


@lru_cache(maxsize=262_144)
def slip(left: str, right: str) -> bool:
    """Tell whether one typing error (two in names of nine letters and more) turns `left` into `right`."""
    longest = max(len(left), len(right))
    if longest < 4 or abs(len(left) - len(right)) > 2:
        return False
    return _distance(left, right) <= (2 if longest >= 9 else 1)


def _distance(left: str, right: str) -> int:
    """Count insertions, deletions, substitutions and swaps of neighbours (optimal string alignment)."""
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for i, char in enumerate(left, start=1):
        current = [i]
        for j, other in enumerate(right, start=1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (char != other))
            if i > 1 and j > 1 and char == right[j - 2] and left[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        before, previous = previous, current
    return previous[-1]
