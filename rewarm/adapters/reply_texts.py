"""Reads the assistant's small sentences from the base pack and fills them in."""

from __future__ import annotations

from functools import cache

from rewarm.adapters.liquid import render
from rewarm.adapters.packs import BASE, document


@cache
def _texts() -> dict[str, str]:
    return dict(document(BASE, "replies.yaml")["texts"])


def in_language(key: str, language: str | None) -> str:
    """Name the sentence in their language ("handoff_es") when the pack has it, else ours."""
    theirs = f"{key}_{language}"
    return theirs if language and theirs in _texts() else key


def text(key: str, **fields: str) -> str:
    """Say one of the pack's sentences; raises KeyError for a sentence that does not exist."""
    return render(_texts()[key], fields).strip()
