"""Decides which personal details a note holds, each as an exact quote with its place, value and sensitivity.

A lexicon proposes spans; what other people have, do or wear, what a later entry overrules, and what the practice
itself did or booked is taken out again. Labels and conventions are those of the notes guide.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Final, Literal

from rewarm.domain import do_not_contact
from rewarm.domain.fact_rules import FACT_KINDS, FactLexicon, Rule, clause_before, extended, veiled
from rewarm.domain.fact_values import value_for
from rewarm.domain.note_dates import value_of as date_value
from rewarm.domain.spans import Span, folded

Sensitivity = Literal[0, 1, 2]

HEALTH_KINDS: Final = frozenset({"concern", "test_history", "ear_side", "device_history", "product"})
_MAY_LIE_INSIDE: Final = frozenset({"ear_side", "product", "budget"})
_WITHOUT_ARTICLE: Final = frozenset({"concern", "interest", "work", "referral", "device_history"})
_ARTICLE: Final = re.compile(r"(?:(?:the|an?|some|my|really|just|still) )+")
# Who keeps the words when two kinds claim them: the kind with the firmer words comes first.
_FIRMEST_FIRST: Final = (
    "life_event", "timeframe", "insurance", "decision_maker", "contact_preference", "referral", "test_history", "device_history",
    "concern", "goal", "objection", "work", "interest", "budget", "product", "ear_side", "sensitive",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """One detail of the contact: `quote` is note[start:end], in code points; sensitivity 2 never goes into a text."""

    kind: str
    start: int
    end: int
    quote: str
    value: str | float | None
    sensitivity: Sensitivity
    said_on: date | None


@dataclass(frozen=True, slots=True)
class NoteReading:
    """What a note holds: facts in the order of the note, refused channels with the words that refuse them."""

    facts: tuple[Fact, ...]
    denials: do_not_contact.Denials
    timing: bool

    @property
    def do_not_contact(self) -> bool:
        """Say whether every channel is refused, or the person has died."""
        return self.denials.everything

    @property
    def do_not_text(self) -> bool:
        """Say whether text messages are refused."""
        return self.denials.sms is not None

    @property
    def do_not_email(self) -> bool:
        """Say whether e-mail is refused."""
        return self.denials.email is not None

    @property
    def do_not_call(self) -> bool:
        """Say whether calls are refused."""
        return self.denials.call is not None

    @property
    def said(self) -> tuple[Span, ...]:
        """Return the places of the words that refuse."""
        denials = self.denials
        return tuple(sorted({span for span in (denials.sms, denials.call, denials.email, denials.deceased) if span}))


@dataclass(frozen=True, slots=True)
class _Candidate:
    kind: str
    span: Span
    value: str | None


def find(note: str, written_on: date | None, lexicon: FactLexicon) -> NoteReading:
    """Return what the note says of its contact; no note raises. Open dates are read from `written_on`."""
    words = folded(note)
    denials = do_not_contact.read(note)
    refusing = tuple(span for span in (denials.sms, denials.call, denials.email) if span)
    kept = _joined(words, _untangled(_apt(words, _proposed(words, note, lexicon), refusing, lexicon)))
    private = [found.span for found in kept if found.kind == "sensitive"]
    entries = _Entries(words, written_on)
    facts = tuple(_fact(note, words, found, private, entries, lexicon) for found in kept)
    timing = any(fact.kind == "timeframe" or (fact.kind, fact.value) == ("objection", "time") for fact in facts)
    return NoteReading(facts, denials, timing)


def rank(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Order facts by how much they move a person: goals and family first, dates and plans last."""
    return tuple(sorted(facts, key=lambda fact: (FACT_KINDS.index(fact.kind), fact.start)))


def _fact(
    note: str, words: str, found: _Candidate, private: list[Span], entries: _Entries, lexicon: FactLexicon
) -> Fact:
    span = found.span
    said_on = entries.date_at(span.start)
    value = found.value or value_for(found.kind, note, words, span, written_on=said_on, lexicon=lexicon)
    if any(span.overlaps(other) for other in private):
        sensitivity: Sensitivity = 2
    else:
        sensitivity = 1 if found.kind in HEALTH_KINDS else 0
    return Fact(found.kind, span.start, span.end, span.of(note), value, sensitivity, said_on)


_ENTRY = re.compile(r"(?:^|[\n.;]\s{0,9})(\d{1,2}/\d{1,2}(?:/\d{2,4})?)(?: [a-z]{2,3})?\s?[:-]")


