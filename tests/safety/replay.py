"""Plays traces of the explorer through the real actions on a real PostgreSQL and compares every state.

A worker is a thread with its own connection that walks `send.steps`; killing it closes the walk, which leaves the rows as
they were committed and the address lock free. The carrier is a server that answers as it is told and keeps a journal.
"""

from __future__ import annotations

import json
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, connections
from django.db.models import F

from rewarm.actions.attach_evidence import EvidenceSource, attach_evidence
from rewarm.actions.import_contacts import Upload, import_contacts
from rewarm.actions.receive import receive, report
from rewarm.actions.reconcile import reconcile
from rewarm.actions.send import VERDICT_LASTS, steps
from rewarm.actions.stop import resume_sender, stop_sender
from rewarm.adapters.channels import Incoming
from rewarm.domain.outbox import Row
from rewarm.models import Address, Consent, Contact, Conversation, Event, Evidence, Sender, Touch, User, Workspace
from rewarm.models.scope import within
from tests.safety.carrier import Carrier
from tests.safety.oracle import ANSWERED, START, STOP
from tests.safety.played import NEVER_SENT, Played
from tests.safety.world import (
    CONFIRMATIONS,
    DAY,
    LATER,
    LONG_AGO,
    PHONE,
    PURPOSES,
    SELLER,
    UNPLANNED,
    Worker,
    World,
)

TEXT = f"{SELLER}: is Tuesday a good day for your test? Reply STOP to opt out."
PEOPLE = (("Ana", "Moreno"), ("Ben", "Moreno"))
EXPORT = "First Name,Last Name,Mobile Phone,SMS Opt-In Date\n" + "".join(
    f"{first},{last},{PHONE},2026-01-05\n" for first, last in PEOPLE
)


class Disagreement(AssertionError):
    """The model and the code came to different states after the same steps."""


@dataclass
class Stage:
    """A practice of its own for one trace: its rows, and which of them the model means by which number."""

    workspace: Workspace
    sender: Sender
    user: User
    people: tuple[Contact, Contact]
    touches: list[UUID | None]
    texts: int = 0
    stop: int = 0  # which of them said STOP last

    def number_of(self, touch: UUID) -> int:
        return self.touches.index(touch)


