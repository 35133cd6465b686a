"""Holds the words by which mail servers are understood, as patterns that were compiled once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class BounceWords:
    """One pattern for each meaning; `packs/base/bounces.yaml` says what each is for."""

    daemons: re.Pattern[str]
    names: re.Pattern[str]
    machines: re.Pattern[str]
    robots: re.Pattern[str]
    subjects: re.Pattern[str]
    answered: re.Pattern[str]
    complaints: re.Pattern[str]
    automatic: re.Pattern[str]
    failures: re.Pattern[str]
    labels: re.Pattern[str]
    contacts: re.Pattern[str]
    senders: re.Pattern[str]
    returned: re.Pattern[str]
    delayed: re.Pattern[str]
    gone: re.Pattern[str]
    full: re.Pattern[str]
    unwanted: re.Pattern[str]


def bounce_words_from(document: Mapping[str, Any]) -> BounceWords:
    """Compile the lists of a pack's bounces.yaml; raises KeyError for one that is missing."""
    return BounceWords(**{one.name: _any_of(document[one.name]) for one in fields(BounceWords)})


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Make one pattern of many; a line may break wherever a phrase has a space."""
    spaced = (re.sub(r" (?![?*+{])", r"\\s+", phrase.strip()) for phrase in phrases)
    return re.compile("|".join(f"(?:{phrase})" for phrase in spaced), re.IGNORECASE)
