"""Decides what a reply means in the light of what we asked: "2", "yes" and "Thursday" mean what is pending."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from rewarm.domain.availability import Interval, availability, fits, wishes_named
from rewarm.domain.evidence import Evidence
from rewarm.domain.slot_choice import choose

_MENU = re.compile(
    r"\b(?:reply |text |press )?[\"']?([a-z]+|\d)[\"']? (?:to|for|if you(?: want to| need)?|if (?:that|it)) "
    r"(confirm|change|reschedule|move|cancel|keep|stop every|stop all|stop only|stop|book|a new time|another time"
    r"|(?:still )?works)"
)
_CHOSEN = re.compile(r"\W*(?:reply |option |number |#)?([a-z]+|\d)(?=\W|$)(?!:\d|/|(?:st|nd|rd|th|am|pm))")
_MENU_INTENTS = {"confirm": "confirm", "keep": "confirm", "change": "reschedule", "reschedule": "reschedule",
"move": "reschedule",
                 "a new time": "reschedule", "another time": "reschedule", "still works": "confirm", "works": "confirm",
                 "cancel": "cancel_appointment", "stop every": "opt_out",
                 "stop all": "opt_out",
                 "stop only": "opt_out", "stop": "opt_out", "book": "book"}  # fmt: skip
ONLY_PROMOTIONS = re.compile(
    r"\b(?:only|just|keep|still (?:want|need|send|get)|except|but (?:the|my)"
    r"|not the) ?(?:\w+ ){0,3}(?:ads?|offers?|promos?\w*|promotion\w*|marketing|deals|"
    r"specials|sales|reminders?|appointment\w*|confirm\w*)|^\W*(?:promos?|promotions?|offers?|ads?"
    r"|marketing)\b|reminders? (?:are|is) (?:ok|fine|good)|reminders? only\b"
    r"|\bsol(?:o|amente) (?:los |mis )?recordatorios|\b(?:seulement|juste) (?:les |mes )?rappels"
)
# Of their own accord they must say what goes on; "stop, I just missed an appointment" names no part (47 CFR 64.1200(a)(12)).
_GOES_ON = (
    r"(?:(?:the|my|our|your|any|about|for|of|appointment|visit|booking) ){0,4}"
    r"(?:reminders?|confirmations?|(?:about|for) (?:(?:my|the|our) )?(?:appointment|visit)s?)\b"
)
_OFFERS = (
    r"(?:(?:the|your|these|those|all) ){0,2}"
    r"(?:ads?|offers?|promos?|promotions?|promotional|marketing|deals|specials|sales)\b"
)
_NOT_THEM = r"(?<!\bi )(?<!\bu )(?<!\byou )(?<!\bthey )"  # "you only send me reminders" complains
KEEPS_THE_REST = re.compile(
    rf"{_NOT_THEM}\bkeep (?:(?:on|sending|texting|telling|getting|me|us) ){{0,3}}{_GOES_ON}"
    rf"|\b(?:except|besides|apart from|other than|not|but(?! (?:not|no)\b)) (?:for )?{_GOES_ON}"
    rf"|\b(?:still|do) (?:want|need|like) (?:(?:to|get|receive|have|be|texts?|messages?) ){{0,3}}{_GOES_ON}"
    rf"|{_NOT_THEM}\b(?:only|just) (?:(?:send|text|message|remind|want|need|like|me|us|to|texts?|messages?) ){{0,4}}{_GOES_ON}"
    r"|\breminders? (?:texts? )?(?:are|is) (?:still )?(?:ok|fine|good|welcome)\b(?! for )|\breminders? only\b"
    rf"|\b(?:only stop|stop only|only unsubscribe me from|unsubscribe me only from) {_OFFERS}"
    rf"|^\W*(?:only|just) {_OFFERS}\W*(?:please\W*)?$"
    r"|\bsol(?:o|amente) (?:los |mis )?recordatorios|\b(?:seulement|juste) (?:les |mes )?rappels"
)
_ALL = re.compile(
    r"\b(?:all|every\w*|any|both|entirely|completely|period|the (?:lot|works)|total\w*|nothing|todo"
    r"|todos|tout|whole)\b"
)
YES = re.compile(
    r"^\W*(?:oh |well |hell |heck |why |um |uh |ok |and |absolutely |of )*(?:yes+|y|yessir|si+|sip"
r"|oui|ouais|ok+|sure|certainly|definitely|absolutely|affirmative|"
    r"you bet|course|please do|please|mhm|uh huh|aye|totally|for sure|indeed|correct|right|true|claro"
r"|works|that works|sounds good|perfect|great|fine|"
    r"go ahead|go for it|do it|love to|would love (?:to|that|it)|(?:i would|i do|i am|it is|it does"
r"|we do|we are|they do|he does|she does|i have|we have)(?=\W*$|[,.!])|10-4|roger|\U0001f44d"
r"|\u2705|\U0001f44c)(?!\w)"
)  # fmt: skip
NO = re.compile(
    r"^\W*(?:oh |well |hell |heck |um |uh |sorry |yes |please |actually |on second thought "
    r"|never mind )*(?:no+|n|nah+|nope|nay|non|nein|negative"
r"|not (?:really|at all|yet|anymore|now|me|that i)|never|i do not|i am not|it is not|"
    r"it does not|we do not|they do not|he does not|she does not|do not|uh uh|nuh uh|negatory"
r"|that is a no|none|\U0001f44e|\u274c)(?!\w)(?! (?:problem|worries|changes?|rush|prob))"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What the conversation was waiting for when the reply came."""

    question: str | None
    pending: str | None
    offered: tuple[datetime, ...]
    appointment: datetime | None
    now: datetime


