"""Decides which hours of a day a phrase means, as an office reads them: "at 4" is the afternoon, "first thing" is eight."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

Found = re.Match[str]
OPENS, CLOSES = 8 * 60, 18 * 60


@dataclass(frozen=True, slots=True)
class Hours:
    """A half-open stretch of a day in minutes after midnight; `busy` when they are elsewhere then."""

    start: int
    end: int
    busy: bool = False


def hours_at(text: str, at: int) -> tuple[Hours, int] | None:
    """Read the hours named at one place of a text that went through `calendar_spelling`; with where they end."""
    for pattern, mean in _RULES:
        if (found := pattern.match(text, at)) and (hours := mean(found)):
            return hours, found.end()
    return None


_HOUR_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
               "ten": 10, "eleven": 11, "twelve": 12}  # fmt: skip
_TURNS = {"noon": 720, "midday": 720, "lunch": 720, "lunchtime": 720, "work": 1020, "school": 900,
"midnight": 1440, "closing": 1080,
          "close": 1080, "opening": 480}  # fmt: skip


def _time(name: str) -> str:
    """Build the pattern of one time of day under its own group name."""
    words = "|".join(_HOUR_WORDS)
    return (
        rf"(?P<{name}>noon|midday|midnight|closing|lunch(?:time)?(?! meeting)"
        rf"|(?:half past|quarter past|quarter to|quarter till|quarter of) (?:\d{{1,2}}|{words})"
        rf"|(?:\d{{1,2}}[:.][0-5]\d|(?:1[0-2]|[1-9])[0-5]\d(?!\d)|\d{{1,2}}(?![\d/]|(?!ish|[ap]\.?m?(?!\w)"
        rf"|o'?clock)[a-z])|(?:{words})(?: (?:thirty|fifteen|forty ?five|o ?clock))?)"
        r"(?: ?(?:a\.?m\b\.?|p\.?m\b\.?|o'? ?clock)|[ap](?!\w))?(?: in the (?:morning|afternoon"
        r"|evening))?)(?: ?ish\b)?"
        r"(?! ?(?:%|min|hour|day|week|month|year|people|kids|times|bucks|dollars|percent|or so (?:min|hour)))"
    )


def minutes(words: str, *, prefer_after: int | None = None) -> int | None:
    """Read one time of day in minutes after midnight, as office hours suggest when it does not say am or pm."""
    if words in _TURNS:
        return _TURNS[words]
    shift = 0
    if past := re.match(r"(half past|quarter past|quarter (?:to|till|of)) ", words):
        shift = {"half past": 30, "quarter past": 15}.get(past[1], -15)
        words = words[past.end() :]
    found = re.match(r"(\d{1,2}?)[:.]?([0-5]\d)?(?!\d)|([a-z]+)(?: (thirty|fifteen|forty ?five))?", words)
    if not found:
        return None
    hour = int(found[1]) if found[1] else _HOUR_WORDS.get(found[3] or "", -1)
    minute = int(found[2]) if found[2] else {"thirty": 30, "fifteen": 15}.get(found[4] or "", 45 if found[4] else 0)
    if not 0 <= hour <= 24:
        return None
    rest = words[found.end() :]
    if re.search(r"^ ?p|afternoon|evening", rest):
        hour = hour % 12 + 12
    elif re.search(r"^ ?a|morning", rest):
        hour %= 12
    elif 1 <= hour <= 7 or (prefer_after is not None and hour < 12 and hour * 60 + minute <= prefer_after):
        hour += 12
    return hour * 60 + minute + shift


def _fixed(start: int, end: int) -> Callable[[Found], Hours]:
    return lambda _found: Hours(start, end)


def _busy_from(start: int, end: int) -> Callable[[Found], Hours]:
    return lambda _found: Hours(start, end, busy=True)


def _range(found: Found) -> Hours | None:
    start, end = minutes(found["t"]), minutes(found["u"])
    if start is None or end is None:
        return None
    if re.search(r"p\.?m?", found["u"]) and not re.search(r"[ap]\.?m?", found["t"]):
        as_pm = minutes(f"{found['t']} pm")
        start = as_pm if as_pm is not None and as_pm < end else start
    if end <= start:
        end = minutes(found["u"], prefer_after=start) or end
    return Hours(start, end) if end > start else None


def _after(found: Found) -> Hours | None:
    if found["t"].startswith("lunch"):
        return Hours(780, CLOSES)
    at = minutes(found["t"])
    return None if at is None else Hours(at, CLOSES)


def _after_unless_earlier(found: Found) -> Hours | None:
    return _before(found) if found.group().startswith("earlier than") else _after(found)


def _before(found: Found) -> Hours | None:
    at = minutes(found["t"])
    return None if at is None else Hours(0, at)


def _around(found: Found) -> Hours | None:
    at = minutes(found["t"])
    return None if at is None else Hours(at - 30, at + 30)


def _exact(found: Found) -> Hours | None:
    at = minutes(found["t"])
    return None if at is None else Hours(at, at + 60)


def _busy(found: Found) -> Hours | None:
    at = minutes(found["t"])
    return None if at is None else Hours(at, at + 60, busy=True)


_T, _U = _time("t"), _time("u")
_EVENT = (
    r"(?:funeral|meeting|class|church|flight|dentist|doctor|cardiologist|recital|game|practice|pickup"
    r"|pick-up|shift|conference|"
    r"call|chemo|dialysis|therapy|physical|surgery|wedding|party|lunch|dinner|service|bingo|golf"
    r"|tee time|rehearsal|mass|yoga|interview)"
)
_WORK = (
    r"(?:work|working|at work|busy|asleep|sleep|nap|tied up|teaching|teach|in class|class|school"
    r"|shift|meetings?|booked|unavailable|away|out|gone|stuck|home ?schooling|babysit\w*|kids"
    r"|on shift|driving)"
)
_DONE = (
    r"(?:(?:get|gets|getting|am|i am|is|be)(?: all)? )?(?:off|out|done|free|finish(?:ed)?|home|over"
    r"|through)(?: (?:of|from|with))?(?: (?:work|school|class|shift|there|here))?"
)
_LEAVE = (
    r"(?:(?:have|need|got|has) to (?:be|leave|go|get|pick|start|drive)(?: (?:\w+ ){0,4})?|leave"
    r"|leaving|starts?|begins?|(?:be|back) (?:\w+ ){0,4})"
)
_RULES: tuple[tuple[re.Pattern[str], Callable[[Found], Hours | None]], ...] = tuple(
    (re.compile(source), mean)
    for source, mean in (
        (r"first thing(?: (?:in|of) the (?:morning|day))?\b", _fixed(480, 540)),
        (r"(?:as )?(?:early in the (?:morning|day)|early mornings?|early am)\b", _fixed(480, 600)),
        (r"mid[- ]?mornings?\b", _fixed(570, 660)),
        (r"(?:late(?:r)?(?: in the)? mornings?)\b", _fixed(600, 720)),
        (r"early(?: in the)? afternoons?\b", _fixed(720, 900)),
        (r"mid[- ]?afternoons?\b", _fixed(840, 960)),
        (r"(?:late(?:r)?(?: in the)? afternoons?|(?:the )?end of (?:the )?(?:work ?)?day|eod"
r"|late(?:r)? in the day|last appointment)\b", _fixed(960, 1080)),
        (r"(?:after|once|when) (?:i |we |he |she )?(?:" + _DONE + r") (?:at |by )?" + _T, _after),
        (r"(?:after|before) (?:the )?(?:holiday|surgery|vacation|trip|baby|wedding)", lambda _f: None),
        (r"(?:after|past) (?:my |the )?(?P<t>lunch|work|school)(?: hours)?\b", _after),
        (r"before (?:my |the )?(?:work|school)\b", _fixed(480, 540)),
        (r"before (?:my )?lunch\b", _fixed(480, 720)),
        (r"(?:i |we |he |she )?" + _WORK + r"(?: \w+){0,2}? (?:until|till|til|to|through) "
         r"(?:about |around |like )?" + _T, _after),
        (_LEAVE + r" ?(?:at|by) " + _T, _before),
        (_DONE + r" (?:at|after|around|about) " + _T, _after),
        (r"(?:i |we )?work(?:ing|s)? (?:the )?days?(?: shift)?\b(?! off)", _busy_from(OPENS, 1020)),
        (r"not (?:until|till|til|before) (?:after |about |around )?" + _T, _after),
        (r"after (?:my |the )?(?:\w+ ){1,2}(?:at|ends at|ends) " + _T, _after),
        (r"(?:drops?|gets?|arrives?|lands?|brings?)(?: (?:me|us|in|there|off|home))* at " + _T, _after),
        (r"(?:i |we )?work(?:ing|s)? (?:the )?(?:nights?|evenings?|graveyard|(?:night|second) shift)\b", _busy_from(1020, 1080)),
        (r"(?:pick(?:ing)? ?up|get|drop(?:ping)? off|meet(?:ing)?) (?:\w+ ){1,3}at " + _T, _busy),
        (_EVENT + r" (?:is |starts )?(?:at|from) " + _T, _busy),
        (r"(?:shift|class|school|meeting|work) (?:ends|finishes|is over|lets out|gets out|is done) (?:at"
r"|around|by) " + _T, _after),
        (r"(?:anytime |any time |time |sometime )?between " + _T + r" ?(?:and|to|-|n|&) ?" + _U, _range),
        (r"(?:any ?time |sometime )?(?:from )?" + _T + r" ?(?:-|to|until|till|til|through|thru) ?" + _U, _range),
        (r"(?:(?:any ?time|anything|sometime|some time|later|no earlier) )?(?:after|past|later than"
r"|no earlier than|not earlier than|earlier than|than|not before|from|starting(?: at)?|as of"
r"|beginning at) (?:about |around |like )?" + _T + r"(?: (?:on|onwards?|forward))?", _after_unless_earlier),
        (_T + r" ?(?:onwards?|on ?wards|or later|or after|and later|and after|and on|\+|forward|or so or later)", _after),
        (_T + r" ?(?:or earlier|or before|at the latest|and earlier|tops)", _before),
        (r"(?:(?:any ?time|anything|sometime|no later|done|over|finished|out|home|back) )?(?:before|by"
r"|until|till|til|no later than|than|up to|prior to) (?:about |around )?" + _T, _before),
        (r"(?:at )?(?:around|about|approx(?:imately)?|roughly|circa|close to|like|near|somewhere around|~) ?" + _T, _around),
        (_T[: _T.index("(?: ?ish")] + r" ?ish\b", _around),
        (r"(?:over |during |at |on |for )?(?:my |the )?lunch(?: ?(?:time|hour|break))?\b(?! (?:meeting"
r"|date|with))", _fixed(720, 780)),
        (r"noon ?ish\b", _fixed(690, 750)),
        (r"(?:at |@ ?|for )" + _T, _exact),
        (r"(?P<t>noon|midday)\b", _exact),
        (r"(?P<t>\d{1,2}(?:[:.][0-5]\d)? ?(?:a\.?m\b\.?|p\.?m\b\.?|o'? ?clock|sharp)|\d{1,2}[ap]\b"
r"|\d{1,2}:[0-5]\d|(?:1[0-2]|[1-9])[0-5]\d(?= ?(?:am|pm|works|please|ok|is|on|tomorrow|monday"
r"|tuesday|wednesday|thursday|friday|saturday|$)))", _exact),
        (r"(?P<t>(?:half past|quarter past|quarter to|quarter till) (?:\d{1,2}|\w+))", _exact),
        (r"(?P<t>(?:" + "|".join(_HOUR_WORDS) + r") (?:thirty|fifteen|forty ?five|o'? ?clock))\b", _exact),
        (r"(?<!\bi )(?:in the |the |any )?(?:a\.?m)\b\.?", _fixed(480, 720)),
        (r"(?:in the |the |any )?(?:p\.?m)\b\.?", _fixed(720, 1080)),
        (r"(?:in the |the |any )?mornings?\b", _fixed(480, 720)),
        (r"(?:in the |the |any )?afternoons?\b", _fixed(720, 1080)),
        (r"(?:in the |the |any )?(?:evenings?|nights?|tonight)\b", _fixed(1020, 1080)),
        (r"early(?= (?:tomorrow|monday|tuesday|wednesday|thursday|friday|saturday|in the week)|$|\?)", _fixed(480, 600)),
        (r"(?<=early )(?:tomorrow)", lambda _f: None),
        (r"all day(?: long)?\b", _fixed(480, 1080)),
    )
)  # fmt: skip
_BARE = re.compile(
    r"(?P<t>\d{1,2}|"
    + "|".join(_HOUR_WORDS)
    + r")(?![\d/:%]|\w|\.\d| ?(?:min|hour|day|week|month|year|people|kids|times|of\b|percent|am|pm))"
)


def bare_hour_at(text: str, at: int) -> tuple[Hours, int] | None:
    """Read a lone figure as an hour; the caller knows from the neighbours that it is one."""
    found = _BARE.match(text, at)
    hours = _exact(found) if found and (not found["t"].isdigit() or 1 <= int(found["t"]) <= 12) else None
    return (hours, found.end()) if found and hours else None
