"""Remembers the words by which notes refuse a channel, for do_not_contact.py to judge; all in small letters."""

from __future__ import annotations

import re
from typing import Final

# A channel word takes the shape that its trigger asks for: "do not TEXT", "not to be TEXTED", "quit TEXTING", "no TEXTS".
_TXT = r"(?:text|txt|sms)"
_MAIL = r"e-?mail"
BASE: Final = (
    rf"{_TXT}|call|phone|telephone|ring|{_MAIL}|contact|reach out|message|msg|solicit|market to|write|mail|"
    r"follow up with|reach out to|get in touch"
)
DONE: Final = (
    rf"{_TXT}'?e?d|called|phoned|telephoned|{_MAIL}ed|contacted|messaged|msg'?d|bothered|disturbed|solicited|harassed|"
    rf"marketed to|sent (?:any ?more |any )?(?:{_TXT}s?|{_MAIL}s?|anything|messages?)"
)
DOING: Final = (
    rf"{_TXT}ing|calling|phoning|{_MAIL}ing|contacting|messaging|reaching out|soliciting|harassing|hounding|pestering|"
    rf"mailing|"
    r"(?:bothering|bugging|ringing) (?:me|us|him|her|them|pt|the)"
)
THINGS: Final = (
    rf"(?:reminder|marketing|automated|promo) (?:{_TXT}s?|calls?|{_MAIL}s?)|"
    rf"{_TXT}[ -]?(?:messages?|msgs?|mssgs?|reminders?|alerts?|blasts?)|{_TXT}s?|"
    r"(?:tele)?phone ?calls?|sales calls?|robo-?calls?|calls?|"
    rf"{_MAIL}s?(?: reminders?| blasts?)?|newsletters?|e-?blasts?|"
    r"contact|communications?|outreach|solicitations?|marketing|promos?|promotions?|reminders?|messages|msgs|"
    r"correspondence|letters?|post ?cards?|mail(?:ers?|ings?)?|cards|brochures?|fl[iy]ers?|nothing|anything|everything|stuff"
)
LISTS_OF_OURS: Final = (
    rf"{_TXT}(?:ing|s)?(?: (?:message|msg|reminder|alert|blast)s?)?(?: lists?)?|"
    rf"{_MAIL}(?:ing|s)?(?: (?:list|blast|campaign|reminder)s?)?|newsletters?(?: list)?|mailing lists?|mailings?|"
    r"(?:call(?:ing)?|phone|dialer)(?: lists?|s)|(?:contact |marketing |recall |reminder |campaign )?(?:lists?|"
    r"database|reminders)|"
    r"marketing|everything|campaigns?|communications?|solicitations?|system"
)
JOIN: Final = r"(?:\s*[,/&+]\s*(?:or |and |nor |no |the |our |stop )*|\s+(?:or|and|nor|no|&)\s+(?:no |the |our )?)"
END: Final = (
    r"(?=\s*(?:$|[.;,!?)\n:/-]|pls|please|plz|thx|thanks|per|anymore|any more|again|ever|period|of any kind|at all|\d|"
    r"until (?:they|he|she|pt|further)))"
)
WHO: Final = r"(?:him|her|them|me|us|pt|patient|you|family)"
_QUALIFIER: Final = (
    r"(?:any|more|any more|further|additional|future|our|your|the|these|those|all|automated|unsolicited|such)"
)
_NOT: Final = r"(?:\bnot|\b(?:do|does|did|is|was|should|would|wo)n'?t|\bnever|\bno longer|\brather not)"
_ASKED: Final = (
    r"\b(?:ask\w*|told|tells?|sa(?:id|ys)|request\w*|wants?|insist\w*|demand\w*|pls|please|us|me|staff|desk|office|"
    r"allowed|supposed|"
    r"we're|we are|we r|are|were)"
)


def _listing(item: str) -> str:
    return rf"(?P<list>(?:{item})\b(?:{JOIN}(?:{item})\b)*)"


