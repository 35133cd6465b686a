"""How well warmth ranks who comes back, on a record shop's public purchases (CDNOW, 39 weeks and 39 after)."""

from __future__ import annotations

import gzip
from collections import defaultdict
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from benchmarks import Claim
from rewarm.domain.temperature import Heat, warmed

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
UNTIL = datetime(1997, 10, 1, tzinfo=UTC)
BG_NBD = 0.7674  # AUC of a fitted buy-till-you-die model on all ten tenths


def run() -> Claim:
    heats, came_back = _customers(SHARED / "cdnow" / "CDNOW_sample.txt.gz")
    area = _area_under_curve([(heat.now(UNTIL), came_back[who]) for who, heat in heats.items()])
    return Claim("temperature: AUC of who buys again", area, "AUC", BG_NBD, f"{len(heats):,} customers of CDNOW")


def _customers(path: Path) -> tuple[dict[str, Heat], dict[str, bool]]:
    heats: dict[str, Heat] = {}
    came_back: dict[str, bool] = defaultdict(bool)
    with gzip.open(path, "rt") as lines:
        for line in lines:
            who, _, day, *_ = line.split()
            at = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
            if at < UNTIL:
                heats[who] = warmed(heats.get(who), "kept_appointment", at)
            else:
                came_back[who] = True
    return heats, came_back


def _area_under_curve(scored: list[tuple[float, bool]]) -> float:
    """Return the chance that one who came back is ranked above one who did not, ties counting half."""
    below, wins = 0, 0.0
    for _, tied in groupby(sorted(scored), key=lambda one: one[0]):
        came = [back for _, back in tied]
        wins += sum(came) * (below + (len(came) - sum(came)) / 2)
        below += len(came) - sum(came)
    return wins / (below * (len(scored) - below))
