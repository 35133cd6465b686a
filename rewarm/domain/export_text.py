"""Makes cells safe to open in a spreadsheet: what would run as a formula is turned into plain text."""

from __future__ import annotations

import re

_E164 = re.compile(r"^\+[1-9]\d{6,14}$")
_AMOUNT = re.compile(r"^-?\d[\d.,]*$")


def neutralise(cell: str) -> str:
    """Return `cell` with an apostrophe in front where a spreadsheet would take it for a formula (OWASP, CSV injection).

    A phone in E.164 keeps its plus, a negative number its minus. Tabs and line breaks in front do not hide a formula.
    """
    start = cell.lstrip(" \t\r\n\ufeff")
    if start[:1] in ("=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠") or cell[:1] in ("\t", "\r", "\n"):
        if _E164.match(cell) or _AMOUNT.match(cell):
            return cell
        return "'" + cell
    return cell
