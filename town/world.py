"""Remembers the town: what came in, what is due, what was done. Its state is a fold over a journal."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from town.agenda import Agenda, Event
from town.desk import FrontDesk
from town.lines import Book, load
from town.luck import Luck
from town.mind import Mind, Mood, Say
from town.offers import regrets_absence
from town.people import Person, Residents, canonical
from town.rates import RATES, Rates

Entry = dict[str, Any]
JUST_NOW = timedelta(hours=2)
TALK = timedelta(hours=36)  # an answer may wait for the morning, or for a human


@dataclass(slots=True)
class Practice:
    """What the conductor said of the practice and its doors."""

    mo_url: str = ""
    outcomes_url: str = ""
    appointments_url: str = ""
    phone: str = ""
    email: str = ""
    zone: ZoneInfo = ZoneInfo("America/New_York")
    start: datetime | None = None
    end: datetime | None = None
    says: tuple[str, ...] = ()  # names, staff, prices, address: what it says of itself is nobody's detail


class World:
    """Everything that is true of the town. `write` journals an entry and applies it; nothing else changes it."""

    def __init__(self, people: Residents, seed: int, journal: Path | None, rates: Rates = RATES) -> None:
        self.people, self.seed, self.rates = people, seed, rates
        self.lock = threading.RLock()
        self.journal = journal
        self.luck = Luck(seed)
        self.mind = Mind(self.luck, Book(load(), self.luck), rates)
        self.practice = Practice()
        self.now: datetime | None = None
        self.moods: dict[str, Mood] = {}
        self.agenda = Agenda(rates.grid_minutes)
        self.desk = FrontDesk(people, self.agenda, self.luck, rates)
        self.log: list[Entry] = []  # what the checker reads, in the order in which it became true
        self.truths: dict[str, Entry] = {}
        self.keys: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self._file: TextIO | None = None
        if journal is not None:
            journal.parent.mkdir(parents=True, exist_ok=True)
            self._replay(journal)
            self._file = journal.open("a", encoding="utf-8")

    # --- the journal ---
    def _replay(self, journal: Path) -> None:
        """Fold the journal of an earlier run; a last line that a kill cut short was never answered: it is dropped."""
        if not journal.exists():
            return
        whole = journal.read_bytes()
        kept = whole[: whole.rfind(b"\n") + 1]
        if kept != whole:
            journal.write_bytes(kept)
        for line in kept.decode().splitlines():
            self._apply(json.loads(line))

    def write(self, entry: Entry) -> Any:
        """Journal an entry, then apply it."""
        with self.lock:
            if self._file is not None:
                self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
                self._file.flush()
            return self._apply(entry)

    def close(self) -> None:
        """Close the journal."""
        if self._file is not None:
            self._file.close()

    def _apply(self, entry: Entry) -> Any:
        match entry["in"]:
            case "config":
                return self._configure(entry)
            case "clock":
                self.now = datetime.fromisoformat(entry["now"])
            case "sms":
                return self._accept(entry)
            case "mail":
                return self._receive_mail(entry)
            case "fired":
                return self._fired(entry)
            case "failed":
                self.counts["retries"] += 1
                self.agenda.put_off(entry["id"], datetime.fromisoformat(entry["at"]))
            case "day":
                self.desk.close_the_day(entry["on"], entry["appointments"], self.moods, self.clock())
            case other:
                raise AssertionError(other)
        return None

    # --- the agenda ---
    def next_due(self) -> datetime | None:
        """Return when the next event is due."""
        with self.lock:
            return self.agenda.next_due()

    def take(self, now: datetime) -> list[Event]:
        """Return the events of the earliest instant that is due by `now`."""
        with self.lock:
            return self.agenda.take(now)

    def _configure(self, entry: Entry) -> None:
        first = self.practice.start is None
        said = entry["practice"]
        self.practice = Practice(
            entry["mo_url"],
            entry["outcomes_url"],
            entry["appointments_url"],
            said["phone"],
            said["email"].lower(),
            ZoneInfo(said["zone"]),
            _instant(entry["start"]),
            _instant(entry["end"]),
            tuple(said.get("says", ())),
        )
        if first:
            self.now = self.now or self.practice.start
            self.desk.zone = self.practice.zone
            self.desk.plan_days(*self._span())

    def _span(self) -> tuple[datetime, datetime]:
        start, end = self.practice.start, self.practice.end
        if start is None or end is None:
            raise RuntimeError("the town was not configured: POST /config first")
        return start, end

    def clock(self) -> datetime:
        """Return the town's time; before the first clock call, real time."""
        return self.now or datetime.now(UTC)

    # --- what comes in ---
    def _accept(self, entry: Entry) -> None:
        at, key = datetime.fromisoformat(entry["at"]), entry["key"]
        self.keys[key] += 1
        p = self.people.meant(entry["to"], entry["text"])
        self.log.append(entry | {"person": p.id if p else "", "count": self.keys[key]})
        self.counts["texts"] += 1
        if entry.get("dlr"):
            self._plan_receipts(entry, p, at)
        if p is None or canonical(entry["to"]) != p.phone:
            self.counts["strangers" if p is None else "land lines"] += 1
            return
        mood = self.moods.setdefault(p.id, Mood())
        mood.texts += 1
        said = self._react(p, mood, entry, at)
        if said is not None:
            self._plan_text(p, said, at)

    def _react(self, p: Person, mood: Mood, entry: Entry, at: datetime) -> Say | None:
        since = at - mood.spoke_at if mood.spoke_at else None
        if since is not None and since <= JUST_NOW:
            return None if self._about_to_speak(p) else self.mind.answered(p, mood, entry["text"], at)
        if mood.booked_at is not None:
            return self.mind.reminded(p, mood, at) if REMINDS.search(entry["text"]) else None
        if self._about_to_speak(p):
            mood.touches += 1
            return None
        if regrets_absence(entry["text"]):
            return self.mind.missed(p, mood, at)
        if since is not None and since <= TALK:
            return self.mind.answered(p, mood, entry["text"], at)
        start, _ = self._span()
        return self.mind.touched(p, mood, at, since=start, personal=self._personal(p, entry["text"]), mail=False)

    def _about_to_speak(self, p: Person) -> bool:
        return any(event.kind == "text" and event.person == p.id for event in self.agenda.waiting.values())

    def _personal(self, p: Person, text: str) -> bool:
        """Tell roughly whether a text recalls something: two longer words of her notes."""
        words = set(re.findall(r"[a-z]{4,}", " ".join(p.notes).lower()))
        return len(words & set(re.findall(r"[a-z]{4,}", text.lower()))) >= 2

    def _plan_text(self, p: Person, said: Say, at: datetime) -> None:
        id = self.luck.name(p.id, self.moods[p.id].texts, self.moods[p.id].touches, "inbound")
        due = max(said.at, at + timedelta(minutes=1))
        body = {"inbound": id, "text": said.text, "intents": list(said.intents)}
        self.agenda.plan(due, f"text-{id}", "text", p.id, **body)
        if self.luck.happens(self.rates.inbound_twice, id, "twice"):
            self.agenda.plan(due + timedelta(minutes=5), f"text-{id}-again", "text", p.id, **body, again=True)

    def _plan_receipts(self, entry: Entry, p: Person | None, at: datetime) -> None:
        luck, r, key = self.luck, self.rates, entry["key"]
        seen = self.keys[key]
        if luck.happens(r.receipt_never, key, "never"):
            return
        final = "1"
        if p is None or p.dead_number or canonical(entry["to"]) != p.phone:
            final = "2" if luck.happens(0.7, key, "how") else "16"
        order = ["8", final]
        if luck.happens(r.receipt_reordered, key, "order"):
            order.reverse()
        if luck.happens(r.receipt_repeated, key, "repeat"):
            order.append(final)
        late = (
            timedelta(hours=2 + 4 * luck.uniform(key, "hours"))
            if luck.happens(r.receipt_late, key, "late")
            else timedelta()
        )
        due = self.agenda.on_grid(at + timedelta(minutes=1) + late, r.receipt_minutes)
        for number, status in enumerate(order):
            url = entry["dlr"].replace("%d", status)
            self.agenda.plan(due, f"dlr-{key}-{seen}-{number}", "receipt", p.id if p else "", url=url)

    def _receive_mail(self, entry: Entry) -> None:
        at, to = datetime.fromisoformat(entry["at"]), entry["to"].lower()
        self.counts["mails"] += 1
        if to == self.practice.email:
            self.counts["alerts"] += 1
            about = self.people.mentioned(entry["subject"] + "\n" + entry["text"])
            if about is not None:
                self.desk.alerted(about, self.moods.setdefault(about.id, Mood()), at)
            return
        p = self.people.meant(to, entry["text"])
        self.log.append(entry | {"person": p.id if p else ""})
        if p is None or p.bounced:
            return
        mood = self.moods.setdefault(p.id, Mood())
        if REMINDS.search(entry["subject"]) or self._about_to_speak(p) or mood.booked_at is not None:
            return
        if entry.get("unsubscribe") and self.luck.happens(
            self.rates.one_click * p.theta, p.id, mood.touches, "one click"
        ):
            self.agenda.plan(
                at + timedelta(hours=1), f"out-{entry['key']}", "unsubscribe", p.id, url=entry["unsubscribe"]
            )
            return
        start, _ = self._span()
        said = self.mind.touched(p, mood, at, since=start, personal=self._personal(p, entry["text"]), mail=True)
        if said is not None and not p.dead_number:
            self._plan_text(p, said, at)

    # --- what was done ---
    def wanted(self, event: Event) -> bool:
        """Tell whether an event still makes sense when its time has come."""
        mood = self.moods.get(event.person)
        if event.kind == "visit" and mood is not None:
            return mood.booked_at is None
        return not (event.kind == "text" and mood is not None and mood.stopped and not event.body.get("again"))

    def _fired(self, entry: Entry) -> None:
        event = self.agenda.finish(entry["id"])
        if event is None:
            return
        if entry.get("skipped"):
            self.counts["skipped"] += 1
            return
        self.counts[event.kind] += 1
        at = datetime.fromisoformat(entry["at"])
        match event.kind:
            case "text":
                self._spoke(event, at)
            case "visit":
                self._booked_by_phone(event, at)
            case "outcome":
                self.counts[event.body["outcome"]["kind"]] += 1
            case "unsubscribe":
                email = self.people.by_id[event.person].email
                self.log.append(
                    {"in": "said", "at": entry["at"], "person": event.person, "out": "email", "from": email}
                )
            case _:
                pass

    def _spoke(self, event: Event, at: datetime) -> None:
        p, intents = self.people.by_id[event.person], event.body["intents"]
        mood = self.moods.setdefault(p.id, Mood())
        mood.spoke_at = at
        if "opt_out" in intents and intents[0] != "medical_urgent":
            mood.stopped, mood.wants = True, False
        self.truths[event.body["inbound"]] = {"intents": intents, "text": event.body["text"], "person": p.id}
        out = "sms" if mood.stopped else ""
        said = {
            "in": "said",
            "at": at.isoformat(),
            "person": p.id,
            "from": p.phone,
            "text": event.body["text"],
        }
        self.log.append(said | {"out": out, "id": event.body["inbound"], "intents": intents})

    def _booked_by_phone(self, event: Event, at: datetime) -> None:
        outcome = event.body["outcome"]
        self.counts["booked"] += 1
        mood = self.moods.setdefault(event.person, Mood())
        mood.booked_at, mood.wants = at, False
        self.desk.booked(self.people.by_id[event.person], outcome)


REMINDS = re.compile(
    r"\b(remind\w*|coming up|tomorrow|your (?:appointment|visit|hearing)|look(?:ing)? forward|today at|confirm)\b",
    re.I,
)


def _instant(said: str) -> datetime:
    """Parse an instant; one without an offset is an error of the caller."""
    when = datetime.fromisoformat(said)
    if when.tzinfo is None:
        raise ValueError(f"{said!r} has no offset: send instants such as 2026-10-22T13:00:00+00:00")
    return when
