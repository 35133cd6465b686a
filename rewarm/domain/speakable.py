"""Decides how a quote from a note may be said to the person it is about: "hearing your grandkids", or not at all.

A note is written about people, a message to them. Whatever cannot be turned round with certainty stays unsaid:
the sentence around these words is the practice speaking, and a receptionist would have to stand behind it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from rewarm.domain.speakable_life import life_event, timeframe, work
from rewarm.domain.speech import gerund, plain, possessed
from rewarm.domain.trade import NO_TRADE, Trade

_MOST_WORDS: Final = 9
# What a long phrase can do without: "talking with your sister without the speaker" is still what she wants.
_CIRCUMSTANCE: Final = re.compile(r" (?=(?:without|when|while|whenever|because|even|instead|so that|since|unless)\b)")


def speakable(kind: str, quote: str, value: str | float | None, trade: Trade = NO_TRADE) -> str | None:
    """Return the fact as a phrase for a text message, or None when it cannot be said gracefully.

    The phrase fits where its kind is spoken of: "You mentioned {concern}", "how much {goal} would mean to you",
    "You were looking for {interest}", "You had {timeframe} in mind", "You told us about {life_event}" or {work}.
    """
    if kind == "product":
        return value if isinstance(value, str) and value else quote
    if kind == "timeframe":
        return timeframe(quote, value if isinstance(value, str) else None)
    words = plain(quote, trade) if kind in _SAID_BY_KIND or kind in _SAID_BY_TRADE else None
    phrase = _said(kind, words, trade) if words else None
    if phrase and len(phrase.split()) > _MOST_WORDS:
        phrase = _CIRCUMSTANCE.split(phrase, maxsplit=1)[0]
    return phrase if phrase and len(phrase.split()) <= _MOST_WORDS else None


def _said(kind: str, words: str, trade: Trade) -> str | None:
    by_trade = _SAID_BY_TRADE.get(kind)
    return by_trade(words, trade) if by_trade else _SAID_BY_KIND[kind](words)


# --- what troubles them -------------------------------------------------------------------------------------
_CANNOT = re.compile(
    r"(?:(?:still|really|often|just) )?(?:can't|cannot|can not|couldn't|unable to|hard to|"
    r"not able to) (?:always |really |even )?(.+)"
)
_TROUBLE = re.compile(
    r"(?:having |has |some |a lot of |lots of )?(?:trouble|difficulty|problems?|hard time|struggles|"
    r"struggling)(?: (with|in|following|hearing|understanding|on))?(?: (.+))?"
)
_MISSING = re.compile(r"(?:misses|missed|missing|loses|losing|gets lost|getting lost) (.+)")
_HARD = re.compile(
    r"(?:the |your )?([a-z]+(?: [a-z]+){0,2}s|TV|radio|church|work) (?:is |are )(?:getting |so |very |really |too )?"
    r"(?:hard|tough|difficult|tricky|a struggle)(?: (?:for|now|lately|these).*)?"
)
_AVOIDS = re.compile(
    r"(?:avoids?|avoiding|skips?|skipping|stays home from|stopped going to|quit going to|stopped) "
    r"(?:going (?:out )?to )?([a-z][a-z' ]+)"
)
_LEFT_OUT = re.compile(r"(?:feels?|feeling|felt) left out (?:(at|in|of|during|with) )(.+)")
_VOLUME = re.compile(r"(?:the )?(TV|radio|phone) volume(?: (?:is )?(?:way |too |so )*(?:up|loud|high))?")
_EAR_NOISE = re.compile(
    r"(?:(left|right|my|your|both) )?ears? (?:is |are |has been |have been |keeps? )?(ring|buzz|"
    r"hum|hiss)(?:s|ing)?"
)
_NOISE_IN_EAR = re.compile(
    r"(?:the )?(?:constant )?(ringing|buzzing|humming|hissing)(?: (in (?:your |the )?(?:left |"
    r"right |both )?ears?))?( at night| all day| all night| in the (?:morning|evening)| in bed)?"
)
_MUMBLING = re.compile(
    r"(?:thinks? )?(everyone|everybody|people|others|the kids|your \w+)(?: (?:just|always|"
    r"all))? (mumble|whisper)s?"
)
_TV_LOUD = re.compile(r"(?:the )?TV (?:is )?(?:way |so )?(?:too )?loud")
_BACKGROUND = re.compile(r"background noise|wind noise|group conversations?|noisy (?:places|rooms|restaurants)")
_THINGS_TO_MISS: Final = re.compile(r"(?!(?:appointments?|visits?|calls?|the call|work)\b)")


def _concern(words: str, trade: Trade) -> str | None:
    if found := _CANNOT.fullmatch(words):
        doing = gerund(found[1])
        return f"trouble {doing}" if doing else None
    if found := _TROUBLE.fullmatch(words):
        return _trouble(found[1], found[2])
    if found := _EAR_NOISE.fullmatch(words):
        where = {"left": "left ear", "right": "right ear"}.get(found[1] or "", "ears")
        return f"the {found[2]}ing in your {where}"
    if found := _NOISE_IN_EAR.fullmatch(words):
        where = re.sub(r"^in (?:the |your )?", "in your ", found[2]) if found[2] else "in your ears"
        return f"the {found[1]} {where}{found[3] or ''}"
    if found := _HARD.fullmatch(words):
        return f"{said} being hard" if (said := possessed(found[1])) else None
    if found := _AVOIDS.fullmatch(words):
        return f"avoiding {said}" if (said := possessed(found[1])) else None
    if found := _LEFT_OUT.fullmatch(words):
        return f"feeling left out {found[1]} {said}" if (said := possessed(found[2])) else None
    if found := _VOLUME.fullmatch(words):
        return f"the {found[1]} volume"
    if found := _MUMBLING.fullmatch(words):
        return f"{found[1]} {found[2].removesuffix('e')}ing"
    if trade.acts and (found := trade.acts.fullmatch(words)):
        doing = gerund(found[1])
        return f"{trade.device} {doing}" if doing else None
    if _TV_LOUD.fullmatch(words):
        return "the TV being too loud"
    if _BACKGROUND.fullmatch(words):
        return words
    if (found := _MISSING.fullmatch(words)) and _THINGS_TO_MISS.match(found[1]):
        lead = "getting lost" if "lost" in words.split()[:2] else "missing"
        return f"{lead} {possessed(found[1])}" if possessed(found[1]) else None
    return None


def _trouble(link: str | None, rest: str | None) -> str | None:
    if rest is None:
        return None
    said = possessed(rest)
    if said is None:
        return None
    if link == "with" and (doing := gerund(rest)) and rest.split()[0].endswith("ing"):
        return f"trouble {doing}"
    if link is None:
        return f"trouble {said}" if rest.split()[0].endswith("ing") else None
    return f"trouble {link} {said}"


# --- what they want back ------------------------------------------------------------------------------------
_WANTING = re.compile(r"(?:(?:wants?|would like|would love|hopes?|wishes|likes?|misses) )(?:to )?(?:just |only )?")


def _goal(words: str) -> str | None:
    phrase = gerund(_WANTING.sub("", words, count=1).removeprefix("to "))
    return None if phrase in ("hearing", "being able to", "following", "understanding") else phrase


# --- what they look for -------------------------------------------------------------------------------------
_QUALITY: Final = (
    r"(?:rechargeable|discreet|invisible|small|smaller|tiny|simple|comfortable|waterproof|lighter|easy|basic|hidden)"
)
_QUALITIES = re.compile(
    rf"(?:something )?({_QUALITY}(?:(?:,| and|, and| or) {_QUALITY})*(?: (?:for|at) (?:work|church|"
    rf"home|school|the office|your \w+))?)"
)
_SOMETHING = re.compile(
    r"something (?:discreet|small|invisible|simple|rechargeable|comfortable|in the canal|"
    r"behind the ear|that .+|for .+|with .+|easy .+)"
)
_HIDES = re.compile(r"(?:something that |anything that )?hides? (?:under|behind|in) (?:your )?(hair|ears?)")
_BLUETOOTH = re.compile(r"bluetooth((?: streaming)?(?: (?:for|in|with) .+)?)", re.IGNORECASE)
_UNCOUNTED = re.compile(
    r"(?:(?:monthly|weekly|small) payments|paying (?:monthly|over time)|financing|payment options|streaming|noise reduction|"
    r"rechargeable ones|invisible ones|smaller ones|tiny ones|batteries)(?: for .+)?"
)
_ARTICLED: Final = frozenset(
    {
        "second opinion",
        "trial",
        "home trial",
        "phone app",
        "travel charger",
        "payment plan",
        "repair",
        "cleaning",
        "loaner",
    }
)
_UNWANTED = re.compile(r"\b(?:not|no|off|never|doesn't|don't|against|hates?)\b")
_AND_WHEN = re.compile(r"(.+?) (?:before|for|at|in) [a-z' ]+", re.IGNORECASE)


def _interest(words: str, trade: Trade) -> str | None:
    if _UNWANTED.search(words):
        return None
    if found := _HIDES.fullmatch(words):
        return f"something that hides under your {found[1].rstrip('s')}" if found[1] == "hair" else None
    if found := _QUALITIES.fullmatch(words):
        return f"something {found[1]}"
    if _SOMETHING.fullmatch(words):
        return possessed(words)
    if found := _BLUETOOTH.fullmatch(words):
        return f"Bluetooth{possessed(found[1]) and found[1]}" if not found[1] or possessed(found[1]) else None
    articled, when = _ARTICLED | trade.articled, _AND_WHEN.fullmatch(words)
    if words.lower() in articled or (when and when[1].lower() in articled and possessed(words)):
        return f"a {possessed(words) or words}"
    counted = not _UNCOUNTED.fullmatch(words) and not (trade.uncounted and trade.uncounted.fullmatch(words))
    return None if counted else possessed(words)


# --- what holds them back ------------------------------------------------------------------------------------
_WORRIED = re.compile(r"(?:worried|concerned|nervous|unsure|anxious|not sure) (?:about|over) (?:the )?([a-z][a-z' ]+)")


def _objection(words: str) -> str | None:
    """Say what they were unsure about; most reasons are said by their value only (pack.yaml, `spoken`)."""
    found = _WORRIED.fullmatch(words)
    said = possessed(found[1]) if found else None
    return said if not said or said.startswith("your ") or said.split()[0].endswith("ing") else f"the {said}"


_SAID_BY_KIND: Final[Mapping[str, Callable[[str], str | None]]] = {
    "goal": _goal,
    "life_event": life_event,
    "objection": _objection,
    "work": work,
}
_SAID_BY_TRADE: Final[Mapping[str, Callable[[str, Trade], str | None]]] = {"concern": _concern, "interest": _interest}
