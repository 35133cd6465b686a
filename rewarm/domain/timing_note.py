"""Decides whether a note says that it is only a matter of time: not now, but then."""

from __future__ import annotations

import re

from rewarm.domain.spans import Span, folded

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b"
)
_SEASON = (
    r"(?:the )?(?:holidays?|new year'?s?|xmas|christmas|thanksgiving|thxgiving|easter|spring|summer|fall|autumn|winter"
    r"|harvest|season)\b"
)
# What people wait for: a calendar, an event of their own, money.
_EVENT = (
    r"(?:tax|deductible|open enrol\w*|retire\w*|pension|bonus|vacation|vac|travel\w*|surgery|wedding|divorce|move|moving|moves"
    r"|school|cruise|trip|chemo|knee|hip|cataract|baby|sale of|house)\b[\w' ]*"
)
_LATER = (
    rf"(?:{_MONTH}|{_SEASON}|{_EVENT}|next (?:year|month|quarter|spring|summer|fall|winter|season)"
    r"|(?:the )?(?:first|beginning|start|end) of (?:the )?(?:year|month|quarter)"
    r"|(?:a )?(?:few|couple(?: of)?|several|\d+) (?:weeks|wks|months|mos|mths)"
    r"|(?:he|she|they|pt)(?:'s| is| are)? (?:back|home|return\w*|retir\w*|moved|better|recover\w*)"
    r"|(?:new )?(?:ins|insurance|plan|benefit\w*)\b)"
)
_WAIT = (
    r"(?:wait(?:ing|s)?|hold(?:ing)? off|put off|postpone\w*|delay\w*|revisit\w*|decide|think about it)(?: on (?:this|it))?"
    r" (?:til+|'til|until|till|for|after|to)\b(?! (?:call|appt|appointment|ride|results?)\b)"
)
_TRY = (
    r"(?:call(?: (?:me|her|him|them|pt|again|back))?|c/b|cb|callback|check(?: back| in)?|try(?: again)?|contact|follow ?-?up|f/u"
    r"|revisit|circle back|reach out|reconnect|touch base|ring|resched\w*|will call)"
)
_NOT_NOW = r"not (?:right )?(?:now|yet|ready|a good time|this (?:year|month|season))\b"
_PATTERNS = (
    rf"{_WAIT}[^.;\n]{{0,24}}?{_LATER}",
    rf"{_TRY}[^.;\n]{{0,16}}? (?:after|in|when|once|around|til+|until|following|post|come|at)(?: the)? {_LATER}",
    rf"back (?:in|after|by|around)(?: the)? (?:{_MONTH}|{_SEASON})[^.;\n]{{0,30}}",
    rf"{_NOT_NOW}[^.;\n]{{0,40}}?(?:after|til+|until|maybe|try|next|once|when|later|in (?:{_MONTH}|{_SEASON}))",
    rf"(?:after|once|when) (?:the |his |her |their )?(?:{_EVENT}|{_SEASON})[^.;\n]{{0,20}}?"
    r"(?:\b(?:he|she|pt|they) (?:says?|said)|$|[.;\n])",
    r"(?:timing (?:is|isn't|not|bad)|bad timing|not the right time|bad time (?:right )?now)\b",
    rf"maybe (?:in |after |next |around )(?:the )?{_LATER}",
)
_WHEN = re.compile("|".join(rf"\b{pattern}" for pattern in _PATTERNS))
# These speak of a visit that is agreed or of a call, not of the person's readiness.
_APPOINTMENT = re.compile(r"\b(?:appt|appointment|scheduled|booked|msg|message|voicemail|vm|warranty)\b")


def find(note: str) -> Span | None:
    """Return the words that say when it would suit, or None."""
    words = folded(note)
    for match in _WHEN.finditer(words):
        if not _APPOINTMENT.search(match[0]):
            return Span(match.start(), match.end())
    return None
