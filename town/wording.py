"""Compares words as a careful reader would: endings, abbreviations and family names for the same thing."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

FOLDER = Path(__file__).parent / "words"


def groups(name: str) -> dict[str, list[str]]:
    """Read `group: words` from a word list; a line without a colon goes on with the group before, or with ""."""
    found: dict[str, list[str]] = {}
    group = ""
    for line in (FOLDER / name).read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        head, colon, tail = line.partition(":")
        group, said = (head, tail) if colon else (group, line)
        found.setdefault(group, []).extend(said.split())
    return found


CANON = {variant: name for name, variants in groups("same.txt").items() for variant in variants}
EMPTY = set(groups("empty.txt")[""])


def plain(text: str) -> str:
    """Return the text in lower case, without accents, with straight apostrophes."""
    flat = unicodedata.normalize("NFKD", text.replace("’", "'").replace("‘", "'"))
    return "".join(c for c in flat if not unicodedata.combining(c)).casefold()


def words(text: str) -> list[str]:
    """Return the words and numbers of a text; a possessive 's is dropped, thousands separators too."""
    flat = re.sub(r"(?<=\d),(?=\d{3})", "", plain(text))
    return [word.removesuffix("'s").replace("'", "") for word in re.findall(r"[a-z0-9]+(?:'[a-z]+)?", flat)]


def root(word: str) -> str:
    """Return the name of the thing that a word stands for: abbreviation undone, ending cut."""
    word = CANON.get(word, word)
    for ending in ("ations", "ation", "ings", "ing", "edly", "ied", "ies", "ed", "es", "ly", "er", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 3 else word


def roots(text: str) -> set[str]:
    """Return the roots of all words, and of the halves of a great-grand-something."""
    return {root(word) for word in words(text)}


def same(word: str, known: set[str]) -> bool:
    """Tell whether a word's root is known, or begins (five letters or more) as a known one does."""
    mine = root(word)
    if mine in known:
        return True
    return len(mine) >= 5 and any(len(other) >= 5 and (other[:5] == mine[:5]) for other in known)


def content(word: str) -> bool:
    """Tell whether a word carries a meaning of its own."""
    return word not in EMPTY and len(word) > 1
