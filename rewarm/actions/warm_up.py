"""Reads what every touch needs before the first one comes, so that no touch waits for it and the collector passes it by."""

from __future__ import annotations

import gc
from collections.abc import Iterable

from rewarm.adapters import pack_content
from rewarm.adapters.rules import rule_set

# Young objects between two collections; drafting makes thousands that die by themselves.
COLLECT_AFTER = 10_000


def warm_up(packs: Iterable[str]) -> None:
    """Read the rules and these packs, and spare the collector what now stays for good.

    Else a sixth of the time of drafting goes into looking at it again and again (measured).
    """
    rule_set()
    for pack in packs:
        pack_content.library(pack)
        pack_content.occasion_rules(pack)
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, *gc.get_threshold()[1:])
