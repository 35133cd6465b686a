"""Decides whether a note says that the contact has died, and not a husband, a brother or a battery."""

from __future__ import annotations

import re
from typing import Final

from rewarm.domain.spans import Span, folded

_WHEN: Final = r"(?:\d|last|this|in|on|over|sun|mon|tue|wed|thu|fri|sat|yesterday|peacefully|suddenly|earlier)"
_GONE: Final = (
    r"(?:has |had |have |just |recently |sadly |already )*"
    rf"(?:passed away|passed(?= (?:on )?{_WHEN})|passed(?=\s*(?:[.;,!\n(-]|$|per\b))|died|deceased|is deceased|is dead|"
    r"expired(?= (?:\d|on|in))|is no longer with us|succumbed|(?:is |'s )gone(?=\s*(?:$|[.,;!]))|"
    r"lost (?:his|her) battle(?! (?:of|w/|with) (?:ins|tech)))"
)
_TITLED: Final = r"\b(?:mr|mrs|ms|miss|dr)\b\.?(?: [a-z'-]+(?= (?:passed|died|has|is|deceased)))?"
_SAID_OF_PERSON: Final = re.compile(
    rf"(?:{_TITLED}|\b(?:pt|patient|client|he|she|they)\b(?: sadly)?),? ?(?:is |was |has )?{_GONE}"
)
_AT_START: Final = re.compile(
    r"(?:^|[.;:!?\n*(,-]\s{0,9}|\d\s{1,9}|\b[a-z]{2}: |\bper \w+,? |"
    r"\b(?:that|says|said|reports?|reported|notified|us|marked|mark|is|chart|status) )(?:marked )?"
    r"(?P<said>deceased|dec'd|decd\b|passed away(?!\?)|passed(?=\.\s|\s*$| (?:on )?\d)|r\.?i\.?p\b|obit(?:uary)?\b)"
)
_CALLER: Final = (
    r"(?P<caller>daughter|dtr|son|wife|husband|spouse|partner|grandson|granddaughter|niece|nephew|sister|brother|family|"
    r"caregiver|dil|sil)\b"
)
_TELLS: Final = (
    r"\b(?:called|calling|calls|phoned|says|said|reports?|reported|let us know|informed|notified|emailed|advised|on phone|"
    r"left (?:msg|vm|message)|stopped (?:in|by)|came in|answered)\b"
)
_WHOM: Final = (
    r"(?:that )?(?:her |his |their |our |my )?(?P<who>mom|mother|mum|dad|father|husband|wife|hubby|grandma|grandmother|"
    r"grandpa|grandfather|aunt|uncle|brother|sister|partner|spouse|he|she|pt|patient)"
)
# "Daughter called, mom passed"; "spoke w/ son. Dad died in May"; "dtr: mother passed".
_CALLERS_OWN: Final = (
    re.compile(rf"\b{_CALLER}[^.;\n]{{0,24}}?(?::|{_TELLS})[^;\n]{{0,40}}?[\s,:-]{_WHOM} {_GONE}"),
    re.compile(
        rf"\b(?:spoke|talked|spk) (?:w/|with|to) (?:his |her |the |"
        rf"pt's )?{_CALLER}[^;\n]{{0,30}}?[\s,:-]{_WHOM} {_GONE}"
    ),
)
# Whom a caller of each kind can be speaking of when it is the contact who has died.
_PARENTS: Final = frozenset({"mom", "mother", "mum", "dad", "father"})
_GRANDPARENTS: Final = frozenset({"grandma", "grandmother", "grandpa", "grandfather"})
_THEIR_CONTACT: Final = {
    "daughter": _PARENTS, "dtr": _PARENTS, "dil": _PARENTS, "son": _PARENTS, "sil": _PARENTS,
    "wife": frozenset({"husband", "hubby"}), "husband": frozenset({"wife"}), "spouse": frozenset({"husband", "wife"}),
    "partner": frozenset({"partner"}), "grandson": _GRANDPARENTS, "granddaughter": _GRANDPARENTS,
    "niece": frozenset({"aunt", "uncle"}), "nephew": frozenset({"aunt", "uncle"}),
    "sister": frozenset({"sister", "brother"}), "brother": frozenset({"sister", "brother"}),
}  # fmt: skip
_ANYBODY: Final = frozenset({"he", "she", "pt", "patient"})
_SOMEBODY_ELSE: Final = re.compile(
    r"\b(?:his|her|their|my|pt's|whose|late) (?:[a-z'-]+ ){0,2}$|"
    r"\b(?:husband|wife|spouse|hubby|brother|sister|mom|mother|dad|father|son|daughter|dtr|friend|dog|cat|aunt|uncle|twin|"
    r"neighbor|partner|in-law|inlaw|aids?|battery|batteries|phone|ones?|unit|it|grand\w+|parents?|widow\w*|of)\b"
    r"(?:,| is| was| has| just| since| recently)* $"
)


def find(note: str) -> Span | None:
    """Return the words that say that the contact has died, or None; no note raises."""
    words = folded(note)
    found = [Span(*match.span()) for match in _SAID_OF_PERSON.finditer(words)]
    found += [Span(*match.span("said")) for match in _AT_START.finditer(words)]
    found = [span for span in found if not _of_another(words, span.start)]
    for pattern in _CALLERS_OWN:
        found += [Span(match.start("who"), match.end()) for match in pattern.finditer(words) if _is_contact(match)]
    return min(found, default=None)


def _of_another(words: str, start: int) -> bool:
    return bool(_SOMEBODY_ELSE.search(words[max(0, start - 60) : start]))


def _is_contact(match: re.Match[str]) -> bool:
    return match["who"] in _ANYBODY or match["who"] in _THEIR_CONTACT.get(match["caller"], frozenset())