@dataclass(frozen=True, slots=True)
class Meant:
    """A reading by dialogue state: intents in order, and what they carry."""

    intents: tuple[str, ...]
    why: str
    pick: int | None = None
    availability: tuple[Interval, ...] | None = None
    scope: str = "all"


Rule = Callable[[Evidence, Asked], Meant | None]


def menu_choice(evidence: Evidence, asked: Asked) -> Meant | None:
    """Read an answer to our own menu ("Reply 1 to confirm, 2 to change, 3 to cancel")."""
    if not asked.question:
        return None
    menu = {key: _MENU_INTENTS[verb] for key, verb in _MENU.findall(asked.question.lower())}
    found = _CHOSEN.match(evidence.spelled)
    if not found or found[1] not in menu:
        found = _CHOSEN.match(evidence.text.lower())  # a lone "R" must not be spelled out to "are"
    if not found or found[1] not in menu:
        return None
    after = found.string[found.end() :]
    rest = after.strip(" .!,-")
    if rest and not (len(found[1]) == 1 and re.match(r"\s*(?:[-.,!]|please|but|thanks|thank|$)", after)):
        return None
    intent = menu[found[1]]
    times = _times(rest, asked) if intent == "reschedule" and rest else None
    scope = "promotions" if intent == "opt_out" and ONLY_PROMOTIONS.search(evidence.spelled) else "all"
    return Meant((intent,), f"our menu: {found[1]}", availability=times, scope=scope)


def scope_of_opt_out(evidence: Evidence, asked: Asked) -> Meant | None:
    """Read which messages shall stop; when they do not say, all do."""
    if ONLY_PROMOTIONS.search(evidence.spelled):
        return Meant(("opt_out",), "only some messages shall stop", scope="promotions")
    if NO.search(evidence.spelled) and not _ALL.search(evidence.spelled) and not evidence.sure("opt_out"):
        return Meant(("deny",), "no to stopping")
    if YES.search(evidence.spelled) or _ALL.search(evidence.spelled) or evidence.likely("opt_out"):
        return Meant(("opt_out",), "yes to stopping")
    return None


def slot_choice(evidence: Evidence, asked: Asked) -> Meant | None:
    """Read a choice among the offered slots, or their refusal with other wishes."""
    if not asked.offered:
        return None
    choice = choose(evidence.text, asked.offered, asked.question, asked.now)
    if choice is None:
        if evidence.sure("decline_slots") or (NO.search(evidence.spelled) and len(evidence.spelled) < 25):
            return Meant(("decline_slots",), "declines what we offered")
        return (
            Meant(("confirm",), "yes, but to which?")
            if YES.search(evidence.spelled) and len(evidence.spelled) < 25
            else None
        )
    if choice.verdict == "one":
        return Meant(("pick_slot",), "names one slot", pick=choice.pick)
    if choice.verdict == "open":
        return Meant(("pick_slot",), "more than one slot fits")
    return _declined(evidence, asked)


def _declined(evidence: Evidence, asked: Asked) -> Meant:
    times = _wishes(evidence, asked)
    asks_for_other = _ASKS_FOR_OTHER.search(evidence.spelled)
    if times is not None:
        return Meant(("decline_slots", "book"), "declines and names other times", availability=times)
    return Meant(("decline_slots", "book") if asks_for_other else ("decline_slots",), "declines what we offered")


_ASKS_FOR_OTHER = re.compile(
    r"\b(?:any(?:thing)?|something|what else|do you have|how about|next|other|another|different)\b"
)


