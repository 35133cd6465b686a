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

from rewarm.domain import refusal_words as said_by
from rewarm.domain.deceased import find as find_death
from rewarm.domain.spans import Span, first, folded

Channel = Literal["sms", "call", "email"]
Channels = frozenset[Channel]
EVERY: Final[Channels] = frozenset({"sms", "call", "email"})
_SMS: Final[Channels] = frozenset({"sms"})
_CALL: Final[Channels] = frozenset({"call"})
_EMAIL: Final[Channels] = frozenset({"email"})
_NONE: Final[Channels] = frozenset()


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


# --- what a list of channel words means ---------------------------------------------------------------------
_MEANINGS: Final[tuple[tuple[re.Pattern[str], Channels], ...]] = (
    (re.compile(r"\b(?:text|txt|sms|messag|msg)"), _SMS),
    (re.compile(r"\b(?:e-?mail|newsletter|e-?blast|mailing list)"), _EMAIL),
    (re.compile(r"(?:\b|robo-?|tele)(?:call|phon|ringing|ring\b|dial)"), _CALL),
    (re.compile(r"\b(?:letter|post ?card|mail|card|brochure|fl[iy]er|write)"), _NONE),  # paper is no channel of ours
)


def _channels(listed: str) -> Channels:
    """Return what a list such as "calls, letters or texts" names; paper next to a channel means all of it."""
    meanings = [_meaning(item) for item in re.split(said_by.JOIN, listed) if item]
    named = _NONE.union(*meanings)
    return EVERY if named and _NONE in meanings else named


def _meaning(item: str) -> Channels:
    return next((channels for pattern, channels in _MEANINGS if pattern.search(item)), EVERY)


# --- finding refusals ---------------------------------------------------------------------------------------
_ABBREVIATED: Final[dict[str, Channels]] = {"DNC": EVERY, "DND": EVERY, "DNT": _SMS, "DNE": _EMAIL}


def _refusals(note: str, words: str) -> Iterator[tuple[Span, Channels]]:
    yield from _listed(note, words)
    for match in said_by.OFF_A_LIST.finditer(words):
        yield Span(*match.span()), _taken_off(match["list"])
    for match in said_by.OPT_OUT.finditer(words):
        yield Span(match.start(), match.end("rest")), _opted_out(words, match)
    for match in said_by.ABBREVIATION.finditer(note):
        if not re.search(r"\b(?:not|no longer|off) (?:on |the )*$", _before(words, match.start())):
            yield Span(*match.span()), _ABBREVIATED[match[0]]
    for match in said_by.NAMED_FIRST.finditer(words):
        yield Span(*match.span()), _channels(match["list"])
    for pattern, channels in _SAYINGS:
        for match in pattern.finditer(words):
            if not said_by.UNSAID.search(_before(words, match.start())):
                yield Span(*match.span()), channels


_SAYINGS: Final[tuple[tuple[re.Pattern[str], Channels], ...]] = (
    *((pattern, EVERY) for pattern in said_by.CLOSES_ALL),
    *((pattern, _SMS) for pattern in said_by.CLOSES_TEXTS),
    (said_by.CLOSES_CALLS, _CALL),
    (said_by.CLOSES_WRITING, _SMS | _EMAIL),
)


def _listed(note: str, words: str) -> Iterator[tuple[Span, Channels]]:
    for patterns, of_anybody in ((said_by.OF_ANYBODY, True), (said_by.OF_US, False)):
        for pattern in patterns:
            for match in pattern.finditer(words):
                end = _end_of_refused(words, match)
                if end and not _is_no_refusal(note, words, Span(match.start(), end), of_anybody=of_anybody):
                    yield Span(match.start(), end), _channels(words[match.start("list") : end])


def _end_of_refused(words: str, match: re.Match[str]) -> int | None:
    """Return where the refused channels end: in "no calls, texts ok" after the calls, as the texts are wanted."""
    listed, start = match["list"], match.start("list")
    joins = list(re.finditer(said_by.JOIN, listed))
    closed_by_or = re.search(r"\b(?:or|nor|and)\s+(?:no )?[a-z-]+$|[/&]\s*(?:no )?[a-z-]+$", listed)
    for index in range(len(joins), 0, -1):
        end = match.end("list") if index == len(joins) else start + joins[index].start()
        join = joins[index - 1][0]
        wanted = said_by.WANTED.match(words, end)
        imperative = (
            said_by.ONE_THING.search(_before(words, end)) and "no" not in join and not closed_by_or
        )  # "no calls, text her"
        if not wanted and not imperative:
            return end
    return start + joins[0].start() if joins else match.end("list")


def _is_no_refusal(note: str, words: str, span: Span, *, of_anybody: bool) -> bool:
    before, said = _before(words, span.start), span.of(words)
    if (
        said_by.LIMIT.match(words, span.end)
        or said_by.FOREIGN_LIST.match(words, span.end)
        or said_by.NOT_OURS.search(before)
    ):
        return True
    if said_by.UNSAID.search(before) or said_by.TOLD_THEM.search(before):
        return True
    if of_anybody and (said_by.OTHERS.search(before) or re.match(r"(?:told|asked) (?:him|her|pt|them)\b", said)):
        return True
    if re.search(r"call(?:ed|ing)?$", said) and said_by.CALLED_BY_NAME.match(note, span.end - len(said.split()[-1])):
        return True
    return said.startswith("no ") and _says_there_is_none(words, span)


def _says_there_is_none(words: str, span: Span) -> bool:
    """Say whether "no call", "no contact", "no email" reports a lack rather than a wish."""
    said = span.of(words)
    if not said_by.ONE_THING.search(said) or re.match(r"no (?:more|further|additional|future)\b", said):
        return False
    if not re.match(said_by.END, words[span.end :]):
        return True
    if re.search(said_by.JOIN, said):
        return False
    if said.endswith(("email", "e-mail")):
        return not re.match(r"\s*(?:pls|please|per|/|or\b)", words[span.end :])
    return bool(said.endswith(("call", "phone", "mail")) or said_by.TRIED.search(_before(words, span.start)))


def _before(words: str, at: int) -> str:
    """Return what stands before this point, as far back as one sentence reaches; a whole year of notes is longer."""
    return words[max(0, at - 200) : at]


def _taken_off(listed: str) -> Channels:
    """Return what a list of lists names: a mailing list alone is e-mail, next to calls it is everything."""
    items = re.split(said_by.JOIN, listed)
    if len(items) > 1 and any("mailing" in item for item in items):
        return EVERY
    return _channels(listed.replace("mailings", "mailing list"))


def _opted_out(words: str, match: re.Match[str]) -> Channels:
    """Return what an opt-out names; all of it when it names nothing, none when it names something else."""
    if re.search(r"\b(?:no|not|never|n't|if|may|can) (?:\w+ )?$", _before(words, match.start())):
        return _NONE
    named_before = re.search(r"\b(e-?mails?|newsletters?|texts?|txts?|sms|calls?) $", _before(words, match.start()))
    if named_before:
        return _channels(named_before[1])
    what = match["what"] or ""
    if what in ("list", "lists", "everything", "all", "us"):
        return EVERY
    if re.fullmatch(rf"{said_by.THINGS}|{said_by.DOING}|e-?mail\w*|comms?", what):
        return EVERY if what.startswith("comm") else _channels(what)
    if re.search(r"\b(?:of|from|for|on|w/|with)\b", match["rest"]) and what and not match["rest"].endswith(" all"):
        return _NONE
    return EVERY if match["verb"].startswith("opt") else _SMS | _EMAIL
