"""Decides how far a fact reaches: where its words begin after a cue, and where a person would stop underlining."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal

from rewarm.domain.note_dates import DATE_PATTERN
from rewarm.domain.spans import Span

Reach = Literal["here", "phrase", "clause"]

FACT_KINDS: Final = (
    "goal", "life_event", "concern", "interest", "objection", "timeframe", "decision_maker", "work", "referral",
    "insurance", "budget", "contact_preference", "product", "device_history", "test_history", "ear_side", "sensitive",
)  # fmt: skip


# Dates are recognised once: in a second copy of the note each of their characters is veiled, and {date} means a
# run of veils. With the whole date grammar inside every rule, compiling them took twice as long.
VEIL: Final = "\x01"
_DATE = re.compile(rf"(?<!\w){DATE_PATTERN}")


def veiled(words: str) -> str:
    """Return the words with every date hidden behind as many veils as it has characters."""
    return _DATE.sub(lambda found: VEIL * len(found[0]), words.replace(VEIL, " "))


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which notes say one kind of fact.

    The words between « and » are the fact, the rest is the cue. `reach` says how far it goes on: nowhere ("here"),
    to the next comma or joining word ("phrase"), or to the end of the clause ("clause").
    """

    kind: str
    pattern: re.Pattern[str]
    reach: Reach = "here"
    value: str | None = None
    exact_case: bool = False

    @property
    def dated(self) -> bool:
        """Say whether a date is part of the rule."""
        return VEIL in self.pattern.pattern


@dataclass(frozen=True, slots=True)
class FactLexicon:
    """All words of a trade and of daily life by which facts are found in notes."""

    rules: tuple[Rule, ...]
    products: Mapping[str, str]  # "lumity" -> "Phonak Lumity"
    plans: Mapping[str, str]  # "united healthcare" -> "UHC"
    relations: Mapping[str, str]  # "hubby" -> "husband"
    people: re.Pattern[str]  # any word for a person around the contact


def compile_rule(
    kind: str,
    text: str,
    *,
    classes: Mapping[str, Sequence[str]],
    reach: Reach = "here",
    value: str | None = None,
    exact_case: bool = False,
) -> Rule:
    """Turn the text of a rule, with its {classes} and «marks», into a rule; raises re.error when it is malformed."""
    expanded = _expanded(text, classes)
    marked = expanded.replace("«", "(").replace("»", ")")
    left = r"(?<!\w)" if re.match(r"[\w({]", text.lstrip("«")) else ""
    return Rule(kind, re.compile(_bounded(f"{left}(?:{marked})(?!\\w)")), reach, value, exact_case)


# "mom mom mom ..." through a whole cell would take a rule the square of its length.
_BOUNDS: Final = {")*": "){0,8}", ")+": "){1,8}", "]*": "]{0,60}", "]+": "]{1,60}"}


def _bounded(pattern: str) -> str:
    """Let no group repeat for ever."""
    return re.sub(r"(?<!\\)[)\]][*+]", lambda ending: _BOUNDS[ending[0]], pattern)


def _expanded(text: str, classes: Mapping[str, Sequence[str]]) -> str:
    return re.sub(r"\{([a-z_]+)\}", lambda name: _alternatives(name[1], classes), text)


def _alternatives(name: str, classes: Mapping[str, Sequence[str]]) -> str:
    if name == "date":
        return f"{VEIL}+"
    longest_first = sorted(classes[name], key=len, reverse=True)
    return f"(?:{'|'.join(_expanded(line, classes) for line in longest_first)})"


# --- where a span ends --------------------------------------------------------------------------------------
_ABBREVIATED: Final = r"(?<!\bdr)(?<!\bmr)(?<!\bmrs)(?<!\bms)(?<!\bst)(?<!\bapprox)(?<!\bvs)(?<!\ba\.m)(?<!\bp\.m)"
_HARD: Final = (
    rf"{_ABBREVIATED}\.(?!\d)(?=\W|$)|[;!?\n()\[\]\"*:=]|\s-+\s|\s-(?=[a-z]{{2}}\b)|\s/\s|->|→|…|"
    r"[\U0001F000-\U0001FAFF\u2600-\u27BF]"
)
_SUBJECT: Final = (
    r"(?:he|she|they|pt|i|we|it|this|that|(?:wife|husband|hubby|spouse|daughter|dtr|son|mom|dad)"
    r"(?= (?:says?|said|thinks?|wants?|is|has|will|made|sent|drives|does|handles|got|came)\b))(?:'?s|'d|'ll|'ve)?"
)
_TURN: Final = (
    r"\s(?:bc|b/c|because|becuz|cuz|coz|since|so|but|tho|though|although|however|and|or|until|per|esp|especially|which|who|"
    r"says?|said|wants?|asked|asks|(?<!w/out )(?<!w/o )asking|wondering|would|will|won'?t|needs?|now|anymore|any more|"
    r"lately|too|also|then|plus|"
    r"lol|haha?|unless|imo|fyi|thinks?|thx|pls|please|even|already|still|only|instead|hopes?|hoping|like|just|is|are|"
    r"was|were|has|"
    rf"had|au|as|ad|\d+ ?(?:d|days?|wks?|weeks?|mos?|months?|yrs?|years?)|x ?\d+|at (?:the |her |his )?\w+ where|"
    rf"(?<!when )(?<!while )(?<!if )(?<!than )(?<!what )(?<!that ){_SUBJECT})(?=\W|$)"
)
_PHRASE_END = re.compile(rf"{_HARD}|,|{_TURN}")
_CLAUSE_END = re.compile(_HARD)
_TRAILING = re.compile(
    r"(?:[\s,&+'\"-]|\s(?:and|or|the|a|an|w/|with|to|of|for|in|on|at|&|lol|ha|now|too|also|but|so|as|from|his|her|"
    r"their|my|when|if|really|very|much))+$"
)
_MOST_WORDS: Final = 11
_MOST_CHARACTERS: Final = 400  # no eleven words are longer; a note without any stop is not read to its end each time
_LOOKING_AHEAD: Final = 40  # characters; what ends a phrase is recognised by what follows it


def extended(words: str, start: int, end: int, reach: Reach) -> Span:
    """Return the span grown to the end of its phrase or clause, at most eleven words, without trailing small words."""
    if reach == "here":
        return Span(start, end)
    within = _most_words(words, start, end)
    stop = (_PHRASE_END if reach == "phrase" else _CLAUSE_END).search(words, end, within + _LOOKING_AHEAD)
    limit = min(stop.start(), within) if stop else within
    tail = _TRAILING.search(words, end, limit)
    return Span(start, tail.start() if tail else limit)


def _most_words(words: str, start: int, end: int) -> int:
    """Return where the last word ends that a fact may hold; it holds at least what was matched."""
    held = list(islice(re.finditer(r"\S+", words[start : start + _MOST_CHARACTERS]), _MOST_WORDS))
    return max(end, start + held[-1].end()) if held else end


_SENTENCE_END = re.compile(rf"{_ABBREVIATED}\.(?=\s|$)|[;!?\n]")


_SENTENCE_AT_MOST: Final = 300  # characters; looking back further made a year of entries in one cell quadratic


def clause_before(words: str, at: int) -> str:
    """Return what was said in the same sentence before this point."""
    start = max(0, at - _SENTENCE_AT_MOST)
    for match in _SENTENCE_END.finditer(words, start, at):
        start = match.end()
    return words[start:at]
