"""Whether a touch costs the same, and a process holds the same, with ten thousand people enrolled and with a million.

Takes some minutes, so it has to be asked for by name: make bench ARGS=million
"""

from __future__ import annotations

from benchmarks import Claim
from benchmarks.audience import enroll_people
from benchmarks.decide import Parts, memory_mb
from benchmarks.house import analyze, practice

ON_REQUEST = True
FEW, MANY = 10_000, 1_000_000
DUE = 50_000  # of the many; enough to fill every cache of a process
MOST_MEMORY = 250  # MB a process


def run(few: int = FEW, many: int = MANY, due: int = DUE) -> list[Claim]:
    cost, memory = {}, {}
    for count, awake in ((few, few), (many, due)):
        with practice(f"of-{count}") as here:
            enroll_people(here, count, due=awake)
            analyze()
            parts = Parts()
            parts.work(here)
        cost[count] = {name: seconds / awake * 1e6 for name, seconds in parts.spent.items()}
        memory[count] = memory_mb()
    shown = ", ".join(f"{name} {each:,.0f} (was {cost[few][name]:,.0f})" for name, each in cost[many].items())
    return [
        Claim(
            f"a touch among {many:,} enrolled", sum(cost[many].values()), "µs CPU", sum(cost[few].values()),
            f"beside {few:,}: at most 1.5 ×; {shown}",
        ),
        Claim(
            f"memory of a process, {many:,} enrolled", memory[many], "MB", MOST_MEMORY,
            f"{memory[few]:,.0f} MB after {few:,} touches, this after {few + due:,}",
        ),
    ]  # fmt: skip