class _Entries:
    """The dates that head the entries of a running note ("10/6 TG: ..."); outside of them counts the date of the note."""

    def __init__(self, words: str, written_on: date | None) -> None:
        self._written_on = written_on
        heads = list(_ENTRY.finditer(words))
        self._ends = [head.end() for head in heads]
        self._dates = [self._date_of(head[1]) for head in heads]

    def date_at(self, place: int) -> date | None:
        """Return the date of the entry that holds this place."""
        before = bisect_right(self._ends, place)
        return self._dates[before - 1] if before else self._written_on

    def _date_of(self, head: str) -> date | None:
        value = date_value(head, self._written_on, tense="past")
        return date.fromisoformat(value) if value and len(value) == 10 else self._written_on


# --- proposing ----------------------------------------------------------------------------------------------
def _proposed(words: str, note: str, lexicon: FactLexicon) -> Iterator[_Candidate]:
    veiled_words = veiled(words)
    for rule in lexicon.rules:
        plainly = rule.pattern.finditer(note if rule.exact_case else words)
        around_dates = rule.pattern.finditer(veiled_words) if rule.dated else ()
        for match in chain(plainly, around_dates):
            span = _said(words, rule, match)
            if span is not None:
                yield _Candidate(rule.kind, span, rule.value)


def _said(words: str, rule: Rule, match: re.Match[str]) -> Span | None:
    group = next((index for index, text in enumerate(match.groups(), 1) if text is not None), 0)
    grown = extended(words, *match.span(group), rule.reach)
    text = grown.of(words)
    start = grown.start + len(text) - len(text.lstrip(" ,.;:-'"))
    end = grown.end - (len(text) - len(text.rstrip(" ,.;:-")))
    if rule.kind in _WITHOUT_ARTICLE and (article := _ARTICLE.match(words, start, end)):
        start = article.end()
    return Span(start, end) if start < end else None


# --- taking out what is not the contact's -------------------------------------------------------------------
_REPORTS = re.compile(
    r"(?:'s)?(?: [a-z]+)?\s+(?:says?|said|thinks?|reports?|states?|called|calling|calls|feels?|noticed|notices|"
    r"complains?|claims?|"
    r"worries|worried|told|wants (?:him|her|mom|dad)|booked|made|brought|sent|referred|insists|adds|mentioned|asked|hopes|"
    r"complaining|tired of|frustrated|on (?:the )?phone|emailed|scheduled)\b"
)
_OWN: Final = re.compile(r"(?<!\w)(?:he|she|pt|patient|i|mom and dad|they)(?:'s|'ll|'d|'m|'ve|s)?(?!\w)")
_THEIRS: Final = frozenset(
    {"concern", "goal", "interest", "device_history", "test_history", "ear_side", "product", "work", "insurance"}
)
_WORN_OR_HEARD: Final = frozenset({"device_history", "test_history"})
_AS_SUBJECT: Final = r"(?:^|[,&+(:]\s*|\b(?:and|but|bc|since|cuz) )\s*(?:(?:his|her|their|my|pt's|the|a) )?$"
_STAFF: Final = re.compile(
    r"\b(?:appts?|appointment|sched\w*|booked|rebooked|resched\w*|confirmed|seen|lm|lvm|left (?:msg|vm|message)|vm|tried|"
    r"e?mailed|called|sent|pd|paid|no[- ]?show\w*|will (?:re)?try|try again|try wk|quoted|spoke|met|note|updated?|recall|"
    r"fitting|del(?:ivery)?|pickup|pick up|balance|invoice|mailed x\d|resp|dob|born|rc'?d|rec'?d)\b[^.;\n]{0,18}$"
)
_PAST: Final = re.compile(
    r"\b(?:since|fell|died|was|were|got|had|bought|fit|fitted|tested|lost|broke|passed|started|happened|ago|retired|out last|"
    r"dx'?d|done|worse|been|did|went|moved|came|used|ended|expired|made|last|thru|flu|injury|accident)\b[^.;\n]{0,28}$"
)
_BARE_WEEKDAY: Final = re.compile(r"(?:(?:on|at|by|for|this|next|around|in) )*(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*")


def _apt(
    words: str, found: Iterable[_Candidate], refusing: tuple[Span, ...], lexicon: FactLexicon
) -> Iterator[_Candidate]:
    overruled = _overruled(words)
    for candidate in found:
        before = clause_before(words, candidate.span.start)
        if candidate.kind != "sensitive" and any(candidate.span.overlaps(span) for span in refusing):
            continue
        if any(candidate.span.overlaps(span) and (flat or candidate.kind == "objection") for span, flat in overruled):
            continue
        if candidate.kind in _THEIRS and _of_somebody_else(before, lexicon):
            continue
        if candidate.kind in _WORN_OR_HEARD and lexicon.people.match(words, candidate.span.start):
            continue
        if candidate.kind == "goal" and _UNWANTED.search(before):
            continue
        if candidate.kind == "interest" and _DECLINED.search(before):
            continue
        if candidate.kind == "timeframe" and _is_no_plan(before, candidate.span.of(words)):
            continue
        yield candidate