def _wishes(evidence: Evidence, asked: Asked) -> tuple[Interval, ...] | None:
    """Read other times than the offered ones; a bare refusal names none."""
    times = _times(evidence.text, asked)
    if times is None:
        return None
    names_only_refusals = any(fits(slot, times) for slot in asked.offered) is False and len(times) > 20
    positive = re.search(
        r"\b(?:any|only|how about|what about|after|before|next|mornings?|afternoons?|instead|better|could"
        r"|can i|said)\b",
        evidence.spelled,
    )
    return None if names_only_refusals and not positive else times


def day_or_time(evidence: Evidence, asked: Asked) -> Meant | None:
    """Read when they could come, after we asked for a day or time."""
    times = _times(evidence.text, asked)
    return Meant(("book",), "names times", availability=times) if times is not None else None


def confirm_booking(evidence: Evidence, asked: Asked) -> Meant | None:
    """Read yes, no or another time to the one slot that we hold."""
    agrees, refuses = YES.search(evidence.spelled), NO.search(evidence.spelled)
    times = _times(evidence.text, asked)
    if times is not None and asked.offered and _is_other_time(times, asked.offered[0], evidence):
        return Meant(("decline_slots", "book"), "wants another time than the one we hold", availability=times)
    if refuses or evidence.sure("deny"):
        return Meant(("deny",), "no to the booking")
    if agrees or evidence.sure("confirm") or times is not None:
        return Meant(("confirm",), "yes to the booking")
    return None


def confirm_appointment(evidence: Evidence, asked: Asked) -> Meant | None:
    """Read yes, no, move or cancel in answer to a reminder."""
    times = _times(evidence.text, asked)
    moves = evidence.sure("reschedule")
    wishes = wishes_named(evidence.text, asked.now)
    says_cancel = re.search(r"\bcancel", evidence.spelled) and not wishes
    cancels = evidence.sure("cancel_appointment") and (says_cancel or not moves)
    if evidence.sure("deny") and not (moves or cancels) and times is None and len(evidence.spelled) < 30:
        return Meant(("deny",), evidence.words["deny"])
    if cancels:
        return Meant(("cancel_appointment",), evidence.words["cancel_appointment"])
    if _UNABLE.search(evidence.spelled) and not moves and not wishes:
        return Meant(("cancel_appointment",), "cannot come and names no other time")
    wished = times if wishes else None
    other = wished is not None and asked.appointment is not None and _is_other_time(wished, asked.appointment, evidence)
    if moves and not (evidence.sure("confirm") and not other):
        return Meant(("reschedule",), evidence.words["reschedule"], availability=times)
    if other and times:
        return Meant(("reschedule",), "names another time", availability=times)
    no_need = (evidence.sure("already_solved") or evidence.sure("not_interested")) and not _ASKS.match(evidence.spelled)
    if no_need and not evidence.sure("confirm") and len(evidence.spelled) > 14 and "?" not in evidence.text:
        return Meant(("cancel_appointment",), "needs the visit no more")
    if (NO.search(evidence.spelled) or evidence.sure("deny")) and not evidence.sure("confirm"):
        return Meant(("deny",), "no to the reminder")
    if YES.search(evidence.spelled) or evidence.sure("confirm"):
        return Meant(("confirm",), evidence.words.get("confirm", "yes to the reminder"))
    return None


_ASKS = re.compile(r"\W*(?:is|are|do|does|did|can|could|will|would|should|who|which|what|where|when|how|why)\b")
_UNABLE = re.compile(
    r"\b(?:(?:will|am|are) not (?:be )?(?:able to )?(?:make|mak|com|attend)\w*|not going to (?:make"
    r"|be)|cannot (?:make|come|attend|be there)|(?:unable|not able) to (?:make|come|attend|be))(?: it"
    r"| that| there| to)*\b"
)


def _is_other_time(times: tuple[Interval, ...], slot: datetime, evidence: Evidence) -> bool:
    """Tell a wish for another time from a repetition of the agreed one ("see you at 9")."""
    if evidence.sure("confirm") and not re.search(r"\bbut\b|instead|rather|\bcan (?:we|i|you)\b", evidence.spelled):
        return False
    return not fits(slot, times) or bool(re.search(r"\binstead\b", evidence.spelled))


def _times(text: str, asked: Asked) -> tuple[Interval, ...] | None:
    anchor = asked.appointment or (asked.offered[0] if len(asked.offered) == 1 else None)
    return availability(text, asked.now, anchor)


RULES: dict[str, Rule] = {
    "scope_of_opt_out": scope_of_opt_out,
    "slot_choice": slot_choice,
    "day_or_time": day_or_time,
    "confirm_booking": confirm_booking,
    "confirm_appointment": confirm_appointment,
}
