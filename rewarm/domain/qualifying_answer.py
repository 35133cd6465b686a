"""Decides what an answer to one of our qualifying questions means: mostly just what it says."""

from __future__ import annotations

import re
from datetime import timedelta

from rewarm.domain.evidence import Evidence
from rewarm.domain.intent_rules import NO, YES, Asked, Meant
from rewarm.domain.later import later_until

UNDECIDED = re.compile(
    r"^\W*(?:(?:i )?(?:do not know|am not sure|have no idea)|not sure|no idea|maybe|perhaps|(?:it )?(?:all )?depends"
    r"|yes no|no yes|yes and no|yes ?/ ?no|hm+|um+|\?+|we will see|possibly)\W*$"
)
_SOON = timedelta(days=45)  # what lies further out than this is no timeframe to plan a visit by


def qualifying_answer(evidence: Evidence, asked: Asked) -> Meant:
    """Take an answer to a qualifying question at its word, unless it says something stronger."""
    bare = len(evidence.spelled) <= 14 and (YES.search(evidence.spelled) or NO.search(evidence.spelled))
    order: tuple[str, ...] = (
        "already_solved",
        "ask_price",
        "later",
        "book",
        "not_interested",
        "complaint",
        "want_human",
        "wrong_number",
    )
    if asked.pending == "qualify_timing":
        order = tuple(intent for intent in order if intent not in ("book",))
    if asked.pending == "qualify_insurance":
        order = ("ask_price", "want_human", "complaint", "not_interested")
    if asked.pending == "qualify_timing":
        until = later_until(evidence.text, asked.now.date())
        if until is not None and until - asked.now.date() > _SOON:
            return Meant(("later",), "not for a while")
    if not bare:
        for intent in order:
            if evidence.sure(intent):
                return Meant((intent,), evidence.words[intent])
        if evidence.spelled.rstrip().endswith("?") and not re.search(r"\w{3,}[.,!] ", evidence.spelled):
            for intent in ("ask_insurance", "ask_price", "ask_question"):
                if evidence.sure(intent):
                    return Meant((intent,), evidence.words[intent])
    if UNDECIDED.search(evidence.spelled):
        return Meant(("unclear",), "neither yes nor no")
    if not re.search(r"\w", evidence.spelled) and not re.search("[\U0001f44d\U0001f44e\u2705\u274c]", evidence.text):
        return Meant(("unclear",), "says nothing that we can read")
    return Meant(("give_info",), "answers our question")
