"""Decides what a text says about itself, whoever wrote it: whose it is, how to make it stop, whether it sells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rewarm.domain.style import Watch
from rewarm.domain.wording import bare_words, fold

# A court found that a link does not name its sender, even when its domain does (Novia v. Mobiz).
_LINK = re.compile(r"https?://\S+|\S+@\S+\.\w+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b\S*", re.IGNORECASE)
_LEGAL_FORM = re.compile(
    r"(?: (?:llc|l l c|inc|incorporated|ltd|limited|llp|lp|pllc|pc|p c|pa|p a|plc|corp|corporation|co|company|gmbh|pty))+$"
)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words that tell; `packs/rules/wording.yaml` says them. All of them read the text in lower case."""

    way_out: re.Pattern[str]
    offer: re.Pattern[str]
    harmless: re.Pattern[str]  # what only looks like an offer: "are you free on Monday?"


def names_seller(text: str, names: Iterable[str]) -> bool:
    """Tell whether a text names its sender outside of a link, with or without the legal form (47 CFR 64.1200(d)(4))."""
    wanted = [name for name in names if name]
    if any(" " in name and name in text for name in wanted):
        return True  # a link has no spaces
    words = f" {bare_words(fold(_LINK.sub(' ', text)))} "
    return any(f" {name} " in words for name in map(_bare_name, wanted) if name)


def says_way_out(text: str, wording: Wording) -> bool:
    """Tell whether a text says which word makes it stop, in any language that we read an answer in."""
    return wording.way_out.search(text.lower()) is not None


def gives_address(text: str, address: str) -> bool:
    """Tell whether a letter gives a postal address, however it is set out (15 U.S.C. 7704(a)(5)(A)(iii))."""
    wanted = bare_words(fold(address))
    return bool(wanted) and f" {wanted} " in f" {bare_words(fold(text))} "


def sells(text: str, names: Iterable[str], wording: Wording, watch: Watch) -> bool:
    """Tell whether words hold an offer, a price or a claim: what they are called then does not matter.

    A practice may be called Best Care; its name offers nothing.

    Where selling and serving meet, the rule is the strict one: a reminder with an advertisement in it is an advertisement
    (47 CFR 64.1200(f)(1), (f)(13); Germain v. Mario's Air Conditioning, 2025).
    """
    low = wording.harmless.sub(" ", _without(names, text.lower()))
    if wording.offer.search(low) or watch.claim.search(low) or watch.scarcity.search(low):
        return True
    return any(blocked.pattern.search(low) for blocked in watch.blocked)


def is_private(text: str, names: Iterable[str], watch: Watch) -> bool:
    """Tell whether words say something about a body that anybody who picks up the phone could read (45 CFR 164.530(c)).

    The practice's own name may say what it treats.
    """
    return watch.private.search(_without(names, text.lower())) is not None


def _without(names: Iterable[str], low: str) -> str:
    for name in names:
        low = low.replace(name.lower(), " ") if name else low
    return low


def _bare_name(name: str) -> str:
    return _LEGAL_FORM.sub("", f" {bare_words(fold(name))}").strip()
