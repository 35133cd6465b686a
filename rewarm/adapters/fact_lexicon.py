"""Reads the facts.yaml of the base pack and of a trade's pack into one lexicon of facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from rewarm.adapters.packs import document
from rewarm.domain.fact_rules import FactLexicon, Rule, compile_rule

_EVERYDAY = "base"


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
        people=re.compile(rf"(?<!\w){_either(classes['relation'])}(?!\w)"),
    )


def _classes(documents: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in documents:
        for name, lines in one.get("classes", {}).items():
            found[name] = (*found.get(name, ()), *(line.strip() for line in lines.splitlines() if line.strip()))
    forms = {form.lower() for one in documents for _, form in _spelled(one.get("plans", {}))}
    found["plan"] = tuple(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    found["product"] = tuple(_product_patterns(documents))
    return found


def _rules(one: Mapping[str, Any], classes: Mapping[str, tuple[str, ...]]) -> Iterator[Rule]:
    for kind, groups in one.get("facts", {}).items():
        for group in groups:
            for line in filter(None, map(str.strip, group["rules"].splitlines())):
                yield compile_rule(
                    kind,
                    line,
                    classes=classes,
                    reach=group["reach"],
                    value=group.get("value"),
                    exact_case=group.get("exact_case", False),
                )


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
    """Yield "maker model edition", "model edition" and "maker", longest first, as rules over small letters."""
    edition = r"(?: (?:[a-z]{0,2}\d{1,3}[a-z]{0,2}|ai|rt|ric|bte|ite|itc|cic|[a-z]-\w+)(?!\w|%|/|:| ?(?:yrs?|years?|mos?|pm|am|wks?|days?)\b))?"
    makers: list[str] = []
    models: list[str] = []
    for one in documents:
        spellings = one.get("product_spellings", {})
        for maker, names in one.get("products", {}).items():
            forms = [maker, *(form for form, name in spellings.items() if name == maker)]
            makers += forms
            if names:
                spoken = _either(_escaped(name.removeprefix("+") for name in names))
                yield rf"{_either(_escaped(forms))} {spoken}{edition}"
            models += [name for name in names if not name.startswith("+")]
    yield rf"{_either(_escaped(models))}{edition}"
    yield rf"{_either(_escaped(makers))}(?:'?s)?"


def _escaped(names: Iterable[str]) -> list[str]:
    return [re.escape(name.lower()) for name in sorted(names, key=len, reverse=True)]


def _either(alternatives: Iterable[str]) -> str:
    return f"(?:{'|'.join(alternatives)})"
