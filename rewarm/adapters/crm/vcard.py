"""Reads address books (vCard 2.1, 3.0 and 4.0, mixed in one file) into rows whose columns are already named."""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rewarm.adapters.crm.delimited import decode
from rewarm.domain.table import RawTable, SourceRow

HEADER = (
    "source_id", "full_name", "last_name", "first_name", "middle_name", "title", "suffix", "nickname", "phone", "email",
    "street", "city", "state", "zip", "country", "born_on", "gender", "company", "tags", "notes", "record_status",
)  # fmt: skip
_ESCAPED = re.compile(r"\\(.)", re.S)
_BINARY = frozenset(("PHOTO", "LOGO", "SOUND", "KEY", "AGENT"))
_LABELS = {"CELL": "cell", "IPHONE": "cell", "HOME": "home", "WORK": "work", "MAIN": "main"}


@dataclass
class _Card:
    """A card while it is being read."""

    number: int
    line: int
    cells: dict[str, list[str]] = field(default_factory=dict)
    company_shown: bool = False

    def add(self, column: str, text: str) -> None:
        text = text.strip()
        if text and text not in self.cells.setdefault(column, []):
            self.cells[column].append(text)


def read_vcards(name: str, content: bytes) -> RawTable:
    """Return one row a card under the header row 0; what is not understood is left out, nothing raises."""
    text, encoding = decode(content)
    header = SourceRow(0, 0, HEADER)
    cards = (SourceRow(card.number, card.line, _row(card)) for card in _cards(text))
    return RawTable(name, "vcard", (header, *cards), encoding=encoding)


def _cards(text: str) -> Iterator[_Card]:
    card: _Card | None = None
    number, depth = 0, 0
    for line, name, parameters, value in _properties(text):
        if name == "BEGIN" and value.strip().upper() == "VCARD":
            depth += 1
            if depth == 1:
                number += 1
                card = _Card(number, line)
        elif name == "END" and value.strip().upper() == "VCARD":
            depth = max(0, depth - 1)
            if depth == 0 and card is not None:
                yield card
                card = None
        elif card is not None and depth == 1:
            _take(card, name, parameters, value)
    if card is not None:
        yield card


def _properties(text: str) -> Iterator[tuple[int, str, dict[str, str], str]]:
    """Yield (line, NAME, parameters, decoded value) of every property, unfolding both ways in which cards fold."""
    for line, raw in _unfolded(text):
        head, colon, value = _split_head(raw)
        if not colon:
            continue
        name, *rest = head.split(";")
        parameters: dict[str, str] = {}
        for one in rest:
            key, equals, text_value = one.partition("=")
            if not equals:
                key, text_value = (
                    ("ENCODING", key) if key.upper() in ("QUOTED-PRINTABLE", "BASE64", "B") else ("TYPE", key)
                )
            previous = parameters.get(key.upper())
            parameters[key.upper()] = f"{previous},{text_value}" if previous else text_value
        name = name.rpartition(".")[2].strip().upper()
        yield line, name, parameters, _decoded(value, parameters)


def _split_head(raw: str) -> tuple[str, str, str]:
    quoted = False
    for index, char in enumerate(raw):
        if char == '"':
            quoted = not quoted
        elif char == ":" and not quoted:
            return raw[:index], ":", raw[index + 1 :]
    return raw, "", ""


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    current, start = "", 1
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        if line[:1] in (" ", "\t") and current:
            current += line[1:]
        elif current.endswith("=") and "QUOTED-PRINTABLE" in current.partition(":")[0].upper():
            current = current[:-1] + line
        else:
            if current:
                yield start, current
            current, start = line, number
    if current:
        yield start, current


def _decoded(value: str, parameters: dict[str, str]) -> str:
    encoding = parameters.get("ENCODING", "").upper()
    if encoding != "QUOTED-PRINTABLE":
        return value
    raw = quopri.decodestring(value.encode("utf-8", errors="replace"))
    for charset in (parameters.get("CHARSET", "utf-8"), "utf-8", "cp1252"):
        try:
            return raw.decode(charset)
        except (LookupError, UnicodeDecodeError, binascii.Error):
            continue
    return raw.decode("utf-8", errors="replace")


def _take(card: _Card, name: str, parameters: dict[str, str], value: str) -> None:
    kinds = parameters.get("TYPE", "").upper().replace('"', "")
    match name:
        case "N":
            for column, part in zip(
                ("last_name", "first_name", "middle_name", "title", "suffix"), _parts(value), strict=False
            ):
                card.add(column, part)
        case "TEL" if "FAX" not in kinds:
            label = next((word for key, word in _LABELS.items() if key in kinds), "")
            number = re.sub(r"^tel:", "", _plain(value), flags=re.I).replace(";ext=", " x")
            card.add("phone", f"{label}: {number}" if label else number)
        case "ADR":
            box, more, street, city, state, code, country, *_ = [*_parts(value), "", "", "", "", "", "", ""]
            if not card.cells.get("street"):
                card.add("street", " ".join(part for part in (box, more, street) if part.strip()))
                for column, part in (("city", city), ("state", state), ("zip", code), ("country", country)):
                    card.add(column, part)
        case "ORG":
            card.add("company", " ".join(part for part in _parts(value) if part.strip()))
        case "X-ABSHOWAS" | "KIND" | "X-ADDRESSBOOKSERVER-KIND":
            card.company_shown = card.company_shown or value.strip().upper() in (
                "COMPANY",
                "ORG",
                "GROUP",
                "LOCATION",
            )
        case "X-DECEASED" | "DEATHDATE":
            card.add("record_status", "deceased")
        case "CATEGORIES":
            card.add("tags", ", ".join(_plain(part) for part in re.split(r"(?<!\\),", value)))
        case _ if name in _PLAIN and name not in _BINARY:
            card.add(_PLAIN[name], _plain(value))


_PLAIN = {
    "UID": "source_id", "FN": "full_name", "NICKNAME": "nickname", "EMAIL": "email", "BDAY": "born_on", "GENDER": "gender",
    "NOTE": "notes",
}  # fmt: skip


def _row(card: _Card) -> tuple[str, ...]:
    cells = card.cells
    company = " ".join(cells.get("company", []))
    named = cells.get("first_name") or cells.get("last_name")
    if card.company_shown or (company and not named and " ".join(cells.get("full_name", [])) == company):
        cells.setdefault("company", cells.get("full_name", []))
        for column in ("full_name", "first_name", "last_name"):
            cells.pop(column, None)
    elif named:
        cells.pop("full_name", None)
    joiner = {"notes": "\n", "tags": ", ", "phone": "; ", "email": "; "}
    return tuple(joiner.get(column, " ").join(cells.get(column, [])) for column in HEADER)


def _parts(value: str) -> list[str]:
    return [_plain(part) for part in re.split(r"(?<!\\);", value)]


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value).strip()
