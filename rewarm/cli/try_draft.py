"""Shows what would be written: {contact, facts, occasions, content, step, now} in, the draft with its sources out.

`content` is a template, an object {body, subject, …}, the slug of a pack's content, or absent: then it is chosen. Occasions
that are not given are computed. A template without `approved_by` is read as free text: its details must be found on record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from typing import Any

from rewarm.adapters import pack_content
from rewarm.adapters.writer import write, write_one
from rewarm.domain.assignment import Assignment, Content, Said, Step, assign
from rewarm.domain.draft import Draft
from rewarm.domain.occasion import Occasion, occasions
from rewarm.domain.person import Brand, Person
from rewarm.domain.slots import slots

Line = Mapping[str, Any]
EXAMPLE = Brand("Brightwater Hearing", "Priya", phone="(503) 555-0100", address="12 Oak Street, Portland, OR 97201")
NEVER_SAID = 2


@dataclass(frozen=True, slots=True)
class Told:
    """A fact as it stands on the line."""

    id: str
    kind: str
    quote: str
    value: str | None
    sensitivity: int


def main(argv: list[str]) -> int:
    """Answer one JSON object a line."""
    from rewarm.cli.try_ import run_lines

    return run_lines(answer)


def answer(line: Line) -> dict[str, Any]:
    """Write one draft; raises KeyError, TypeError or ValueError on nonsense."""
    now = _instant(line["now"])
    person = _person(line.get("contact") or {})
    known = [_fact(each, n) for n, each in enumerate(line.get("facts") or (), 1)]
    pack = line.get("pack", "audiology")
    given = line.get("occasions")
    reasons = (
        occasions(person, known, pack_content.occasion_rules(pack), now)
        if given is None
        else tuple(_occasion(each, n, now) for n, each in enumerate(given, 1))
    )
    content = _content(line.get("content"), pack)
    step = _step(line.get("step") or {}, content)
    task = assign(
        person, known, reasons, _brand(line), step,
        style=pack_content.style(pack), now=now, said=_said(line.get("said") or ()),
        opt_out_due=bool(line.get("opt_out_due", True)), seed=str(line.get("seed", line.get("id", ""))),
    )  # fmt: skip
    found = {"id": line["id"]} if "id" in line else {}
    return {**found, **_told(_draft(content, task, pack, now))}


def _draft(content: Content | None, task: Assignment, pack: str, now: datetime) -> Draft:
    if content is not None:
        return write_one(content, task, _with_other_names(slots(task)))
    return write(
        task.person, task.facts, task.occasions, pack_content.library(pack), task.brand, task.step, now,
        said=task.said, opt_out_due=task.opt_out_due, seed=task.seed,
    )  # fmt: skip


def _told(draft: Draft) -> dict[str, Any]:
    told: dict[str, Any] = {
        "text": draft.text,
        "language": draft.language,
        "sms_segments": draft.sms_segments,
        "sources": [{"start": s.start, "end": s.end, "kind": s.kind, "id": s.id} for s in draft.sources],
        "refused": [{"check": no.check, "why": no.why} for no in draft.refused],
        "content": draft.content,
        "value_share": round(draft.value_share, 2),
    }
    return told | ({"subject": draft.subject} if draft.subject else {})


def _person(given: Line) -> Person:
    dates = {name: _day(given[name]) for name in _DATES if given.get(name)}
    plain = {name: given[name] for name in _PLAIN if given.get(name) is not None}
    whole = str(given.get("name") or "").split()
    names = {"first_name": whole[0], "last_name": " ".join(whole[1:])} if whole else {}
    return Person(**{**names, **plain, **dates})


_DATES = ("inquired_on", "last_test_on", "last_fitting_on", "last_appointment_on")
_PLAIN = tuple(field.name for field in fields(Person) if field.name not in _DATES)


def _fact(given: Line, n: int) -> Told:
    kind = str(given.get("kind") or given["type"])
    value = given.get("value")
    private = NEVER_SAID if kind == "sensitive" else 1
    return Told(
        id=str(given.get("id", f"f{n}")),
        kind=kind,
        quote=str(given["quote"]),
        value=None if value is None else str(value),
        sensitivity=int(given.get("sensitivity", private)),
    )


def _occasion(given: Any, n: int, now: datetime) -> Occasion:
    if isinstance(given, str):
        given = {"text": given}
    text = str(given.get("text") or given["name"])
    return Occasion(
        id=str(given.get("id", f"o{n}")),
        kind=str(given.get("kind", "occasion")),
        name=str(given.get("name", text)),
        text=text,
        on=_day(given["on"]) if given.get("on") else now.date(),
        sources=tuple(given.get("sources", ())),
    )


def _content(given: Any, pack: str) -> Content | None:
    if given is None:
        return None
    shelf = {each.slug: each for each in pack_content.contents(pack)}
    if isinstance(given, str):
        return shelf.get(given) or Content("given", "sms", "ask", given)
    body = given.get("body") or given.get("template") or given.get("text")
    if body is None:
        return shelf[given["slug"]]
    named: dict[str, Any] = {field.name: given[field.name] for field in fields(Content) if field.name in given}
    named |= {key: tuple(named[key]) for key in ("tags", "segments", "needs", "claims") if key in named}
    return replace(Content("given", "sms", "ask", ""), **(named | {"body": body}))


def _step(given: Line, content: Content | None) -> Step:
    channel, stage = (content.channel, content.stage) if content else ("sms", "educate")
    return Step(
        slug=str(given.get("slug", "try")),
        channel=given.get("channel", channel),
        stage=given.get("stage", stage),
        n=int(given.get("n", 1)),
        content=tuple(given.get("content", ())),
    )


def _brand(line: Line) -> Brand:
    given = line.get("brand") or {}
    return replace(EXAMPLE, **{field.name: given[field.name] for field in fields(Brand) if field.name in given})


def _said(given: Iterable[Any]) -> list[Said]:
    return [Said(each) if isinstance(each, str) else Said(each["text"], each.get("content", "")) for each in given]


def _with_other_names(values: dict[str, Any]) -> dict[str, Any]:
    """Let a template say `first_name` or `facts.goal` as well: people guess."""
    brand: dict[str, Any] = values["brand"]
    contact: dict[str, Any] = values["contact"]
    other = {
        "person": contact,
        "facts": values["fact"],
        "occasions": values["occasion"],
        "sender_name": brand["sender"],
    }
    return {**contact, **brand, **other, **values}


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()
