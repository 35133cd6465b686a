"""Decides what a failed letter says about its address: gone for good, or only not this time.

Enhanced codes are RFC 3463's and IANA's register of them; the words come from `packs/base/bounces.yaml`.
"""

from __future__ import annotations

import re
from typing import Literal

from rewarm.domain.bounce_words import BounceWords

Severity = Literal["hard", "soft"]

_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_REPLY = re.compile(r"(?<![\d.#:-])([45][0-5]\d)(?=[\s-]|$)")
# Nobody there: no such mailbox, host, syntax, moved away, accepts no mail; disabled; no route to the host.
_GONE = frozenset({"1.1", "1.2", "1.3", "1.4", "1.6", "1.10", "2.1", "4.4"})
_OUR_ADDRESS = frozenset({"1.7", "1.8"})  # it is the sender's that they refuse
_AT_OUR_NAME = re.compile(r"(?:after|in reply to|response to) MAIL FROM", re.IGNORECASE)
_SAYS_NOTHING = frozenset({"0.0", "1.0", "2.0", "3.0", "4.0", "5.0", "7.0"})
_NO_SUCH_MAILBOX = frozenset({"550", "551", "553"})


def status_in(*texts: str) -> str:
    """Return the most telling code of these texts, in their order: an enhanced one before a bare reply code; "" if none."""
    found = [match for text in texts for match in _ENHANCED.finditer(text)]
    telling = [match for match in found if f"{match[2]}.{match[3]}" not in _SAYS_NOTHING]
    if telling or found:
        return (telling or found)[0][0]
    return next((match[1] for text in texts for match in _REPLY.finditer(text)), "")


def severity(status: str, reason: str, words: BounceWords) -> Severity:
    """Weigh a failure: "hard" only when the code or the words say that nobody is there; doubt is "soft".

    A full mailbox has an owner, and a letter that was refused for its content or its sender says nothing of them.
    """
    if status.startswith("4") or words.full.search(reason) or _AT_OUR_NAME.search(reason):
        return "soft"
    if enhanced := _ENHANCED.fullmatch(status):
        detail = f"{enhanced[2]}.{enhanced[3]}"
        if detail in _GONE and (words.gone.search(reason) or not words.unwanted.search(reason)):
            return "hard"
        if detail in _OUR_ADDRESS or (detail not in _SAYS_NOTHING and enhanced[2] not in ("1", "4")):
            return "soft"
    if words.gone.search(reason):
        return "hard"
    if words.unwanted.search(reason):
        return "soft"
    return "hard" if _bare_code(reason) in _NO_SUCH_MAILBOX and "mailbox" in reason.lower() else "soft"


def _bare_code(reason: str) -> str:
    found = _REPLY.search(reason)
    return found[1] if found else ""
