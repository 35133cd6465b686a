"""Reads the assistant's small sentences from the base pack and fills them in."""

from __future__ import annotations

from functools import cache

from rewarm.adapters.liquid import render
from rewarm.adapters.packs import BASE, document


@cache
def _texts() -> dict[str, str]:
    return dict(document(BASE, "replies.yaml")["texts"])


def text(key: str, **fields: str) -> str:
    """Say one of the pack's sentences; raises KeyError for a sentence that does not exist."""
    return render(_texts()[key], fields).strip()
