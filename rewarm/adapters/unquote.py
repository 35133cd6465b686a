"""Keeps what somebody wrote themselves: the letter that they answer and their signature are left out.

quotequail knows the ways of the common mail programs; what it leaves over is cut by the forms that all of them share:
a line that ends in a colon and says who wrote when, a block of From, Date and To, and lines that begin with ">".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import quotequail

from rewarm.adapters.packs import BASE, document

MOST_LINES = 2_000
LONGEST = 200_000  # characters; a reply stands at one end of what it quotes
LONGEST_LINE = 1_000

_WHEN_OR_WHO = re.compile(r"\d{1,2}[:.]\d{2}|\d{4}|\d{1,2}/\d{1,2}|@", re.IGNORECASE)
_TIME = re.compile(r"\d{1,2}[:.]\d{2}")
_SIGNATURE = re.compile(r"^\s*(?:--|—|__)\s*$")
_RULE = re.compile(r"^[\s*]*[-_=*]{5,}[\s*]*$")
_WRAPPED = 3  # lines over which an introduction may be broken


@dataclass(frozen=True, slots=True)
class _Marks:
    """The marks of mail programs, from the base pack."""

    wrote: re.Pattern[str]
    told: re.Pattern[str]  # somebody with an address, and the verb
    opens: re.Pattern[str]
    header: re.Pattern[str]
    ruler: re.Pattern[str]
    device: re.Pattern[str]


@cache
def _marks() -> _Marks:
    known = document(BASE, "quotes.yaml")

    def form(shape: str, name: str) -> re.Pattern[str]:
        return re.compile(shape.replace("WORDS", "|".join(f"(?:{one})" for one in known[name])), re.IGNORECASE)

    return _Marks(
        wrote=form("WORDS", "wrote"),
        told=form(r"<[^<>\s]{3,200}>\s*(?:WORDS)\s*:", "wrote"),
        opens=form(r"^[\s>]*+(?:WORDS)", "opens"),
        header=form(r"^[\s*>]*+(?:WORDS)\s*\*?\s*[:\uff1a]", "headers"),
        ruler=form(r"^[\s>]*+[-_*=]{2,}+\s*(?:WORDS).{0,60}?[-_*=]{2,}\s*$|^\s*_{20,}\s*$", "rulers"),
        device=form(r"^\W*+(?:WORDS)[^,;!]{0,80}$", "devices"),
    )


def own_words(text: str) -> str:
    """Return what is new in the text of a reply: without quotes and signature; "" when nothing is."""
    lines = [line[:LONGEST_LINE].rstrip() for line in text[:LONGEST].replace("\r\n", "\n").split("\n")[:MOST_LINES]]
    start = _first_quote(lines)
    own = _unsigned(_unquoted(lines if _answers_between(lines, start) else lines[:start]))
    if not any(line.strip() for line in own):  # they answer below
        own = _unsigned(_unquoted(lines))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(own)).strip()


def _first_quote(lines: list[str]) -> int:
    """Return the number of the line at which the letter before begins; the number of lines when it is not there."""
    first = next((number for number in range(len(lines)) if _begins_quote(lines, number)), len(lines))
    pieces = quotequail.quote("\n".join(lines[:first]), limit=MOST_LINES, quote_intro_line=True)
    shown = [text for is_shown, text in pieces if is_shown]
    return min(first, shown[0].count("\n") + 1) if len(pieces) > 1 and shown else first


def _begins_quote(lines: list[str], number: int) -> bool:
    line = lines[number]
    if _marks().ruler.match(line) or _introduces(lines, number):
        return True
    if line.startswith(">"):
        return all(later.startswith(">") or not later.strip() for later in lines[number:])
    return _heads_quote(lines, number)


def _introduces(lines: list[str], number: int) -> bool:
    """Tell whether a line begins an "On Monday, somebody wrote:", which mail programs break where they like."""
    if not _marks().opens.match(lines[number]):
        return False
    for last in range(number, min(number + _WRAPPED, len(lines))):
        if not lines[last].strip():
            return False
        said = " ".join(line.strip("> ") for line in lines[number : last + 1])
        if _marks().told.search(said):
            return True
        if said.rstrip().endswith((":", "\uff1a")):
            when_and_who = _TIME.search(said) and "<" in said
            return len(said) < 300 and bool(when_and_who or (_marks().wrote.search(said) and _WHEN_OR_WHO.search(said)))
    return False


def _answers_between(lines: list[str], start: int) -> bool:
    """Tell whether somebody goes on writing below what they quote: a paragraph of theirs, and no mere footer."""
    rest = lines[start:]
    marks = [number for number, line in enumerate(rest) if line.startswith(">")]
    if not marks:
        return False
    for number in range(marks[0] + 1, len(rest)):
        if _SIGNATURE.match(rest[number]) or _marks().ruler.match(rest[number]):
            return False
        if rest[number].strip() and not rest[number].startswith(">") and not rest[number - 1].strip():
            below = [line for line in rest[number:] if line.strip()]
            return number < marks[-1] or (len(below) > 1 and not _marks().device.match(below[0]))
    return False


def _unquoted(lines: list[str]) -> list[str]:
    """Return the lines that are not quoted, without those that introduce a quote."""
    kept: list[str] = []
    skip_to = 0
    for number, line in enumerate(lines):
        if number < skip_to or line.startswith(">") or _marks().ruler.match(line) or _heads_quote(lines, number):
            continue
        if _introduces(lines, number):
            ends = (
                n
                for n in range(number, min(number + _WRAPPED, len(lines)))
                if lines[n].rstrip().endswith((":", "\uff1a"))
            )
            skip_to = next(ends, number) + 1
            continue
        kept.append(line)
    return kept


def _heads_quote(lines: list[str], number: int) -> bool:
    """Tell whether a line belongs to a block of From, Date and To."""
    near = [one for one in lines[max(0, number - 3) : number + 4] if _marks().header.match(one)]
    return _marks().header.match(lines[number]) is not None and len(near) >= 3


def _unsigned(lines: list[str]) -> list[str]:
    """Drop what a mail program puts below a letter: a delimited signature, the name of a telephone, a rule."""
    for number, line in enumerate(lines):
        if number and _SIGNATURE.match(line):
            lines = lines[:number]
            break
    while lines and (not lines[-1].strip() or _marks().device.match(lines[-1]) or _RULE.match(lines[-1])):
        lines = lines[:-1]
    return lines
