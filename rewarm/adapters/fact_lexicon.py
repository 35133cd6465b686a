"""Reads the facts.yaml of the base pack and of a trade's pack into one lexicon of facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from rewarm.adapters.packs import document
from rewarm.domain.fact_rules import FactLexicon, Rule, compile_rule

_EVERYDAY = "base"
_EDITION = (
    r"(?: (?:[a-z]{0,2}\d{1,3}[a-z]{0,2}|ai|ric|bte|ite|itc|cic)(?!\w|%|/|:| ?(?:yrs?|years?|mos?|[ap]m|wks?|days?)\b))"
)


@cache
def fact_lexicon(pack: str = "audiology") -> FactLexicon:
    """Return the words by which a trade finds facts; raises re.error when a rule is malformed."""
    documents = [document(name, "facts.yaml") for name in (_EVERYDAY, pack)]
    classes = _classes(documents)
    return FactLexicon(
        rules=tuple(rule for one in documents for rule in _rules(one, classes)),
        products=_products(documents),
        plans={form.lower(): name for one in documents for name, form in _spelled(one.get("plans", {}))},
        relations={form.lower(): name for one in documents for name, form in _spelled(one.get("relations", {}))},
        people=re.compile(rf"(?<!\w)(?:{'|'.join(classes['relation'])})(?!\w)"),
    )


def _classes(documents: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in documents:
        for name, lines in one.get("classes", {}).items():
            found[name] = (*found.get(name, ()), *_unfolded(lines))
    forms = {form.lower() for one in documents for _, form in _spelled(one.get("plans", {}))}
    found["plan"] = tuple(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    found["product"] = tuple(_product_patterns(documents))
    return found


def _rules(one: Mapping[str, Any], classes: Mapping[str, tuple[str, ...]]) -> Iterator[Rule]:
    for kind, groups in one.get("facts", {}).items():
        for group in groups:
            for line in _unfolded(group["rules"]):
                yield compile_rule(
                    kind,
                    line,
                    classes=classes,
                    reach=group["reach"],
                    value=group.get("value"),
                    exact_case=group.get("exact_case", False),
                )


def _unfolded(text: str) -> Iterator[str]:
    """Yield one rule after the other; a line that begins with a space goes on with the rule above it."""
    rule = ""
    for line in text.splitlines():
        if line.startswith(" "):
            rule += line.strip()
        else:
            if rule:
                yield rule
            rule = line.strip()
    if rule:
        yield rule


def _spelled(names: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str]]:
    for name, forms in names.items():
        yield name, name
        for form in forms:
            yield name, form


def _products(documents: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Map each maker and model in small letters to the name that people say."""
    names: dict[str, str] = {}
    for one in documents:
        for maker, models in one.get("products", {}).items():
            names[maker.lower()] = maker
            for model in models:
                full = f"{maker} {model.removeprefix('+')}"
                names[full.lower()] = full
                if not model.startswith("+"):
                    names.setdefault(model.lower(), full)
        names |= {form.lower(): name for form, name in one.get("product_spellings", {}).items()}
    return names


def _product_patterns(documents: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield one rule over small letters: maker with model, model, or maker, each with an edition such as "L90"."""
    own, models, makers = [], [], []
    for one in documents:
        spellings = one.get("product_spellings", {})
        for maker, names in one.get("products", {}).items():
            forms = [maker, *(form for form, name in spellings.items() if name == maker)]
            makers += forms
            own += [rf"{_either(forms)} {_either(name.removeprefix('+') for name in names)}"] if names else []
            models += [name for name in names if not name.startswith("+")]
    yield rf"(?:(?:{'|'.join(own)}|{_either(models)}){_EDITION}?|{_either(makers)}(?:'?s)?(?! implant))"


def _either(names: Iterable[str]) -> str:
    return f"(?:{'|'.join(re.escape(name.lower()) for name in sorted(names, key=len, reverse=True))})"
