"""Runs the benchmarks, all or those that are named, and prints one line a claim.

python -m benchmarks [NAME…]
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator, Sequence
from types import ModuleType

import benchmarks
from benchmarks import Claim


def main(names: Sequence[str]) -> int:
    """Print the claims; return 1 when one of them could not be measured."""
    failed = False
    for module in _modules(names):
        try:
            said = module.run()
            print(*([said] if isinstance(said, Claim) else said), sep="\n", flush=True)
        except Exception as error:  # one broken claim must not hide the others
            failed = True
            print(f"{module.__name__.rpartition('.')[2]:<42} could not be measured: {error!r}", flush=True)
    return int(failed)


def _modules(names: Sequence[str]) -> Iterator[ModuleType]:
    """Yield the modules of this folder that make a claim; what takes minutes has to be asked for by name."""
    for found in pkgutil.iter_modules(benchmarks.__path__):
        if found.name in ("__main__", "run") or (names and found.name not in names):
            continue
        module = importlib.import_module(f"benchmarks.{found.name}")
        if hasattr(module, "run") and (names or not getattr(module, "ON_REQUEST", False)):
            yield module


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
