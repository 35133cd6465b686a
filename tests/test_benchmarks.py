"""What we measure touches with still works, and measures messages that would really leave."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.slow
def test_a_few_people_are_decided_composed_and_judged() -> None:
    measured = subprocess.run(
        [sys.executable, "-c", "from benchmarks.decide import run; print(*run(60), sep='\\n')"],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert measured.returncode == 0, measured.stderr
    alone, together = measured.stdout.splitlines()
    assert "µs CPU" in alone
    assert "100% allowed, 67% personal" in together


def test_what_takes_minutes_has_to_be_asked_for() -> None:
    from benchmarks.run import _modules

    usual = [module.__name__ for module in _modules([])]
    assert "benchmarks.decide" in usual
    assert "benchmarks.million" not in usual
    assert [module.__name__ for module in _modules(["million"])] == ["benchmarks.million"]
