"""Decides which channels a free-text note closes: "do not text", "hold all calls", "pt passed away".

A refusal is trigger words ("do not", "no more", "quit", "take her off") followed by a list of channel words.
What a condition limits ("do not call before 2", "quit texting her during class") is a preference and closes
nothing; neither does what others do ("doesn't text", "told him not to text while driving"). When in doubt about
a real refusal the channel is closed: 47 CFR 64.1200(a)(10) lets a person revoke "in any reasonable manner".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from rewarm.domain.deceased import find as find_death
from rewarm.domain.spans import Span, first, folded

Channel = Literal["sms", "call", "email"]
EVERY: Final[frozenset[Channel]] = frozenset({"sms", "call", "email"})
_SMS: Final[frozenset[Channel]] = frozenset({"sms"})
_CALL: Final[frozenset[Channel]] = frozenset({"call"})
_EMAIL: Final[frozenset[Channel]] = frozenset({"email"})
_NONE: Final[frozenset[Channel]] = frozenset()


@dataclass(frozen=True, slots=True)
class Denials:
    """The words that close each channel, and those that say the person has died (which close all three)."""

    sms: Span | None = None
    call: Span | None = None
    email: Span | None = None
    deceased: Span | None = None

    @property
    def everything(self) -> bool:
        """Say whether no channel is left."""
        return None not in (self.sms, self.call, self.email)


def read(note: str) -> Denials:
    """Return the first words that close each channel; no note raises."""
    words = folded(note)
    closed: dict[Channel, list[Span]] = {"sms": [], "call": [], "email": []}
    death = find_death(note)
    refusals = list(_refusals(note, words))
    if death is not None:
        refusals.append((death, EVERY))
    for span, channels in refusals:
        for channel in channels:
            closed[channel].append(span)
    return Denials(first(closed["sms"]), first(closed["call"]), first(closed["email"]), death)


# --- the words of a channel ---------------------------------------------------------------------------------
# A channel word in the shape that follows its trigger: "do not TEXT", "not to be TEXTED", "quit TEXTING", "no TEXTS".
_TXT = r"(?:text|txt|sms)"
_MAIL = r"e-?mail"
_BASE = rf"{_TXT}|call|phone|telephone|ring|{_MAIL}|contact|reach out|message|msg|solicit|market to"
_DONE = (
    rf"{_TXT}'?e?d|called|phoned|telephoned|{_MAIL}ed|contacted|messaged|msg'?d|bothered|solicited|harassed|"
    rf"sent (?:any ?more )?(?:{_TXT}s?|{_MAIL}s?|anything|messages?)"
)
_DOING = (
    rf"{_TXT}ing|calling|phoning|{_MAIL}ing|contacting|messaging|reaching out|soliciting|harassing|hounding|pestering|"
    r"(?:bothering|bugging|ringing) (?:me|us|him|her|them|pt|the)"
)
_THINGS = (
    rf"{_TXT}[ -]?(?:messages?|msgs?|mssgs?|reminders?|alerts?|blasts?)|{_TXT}s?|"
    r"(?:tele)?phone ?calls?|sales calls?|robo-?calls?|calls?|"
    rf"{_MAIL}s?(?: reminders?| blasts?)?|newsletters?|e-?blasts?|"
    r"contact|communications?|outreach|solicitations?|marketing|promos?|promotions?|reminders?|messages|msgs|"
    r"correspondence|letters?|post ?cards?|mail(?:ers?|ings?)?|cards|brochures?|fl[iy]ers?|nothing|anything|stuff"
)
_NOT = r"(?:\bnot|\b(?:do|does|did|is|was|should|would|wo)n'?t|\bnever|\bno longer)"
_JOIN = r"(?:\s*[,/&+]\s*(?:or |and |nor |no )?|\s+(?:or|and|nor|no|&)\s+(?:no )?)"
_END = r"(?=\s*(?:$|[.;,!?)\n:/-]|pls|please|plz|thx|thanks|per|anymore|any more|again|ever|period|of any kind|at all|\d))"

_MEANINGS: Final[tuple[tuple[re.Pattern[str], frozenset[Channel]], ...]] = (
    (re.compile(rf"{_TXT}|messag|msg"), _SMS),
    (re.compile(rf"{_MAIL}|newsletter|e-?blast|mailing list"), _EMAIL),
    (re.compile(r"call|phon|ring|dial"), _CALL),
    (re.compile(r"letter|post ?card|mail|card|brochure|fl[iy]er"), _NONE),  # paper is no channel of ours
)


def _channels(listed: str) -> frozenset[Channel]:
    """Return what a list such as "calls, letters or texts" names; paper next to a channel means all of it."""
    items = [item for item in re.split(_JOIN, listed) if item]
    meanings = [_meaning(item) for item in items]
    named = frozenset().union(*meanings) if meanings else _NONE
    return EVERY if named and _NONE in meanings else named


def _meaning(item: str) -> frozenset[Channel]:
    for pattern, channels in _MEANINGS:
        if pattern.search(item):
            return channels
    return EVERY


# --- what a refusal looks like ------------------------------------------------------------------------------
def _list_of(item: str) -> str:
    return rf"(?P<list>(?:{item})\b(?:{_JOIN}(?:{item})\b)*)"


_QUALIFIER = r"(?:any|more|any more|further|additional|future|other|our|your|the|these|those|all|automated|unsolicited|such)"
_WHO = r"(?:him|her|them|me|us|pt|patient|you|family)"
_LISTS: Final[tuple[tuple[re.Pattern[str], bool], ...]] = tuple(
    (re.compile(pattern), bare)
    for pattern, bare in (
        # (pattern, does the trigger stand for the verb of others unless its subject is ours?)
        (rf"\b(?:do[ -]?not|don'?t|dnt|never)[ -](?:ever |even |you |try to |try and )*{_list_of(_BASE)}", True),
        (rf"\b(?:ask\w*|told|tells?|sa(?:id|ys)|request\w*|wants?|insist\w*|demand\w*|pls|please|us|me|staff|office) "
         rf"not to (?:ever )?{_list_of(_BASE)}", True),
        (rf"{_NOT} (?:\w+ ){{0,3}}?(?:be|get) {_list_of(_DONE)}", False),
        (rf"{_NOT} (?:ever |really )?(?:want|wants|wish|wishes) (?:us |you |anyone )?"
         rf"(?:to |{_QUALIFIER} |get |getting |receive |receiving |have |a )*{_list_of(f'{_THINGS}|{_DOING}')}", False),
        (rf"{_NOT} (?:want|wish) (?:us|you|anyone|anybody|the office) to (?:ever )?{_list_of(_BASE)}", False),
        (rf"\bno (?:{_QUALIFIER} )*{_list_of(_THINGS)}", False),
        (rf"\b(?:stop|quit|cease|discontinue|halt|turn off|shut off|knock off|lay off|hold off on) "
         rf"(?:w/ ?|with |{_QUALIFIER} |sending |making |getting |receiving |{_WHO} |damn )*{_list_of(f'{_DOING}|{_THINGS}')}", False),
        (rf"\b(?:declin(?:es?|ed|ing)|refus(?:es?|ed|ing)|not ok(?:ay)?|no consent|no permission|revok\w+|withdr\w+|rescind\w+|"
         rf"{_NOT} consent) (?:to |for |all |any |our |her |his |their |consent |permission |being |receive |receiving |"
         rf"get |getting |w/ |with )*{_list_of(f'{_THINGS}|{_DOING}|{_DONE}')}", False),
        (rf"\b(?:not by|anything but|do(?:es)?n'?t (?:do|accept|take)|nothing by) {_list_of(_THINGS)} (?=pls|please|at all)", False),
    )
)  # fmt: skip

# What is taken off, and from where.
_OFF_LIST = re.compile(
    r"\b(?:tak(?:e|en|ing)|took|get|remov(?:e|ed|al|ing)|delet(?:e|ed|ing)|drop(?:ped)?|scrub(?:bed)?|wants?|wanted|strike) "
    r"(?:(?!from|off|of|old|wax)[\w'.#]+ ){0,4}?(?:off|from)(?: of)? (?:the |our |your |all |any |every |my |of )*"
    rf"(?P<list>{_TXT}(?:ing|s)?(?: (?:message|msg|reminder|alert|blast)s?)?(?: lists?)?|"
    rf"{_MAIL}s?(?: (?:list|blast|campaign|reminder)s?)?|newsletters?(?: list)?|mailing lists?|"
    r"(?:call(?:ing)?|phone|dialer)(?: lists?|s)|(?:contact |marketing |recall |reminder |campaign )?(?:lists?|database|reminders)|"
    r"marketing|everything|campaigns?|communications?|solicitations?|system)\b"
)
_OPT_OUT = re.compile(
    r"\b(?P<verb>opt(?:s|ed|ing)?[- ]?outs?|unsub(?:scribed?|scribes|bed|s)?)\b"
    r"(?P<rest>(?: (?:of|from|for|by|via|on|w/|with|me|us|him|her))?(?: (?:the|our|all|any|future|further|receiving|getting))*)"
    r"(?: (?P<what>[a-z'-]+))?"
)
_ABBREVIATIONS: Final[dict[str, frozenset[Channel]]] = {"DNC": EVERY, "DND": EVERY, "DNT": _SMS, "DNE": _EMAIL}
_ABBREVIATION = re.compile(r"(?<!\w)(?:DNC|DND|DNT|DNE)(?!\w)")

# Whole sayings and the channels that they close.
_SAYINGS: Final[tuple[tuple[re.Pattern[str], frozenset[Channel]], ...]] = tuple(
    (re.compile(pattern), channels)
    for pattern, channels in (
        (r"\b(?:hold|suspend|freeze|cease|pause) (?:all|any(?: and all)?|further) (?:phone ?)?"
         r"(?:calls?|contact|reminders?|communications?|outreach|marketing|texts?|messages?)\b", EVERY),
        (r"\b(?:put|place) (?:all |any )?(?:contact|communications?|outreach|calls|reminders) on hold\b", EVERY),
        (rf"\bleave (?:{_WHO}|the family|this (?:pt|lady|man)) (?:alone|be)\b", EVERY),
        (r"\bto be left alone\b", EVERY),
        (r"\blose (?:my|her|his|their|the|this) (?:number|#|info)", EVERY),
        (r"\bno(?:thing)? nothing\b|\bno further contact\b|\bcease (?:and|&|n) desist\b", EVERY),
        (r"\b(?:nothing|not) (?:more |further |else |want )?(?:to do (?:w/|with)|from) us\b", EVERY),
        (rf"{_NOT} (?:want|wish|wants|wishes|care|need|wanna)(?: to)? (?:ever )?hear (?:from|back from) us\b", EVERY),
        (r"\b(?:do not|don'?t|never) (?:ever )?bother (?:him|her|them|me|us|pt|the family)\b", EVERY),
        (r"\b(?:all|any) (?:contact|communications?|calls) (?:must )?(?:go )?(?:thru|through|via|to) (?:\w+ )?(?:lawyer|attorney|atty)\b", EVERY),
        (r"\b(?:ask|asked|asks|told|tells|said|says|wants|begged) (?:us |me |you )?(?:to )?(?:please |pls )?(?:stop|quit)\b"
         r"(?=\s*(?:$|[.;,!\n]|per\b|\d))", EVERY),
        (rf"\b(?:remove|delete|scrub) (?:{_WHO}|(?:my|her|his|their|the|pt) (?:name|number|info|#))(?=\s*(?:$|[.;,!\n]|pls|please|per\b|from (?:our|your|all|everything)))", EVERY),
        (rf"\bnothing (?:\w+ )?in writing\b|{_NOT} (?:put|leave|send) (?:it|anything) in writing\b|\bnot in writing\b", _SMS | _EMAIL),
        (rf"\b(?:replied|replies|texted|txted|txtd|sent|responded|answered|wrote)(?: us| back)?(?: w/| with)? ?[\"']?stop\b[\"']?"
         r"(?! by| in\b| at\b| and | sign| wear| us)", _SMS),
        (rf"\bok to {_TXT} ?[?:=] ?(?:no|n)\b|\b{_TXT}s? (?:are |is )?(?:not (?:ok|okay|allowed|wanted)|a no|off limits)\b", _SMS),
        (r"\bno (?:me |le |la )?(?:llam(?:e|en|ar)|contact(?:e|en|ar))\b(?! (?:antes|despues|después))", EVERY),
        (r"\bno (?:mas |más |enviar |mandar )?(?:textos|mensajes)\b", _SMS),
    )
)  # fmt: skip

# --- what makes it none -------------------------------------------------------------------------------------
_DAY = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*"
_LIMIT = re.compile(
    rf"\s*(?:{_WHO}|it\b|back|there|again)?\s*,?\s*(?:"
    r"(?:before|b4|bfr|bef|after|aft|past|betw\w*|during|while|when|whenever|if|as|yet|early|late|today|tonight|tomorrow|tmrw|"
    rf"weekends?|weekdays?|mornings|evenings|nights|{_DAY}|coming|come|thru|through|going|ring|received?|returned|since|made|left|"
    r"info|card|lens\w*|needed|necessary|registry|buttons?|center|volume)\b|"
    r"(?:un)?til+ (?!further|they|he\b|she\b|pt|we hear|told|notified|asked|i\b)|"
    rf"(?:on|over) (?:the )?(?:{_DAY}|week|phone is|speaker|mailer|app|screen|file)|in (?:the )?(?:a\.?m|p\.?m|morning|afternoon|evening|or out)|"
    r"(?:this|next) (?:week|month|morning|am)|right now|first thing|"
    r"at (?:work|night|home|noon|lunch|dinner|school|his|her|the|\d)|"
    r"(?:on |to |at )?(?:the |his |her |my |their )?(?:work|office|job|old|business|school)\b|"
    r"(?:on |to |at )?(?:the |his |her |my |their )?(?:cell|home|house|landline|machine)\b[^.;\n]{0,24}\b(?:call|use|try)\b|"
    r"to (?:the |his |her |their )?(?:house|home|husband|wife)|"
    r"(?:from|by) (?:tele|scam|robo|other|unknown|un|blocked|pt|pat|him|her|the|ins|charit|polit))"
)
_WANTED = re.compile(r"\s*(?:is |are |'s )?(?:ok|okay|fine|good|great|best|only|preferred|works?|instead|first|better|her|him|them)\b")
_OTHERS = re.compile(r"(?:\b(?:i|we|you|they|he|she|pt|who|it|that|kids?|\w*kids|family|children|people|ppl|doctors?)|\w's) $")
_TOLD_THEM = re.compile(r"\b(?:told|reminded|advised|asked|warned) (?:him|her|pt|patient|them|the (?:pt|patient)) $")
_UNSAID = re.compile(r"(?:\b(?:did ?n[o']?t|didn't|never|not) (?:ask|say|said|request|want)\w*(?: us)?(?: to)?|can'?t|cannot|won'?t|could ?n[o']?t|not a) $")
_CALLED_BY_NAME = re.compile(r"(?i:call(?:ed|ing)?)\s+(?:(?i:him|her|me|them|pt)\s+)?[\"'“]?(?:[A-Z][a-z]+|(?i:it|him a|her a|grandma|honey|sweetie)\b)")
_ONE_THING = re.compile(r"(?:text|txt|call|e-?mail|contact)$")
_TRIED = re.compile(r"\b(?:lm|lmom|lvm|vm|left (?:a )?(?:msg|message|vm)|tried|attempt\w*|called|x ?\d|n/?a)\b[^.;\n]*$")
_FOREIGN_LIST = re.compile(r"[ -]?(?:call|text)?[ -]?(?:registry|list for telemark)")
_NOT_OURS = re.compile(r"(?:wait|waiting|cancel\w*|short[- ]notice|guest) ?$|(?:national|federal|state) $")


def _refusals(note: str, words: str) -> Iterator[tuple[Span, frozenset[Channel]]]:
    yield from _listed(note, words)
    for match in _OFF_LIST.finditer(words):
        yield Span(*match.span()), _channels(match["list"])
    for match in _OPT_OUT.finditer(words):
        yield Span(match.start(), match.end("rest")), _opted_out(words, match)
    for match in _ABBREVIATION.finditer(note):
        if not re.search(r"\b(?:not|no longer|off) (?:on |the )*$", words[: match.start()]):
            yield Span(*match.span()), _ABBREVIATIONS[match[0]]
    for pattern, channels in _SAYINGS:
        for match in pattern.finditer(words):
            if not _UNSAID.search(words[: match.start()]):
                yield Span(*match.span()), channels


def _listed(note: str, words: str) -> Iterator[tuple[Span, frozenset[Channel]]]:
    for pattern, of_others in _LISTS:
        for match in pattern.finditer(words):
            end = _trimmed_end(words, match)
            if end is not None and not _is_no_refusal(note, words, Span(match.start(), end), of_others):
                yield Span(match.start(), end), _channels(words[match.start("list") : end])


def _trimmed_end(words: str, match: re.Match[str]) -> int | None:
    """Drop from the list what is wanted instead: in "no calls, texts ok" the texts; None when nothing is left."""
    listed = match["list"]
    ends = [found.start() for found in re.finditer(_JOIN, listed)]
    items = [match.start("list") + at for at in ends] + [match.end("list")]
    last_word = re.search(r"(?:or|nor|and|/|&)\s*(?:no )?[a-z-]+$", listed)
    while items:
        end = items.pop()
        bare = _ONE_THING.search(words[:end]) and items and words[items[-1]] == "," and not last_word
        if not items and _WANTED.match(words, end) and " no " not in f" {match[0]} " and _ONE_THING.search(words[:end]):
            return end  # "do not text her": the first item stands whatever follows
        if not bare and not (items and _WANTED.match(words, end)):
            return end
    return None


def _is_no_refusal(note: str, words: str, span: Span, of_others: bool) -> bool:
    before, said = words[: span.start], span.of(words)
    if _LIMIT.match(words, span.end) or _FOREIGN_LIST.match(words, span.end) or _NOT_OURS.search(before):
        return True
    if _UNSAID.search(before) or _TOLD_THEM.search(before):
        return True
    if of_others and (_OTHERS.search(before) or re.match(r"told (?:him|her|pt|them)\b", said)):
        return True
    if re.search(r"call(?:ed|ing)?$", said) and _CALLED_BY_NAME.match(note, span.end - len(said.split()[-1])):
        return True
    return said.startswith("no ") and _says_there_is_none(words, span)


def _says_there_is_none(words: str, span: Span) -> bool:
    """Say whether "no call", "no contact", "no email" reports a lack rather than a wish."""
    said = span.of(words)
    if not _ONE_THING.search(said) or re.match(r"no (?:more|further|additional|future)\b", said):
        return False
    if not re.match(_END, words[span.end :]):
        return True
    if said.endswith(("email", "e-mail")):
        return not re.match(r"\s*(?:pls|please|per|/|or\b)", words[span.end :])
    return bool(said.endswith("call") or _TRIED.search(words[: span.start]))


def _opted_out(words: str, match: re.Match[str]) -> frozenset[Channel]:
    """Return what an opt-out names; all of it when it names nothing, none when it names something else."""
    if re.search(r"\b(?:no|not|never|n't|if|may|can) (?:\w+ )?$", words[: match.start()]):
        return _NONE
    what = match["what"] or ""
    if re.fullmatch(rf"{_THINGS}|{_DOING}|e-?mail\w*|lists?|everything|all", what):
        return EVERY if what in ("list", "lists", "everything", "all") else _channels(what)
    if re.search(r"\b(?:of|from|for|on|w/|with)\b", match["rest"]) and what and not match["rest"].endswith(" all"):
        return _NONE
    return EVERY if match["verb"].startswith("opt") else _SMS | _EMAIL
