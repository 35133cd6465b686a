"""Decides how a text travels by SMS: its encoding, its sms_segments, and its cheaper spelling."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Encoding = Literal["GSM-7", "UCS-2"]

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")  # an escape and a character: two septets
_JOINER = "\u200d"
_CHEAPER = {
    "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u2032": "'", "\u00b4": "'", "\u0060": "'",
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"', "\u2033": '"', "\u00ab": '"', "\u00bb": '"',
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-", "\u2212": "-",
    "\u00a0": " ", "\u2002": " ", "\u2003": " ", "\u2007": " ", "\u2008": " ", "\u2009": " ", "\u200a": " ",
    "\u202f": " ", "\u3000": " ", "\t": " ", "\u2026": "...", "\u2022": "-", "\u00b7": ".", "\u2044": "/",
    "\u2039": "<", "\u203a": ">", "\u200b": "", "\u2060": "", "\ufeff": "", "\u00ad": "",
}  # fmt: skip
_CHEAPER_TABLE = str.maketrans(_CHEAPER)
_DEAR = re.compile(f"[{re.escape(''.join(_CHEAPER))}]")
# Nearly every text of ours: one septet a character, so that there is nothing to count.
_PLAIN = re.compile(f"[{re.escape(''.join(_BASIC))}]*")


@dataclass(frozen=True, slots=True)
class Sms:
    """How one text is carried; `characters` as Twilio shows them: septets in GSM-7, graphemes in UCS-2."""

    encoding: Encoding
    segments: int
    characters: int


def measure(text: str) -> Sms:
    """Count the sms_segments of a text, exactly as Twilio's calculator does (smart encoding off).

    GSM-7 carries 160 septets alone and 153 a segment in a row, UCS-2 70 and 67 UTF-16 units (3GPP TS 23.038
    and 23.040). A pair (escape and character, or surrogates) is never torn apart: a segment may stay a unit short.
    """
    if _PLAIN.fullmatch(text):
        size = len(text)
        return Sms("GSM-7", 1 if size <= 160 else -(-size // 153), size)
    if all(char in _BASIC or char in _EXTENDED for char in text):
        sizes = [2 if char in _EXTENDED else 1 for char in text]
        return Sms("GSM-7", _segments(sizes, alone=160, joined=153), sum(sizes))
    sizes = [2 if ord(char) > 0xFFFF else 1 for char in text]
    return Sms("UCS-2", _segments(sizes, alone=70, joined=67), _graphemes(text))


def fits_gsm(text: str) -> bool:
    """Tell whether a text, spelled cheaply, costs one septet or two a character."""
    return measure(to_gsm(text)).encoding == "GSM-7"


def to_gsm(text: str) -> str:
    """Spell a text with GSM-7 characters where a reader sees no difference: quotes, dashes.

    Accents stay, since they carry meaning; one á or emoji left over still costs UCS-2.
    """
    composed = unicodedata.normalize("NFC", text)
    return composed.translate(_CHEAPER_TABLE) if _DEAR.search(composed) else composed


def _segments(sizes: list[int], *, alone: int, joined: int) -> int:
    """Fill segments in order; a text without any character is one empty message."""
    if sum(sizes) <= alone:
        return 1
    count, room = 1, joined
    for size in sizes:
        if size > room:
            count, room = count + 1, joined
        room -= size
    return count


def _graphemes(text: str) -> int:
    """Count what a person sees as characters: flags, joined emoji and accents count once."""
    count = 0
    joined = flag_open = False
    for char in text:
        flag = "\U0001f1e6" <= char <= "\U0001f1ff"
        if not (_extends(char) or joined or (flag and flag_open)):
            count += 1
        flag_open = flag and not flag_open
        joined = char == _JOINER
    return count


def _extends(char: str) -> bool:
    skin_tone = "\U0001f3fb" <= char <= "\U0001f3ff"
    return char == _JOINER or skin_tone or unicodedata.category(char) in ("Mn", "Me", "Mc")
