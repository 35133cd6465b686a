"""Decides what a bare yes means: it accepts whatever our last question proposed."""

from __future__ import annotations

import re

from rewarm.domain.evidence import Evidence
from rewarm.domain.intent_rules import YES, Asked, Meant

_LONGEST = 24  # characters; whoever writes more says what they mean
_OFFERS_MORE = re.compile(
    r"like to (?:know|hear|see|learn)|want (?:to hear|to know|details|more|me to (?:send|tell"
    r"|explain))|any questions|hear how|know more|see what|interested in (?:learning|hearing)"
    r"|shall i (?:tell|send|say|list|explain)|^want (?!to come|a (?:visit|time))|answer help"
    r"|still (?:on your mind|a bother)|^is there (?:a|any|one) "
    r"|like to ask|i can help with|(?:would|does) (?:that|this|it) help|shall we (?:tell|send)"
)
_OFFERS_CALL = re.compile(
    r"(?:one of us|somebody|someone|a person|we) (?:call|phone|ring|look)|(?:phone|short) chat|when may we call"
    r"|have (?:somebody|someone)|(?:somebody|someone) (?:send|look)|like us to look|we can (?:look up|put the options|go over)"
)
_OFFERS_VISIT = re.compile(
    r"find (?:you )?a time|on the calendar|book|schedule|come (?:back )?in|free check|appointment"
    r"|visit|set (?:you )?up|time that|shall we|stop by|like to use them|see you|what day|would suit|suit you|suits you"
    r"|(?:look|looking) for|a (?:quiet )?time|plan that|morning or an|clean them|talk about how|find you|get you in"
)
_MORE_THAN_YES = (
    "cancel_appointment", "reschedule", "later", "not_interested", "already_solved", "ask_price", "ask_insurance"
)  # fmt: skip
# "Please" alone is a yes; before anything but what we had offered it asks for something else.
_PLEADS = re.compile(
    r"\W*please,? (?!do\b|yes\b|send|tell|show|go|more|explain|share|give|thanks|thank|call|book|find|set)\w"
)
_CONCLUDES = re.compile(
    r"\b(?:so|then) (?:yes|sure|ok|please do)(?: please| thanks)?\W*$"
)  # "I still miss a lot, so yes"
_BACKWARD = re.compile(r"^(?:would that|does that|shall i\?|shall we\?)")  # asks about the sentence before
_ANY_OF_THEM = re.compile(
    r"^\W*(?:ok |sure |yes )*(?:either|both|whichever|any ?time|any|whatever|no preference|does not matter|you (?:pick|choose))\b"
)
_WHAT_IS_THERE = re.compile(r"\bwhat (?:have you|do you have|you)(?: got)?\W*$|^\W*(?:ok )?when\W*$")


def bare_answer(evidence: Evidence, asked: Asked) -> Meant | None:
    """Read a bare yes, or "whichever", by our last question: more words, a call, or a visit; None when it says more."""
    concludes = _CONCLUDES.search(evidence.spelled)
    if not asked.question or (len(evidence.spelled.strip(" .!\U0001f44d")) > _LONGEST and not concludes):
        return None
    before, question = last_question(asked.question)
    if not question or any(evidence.sure(kind) for kind in _MORE_THAN_YES):
        return None
    proposes_visit = _OFFERS_VISIT.search(question)
    if proposes_visit and (_ANY_OF_THEM.search(evidence.spelled) or _WHAT_IS_THERE.search(evidence.spelled)):
        return Meant(("book",), "leaves the time to us")
    if (
        not (YES.search(evidence.spelled) or concludes)
        or _PLEADS.match(evidence.spelled)
        or evidence.sure("book")
        or _asks_back(evidence)
    ):
        return None
    if _OFFERS_CALL.search(question) or (_BACKWARD.search(question) and _OFFERS_CALL.search(before)):
        return Meant(("want_human",), "yes to a call")
    if _OFFERS_MORE.search(question):
        return Meant(("tell_more",), "yes to hearing more")
    return Meant(("book",), "yes to a visit") if proposes_visit else None


def _asks_back(evidence: Evidence) -> bool:
    return evidence.sure("ask_question") and "?" in evidence.text


def last_question(said: str) -> tuple[str, str]:
    """Split what we said last, in small letters, into the sentence before our question and the question; "" when none."""
    parts = [part.strip().lower() for part in re.split(r"(?<=[.!?])\s+|\n", said) if part.strip()]
    at = max((i for i, part in enumerate(parts) if part.endswith("?")), default=-1)
    return (parts[at - 1] if at > 0 else "", parts[at]) if at >= 0 else ("", "")
