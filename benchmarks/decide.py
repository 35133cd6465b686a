"""What a touch costs until it may leave: decided and written by the tick, composed, and judged by the gate.

Two processes share the people, as on a machine with two cores; one by itself shows what each part costs.

python -m benchmarks.decide WORKSPACE SHARE OF
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import Claim
from benchmarks.audience import enroll_people
from benchmarks.house import NOW, ROOT, analyze, cpu_of, practice

if TYPE_CHECKING:
    from uuid import UUID

    from rewarm.models import Touch, Workspace

BAR = 5_000  # touches a second on two cores: decide + gate + compose
PEOPLE = 10_000  # for each way of measuring
PROCESSES = 2
BATCH = 200  # touches that are composed and judged together
LATER = NOW + timedelta(hours=3)  # ten in the morning in Oregon, too


def run(count: int = PEOPLE) -> list[Claim]:
    with practice("alone") as here:
        enroll_people(here, count)
        analyze()
        alone = Parts()
        alone.work(here)
    with practice("shared") as here:
        enroll_people(here, count)
        analyze()
        with crew(here) as workers:
            _, wall = cpu_of(lambda: go_on(workers) or go_on(workers))
    spent = {name: seconds / count * 1e6 for name, seconds in alone.spent.items()}
    shown = ", ".join(f"{name} {each:,.0f}" for name, each in spent.items())
    return [
        Claim("decide + gate + compose: cost of a touch", sum(spent.values()), "µs CPU", PROCESSES / BAR * 1e6, shown),
        Claim(
            "decide + gate + compose: two processes", count / wall, "a second", BAR,
            f"{alone.allowed / count:.0%} allowed, {alone.personal / count:.0%} personal, {memory_mb():,.0f} MB here",
        ),
    ]  # fmt: skip


@dataclass(slots=True)
class Parts:
    """The work of one process with what each part of it took, in CPU seconds with PostgreSQL's."""

    spent: Counter[str] = field(default_factory=Counter)
    allowed: int = 0
    personal: int = 0

    def work(self, here: Workspace) -> None:
        """Do everything, in this process alone."""
        from rewarm.actions.warm_up import warm_up

        warm_up([here.pack])
        self._timed("tick", lambda: tick_all(here))
        for ids in in_batches(planned(here), BATCH):
            self.judge(here, ids)

    def judge(self, here: Workspace, ids: Sequence[UUID]) -> None:
        """Compose one batch and ask the gate about it."""
        from rewarm.actions.compose import compose
        from rewarm.actions.gate import questions
        from rewarm.adapters.rules import rule_set
        from rewarm.domain import policy

        touches = self._timed("load", lambda: load(here, ids))
        letters = self._timed("compose", lambda: compose(here, touches, LATER))
        asked = self._timed("questions", lambda: questions(here, touches, letters, LATER))
        verdicts = self._timed(
            "judge", lambda: [policy.judge(q.proposed, q.view, q.entries, rule_set(), LATER) for q in asked.values()]
        )
        self.allowed += sum(isinstance(verdict, policy.Allow) for verdict in verdicts)
        self.personal += sum(letter.personal and not letter.refused for letter in letters.values())

    def _timed(self, name: str, work: Callable[[], Any]) -> Any:
        done: list[Any] = []
        self.spent[name] += cpu_of(lambda: done.append(work()))[0]
        return done[0]


def tick_all(here: Workspace) -> None:
    """Decide until nothing is due."""
    from rewarm.actions.tick import tick

    while tick(here, NOW):
        pass


def planned(here: Workspace, share: int = 0, of: int = 1) -> list[UUID]:
    """List this process's share of the touches that the tick has planned."""
    from rewarm.models import Touch

    ids = Touch.objects.filter(workspace=here, state="planned").order_by("due").values_list("id", flat=True)
    return list(ids)[share::of]


def load(here: Workspace, ids: Sequence[UUID]) -> list[Touch]:
    """Load touches as the sender does when it has claimed them."""
    from rewarm.models import Touch

    return list(Touch.objects.filter(workspace=here, id__in=ids).select_related("contact").order_by("due"))


def in_batches(ids: Sequence[UUID], size: int) -> Iterator[Sequence[UUID]]:
    """Cut a list into pieces."""
    return (ids[start : start + size] for start in range(0, len(ids), size))


def memory_mb() -> float:
    """Tell how much memory this process holds right now (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


# -- several processes -------------------------------------------------------------------------------------------------


@contextmanager
def crew(here: Workspace) -> Iterator[list[subprocess.Popen[str]]]:
    """Start the processes, warm and waiting to be told to go on."""
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.decide", str(here.id), str(share), str(PROCESSES)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for share in range(PROCESSES)
    ]  # fmt: skip
    try:
        listen(workers)
        yield workers
    finally:
        for worker in workers:
            worker.communicate()


def go_on(workers: Sequence[subprocess.Popen[str]]) -> None:
    """Let all of them do their next part and wait for the last of them."""
    for worker in workers:
        assert worker.stdin is not None
        print(file=worker.stdin, flush=True)
    listen(workers)


def listen(workers: Sequence[subprocess.Popen[str]]) -> None:
    for worker in workers:
        assert worker.stdout is not None
        if not worker.stdout.readline():
            raise RuntimeError("a process of the measurement ended early")


def take_part(workspace: str, share: int, of: int) -> None:
    """Be one of several processes: tick, then compose and judge this share, each when a line comes in."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "rewarm.settings"
    import django

    django.setup()
    from rewarm.models import Workspace
    from rewarm.models.scope import within

    with within(workspace):
        here = Workspace.objects.get(id=workspace)
        from rewarm.actions.warm_up import warm_up

        warm_up([here.pack])
        print("ready", flush=True)
        sys.stdin.readline()
        tick_all(here)
        print("decided", flush=True)
        sys.stdin.readline()
        parts = Parts()
        for ids in in_batches(planned(here, share, of), BATCH):
            parts.judge(here, ids)
        print("judged", flush=True)


if __name__ == "__main__":
    take_part(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
