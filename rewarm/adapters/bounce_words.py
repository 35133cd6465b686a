"""Reads the words of mail servers from the base pack."""

from __future__ import annotations

from functools import cache

from rewarm.adapters.packs import BASE, document
from rewarm.domain.bounce_words import BounceWords, bounce_words_from


@cache
def bounce_words() -> BounceWords:
    """The words by which notices of mail servers are known; they are the same for every trade."""
    return bounce_words_from(document(BASE, "bounces.yaml"))
