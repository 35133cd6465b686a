"""Writes one message to one person from a library of content: the first text that passes every check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from rewarm.adapters.liquid import TemplateError, render
from rewarm.domain.assignment import Assignment, Content, Said, Step, assign
from rewarm.domain.draft import Draft, finish, rank, refuse
from rewarm.domain.occasion import Occasion
from rewarm.domain.person import Brand, Citable, Person
from rewarm.domain.reading import Refusal
from rewarm.domain.slots import slots
from rewarm.domain.style import Style

NOTHING = Content("", "", "", "")


@dataclass(frozen=True)
class Library:
    """The content and the style that a practice writes with; built once, used for every touch."""

    contents: tuple[Content, ...]
    style: Style

    @cached_property
    def _shelves(self) -> dict[tuple[str, str, str], tuple[Content, ...]]:
        return {}

    def shelf(self, step: Step, language: str) -> tuple[Content, ...]:
        """Return the contents that a step may use: those it names by slug or tag, else those of its stage."""
        key = (step.slug, step.channel, f"{language}|{step.stage}|{','.join(step.content)}")
        if key not in self._shelves:
            self._shelves[key] = tuple(each for each in self.contents if _fits(each, step, language))
        return self._shelves[key]


def write(
    person: Person,
    facts: Sequence[Citable],
    occasions: Iterable[Occasion],
    library: Library,
    brand: Brand,
    step: Step,
    now: datetime,
    *,
    said: Iterable[Said] = (),
    opt_out_due: bool = True,
    seed: str = "",
) -> Draft:
    """Write the message of a step: candidates are tried best first until one has no refusals.

    When none passes, the first draft comes back with its refusals; without any candidate, a draft refused by `content`.
    """
    task = assign(
        person, facts, occasions, brand, step,
        style=library.style, now=now, said=said, opt_out_due=opt_out_due, seed=seed,
    )  # fmt: skip
    values = slots(task)
    first: Draft | None = None
    for content in rank(library.shelf(step, person.language), task):
        draft = write_one(content, task, values)
        if not draft.refused:
            return draft
        first = first or draft
    return first or refuse(NOTHING, Refusal("content", f"no {step.channel} content suits step {step.slug!r}"))


def write_one(content: Content, task: Assignment, values: Mapping[str, object]) -> Draft:
    """Write one content to the person of an assignment, whether it suits or not; a missing field is a refusal."""
    try:
        subject = render(content.subject, values) if content.subject else ""
        return finish(_body(content, task, values), content, task, subject=subject)
    except TemplateError as wrong:
        return refuse(content, Refusal("fields", str(wrong)))


def _body(content: Content, task: Assignment, values: Mapping[str, object]) -> str:
    """Append the way out: the opt-out line where it is due, the footer of every letter."""
    body = render(content.body, values)
    closing = task.style.closings.get(task.step.channel, "")
    if not closing or (task.step.channel == "sms" and not task.opt_out_due):
        return body
    return f"{body.rstrip()}\n\n{render(closing, values)}"


def _fits(content: Content, step: Step, language: str) -> bool:
    if content.channel != step.channel or content.language.partition("-")[0] != language.partition("-")[0]:
        return False
    named = set(step.content)
    return bool(named & {content.slug, *content.tags}) if named else content.stage == step.stage
