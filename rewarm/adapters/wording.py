"""Reads the words by which a text shows whose it is and what it is (rewarm/packs/rules/wording.yaml)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from rewarm.adapters.packs import document
from rewarm.domain.identification import Wording

PACK = "rules"


@cache
def wording() -> Wording:
    """Compile the lists; they are the same for every trade, as the law is."""
    lists = document(PACK, "wording.yaml")
    return Wording(_either(lists["way_out"]), _either(lists["offer"]), _either(lists["harmless"]))


def _either(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)")
