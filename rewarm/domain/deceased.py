"""Decides whether a note says that the contact has died, and not a husband, a brother or a battery."""

from __future__ import annotations

import re

from rewarm.domain.spans import Span, folded

_GONE = (
    r"(?:has |had |have |just |recently |sadly |already )*"
    r"(?:passed away|passed(?= (?:on )?(?:\d|(?:last|this|in|on|over|sun|mon|tue|wed|thu|fri|sat|yesterday|peacefully|suddenly|earlier)))|"
    r"passed(?=\s*(?:[.;,!\n(-]|$|per\b))|died|deceased|has died|is deceased|is dead|expired(?= (?:\d|on|in))|is no longer with us|"
    r"succumbed)"
)
_SUBJECT = (
    r"(?:\b(?:pt|patient|client|he|she|they|mr|mrs|ms|miss|dr)\b\.?(?: [a-z'-]+(?= (?:passed|died|has|is|deceased)))?|"
    r"\bpt (?:has )?(?:sadly )?)"
)
_SAID_OF_PERSON = re.compile(rf"{_SUBJECT},? (?:is |was |has )?{_GONE}")
_AT_START = re.compile(
    r"(?:^|[.;:!?\n*(,-]\s*|\d\s+|\b[a-z]{2}: |\bper \w+,? |\b(?:that|says|said|reports?|reported|notified|us|marked|mark|is|chart|status) )"
    r"(?:marked )?(?P<said>deceased|dec'd|decd\b|passed away|passed(?= (?:on )?\d)|r\.?i\.?p\b|obit(?:uary)?\b)"
)
_CALLER = r"(?P<caller>daughter|dtr|son|wife|husband|spouse|partner|grandson|granddaughter|niece|nephew|sister|brother|family|caregiver|dil|sil)"
_CALLERS_OWN = re.compile(
    rf"\b{_CALLER}\b[^.;\n]{{0,24}}?\b(?:called|calling|calls|phoned|says|said|reports?|reported|let us know|informed|notified|emailed|"
    rf"advised|on phone|left (?:msg|vm|message)|stopped (?:in|by)|came in)\b[^.;\n]{{0,40}}?[\s,:-]"
    rf"(?:that )?(?:her |his |their |our |my )?(?P<who>mom|mother|mum|dad|father|husband|wife|hubby|grandma|grandmother|grandpa|grandfather|"
    rf"aunt|uncle|brother|sister|partner|spouse|he|she|pt|patient) {_GONE}"
)
# Whom a caller of each kind can be speaking of when the contact has died.
_THEIR_CONTACT = {
    "daughter": "mom mother mum dad father", "dtr": "mom mother mum dad father", "dil": "mom mother dad father",
    "son": "mom mother mum dad father", "sil": "mom mother dad father",
    "wife": "husband hubby", "husband": "wife", "spouse": "husband wife", "partner": "partner",
    "grandson": "grandma grandmother grandpa grandfather", "granddaughter": "grandma grandmother grandpa grandfather",
    "niece": "aunt uncle", "nephew": "aunt uncle", "sister": "sister brother", "brother": "sister brother",
}  # fmt: skip
_ANYBODY = frozenset({"he", "she", "pt", "patient"})
_SOMEBODY_ELSE = re.compile(
    r"\b(?:his|her|their|my|pt's|whose|late) (?:[a-z'-]+ ){0,2}$|"
    r"\b(?:husband|wife|spouse|hubby|brother|sister|mom|mother|dad|father|son|daughter|dtr|friend|dog|cat|aunt|uncle|twin|"
    r"neighbor|partner|in-law|inlaw|aids?|battery|batteries|phone|ones?|unit|it|grand\w+|parents?|widow\w*|of)\b"
    r"(?:,| is| was| has| just| since| recently)* $"
)


def find(note: str) -> Span | None:
    """Return the words that say that the contact has died, or None; no note raises."""
    words = folded(note)
    found = [Span(*match.span()) for match in _SAID_OF_PERSON.finditer(words) if not _of_another(words, match.start())]
    found += [
        Span(*match.span("said")) for match in _AT_START.finditer(words) if not _of_another(words, match.start("said"))
    ]
    found += [Span(match.start("who"), match.end()) for match in _CALLERS_OWN.finditer(words) if _is_contact(match)]
    return min(found, default=None)


def _of_another(words: str, start: int) -> bool:
    return bool(_SOMEBODY_ELSE.search(words[max(0, start - 60) : start]))


def _is_contact(match: re.Match[str]) -> bool:
    return match["who"] in _ANYBODY or match["who"] in _THEIR_CONTACT.get(match["caller"], "").split()
