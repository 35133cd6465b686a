"""Decides whether a note says that it is only a matter of time: not now, but then."""

from __future__ import annotations

import re

from rewarm.domain.spans import Span, folded

_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
_SEASON = r"(?:(?:the )?(?:holidays?|new year'?s?|xmas|christmas|thanksgiving|thxgiving|easter|spring|summer|fall|autumn|winter|harvest|season))\b"
_LATER = (
    rf"(?:{_MONTH}|{_SEASON}|next (?:year|month|quarter|spring|summer|fall|winter|season)|(?:the )?(?:first|beginning|start|end) of (?:the )?"
    r"(?:year|month|quarter)|(?:a )?(?:few|couple(?: of)?|several|\d+) (?:weeks|wks|months|mos|mths)|(?:tax|deductible|open enrol\w*|retire\w*|"
    r"pension|bonus|vacation|vac|travel\w*|surgery|wedding|move|moving|moves|school|cruise|trip|chemo|knee|hip|cataract|baby|sale of|house)\b[\w' ]*|"
    r"(?:he|she|they|pt)(?:'s| is| are)? (?:back|home|return\w*|retir\w*|moved|better|recover\w*)|(?:new )?(?:ins|insurance|plan|benefit\w*)\b)"
)
_TRY = r"(?:call(?: (?:me|her|him|them|pt|again|back))?|c/b|cb|callback|check(?: back| in)?|try(?: again)?|contact|follow ?-?up|f/u|revisit|circle back|reach out|reconnect|touch base|ring|resched\w*|will call)"
_WHEN = re.compile(
    rf"\b(?:wants? to |wanna |will |prefers? to |going to |gonna |like to |rather |asked to |needs? to |plans? to )?(?:wait(?:ing|s)?|hold(?:ing)? off|put off|postpone\w*|delay\w*|"
    rf"revisit\w*|decide|think about it) (?:on this |on it )?(?:til+|'til|until|till|for|after|to)\b(?! (?:call|appt|appointment|ride|results?)\b)[^.;\n]{{0,24}}?{_LATER}"
    rf"|\b{_TRY}[^.;\n]{{0,16}}? (?:after|in|when|once|around|til+|until|following|post|come|at)(?: the)? {_LATER}"
    rf"|\bback (?:in|after|by|around)(?: the)? (?:{_MONTH}|{_SEASON})[^.;\n]{{0,30}}"
    rf"|\bnot (?:right )?(?:now|yet|ready|a good time|this (?:year|month|season))\b[^.;\n]{{0,40}}?(?:after|til+|until|maybe|try|next|in (?:the )?(?:{_MONTH}|{_SEASON})|once|when|later)"
    rf"|\b(?:after|once|when) (?:the |his |her |their )?(?:tax (?:refund|season|return)|holidays|new year|retire\w*|wedding|harvest|surgery|deductible|divorce|vacation|{_SEASON})"
    rf"[^.;\n]{{0,20}}?(?:\b(?:he|she|pt|they) (?:says?|said)|$|[.;\n])"
    rf"|\b(?:timing (?:is|isn't|not|bad)|bad timing|not the right time|bad time (?:right )?now)\b"
    rf"|\bmaybe (?:in |after |next |around )(?:the )?{_LATER}"
)
_APPOINTMENT = re.compile(r"\b(?:appt|appointment|scheduled|booked|msg|message|voicemail|vm|warranty)\b")


def find(note: str) -> Span | None:
    """Return the words that say when it would suit, or None."""
    words = folded(note)
    for match in _WHEN.finditer(words):
        if not _APPOINTMENT.search(match[0]):
            return Span(match.start(), match.end())
    return None
