"""Decides how far a fact reaches: where its words begin after a cue, and where a person would stop underlining."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rewarm.domain.note_dates import DATE_PATTERN
from rewarm.domain.spans import Span

Reach = Literal["here", "phrase", "clause", "piece"]

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
    to the next comma or joining word ("phrase"), to the end of the clause ("clause"), or, when only some telling
    words are known, to the whole piece of the sentence around them ("piece"). Pieces give way to all else.
    `unless` names words in the same sentence that make it something different.
    """

    kind: str
    pattern: re.Pattern[str]
    reach: Reach = "here"
    value: str | None = None
    exact_case: bool = False
    weak: bool = False
    unless: re.Pattern[str] | None = None

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
    weak: bool = False,
    unless: str | None = None,
) -> Rule:
    """Turn the text of a rule, with its {classes} and «marks», into a rule; raises re.error when it is malformed."""
    expanded = _expanded(text, classes)
    marked = expanded.replace("«", "(").replace("»", ")")
    left = r"(?<!\w)" if re.match(r"[\w({]", text.lstrip("«")) else ""
    hindrance = re.compile(rf"(?<!\w)(?:{_expanded(unless, classes)})(?!\w)") if unless else None
    pattern = re.compile(f"{left}(?:{marked})(?!\\w)")
    return Rule(kind, pattern, reach, value, exact_case, weak or reach == "piece", hindrance)


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


def extended(words: str, start: int, end: int, reach: Reach) -> Span:
    """Return the span grown to the end of its phrase or clause, at most eleven words, without trailing small words."""
    if reach == "here":
        return Span(start, end)
    if reach == "piece":
        start = _piece_start(words, start)
        reach = "phrase"
    stop = (_PHRASE_END if reach == "phrase" else _CLAUSE_END).search(words, end)
    limit = stop.start() if stop else len(words)
    tokens = list(re.finditer(r"\S+", words[start:limit]))
    if len(tokens) > _MOST_WORDS:
        limit = max(end, start + tokens[_MOST_WORDS - 1].end())
    tail = _TRAILING.search(words[:limit], end)
    return Span(start, tail.start() if tail else limit)


_JOINT = re.compile(rf"{_HARD}|,|\s(?:bc|b/c|because|cuz|so|but|tho|though|although|and|&|then|plus|however|since)\s")
_OPENING = re.compile(
    r"(?:(?:and|but|so|bc|because|also|then|plus|that|which|who|pt|patient|he|she|they|i|it|caller|says?|said|states?|"
    r"states|thinks?|"
    r"feels?|told me|mentioned|mentions|notes?|noted|adds|reports?|reported|claims?|wants to know|is|was|are|just|"
    r"really|still|now|"
    r"today|apparently|though|the|an?|some|of|to|pls|please|since|&|\+|w/|when|if|like|kind of|kinda|hubby|his|her)"
    r"(?:'s|'re|'m|'d)?:?\s+|['\"\s,]+)+"
)


def _piece_start(words: str, at: int) -> int:
    start = 0
    for joint in _JOINT.finditer(words, 0, at):
        start = joint.end()
    opening = _OPENING.match(words, start, at)
    return opening.end() if opening else start + len(words[start:at]) - len(words[start:at].lstrip())


_SENTENCE_END = re.compile(rf"{_ABBREVIATED}\.(?=\s|$)|[;!?\n]")


def sentence_around(words: str, span: Span) -> str:
    """Return the sentence in which the span lies."""
    end = _SENTENCE_END.search(words, span.end)
    return clause_before(words, span.start) + words[span.start : end.start() if end else len(words)]


def clause_before(words: str, at: int) -> str:
    """Return what was said in the same sentence before this point."""
    start = 0
    for match in _SENTENCE_END.finditer(words, 0, at):
        start = match.end()
    return words[start:at]
