"""Holds the words of a trade that quotes need before they can be said: its shorthand, its things, what its devices do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, eq=False)
class Trade:
    """A pack's own words (pack.yaml, `trade`). Compared by identity, so that it can be the key of a cache.

    `short` spells the trade's abbreviations out. `acts` matches what a device does, its verb in the first group, said as
    `device` and the verb. `articled` are things one asks for with an article ("a loaner"), `uncounted` those without.
    """

    short: Mapping[str, str] = field(default_factory=dict)
    device: str = ""
    acts: re.Pattern[str] | None = None
    articled: frozenset[str] = frozenset()
    uncounted: re.Pattern[str] | None = None


NO_TRADE = Trade()
