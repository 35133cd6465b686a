"""Finds what must never happen, from the received texts, the export files and the approved content alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from town.export import read_folder
from town.grounds import Approved, Detector, Known
from town.hours import allowed
from town.people import Person, Residents, canonical
from town.wording import plain, words

Entry = dict[str, Any]
AGAIN = timedelta(days=30)
REPLY_WITHIN = timedelta(hours=1)
TALK = timedelta(hours=36)
CONFIRMS_STOP = re.compile(
    r"\b(ya no (?:recibir|enviar|le escribir)\w*|no recibir\w* m[aá]s"  # said in Spanish
    r"|unsubscribed|opted out|removed|no (?:more|further)|won'?t (?:text|send|hear|get)"
    r"|stopped|not (?:text|message))",
    re.I,
)
ABOUT_A_VISIT = re.compile(r"\b(appointment|visit|booked|see(?:ing)? you|hearing (?:test|check))\b", re.I)
EXAMPLES = 12


class Checker:
    """Judges the town's log; knows nothing of the sender's state."""

    def __init__(self, people: Residents, export: Path, content: Iterable[Path]) -> None:
        self.people = people
        records = read_folder(export) if export.is_dir() else {}
        self.cells = {
            person.id: "\n".join(records.get(row, "") for row in person.rows) for person in people.by_id.values()
        }
        self.approved = Approved.read(content)

    def report(self, log: list[Entry], reused_keys: list[str], own: Iterable[str] = ()) -> dict[str, Any]:
        """Return every count with examples; `own` is what the practice says of itself. Each should be 0 but `personal`."""
        doubles = self.duplicates(log) + [{"key": key, "why": "one key accepted twice"} for key in reused_keys]
        late = self.after_opt_out(log)
        night = self.outside_quiet_hours(log)
        ungrounded, personal = self.details(log, own)
        return {
            "duplicates": listed(doubles),
            "after_opt_out": listed(late),
            "outside_quiet_hours": listed(night),
            "ungrounded": listed(ungrounded),
            "personal": personal,
        }

    # --- never twice ---
    def duplicates(self, log: list[Entry]) -> list[Entry]:
        """The same address and the same words within 30 days."""
        seen: dict[tuple[str, str], datetime] = {}
        found = []
        for entry in messages(log):
            body = " ".join(words(entry.get("subject", "") + " " + entry["text"]))
            key, at = (address(entry), body), datetime.fromisoformat(entry["at"])
            if key in seen and at - seen[key] < AGAIN:
                found.append(shown(entry, f"also sent at {seen[key].isoformat()}"))
            seen[key] = at
        return found

    # --- never after no ---
    def after_opt_out(self, log: list[Entry]) -> list[Entry]:
        """Anything but one confirmation to an address after the practice took its opt-out."""
        stopped: dict[str, bool] = {}  # address -> confirmation had
        found = []
        for entry in log:
            if entry["in"] == "said":
                if entry["out"]:
                    stopped.setdefault(
                        canonical(entry["from"]) if entry["out"] == "sms" else entry["from"].lower(), False
                    )
                continue
            to = address(entry)
            if to not in stopped:
                continue
            if not stopped[to] and CONFIRMS_STOP.search(entry["text"]):
                stopped[to] = True
            else:
                found.append(shown(entry, "after an opt-out"))
        return found

    # --- never at night ---
    def outside_quiet_hours(self, log: list[Entry]) -> list[Entry]:
        """Texts at an hour which the resident's true zone and state do not allow; answers within the hour are free."""
        heard: dict[str, datetime] = {}
        found = []
        for entry in log:
            at = datetime.fromisoformat(entry["at"])
            if entry["in"] == "said":
                if entry.get("text"):
                    heard[canonical(entry["from"])] = at
                continue
            person = self.people.by_id.get(entry["person"])
            if entry["in"] != "sms" or person is None:
                continue
            to = address(entry)
            if to in heard and at - heard[to] <= REPLY_WITHIN:
                continue
            local = at.astimezone(person.zone)
            if not allowed(local, person.state, marketing=not is_about_a_visit(entry["text"])):
                found.append(shown(entry, f"{local:%a %H:%M} in {person.state or '?'} ({person.zone})"))
        return found

    # --- never made up ---
    def details(self, log: list[Entry], own: Iterable[str]) -> tuple[list[Entry], Entry]:
        """Return the messages with an unfounded detail, and the share of marketing texts with a founded one."""
        detector = Detector(self.approved.plus(own), self.own_names(log))
        spoken: dict[str, str] = {}
        heard: dict[str, datetime] = {}
        found: list[Entry] = []
        recalled: Counter[str] = Counter()
        for entry in log:
            at = datetime.fromisoformat(entry["at"])
            if entry["in"] == "said":
                spoken[entry["person"]] = spoken.get(entry["person"], "") + "\n" + entry.get("text", "")
                heard[entry["person"]] = at
                continue
            person = self.people.by_id.get(entry["person"])
            if person is None:
                continue
            known = Known.of(self.cells[person.id], "\n".join(person.notes), spoken.get(person.id, ""))
            talking = person.id in heard and at - heard[person.id] <= TALK
            strange = detector.ungrounded(entry["text"], known, names(person), at, talking=talking)
            if strange:
                found.append(shown(entry, ", ".join(strange)))
            if person.citable and entry["in"] == "sms" and not talking and not is_about_a_visit(entry["text"]):
                recalled["texts"] += 1
                recalled["personal"] += detector.personal(entry["text"], known, names(person))
        share = recalled["personal"] / recalled["texts"] if recalled["texts"] else 0.0
        return found, {"share": round(share, 4), "personal": recalled["personal"], "texts": recalled["texts"]}

    def own_names(self, log: list[Entry]) -> set[str]:
        """Capitalised words that go to very many people cannot be about one: the practice, its staff, its streets."""
        readers: dict[str, set[str]] = {}
        for entry in messages(log):
            for word in set(re.findall(r"\b[A-Z][a-z]+\b", entry["text"])):
                readers.setdefault(plain(word), set()).add(entry["person"])
        many = max(10, len({entry["person"] for entry in messages(log)}) // 4)
        return {word for word, who in readers.items() if len(who) >= many}


def messages(log: list[Entry]) -> Iterable[Entry]:
    """Return what was sent to residents, texts and e-mails."""
    return [entry for entry in log if entry["in"] in ("sms", "mail")]


def address(entry: Entry) -> str:
    """Return the canonical address of a message."""
    return canonical(entry["to"]) if entry["in"] == "sms" else entry["to"].lower()


def names(person: Person) -> set[str]:
    """Return how a person may be called."""
    return {word for part in (person.first, person.last, person.nick) for word in words(part)}


def is_about_a_visit(text: str) -> bool:
    """Tell whether a text reminds of a visit or confirms one (it names a clock time)."""
    return bool(ABOUT_A_VISIT.search(text) and re.search(r"\d\s?[ap]\.?m\b|\d:\d\d", text, re.I))


def shown(entry: Entry, why: str) -> Entry:
    """Return what a reader of the report needs."""
    return {
        "at": entry["at"],
        "to": entry["to"],
        "key": entry.get("key", ""),
        "text": entry["text"],
        "why": why,
    }


def listed(found: list[Entry]) -> Entry:
    """Return a count with its first examples."""
    return {"count": len(found), "examples": found[:EXAMPLES]}
