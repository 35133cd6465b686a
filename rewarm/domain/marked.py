"""Remembers where the words of a rendered text came from, by invisible marks that travel through any template."""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPEN, _MIDDLE, _CLOSE = "\ue000", "\ue001", "\ue002"
_ANY = re.compile(r"[\ue000-\uf8ff\x00-\x08\x0b-\x1f\x7f]")
_LABEL = re.compile(f"{_OPEN}[^{_MIDDLE}]*{_MIDDLE}|{_CLOSE}")


@dataclass(frozen=True, slots=True)
class Source:
    """A span of the finished text and what vouches for it: `kind` fact, field, occasion, claim or brand, and its id."""

    start: int
    end: int
    kind: str
    id: str


def mark(kind: str, source_id: str, value: str) -> str:
    """Wrap a value so that its source can be found again in the rendered text; foreign marks inside it are removed."""
    return f"{_OPEN}{kind}:{source_id}{_MIDDLE}{clean(value)}{_CLOSE}"


def clean(value: str) -> str:
    """Drop the characters that a value from outside could use to forge a source, and control characters."""
    return value if value.isprintable() else _ANY.sub("", value)


def capitalized(marked: str) -> str:
    """Write the first letter large, seeing through the marks."""
    at = marked.find(_MIDDLE) + 1 if marked.startswith(_OPEN) else 0
    return marked[:at] + marked[at : at + 1].upper() + marked[at + 1 :]


def strip(rendered: str) -> tuple[str, tuple[Source, ...]]:
    """Take the marks out and return the plain text with the marked spans, in order.

    Raises ValueError when a mark is left over: somebody forged or cut one.
    """
    before, *marked = rendered.split(_OPEN)
    parts, sources, size = [before], [], len(before)
    for each in marked:
        label, _, rest = each.partition(_MIDDLE)
        value, closed, after = rest.partition(_CLOSE)
        kind, named, source_id = label.partition(":")
        if not (closed and named and kind.isalnum()):
            raise ValueError("a mark of a source was cut or forged")
        sources.append(Source(size, size + len(value), kind, source_id))
        parts += (value, after)
        size += len(value) + len(after)
    text = "".join(parts)
    if _MIDDLE in text or _CLOSE in text:
        raise ValueError("a mark of a source was cut or forged")
    return text, tuple(sources)


def unmarked(rendered: str) -> str:
    """Take the marks out and forget where they were."""
    return _LABEL.sub("", rendered)