_DECLINED: Final = re.compile(
    r"\b(?:no|not|without|w/o|declined|refused|said no to|skip(?:ped)?|n't need|"
    r"nt need) (?:the |a |any |\w+ )?$"
)
_UNWANTED: Final = re.compile(
    r"(?:n't|nt|\bnot|\bnever|\bno) (?:really )?(?:want|like|need|wish|hope|try)\w*(?: to)?\s*$"
)


def _of_somebody_else(before: str, lexicon: FactLexicon) -> bool:
    """Say whether the clause speaks of a relative: "husband wears", "mom's", but not "wife says TV too loud"."""
    for person in reversed(list(lexicon.people.finditer(before))):
        if _OWN.search(before, person.end()):
            return False
        if re.search(_AS_SUBJECT, before[: person.start()]):
            return not _REPORTS.match(before, person.end())
    return False


def _is_no_plan(before: str, said: str) -> bool:
    if _STAFF.search(before):
        return True
    if re.search(r"\b(?:wants?|try|wait|until|til|after|before|b4|by|not|no rush|needs?)\b", said):
        return bool(re.search(r"\bsince\b[^.;,\n]*$", before))
    return bool(_BARE_WEEKDAY.fullmatch(said) or _PAST.search(before))


_OLD_ENTRY = re.compile(
    r"(?:^|[.\n;]\s{0,9})(?:in )?((?:19|20)\d\d|\d{1,2}/\d{2})(?: note| she|"
    r" he)?\b[:,]? ?[^\n.]*[.\n]?(?:\"\s)?"
)
_NEW_ENTRY = re.compile(
    r"(?:^|[.\n;\"]\s{0,9})(?:today|now|current(?:ly)?|(?:19|20)\d\d|\d{1,2}/\d{2}) ?(?:note|she|"
    r"he)?\b[:,]? "
)


def _overruled(words: str) -> list[tuple[Span, bool]]:
    """Return older dated entries with a newer one after them, and whether they say no.

    A newer entry takes back an objection; all of an entry that says no ("8/24: wife against it. 1/25: all for it").
    """
    found = []
    for match in _OLD_ENTRY.finditer(words):
        says_no = re.search(r"\bno\b|\bnot\b|against|n't|refus|declin", match[0])
        if _NEW_ENTRY.search(words, match.end() - 1):
            found.append((Span(*match.span()), bool(says_no)))
    return found


# --- settling who keeps which words -------------------------------------------------------------------------
def _untangled(found: Iterable[_Candidate]) -> list[_Candidate]:
    kept: list[_Candidate] = []
    taken: defaultdict[int, list[_Candidate]] = defaultdict(list)  # character by character
    order = {kind: place for place, kind in enumerate(_FIRMEST_FIRST)}
    longest_first = sorted(found, key=lambda one: (order[one.kind], one.span.start - one.span.end, one.span.start))
    for candidate in longest_first:
        places = range(candidate.span.start, candidate.span.end)
        if not any(_excludes(other, candidate) for place in places for other in taken[place]):
            kept.append(candidate)
            for place in places:
                taken[place].append(candidate)
    return sorted(kept, key=lambda one: (one.span, order[one.kind]))


_ONE_STATEMENT: Final = frozenset({"test_history", "insurance"})


def _joined(words: str, kept: list[_Candidate]) -> list[_Candidate]:
    """Make one fact of a test and its result said in one breath: "Audio at Mercy 5/20" and "WNL"."""
    joined: list[_Candidate] = []
    last: dict[str, int] = {}
    for found in kept:
        at = last.get(found.kind)
        if at is not None and found.kind in _ONE_STATEMENT and _same_breath(words, joined[at].span, found.span):
            joined[at] = replace(joined[at], span=Span(joined[at].span.start, found.span.end))
            continue
        last[found.kind] = len(joined)
        joined.append(found)
    return joined


def _same_breath(words: str, one: Span, other: Span) -> bool:
    between = words[one.end : other.start]
    return len(between) <= 16 and not re.search(r"[.;\n!?]", between)


def _excludes(kept: _Candidate, new: _Candidate) -> bool:
    """Say whether a kept fact leaves no room for one that shares words with it."""
    if kept.kind == new.kind:
        return True
    if "sensitive" in (kept.kind, new.kind):
        return False
    if new.kind in _MAY_LIE_INSIDE and new.span.within(kept.span):
        return new.kind == "budget" and kept.kind in ("insurance", "referral", "device_history")
    return kept.kind not in _MAY_LIE_INSIDE


def with_value(fact: Fact, value: str | float | None) -> Fact:
    """Return the fact with a value that a person corrected."""
    return replace(fact, value=value)
