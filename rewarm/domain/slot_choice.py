"""Decides which of the offered slots a reply takes, leaves open or declines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rewarm.domain.availability import availability, fits
from rewarm.domain.calendar_spelling import calendar_spelling
from rewarm.domain.clock_words import minutes
from rewarm.domain.time_mentions import Mention, mentions
from rewarm.domain.wording import fold, spell_out

Verdict = Literal["one", "open", "none"]


@dataclass(frozen=True, slots=True)
class Choice:
    """What became of an offer: one slot taken, several suit, or none does."""

    verdict: Verdict
    pick: int | None = None


_NONE = re.compile(
    r"\b(?:neither|none of|none\b|not either|nei?ther one|no to both|neither of|nope and nope"
    r"|no and no|(?:cannot|will not|do not|can not) (?:do |make |work |be )?(?:either|any|both|those"
    r"|them|that week)"
    r"|(?:either|both|those|these|they|them|nothing)(?: \w+){0,2} (?:do not|will not|does not|cannot"
    r"|are not|not|no) ?(?:work|good|do|great|suit)?|nothing (?:works|there|that works|on there)"
    r"|ningun[oa]|aucun[e]?"
    r"|what else|(?:anything|something) (?:else|other|later|earlier|sooner)|other (?:times|days"
    r"|options|dates)|different (?:times|days|options|day|time|week)|any other|another (?:day|time"
    r"|week)|(?:those|these|both|they|either) (?:(?:are|is) )?(?:bad|out|no good|too|all)|no good|too (?:soon"
    r"|early|late|far))\b"
    r"|\b(?:that|those) (?:is|are) (?:the )?(?:week|days?|when)|that week\b"
)
_OTHER = re.compile(
    r"\b(?:any ?thing|something|nothing|any|what|got|have)(?: (?:do you have|have you|is|times?"
    r"|slots?))? (?:else|other|later|earlier|sooner|after that)\b|\bwhat else\b|\bother (?:times|days"
    r"|options)"
    r"|\b(?:busy|work|working|out of town|away|gone|booked|tied up|not free|unavailable|traveling"
    r"|at work|vacation|babysitting)(?: \w+){0,3} (?:both|either|those|that|then|all)\b"
    r"|\bnot (?:those|these|that week|either|both|any)\b|\bout of town\b|\bjury duty\b"
    r"|^(?!.*\b(?:but|except|only|unless)\b).*\b(?:cannot|can not|will not|do not)(?: be able to)? (?:do|make|work|come)"
    r"(?: any of)? (?:those|these|them)\b"
    r"|\b(?:some ?thing|any ?thing|openings?) (?:for |in |on )?(?:the )?(?:following|next|other) week"
    r"|^\W*(?:ok |and |is there |are there |do you have |got )*any(?: ?thing)? (?:in|on|for|at|around|before|after)\b.*\?"
)
_NUMBER_FIRST = re.compile(
    r"^\W*(?:(?:option|number|slot|#) ?)?(?P<n>[1-9])(?: please| thanks| works| is good| is fine)*[,.;!-]+ ?[a-z]"
)
_OPEN = re.compile(
    r"\b(?:either|whichever|any of (?:them|those|the|these)|anyone|both (?:work|are|good|fine|ok)"
    r"|both|all (?:work|good|fine|of them|three)|you (?:pick|choose|decide)|whatever|does not matter"
    r"|do not care|no preference|any(?:thing)? (?:works|is fine|is good)|cualquiera|n'importe"
    r"|dealer's choice|your (?:choice|pick|call)|surprise me|eeny)\b"
)
_REFUSING_SIGN = re.compile("[\U0001f645\U0001f44e\u274c\U0001f6ab]")
_INDEX = (
    (re.compile(r"(?:\b(?:the|that|your|do|take|want|prefer|for) |^\W*)first\b(?! (?:thing|available|time|visit"
r"|of (?:the|next)|appointment of|opening))|\bfirst (?:one|slot|option|choice|works|please"
r"|time you)|\b(?:1st|former|primer[oa]?|premier|premiere)(?! (?:thing|available|time|visit"
r"|of (?:the|next)|appointment of|opening))\b|(?:#|\bno\.? ?|\bnumber |\boption |\bnumero |\bopt "
r"|\bchoice |\bslot )(?:1|one|uno|a)\b|\b(?:choice|option) a\b|^a\W*$|\u0031\ufe0f?\u20e3"), 0),
    (re.compile(r"\b(?:the )?(?:second|2nd|segund[oa]|deuxieme)(?! (?:thought|week|opinion|time|visit))\b|(?:#"
r"|\bno\.? ?|\bnumber |\boption |\bnumero |\bopt |\bchoice |\bslot )(?:2|two|dos|b)\b|^b\W*$"
r"|\u0032\ufe0f?\u20e3"), 1),
    (re.compile(r"\b(?:the )?(?:third|3rd|tercer[oa]?|troisieme)\b|(?:#|\bno\.? ?|\bnumber |\boption |\bnumero "
r"|\bopt |\bchoice |\bslot )(?:3|three|tres|c)\b|^c\W*$|\u0033\ufe0f?\u20e3"), 2),
    (re.compile(r"\b(?:the )?(?:fourth|4th one)\b|(?:#|\bnumber |\boption )(?:4|four)\b"), 3),
)  # fmt: skip
_LAST = re.compile(
    r"\b(?:the )?(?:last|final|bottom|latter|ultim[oa]|dernier|derniere)(?: one| option"
    r"| slot)?\b(?! (?:week|time|year|month|visit|appointment))"
)
_MIDDLE = re.compile(r"\b(?:the )?middle(?: one| option| slot)?\b")
_EARLIER = re.compile(
    r"\b(?:the )?(?:earlier|earliest|soonest|sooner|early|mas temprano|plus tot)(?: one| of the two"
    r"| slot| time| option| day)?\b"
)
_LATER = re.compile(
    r"\b(?:the )?(?:later|latest|late|mas tarde|plus tard)(?: one| of the two| slot| time| option"
    r"| day)?\b(?! (?:in|this|next))"
)
_NEGATED = re.compile(
    r"\b(?:not|no|never|cannot(?: \w+)?|nix|except|anything but|do not (?:want|like|do)) (?:on |do "
    r"|the |make |that )*$"
)
_BARE = re.compile(
    r"^\W*(?:(?:i|we|let us|lets|ill|yes|ok|sure|please|give me|put me (?:in )?(?:for|down for)"
    r"|i will|take|go with|do|the|number|option|#|would like|like|how about|maybe) )*"
    r"(?P<n>\d{1,2}|one|two|three|four|uno|dos|tres)(?P<rest>(?: (?:please|works?|thanks|thank you"
    r"|is good|is fine|is best|is perfect|for me|it is|sounds good|then|would be|would work|great"
    r"|good|fine|ok|the number|por favor|sil vous plait"
    r"|the number not the time))*[\W]*)(?:,? the number.*)?$"
)
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "uno": 1, "dos": 2, "tres": 3}


def choose(text: str, offered: Sequence[datetime], asked: str | None, now: datetime) -> Choice | None:
    """Match a reply against the offered slots, by number, order, day or hour; None when it does not speak of them."""
    folded = fold(text)
    spelled = spell_out(folded)
    calendar = calendar_spelling(spelled)
    if bare := _BARE.match(spelled):
        word = bare["n"]
        return _numbered(_NUMBERS.get(word) or int(word), offered, asked, lettered="number" in spelled)
    if (first := _NUMBER_FIRST.match(spelled)) and _asked_for_number(asked):
        return _numbered(int(first["n"]), offered, asked, lettered=False)
    if _OTHER.search(spelled):
        return Choice("none")
    named = _by_time(calendar, text, offered, now)
    if named is not None and named.verdict in ("one", "none"):
        return named
    if _REFUSING_SIGN.search(text) or (_NONE.search(spelled) and not (named and named.verdict == "open")):
        return Choice("none")
    remaining = _fitting_indexes(calendar, text, offered, now)
    ordered = _by_order(spelled, offered, remaining or list(range(len(offered))))
    if ordered is not None:
        return ordered
    if _OPEN.search(spelled):
        return Choice("open")
    return named


def _numbered(number: int, offered: Sequence[datetime], asked: str | None, *, lettered: bool) -> Choice | None:
    """Read a lone figure: an index when we numbered the slots, else whatever index, hour or day it can only mean."""
    as_index = {number - 1} if 1 <= number <= len(offered) else set()
    if lettered or _asked_for_number(asked):
        return Choice("one", number - 1) if as_index else None
    as_hour = {i for i, slot in enumerate(offered) if (slot.hour % 12 or 12) == number or slot.hour == number}
    on_the_hour = {i for i in as_hour if offered[i].minute == 0}
    as_day = {i for i, slot in enumerate(offered) if slot.day == number}
    meant = (on_the_hour or as_hour) | as_day
    if not meant:
        return Choice("one", next(iter(as_index))) if as_index else None
    return Choice("one", next(iter(meant))) if len(meant) == 1 else Choice("open")


def _asked_for_number(asked: str | None) -> bool:
    return bool(asked and re.search(r"\b1[).:]|\bnumber\b|reply 1\b", asked.lower()))


def _fitting_indexes(calendar: str, text: str, offered: Sequence[datetime], now: datetime) -> list[int]:
    suits = availability(text, now, habit=True)
    if suits is None:
        return []
    return [i for i, slot in enumerate(offered) if fits(slot, suits)]


def _by_time(calendar: str, text: str, offered: Sequence[datetime], now: datetime) -> Choice | None:
    """Compare the days and hours of the text with the slots; an exact start beats a mere fit."""
    said = [item for item in mentions(calendar, now.date()) if isinstance(item, Mention)]
    if not said:
        return _loose_hour(calendar, offered)
    fitting = _fitting_indexes(calendar, text, offered, now)
    if len(fitting) == 1:
        return Choice("one", fitting[0])
    if fitting:
        order = _by_order(spell_out(fold(text)), offered, fitting)
        if order:
            return order
        return Choice("open") if len(fitting) < len(offered) or any(not item.refused for item in said) else None
    return Choice("none")


def _loose_hour(calendar: str, offered: Sequence[datetime]) -> Choice | None:
    """Take "the 2" or "930 good" as an hour when exactly one slot begins then."""
    found = {
        i
        for word in re.findall(r"\b(?:1[0-2]|[1-9])(?::?[0-5]\d)?\b", calendar)
        for i, slot in enumerate(offered)
        if (at := minutes(word)) is not None and at == slot.hour * 60 + slot.minute
    }
    return Choice("one", found.pop()) if len(found) == 1 else None


def _by_order(spelled: str, offered: Sequence[datetime], among: Sequence[int]) -> Choice | None:
    """Read "the second", "the last one", "the earlier one", also refused ones ("not the early one")."""
    rules = [(pattern, index) for pattern, index in _INDEX if index < len(offered)]
    chronological = sorted(among, key=lambda i: offered[i])
    extra = [(_LAST, len(offered) - 1), (_MIDDLE, len(offered) // 2)]
    extra += [(_EARLIER, chronological[0]), (_LATER, chronological[-1])] if chronological else []
    for pattern, index in [*rules, *extra]:
        if found := pattern.search(spelled):
            if _NEGATED.search(spelled[: found.start()] + ("" if spelled[: found.start()].endswith(" ") else " ")):
                rest = [i for i in among if i != index]
                return Choice("one", rest[0]) if len(rest) == 1 else Choice("open")
            return Choice("one", index)
    return None
