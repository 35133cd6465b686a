"""Decides how clipped note words become plain words, and words about somebody words to them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from rewarm.domain.trade import NO_TRADE, Trade

_SHORT: Final = {
    "abt": "about", "w/": "with", "w/o": "without", "w/out": "without", "thru": "through", "b4": "before", "aft": "after",
    "&": "and", "@": "at", "fr": "from", "til": "until", "till": "until", "esp": "especially", "yrs": "years",
    "ppl": "people", "gkids": "grandkids", "dtr": "daughter", "dtrs": "daughter's", "hubby": "husband",
    "hubbys": "husband's", "convo": "conversation", "convos": "conversations", "mtg": "meeting", "mtgs": "meetings",
    "hosp": "hospital", "bday": "birthday", "b-day": "birthday", "thxgiving": "Thanksgiving", "tgiving": "Thanksgiving",
    "xmas": "Christmas", "trbl": "trouble", "trble": "trouble", "diff": "difficulty", "prob": "problem",
    "probs": "problems", "smthg": "something", "smth": "something", "sthg": "something", "discrete": "discreet",
    "rechrgbl": "rechargeable", "rechargable": "rechargeable", "rechargeables": "rechargeable ones", "tv": "TV",
    "t.v": "TV", "bt": "Bluetooth", "mic": "microphone", "bkgd": "background", "bg": "background",
    "cant": "can't", "couldnt": "couldn't", "doesnt": "doesn't", "dont": "don't", "isnt": "isn't",
    "jan": "January", "feb": "February", "mar": "March", "apr": "April", "aug": "August", "sept": "September",
    "sep": "September", "oct": "October", "nov": "November", "dec": "December",
}  # fmt: skip
# Shorthand that has no friendly form, and words that nobody wants to read about themselves.
_UNSAYABLE: Final = frozenset(
    "pt pts appt appts tx dx hx rx au ad as rt lt rec bilat snhl hl wnl he hc poa ins ent pcp dr mgr conv adj vis sched "
    "info imo fyi otc bte ric rite itc ite cic iic cros tm ppo hmo q's re per ref mos wk wks mo lm vm cb c/o s/p p/t sx "
    "f/u ck lol haha ha's wax vertigo dizzy fell died dead dementia surgery cancer pain blood drain hurts stupid dumb "
    "old deaf ugly embarrassed".split()
)
_OF_OTHERS: Final = re.compile(
    r"\b(?:he|she|him|hers|they|them|theirs|it|himself|herself|we|us|our|i|me)\b(?:'\w+)?", re.IGNORECASE
)
_POSSESSIVE: Final = re.compile(r"\b(?:her|his|their|my|pt's)\b(?= [a-z])", re.IGNORECASE)
_RELATION: Final = (
    r"(?:wife|husband|spouse|partner|daughter|son|grandkids|grandchildren|grandson|granddaughter|grandsons|granddaughters|"
    r"great-grandkids|kids|children|mom|dad|sister|brother|mother|father|friends|family|niece|nephew|students|customers|clients|boss|"
    r"foreman|coworkers|colleagues|grandbaby|grandchild|great grands)"
)
_OWNED: Final = "your the a an her his own new all two three four five six".split()
_UNOWNED: Final = re.compile(rf"(?<!\w){''.join(f'(?<!{word} )' for word in _OWNED)}({_RELATION})\b(?!-)")
_COUNTS: Final = dict(
    zip(
        "2 3 4 5 6 7 8 9 10".split(),
        "two three four five six seven eight nine ten".split(),
        strict=True,
    )
)
# A phrase that was cut short: "trouble with women's", "making out what the waitress".
_DANGLING: Final = re.compile(
    r"\b(?:(?:where|without|with|from|to|of|and|or|the|a|for|at|when|who|that|but|your|about)$|\w+'s$"
    r"|(?:what|who|when|where) (?:(?:the|your|a) )?\w+$)"
)
_MODIFIED: Final = re.compile(
    r"\b(?:the|your|a|an|all|these|those)(?: (?!with\b|from\b|to\b|for\b|in\b|on\b|at\b|of\b|and\b)[a-z]+){1,2} $"
)
_ORDINAL: Final = re.compile(r"\d(?:st|nd|rd|th)")
_NO_SPEECH: Final = re.compile(r"[\"“”?!()\[\]=<>#$%*\n]|(?<!\w)[^\x00-\x7f]|\b(?:[A-Z]{3,})\b")
_KEEPS_CAPITAL: Final = re.compile(r"TV\b|I\b|[A-Z][a-z]+(?:sgiving|mas|ter)\b")
_SPELLED: Final = re.compile(r"[A-Za-zé]+(?:[-'][A-Za-z]+)*'?")
_VOWEL: Final = re.compile(r"[aeiouyé]", re.IGNORECASE)
_BABY: Final = re.compile(r"(?<!the )(?<!your )(?<!new )(?<!a )\bbaby\b")
_STRANGER: Final = re.compile(r"\b(?:her|his|their|my|i|me)\b|\d(?!(?:st|nd|rd|th)\b)")
_KEEP_DOING: Final = re.compile(r"keep (?=\w+ing\b)")
_BEING: Final = re.compile(r"(?:able to|part of|included in)\b")
_HEARING_NEWS: Final = re.compile(r"(?:from(?! the (?:back|front|next|other|far))|about|back|more)\b")
_DATE_WORDS: Final = re.compile(r"\d{1,2}(?:/\d{1,2})?(?:/\d{2,4})?|'\d\d")


def plain(quote: str, trade: Trade = NO_TRADE) -> str | None:
    """Return the quote in full words, spoken to "you"; None when a word of it cannot be said."""
    words = quote.strip().replace("’", "'").strip("\"'“”.,;:-! ")
    if _NO_SPEECH.search(words.replace("é", "e")):
        return None
    spoken = []
    for word in words.split():
        full = _in_full(word, trade)
        if full is None:
            return None
        spoken.append(full)
    text = _POSSESSIVE.sub("your", " ".join(spoken))
    text = text[0].lower() + text[1:] if text and not _KEEPS_CAPITAL.match(text) else text
    if _DANGLING.search(text) or (_OF_OTHERS.search(text) and not text.lower().startswith("i ")):
        return None
    return text or None


@lru_cache(maxsize=8192)
def _in_full(word: str, trade: Trade) -> str | None:
    """Write out one word of a note; None when it cannot be said."""
    bare = word.strip(",.;:")
    stem, owner, _ = bare.partition("'s")
    full = _COUNTS.get(bare) or _long(bare, trade) or (_long(stem, trade) or stem) + owner
    if bare.isupper() and len(bare) > 1 and full == bare and bare != "TV":
        return None
    if full.lower() in _UNSAYABLE or not all(map(_is_word, full.split())):
        return None
    return full + ("," if word.endswith(",") else "")


def _long(word: str, trade: Trade) -> str | None:
    return trade.short.get(word.lower()) or _SHORT.get(word.lower())


def _is_word(word: str) -> bool:
    if _DATE_WORDS.fullmatch(word) or _ORDINAL.fullmatch(word) or word == "911":
        return True
    if not _SPELLED.fullmatch(word):
        return False
    return word in ("TV", "a", "i", "I") or (len(word) > 1 and bool(_VOWEL.search(word)))


def possessed(words: str) -> str | None:
    """Return the words with "your" before a relative who has no owner; None when they speak of somebody else."""
    text = _UNOWNED.sub(_owned, _POSSESSIVE.sub("your", words))
    text = _BABY.sub("the baby", text)
    if _STRANGER.search(text):
        return None
    return text.strip(" ,") or None


def _owned(found: re.Match[str]) -> str:
    """Put "your" before a bare relative, but not inside "the piano students", which has its article."""
    return found[1] if _MODIFIED.search(found.string[: found.start()]) else f"your {found[1]}"


# Verbs that people use for what they want back or cannot do.
_VERBS: Final = (
    "hear follow understand listen enjoy talk chat join participate keep sing sit catch laugh watch play order use "
    "teach read feel "
    "walk bike golf garden dance smile bowl travel hike ski eat chew sleep run get go be stay hold work order meet "
    "conduct perform "
    "make tell pick recognize distinguish handle stand look ride kneel climb swim bite take whistle squeal pinch "
    "crackle fall cut do "
    "worship visit have communicate drive lead coach volunteer call answer attend see"
).split()
_DOUBLED: Final = {"sit", "run", "get", "stop", "chat", "swim", "cut"}
_KEEP_E: Final = {"be", "see"}


def gerund(words: str) -> str | None:
    """Return "hearing your grandkids" for "hear your grandkids"; None for a verb that is not known."""
    kept = _KEEP_DOING.match(words)  # "keep hearing" -> "hearing", not "keeping hearing"
    verb, _, rest = words[kept.end() if kept else 0 :].partition(" ")
    doing = _ing(verb.lower())
    if doing is None:
        return None
    if doing == "being" and not _BEING.match(rest):
        return None
    if doing == "hearing" and _HEARING_NEWS.match(rest):
        return None
    tail = possessed(rest) if rest else ""
    if tail is None:
        return None
    return f"{doing} {tail}".strip()


def _ing(verb: str) -> str | None:
    if verb == "able":
        return "being able"
    return verb if verb in _DONE else _DOING.get(verb)


def _inflected(verb: str) -> str:
    if verb in _DOUBLED:
        return f"{verb}{verb[-1]}ing"
    if verb.endswith("e") and verb not in _KEEP_E:
        return f"{verb[:-1]}ing"
    return f"{verb}ing"


_DOING: Final = {verb: _inflected(verb) for verb in _VERBS}
_DONE: Final = frozenset(_DOING.values())
