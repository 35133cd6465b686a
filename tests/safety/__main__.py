"""Runs the whole proof and prints its figures: `make safety`, or `python -m tests.safety replay bugs` for parts of it.

Adding a part: write a test file, add a line to PARTS. A test that has figures appends JSON objects of numbers, a line each,
to the file named by REWARM_FIGURES; they are summed and shown while it runs and at the end.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.safety.engine import Engine
from tests.safety.explorer import OPENINGS, Found, explore, hunt, variants
from tests.safety.invariants import INVARIANTS, named
from tests.safety.seeded_bugs import BUGS, ROUNDS

ROOT = Path(__file__).resolve().parents[2]
CORES = 2
FROM_EACH_OPENING = 10_000  # transitions, in each of the three worlds
LEAST = 200_000
TRACES = 2_100
TOUCHES = os.environ.get("REWARM_STORM", "100000")
TELL_EVERY = 10.0  # seconds
WORLDS = ("an autumn week", "a night with an hour less", "people who never said yes")


@dataclass
class Outcome:
    """What one part came to: its figures in words, and whether it holds."""

    holds: bool
    figures: str
    details: list[str] = field(default_factory=list)


# -- the model ---------------------------------------------------------------------------------------------------------


def explorer() -> Outcome:
    """Explore every world from every opening."""
    jobs = [(world, opening) for opening in range(len(OPENINGS)) for world in range(len(WORLDS))]
    found: list[Found] = []
    with ProcessPoolExecutor(CORES) as pool:
        for (world, opening), one in zip(jobs, pool.map(_explore, jobs), strict=True):
            found.append(one)
            if one.violation:
                trace = " > ".join(one.trace)
                return Outcome(False, f"{WORLDS[world]}, opening {opening}: {one.violation}", [trace])
            _progress(f"{len(found)} of {len(jobs)} openings, {sum(one.transitions for one in found):,} transitions")
    transitions = sum(one.transitions for one in found)
    figures = (
        f"{transitions:,} transitions, {sum(one.states for one in found):,} states, depth {max(one.depth for one in found)}, "
        f"{sum(one.sends for one in found):,} sends, {sum(one.drained for one in found):,} states drained, 0 violations"
    )
    return Outcome(transitions >= LEAST, figures)


def _explore(job: tuple[int, int]) -> Found:
    world, opening = job
    return explore(variants()[world], FROM_EACH_OPENING, OPENINGS[opening])


def bugs() -> Outcome:
    """Let every seeded bug be caught, and say how."""
    lines, caught = [], 0
    with ProcessPoolExecutor(CORES) as pool:
        for bug, found in zip(BUGS, pool.map(_hunt, BUGS), strict=True):
            caught += found.violation is not None
            how = f"{found.violation}: {' > '.join(found.trace)}" if found.violation else "NOT CAUGHT"
            lines.append(f"{bug.__name__:<24} {found.transitions:>9,}  {how}")
            _progress(f"{caught} of {len(BUGS)} caught")
    return Outcome(
        caught == len(BUGS), f"{caught} of {len(BUGS)} caught", ["bug                     transitions", *lines]
    )


def _hunt(bug: type[Engine]) -> Found:
    return hunt(bug, ROUNDS, shortest=True)


# -- the real thing ----------------------------------------------------------------------------------------------------


def replay() -> Outcome:
    """Replay thousands of traces on PostgreSQL, a half on each core."""
    share = TRACES // CORES
    runs = [
        _Run(["tests/safety/test_replay.py"], REWARM_FIRST_TRACE=str(number * share), REWARM_TRACES=str(share))
        for number in range(CORES)
    ]
    return _watch(runs)


def tests(*paths: str, **env: str) -> Outcome:
    """Run tests as they are."""
    return _watch([_Run(list(paths), **env)])


def storm(stalls: float) -> Outcome:
    """Send a hundred thousand texts while workers and the database are killed; it tells its progress by itself."""
    command = [sys.executable, "-m", "tests.safety.storm", "--touches", TOUCHES, "--stalls", str(stalls)]
    run = subprocess.run(command, cwd=ROOT, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    *details, last = run.stdout.strip().splitlines() or ["nothing was said"]
    return Outcome(run.returncode == 0, f"{details[0]}; {last}" if details else last, details)


class _Run:
    """One run of pytest in a process of its own, with a file for its figures."""

    def __init__(self, paths: list[str], **env: str) -> None:
        self.said = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self.figures = Path(tempfile.mkstemp(prefix="rewarm-figures-")[1])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-q", "-x", *paths],
            env={**os.environ, **env, "REWARM_FIGURES": str(self.figures)}, cwd=ROOT, stdin=subprocess.DEVNULL,
            stdout=self.said, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def so_far(self) -> Counter[str]:
        """Sum what it has written until now."""
        total: Counter[str] = Counter()
        for line in self.figures.read_text().splitlines():
            total.update(json.loads(line))
        return total

    def end(self) -> tuple[bool, str, str]:
        """Return whether it passed, pytest's last line, and everything that it said."""
        self.said.seek(0)
        text = self.said.read().strip()
        self.figures.unlink()
        last = re.sub(r"^=+ | =+$", "", text.splitlines()[-1]) if text else "nothing was said"
        return self.process.returncode == 0, last, text


