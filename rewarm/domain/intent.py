"""Decides what a reply means, which of our offers it takes, and where it leads."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, cast

from rewarm.domain.availability import Interval, availability, wishes_named
from rewarm.domain.bare_answer import bare_answer
from rewarm.domain.evidence import Evidence, weigh
from rewarm.domain.intent_rules import KEEPS_THE_REST, NO, RULES, YES, Asked, Meant, menu_choice
from rewarm.domain.keywords import OptOut, opt_out, soft_no
from rewarm.domain.later import later_until
from rewarm.domain.lexicon import Lexicon
from rewarm.domain.qualifying_answer import UNDECIDED, qualifying_answer

Route = Literal["stop", "answer", "ask", "book", "handoff", "quiet"]
Pending = Literal[
    "slot_choice", "day_or_time", "confirm_booking", "confirm_appointment",
    "qualify_need", "qualify_timing", "qualify_insurance", "scope_of_opt_out",
]  # fmt: skip

_URGENT = ("medical_urgent", "deceased", "opt_out")
_WISHES = (
    "wrong_number", "channel_change", "cancel_appointment", "complaint", "ask_price", "ask_insurance",
    "already_solved",
    "later", "book", "want_human", "not_interested", "tell_more", "ask_question", "thanks",
)  # fmt: skip
_COMPANIONS = (
    "complaint",
    "want_human",
    "ask_price",
    "ask_insurance",
    "ask_question",
    "book",
    "later",
    "cancel_appointment",
    "opt_out",
    "wrong_number",
)
_RIDES_ALONG = {
    "deceased": {"opt_out", "cancel_appointment", "complaint"},
    "opt_out": {"wrong_number", "complaint"},
    "medical_urgent": {"want_human", "book"},
    "ask_price": {"ask_insurance", "book"},
    "ask_insurance": {"book"},
    "want_human": {"complaint"},
    "cancel_appointment": {"complaint", "later", "ask_price"},
    "pick_slot": {"ask_price", "ask_insurance", "ask_question"},
    "confirm": {"ask_price", "ask_insurance", "ask_question"},
    "decline_slots": {"complaint"},
    "give_info": {"ask_insurance", "ask_price"},
    "book": {"ask_price", "ask_insurance"},
    "reschedule": {"complaint", "ask_price"},
    "wrong_number": {"opt_out"},
}
_WITH_TIMES = frozenset({"book", "reschedule", "decline_slots"})


Scope = Literal["all", "promotions", "texts"]


@dataclass(frozen=True, slots=True)
class Reply:
    """One inbound text and what we know at that moment; instants are zone-aware, in the contact's zone."""

    text: str
    now: datetime
    asked: str | None = None
    pending: Pending | None = None
    offered: tuple[datetime, ...] = ()
    appointment: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reply means: intents most important first, and where the conversation goes.

    `opt_out` is the verdict of the written rules; it suppresses whatever `route` says. `scope` tells which messages
    shall stop: all, the promotions, or (another channel was asked for) the texts; None when nothing shall stop.
    """

    intents: tuple[str, ...]
    route: Route
    why: str
    confidence: float
    pick: int | None = None
    later_until: date | None = None
    availability: tuple[Interval, ...] | None = None
    opt_out: OptOut | None = None
    scope: Scope | None = None
    language: str | None = None  # None is the practice's own, as far as we can tell


def read(reply: Reply, lexicon: Lexicon) -> Reading:
    """Read a reply: hard rules first, then what was pending, then the phrase lexicon; else `unclear`, for a person.

    No later stage overrides an earlier one.
    """
    stop = opt_out(reply.text, lexicon.keywords)
    evidence = _with_verdict(weigh(reply.text, lexicon), stop)
    asked = Asked(reply.asked, reply.pending, reply.offered, reply.appointment, reply.now)
    meant = (
        _hard(evidence, stop, asked)
        or menu_choice(evidence, asked)
        or _pending(evidence, asked)
        or _lexical(evidence, asked, lexicon)
        or _no_scope_named(asked)
        or Meant(("unclear",), "no rule knows this text")
    )
    return _reading(meant, evidence, stop, asked, lexicon)


_SAYS = {"mistaken": "wrong_number", "channel": "channel_change"}


def _with_verdict(evidence: Evidence, stop: OptOut | None) -> Evidence:
    """Let the verdict of the opt-out rules weigh as much as any cue that decides alone."""
    if stop is None:
        return evidence
    said = _SAYS.get(stop.tier, "opt_out")
    strength = max(1.0, evidence.scores.get(said, 0.0))
    return replace(
        evidence,
        scores={**evidence.scores, said: strength},
        words={**evidence.words, said: f"{stop.tier}: {stop.matched}"},
    )


def _hard(evidence: Evidence, stop: OptOut | None, asked: Asked) -> Meant | None:
    """Read what no later rule may override: machines, red flags, death, opt-out, wrong number, another channel, a person."""
    definite = stop is not None and stop.tier in ("definite", "fuzzy")
    if not definite:
        if evidence.sure("auto_reply"):
            return Meant(("auto_reply",), evidence.words["auto_reply"])
        if evidence.sure("spam") and not _is_a_persons(evidence, asked):
            return Meant(("spam",), evidence.words["spam"])
    if evidence.sure("medical_urgent"):
        return Meant(("medical_urgent",), evidence.words["medical_urgent"])
    if evidence.sure("deceased"):
        return Meant(("deceased",), evidence.words["deceased"])
    return _stopping(evidence, stop, asked)


def _is_a_persons(evidence: Evidence, asked: Asked) -> bool:
    """Tell a short answer, or a short refusal ("drop me from your campaign"), from the sales talk whose words it uses."""
    length = len(evidence.spelled)
    return (asked.pending is not None and length < 30) or (evidence.sure("opt_out") and length < 60)


def _stopping(evidence: Evidence, stop: OptOut | None, asked: Asked) -> Meant | None:
    bare_cancel = stop is not None and stop.tier in ("definite", "fuzzy") and stop.matched.startswith("cancel")
    if bare_cancel and asked.appointment is not None:
        return Meant(("cancel_appointment",), "a bare cancel while they have an appointment")
    if asked.pending == "scope_of_opt_out" and not (stop is not None and stop.tier in ("definite", "fuzzy")):
        return None
    if evidence.sure("channel_change") and not (stop and stop.tier in ("definite", "fuzzy", "sentence", "leaving")):
        return Meant(("channel_change",), evidence.words["channel_change"])
    enough = evidence.likely if asked.pending is None else evidence.sure
    if enough("opt_out") and not _about_the_visit(evidence, stop, asked):
        return Meant(("opt_out",), evidence.words["opt_out"])
    if evidence.sure("wrong_number") and asked.pending in (None, "day_or_time", "qualify_need", "confirm_appointment"):
        return Meant(("wrong_number",), evidence.words["wrong_number"])
    return None


_MESSAGES = re.compile(
    r"\b(?:text|texts|texting|messag\w*|msgs?|contact\w*|e-?mail\w*|list|number|phone|spam\w*"
    r"|unsub\w*|opt|ads?|promo\w*|offers?|coupons?|calls?|calling|alone|harass\w*|stop|these|info\w*"
    r"|records?|system|database)\b"
)


_VISIT = re.compile(
    r"\b(?:appointments?|visit|slots?|times?|schedul\w*|calendar|book\w*|spot|come|coming|it|one|ones|those|either|neither|any|answer)\b"
)
_ABOUT_VISITS = ("cancel_appointment", "reschedule", "decline_slots", "pick_slot", "book")


def _about_the_visit(evidence: Evidence, stop: OptOut | None, asked: Asked) -> bool:
    """Tell "take me off for Thursday" from "take me off your list" while a visit is being arranged."""
    if asked.appointment is None and asked.pending not in ("confirm_booking", "slot_choice", "day_or_time"):
        return False
    if stop is not None and stop.tier in ("definite", "fuzzy", "sentence", "legal"):
        return False
    names_day = wishes_named(evidence.text, asked.now)
    if _MESSAGES.search(evidence.spelled):
        return evidence.sure("cancel_appointment") and names_day and stop is None
    # "End this" while times are on offer still ends the texts: only words about the visit are about the visit.
    speaks_of_it = _VISIT.search(evidence.spelled) or any(evidence.sure(kind) for kind in _ABOUT_VISITS)
    return names_day or bool(speaks_of_it)


def _pending(evidence: Evidence, asked: Asked) -> Meant | None:
    """Read an answer to what is pending; a request for a person comes first, a qualifying question takes most answers."""
    state = asked.pending
    cancels = asked.appointment is not None and evidence.sure("cancel_appointment")
    if evidence.sure("want_human") and state != "slot_choice" and not cancels:
        return Meant(("want_human",), evidence.words["want_human"])
    if state is None:
        return bare_answer(evidence, asked)
    if state.startswith("qualify"):
        return qualifying_answer(evidence, asked)
    if UNDECIDED.search(evidence.spelled):
        return Meant(("unclear",), "neither yes nor no")
    found = RULES[state](evidence, asked)
    if found and found.intents[0] in ("confirm", "pick_slot", "deny") and _asks_instead(evidence):
        return None if found.intents[0] != "pick_slot" else found
    return found


def _asks_instead(evidence: Evidence) -> bool:
    """Tell a question that merely begins like an answer ("ok to bring my dog?") from an answer with a question."""
    asks = "?" in evidence.text or re.match(r"\W*(?:how|what|where|who|do i|does|should|which)\b", evidence.spelled)
    return bool(asks) and not (YES.search(evidence.spelled) or NO.search(evidence.spelled))


def _lexical(evidence: Evidence, asked: Asked, lexicon: Lexicon) -> Meant | None:
    """Read by phrases alone: the first sure wish in order of importance, else the likeliest, else a question."""
    if asked.appointment is not None:
        if evidence.sure("cancel_appointment") and not evidence.text.rstrip().endswith("?"):
            return Meant(("cancel_appointment",), evidence.words["cancel_appointment"])
        if evidence.sure("reschedule"):
            return Meant(("reschedule",), evidence.words["reschedule"], availability=_times(evidence, asked))
    elif _CANCELS.search(evidence.spelled) and "?" not in evidence.text:
        return Meant(("cancel_appointment",), evidence.words.get("cancel_appointment", "cancels"))
    elif _RESCHEDULES.search(evidence.spelled) and not evidence.sure("ask_price"):
        return Meant(("reschedule",), "wants the visit that they missed")
    if _ASKS_FOR_TIME.search(evidence.spelled) and _times(evidence, asked):
        return Meant(("book",), "asks for a time")
    if (
        _PROPOSES_TIME.search(evidence.spelled)
        and not evidence.sure("already_solved")
        and wishes_named(evidence.text, asked.now)
    ):
        return Meant(("book",), "proposes a time")
    for enough in (evidence.sure, evidence.likely):
        for intent in _WISHES:
            if intent == "cancel_appointment" and asked.appointment is None:
                continue
            if enough(intent):
                return Meant((intent,), evidence.words[intent])
    if refusal := soft_no(evidence.text, lexicon.keywords):
        return Meant(("not_interested",), refusal)
    if asked.pending in (None, "day_or_time") and len(evidence.spelled.split()) <= 10 and _times(evidence, asked):
        return Meant(("book",), "names times")
    if not re.search(r"\w", evidence.text) and evidence.text.strip(" .?!\n"):
        return Meant(("thanks",), "a sign, no words")
    return None


def _no_scope_named(asked: Asked) -> Meant | None:
    """Read an answer in which we find no scope as the widest: 47 CFR 64.1200(a)(12), silence stops everything."""
    return Meant(("opt_out",), "names no scope: all") if asked.pending == "scope_of_opt_out" else None


_ASKS_FOR_TIME = re.compile(
    r"\b(?:do you have|have you got|got|is there|any ?thing|can (?:i|we|you|someone)|could (?:i|we"
    r"|you)|open|available|possible|see me|fit me|how about)\b[^.]*\?"
)


_PROPOSES_TIME = re.compile(
    r"^\W*(?:ok |yes |sure |well |hi |hello |maybe |and )*"
    r"(?:how about|what about|(?:can|could) (?:i|we|you (?:see|fit|squeeze|get|take))"
    r"|do you have|have you got|got any(?: ?thing)?|any ?thing|any)\b"
)
_CANCELS = re.compile(r"\bcancel(?:l?ing)? (?:my|the|our|his|her|that)\b(?! (?:text|message|subscription))")
_RESCHEDULES = re.compile(r"\bre ?-?(?:schedul|book)(?!ed)")


def _times(evidence: Evidence, asked: Asked) -> tuple[Interval, ...] | None:
    anchor = asked.appointment or (asked.offered[0] if len(asked.offered) == 1 else None)
    return availability(evidence.text, asked.now, anchor)


def _reading(meant: Meant, evidence: Evidence, stop: OptOut | None, asked: Asked, lexicon: Lexicon) -> Reading:
    """Add what rides along, order it, and carry dates, times and the route."""
    first = meant.intents[0]
    intents = [*meant.intents]
    intents += [i for i in _COMPANIONS if i in _RIDES_ALONG.get(first, ()) and evidence.sure(i) and i not in intents]
    if first != "ask_question" and "ask_question" in intents and not _asks_besides(evidence, asked):
        intents.remove("ask_question")
    if first == "deceased" and stop is not None and stop.tier != "mistaken" and "opt_out" not in intents:
        intents.insert(1, "opt_out")
    if evidence.sure("proxy") and first not in (
        "auto_reply",
        "spam",
        "thanks",
        "give_info",
        "later",
        "not_interested",
        "unclear",
        "already_solved",
        "ask_question",
    ):
        intents.append("proxy")
    if first == "medical_urgent" and "book" not in intents and "?" in evidence.text and _times(evidence, asked):
        intents.append("book")
    if evidence.language is not None:
        intents.append("other_language")
    also = RULES["slot_choice"](evidence, asked) if first == "opt_out" and asked.pending == "slot_choice" else None
    if also is not None and "pick_slot" in also.intents:
        intents.append("pick_slot")
        meant = replace(meant, pick=also.pick)
    times = meant.availability
    if times is None and {"book", "reschedule"} & set(intents):
        times = _times(evidence, asked)
    until = later_until(evidence.text, asked.now.date()) if "later" in intents else None
    reading = Reading(
        intents=tuple(dict.fromkeys(intents)),
        route=_route(first, intents, asked, lexicon),
        why=meant.why,
        confidence=0.0 if first == "unclear" else 0.9 if evidence.sure(first) else 0.7,
        pick=meant.pick,
        later_until=until,
        availability=times if _WITH_TIMES & set(intents) else None,
        opt_out=stop,
        language=evidence.language,
    )
    return replace(reading, scope=_scope(meant, evidence, stop))


def _asks_besides(evidence: Evidence, asked: Asked) -> bool:
    """Tell "2 please, is there parking?" from "can I have the 9:00?", whose question is the choice itself."""
    asking = re.split(r"[.!,;]\s+", evidence.text.strip())[-1]
    return asking.endswith("?") and asking != evidence.text.strip() and not wishes_named(asking, asked.now)


_REFUSES_TEXTS = re.compile(
    r"\b(?:do not|never|no|not|stop|quit|instead of|rather than|hate|cannot)(?: \w+){0,4} (?:texts?"
    r"|texting|messag\w+|sms)\b"
)


def _scope(meant: Meant, evidence: Evidence, stop: OptOut | None) -> Scope | None:
    first = meant.intents[0]
    if first == "channel_change":
        return "texts" if _REFUSES_TEXTS.search(evidence.spelled) else None
    if first in ("wrong_number", "deceased"):
        return "all"  # a stranger has no appointment, the dead keep none
    if first == "opt_out":
        return "promotions" if meant.scope == "promotions" or KEEPS_THE_REST.search(evidence.spelled) else "all"
    return "all" if stop is not None and first in ("cancel_appointment", "medical_urgent") else None


def _route(first: str, intents: list[str], asked: Asked, lexicon: Lexicon) -> Route:
    """Look the first intent up in the owner's table; a foreign language always goes to a person, unless it says stop."""
    route = lexicon.routes.get(first, "handoff")
    if "other_language" in intents and route != "stop":
        route = lexicon.routes.get("other_language", "handoff")
    return cast(Route, route)
