"""Shows what the practice says: its messages by stage as an example reads, and its answers to what people ask."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

from rewarm.actions.compose import brand_of
from rewarm.adapters import pack_content
from rewarm.adapters.liquid import TemplateError, render
from rewarm.domain.assignment import BRAND, DATES, Content
from rewarm.domain.faq import Entry
from rewarm.domain.journey import STAGES
from rewarm.domain.person import EMOTION
from rewarm.models import Contact, Workspace
from rewarm.web.page import page
from rewarm.web.workspace import Request, staff


@dataclass(frozen=True, slots=True)
class Example:
    """One content as written, and what it needs to know before it can be used."""

    content: Content
    text: str

    @property
    def line(self) -> str:
        """Say what it is about without its greeting: the first sentence that is this text's own."""
        return " ".join(self.text.partition(" at ")[2].partition(". ")[2].split()) or self.text


@dataclass(frozen=True, slots=True)
class Answer:
    """One question with the practice's answer; None where a setting is missing, so that a person answers."""

    entry: Entry
    text: str | None


@require_GET
@staff
def content(request: Request) -> HttpResponse:
    """Show the library of the workspace's pack."""
    contents = sorted(
        pack_content.contents(request.workspace.pack), key=lambda one: (STAGES.index(one.stage), one.slug)
    )
    stages = [
        (stage, [Example(one, readable(one, request.workspace)) for one in group])
        for stage, group in groupby(contents, key=lambda one: one.stage)
    ]
    fields = pack_content.answer_fields(request.workspace.profile, request.workspace.name)
    answers = [Answer(entry, pack_content.answer(entry, fields)) for entry in pack_content.faq(request.workspace.pack)]
    return page(
        request, "content/page.html", stages=stages, answers=answers, count=len(contents),
        silent=sum(one.text is None for one in answers),
    )  # fmt: skip


def readable(one: Content, workspace: Workspace) -> str:
    """Fill a template with the practice's own words and with [names] where a person's facts will stand."""
    brand = brand_of(workspace, Contact(workspace=workspace), "")
    told = "[what they told us]"
    values: dict[str, object] = {
        "hi": "Hi [first name]",
        "contact": {"first_name": "[first name]"},
        "fact": {kind: f"[{kind.replace('_', ' ')}]" for kind in EMOTION},
        "goal": _Anything("[goal]"),
        "concern": _Anything("[concern]"),
        "when": dict.fromkeys(DATES, "[in some month]"),
        "since": dict.fromkeys(DATES, "[some months]"),
        "opener": told,
        "opener_fact": told,
        "occasion": _Anything(_Anything("[occasion]")),
        "claim": {each.id: each.text for each in pack_content.claims(workspace.pack).values()},
        "brand": {name: getattr(brand, field) for name, field in BRAND.items()} | {"booking_url": "[booking link]"},
    }
    try:
        return render(one.body, values)
    except TemplateError:
        return one.body


class _Anything(dict[str, object]):
    """Answers every key alike: an example does not know which topic a person will have."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self._value = value

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> object:
        return self._value


urlpatterns = [path("content", content, name="content")]
