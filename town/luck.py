"""Draws keyed random numbers: the same seed and key give the same luck, whatever happened before."""

from __future__ import annotations

import hashlib
import math
import uuid
from collections.abc import Sequence
from statistics import NormalDist
from typing import TypeVar

T = TypeVar("T")
NORMAL = NormalDist()
HOUSE = uuid.UUID("7c0d3c5e-6f0b-5b7e-9a55-0c4a4a6f7d10")


class Luck:
    """One uniform number per (seed, key); a key is a person, a count and a purpose."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def uniform(self, *key: object) -> float:
        """Return a number in (0, 1)."""
        digest = hashlib.sha256("/".join(map(str, (self.seed, *key))).encode()).digest()
        return (int.from_bytes(digest[:8], "big") + 0.5) / 2**64

    def normal(self, *key: object) -> float:
        """Return a standard normal number."""
        return NORMAL.inv_cdf(self.uniform(*key))

    def happens(self, chance: float, *key: object) -> bool:
        """Tell whether something of this probability happens."""
        return self.uniform(*key) < chance

    def choice(self, options: Sequence[T], *key: object) -> T:
        """Return one of the options, all equally likely."""
        return options[int(self.uniform(*key) * len(options))]

    def weighted(self, shares: dict[str, float], *key: object) -> str:
        """Return one key of `shares` in proportion to its share."""
        left = self.uniform(*key) * sum(shares.values())
        for option, share in shares.items():
            left -= share
            if left < 0:
                return option
        return next(reversed(shares))

    def lognormal(self, median: float, sigma: float, *key: object) -> float:
        """Return a lognormal number."""
        return median * math.exp(sigma * self.normal(*key))

    def name(self, *key: object) -> str:
        """Return a UUID that this key always gets."""
        return str(uuid.uuid5(HOUSE, "/".join(map(str, (self.seed, *key)))))
