"""SHOW, by itself: the engine's loop, and the coarse jobs that somebody asked for (procrastinate).

Due work is found from rows, never from the queue: losing the queue loses nothing. A job is what a person or a calendar
asks for (an import, the nightly classification); it never carries a business time.
"""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from uuid import UUID

import structlog
from django.db import close_old_connections, connection
from procrastinate import JobContext
from procrastinate.contrib.django import app

from rewarm import clock
from rewarm.actions.classify import classify
from rewarm.actions.import_contacts import carry_out
from rewarm.actions.look_up import look_up
from rewarm.actions.turn import turn
from rewarm.actions.warm_up import warm_up
from rewarm.listening import GOOD_BYE, Ears
from rewarm.models import Workspace
from rewarm.models.due import next_due
from rewarm.models.scope import within
from rewarm.models.statistics import freshen

log = structlog.get_logger()
POLL = 1.0  # seconds; a lost NOTIFY is found within one poll
BREATH = 0.05  # seconds; what is said in one breath is worked off in one pass, which costs a fraction of a pass each
ASKED_EVERY = timedelta(minutes=5)
FRESHEN_EVERY = 10.0  # seconds
STALLED_AFTER = 30  # seconds without a sign of life


# -- jobs that are asked for -------------------------------------------------------------------------------------------


@app.task(name="import_files", retry=3)
def import_files(*, workspace: str, batch: str) -> None:
    """Carry out an import that the page took in, and put its contacts in their segments."""
    with within(workspace):
        here = Workspace.objects.get(id=workspace)
        carry_out(here, UUID(batch), clock.now(here))
        classify(here, clock.now(here))


@app.periodic(cron="7 3 * * *")
@app.task(name="nightly", queueing_lock="nightly", pass_context=True)
def nightly(context: JobContext, timestamp: int) -> None:
    """Refresh segments and temperatures of every workspace, and make room for the months ahead."""
    with connection.cursor() as cursor:
        for ahead in range(3):
            month = date.fromtimestamp(time.time()) + timedelta(days=31 * ahead)
            cursor.execute("SELECT rewarm_event_month(%s)", [month])
    for one in workspaces():
        with within(one.id):
            classify(one, clock.now(one))


@app.periodic(cron=f"*/{ASKED_EVERY // timedelta(minutes=1)} * * * *")
@app.task(name="ask_carriers", queueing_lock="ask_carriers", pass_context=True)
def ask_carriers(context: JobContext, timestamp: int) -> None:
    """Ask carriers about the messages whose answer never came."""
    for one in workspaces():
        with within(one.id):
            look_up(one, clock.now(one), since_last=ASKED_EVERY)


@app.periodic(cron="* * * * *")
@app.task(name="requeue_stalled", queueing_lock="requeue_stalled", pass_context=True)
async def requeue_stalled(context: JobContext, timestamp: int) -> None:
    """Give the jobs of killed workers to somebody else."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        await app.job_manager.retry_job(job)


# -- the engine --------------------------------------------------------------------------------------------------------


def workspaces() -> list[Workspace]:
    """List every workspace; only the engine's role may."""
    return list(Workspace.objects.order_by("id"))


class Engine:
    """Turns all workspaces around whenever something is due, woken by NOTIFY and by a poll as the safety net."""

    def __init__(self) -> None:
        self.stopping = threading.Event()

    def run(self) -> None:
        """Work until `stopping` is set; a broken turn is logged and tried again, it stops no other workspace."""
        self._try_to(lambda: warm_up({one.pack for one in workspaces()}))
        freshened = 0.0
        while not self.stopping.is_set():
            close_old_connections()
            if time.monotonic() - freshened > FRESHEN_EVERY:
                freshened = time.monotonic()
                self._try_to(freshen)
            try:
                turned = [self._try(one) for one in workspaces()]
                if not any(turned):
                    self._sleep()
            except Exception:
                log.exception("the engine's round broke")
                self.stopping.wait(POLL)

    def _try_to(self, do: Callable[[], object]) -> None:
        """Do what only makes the rest faster."""
        try:
            do()
        except Exception:
            log.exception("the engine could not prepare")

    def _try(self, workspace: Workspace) -> bool:
        try:
            return self._turn(workspace)
        except Exception:
            log.exception("the engine's turn broke", workspace=str(workspace.id))
            return False

    def _turn(self, workspace: Workspace) -> bool:
        with within(workspace.id):
            now = clock.now(workspace)
            due = next_due(workspace.id)
            return due is not None and due <= now and turn(workspace, now) > 0

    def _sleep(self) -> None:
        """Wait for a NOTIFY, at most one poll."""
        with connection.cursor() as cursor:
            cursor.execute("LISTEN rewarm_work")
        raw = connection.connection
        for _ in raw.notifies(timeout=POLL, stop_after=1):
            self.stopping.wait(BREATH)


def run_worker() -> None:
    """Run the engine, the job worker and the ears in this process until SIGTERM or Ctrl-C."""
    engine, deaf = Engine(), threading.Event()
    ears = threading.Thread(target=Ears().run, args=(deaf,), name="ears", daemon=True)
    jobs = threading.Thread(target=_work_on_jobs, args=(engine.stopping,), name="jobs", daemon=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: engine.stopping.set())
    jobs.start()
    ears.start()
    engine.run()
    deaf.set()  # not before: a line that hangs up leaves the engine's last calls in doubt
    jobs.join(timeout=10)
    ears.join(timeout=GOOD_BYE)


def _work_on_jobs(stopping: threading.Event) -> None:
    """Run procrastinate's worker beside the engine; what stalled under a dead worker is requeued first."""

    async def work() -> None:
        connector_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
        async with connector_app.open_async():
            for job in await connector_app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
                await connector_app.job_manager.retry_job(job)
            task = asyncio.create_task(
                connector_app.run_worker_async(
                    concurrency=1, install_signal_handlers=False, delete_jobs="successful", listen_notify=True
                )
            )
            while not stopping.is_set() and not task.done():
                await asyncio.sleep(0.5)
            task.cancel()
            with suppress(asyncio.CancelledError):  # it takes its leave of the database, which must still be open
                await task

    try:
        asyncio.run(work())
    except asyncio.CancelledError:
        pass
    except Exception:
        log.exception("the job worker stopped")
