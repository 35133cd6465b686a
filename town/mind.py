"""Decides what a person does with a message: ignore it, answer, pick a time, have enough (statistics 13.2)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from town import offers as reading
from town.lines import Book, Line
from town.luck import Luck
from town.people import Person
from town.rates import Rates


@dataclass(slots=True)
class Mood:
    """What has happened between one person and the practice so far."""

    touches: int = 0
    texts: int = 0
    pressure: float = 0.0
    pressure_at: datetime | None = None
    spoke_at: datetime | None = None
    talked: bool = False
    turns: int = 0
    wants: bool = False  # would take a time if one is offered
    declined: bool = False
    offered: list[reading.Offer] = field(default_factory=list)
    booked_at: datetime | None = None
    stopped: bool = False
    spoken_for: bool = False  # wrong number, death: nothing more to say


@dataclass(frozen=True, slots=True)
class Say:
    """An answer: the words, their true meaning, and when it is typed."""

    text: str
    intents: tuple[str, ...]
    at: datetime


FRIENDLY_WANTS = {
    "book": 0.42,
    "tell_more": 0.2,
    "ask_price": 0.12,
    "ask_insurance": 0.1,
    "ask_question": 0.09,
    "want_human": 0.05,
}
FRIENDLY_IDLE = {
    "ask_price": 0.25,
    "ask_insurance": 0.14,
    "ask_question": 0.17,
    "tell_more": 0.14,
    "later": 0.19,
    "want_human": 0.02,
    "thanks": 0.05,
    "unclear": 0.03,
    "spam": 0.01,
}
NEGATIVE = {
    "not_interested": 0.42,
    "already_solved": 0.22,
    "later": 0.16,
    "complaint": 0.08,
    "channel_change": 0.08,
    "wrong_number": 0.04,
}
NOT_NOW = {"later": 0.45, "not_interested": 0.35, "thanks": 0.2}


class Mind:
    """Applies the rates to a person, her mood and a message; changes only the mood."""

    def __init__(self, luck: Luck, book: Book, rates: Rates) -> None:
        self.luck = luck
        self.book = book
        self.rates = rates

    # --- first words ---
    def touched(
        self, p: Person, mood: Mood, at: datetime, *, since: datetime, personal: bool, mail: bool
    ) -> Say | None:
        """Return what `p` answers, if anything, to a message out of the blue; `since` is the start of the play."""
        key = (p.id, mood.touches, "mail" if mail else "text")
        earlier = mood.touches
        mood.touches += 1
        pressure = self._press(mood, at)
        if mood.stopped or mood.spoken_for or mood.booked_at or (p.dead_number and not mail):
            return None
        if p.kind in ("wrong_number", "gone") and not mail:
            if self.luck.happens(0.5, *key, "tells"):
                mood.spoken_for = True
                return self._say(p, "wrong_number" if p.kind == "wrong_number" else "deceased", at, key)
            return None
        chance = self.reply_chance(p, earlier, pressure, at, since, personal)
        chance *= self.rates.email_reply * (p.reads_email > 0.4) if mail else 1.0
        chance *= self.rates.replied_before if mood.talked else 1.0
        if self.luck.happens(chance, *key, "reply"):
            return self._opening(p, mood, at, key)
        if not mail and self.luck.happens(self.opt_out_chance(p, earlier, pressure, personal), *key, "out"):
            mood.wants = False
            return self._say(p, "opt_out", at, key)
        if not mail and self.luck.happens(self.rates.auto_reply, *key, "auto"):
            line = self.book.line("auto_reply", *key)
            return Say(line.text, line.intents, at + timedelta(minutes=1))
        return None

    def reply_chance(
        self, p: Person, earlier: int, pressure: float, at: datetime, since: datetime, personal: bool
    ) -> float:
        """Probability of an answer to a text (13.2); `pressure` is before this touch, `earlier` touches went before."""
        r, local = self.rates, at.astimezone(p.zone)
        hour = local.hour + local.minute / 60
        logit = p.need + r.reply_shift + r.personal_gain * personal - r.touch_decay * earlier
        logit += math.log(0.75 + 0.5 * math.exp(-0.5 * ((hour - p.best_hour) / 2) ** 2))
        if p.returns_on is not None and (at - since) / timedelta(days=1) >= p.returns_on:
            logit += r.need_returned
        logit -= r.pressure_cost * max(pressure - 1, 0.0)
        return 1 / (1 + math.exp(-logit))

    def opt_out_chance(self, p: Person, earlier: int, pressure: float, personal: bool) -> float:
        """Probability of an opt-out out of the blue (13.2), when there was no reply."""
        first = self.rates.first_touch_opt_out if earlier == 0 else 1.0
        calm = math.exp(-0.5 * self.rates.personal_gain * personal)
        return min(1.0, p.theta * calm * (1 + 0.45 * max(pressure - 0.3, 0)) * (1 + 0.1 * earlier) * first)

    def _press(self, mood: Mood, at: datetime) -> float:
        """Return the pressure before this touch and add the touch."""
        if mood.pressure_at is not None:
            days = (at - mood.pressure_at) / timedelta(days=1)
            mood.pressure *= 0.5 ** (days / self.rates.pressure_half_life_days)
        before = mood.pressure
        mood.pressure, mood.pressure_at = before + 1, at
        return before

    def _opening(self, p: Person, mood: Mood, at: datetime, key: tuple[object, ...]) -> Say:
        luck, r = self.luck, self.rates
        mood.talked, mood.turns = True, 0
        if luck.happens(r.negative, *key, "negative"):
            mood.wants = False
            out = luck.happens(r.opt_out_of_negative, *key, "no")
            return self._say(p, "opt_out" if out else luck.weighted(NEGATIVE, *key, "no what"), at, key)
        mood.wants = luck.happens(r.would_book, *key, "wants")
        if luck.happens(r.urgent, *key, "urgent"):
            return self._say(p, "medical_urgent", at, key)
        if p.kind == "proxy":
            return self._say(p, "proxy", at, key)
        meaning = luck.weighted(FRIENDLY_WANTS if mood.wants else FRIENDLY_IDLE, *key, "friendly")
        return self._say(p, meaning, at, key)

    # --- the talk ---
    def answered(self, p: Person, mood: Mood, text: str, at: datetime) -> Say | None:
        """Return what `p` says to an answer of the practice; None when the talk rests."""
        mood.turns += 1
        key = (p.id, mood.texts, "talk")
        if mood.stopped or mood.spoken_for or mood.turns > self.rates.max_turns:
            return None
        if reading.is_confirmation(text):
            mood.booked_at, mood.wants = at, False
            return self._say(p, "thanks", at, key) if self.luck.happens(self.rates.says_thanks, *key, "thx") else None
        if mood.booked_at:
            return None
        offered = reading.offers(text)
        if offered or (mood.offered and reading.asks_which(text)):
            mood.offered = offered or mood.offered
            return self._choose(p, mood, mood.offered, at, key)
        if reading.hands_over(text) and "?" not in text:
            return None
        if "?" in text:
            return self._reply_to_question(p, mood, text, at, key)
        if mood.wants and self.luck.happens(0.75, *key, "asks"):
            return self._say(p, "book", at, key)
        return self._say(p, "thanks", at, key) if self.luck.happens(0.25, *key, "thx") else None

    def _choose(
        self, p: Person, mood: Mood, offered: list[reading.Offer], at: datetime, key: tuple[object, ...]
    ) -> Say | None:
        luck = self.luck
        if not mood.wants:
            if luck.happens(0.4, *key, "silent"):
                return None
            return self._say(p, luck.weighted(NOT_NOW, *key, "not now"), at, key)
        if not mood.declined and luck.happens(self.rates.decline_first_offer, *key, "declines"):
            mood.declined = True
            return self._say(p, "decline_slots", at, key)
        chosen = luck.choice(offered, *key, "slot")
        line = self._pick_line(offered, chosen, key)
        nth = {"1": "first", "2": "second", "3": "third", "4": "fourth"}.get(chosen.number, "last")
        words = {
            "{n}": chosen.number,
            "{nth}": nth,
            "{day}": chosen.day,
            "{date}": chosen.date,
            "{time}": chosen.time,
        }
        said = re.sub(r"\{\w+\}", lambda found: words.get(found.group(), found.group()), line.text)
        return Say(said, line.intents, self._when(p, at, key, talk=True))

    def _pick_line(self, offered: list[reading.Offer], chosen: reading.Offer, key: tuple[object, ...]) -> Line:
        """A way of choosing that leaves no doubt: by number, or by whatever of day and time is the only one."""
        ban = [] if chosen.number else ["{n}", "{nth}"]
        if not chosen.date:
            ban.append("{date}")
        if not chosen.day:
            return self.book.line("pick_slot", *key, ban=(*ban, "{day}"))
        need: list[str] = []
        same_day = [offer for offer in offered if offer.day == chosen.day]
        if len(same_day) > 1:
            need = ["{n}"] if chosen.number and self.luck.happens(0.5, *key, "by number") else ["{day}", "{time}"]
        return self.book.line("pick_slot", *key, need=tuple(need), ban=tuple(ban))

    def _reply_to_question(self, p: Person, mood: Mood, text: str, at: datetime, key: tuple[object, ...]) -> Say | None:
        luck = self.luck
        if mood.wants:
            if reading.asks_to_book(text) and luck.happens(0.6, *key, "yes"):
                return self._say(p, "confirm", at, key)
            return self._say(p, "book" if reading.asks_when(text) or mood.turns > 1 else "give_info", at, key)
        if luck.happens(0.5, *key, "quiet"):
            return None
        if reading.asks_to_book(text):
            return self._say(p, luck.weighted(NOT_NOW, *key, "not now"), at, key)
        return self._say(p, "give_info" if mood.turns < 3 else "later", at, key)

    def missed(self, p: Person, mood: Mood, at: datetime) -> Say | None:
        """Return what `p` says when told that they were missed."""
        key = (p.id, mood.texts, "talk", "missed")
        mood.wants = self.luck.happens(self.rates.books_again, *key)
        mood.turns = 0
        return self._say(p, "book", at, key) if mood.wants else None

    def reminded(self, p: Person, mood: Mood, at: datetime) -> Say | None:
        """Return what `p` says to a reminder of the appointment."""
        r, key = self.rates, (p.id, mood.texts, "reminder")
        draw = self.luck.uniform(*key)
        if draw < r.confirms_reminder:
            return self._say(p, "confirm", at, key)
        if draw < r.confirms_reminder + r.moves_appointment:
            mood.booked_at, mood.wants = None, True
            return self._say(p, "reschedule", at, key)
        if draw < r.confirms_reminder + r.moves_appointment + r.cancels_appointment:
            mood.booked_at = None
            return self._say(p, "cancel_appointment", at, key)
        return None

    # --- words and times ---
    def _say(self, p: Person, meaning: str, at: datetime, key: tuple[object, ...]) -> Say:
        talk = "talk" in key or "reminder" in key
        line = self.book.foreign(meaning, *key) if p.language == "es" and self.luck.happens(0.6, *key, "es?") else None
        line = line or self.book.line(meaning, *key)
        said = line.text.replace("{first}", p.first).replace("{last}", p.last).replace("\\n", "\n")
        return Say(said, line.intents, self._when(p, at, key, talk=talk))

    def _when(self, p: Person, at: datetime, key: tuple[object, ...], *, talk: bool) -> datetime:
        """When they type: minutes within a talk; else soon, or at the hour when they look at the phone."""
        if talk:
            due = at + timedelta(minutes=self.luck.lognormal(9, 0.8, *key, "minutes"))
        elif self.luck.happens(0.6, *key, "soon"):
            due = at + timedelta(minutes=self.luck.lognormal(35, 1.0, *key, "minutes"))
        else:
            due = self._at_best_hour(p, at, key)
        local = due.astimezone(p.zone)
        if 7 <= local.hour < 22 or (talk and due - at < timedelta(minutes=30)):
            return due
        morning = local.replace(hour=8, minute=0) + timedelta(
            days=local.hour >= 22, minutes=self.luck.uniform(*key, "am") * 90
        )
        return morning.astimezone(at.tzinfo)

    def _at_best_hour(self, p: Person, at: datetime, key: tuple[object, ...]) -> datetime:
        local = at.astimezone(p.zone)
        hour = min(21.5, max(7.5, p.best_hour + 0.7 * self.luck.normal(*key, "hour")))
        then = local.replace(hour=int(hour), minute=int(hour % 1 * 60), second=0)
        return (then + timedelta(days=then <= local)).astimezone(at.tzinfo)
