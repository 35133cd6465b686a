"""Decides whether a written journey can be played, and holds it as a value.

A journey gives before it asks: its steps go through educate, introduce and ask in this order; any stage may
be absent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

STAGES = ("educate", "introduce", "ask")
CHANNELS = ("sms", "email")
GOALS = ("booked",)


@dataclass(frozen=True, slots=True)
class Step:
    """One touch of a plan: `wait` after the step before, and the content that may fill it, best first.

    `questions` and `objections` are those that people have at this point: shown in the picture of the journey.
    """

    slug: str
    channel: str
    wait: timedelta
    stage: str
    content: tuple[str, ...]
    questions: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Journey:
    """One immutable version of a plan; `then` is the journey that follows when this one ends unanswered."""

    slug: str
    version: int
    name: str
    goal: str
    steps: tuple[Step, ...]
    then: str | None
    silence_factor: float
    reply_pause: timedelta


class BadJourney(ValueError):
    """The journey cannot be played as written."""

    def __init__(self, slug: str, faults: Sequence[str]) -> None:
        super().__init__(f"Journey “{slug}” cannot be played: " + "; ".join(faults) + ".")
        self.faults = tuple(faults)


def from_spec(spec: Mapping[str, object]) -> Journey:
    """Return the journey that `spec` (schema 1, waits in days) describes.

    Raises BadJourney, which names every fault at once.
    """
    reading = _Reading(spec, keys=_JOURNEY_KEYS)
    if spec.get("schema") != 1:
        reading.faults.append("schema must be 1")
    slug = reading.slug("slug")
    journey = Journey(
        slug=slug,
        version=int(reading.number("version", least=1)),
        name=reading.text("name"),
        goal=reading.one_of("goal", GOALS),
        steps=reading.steps(),
        then=reading.slug("then") if spec.get("then") is not None else None,
        silence_factor=reading.number("silence_factor", least=1, default=1.3),
        reply_pause=timedelta(days=reading.number("reply_pause_days", above=0, default=5)),
    )
    faults = [*reading.faults, *_faults_of(journey.steps)]
    if faults:
        raise BadJourney(slug or "?", faults)
    return journey


_JOURNEY_KEYS = {
    "schema",
    "slug",
    "version",
    "name",
    "description",
    "goal",
    "then",
    "silence_factor",
    "reply_pause_days",
    "steps",
}
_STEP_KEYS = {"slug", "channel", "wait_days", "stage", "content", "questions", "objections"}
_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


class _Reading:
    """Reads one mapping and collects every fault, so that an author mends them in one go."""

    def __init__(self, spec: Mapping[str, object], *, keys: set[str], of: str = "") -> None:
        self.spec, self.of = spec, of
        self.faults = [f"{of}“{key}” is not a known key" for key in sorted(map(str, spec)) if key not in keys]

    def text(self, key: str) -> str:
        value = self.spec.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.faults.append(f"{self.of}{key} is missing")
        return ""

    def slug(self, key: str) -> str:
        value = self.text(key)
        if value and not _SLUG.fullmatch(value):
            self.faults.append(f"{self.of}{key} “{value}” must be small letters, digits, - or _")
        return value

    def one_of(self, key: str, allowed: Sequence[str]) -> str:
        value = self.text(key)
        if value and value not in allowed:
            self.faults.append(f"{self.of}{key} “{value}” is unknown; known are {', '.join(allowed)}")
        return value

    def number(
        self,
        key: str,
        *,
        least: float | None = None,
        above: float | None = None,
        default: float | None = None,
    ) -> float:
        value = self.spec.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.faults.append(f"{self.of}{key} must be a number")
            return 1.0
        if least is not None and value < least:
            self.faults.append(f"{self.of}{key} must be at least {least:g}")
        if above is not None and value <= above:
            self.faults.append(f"{self.of}{key} must be more than {above:g}")
        return float(value)

    def steps(self) -> tuple[Step, ...]:
        written = self.spec.get("steps")
        if not isinstance(written, Sequence) or isinstance(written, str) or not written:
            self.faults.append("it has no steps")
            return ()
        return tuple(self._step(number, step) for number, step in enumerate(written, 1))

    def _step(self, number: int, written: object) -> Step:
        of = f"step {number}: "
        if not isinstance(written, Mapping):
            self.faults.append(f"{of}must be a mapping")
            written = {}
        reading = _Reading(written, keys=_STEP_KEYS, of=of)
        first = number == 1
        step = Step(
            slug=reading.slug("slug"),
            channel=reading.one_of("channel", CHANNELS),
            wait=timedelta(
                days=reading.number(
                    "wait_days",
                    least=0 if first else None,
                    above=None if first else 0,
                    default=0 if first else None,
                )
            ),
            stage=reading.one_of("stage", STAGES),
            content=reading.names("content", "it needs at least one piece"),
            questions=reading.names("questions"),
            objections=reading.names("objections"),
        )
        self.faults += reading.faults
        return step

    def names(self, key: str, missing: str | None = None) -> tuple[str, ...]:
        """Read a list of texts; an absent one is a fault when `missing` says why."""
        value = self.spec.get(key, [])
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, Sequence) or not all(isinstance(item, str) for item in listed):
            self.faults.append(f"{self.of}{key} must be a list of texts")
            return ()
        if missing and not listed:
            self.faults.append(f"{self.of}{key}: {missing}")
        return tuple(listed)


def _faults_of(steps: Sequence[Step]) -> list[str]:
    """Name what is wrong between the steps: slugs used twice, and an order that asks before it has given."""
    slugs = [step.slug for step in steps if step.slug]
    faults = [f"step slug “{slug}” is used twice" for slug in sorted(set(slugs)) if slugs.count(slug) > 1]
    for earlier, later in pairwise(step for step in steps if step.stage in STAGES):
        if STAGES.index(later.stage) < STAGES.index(earlier.stage):
            faults.append(
                f"step “{later.slug}” ({later.stage}) comes after “{earlier.slug}” ({earlier.stage}); "
                f"the order is {', then '.join(STAGES)}"
            )
    return faults
