"""Reads the word lists of a pack (YAML under rewarm/packs) and hands them to the domain as values."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from rewarm.adapters import pack_file
from rewarm.domain.keywords import Keywords, keywords_from
from rewarm.domain.lexicon import Lexicon, lexicon_from

BASE = "base"


def document(pack: str, name: str) -> Mapping[str, Any]:
    """Read one YAML file of a pack; a pack may leave a file out, and then it is empty."""
    return pack_file.read(files("rewarm") / "packs" / pack / name)


@cache
def keywords() -> Keywords:
    """The opt-out, opt-in and help words, and how people say it in sentences; the law is the same for every pack."""
    base = files("rewarm") / "packs" / BASE
    grammars = [pack_file.read(base / f"keywords_{code}.yaml", all_text=True) for code in ("en", "es", "fr")]
    return keywords_from(document(BASE, "keywords.yaml"), grammars)


@cache
def lexicon(pack: str = "audiology") -> Lexicon:
    """Everything that the base pack and a vertical pack know about replies."""
    documents = [document(BASE, "intents.yaml"), document(pack, "intents.yaml")]
    return lexicon_from(documents, keywords())