def _compiled(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


# Triggers that could also be said of what others do ("he never texts"): their subject is looked at.
OF_ANYBODY: Final = _compiled(
    rf"\b(?:do[ -]?not|don'?t|dnt|never)[ -](?:ever |even |you |try to |try and |dare )*{_listing(BASE)}",
    rf"{_ASKED} not (?:allowed |supposed )?to (?:ever )?{_listing(BASE)}",
    rf"\bnot (?:allowed|supposed) to (?:ever )?{_listing(BASE)}",
)
OF_US: Final = _compiled(
    rf"{_NOT} (?:\w+ ){{0,3}}?(?:be|get) {_listing(DONE)}",
    rf"{_NOT} (?:ever |really )?(?:want|wants|wish|wishes) (?:us |you |anyone |to (?:get|receive|have) |{_QUALIFIER} |get |"
    rf"getting |receive |receiving |have |hear )*{_listing(f'{THINGS}|{DOING}')}(?<!to call)(?<!to text)(?<!to email)",
    rf"\brather not (?:get|receive|have) (?:{_QUALIFIER} )*{_listing(THINGS)}",
    rf"\b(?:sick|tired|fed up|done|enough|had it|had enough) (?:of|w/|"
    rf"with) (?:{_QUALIFIER} )*{_listing(f'{THINGS}|{DOING}')}",
    rf"{_NOT} (?:want|wish) (?:us|you|anyone|anybody|the office) to (?:ever )?{_listing(BASE)}",
    r"\b(?:that|if|rather|prefers?|asks?|asked|wants?|said|says) we (?:not|never|don'?t|didn'?t|do not|quit|stop) (?:ever )?"
    + _listing(f"{BASE}|{DOING}"),
    rf"\b(?:do[ -]?not|don'?t|dnt|never|stop|quit|not) (?:send(?:ing)?|leav(?:e|ing)) (?:{WHO} |"
    rf"{_QUALIFIER} )*{_listing(THINGS)}",
    rf"\bno (?:{_QUALIFIER} )*{_listing(f'{THINGS}|{DOING}')}",
    rf"\b(?:stop|quit|cease|discontinue|halt|turn(?:ed)? off|shut off|knock off|lay off|hold off on) (?:w/ ?|with |"
    rf"{_QUALIFIER} |sending |"
    rf"making |getting |receiving |{WHO} |damn )*{_listing(f'{DOING}|{THINGS}')}",
    rf"(?:\b(?:declin(?:es?|ed|ing)|refus(?:es?|ed|ing)|not ok(?:ay)?|no consent|no permission|revok\w+|withdr\w+|"
    rf"rescind\w+)|{_NOT} consent) "
    r"(?:to |for |all |any |our |her |his |their |consent |permission |being |receive |receiving |get |getting |w/ |with )*"
    + _listing(f"{THINGS}|{DOING}|{DONE}")
    + r"(?<!ed call)(?<!es call)(?<!ng call)(?<!se call)",
    rf"\b(?:nobody|no one|noone|none of us) (?:ever |should |is to |to )*{_listing(BASE)}(?! (?:it|that|back))",
    rf"\b(?:anything but|nothing by|not by|never by) {_listing(THINGS)}",
)

OFF_A_LIST: Final = re.compile(
    r"\b(?:tak(?:e|en|ing)|took|get|remov(?:e|ed|al|ing)|delet(?:e|ed|ing)|drop(?:ped)?|scrub(?:bed)?|wants?|wanted|"
    r"strike|scratch|"
    r"cross|keep) (?:(?!from|off|of|old|wax)[\w'.#]+ ){0,4}?(?:off|from)(?: of)? (?:the |our |your |all |any |every |"
    r"my |of )*"
    rf"(?P<list>(?:{LISTS_OF_OURS})\b(?:{JOIN}(?:{LISTS_OF_OURS})\b)*)"
)
OPT_OUT: Final = re.compile(
    r"\b(?P<verb>opt(?:s|ed|ing)?[- ]?outs?|unsub(?:scribed?|scribes|bed|s|'d)?)(?!\w)"
    r"(?P<rest>(?: (?:of|from|for|by|via|on|w/|with|me|us|him|her))?(?: (?:the|our|all|any|future|further|receiving|"
    r"getting))*)"
    r"(?: (?P<what>[a-z'-]+))?"
)
ABBREVIATION: Final = re.compile(r"(?<!\w)(?:DNC|DND|DNT|DNE)(?!\w)")

# Whole sayings that close every channel, and those that close what they name or the channel given.
CLOSES_ALL: Final = _compiled(
    r"\b(?:hold|suspend|freeze|cease|pause) (?:all|any(?: and all)?|further) (?:phone ?)?"
    r"(?:calls?|contact|reminders?|communications?|outreach|marketing|texts?|messages?)\b",
    r"\b(?:all |any )?(?:contact|communications?|outreach|calls|reminders) (?:is |are )?on hold\b",
    rf"\bleave (?:{WHO}|the family|this (?:pt|lady|man)) (?:alone|be)\b|\bto be left alone\b",
    r"\blose (?:my|her|his|their|the|this) (?:number|#|info)",
    r"\bno(?:thing)? nothing\b|\bno further contact\b|\bcease (?:and|&|n) desist\b|\bdo not disturb\b",
    r"\b(?:nothing|not) (?:more |further |else |want )?(?:to do (?:w/|with)|from) us\b",
    rf"{_NOT} (?:want|wish|wants|wishes|care|need|wanna)(?: to)? (?:ever )?hear (?:back )?from (?:us|any business|"
    rf"anyone|any of)\b",
    r"\b(?:do not|don'?t|never) (?:ever )?bother (?:him|her|them|me|us|pt|the family)\b",
    r"\b(?:all|any) (?:contact|communications?|calls) (?:must )?(?:go )?(?:thru|through|via|to) (?:\w+ )?(?:lawyer|"
    r"attorney|atty)\b",
    r"\b(?:ask|asked|asks|told|tells|said|says|wants|begged) (?:us |me |you )?(?:to )?(?:please |pls )?(?:stop|quit)\b"
    r"(?=\s*(?:$|[.;,!\n]|per\b|\d))",
    rf"\b(?:remove|delete|scrub) (?:{WHO}|(?:my|her|his|their|the|pt) (?:name|number|info|#))"
    r"(?=\s*(?:$|[.;,!\n]|pls|please|per\b|from (?:our|your|all|everything)))",
    r"\b(?:asked|asks|wants?|requested|requests|demands?|like) to be (?:removed|taken off|deleted)(?=\s*(?:$|[.;,!\n]|"
    r"pls|please|per\b|\d))|"
    r"\b(?:pls|please) remove(?=\s*(?:$|[.;,!\n]))|\b(?:take|took|get|want|wants) (?:me|us|him|her|pt|everyone|us both|"
    r"both of (?:us|them)|(?:the )?(?:whole |entire )?(?:household|family)) off(?=\s*(?:$|[.;,!\n'\"]|pls|please|"
    r"per\b|\d))",
    r"\bif (?:we|anyone|anybody|you|u|someone|they|somebody)(?: \w+){0,4} (?:calls?|texts?|e-?mails?|"
    r"contacts?) (?:(?:him|her|me|them) )?again\b",
    r"\b(?:purge|erase|delete) (?:all )?(?:my|her|his|their|the) (?:info\w*|record|records|details|contact\w*)\b",
    r"\b(?:stop'?d|stop (?:received|rec'?d)|blocked (?:us|our (?:number|#)))\b",
    r"\bno (?:me |le |la )?(?:contact(?:e|en|ar))\b",
)  # fmt: skip
CLOSES_WRITING: Final = re.compile(
    rf"\bnothing (?:\w+ )?in writing\b|{_NOT} (?:put|leave|send) (?:it|anything) in writing\b|\bnot in writing\b"
)
CLOSES_TEXTS: Final = _compiled(
    r"\b(?:replied|replies|texted|txted|txtd|sent|responded|answered|wrote)(?: us| back)?(?: w/| with)? ?[\"']?stop\b[\"']?"
    r"(?! by| in\b| at\b| and | sign| wear| us)",
    rf"\bok to {_TXT} ?[?:=] ?(?:no|n)\b|\b{_TXT}(?:s|ing)? ?(?:are |is |[-:=] ?)(?:not (?:ok|okay|allowed|wanted)|"
    rf"a no|off limits|no\b(?! ans))",
    r"\bno paper trail\b|\bnothing (?:on|to) (?:his|her|their|the) (?:cell|phone)\b|"
    r"\bin a text\b(?<=not put anything in a text)",
    r"\bno (?:mas |más |enviar |mandar )?(?:textos|mensajes)\b",
)
CLOSES_CALLS: Final = re.compile(r"\bno (?:me |le |la )?llam(?:e|en|ar)\b(?! (?:antes|despues|después))")
# "upset about the texts, wants them stopped": the channel comes first.
NAMED_FIRST: Final = re.compile(
    rf"\b(?P<list>{_TXT}s?(?: reminders?| msgs?| messages?)?|calls|{_MAIL}s?|reminders|newsletters?|communications?|"
    rf"contact)\b[^.;\n]{{0,34}}?\b"
    r"(?:(?:wants?|asked for|needs?) (?:them|it|these|those|that) (?:stopped|off|to stop)|must stop|(?:has|have|need|"
    r"needs) to stop|make (?:it|them) stop|"
    r"knock it off|(?:turned |shut )?off per|(?:be |to be )?(?:stopped|discontinued|ended)(?=\s*(?:$|[.;,!\n]|per))|"
    r"unsubscribed|(?:cut|turn|shut|take) (?:them|it) (?:out|off)|cancel them|no more(?=\s*(?:$|[.;!\n])))"
)

# --- what makes it no refusal -------------------------------------------------------------------------------
_DAY: Final = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*"
LIMIT: Final = re.compile(
    rf"\s*(?:{WHO}|it\b|back|there|again)?\s*,?\s*(?:"
    r"(?:before|b4|bfr|bef|after|aft|past|betw\w*|during|while|when|whenever|if|as|yet|early|late|today|tonight|"
    r"tomorrow|tmrw|"
    rf"weekends?|weekdays?|mornings|evenings|nights|{_DAY}|coming|come|thru|through|going|ring|received?|returned|"
    rf"since|made|left|"
    r"info|card|lens\w*|needed|necessary|registry|buttons?|center|volume|source|stock|number on|on file)\b|"
    r"(?:un)?til+ (?!further|they|he\b|she\b|pt|we hear|told|notified|asked|i\b|family)|"
    rf"(?:on|over) (?:the )?(?:{_DAY}|week|phone is|speaker|mailer|app|screen|file)|in (?:the )?(?:a\.?m|p\.?m|morning|"
    rf"afternoon|evening|or out)|"
    r"(?:this|next) (?:week|month|morning|am)|right now|first thing|"
    r"at (?:work|night|home|noon|lunch|dinner|school|his|her|the|\d)|"
    r"(?:on |to |at )?(?:the |his |her |my |their )?(?:work|office|job|old|business|school)\b|"
    r"(?:on |to |at )?(?:the |his |her |my |their )?(?:cell|home|house|landline|machine)\b[^.;\n]{0,24}\b(?:call|use|try)\b|"
    r"to (?:the |his |her |their )?(?:house|home|husband|wife)|"
    r"(?:from|by) (?:tele|scam|robo|other|unknown|un|blocked|pt|pat|him|her|the|ins|charit|polit))"
)
WANTED: Final = re.compile(
    r"\s*(?:is |are |'s )?(?:ok|okay|fine|good|great|best|only|preferred|works?|instead|first|better|her|him|them)\b"
)
OTHERS: Final = re.compile(
    r"(?:\b(?:i|they|he|she|pt|who|it|that|kids?|\w*kids|family|children|people|ppl|doctors?)|\w's) $"
)
TOLD_THEM: Final = re.compile(
    r"\b(?:told|reminded|advised|asked|warned) (?:him|her|pt|patient|them|the (?:pt|patient)) $"
)
UNSAID: Final = re.compile(
    r"(?:\b(?:did ?n[o']?t|didn't|never|not) (?:ask|say|said|request|want)\w*(?: us)?(?: to)?|can'?t|cannot|won'?t|"
    r"could ?n[o']?t|"
    r"not a|trouble|hard to|no need to) $"
)
CALLED_BY_NAME: Final = re.compile(
    r"(?i:call(?:ed|ing)?)\s+(?:(?i:him|her|me|them|pt)\s+)?[\"'“]?(?:[A-Z][a-z]+|(?i:it|him a|her a|grandma|honey|"
    r"sweetie)\b)"
)
ONE_THING: Final = re.compile(
    r"\b(?:text|txt|call|e-?mail|contact|phone|mail|ring|message|msg|write|marketing|communication|outreach)$"
)
TRIED: Final = re.compile(
    r"\b(?:lm|lmom|lvm|vm|left (?:a )?(?:msg|message|vm)|tried|attempt\w*|called|x ?\d|n/?a|bounced)\b[^.;\n]*$"
)
FOREIGN_LIST: Final = re.compile(r"[ -]?(?:call|text)?[ -]?(?:registry|list for telemark)")
NOT_OURS: Final = re.compile(r"(?:wait|waiting|cancel\w*|short[- ]notice|guest) ?$|(?:national|federal|state) $")
