"""Splits what people type into phone cells into single numbers; judges fillers before anything is parsed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

PhoneFault = Literal["empty", "invalid", "no_area_code", "fictitious", "own_number"]

_WORDS_ONLY = re.compile(r"^\D*$")
_FLOAT = re.compile(r"^\+?(\d{7,15})\.0+$")
_EXTENSION = re.compile(r"\s*[,;]?\s*(?:extension|ext\.?|x\.?|#)\s*:?\s*(\d{1,6})\s*$", re.I)
_LABEL = re.compile(
    r"\(?\b(?:home|cell(?:ular|phone)?|mobile|mob|work|office|day(?:time)?|eve(?:ning)?|main|alt(?:ernate)?|other|primary|secondary"
    r"|phone|tel|ph|hm|wk|fax|landline|wife|husband|spouse|dtr|daughter|son|[hcwmto](?=\s*[:.#]))\b\)?\s*[:.#=-]*",
    re.I,
)
_SEPARATOR = re.compile(r"\s*(?:[;|\n\t&]|:::|,|\bor\b|\band\b|\s/\s|/(?=\s*[(+]))\s*", re.I)
_GROUPED = re.compile(r"\+?1?[\s.-]*\(?\d{3}\)?[\s./-]*\d{3}[\s.-]*\d{4}(?!\d)")
# What people write around a number: "Bob 212…", "212… (do not text)".
_AROUND = re.compile(r"^[^\d+(]*[A-Za-z][^\d+(]*|\s*\(?[A-Za-z][^\d]*$")
_FILLERS = ("1234567890", "0123456789", "9876543210", "2345678901", "1231231234", "5551234567")

Parse = Callable[[str, str], str | None]
"""(text, region) -> E.164 without extension, or None when no such number can exist."""


@dataclass(frozen=True, slots=True)
class Phone:
    """One usable number: E.164, its extension, and the label that it was written with (home, cell, ...)."""

    e164: str
    extension: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class DroppedPhone:
    """A piece of a phone cell that is no usable number."""

    text: str
    reason: PhoneFault


def read_phones(
    cell: str,
    *,
    region: str,
    parse: Parse,
    own_numbers: frozenset[str] = frozenset(),
    fictional: bool = False,
) -> tuple[tuple[Phone, ...], tuple[DroppedPhone, ...]]:
    """Return the usable numbers of one cell and what was dropped with the reason; no area code is ever guessed.

    `fictional` lets 555 numbers through: only workspaces that cannot reach a real carrier may ask for it.
    """
    if not cell or cell.isspace():
        return (), ()
    kept: list[Phone] = []
    dropped: list[DroppedPhone] = []
    for label, piece in _pieces(cell):
        found = _read(piece, label, region, parse, own_numbers, fictional)
        if isinstance(found, DroppedPhone):
            dropped.append(found)
        elif found.e164 not in {phone.e164 for phone in kept}:
            kept.append(found)
    return tuple(kept), tuple(dropped)


def looks_like_phone(text: str) -> bool:
    """Tell whether a cell was meant as a phone number: seven to fifteen digits and little else."""
    text = _LABEL.sub("", _FLOAT.sub(r"\1", text.strip()))
    digits = sum(char.isdigit() for char in text)
    letters = sum(char.isalpha() for char in text)
    return (
        7 <= digits <= 34 and letters <= 6 and not re.search(r"[$%@:]|\d{4}-\d{2}-\d{2}|^\d{1,2}/\d{1,2}/\d{2,4}", text)
    )


def _pieces(cell: str) -> list[tuple[str, str]]:
    text = cell.strip().strip("'\"")
    if match := _FLOAT.match(text):
        return [("", match[1])]
    text = (
        re.sub(r"^tel:", "", text, flags=re.I).replace("(0)", "")
        if text.startswith(("+", "tel:")) or "(0)" in text
        else text
    )
    labels = [match[0].strip(" :.#=()-").lower() for match in _LABEL.finditer(text)]
    text = _LABEL.sub("\n", text)
    parts = [part for part in _SEPARATOR.split(_keep_extension_commas(text)) if part.strip(" ()[]/:-")]
    singles: list[str] = []
    for part in parts:
        grouped = _GROUPED.findall(part)
        singles.extend(grouped if len(grouped) > 1 else [part])
    aligned = labels if len(labels) == len(singles) else [""] * len(singles)
    return list(zip(aligned, singles, strict=True)) or [("", cell.strip())]


def _keep_extension_commas(text: str) -> str:
    return re.sub(r"\s*,\s*(?=(?:ext|x)\b|(?:ext\.?|x)\s*\d)", " ", text, flags=re.I)


def _read(
    piece: str, label: str, region: str, parse: Parse, own: frozenset[str], fictional: bool
) -> Phone | DroppedPhone:
    piece = piece.strip()
    extension = ""
    if match := _EXTENSION.search(piece):
        extension, piece = match[1], piece[: match.start()]
    if not _WORDS_ONLY.match(piece):
        piece = _AROUND.sub("", piece).strip()
    digits = re.sub(r"\D", "", piece)
    if _WORDS_ONLY.match(piece) or not digits.strip("0"):
        return DroppedPhone(piece, "empty")
    national = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
    if len(set(national)) == 1 or national in _FILLERS:
        return DroppedPhone(piece, "invalid")
    if len(digits) == 7 and not piece.startswith("+"):
        return DroppedPhone(piece, "no_area_code")
    north_american = len(national) == 10 and (not piece.startswith("+") or piece.startswith("+1"))
    if north_american and national[3:6] == "555" and region in ("US", "CA"):
        if fictional and national[6:8] == "01":
            return Phone("+1" + national, extension, label)
        return DroppedPhone(piece, "fictitious")
    e164 = parse(piece, region)
    if e164 is None:
        return DroppedPhone(piece, "invalid")
    if e164 in own:
        return DroppedPhone(piece, "own_number")
    return Phone(e164, extension, label)
