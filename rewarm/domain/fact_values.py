"""Decides the short normal form of a fact: a date, a name, a relation, an amount."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from rewarm.domain.fact_rules import FactLexicon
from rewarm.domain.note_dates import value_of as date_value
from rewarm.domain.spans import Span

_AMOUNT: Final = re.compile(r"\$? ?(\d[\d,]*(?:\.\d+)?)( ?k\b)?")
_PLAN_TYPES: Final = {
    "ppo": "PPO", "hmo": "HMO", "dppo": "DPPO", "dhmo": "DHMO", "epo": "EPO", "supp": "supplement",
    "supplement": "supplement", "advantage": "Advantage", "adv": "Advantage", "ma": "Advantage", "dual": "Dual",
}  # fmt: skip


def value_for(
    kind: str, note: str, words: str, span: Span, *, written_on: date | None, lexicon: FactLexicon
) -> str | float | None:
    """Return the value that the words of a fact have, or None; dates are ISO, as precise as they were said."""
    said = span.of(words)
    match kind:
        case "timeframe" | "life_event":
            return date_value(said, written_on, tense="future")
        case "device_history":
            return date_value(said, written_on, tense="past")
        case "test_history":
            return date_value(said, written_on, tense="past") or _tested_on(words, said, written_on)
        case "product":
            return _product(said, span.of(note), lexicon)
        case "insurance":
            return _plans(said, lexicon)
        case "decision_maker":
            return _relation(words, span, lexicon)
        case "budget":
            return _amount(said)
        case _:
            return None


_TEST_DAY: Final = re.compile(
    r"\b(?:test|he|audio|eval|seen|annual|tested|"
    r"he done)\b[ :@]*(?:on )?(\d{1,2}/\d{1,2}(?:/\d{2,4})?)"
)


def _tested_on(words: str, said: str, written_on: date | None) -> str | None:
    """Return the day of a test whose result stands without one: named nearby, or the day of the note."""
    named = _TEST_DAY.search(words)
    if named:
        return date_value(named[1], written_on, tense="past")
    if written_on and re.search(r"\b(?:today|done today|annual|this visit|today'?s)\b", f"{said} {words[:40]}"):
        return written_on.isoformat() if not re.search(r"\bnever\b|\bno \b", said) else None
    return None


def _product(said: str, quote: str, lexicon: FactLexicon) -> str:
    """Return "Phonak Lumity L90" for "lumity L90": the longest known name, then the edition as written."""
    for end in range(len(said), 0, -1):
        name = lexicon.products.get(said[:end]) or lexicon.products.get(said[:end].removesuffix("'s").removesuffix("s"))
        if name:
            edition = quote[end:].strip(" '")
            return f"{name} {edition}" if re.search(r"\d|[A-Z]", edition) else name
    return quote


def _plans(said: str, lexicon: FactLexicon) -> str | None:
    """Return the plans named, joined as they were: "Medicare + AARP supplement", "EPIC (UHC)", "Kaiser PPO"."""
    forms = sorted(lexicon.plans, key=len, reverse=True)
    found = list(re.finditer(rf"(?<!\w)(?:{'|'.join(map(re.escape, forms))})(?!\w)", said))
    if not found:
        return None
    names = [_with_type(said, match, lexicon.plans[match[0]]) for match in found]
    if len(names) == 1:
        kind_before = re.match(r"(ppo|hmo)\b", said)
        return f"{names[0]} {kind_before[1].upper()}" if kind_before else names[0]
    between = said[found[0].end() : found[1].start()].strip()
    if between in ("thru", "through", "via"):
        return f"{names[0]} ({names[1]})" if names[0] != "Medicare" else names[1]
    joint = " / " if between == "/" else " + "
    return joint.join(dict.fromkeys(names))


def _with_type(said: str, match: re.Match[str], name: str) -> str:
    following = re.match(r" (?:plan ([a-z])\b|([a-z]+))", said[match.end() :])
    if following is None:
        return name
    if following[1]:
        return f"{name} Plan {following[1].upper()}"
    kind = _PLAN_TYPES.get(following[2])
    return f"{name} {kind}" if kind else name


def _relation(words: str, span: Span, lexicon: FactLexicon) -> str | None:
    """Return who decides: the person named in the words, else the one named last before them, else first after."""
    inside = lexicon.people.search(words, span.start, span.end)
    before = list(lexicon.people.finditer(words, 0, span.start))
    chosen = inside or (before[-1] if before else lexicon.people.search(words, span.end))
    if chosen is None:
        return None
    name = chosen[0].replace("older ", "").replace("oldest ", "")
    return lexicon.relations.get(name, name)


def _amount(said: str) -> float | None:
    """Return the upper bound of an amount in whole currency: 5000 for "4-5k"."""
    amounts = []
    thousands = bool(re.search(r"\d ?k\b", said))
    for match in _AMOUNT.finditer(said):
        number = float(match[1].replace(",", "").rstrip(".")) if match[1].strip(",.") else 0.0
        amounts.append(number * 1000 if match[2] or (thousands and number < 100) else number)
    return max(amounts, default=None)
