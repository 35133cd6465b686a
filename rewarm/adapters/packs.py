"""Reads the word lists of a pack (YAML under rewarm/packs) and hands them to the domain as values."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from rewarm.domain.keywords import Keywords, keywords_from
from rewarm.domain.lexicon import Lexicon, lexicon_from

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
BASE = "base"


def document(pack: str, name: str) -> Mapping[str, Any]:
    """Read one YAML file of a pack; a pack may leave a file out, and then it is empty."""
    path = files("rewarm") / "packs" / pack / name
    if not path.is_file():
        return {}
    loaded = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    return loaded if isinstance(loaded, dict) else {}


@cache
def keywords() -> Keywords:
    """The opt-out, opt-in and help words; the law is the same for every pack."""
    return keywords_from(document(BASE, "keywords.yaml"))


@cache
def lexicon(pack: str = "audiology") -> Lexicon:
    """Everything that the base pack and a vertical pack know about replies."""
    documents = [document(BASE, "intents.yaml"), document(pack, "intents.yaml")]
    return lexicon_from(documents, keywords())
