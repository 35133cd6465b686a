"""Remembers the town: what came in, what is due, what was done. Its whole state is a fold over an append-only
journal."""

from __future__ import annotations

import heapq
import json
import math
import re
import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from town.lines import Book, load
from town.luck import Luck
from town.mind import Mind, Mood, Say
from town.offers import regrets_absence
from town.people import Person, Residents, canonical
from town.rates import RATES, Rates

Entry = dict[str, Any]
JUST_NOW = timedelta(hours=2)
TALK = timedelta(hours=36)  # an answer may wait for the morning, or for a human


@dataclass(order=True, slots=True)
class Event:
    """Something that the town will do at `due`; the same id never happens twice."""

    due: datetime
    seq: int
    id: str = field(compare=False)
    kind: str = field(compare=False)  # receipt, text, outcome, visit, day, unsubscribe
    person: str = field(compare=False, default="")
    body: Entry = field(compare=False, default_factory=dict)
    tries: int = field(compare=False, default=0)


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
    """Everything that is true of the town. `write` journals an entry and applies it; nothing else changes the
    state."""

    def __init__(self, people: Residents, seed: int, journal: Path | None, rates: Rates = RATES) -> None:
        self.people, self.seed, self.rates = people, seed, rates
        self.lock = threading.RLock()
        self.journal = journal
        self.luck = Luck(seed)
        self.mind = Mind(self.luck, Book(load(), self.luck), rates)
        self.practice = Practice()
        self.now: datetime | None = None
        self.moods: dict[str, Mood] = {}
        self.queue: list[Event] = []
        self.waiting: dict[str, Event] = {}
        self.done: set[str] = set()
        self.log: list[Entry] = []  # what the checker reads, in the order in which it became true
        self.truths: dict[str, Entry] = {}
        self.keys: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.phone_visits: dict[str, list[tuple[str, str]]] = {}
        self._seq = 0
        self._file: TextIO | None = None
        if journal is not None:
            journal.parent.mkdir(parents=True, exist_ok=True)
            self._replay(journal)
            self._file = journal.open("a", encoding="utf-8")

    # --- the journal
    # -------------------------------------------------------------------------------------------
    def _replay(self, journal: Path) -> None:
        """Fold the journal of an earlier run; a last line cut short by a kill was never answered and is
        dropped."""
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
                return self._failed(entry)
            case "day":
                return self._attend(entry)
            case other:
                raise AssertionError(other)
        return None

    # --- the plan
    # ----------------------------------------------------------------------------------------------
    def plan(self, due: datetime, id: str, kind: str, person: str = "", **body: Any) -> None:
        """Put an event on the grid, once."""
        if id in self.done or id in self.waiting:
            return
        self._seq += 1
        event = Event(self.on_grid(due), self._seq, id, kind, person, body)
        self.waiting[id] = event
        heapq.heappush(self.queue, event)

    def on_grid(self, when: datetime) -> datetime:
        """Round up to the grid of the town, in UTC."""
        step = self.rates.grid_minutes * 60
        return datetime.fromtimestamp(math.ceil(when.timestamp() / step) * step, UTC)

    def next_due(self) -> datetime | None:
        """Return when the next event is due."""
        with self.lock:
            self._drop_the_dead()
            return self.queue[0].due if self.queue else None

    def _drop_the_dead(self) -> None:
        while self.queue and self.waiting.get(self.queue[0].id) is not self.queue[0]:
            heapq.heappop(self.queue)

    def take(self, now: datetime) -> list[Event]:
        """Remove and return the events of the earliest instant that is due by `now`."""
        with self.lock:
            instant, taken = self.next_due(), []
            if instant is None or instant > now:
                return []
            while self.next_due() == instant:
                taken.append(heapq.heappop(self.queue))
            return taken

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
            self._plan_the_unprompted()

    def _plan_the_unprompted(self) -> None:
        """Plan the front desk's evenings and the bookings that nobody asked for, held-out people's too."""
        start, end = self._span()
        days = (end - start) / timedelta(days=1)
        for offset in range(math.ceil(days) + 1):
            on = (start.astimezone(self.practice.zone) + timedelta(days=offset)).date()
            evening = datetime.combine(on, time(18), self.practice.zone)
            if start <= evening <= end:
                self.plan(evening, f"day-{on}", "day", on=on.isoformat())
        for p in self.people.by_id.values():
            # One draw for 30 days, so that a longer play has the same people and some more.
            if self.luck.uniform(p.id, "organic") < self.rates.organic_30_days * days / 30 and p.kind in (
                "self",
                "proxy",
            ):
                when = start + timedelta(days=self.luck.uniform(p.id, "organic day") * days)
                self._plan_phone_booking(p, self._in_office_hours(when, p.id), "organic")

    def _span(self) -> tuple[datetime, datetime]:
        start, end = self.practice.start, self.practice.end
        if start is None or end is None:
            raise RuntimeError("the town was not configured: POST /config first")
        return start, end

    def clock(self) -> datetime:
        """Return the town's time; before the first clock call, real time."""
        return self.now or datetime.now(UTC)

    # --- what comes in
    # -----------------------------------------------------------------------------------------
    def _accept(self, entry: Entry) -> None:
        at, key = datetime.fromisoformat(entry["at"]), entry["key"]
        self.keys[key] += 1
        p = self.people.meant(entry["to"], entry["text"])
        self.log.append(entry | {"person": p.id if p else "", "count": self.keys[key]})
        self.counts["texts"] += 1
        if entry.get("dlr"):
            self._plan_receipts(entry, p, at)
        if p is None:
            self.counts["strangers"] += 1
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
        return any(event.kind == "text" and event.person == p.id for event in self.waiting.values())

    def _personal(self, p: Person, text: str) -> bool:
        """Tell roughly whether a text recalls something of this person: four letters or more of her notes in
        a row."""
        words = set(re.findall(r"[a-z]{4,}", " ".join(p.notes).lower()))
        return len(words & set(re.findall(r"[a-z]{4,}", text.lower()))) >= 2

    def _plan_text(self, p: Person, said: Say, at: datetime) -> None:
        id = self.luck.name(p.id, self.moods[p.id].texts, self.moods[p.id].touches, "inbound")
        due = max(said.at, at + timedelta(minutes=1))
        body = {"inbound": id, "text": said.text, "intents": list(said.intents)}
        self.plan(due, f"text-{id}", "text", p.id, **body)
        if self.luck.happens(self.rates.inbound_twice, id, "twice"):
            self.plan(due + timedelta(minutes=5), f"text-{id}-again", "text", p.id, **body, again=True)

    def _plan_receipts(self, entry: Entry, p: Person | None, at: datetime) -> None:
        luck, r, key = self.luck, self.rates, entry["key"]
        seen = self.keys[key]
        if luck.happens(r.receipt_never, key, "never"):
            return
        final = "1"
        if p is None or p.dead_number:
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
        due = at + timedelta(minutes=1) + late
        for number, status in enumerate(order):
            url = entry["dlr"].replace("%d", status)
            self.plan(due, f"dlr-{key}-{seen}-{number}", "receipt", p.id if p else "", url=url)

    def _receive_mail(self, entry: Entry) -> None:
        at, to = datetime.fromisoformat(entry["at"]), entry["to"].lower()
        self.counts["mails"] += 1
        if to == self.practice.email:
            self.counts["alerts"] += 1
            about = self.people.mentioned(entry["subject"] + "\n" + entry["text"])
            if about is not None:
                self._staff_calls(about, at)
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
            self.plan(at + timedelta(hours=1), f"out-{entry['key']}", "unsubscribe", p.id, url=entry["unsubscribe"])
            return
        start, _ = self._span()
        said = self.mind.touched(p, mood, at, since=start, personal=self._personal(p, entry["text"]), mail=True)
        if said is not None and not p.dead_number:
            self._plan_text(p, said, at)

    # --- the front desk
    # ----------------------------------------------------------------------------------------
    def _staff_calls(self, p: Person, at: datetime) -> None:
        """The front desk phones whom an alert was about, and may book them."""
        mood = self.moods.setdefault(p.id, Mood())
        key = (p.id, at.date(), "staff")
        persuaded = mood.wants or self.luck.happens(self.rates.staff_persuades, *key, "persuades")
        reached = self.luck.happens(self.rates.staff_reaches, *key, "reaches")
        if persuaded and reached and not mood.stopped and not mood.spoken_for and p.kind != "gone":
            minutes = 20 + 160 * self.luck.uniform(*key, "minutes")
            self._plan_phone_booking(p, self._in_office_hours(at + timedelta(minutes=minutes), *key), "staff")

    def _in_office_hours(self, when: datetime, *key: object) -> datetime:
        """Move to the next moment at which somebody is at the desk: weekdays 9 to 17."""
        local = when.astimezone(self.practice.zone)
        while local.weekday() > 4 or not 9 <= local.hour < 17:
            step = 0 if local.hour < 9 and local.weekday() < 5 else 1
            minutes = int(9 * 60 + 90 * self.luck.uniform(*key, "desk"))
            local = datetime.combine(
                local.date() + timedelta(days=step), time(minutes // 60, minutes % 60), local.tzinfo
            )
        return local.astimezone(UTC)

    def _plan_phone_booking(self, p: Person, at: datetime, why: str) -> None:
        days = 1 + int(9 * self.luck.uniform(p.id, why, "days ahead"))
        visit = self._in_office_hours(at + timedelta(days=days), p.id, why).replace(minute=0, second=0, microsecond=0)
        id = self.luck.name(p.id, why, "booked")
        self.plan(
            at,
            f"visit-{id}",
            "visit",
            p.id,
            outcome=self._outcome(p, id, "booked", at, starts_at=visit.isoformat()),
        )

    def _outcome(self, p: Person, id: str, kind: str, at: datetime, **more: str) -> Entry:
        who = {"phone": p.phone} if p.phone else {"email": p.email}
        return {
            "id": id,
            **who,
            "kind": kind,
            "at": self.on_grid(at).isoformat(),
            "name": f"{p.first} {p.last}",
            **more,
        }

    def _attend(self, entry: Entry) -> None:
        """At six in the evening the desk writes down who came, and some of those who came will buy."""
        on, now = date.fromisoformat(entry["on"]), self.clock()
        listed = {canonical(row["phone"]): row for row in entry["appointments"] if row.get("phone") and is_live(row)}
        own = {phone: {"id": id, "phone": phone} for phone, id in self.phone_visits.get(entry["on"], [])}
        cancelled = {canonical(row["phone"]) for row in entry["appointments"] if row.get("phone") and not is_live(row)}
        for phone, row in ({k: v for k, v in own.items() if k not in cancelled} | listed).items():
            p = self.people.meant(phone, row.get("name", ""))
            if p is None or f"seen-{row['id']}" in self.done:
                continue
            self.done.add(f"seen-{row['id']}")
            self._plan_attendance(p, str(row["id"]), on, now, reminded=bool(row.get("reminded")))

    def _plan_attendance(self, p: Person, visit: str, on: date, now: datetime, *, reminded: bool) -> None:
        r, mood, key = self.rates, self.moods.setdefault(p.id, Mood()), (p.id, on.isoformat())
        booked = mood.booked_at.date() if mood.booked_at else on - timedelta(days=6)
        logit = r.no_show_base + r.no_show_per_day * (on - booked).days + r.no_show_missed_before * p.missed_before
        absent = (r.reminder_factor if reminded else 1.0) / (1 + math.exp(-logit))
        kind = "no_show" if self.luck.happens(absent, *key, "absent") else "showed"
        mood.booked_at, mood.wants = None, False
        id = self.luck.name(p.id, visit, kind)
        self.plan(now + timedelta(minutes=5), f"out-{id}", "outcome", p.id, outcome=self._outcome(p, id, kind, now))
        if kind == "showed" and self.luck.happens(r.buys, *key, "buys"):
            amount = math.exp(r.basket_mu + r.basket_sigma * self.luck.normal(*key, "basket"))
            at = now + timedelta(days=int(5 * self.luck.uniform(*key, "decides")), minutes=5)
            id = self.luck.name(p.id, visit, "purchased")
            body = self._outcome(p, id, "purchased", at, amount=f"{amount:.2f}", currency="USD")
            self.plan(at, f"out-{id}", "outcome", p.id, outcome=body)

    # --- what was done
    # -----------------------------------------------------------------------------------------
    def wanted(self, event: Event) -> bool:
        """Tell whether an event still makes sense when its time has come."""
        mood = self.moods.get(event.person)
        if event.kind == "visit" and mood is not None:
            return mood.booked_at is None
        return not (event.kind == "text" and mood is not None and mood.stopped and not event.body.get("again"))

    def _fired(self, entry: Entry) -> None:
        event = self.waiting.pop(entry["id"], None)
        if event is None:
            return
        self.done.add(event.id)
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
        on = datetime.fromisoformat(outcome["starts_at"]).astimezone(self.practice.zone).date().isoformat()
        self.phone_visits.setdefault(on, []).append((self.people.by_id[event.person].phone, outcome["id"]))

    def _failed(self, entry: Entry) -> None:
        """Nobody answered our call: try again later, with the same id."""
        event = self.waiting.pop(entry["id"], None)
        if event is None:
            return
        self.counts["retries"] += 1
        tries = event.tries + 1
        later = self.on_grid(datetime.fromisoformat(entry["at"]) + timedelta(minutes=min(60, 5 * tries)))
        self._seq += 1
        again = replace(event, due=later, seq=self._seq, tries=tries)
        self.waiting[event.id] = again
        heapq.heappush(self.queue, again)


REMINDS = re.compile(
    r"\b(remind\w*|coming up|tomorrow|your (?:appointment|visit|hearing)|look(?:ing)? forward|today at|confirm)\b",
    re.I,
)


def is_live(row: Entry) -> bool:
    """Tell whether a listed appointment still stands."""
    return not re.search(r"cancel|moved|showed|no_show|declin|expired|released", str(row.get("state", "")), re.I)


def _instant(said: str) -> datetime:
    """Parse an instant; one without an offset is an error of the caller."""
    when = datetime.fromisoformat(said)
    if when.tzinfo is None:
        raise ValueError(f"{said!r} has no offset: send instants such as 2026-10-22T13:00:00+00:00")
    return when
