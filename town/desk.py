"""Plays the front desk: answers alerts, books by phone, writes down who came and who bought."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from town.agenda import Agenda
from town.luck import Luck
from town.mind import Mood
from town.people import Person, Residents, canonical
from town.rates import Rates

Entry = dict[str, Any]


@dataclass(slots=True)
class FrontDesk:
    """The people at the practice. What they do goes through the outcome door, and never by way of the assistant."""

    people: Residents
    agenda: Agenda
    luck: Luck
    rates: Rates
    zone: ZoneInfo = ZoneInfo("America/New_York")
    by_phone: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # day -> phone and id of booked visits
    seen: set[str] = field(default_factory=set)

    def plan_days(self, start: datetime, end: datetime) -> None:
        """Plan each evening's list, and the bookings that nobody asked for, held-out people's too."""
        days = (end - start) / timedelta(days=1)
        for offset in range(math.ceil(days) + 1):
            on = (start.astimezone(self.zone) + timedelta(days=offset)).date()
            evening = datetime.combine(on, time(18), self.zone)
            if start <= evening <= end:
                self.agenda.plan(evening, f"day-{on}", "day", on=on.isoformat())
        share = self.rates.organic_30_days * days / 30
        for p in self.people.by_id.values():
            if p.kind in ("self", "proxy") and self.luck.happens(share, p.id, "organic"):
                when = start + timedelta(days=self.luck.uniform(p.id, "organic day") * days)
                self._plan_booking(p, self.open_from(when, p.id), "organic")

    def alerted(self, p: Person, mood: Mood, at: datetime) -> None:
        """Phone whom an alert is about, within hours of opening; some of them book."""
        key = (p.id, at.date(), "staff")
        persuaded = mood.wants or self.luck.happens(self.rates.staff_persuades, *key, "persuades")
        reached = self.luck.happens(self.rates.staff_reaches, *key, "reaches")
        if persuaded and reached and not mood.stopped and not mood.spoken_for and p.kind != "gone":
            minutes = 20 + 160 * self.luck.uniform(*key, "minutes")
            self._plan_booking(p, self.open_from(at + timedelta(minutes=minutes), *key), "staff")

    def open_from(self, when: datetime, *key: object) -> datetime:
        """Return the next moment from `when` on at which somebody is at the desk: weekdays 9 to 17."""
        local = when.astimezone(self.zone)
        while local.weekday() > 4 or not 9 <= local.hour < 17:
            step = 0 if local.hour < 9 and local.weekday() < 5 else 1
            minutes = int(9 * 60 + 90 * self.luck.uniform(*key, "desk"))
            clock = time(minutes // 60, minutes % 60)
            local = datetime.combine(local.date() + timedelta(days=step), clock, local.tzinfo)
        return local.astimezone(UTC)

    def _plan_booking(self, p: Person, at: datetime, why: str) -> None:
        days = 1 + int(9 * self.luck.uniform(p.id, why, "days ahead"))
        visit = self.open_from(at + timedelta(days=days), p.id, why).replace(minute=0, second=0, microsecond=0)
        id = self.luck.name(p.id, why, "booked")
        said = self._outcome(p, id, "booked", at, starts_at=visit.isoformat())
        self.agenda.plan(at, f"visit-{id}", "visit", p.id, outcome=said)

    def booked(self, p: Person, outcome: Entry) -> None:
        """Remember a visit that was booked by phone, in case the practice's list does not show it."""
        on = datetime.fromisoformat(outcome["starts_at"]).astimezone(self.zone).date().isoformat()
        self.by_phone.setdefault(on, []).append((p.phone, outcome["id"]))

    def close_the_day(self, on: str, listed: list[Entry], moods: dict[str, Mood], now: datetime) -> None:
        """At six in the evening the desk writes down who came; some of those who came will buy."""
        rows = {phone: {"id": id} for phone, id in self.by_phone.get(on, [])}
        for row in listed:
            if row.get("phone"):
                rows[canonical(row["phone"])] = row
        for phone, row in rows.items():
            p = self.people.meant(phone, row.get("name", ""))
            if p is not None and is_live(row) and str(row["id"]) not in self.seen:
                self.seen.add(str(row["id"]))
                self._plan_attendance(p, moods.setdefault(p.id, Mood()), row, date.fromisoformat(on), now)

    def _plan_attendance(self, p: Person, mood: Mood, row: Entry, on: date, now: datetime) -> None:
        r, key, visit = self.rates, (p.id, on), str(row["id"])
        absent = self._chance_of_absence(p, mood, on) * (r.reminder_factor if row.get("reminded") else 1.0)
        kind = "no_show" if self.luck.happens(absent, *key, "absent") else "showed"
        mood.booked_at, mood.wants = None, False
        self._plan_outcome(p, visit, kind, now + timedelta(minutes=5))
        if kind == "showed" and self.luck.happens(r.buys, *key, "buys"):
            amount = math.exp(r.basket_mu + r.basket_sigma * self.luck.normal(*key, "basket"))
            at = now + timedelta(days=int(5 * self.luck.uniform(*key, "decides")), minutes=5)
            self._plan_outcome(p, visit, "purchased", at, amount=f"{amount:.2f}", currency="USD")

    def _chance_of_absence(self, p: Person, mood: Mood, on: date) -> float:
        r = self.rates
        ahead = (on - mood.booked_at.date()).days if mood.booked_at else 6
        return 1 / (
            1 + math.exp(-(r.no_show_base + r.no_show_per_day * ahead + r.no_show_missed_before * p.missed_before))
        )

    def _plan_outcome(self, p: Person, visit: str, kind: str, at: datetime, **more: str) -> None:
        id = self.luck.name(p.id, visit, kind)
        self.agenda.plan(at, f"out-{id}", "outcome", p.id, outcome=self._outcome(p, id, kind, at, **more))

    def _outcome(self, p: Person, id: str, kind: str, at: datetime, **more: str) -> Entry:
        who = {"phone": p.phone} if p.phone else {"email": p.email}
        when = self.agenda.on_grid(at).isoformat()
        return {"id": id, **who, "name": f"{p.first} {p.last}", "kind": kind, "at": when, **more}


def is_live(row: Entry) -> bool:
    """Tell whether a listed appointment still stands."""
    gone = r"cancel|moved|resched|showed|no_?show|declin|expired|released|held"
    return not re.search(gone, str(row.get("state", "")), re.I)
