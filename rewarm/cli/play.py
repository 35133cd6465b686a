"""Conducts a rehearsal: virtual time jumps to the earliest due instant of engine or town until both are idle."""

from __future__ import annotations

import time as machine
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import InterfaceError, OperationalError, connection
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from rewarm.actions.audit import audit
from rewarm.actions.audit import in_words as audit_in_words
from rewarm.actions.classify import classify
from rewarm.actions.enroll import launch
from rewarm.actions.found import Line, Practice, found
from rewarm.actions.hand_off import claim, close
from rewarm.actions.reconcile import reconcile
from rewarm.actions.results import results
from rewarm.actions.turn import turn, until_idle
from rewarm.cli.stage import Stage
from rewarm.models import Campaign, Handoff, JourneyVersion, Message, Segment, Sender, Touch, User, Workspace
from rewarm.models.due import next_due, next_talk
from rewarm.models.scope import within

Say = Callable[[str], None]

FILES = Path(__file__).resolve().parents[1] / "demo"
SLUG = "harbor-point"
ZONE = "America/New_York"
PHONE = "+14235550199"
MAILBOX = "frontdesk@harborpoint.example"
HOLDOUT = Decimal("0.25")
PER_DAY = 12  # beginners of a segment a day, so that the desk has something to do every day
QUARTER = 15 * 60  # seconds
A_WORKING_DAY = timedelta(hours=20)
SATURDAY = 5
LEFT_FOR_THE_VISITOR = timedelta(days=5)  # whoever opens the demo should find somebody to talk to
# What the town's checker looks for in the received texts; each has to be 0.
FINDINGS = ("duplicates", "after_opt_out", "outside_quiet_hours", "ungrounded")
WEEK = {day: [["09:00", "12:00"], ["13:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
# What the practice says about itself; an answer that would need more than this goes to a person.
PROFILE = {
    "sender_name": "Priya",
    "phone_spoken": "(423) 555-0199",
    "hours": "Monday to Friday, 9 to 5",
    "address": "210 Frazier Ave, Chattanooga",
    "price_from": "$1,400",
    "price_to": "$4,800",
    "price_visit": "free of charge",
    "payment": "you can pay monthly over up to 24 months",
    "parking": "There is free parking right behind the building.",
    "access": "The entrance is step-free and the doors are wide.",
    "transit": "Bus 4 stops at the corner of Frazier and Tremont.",
    "visit_minutes": "60",
    "children": "We see children from age five.",
    "brands": "Oticon, Phonak, Starkey and Widex",
    "trial": "45 days",
    "warranty": "New aids have a three-year warranty.",
    "earwax": "Yes, our audiologists remove wax.",
    "clinician": "Dr. Lee or Dr. Okafor, both doctors of audiology",
    "languages": "We speak English and Spanish.",
    "masks": "Masks are up to you.",
}
# The wording under the box on the practice's web form; in a real workspace a named person pastes theirs.
DISCLOSURE = (
    "By ticking this box I agree that Harbor Point Hearing Care may send me recurring marketing texts and e-mails, also by "
    "automated means, at the number and address given. Consent is not a condition of any purchase. Message and data rates "
    "may apply. Reply STOP to opt out."
)


def prepare(stage: Stage, first: date, *, days: int, say: Say) -> Workspace:
    """Found the practice, import its exports, print the audit and launch the campaigns; done once, resumed afterwards."""
    workspace = Workspace.objects.filter(slug=SLUG).first()
    if workspace is None:
        workspace = _found(stage, datetime.combine(first, time(8), tzinfo=ZoneInfo(ZONE)).astimezone(UTC))
    with within(workspace.id):
        _speak_through(stage, workspace)
        if "launched" not in workspace.profile:
            _fill(workspace, first, days=days, say=say)
        _tell_town(stage, workspace)
    return workspace


def _found(stage: Stage, now: datetime) -> Workspace:
    priya = User.objects.filter(email="priya@harborpoint.example").first() or User.objects.create_user(
        "priya@harborpoint.example", name="Priya Raman"
    )
    town = {"username": "town", "password": "town", "timeout": 0.6}
    return found(
        Practice(
            slug=SLUG,
            kind=Workspace.TOWN,
            name="Harbor Point Hearing Care",
            legal_name="Harbor Point Hearing Care LLC",
            zone=ZONE,
            phone=PHONE,
            email=MAILBOX,
            postal_address="210 Frazier Ave, Chattanooga, TN 37405",
            public_url=stage.web,
            profile=PROFILE,
            clinicians={"Dr. Lee": WEEK, "Dr. Okafor": WEEK},
            lines=[
                Line("text", "sms", "town", PHONE, "Harbor Point", town),
                Line("mail", "email", "town_mail", "hello@harborpoint.example", "Priya at Harbor Point", {}),
            ],
        ),
        owner=priya,
        now=now,
    )  # fmt: skip


def _speak_through(stage: Stage, workspace: Workspace) -> None:
    """Point the senders at today's ports of the town."""
    import json

    for sender in Sender.objects.filter(workspace=workspace):
        settings = json.loads(sender.settings)
        if sender.channel == "sms":
            settings |= {"url": f"{stage.town}/cgi-bin/sendsms", "callbacks": stage.hooks}
        else:
            settings |= {"host": "127.0.0.1", "port": stage.smtp_port, "security": "none"}
        sender.settings = json.dumps(settings)
        sender.save(update_fields=["settings"])
    Workspace.objects.filter(id=workspace.id).update(public_url=stage.web)
    workspace.refresh_from_db()


def _fill(workspace: Workspace, first: date, *, days: int, say: Say) -> None:
    """Import, show the audit, launch one campaign a segment; the clock stands still meanwhile.

    Each part is done once, so that a kill in the middle is followed by the rest.
    """
    from rewarm.actions.import_contacts import attach_evidence, import_contacts  # half a second, needed once

    now = datetime.combine(first, time(8), tzinfo=ZoneInfo(workspace.zone)).astimezone(UTC)
    Workspace.objects.filter(id=workspace.id).update(clock_at=now)
    priya = User.objects.get(email="priya@harborpoint.example")
    files = sorted(FILES.iterdir())
    say(f"Importing {len(files)} exports of {workspace.name} …")
    done = import_contacts(workspace, files, as_of=first, by=priya, now=now)
    say(f"  {done.in_words()}")
    for source in done.evidence_sources:
        attach_evidence(workspace, source=source, disclosure=DISCLOSURE, by=priya, now=now)
    classify(workspace, now)
    say(audit_in_words(audit(workspace, now)))
    published = set(JourneyVersion.objects.filter(workspace=workspace).values_list("slug", flat=True))
    launched = Campaign.objects.filter(workspace=workspace).values_list("segment", flat=True)
    for segment in Segment.objects.filter(workspace=workspace).exclude(slug__in=list(launched)).order_by("rank"):
        journey = segment.journey if segment.journey in published else "reactivation"
        launch(
            workspace, segment=segment.slug, journey_slug=journey, holdout=HOLDOUT, per_day=PER_DAY, now=now, by=priya,
            name=segment.name,
        )  # fmt: skip
    end = min(now + timedelta(days=days), datetime.now(UTC).replace(microsecond=0))
    workspace.profile = {**workspace.profile, "launched": now.isoformat(), "ends": max(end, now).isoformat()}
    Workspace.objects.filter(id=workspace.id).update(profile=workspace.profile)


def _tell_town(stage: Stage, workspace: Workspace) -> None:
    secret = Sender.objects.values_list("secret", flat=True).get(workspace=workspace, slug="text")
    stage.tell_town(
        "/config",
        mo_url=f"{stage.hooks}/hooks/carrier/{workspace.id}/{secret}/mo",
        outcomes_url=f"{stage.hooks}/hooks/practice/{workspace.id}/{secret}/outcomes",
        appointments_url=f"{stage.hooks}/hooks/practice/{workspace.id}/{secret}/appointments",
        practice={
            "phone": PHONE,
            "email": MAILBOX,
            "zone": workspace.zone,
            "hours": ["09:00", "17:00"],
            "says": [workspace.name, workspace.postal_address, *PROFILE.values()],
        },
        start=workspace.profile["launched"],
        end=workspace.profile["ends"],
        seed=stage.seed,
    )


def play(stage: Stage, workspace: Workspace, *, say: Say) -> None:
    """Play from where the clock stands to the end; a play that was killed, or lost its database, goes on from there."""
    while True:
        try:
            _play(stage, workspace, say=say)
            return
        except (OperationalError, InterfaceError) as lost:
            if connection.is_usable():
                raise
            say(f"The database went away ({str(lost).strip().splitlines()[0]}); waiting for it …")
            _await_database()


def _await_database() -> None:
    """Connect again as soon as the server is back; raises OperationalError after a minute."""
    deadline = machine.monotonic() + 60
    while True:
        try:
            connection.close()
            connection.ensure_connection()
            return
        except OperationalError:
            if machine.monotonic() > deadline:
                raise
            machine.sleep(0.1)


def _play(stage: Stage, workspace: Workspace, *, say: Say) -> None:
    workspace.refresh_from_db()
    if workspace.clock_at is None:
        return  # played to the end before
    end = datetime.fromisoformat(workspace.profile["ends"])
    start = datetime.fromisoformat(workspace.profile["launched"])
    began = machine.monotonic()
    with within(workspace.id), _bar() as bar:
        task = bar.add_task("Playing", total=(end - start).total_seconds(), when="")
        now = workspace.clock_at
        _settle_what_was_in_the_air(workspace, now)
        while True:
            town_due = _both_idle(stage, workspace, now)
            bar.update(
                task,
                completed=(now - start).total_seconds(),
                when=f"{now.astimezone(ZoneInfo(ZONE)):%a %b %d}",
            )
            step = max(_next_stop(workspace, town_due, end), now + timedelta(seconds=1))
            if step >= end:
                break
            if step.astimezone(ZoneInfo(ZONE)).date() != now.astimezone(ZoneInfo(ZONE)).date():
                classify(workspace, step)
                if step < end - LEFT_FOR_THE_VISITOR:
                    _priya_at_work(workspace, step)
            now = step
            Workspace.objects.filter(id=workspace.id).update(clock_at=now)
        Workspace.objects.filter(id=workspace.id).update(clock_at=end)
        _both_idle(stage, workspace, end)
        bar.update(task, completed=(end - start).total_seconds())
    say(f"Played {round((end - start) / timedelta(days=1))} days in {machine.monotonic() - began:.0f} s.")


def _priya_at_work(workspace: Workspace, now: datetime) -> None:
    """Let the front desk work through what was handed to it the day before, on weekdays."""
    if now.astimezone(ZoneInfo(ZONE)).weekday() >= SATURDAY:
        return
    priya = User.objects.get(email="priya@harborpoint.example")
    yesterday = Handoff.objects.filter(workspace=workspace, closed_at=None, opened_at__lte=now - A_WORKING_DAY)
    for one in list(yesterday.values_list("id", flat=True)):
        claim(workspace, one, priya, now)
        close(workspace, one, priya, "Called them.", now)


def _next_stop(workspace: Workspace, town_due: datetime | None, end: datetime) -> datetime:
    """Find the next instant worth stopping at: talk at once, plans on the quarter of an hour, in batches as in real life."""
    plans, talk = next_due(workspace.id), next_talk(workspace.id)
    on_the_quarter = datetime.fromtimestamp(-(-plans.timestamp() // QUARTER) * QUARTER, UTC) if plans else None
    return min((due for due in (on_the_quarter, talk, town_due) if due is not None), default=end)


def _settle_what_was_in_the_air(workspace: Workspace, now: datetime) -> None:
    """End the leases of an earlier life at once: nobody but the one conductor sends in a rehearsal."""
    in_the_air = Touch.objects.filter(workspace=workspace, state__in=["leased", "dispatching"])
    in_the_air.update(lease_until=datetime.fromtimestamp(0, UTC))
    reconcile(workspace, now)


def _both_idle(stage: Stage, workspace: Workspace, now: datetime) -> datetime | None:
    """Let town and engine act at this instant until neither has anything left to do; return the town's next due.

    The town's clock moves first: it stamps what it receives with its own time.
    """
    while True:
        town_due = stage.move_clock(now)
        engine_due = next_due(workspace.id)
        if engine_due is None or engine_due > now:
            return town_due
        if until_idle(workspace, now) == 0:
            return town_due


def _bar() -> Progress:
    return Progress(
        TextColumn("[bold]{task.description}"), BarColumn(bar_width=40), TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[when]}"), TimeRemainingColumn(), console=Console(stderr=True), transient=False,
    )  # fmt: skip


def go_on(stage: Stage, workspace: Workspace, *, say: Say) -> None:
    """Hand the history over to real time: the app, the engine and the town go on until Ctrl-C."""
    from rewarm.adapters import links

    Workspace.objects.filter(id=workspace.id).update(clock_at=None)
    priya = User.objects.get(email="priya@harborpoint.example")
    token = links.token("login", links.Link(workspace.id, priya.id))
    say(
        f"\nOpen {stage.web}/demo/{token}\n\nto come in as Priya, who works at the front desk. Ctrl-C ends it; the history stays."
    )
    with within(workspace.id):
        try:
            while True:
                now = datetime.now(UTC).replace(microsecond=0)
                turn(workspace, now)
                stage.move_clock(now)
                machine.sleep(2)
        except KeyboardInterrupt:
            say("Good-bye.")


def summary(stage: Stage, workspace: Workspace) -> dict[str, Any]:
    """Count what came of it: by our rows, by the town, and by the checker that reads only received texts."""
    with within(workspace.id):
        ours = results(workspace, datetime.fromisoformat(workspace.profile["ends"]))
        truths = stage.ask_town("/truth/replies")
        read = _readings(workspace)
    theirs = stage.ask_town("/report")
    understood = ((truth["intents"][0], read.get(key)) for key, truth in truths.items())
    misread = sum(intents is not None and meant not in intents for meant, intents in understood)
    found = {key: theirs[key] for key in FINDINGS}
    return {
        **ours,
        "failed": sum(ours["failed"].values()),
        "failed_because": ours["failed"],
        "misread": misread,
        **{key: one["count"] for key, one in found.items()},
        "personal": theirs["personal"]["share"],
        "personal_of": theirs["personal"]["texts"],
        "findings": {key: one["examples"] for key, one in found.items() if one["examples"]},
    }


def _readings(workspace: Workspace) -> dict[str, list[str] | None]:
    """What we understood of each inbound text, by the carrier's id."""
    rows = Message.objects.filter(workspace=workspace, direction="in").values_list("provider_id", "reading")
    return {key: (reading or {}).get("intents") for key, reading in rows}


def in_words(summary: dict[str, Any]) -> str:
    """Say the summary line by line."""
    return "\n".join(f"{name.replace('_', ' '):>20}  {value}" for name, value in summary.items())
