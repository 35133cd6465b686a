"""Reads what a pack says: content, journeys, FAQ, claims and occasions, each checked with the file and line of a mistake."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from rewarm.adapters.liquid import TemplateError, fields, render
from rewarm.adapters.pack_file import PackError, parse, read
from rewarm.adapters.writer import Library
from rewarm.domain.assignment import DATES, Content
from rewarm.domain.faq import Entry
from rewarm.domain.occasion import Ahead, Calendar, Elapsed, Feast, LeadTime, Rule, YearEnd
from rewarm.domain.person import EMOTION
from rewarm.domain.reading import WORD
from rewarm.domain.style import NEVER, SELDOM, USUAL, Blocked, Claim, Style, Watch
from rewarm.domain.trade import Trade

T = TypeVar("T")
_FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
_DATE_SLOTS = {f"{way}.{key}": field for key, field in DATES.items() for way in ("when", "since")}
_CHANNELS, _STAGES = ("sms", "email"), ("educate", "introduce", "ask")
_RULES: Mapping[str, Callable[..., Rule]] = {
    "elapsed": Elapsed, "feast": Feast, "year_end": YearEnd, "ahead": Ahead, "lead_time": LeadTime,
}  # fmt: skip


@cache
def contents(pack: str) -> tuple[Content, ...]:
    """Read the messages of a pack (`content/*.md`: YAML front matter, Liquid body)."""
    return tuple(content_of(path) for path in _files(pack, "content", ".md"))


@cache
def journeys(pack: str) -> Mapping[str, Mapping[str, Any]]:
    """Read the journeys of a pack by slug, as the plain mappings that `journey.from_spec` takes."""
    specs = [read(path) for path in _files(pack, "journeys", ".yaml")]
    return {str(spec["slug"]): spec for spec in specs}


@cache
def claims(pack: str) -> Mapping[str, Claim]:
    """Read the approved claims of a pack by id."""
    path = _root(pack) / "claims.yaml"
    listed = read(path).get("claims", [])
    return {each["id"]: _build(Claim, each, path) for each in listed}


@cache
def faq(pack: str) -> tuple[Entry, ...]:
    """Read the questions that a pack can answer."""
    path = _root(pack) / "faq.yaml"
    return tuple(_build(Entry, {**each, "questions": tuple(each["questions"])}, path) for each in read(path)["faq"])


@cache
def occasion_rules(pack: str) -> Calendar:
    """Read the occasions of the base and of a pack; offers are a practice's own and come from its rows."""
    paths = [_root(each) / "occasions.yaml" for each in ("base", pack)]
    return Calendar(tuple(_rule(each, path) for path in paths for each in read(path).get("occasions", [])))


@cache
def trade(pack: str) -> Trade:
    """Read the words of a trade (pack.yaml, `trade`); a pack without any says what plain English says."""
    spec = read(_root(pack) / "pack.yaml").get("trade", {})
    return Trade(
        short=spec.get("short", {}),
        device=spec.get("device", ""),
        acts=re.compile(spec["acts"]) if "acts" in spec else None,
        articled=frozenset(spec.get("articled", ())),
        uncounted=re.compile(rf"(?:{'|'.join(spec['uncounted'])})(?: for .+)?") if "uncounted" in spec else None,
    )


@cache
def style(pack: str) -> Style:
    """Read how a pack sounds: the base's watched words with the pack's own, its claims, openers and closings."""
    base, own, voice = (
        read(_root(p) / n) for p, n in (("base", "writing.yaml"), (pack, "claims.yaml"), (pack, "pack.yaml"))
    )
    patterns = {key: _either([*base.get(key, ()), *own.get(key, ())]) for key in _WATCHED}
    refused = [*base.get("blocked", ()), *own.get("blocked", ())]
    blocked = tuple(Blocked(_either(no["pattern"]), no["why"]) for no in refused)
    seldom = [*(words for key in SELDOM for words in (*base.get(key, ()), *own.get(key, ())))]
    seldom += [words for no in refused for words in _list(no["pattern"])]
    words = [each.body for each in contents(pack)] + [claim.text for claim in claims(pack).values()]
    words += [text for each in faq(pack) for text in (*each.questions, each.answer)]
    return Style(
        claims=claims(pack),
        spoken=voice.get("spoken", {}),
        trade=trade(pack),
        openers={key: tuple(lines) for key, lines in voice.get("openers", {}).items()},
        closings=voice.get("closings", {}),
        value_floor=base.get("value_floor", {}),
        topics={topic: _either(words) for topic, words in voice.get("topics", {}).items()},
        watch=Watch(**patterns, blocked=blocked, seldom=_either(seldom)),
        vocabulary=frozenset(word for text in words for word in WORD.findall(text) if word.islower()),
    )


