"""Decides how a quote from a note may be said to the person it is about: "hearing your grandkids", or not at all.

A note is written about people, a message to them. Whatever cannot be turned round with certainty stays unsaid:
the sentence around these words is the practice speaking, and a receptionist would have to stand behind it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from rewarm.domain.speech import gerund, plain, possessed

_MOST_WORDS: Final = 9


def speakable(kind: str, quote: str, value: str | float | None) -> str | None:
    """Return the fact as a phrase for a text message, or None when it cannot be said gracefully.

    The phrase fits where its kind is spoken of: "You mentioned {concern}", "how much {goal} would mean to you",
    "You were looking for {interest}", "You had {timeframe} in mind", "You told us about {life_event}" or {work}.
    """
    if kind == "product":
        return value if isinstance(value, str) and value else quote
    if kind == "timeframe":
        return _timeframe(quote, value if isinstance(value, str) else None)
    say = _SAID_BY_KIND.get(kind)
    words = plain(quote) if say else None
    phrase = say(words) if say and words else None
    return phrase if phrase and len(phrase.split()) <= _MOST_WORDS else None


# --- what troubles them -------------------------------------------------------------------------------------
_CANNOT = re.compile(
    r"(?:(?:still|really|often|just) )?(?:can't|cannot|can not|couldn't|unable to|hard to|"
    r"not able to) (?:always |really |even )?(.+)"
)
_TROUBLE = re.compile(
    r"(?:having |has |some |a lot of |lots of )?(?:trouble|difficulty|problems?|hard time|struggles|"
    r"struggling)(?: (with|in|following|hearing|understanding|on))?(?: (.+))?"
)
_MISSING = re.compile(r"(?:misses|missing|loses|losing|gets lost|getting lost) (.+)")
_EAR_NOISE = re.compile(
    r"(?:(left|right|my|your|both) )?ears? (?:is |are |has been |have been |keeps? )?(ring|buzz|"
    r"hum|hiss)(?:s|ing)?"
)
_NOISE_IN_EAR = re.compile(
    r"(?:the )?(?:constant )?(ringing|buzzing|humming|hissing)(?: (in (?:your |the )?(?:left |"
    r"right |both )?ears?))?"
)
_MUMBLING = re.compile(
    r"(?:thinks? )?(everyone|everybody|people|others|the kids|your \w+)(?: (?:just|always|"
    r"all))? (mumble|whisper)s?"
)
_AIDS_ACT = re.compile(
    r"(?:your |old )?(?:hearing )?aids? (whistle|squeal|pinch|crackle|fall out|cut out)s?(?: when .*)?"
)
_TV_LOUD = re.compile(r"(?:the )?TV (?:is )?(?:way |so )?(?:too )?loud")
_BACKGROUND = re.compile(r"background noise|wind noise|group conversations?|noisy (?:places|rooms|restaurants)")
_THINGS_TO_MISS: Final = re.compile(r"(?!(?:appointments?|visits?|calls?|the call|work)\b)")


def _concern(words: str) -> str | None:
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
        return f"the {found[1]} {where}"
    if found := _MUMBLING.fullmatch(words):
        return f"{found[1]} {found[2].removesuffix('e')}ing"
    if found := _AIDS_ACT.fullmatch(words):
        doing = gerund(found[1])
        return f"your hearing aids {doing}" if doing else None
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
    phrase = gerund(re.sub(r"^to ", "", _WANTING.sub("", words, count=1)))
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
_UNCOUNTED = re.compile(
    r"(?:streaming|fall detection|hearing protection|ear protection|tinnitus masking|masking features|noise reduction|"
    r"(?:new |custom |musician's |musicians |swim )?(?:ear ?plugs|ear ?molds|molds|plugs)|rechargeable (?:ones|aids|"
    r"hearing aids)|"
    r"invisible (?:ones|hearing aids)|smaller ones|tiny ones|batteries|masking)(?: for .+)?"
)
_ARTICLED: Final = frozenset(
    {"second opinion", "trial", "home trial", "captioned phone", "remote microphone", "hearing test", "phone app",
     "travel charger", "payment plan", "repair", "cleaning", "tv streamer", "loaner"}
)  # fmt: skip


def _interest(words: str) -> str | None:
    if re.search(r"\b(?:not|no|off|never|doesn't|don't|against|hates?)\b", words):
        return None
    if found := _HIDES.fullmatch(words):
        return f"something that hides under your {found[1].rstrip('s')}" if found[1] == "hair" else None
    if found := _QUALITIES.fullmatch(words):
        return f"something {found[1]}"
    if _SOMETHING.fullmatch(words):
        return possessed(words)
    if words.lower() in ("bluetooth", "bluetooth streaming"):
        return "Bluetooth" + words[9:]
    if words.lower() in _ARTICLED:
        return f"a {words}"
    return possessed(words) if _UNCOUNTED.fullmatch(words) else None


# --- when -----------------------------------------------------------------------------------------------------
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_AROUND = re.compile(
    r"(after|before|past) (?:the )?(holidays?|new year's|thanksgiving|christmas|easter|summer|"
    r"vacation|harvest|labor day)",
    re.IGNORECASE,
)
_END_OF = re.compile(r"\b(end|beginning|middle) of\b")


def _timeframe(quote: str, value: str | None) -> str | None:
    words = plain(quote)
    if words is None:
        return None
    if found := re.search(rf"(?:right )?{_AROUND.pattern}", words, re.IGNORECASE):
        side = "after" if found[1].lower() == "past" else found[1].lower()
        feast = (
            found[2]
            if found[2].lower() in ("holidays", "holiday", "summer", "vacation", "harvest")
            else found[2].title()
        )
        article = "the " if feast in ("holidays", "holiday", "summer", "harvest") else ""
        return f"sometime {side} {article}{feast}".replace("'S", "'s").replace("the holiday ", "the holidays ")
    if value is None:
        return None
    if season := re.fullmatch(r"\d{4}-(spring|summer|fall|winter)", value):
        return f"the {season[1]}" if season[1] in words.lower() else None
    month = re.fullmatch(r"\d{4}-(\d\d)(?:-(\d\d))?", value)
    if month is None:
        return None
    name = _MONTHS[int(month[1]) - 1]
    if name[:3].lower() not in words.lower() or re.search(r"\b(?:after|before|past)\b", words):
        return None
    part = _END_OF.search(words)
    return f"the {part[1]} of {name}" if part else f"{name} {int(month[2])}" if month[2] else name


# --- what is coming up --------------------------------------------------------------------------------------
_EVENT: Final = (
    r"wedding|birthday|birthday party|anniversary|graduation|reunion|cruise|trip|vacation|honeymoon|retirement|"
    r"retirement party|"
    r"baptism|christening|recital|marathon|concert|tournament|bar mitzvah|bat mitzvah"
)
_FAMILY: Final = (
    r"great-grand(?:daughter|son|child|kids)|grand(?:daughter|son|child|kids|children)|daughter|son|sister|brother|"
    r"niece|nephew|cousin|"
    r"friend|mother|father|mom|dad|wife|husband|family"
)
_THEIR_EVENT = re.compile(
    rf"(?:your |the )?({_FAMILY})(?:'?s)? (?:(big|own|first|church) )?({_EVENT})\b.*", re.IGNORECASE
)
_OWN_EVENT = re.compile(
    rf"(?:your |the |big )?((?:family |class |"
    rf"high school )?(?:{_EVENT}))\b(?! party of)(?: (to [A-Z][\w ]+|in [A-Z]\w+))?.*"
)
_SURELY_OWN = re.compile(r"(?:trip|cruise|vacation|honeymoon|reunion|retirement|marathon)", re.IGNORECASE)
_TRAVEL = re.compile(
    r"(?:flying|flies|going|traveling|travels|leaving|leave|leaves|off|heading|headed|goes) (?:back |"
    r"out |down |up )?(?:to|for) ((?:the )?[A-Z][a-z]+(?: [A-Z][a-z]+)*)\b.*"
)
_FEAST = re.compile(
    r"(?:hosting |having )?(Thanksgiving|Christmas|Easter|Hanukkah|Passover)(?: dinner)?(?: at (?:your|"
    r"the) (?:place|house|home))?.*",
    re.IGNORECASE,
)
_MARRYING = re.compile(
    rf"(?:your |the )?({_FAMILY})(?: is)? (?:getting married|graduating|graduates|"
    rf"gets married)\b.*",
    re.IGNORECASE,
)
_COMING = re.compile(
    rf"(?:your |the )?({_FAMILY})s?(?: are| is)? (?:coming|visiting)\b.*?(?: for (Thanksgiving|"
    rf"Christmas|Easter|the holidays))?",
    re.IGNORECASE,
)


def _life_event(words: str) -> str | None:
    if found := _THEIR_EVENT.fullmatch(words):
        return _family_event(found[1].lower(), found[2], found[3].lower())
    if found := _MARRYING.fullmatch(words):
        return f"your {found[1].lower()} {'graduating' if 'graduat' in words.lower() else 'getting married'}"
    if found := _COMING.fullmatch(words):
        feast = f" for {found[2] if found[2].startswith('the') else found[2].title()}" if found[2] else ""
        return f"your {found[1].lower()} coming{feast}" if feast else None
    if found := _TRAVEL.fullmatch(words):
        return f"your trip to {found[1]}"
    if found := _FEAST.fullmatch(words):
        at_home = re.search(r" at (?:your|the) (?:place|house|home)|hosting|having", words, re.IGNORECASE)
        return f"{found[1].title()} at your place" if at_home else None
    if found := _OWN_EVENT.fullmatch(words):
        whose = "your" if _SURELY_OWN.search(found[1]) else "the"
        return f"{whose} {found[1].lower()}" + (f" {found[2]}" if found[2] else "")
    return "your retirement" if re.match(r"(?:retires|retiring|is retiring)\b", words) else None


def _family_event(owner: str, which: str | None, event: str) -> str:
    if owner == "family":
        return f"your family {event}"
    ending = "'" if owner.endswith("s") else "'s"
    return f"your {owner}{ending} " + (f"{which.lower()} " if which else "") + event


# --- what they do -------------------------------------------------------------------------------------------
_TRADES: Final = (
    r"teacher|professor|principal|tutor|coach|librarian|counselor|instructor|nurse|paramedic|pharmacist|hygienist|"
    r"mechanic|machinist|"
    r"welder|electrician|plumber|carpenter|roofer|painter|contractor|builder|superintendent|foreman|driver|cook|chef|"
    r"baker|bartender|"
    r"barista|waitress|waiter|server|barber|hairdresser|stylist|farmer|rancher|firefighter|dispatcher|pilot|"
    r"flight attendant|conductor|"
    r"engineer|architect|accountant|bookkeeper|auditor|lawyer|attorney|paralegal|realtor|real estate agent|teller|"
    r"cashier|clerk|"
    r"sales rep|programmer|designer|photographer|writer|editor|journalist|musician|drummer|guitarist|violinist|singer|"
    r"pianist|pastor|"
    r"minister|chaplain|secretary|receptionist|custodian|housekeeper|gardener|florist|mail carrier|security guard|"
    r"interpreter|"
    r"office manager|store manager|project manager|choir director|organist|consultant|therapist|social worker|crossing guard"
)
_TRADE = re.compile(
    rf"(?:works as |is )?(?:a |an )?((?:(?:school|yoga|music|piano|line|sous|head|bus|truck|school bus|"
    rf"high school|911|math|art|dance|choir) )?(?:{_TRADES}))\b(?: for \d+ years| \d+ years)?"
)
_RUNNING = re.compile(r"(?:I |i )?(manages?|runs?|owns?|teaches|teach|coaches|coach|drives?|sells?)( .+)")
_WORKING = re.compile(r"(?:works|working|volunteers|volunteering)( (?:nights |days )?(?:at|in|for) .+)")
_IN_TRADE = re.compile(
    r"(?:works )?(in (?:sales|real estate|construction|retail)|at the (?:bank|hospital|school|"
    r"library|store|church))"
)
_GERUNDS: Final = {
    "manage": "managing", "run": "running", "own": "owning", "teach": "teaching", "coach": "coaching", "drive": "driving",
    "sell": "selling",
}  # fmt: skip


def _work(words: str) -> str | None:
    if found := _TRADE.fullmatch(words):
        trade = found[1] if found[1].startswith("911") else found[1].lower()
        return f"your work as {'an' if trade[0] in 'aeiou' else 'a'} {trade}"
    if found := _IN_TRADE.fullmatch(words):
        return f"your work {found[1]}"
    if (found := _WORKING.fullmatch(words)) and (rest := possessed(found[1].strip())):
        return f"{'volunteering' if words.startswith('volunteer') else 'working'} {rest}"
    if (found := _RUNNING.fullmatch(words)) and (rest := possessed(found[2].strip())):
        return f"{_GERUNDS[re.sub(r'(?<=ch)es$|s$', '', found[1])]} {rest}"
    return None


_SAID_BY_KIND: Final[Mapping[str, Callable[[str], str | None]]] = {
    "concern": _concern,
    "goal": _goal,
    "interest": _interest,
    "life_event": _life_event,
    "work": _work,
}
