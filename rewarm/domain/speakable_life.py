"""Decides how times, events and work of a note may be said to the person: "your trip to Ireland", "the spring"."""

from __future__ import annotations

import re
from typing import Final

from rewarm.domain.speech import plain, possessed

# --- when -----------------------------------------------------------------------------------------------------
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_SEASON_OF: Final = (
    r"(?:deer|hunting|fishing|football|baseball|basketball|golf|tax|planting|growing|camping|ski) season"
)
_AROUND = re.compile(
    r"(after|before|past) (?:the )?(holidays?|new year's|thanksgiving|christmas|easter|summer|"
    rf"vacation|harvest|labor day|{_SEASON_OF})",
    re.IGNORECASE,
)
_SEASON = re.compile(
    r"(?:(?:check|try|call|come|maybe|wait|back|again|until|till|sometime|by|in|next|this|the|late|early) )+"
    r"(spring|summer|fall|winter)"
)
_MONTH = re.compile(
    r"(?:(?:check|try|call|come|maybe|wait|back|again|until|till|sometime|by|in|around|late|early|mid) )*([A-Za-z]+)"
)
_END_OF = re.compile(r"\b(end|beginning|middle) of\b")


def timeframe(quote: str, value: str | None) -> str | None:
    """Say when it would suit them: "the spring", "sometime after the holidays"; None when only a date is known."""
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
        feast = feast.lower() if feast.lower().endswith("season") else feast
        article = "the " if feast in ("holidays", "holiday", "summer", "harvest") else ""
        return f"sometime {side} {article}{feast}".replace("'S", "'s").replace("the holiday ", "the holidays ")
    if value is None:
        if found := _SEASON.fullmatch(words):
            return f"the {found[1]}"
        found = _MONTH.fullmatch(words)
        return found[1].title() if found and found[1].title() in _MONTHS else None
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


_NEWBORN = re.compile(
    r"(?:expecting )?(?:your |the |a )?(?:(first|second|third|new|another) )?((?:great-)?grand(?:child|baby|son|daughter))"
    r"(?: (?:is )?(?:due|on the way|coming|arriving)\b.*)?"
)
_MOVE = re.compile(r"(?:moving|relocating)( (?:to|into|closer to|near) [\w' ]+?)?(?: (?:in|next|this) (?:the )?\w+)?")
_DOWNSIZING = re.compile(r"downsizing(?: (?:to|into) an? [a-z ]+)?")


def life_event(words: str) -> str | None:
    """Say an event that lies ahead: "your niece's wedding", "your move"; None when it is not surely theirs."""
    if (found := _NEWBORN.fullmatch(words)) and (found[1] or found[2].endswith("baby") or "due" in words):
        return f"{'the' if found[1] in (None, 'new') else 'your'} {found[1] + ' ' if found[1] else ''}{found[2]}"
    if found := _MOVE.fullmatch(words):
        place = possessed(found[1]) if found[1] else ""
        return f"your move {place}".strip() if place is not None else None
    if _DOWNSIZING.fullmatch(words):
        return words
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
    r"interpreter|umpire|referee|announcer|caterer|seamstress|tailor|translator|surveyor|inspector|butcher|judge|vet tech|"
    r"office manager|store manager|project manager|choir director|organist|consultant|therapist|social worker|crossing guard"
)
_TRADE = re.compile(
    rf"(?:works as |is )?(?:a |an )?((?:(?:school|yoga|music|piano|line|sous|head|bus|truck|school bus|"
    rf"high school|911|math|art|dance|choir|substitute|assistant|kindergarten|preschool|college|swim|football|"
    rf"little league) )?(?:{_TRADES}))\b(?: for \d+ years| \d+ years)?( (?:at|for) (?:the|a|an) [a-z ]+)?"
)
_MUCH_OF = re.compile(
    r"(?:lots of|a lot of|many|constant|endless|all the|daily) (phone calls|calls|meetings|zoom calls|customers)"
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


def work(words: str) -> str | None:
    """Say what they do: "your work as a baker", "teaching third grade"."""
    if found := _TRADE.fullmatch(words):
        trade = found[1] if found[1].startswith("911") else found[1].lower()
        return f"your work as {'an' if trade[0] in 'aeiou' else 'a'} {trade}{found[2] or ''}"
    if found := _MUCH_OF.fullmatch(words):
        return f"the {found[1]} at work"
    if found := _IN_TRADE.fullmatch(words):
        return f"your work {found[1]}"
    if (found := _WORKING.fullmatch(words)) and (rest := possessed(found[1].strip())):
        return f"{'volunteering' if words.startswith('volunteer') else 'working'} {rest}"
    if (found := _RUNNING.fullmatch(words)) and (rest := possessed(found[2].strip())):
        return f"{_GERUNDS[re.sub(r'(?<=ch)es$|s$', '', found[1])]} {rest}"
    return None
