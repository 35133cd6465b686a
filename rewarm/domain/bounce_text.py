"""Finds the failed addresses in a notice that is written for people, whatever server and language wrote it.

Servers differ in their words far more than in their ways: nearly all put the failed address at the beginning of a line,
behind a label or in the sentence that says what went wrong, and our own letter behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rewarm.domain.bounce_report import ADDRESS, address_in
from rewarm.domain.bounce_words import BounceWords

MOST_LINES = 400  # of a notice; what comes later is our own letter
LONGEST_LINE = 2_000
REASON_LINES, LONGEST_REASON = 4, 500

# Where our own letter begins when nothing announces it: a transport header, or the line of a mailbox file.
_HEADER = re.compile(
    r"^(?:(?:Received|Return-Path|DKIM-Signature|Delivered-To|MIME-Version|Message-ID|X-Google-Smtp-Source)\s*:|From \S+@\S+  )",
    re.IGNORECASE,
)
_ABOVE_HEADER = re.compile(r"^(?:From|To|Cc|Date|Subject|Sender|Reply-To|X-[\w-]+|[A-Z][\w-]+)\s*:\s", re.IGNORECASE)
_OPENING = re.compile(r"""^[\s>*•·|#"'<(\[-]*(?:(?:smtp|rfc822|mailto)\s*[:;]\s*)?$""", re.IGNORECASE)
_REPLY_CODE = re.compile(r"(?<![\d.])5\d\d(?:[ -]|$)|(?<![\d.])5\.\d{1,3}\.\d{1,3}\b")
_PAIR = re.compile(r"^\s*[A-Za-z][\w ()/-]{1,40}:\s")
_RULER = re.compile(r"[-=_*]{2,}|^\s*[|>]")
_TO = re.compile(r"^\W*to\W*:", re.IGNORECASE)
_BETWEEN = r"""\s*[:=]\s*[\["'<(]*(?:(?:smtp|rfc822|mailto)\s*[:;]\s*)?$"""


@dataclass(frozen=True, slots=True)
class Found:
    """An address that a notice names, how surely it is the one that failed, and the words around it."""

    address: str
    trust: int  # 3: stands first in its line or behind a label; 2: in a sentence about a failure; 1: only mentioned
    reason: str = ""
    line: int = 0


def divide(text: str, words: BounceWords) -> tuple[str, str]:
    """Divide a notice into what the server says and our own letter as far as it came back."""
    lines = text.splitlines()
    for number, line in enumerate(lines[:MOST_LINES]):
        if _HEADER.match(line):
            number = _first_header(lines, number)
            return "\n".join(lines[:number]), "\n".join(lines[number:])
        if number and len(line) < 100 and words.returned.search(line) and _announces(lines, number):
            return "\n".join(lines[:number]), "\n".join(lines[number + 1 :])
    return "\n".join(lines[:MOST_LINES]), ""


def failed(notice: str, words: BounceWords) -> list[Found]:
    """List the addresses that a notice speaks of, the surest first, each once."""
    lines = notice.splitlines()
    best: dict[str, Found] = {}
    asides: set[str] = set()
    for number, before, address in _mentions(lines):
        if _is_aside(lines, number, before, words):
            asides.add(address)
            continue
        trust = _trust(lines, number, before, words)
        if address not in best or best[address].trust < trust:
            best[address] = Found(address, trust, line=number)
    found = sorted((one for one in best.values() if one.trust == 3 or one.address not in asides), key=_surest_first)
    alone = len(found) == 1 or (bool(found) and found[0].trust > found[1].trust)
    return [replace(one, reason=_reason(lines, one.line, alone=alone and one is found[0])) for one in found]


def _surest_first(found: Found) -> tuple[int, int]:
    return -found.trust, found.line


def _mentions(lines: list[str]) -> Iterator[tuple[int, str, str]]:
    """Yield every address with the number of its line and what stands before it there."""
    for number, line in enumerate(lines):
        line = line[:LONGEST_LINE]
        for match in ADDRESS.finditer(line):
            if address := address_in(match[0]):
                yield number, line[: match.start()], address


def _is_aside(lines: list[str], number: int, before: str, words: BounceWords) -> bool:
    """Tell whether the address only sent something, or is one to ask for help."""
    opening = before[-60:].rstrip("<\"'([= \t")
    if any(match.end() >= len(opening) for match in words.senders.finditer(opening)):
        return True
    sentence = f"{lines[number - 1].strip()} {before}" if number and not _OPENING.match(before) else before
    said = sentence.rpartition(". ")[2]
    return bool(words.contacts.search(said)) and not words.failures.search(said)


def _trust(lines: list[str], number: int, before: str, words: BounceWords) -> int:
    if _OPENING.match(before) or _is_labelled(before, words):
        return 3
    # A line of the form "label: value" speaks for itself, not for its neighbours.
    sentence = lines[number][:LONGEST_LINE] if _PAIR.match(lines[number]) else _paragraph(lines, number)
    return 2 if _REPLY_CODE.search(before) or words.failures.search(sentence) else 1


def _is_labelled(before: str, words: BounceWords) -> bool:
    label = re.search(_BETWEEN, before, re.IGNORECASE)
    if label is None:
        return False
    name = before[: label.start()].strip("\t -*>|#.<=\"'([")
    found = words.labels.match(name)
    return found is not None and found.end() == len(name)


def to_in(text: str) -> str:
    """Return the address of the first line that begins with "To:", or ""."""
    return next((address_in(line) for line in text.splitlines()[:MOST_LINES] if _TO.match(line)), "")


def _paragraph(lines: list[str], number: int) -> str:
    """Return the lines around one up to the next empty ones, at most three each way."""
    first = last = number
    while first > max(0, number - 3) and lines[first - 1].strip():
        first -= 1
    while last + 1 < min(len(lines), number + 4) and lines[last + 1].strip():
        last += 1
    return " ".join(line.strip()[:LONGEST_LINE] for line in lines[first : last + 1])


def _reason(lines: list[str], number: int, *, alone: bool = False) -> str:
    """Return what stands at an address and below it, up to an empty line or the next address that stands first.

    When a notice speaks of one address `alone`, all that follows is about it.
    """
    said = [lines[number].strip()]
    for line in lines[number + 1 : number + (REASON_LINES if not alone else 4 * REASON_LINES)]:
        if not alone and (
            not line.strip() or ((match := ADDRESS.search(line)) and _OPENING.match(line[: match.start()]))
        ):
            break
        said.append(line.strip())
    return " ".join(" ".join(said).split())[:LONGEST_REASON]


def _announces(lines: list[str], number: int) -> bool:
    """Tell whether a line that speaks of our letter has it below: a ruler in the line itself, or headers that follow."""
    if ADDRESS.search(lines[number]):
        return False
    below = [line for line in lines[number + 1 : number + 8] if line.strip()][:3]
    return _RULER.search(lines[number]) is not None or any(_ABOVE_HEADER.match(line) for line in below)


def _first_header(lines: list[str], number: int) -> int:
    """Step back over headers that stand above the first one that we knew."""
    while number and _ABOVE_HEADER.match(lines[number - 1]):
        number -= 1
    return number
