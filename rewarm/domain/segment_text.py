"""Reads the rules that people write; segment_spelling.py writes them.

The language, by example:

    last_test_on older than 12 months and no future appointment
    has tag (hot-lead, requested-pricing) and last_contact_on 30 to 60 days ago
    not attended and (lead_status is "Bad Timing" or timing_note)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import assert_never

from rewarm.domain.segment_rule import (
    FIELDS,
    WORDS,
    Ago,
    All,
    Any_,
    Count,
    Dated,
    Empty,
    Flag,
    Future,
    Kind,
    Not,
    OneOf,
    Rule,
    Span,
    Tagged,
    Word,
    canonical_tag,
)
from rewarm.domain.segment_spelling import KEYWORDS


class BadRule(ValueError):
    """The rule cannot be read; `at` is the character where reading stopped."""

    def __init__(self, what: str, at: int) -> None:
        super().__init__(what)
        self.at = at


def parse(text: str) -> Rule:
    """Return the rule that `text` writes; raise BadRule with what is wrong and where.

    “and” binds tighter than “or”; “never” is another word for “not”; years are read as 12 months each.
    """
    reader = _Reader(_tokens(text), len(text))
    rule = reader.either()
    if reader.token is not None:
        raise reader.wrong("“and”, “or” or the end")
    return rule


# -- reading -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    at: int
    quoted: bool = False


_TOKEN = re.compile(r'\s*(?:"(?P<quoted>(?:[^"]|"")*)"|(?P<plain>[(),]|[^\s(),"]+))')
_MOST_SPAN = 36_525  # days in a hundred years: more is a slip of the finger
_DEEPEST = 40


def _tokens(text: str) -> list[_Token]:
    tokens, at, end = [], 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            raise BadRule("A quotation mark is not closed", text.index('"', at))
        if (quoted := found["quoted"]) is not None:
            tokens.append(_Token(quoted.replace('""', '"'), found.start("quoted") - 1, quoted=True))
        else:
            tokens.append(_Token(found["plain"], found.start("plain")))
        at = found.end()
    return tokens


class _Reader:
    """Recursive descent over the tokens, one method a phrase."""

    def __init__(self, tokens: Sequence[_Token], end: int) -> None:
        self.tokens, self.next, self.end, self.depth = tokens, 0, end, 0

    @property
    def token(self) -> _Token | None:
        return self.tokens[self.next] if self.next < len(self.tokens) else None

    def wrong(self, expected: str) -> BadRule:
        if self.token is None:
            return BadRule(f"The rule ends where {expected} should come", self.end)
        return BadRule(f"“{self.token.text}” stands where {expected} should come", self.token.at)

    def sees(self, *words: str) -> bool:
        """Tell whether these unquoted words come next, without reading them."""
        ahead = self.tokens[self.next : self.next + len(words)]
        return [token.text.lower() for token in ahead if not token.quoted] == list(words)

    def take(self, *words: str) -> bool:
        """Read these words when they come next."""
        seen = self.sees(*words)
        self.next += len(words) * seen
        return seen

    def take_any(self, *phrases: str) -> str | None:
        return next((phrase for phrase in phrases if self.take(*phrase.split())), None)

    def need(self, *words: str) -> None:
        if not self.take(*words):
            raise self.wrong(f"“{' '.join(words)}”")

    def either(self) -> Rule:
        parts = self._separated("or", self.both)
        return parts[0] if len(parts) == 1 else Any_(parts)

    def both(self) -> Rule:
        parts = self._separated("and", self.one)
        return parts[0] if len(parts) == 1 else All(parts)

    def _separated(self, word: str, phrase: Callable[[], Rule]) -> tuple[Rule, ...]:
        parts = [phrase()]
        while self.take(word):
            parts.append(phrase())
        return tuple(parts)

    def one(self) -> Rule:
        if self.take("not") or self.take("never"):
            return Not(self._deeper(self.one))
        if self.take("("):
            rule = self._deeper(self.either)
            self.need(")")
            return rule
        if self.take("has"):
            return self._owned() or Not(Empty(self.field()))
        if self.take("no"):
            owned = self._owned()
            return Not(owned) if owned else Empty(self.field())
        return self._word() or self._comparison()

    def _deeper(self, phrase: Callable[[], Rule]) -> Rule:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise BadRule("The rule is nested too deeply to be read", self.end)
        rule = phrase()
        self.depth -= 1
        return rule

    def _owned(self) -> Rule | None:
        if self.take("tag"):
            return Tagged(tuple(map(canonical_tag, self.values())))
        if self.take("future", "appointment"):
            return Future("next_appointment_at")
        return None

    def _word(self) -> Rule | None:
        word = self.take_any(*WORDS)
        return Word(word) if word else None

    def field(self, *kinds: Kind) -> str:
        token = self.token
        if token is None or token.quoted or token.text.lower() in KEYWORDS | {"(", ")", ","}:
            raise self.wrong("a field")
        name = token.text.lower()
        if name not in FIELDS:
            near = get_close_matches(name, [*FIELDS, *WORDS], 1)
            hint = f"; did you mean “{near[0]}”?" if near else ""
            raise BadRule(f"“{token.text}” is not a field{hint}", token.at)
        self.next += 1
        return name

    def _comparison(self) -> Rule:
        field = self.field()
        if self.take("is", "empty"):
            return Empty(field)
        if self.take("is", "not", "empty"):
            return Not(Empty(field))
        match FIELDS[field].kind:
            case "day" | "instant":
                return self._days(field)
            case "number":
                return self._number(field)
            case "text":
                return self._text(field)
            case "flag":
                return Flag(field)
            case "tags":
                raise self.wrong("“is empty” (for one tag write “has tag hot-lead”)")
            case kind:
                assert_never(kind)

    def _days(self, field: str) -> Rule:
        if self.take("in", "the", "future"):
            return Future(field)
        match self.take_any("older than", "newer than", "before", "on", "after"):
            case "older than":
                return Ago(field, least=self.span())
            case "newer than":
                return Ago(field, most=self.span())
            case "before":
                return Dated(field, "before", self.day())
            case "on":
                return Dated(field, "on", self.day())
            case "after":
                return Dated(field, "after", self.day())
        if self.token and self.token.text.isdecimal():
            return self._between(field)
        raise self.wrong("“older than”, “newer than”, “30 to 60 days ago”, “before”, “on”, “after” or “is empty”")

    def _between(self, field: str) -> Rule:
        at, least = self.token.at if self.token else self.end, self.count()
        self.need("to")
        most = self.count()
        unit = self.unit()
        self.need("ago")
        if least > most:
            raise BadRule("The smaller number comes first: “30 to 60 days ago”", at)
        return Ago(field, least=unit.times(least), most=unit.times(most))

    def span(self) -> Span:
        count = self.count()
        return self.unit().times(count)

    def unit(self) -> Span:
        match self.take_any("days", "day", "months", "month", "years", "year"):
            case "days" | "day":
                return Span(1, "days")
            case "months" | "month":
                return Span(1, "months")
            case "years" | "year":
                return Span(12, "months")
        raise self.wrong("“days”, “months” or “years”")

    def count(self) -> int:
        token = self.token
        if token is None or token.quoted or not re.fullmatch("[0-9]{1,6}", token.text):
            raise self.wrong("a whole number")
        if int(token.text) > _MOST_SPAN:
            raise BadRule(f"{token.text} is too long ago", token.at)
        self.next += 1
        return int(token.text)

    def day(self) -> date:
        token = self.token
        try:
            day = date.fromisoformat(token.text if token and re.fullmatch(r"[0-9-]{10}", token.text) else "")
        except ValueError:
            raise self.wrong("a date such as 2026-01-31") from None
        self.next += 1
        return day

    def _number(self, field: str) -> Rule:
        match self.take_any("at least", "at most", "is"):
            case "at least":
                return Count(field, "at least", self.decimal())
            case "at most":
                return Count(field, "at most", self.decimal())
            case "is":
                number = self.decimal()
                return All((Count(field, "at least", number), Count(field, "at most", number)))
        raise self.wrong("“at least”, “at most”, “is” or “is empty”")

    def decimal(self) -> Decimal:
        token = self.token
        try:
            if token is None or not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", token.text):
                raise InvalidOperation
            number = Decimal(token.text)
        except InvalidOperation:
            raise self.wrong("a number") from None
        self.next += 1
        return number

    def _text(self, field: str) -> Rule:
        self.need("is")
        if self.take("not"):
            return Not(OneOf(field, self.values()))
        self.take("one", "of")
        return OneOf(field, self.values())

    def values(self) -> tuple[str, ...]:
        """Read one value or a list in parentheses."""
        if not self.take("("):
            return (self.value(),)
        values = [self.value()]
        while self.take(",") or self.take("or"):
            values.append(self.value())
        self.need(")")
        return tuple(values)

    def value(self) -> str:
        token = self.token
        if token is None or (not token.quoted and token.text.lower() in KEYWORDS | {"(", ")", ","}):
            raise self.wrong("a value")
        if not token.text.strip():
            raise BadRule("A value is empty; write “is empty” instead", token.at)
        self.next += 1
        return token.text
