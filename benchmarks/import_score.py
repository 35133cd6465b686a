"""Scores what `rewarm import --dry-run --json` prints against a truth file, one line a measure with its bar.

rewarm import --dry-run --json --as-of 2026-11-21 FILE… > answer.json
python -m benchmarks.import_score answer.json TRUTH.json
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

Json = dict[str, Any]
Row = tuple[str, int]
CHANNELS = ("sms", "call", "email")


@dataclass
class Measure:
    """One line of the report; `examples` are shown with --verbose."""

    name: str
    value: float
    bar: str
    passed: bool | None
    examples: list[Any] = field(default_factory=list)

    def __str__(self) -> str:
        mark = {True: "pass", False: "FAIL", None: "    "}[self.passed]
        figure = f"{self.value:.4f}" if isinstance(self.value, float) else str(self.value)
        return f"{mark}  {self.name:<42} {figure:>10}   {self.bar}"


class Scored:
    """An answer beside the truth, both indexed by row."""

    def __init__(self, answer: Json, truth: Json) -> None:
        self.answer, self.truth = answer, truth
        self.rows: dict[Row, Json] = {(row["file"], row["row"]): row for row in truth["rows"]}
        self.structural = {(row["file"], row["row"]) for row in truth["structural_rows"]}
        self.people: dict[str, Json] = {person["id"]: person for person in truth["people"]}
        self.contact_of: dict[Row, int] = {}
        for index, contact in enumerate(answer["contacts"]):
            for file, row in contact["rows"]:
                self.contact_of[(file, row)] = index
        self.held: dict[Row, str] = {(file, row): why for file, row, why in answer["quarantined"]}
        self.skipped = {(file, row) for file, row in answer["skipped"]}
        self.answer_rows: dict[Row, Json] = {(row["file"], row["row"]): row for row in answer["rows"]}
        self.contacts_of_person: dict[str, set[int]] = defaultdict(set)
        for key, row in self.rows.items():
            if row.get("person") and row["kind"] == "contact" and key in self.contact_of:
                self.contacts_of_person[row["person"]].add(self.contact_of[key])

    def contact_rows(self) -> Iterator[tuple[Row, Json]]:
        return ((key, row) for key, row in self.rows.items() if row["kind"] == "contact")


def rows_kept(s: Scored) -> Iterator[Measure]:
    dropped = [key for key in s.rows if key not in s.contact_of and key not in s.held and key not in s.skipped]
    yield Measure("silent drops", len(dropped), "0", not dropped, dropped)
    junk = [key for key in s.contact_of if key in s.structural or s.rows.get(key, {}).get("kind") == "quarantine"]
    yield Measure("junk imported", len(junk), "0", not junk, junk)
    strangers = [key for key in s.contact_of if key not in s.rows and key not in s.structural]
    yield Measure("rows that do not exist", len(strangers), "0", not strangers, strangers)


def dedupe(s: Scored) -> Iterator[Measure]:
    scored = {key: row["person"] for key, row in s.contact_rows() if row.get("person")}
    true = set(_pairs(scored))
    said = set(_pairs({key: index for key, index in s.contact_of.items() if key in scored}))
    yield Measure("dedupe precision", _ratio(len(true & said), len(said)), ">= .95", len(true & said) >= 0.95 * len(said),
                  sorted(said - true))  # fmt: skip
    yield Measure("dedupe recall", _ratio(len(true & said), len(true)), ">= .85", len(true & said) >= 0.85 * len(true),
                  sorted(true - said))  # fmt: skip


def _pairs(groups: dict[Row, Any]) -> Iterator[tuple[Row, Row]]:
    members: dict[Any, list[Row]] = defaultdict(list)
    for key, group in groups.items():
        members[group].append(key)
    for rows in members.values():
        yield from combinations(sorted(rows), 2)


def addresses(s: Scored) -> Iterator[Measure]:
    wrong: dict[str, list[Any]] = {"phones": [], "emails": []}
    total = 0
    for key, row in s.contact_rows():
        said = s.answer_rows.get(key)
        if said is None:
            if row.get("may_be_quarantined"):
                continue
            said = {"phones": [], "emails": []}
        total += 1
        person = s.people.get(row.get("person") or "", {})
        maybe = {_e164(one) for one in (*row.get("maybe_phones", []), *person.get("maybe_phones", []))}
        maybe |= {one["e164"] for one in row["phones"] if one.get("proxy")}
        if {one["e164"] for one in row["phones"]} - maybe != set(said["phones"]) - maybe:
            wrong["phones"].append((key, [one["e164"] for one in row["phones"]], said["phones"]))
        repairs = {one["may_repair_to"].lower() for one in row.get("dropped_emails", []) if one.get("may_repair_to")}
        if {one.lower() for one in row["emails"]} - repairs != {one.lower() for one in said["emails"]} - repairs:
            wrong["emails"].append((key, row["emails"], said["emails"]))
    for kind, misses in wrong.items():
        share = 1 - len(misses) / total
        yield Measure(f"{kind} exact", share, ">= .98", share >= 0.98, misses)


def _e164(one: Any) -> str:
    return str(one["e164"] if isinstance(one, dict) else one)


def denials(s: Scored) -> Iterator[Measure]:
    closed = {address: set(channels) for address, channels in s.answer["denied_addresses"].items()}
    holders: dict[str, list[Json]] = defaultdict(list)
    for contact in s.answer["contacts"]:
        for address in (*contact["phones"], *contact["emails"]):
            holders[address.lower()].append(contact)
    lost = [
        (one["address"], channel)
        for one in s.truth["addresses"]
        for channel in one["denied"]
        for contact in holders[one["address"].lower()]
        if contact["consent"][channel] != "denied" and channel not in closed.get(one["address"].lower(), ())
    ]
    yield Measure("lost a denial", len(lost), "0", not lost, lost)


def consent(s: Scored) -> Iterator[Measure]:
    with_history = bool(s.answer.get("histories"))
    invented, over, lost, grants = [], [], [], 0
    for person, contacts in s.contacts_of_person.items():
        for channel in CHANNELS:
            true = s.people[person]["consent"][channel]
            allowed = {true["state"], *true.get("also_ok", [])}
            if with_history and channel in s.people[person].get("consent_with_history", {}):
                allowed.add(s.people[person]["consent_with_history"][channel])
            said = {s.answer["contacts"][index]["consent"][channel] for index in contacts}
            if "granted" in said and "granted" not in allowed:
                invented.append((person, channel, true))
            if "denied" in said and "denied" not in allowed:
                over.append((person, channel, true))
            if allowed == {"granted"}:
                grants += 1
                if said != {"granted"}:
                    lost.append((person, channel, said, true.get("evidence")))
    yield Measure("invented a grant", len(invented), "0", not invented, invented)
    share = len(over) / max(1, 3 * len(s.contacts_of_person))
    yield Measure("over-denied", share, "< .01 (report)", share < 0.01, over)
    yield Measure("lost a grant", len(lost) / max(1, grants), "< .05 (report)", len(lost) < 0.05 * max(1, grants), lost)


def mapping(s: Scored) -> Iterator[Measure]:
    wrong, total = [], 0
    for file in s.truth["files"]:
        said = s.answer["mapping"].get(file["file"], {})
        for column in file["columns"]:
            total += 1
            got = said.get(str(column["index"]), "ignore")
            if column["field"] != got and column["field"] != "ignore":
                wrong.append((file["file"], column["header"], column["field"], got))
    share = 1 - len(wrong) / max(1, total)
    yield Measure("column mapping", share, ">= .97", share >= 0.97, wrong)


def row_dates(s: Scored) -> Iterator[Measure]:
    wrong, invented, total = [], [], 0
    for key, row in s.contact_rows():
        if key not in s.answer_rows:
            continue
        said, also = s.answer_rows[key]["dates"], row.get("dates_also_ok", {})
        for name, day in row["dates"].items():
            total += 1
            if said.get(name) not in {day, *_listed(also.get(name))}:
                wrong.append((key, name, day, said.get(name)))
        invented += [(key, name, day) for name, day in said.items() if name not in row["dates"] and name not in also]
    share = 1 - len(wrong) / max(1, total)
    yield Measure("dates exact", share, ">= .99", share >= 0.99, wrong)
    yield Measure("dates invented", len(invented), "0", not invented, invented)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value is not None else []


def merged_dates(s: Scored) -> Iterator[Measure]:
    wrong, total = [], 0
    for person, contacts in s.contacts_of_person.items():
        best = max(contacts, key=lambda index: len(s.answer["contacts"][index]["rows"]))
        said = s.answer["contacts"][best]["dates"]
        for name, day in s.people[person]["dates"].items():
            total += 1
            if said.get(name) not in {day, *_listed(s.people[person].get("dates_also_ok", {}).get(name))}:
                wrong.append((person, name, day, said.get(name)))
    share = 1 - len(wrong) / max(1, total)
    yield Measure("merged dates", share, ">= .97", share >= 0.97, wrong)


def quarantine(s: Scored) -> Iterator[Measure]:
    counted = {key: why for key, why in s.held.items() if key in s.rows and not s.rows[key].get("may_be_quarantined")}
    true = {key: row["reason"] for key, row in s.rows.items() if row["kind"] == "quarantine"}
    both = counted.keys() & true.keys()
    precision, recall = _ratio(len(both), len(counted)), _ratio(len(both), len(true))
    yield Measure("quarantine precision", precision, ">= .95", precision >= 0.95, sorted(counted.keys() - true.keys()))
    yield Measure("quarantine recall", recall, ">= .95", recall >= 0.95, sorted(true.keys() - counted.keys()))
    right = _ratio(sum(counted[key] == true[key] for key in both), len(both))
    yield Measure(
        "quarantine reason right",
        right,
        "report",
        None,
        [(k, true[k], counted[k]) for k in both if counted[k] != true[k]],
    )


def deceased(s: Scored) -> Iterator[Measure]:
    alive = [
        person
        for person, one in s.people.items()
        if one.get("deceased")
        for index in s.contacts_of_person.get(person, ())
        if any(s.answer["contacts"][index]["consent"][channel] != "denied" for channel in CHANNELS)
    ]
    yield Measure("dead people who can be reached", len(alive), "0", not alive, alive)


def segments(s: Scored) -> Iterator[Measure]:
    for column in ("segments", "segments_with_history"):
        if column == "segments_with_history" and not s.answer.get("histories"):
            continue
        for slug in s.truth["segments"]:
            yield _segment(s, column, slug)


def _segment(s: Scored, column: str, slug: str) -> Measure:
    true: set[str] = set()
    said: set[str] = set()
    for person, one in s.people.items():
        members = one[column] if column in one else one["segments"]
        if slug in members:
            true.add(person)
        if any(slug in s.answer["contacts"][index][column] for index in s.contacts_of_person.get(person, ())):
            said.add(person)
    score = _ratio(2 * len(true & said), len(true) + len(said))
    wrong = [("missing", one) for one in sorted(true - said)] + [("too many", one) for one in sorted(said - true)]
    return Measure(f"{column} {slug} F1", score, ">= .97", score >= 0.97, wrong)


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


MEASURES = (
    rows_kept,
    dedupe,
    addresses,
    denials,
    consent,
    mapping,
    row_dates,
    merged_dates,
    quarantine,
    deceased,
    segments,
)


def score(answer: Json, truth: Json) -> list[Measure]:
    """Return every measure of one answer."""
    scored = Scored(answer, truth)
    return [measure for measures in MEASURES for measure in measures(scored)]


def same_result(one: Json, other: Json) -> bool:
    """Tell whether two answers hold the same people and the same consent, whatever the order."""
    return bool(_essence(one) == _essence(other))


def _essence(answer: Json) -> Any:
    people = {
        tuple(sorted(map(tuple, contact["rows"]))): (
            tuple(sorted(contact["consent"].items())),
            tuple(sorted(contact["phones"])),
        )
        for contact in answer["contacts"]
    }
    return people, sorted(map(tuple, answer["quarantined"])), answer["denied_addresses"]


def report(measures: Iterable[Measure], *, verbose: bool) -> bool:
    """Print the measures; return whether all that have a bar passed."""
    passed = True
    for measure in measures:
        print(measure)
        passed = passed and measure.passed is not False
        if verbose:
            for example in measure.examples[:12]:
                print("        ", example)
    return passed


def main(arguments: list[str]) -> int:
    """Score ANSWER.json against TRUTH.json; -v shows what is wrong."""
    paths = [Path(one) for one in arguments if not one.startswith("-")]
    if len(paths) != 2:
        print(__doc__)
        return 2
    answer, truth = (json.loads(path.read_text(encoding="utf-8")) for path in paths)
    return 0 if report(score(answer, truth), verbose="-v" in arguments) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