@dataclass
class Lane:
    """Plays one trace after the other: a desk, where webhooks and lost leases arrive, and two workers."""

    carrier: Carrier
    user: User
    played: int = 0
    steps: int = 0
    calls: int = 0
    _workers: tuple[ThreadPoolExecutor, ...] = ()
    _walks: dict[int, Generator[str, None, int]] = field(default_factory=dict)
    _intended_at: dict[int, float] = field(default_factory=dict)

    def __enter__(self) -> Lane:
        self._workers = tuple(ThreadPoolExecutor(1, thread_name_prefix=f"worker-{n}") for n in (0, 1))
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._workers:
            one.submit(connections.close_all).result()
            one.shutdown()

    def replay(self, engine: Played, names: list[str], slug: str) -> World:
        """Take a trace step by step on both sides to the world in which both end; raises Disagreement on the way."""
        for attempt in range(3):
            try:
                world = self._replay(engine, names, f"{slug}-{attempt}")
            except _TooSlow:
                continue
            self.played += 1
            self.steps += len(names)
            return world
        raise AssertionError("this machine is too busy: a verdict grew old between two steps, three times in a row")

    def _replay(self, engine: Played, names: list[str], slug: str) -> World:
        world = engine.beginning()
        stage = self._found(engine, world, slug)
        with ExitStack() as scopes:
            scopes.enter_context(within(stage.workspace.id))
            self._lay_out(engine, world, stage)
            for one in self._workers:
                one.submit(_enter, stage.workspace.id).result()
            try:
                for number, name in enumerate(names):
                    before, world = world, dict(engine.steps(world))[name]()
                    self._act(engine, before, world, name, stage)
                    if differences := self._compare(world, stage):
                        so_far = " > ".join(names[: number + 1])
                        raise Disagreement(f"{so_far}\n" + "\n".join(differences))
            finally:
                for number in list(self._walks):
                    self._die(number)
        return world

    # -- laying out ---------------------------------------------------------------------------------------

    def _found(self, engine: Played, world: World, slug: str) -> Stage:
        now = engine.now(world)
        kind = "kannel" if engine.without >= NEVER_SENT else "twilio"
        workspace = Workspace(
            slug=slug, kind=Workspace.LIVE, name="Elm Street Hearing", legal_name=SELLER, zone="America/New_York",
            phone="+14485550199", postal_address="1 Elm St, Pensacola, FL 32501", created_at=now,
            public_url="http://testserver",
            clock_at=now,  # played: business time moves when the trace says so, and not while we are slow
        )  # fmt: skip
        sender = Sender(
            workspace=workspace, slug="text", channel="sms", kind=kind, workspace_kind=workspace.kind,
            address="+14485550199", settings=json.dumps(self.carrier.settings(kind)), secret="s" * 32, created_at=now,
        )  # fmt: skip
        people = tuple(
            Contact(workspace=workspace, id=UUID(int=workspace.id.int + n + 1), first_name=first, last_name=last)
            for n, (first, last) in enumerate(PEOPLE)
        )
        return Stage(workspace, sender, self.user, people, [None] * len(PURPOSES))  # type: ignore[arg-type]

    def _lay_out(self, engine: Played, world: World, stage: Stage) -> None:
        now = engine.now(world)
        workspace = stage.workspace
        workspace.save(force_insert=True)
        stage.sender.save(force_insert=True)
        Contact.objects.bulk_create(stage.people)
        Address.objects.bulk_create(
            [Address(workspace=workspace, contact=one, channel="phone", address=PHONE) for one in stage.people]
        )
        evidence = Evidence.objects.create(
            workspace=workspace, source="web form", channel="sms", disclosure="I agree to texts.",
            disclosure_sha256="0" * 64, attached_by=self.user, attached_at=now,
        )  # fmt: skip
        if engine.consented:
            self._grant(stage, evidence, "first", LONG_AGO, LONG_AGO)
        for touch in (0, 1):
            self._plan(stage, touch, world.rows[touch], now)

    def _grant(self, stage: Stage, evidence: Evidence, cause: str, at: datetime, now: datetime) -> None:
        Consent.objects.create(
            workspace=stage.workspace, address=PHONE, channel="sms", act="granted", at=at, recorded_at=now,
            source="web form", evidence=evidence, cause=cause,
        )  # fmt: skip

    def _plan(self, stage: Stage, touch: int, row: Row, now: datetime) -> None:
        owner = stage.people[1 if touch == 1 else 0]
        planned = Touch.objects.create(
            workspace=stage.workspace, contact=owner, cause=f"touch {touch}", purpose=PURPOSES[touch], channel="sms",
            due=row.not_before, expires_at=row.expires_at, body=TEXT, content="letter@1", planned_at=now,
        )  # fmt: skip
        stage.touches[touch] = planned.id

    # -- acting -------------------------------------------------------------------------------------------

    def _act(self, engine: Played, before: World, after: World, name: str, stage: Stage) -> None:
        now, words = engine.now(before), name.split()
        if words[0] in ("0", "1") and words[1] in ("claims", "judges", "calls", "records", "dies"):
            self._work(int(words[0]), words[1], engine, before, after, name, stage)
        elif words[0].isdigit():
            self._learn(int(words[0]), words[-1], now, stage)
        elif name.startswith("the lease of"):
            lost = Touch.objects.filter(id=stage.touches[int(words[3])])
            lost.update(lease_until=datetime(2000, 1, 1, tzinfo=UTC))
            reconcile(stage.workspace, now)
        elif name == "time passes":  # for the machine as well
            leased = Touch.objects.filter(workspace=stage.workspace).exclude(lease_until=None)
            leased.update(lease_until=F("lease_until") - DAY)
        elif name in (STOP, ANSWERED, START, "STOP is delivered again"):
            self._hear(name, now, stage)
        else:
            self._happen(name, after, now, stage)

    def _work(
        self, number: int, verb: str, engine: Played, before: World, after: World, name: str, stage: Stage
    ) -> None:
        worker, later = before.workers[number], after.workers[number]
        match verb:
            case "claims":
                _untie(before, stage)
                now, limit = engine.now(before), len(name.split(" and "))
                self._walks[number] = steps(stage.workspace, now, limit=limit)
                self._next(number, "claimed")
            case "judges":
                self._next(number, "intended")
                self._intended_at[number] = time.monotonic()
                if later.stage != "intended" or later.touch != worker.touch:
                    self._next(number, "called")
                    self._finish(number, later)
            case "calls":
                self._call(number, worker, before, name.split("the carrier ")[1], stage)
            case "records":
                self._finish(number, later)
            case _:
                self._die(number)

    def _call(self, number: int, worker: Worker, before: World, answer: str, stage: Stage) -> None:
        touch = stage.touches[worker.touch]
        age = time.monotonic() - self._intended_at[number]
        if worker.clock != before.clock:
            time.sleep(max(0.0, VERDICT_LASTS + 0.02 - age))
        self.carrier.told[str(touch)] = answer
        asked = self.carrier.asked(touch)
        self._next(number, "called")
        called = self.carrier.asked(touch) - asked
        if worker.clock == before.clock and not called and time.monotonic() - self._intended_at[number] > VERDICT_LASTS:
            raise _TooSlow
        if called != (worker.clock == before.clock):
            raise Disagreement(f"the provider was called {called} times about {worker.touch}, verdict aged {age:.2f} s")
        self.calls += called

    def _next(self, number: int, expected: str) -> None:
        came = self._workers[number].submit(next, self._walks[number], "the end").result()
        if came != expected:
            raise Disagreement(f"worker {number} came to “{came}” instead of “{expected}”")

    def _finish(self, number: int, later: Worker) -> None:
        """Let the batch be recorded; a pass with nothing left ends."""
        self._next(number, "recorded")
        if later.stage == "idle":
            self._next(number, "the end")
            del self._walks[number]

    def _die(self, number: int) -> None:
        self._workers[number].submit(self._walks.pop(number).close).result()

    def _learn(self, touch: int, what: str, now: datetime, stage: Stage) -> None:
        if what == "closed":
            reconcile(stage.workspace, now)
        else:
            told = Incoming(what, our_id=str(stage.touches[touch]), at=now)  # type: ignore[arg-type]
            report(stage.workspace, stage.sender, told, now)

    def _hear(self, name: str, now: datetime, stage: Stage) -> None:
        again = name == "STOP is delivered again"
        stage.texts += not again
        stage.stop = stage.texts if name == STOP else stage.stop
        answered = name == ANSWERED
        text = Incoming(
            "opt_out" if answered else "inbound", f"in-{stage.stop if again else stage.texts}", "", PHONE, stage.sender.address,
            "START" if name == START else "STOP", now, "{}", answered=answered,
        )  # fmt: skip
        if receive(stage.workspace, stage.sender, text, now).fresh == again:
            raise Disagreement("a repeated text was taken for a new one, or a new one for a repetition")
        for free in CONFIRMATIONS:
            if stage.touches[free] is None and name == STOP:
                planned = Touch.objects.filter(workspace=stage.workspace, purpose="opt_out_confirmation")
                stage.touches[free] = planned.exclude(id__in=[one for one in stage.touches if one]).get().id
                break

    def _happen(self, name: str, after: World, now: datetime, stage: Stage) -> None:
        workspace = stage.workspace
        match name:
            case "the clock is set back":
                pass
            case "the sender is stopped":
                stop_sender(workspace, stage.sender, self.user, now)
            case "the sender goes on":
                resume_sender(workspace, stage.sender)
            case "the export comes again":
                export = Upload("export.csv", EXPORT.encode())
                import_contacts(workspace, [export], as_of=now.date(), by=self.user, now=now)
            case "its claims are backed":
                for source in EvidenceSource.waiting(workspace):
                    attach_evidence(workspace, source=source, disclosure="I agree to texts.", by=self.user, now=now)
            case "a consent is written down by hand":
                self._grant(stage, Evidence.objects.filter(workspace=workspace)[0], "by hand", now, now)
            case "a campaign begins":
                self._plan(stage, LATER, after.rows[LATER], now)
            case _:
                raise AssertionError(f"nobody knows how to do “{name}”")

    # -- comparing ----------------------------------------------------------------------------------------

    def _compare(self, world: World, stage: Stage) -> list[str]:
        """List what differs: rows, ledger, talks, the phone, what the carrier took, in order, and what we tell of it."""
        ours = {touch: _seen(row) for touch, row in enumerate(world.rows) if row != UNPLANNED}
        touches = Touch.objects.filter(workspace=stage.workspace).values_list(
            "id", "state", "reason", "attempt", "status", "due", "expires_at", "dispatched_at"
        )
        theirs = {
            stage.number_of(one): (state, _plain(reason), attempt, status, _due(state, due), expires, dispatched)
            for one, state, reason, attempt, status, due, expires, dispatched in touches
        }
        lines = Consent.objects.filter(workspace=stage.workspace).exclude(cause="first")
        until = dict(Conversation.objects.filter(workspace=stage.workspace).values_list("contact_id", "live_until"))
        phones = Address.objects.filter(workspace=stage.workspace)
        pairs: list[tuple[str, Any, Any]] = [
            *((f"touch {touch}", ours.get(touch), theirs.get(touch)) for touch in sorted({*ours, *theirs})),
            ("ledger", _ledger_of(world), {_line(*line) for line in lines.values_list("act", "at", "source")}),
            ("talks", world.talking, tuple(until.get(one.id) for one in stage.people)),
            ("unusable", world.unusable, phones.exclude(unusable_at=None).exists()),
            ("taken", [touch for touch, _ in world.taken], self._taken(stage)),
            ("told as sent", [number for number, row in ours.items() if row[0] == "sent"], self._told(stage)),
        ]
        return [f"  {what}: model {model}, code {code}" for what, model, code in pairs if model != code]

    def _taken(self, stage: Stage) -> list[int]:
        keys = {str(touch): number for number, touch in enumerate(stage.touches) if touch}
        return [keys[key] for key in self.carrier.taken_of(keys)]

    def _told(self, stage: Stage) -> list[int]:
        causes = Event.objects.filter(workspace=stage.workspace, kind="sent").values_list("cause", flat=True)
        return sorted(stage.number_of(UUID(cause.removeprefix("touch:"))) for cause in causes)


