"""Reads the import words and nicknames of packs into the value that the domain asks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from rewarm.adapters import pack_file
from rewarm.domain.import_words import FIELDS, ColumnRule, ImportWords, plain

PACKS = Path(__file__).resolve().parents[2] / "packs"


@cache
def import_words(pack: str = "audiology") -> ImportWords:
    """Return the words of `pack` in front of those of the base pack; a pack without import.yaml adds nothing."""
    base = pack_file.read(PACKS / "base" / "import.yaml", all_text=True)
    trade = pack_file.read(PACKS / pack / "import.yaml", all_text=True)
    macros: dict[str, str] = {**base["words"], **trade.get("words", {})}
    rules = [_rule(entry, macros) for entry in [*trade.get("columns", []), *base["columns"]]]
    return ImportWords(
        columns=tuple(rules),
        spelling=_words(base["spelling"]),
        vocabulary=frozenset(word for rule in rules for word in re.findall(r"[a-z]{4,}", rule.pattern.pattern)),
        values={key: _words([*words, *trade.get("values", {}).get(key, [])]) for key, words in base["values"].items()},
        test_names=_words(base["test_records"]["names"]),
        test_people=_words(base["test_records"]["people"]),
        organisations=_words(base["organisations"]),
        countries={plain(name): code for code, names in base["countries"].items() for name in names},
        states={plain(name): code for code, name in base["states"].items()},
        history={key: _words(names) for key, names in base["history"].items()},
        events={key: _words(names) for key, names in base["events"].items()},
        nicknames=_nicknames(pack_file.read(PACKS / "base" / "nicknames.yaml", all_text=True)["names"]),
    )


def _rule(entry: Mapping[str, str], macros: Mapping[str, str]) -> ColumnRule:
    field = entry["field"]
    assert field in FIELDS or field == "status", field
    pattern = entry["match"]
    for name, words in macros.items():
        pattern = pattern.replace("{" + name + "}", words)
    return ColumnRule(field, re.compile(pattern))


def _words(texts: Iterable[object]) -> frozenset[str]:
    return frozenset(plain(str(text)) or str(text) for text in texts)


def _nicknames(groups: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Turn "robert: bob bobby rob" lines into: each name -> the formal names it may stand for (and itself)."""
    formal: dict[str, set[str]] = {}
    for name, short in groups.items():
        for one in (name, *short.split()):
            formal.setdefault(one, set()).add(name)
    return {name: frozenset(of) for name, of in formal.items()}