_WATCHED = (*USUAL, *SELDOM)


@cache
def library(pack: str) -> Library:
    """Put the content and the style of a pack together for the writer."""
    return Library(contents(pack), style(pack))


def answer_fields(profile: Mapping[str, Any], practice: str) -> dict[str, object]:
    """Turn a practice's settings into the fields of its answers; what is not set is absent, never blank."""
    known = {key: value for key, value in profile.items() if value not in ("", None)}
    return {"practice": {**known, "name": practice}}


def answer(entry: Entry, values: Mapping[str, object]) -> str | None:
    """Say an answer in the practice's own figures; None when a setting that it needs is missing: a person answers then."""
    try:
        return render(entry.answer, values)
    except TemplateError:
        return None


def needed(content: Content) -> frozenset[str]:
    """List what a content cannot be written without, from its own slots: fact kinds, fields, occasions."""
    named = fields(content.body) | (fields(content.subject) if content.subject else frozenset())
    found = {_DATE_SLOTS[field] for field in named if field in _DATE_SLOTS}
    found |= {field.removeprefix("fact.") for field in named if field.startswith("fact.")}
    found |= {field.replace(".", ":") for field in named if field.startswith(("goal.", "concern."))}
    found |= {f"occasion:{field.split('.')[1]}" for field in named if field.startswith("occasion.")}
    return frozenset(found | ({"first_name"} if "contact.first_name" in named else set()))


# -- one file ---------------------------------------------------------------------------------------------------------


def content_of(path: Traversable) -> Content:
    found = _FRONT.match(path.read_text(encoding="utf-8"))
    if found is None:
        raise PackError(f"{path.name}, line 1: a content file begins with front matter between two lines of ---")
    front = parse(found[1], path, first_line=2)
    lists = {key: tuple(_list(front.pop(key, ()))) for key in ("tags", "segments", "needs", "claims")}
    content = _build(Content, {"slug": path.name.removesuffix(".md"), **front, **lists, "body": found[2].strip()}, path)
    _check(content, path, body_line=found[1].count("\n") + 4)
    return content


def _check(content: Content, path: Traversable, *, body_line: int) -> None:
    if content.channel not in _CHANNELS or content.stage not in _STAGES:
        raise PackError(f"{path.name}: channel is one of {_CHANNELS}, stage one of {_STAGES}")
    try:
        needs = needed(content)
    except TemplateError as wrong:
        raise PackError(f"{path.name}, body from line {body_line}: {wrong}") from wrong
    conditional = "{% if" in content.body
    missing = set() if conditional else needs - set(content.needs)
    unknown = {need for need in content.needs if ":" not in need} - {
        *EMOTION,
        *DATES.values(),
        "first_name",
        "no_show",
        "zip",
    }
    if missing or unknown:
        raise PackError(f"{path.name}: `needs` lacks {sorted(missing)} and does not know {sorted(unknown)}")


def _rule(spec: dict[str, Any], path: Traversable) -> Rule:
    spec = dict(spec)
    rule = _RULES.get(spec.pop("rule", ""))
    if rule is None:
        raise PackError(f"{path.name}: {spec.get('slug', '?')}: `rule` is one of {', '.join(_RULES)}")
    for key in ("words", "unless"):
        if key in spec:
            spec[key] = _either(spec[key])
    for key in ("months", "lead_days", "facts", "before"):
        if key in spec:
            spec[key] = tuple(spec[key])
    return _build(rule, spec, path)


def _build(kind: Callable[..., T], values: Mapping[str, Any], path: Traversable) -> T:
    try:
        return kind(**values)
    except TypeError as wrong:
        words = str(wrong).removeprefix(f"{getattr(kind, '__name__', '')}.__init__() ")
        raise PackError(f"{path.name}: {values.get('slug') or values.get('id') or 'an entry'} {words}") from wrong


def _either(patterns: str | Iterable[str]) -> re.Pattern[str]:
    listed = [patterns] if isinstance(patterns, str) else list(patterns)
    if not listed:
        return NEVER
    return re.compile(rf"(?<!\w)(?:{'|'.join(listed)})(?!\w)")


def _list(value: object) -> list[str]:
    if value in (None, "all", "any"):
        return []
    return [value] if isinstance(value, str) else [str(each) for each in value]  # type: ignore[attr-defined]


def _root(pack: str) -> Traversable:
    root = files("rewarm") / "packs" / pack
    if not root.is_dir():
        raise PackError(f"there is no pack {pack!r}")
    return root


def _files(pack: str, folder: str, ending: str) -> list[Traversable]:
    place = _root(pack) / folder
    return sorted((each for each in place.iterdir() if each.name.endswith(ending)), key=lambda each: each.name)
