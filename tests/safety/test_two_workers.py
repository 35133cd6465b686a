"""Two workers on one database: no touch leaves twice, none is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from rewarm.adapters import postgres
from rewarm.domain import outbox
from rewarm.models import Touch, Workspace
from rewarm.models.due import next_due
from rewarm.models.scope import within
from tests.carrier import carrier
from tests.cast import open_house
from tests.stories.test_reactivation import ASKED

PEOPLE = 120
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def workers(count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run `rewarm worker` processes of their own against this test's database."""
    name = connection.settings_dict["NAME"]
    env = {**os.environ, "DATABASE_URL": postgres.cluster().login(name), "DJANGO_SETTINGS_MODULE": "rewarm.settings"}
    running = [
        subprocess.Popen([sys.executable, "-m", "rewarm", "worker"], env=env, cwd=ROOT, stdin=subprocess.DEVNULL)
        for _ in range(count)
    ]
    try:
        yield running
    finally:
        for one in running:
            one.terminate()
        for one in running:
            try:
                one.wait(15)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()


@pytest.mark.django_db(transaction=True)
def test_no_touch_leaves_twice() -> None:
    with carrier() as line:
        house = open_house(line, slug="two")
        with within(house.workspace.id):
            for n in range(PEOPLE):
                house.contact(f"Person{n}", f"+1212555{n:04}", note="wants to hear the choir again", **ASKED)
            house.launch("inquired_never_scheduled")
        with workers(2) as running:
            _let_days_pass(house.workspace, days=9)
            assert all(one.poll() is None for one in running), "both workers live"
        with within(house.workspace.id):
            _check(line.texts)


def _let_days_pass(workspace: Workspace, days: int, patience: float = 90) -> None:
    """Move the played clock from one due instant to the next while the workers do whatever is due."""
    deadline = time.monotonic() + patience
    with within(workspace.id):
        start = Workspace.objects.get(id=workspace.id).clock_at
        assert start is not None
        now, end = start, start + timedelta(days=days)
        while now < end:
            while (due := next_due(workspace.id)) is not None and due <= now or _in_flight():
                assert time.monotonic() < deadline, "the workers did not get it done"
                time.sleep(0.02)
            coming = next_due(workspace.id)
            # Half an hour at a time, so that the workers meet crowded batches and race for them.
            now = end if coming is None else max(coming, now + timedelta(minutes=30))
            Workspace.objects.filter(id=workspace.id).update(clock_at=min(now, end))
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_notify('rewarm_work', '')")


def _in_flight() -> bool:
    return Touch.objects.filter(state__in=["leased", "dispatching"]).exists()


def _check(texts: list[dict[str, str]]) -> None:
    keys = Counter(one["dlr-url"] for one in texts)
    assert max(keys.values()) == 1, "one key was accepted twice"
    per_phone_and_text = Counter((one["to"], one["text"]) for one in texts)
    assert max(per_phone_and_text.values()) == 1, "one phone got the same text twice"
    touches = list(Touch.objects.values_list("state", flat=True))
    assert sum(outbox.bucket(state) == "sent" for state in touches) == len(texts)  # type: ignore[arg-type]
    assert len(texts) >= 2 * PEOPLE, "everybody got the first two texts"