def _watch(runs: list[_Run]) -> Outcome:
    began = told = time.monotonic()
    while any(run.process.poll() is None for run in runs):
        time.sleep(0.2)
        if time.monotonic() - told > TELL_EVERY:
            told = time.monotonic()
            _progress(f"{told - began:.0f} s  {_in_words(run.so_far() for run in runs)}")
    figures = _in_words(run.so_far() for run in runs)
    ends = [run.end() for run in runs]
    details = [line for passed, _, text in ends if not passed for line in text.splitlines()]
    said = [figures, *(last for _, last, _ in ends)]
    return Outcome(all(passed for passed, *_ in ends), "; ".join(filter(None, said)), details)


def _in_words(totals: Iterable[Counter[str]]) -> str:
    together: Counter[str] = Counter()
    for one in totals:
        together.update(one)
    return ", ".join(f"{count:,} {name}" for name, count in together.items())


def properties() -> Outcome:
    """Run the named tests over times, zones, nights with an hour more or less, and texts; say what holds which invariant."""
    outcome = tests(*named(), REWARM_EXAMPLES="200")
    for name, one in INVARIANTS.items():
        outcome.details.append(f"{name:<4} {one.says}")
        places = [f"oracle: {one.oracle}"] if one.oracle else []
        outcome.details += [f"       {place}" for place in (*places, *one.tests)]
    return outcome


PARTS: dict[str, tuple[str, Callable[[], Outcome]]] = {
    "explorer": ("every order of events", explorer),
    "bugs": ("seeded bugs", bugs),
    "properties": ("times, zones, texts", properties),
    "replay": ("traces on PostgreSQL", replay),
    "workers": ("two workers", partial(tests, "tests/safety/test_two_workers.py")),
    "kills": ("kill -9", partial(tests, "tests/safety/test_kills.py")),
    "storm": ("a storm of kills", partial(storm, 0.0)),
    "stalls": ("a storm, 2 % unanswered", partial(storm, 0.02)),
}


def main(wanted: list[str]) -> int:
    """Run the parts, print a table, return 1 when one does not hold."""
    if unknown := set(wanted) - set(PARTS):
        print(f"There is no part called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    table: list[tuple[str, Outcome, float]] = []
    for name in wanted or PARTS:
        title, run = PARTS[name]
        print(title, flush=True)
        began = time.monotonic()
        outcome = run()
        table.append((title, outcome, time.monotonic() - began))
        for line in outcome.details:
            _progress(line)
    print(f"{'proof':<24} {'':<6} {'seconds':>7}  figures")
    for title, outcome, seconds in table:
        print(f"{title:<24} {'holds' if outcome.holds else 'FAILS':<6} {seconds:>7.0f}  {outcome.figures}")
    return 0 if all(outcome.holds for _, outcome, _ in table) else 1


def _progress(words: str) -> None:
    print(f"    {words}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