class _TooSlow(Exception):
    """A verdict grew old because this machine was busy, not because the trace says so."""


def _enter(workspace: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('rewarm.workspace', %s, false)", [str(workspace)])


def _untie(world: World, stage: Stage) -> None:
    """Let touches that are due at the same instant differ by microseconds: which of them is claimed first is open."""
    dues = [row.not_before for row in world.rows if row.state == "planned"]
    if len(dues) == len(set(dues)):
        return
    for touch, row in enumerate(world.rows):
        if row.state == "planned" and row.not_before and stage.touches[touch]:
            due = row.not_before - timedelta(microseconds=len(world.rows) - touch)
            Touch.objects.filter(id=stage.touches[touch]).update(due=due)


def _seen(row: Row) -> tuple[Any, ...]:
    return (
        row.state, _plain(row.reason or ""), row.attempt, row.status or "", _due(row.state, row.not_before),
        row.expires_at, row.since,
    )  # fmt: skip


def _due(state: str, due: datetime | None) -> datetime | None:
    """Only what waits has a time that matters."""
    return due and (due + timedelta(milliseconds=500)).replace(microsecond=0) if state == "planned" else None


def _plain(reason: str) -> str:
    """Leave out whatever each carrier says in words of its own."""
    for words in ("busy", "21610", "no answer"):
        if words in reason:
            return words
    return reason


def _ledger_of(world: World) -> set[tuple[str, datetime, str]]:
    return {_line(entry.act, entry.at, entry.source) for entry in world.ledger if entry.at}


def _line(act: str, at: datetime, source: str) -> tuple[str, datetime, str]:
    return act, at, source if act != "granted" else ""  # which file said so
