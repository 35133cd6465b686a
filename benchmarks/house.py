"""Gives a measurement that needs rows a practice in a database of its own, which is thrown away with the process."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rewarm.models import Workspace

ROOT = Path(__file__).resolve().parents[1]
# A Monday, ten in the morning in New York: nobody's quiet hours.
NOW = datetime(2026, 11, 2, 15, tzinfo=UTC)
NAMES = ("Ann", "Bo", "Carla", "David", "Edith", "Frank", "Grace", "Henry")


@functools.cache
def database() -> Path:
    """Start a server in a fresh home, durable like anybody's, and set Django up on it; returns the home."""
    home = Path(tempfile.mkdtemp(prefix="rewarm-bench-"))
    home.chmod(0o711)  # as root the server runs as a user of its own and has to walk through
    os.environ |= {"REWARM_HOME": str(home), "DJANGO_SETTINGS_MODULE": "rewarm.settings"}
    os.environ.pop("DATABASE_URL", None)
    atexit.register(shutil.rmtree, home, ignore_errors=True)  # runs after the server's own farewell
    from rewarm.adapters import postgres

    postgres.ensure()
    from rewarm.cli.upkeep import bring_up_to_date

    bring_up_to_date()
    return home


@contextmanager
def practice(slug: str, carrier: str = "", callbacks: str = "") -> Iterator[Workspace]:
    """Found a practice of this name, with one text sender at `carrier`, and work within it."""
    database()
    from rewarm.actions.found import Line, Practice, found
    from rewarm.models import User, Workspace
    from rewarm.models.scope import within

    priya = User.objects.create_user(f"priya@{slug}.example", name="Priya Raman")
    settings = {"url": carrier, "username": "u", "password": "p", "callbacks": callbacks, "timeout": 5.0}
    here = found(
        Practice(
            slug=slug, name="Harbor Point Hearing", legal_name="Harbor Point Hearing LLC", zone="America/New_York",
            phone="+12125550199", email="", postal_address="1 Pier St, New York, NY 10001", public_url="http://127.0.0.1",
            profile={"sender_name": "Priya", "phone_spoken": "(212) 555-0199", "hours": "Monday to Friday, 9 to 5"},
            clinicians={}, lines=[Line("text", "sms", "kannel", "+12125550199", "Harbor Point", settings)],
        ),
        owner=priya, now=NOW - timedelta(days=1),
    )  # fmt: skip
    with within(here.id):
        Workspace.objects.filter(id=here.id).update(clock_at=NOW)
        yield here


def people(here: Workspace, count: int, *, told_us: str = "wants to hear the choir again") -> list[Any]:
    """Add people with a phone, written consent to texts and, unless it is empty, one thing that they once told us."""
    from rewarm.models import Address, Consent, Contact, Evidence, Fact, Membership, Note
    from rewarm.models.base import uuid7

    owner = Membership.objects.get(workspace=here).user
    evidence = Evidence.objects.create(
        workspace=here, source="web form", channel="sms", disclosure="I agree to texts.", disclosure_sha256="0" * 64,
        attached_by=owner, attached_at=NOW,
    )  # fmt: skip
    asked = (NOW - timedelta(days=40)).date()
    contacts = [
        Contact(
            id=uuid7(), workspace=here, first_name=NAMES[n % len(NAMES)], last_name=f"Ashby{n}", zip="10001", state="NY",
            inquired_on=asked, last_activity_on=asked, reachable_sms=True, has_facts=bool(told_us),
            segment="inquired_never_scheduled",
        )
        for n in range(count)
    ]  # fmt: skip
    notes = [
        Note(id=uuid7(), workspace=here, contact=one, text=told_us, digest=str(one.id)) for one in contacts if told_us
    ]
    rows: list[tuple[Any, list[Any]]] = [
        (Contact, contacts),
        (Address, [
            Address(id=uuid7(), workspace=here, contact=one, channel="phone", address=phone(n))
            for n, one in enumerate(contacts)
        ]),
        (Consent, [
            Consent(
                id=uuid7(), workspace=here, address=phone(n), channel="sms", act="granted", at=NOW - timedelta(days=400),
                recorded_at=NOW, source="web form", cause=f"bench:{n}", evidence=evidence,
            )
            for n in range(count)
        ]),
        (Note, notes),
        (Fact, [
            Fact(
                id=uuid7(), workspace=here, contact_id=note.contact_id, note=note, kind="goal", start=0, end=len(note.text),
                quote=note.text, sensitivity=1, said_on=asked,
            )
            for note in notes
        ]),
    ]  # fmt: skip
    for model, made in rows:
        model.objects.bulk_create(made, batch_size=2_000)
    return contacts


def analyze() -> None:
    """Do what autovacuum does within a minute of many new rows, so that it does not do it while we measure."""
    import psycopg

    from rewarm.adapters import postgres

    with psycopg.connect(postgres.cluster().login(), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def phone(number: int) -> str:
    """Return the phone of the n-th person, in Manhattan."""
    return f"+1212{2_000_000 + number:07}"


def cpu_of(work: Callable[[], object]) -> tuple[float, float]:
    """Return the CPU seconds that `work` took here and in PostgreSQL together, and the seconds by the wall clock."""
    ours, theirs, began = time.process_time(), _postgres_seconds(), time.monotonic()
    work()
    return time.process_time() - ours + _postgres_seconds() - theirs, time.monotonic() - began


def _postgres_seconds() -> float:
    """Sum what the server's processes have used so far, those that have ended included (Linux)."""
    from rewarm.adapters import postgres

    server = postgres.cluster().pid_file.read_text().split()[0]
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[1] == server:
            ticks += sum(map(int, fields[11:13]))
        elif stat.parent.name == server:
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def carrier(latency: float) -> Iterator[str]:
    """Run the loopback carrier in a process of its own; yields its address."""
    running = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.carrier", str(latency)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert running.stdout is not None
        yield running.stdout.readline().strip()
    finally:
        running.terminate()
        running.wait()
        if running.stdout is not None:
            running.stdout.close()
