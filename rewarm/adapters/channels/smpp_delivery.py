"""Reads what an SMPP carrier brings: texts in their alphabets and parts, receipts in their two spellings.

It is lenient, because a delivery that cannot be read would be an opt-out that is lost. aiosmpplib 0.7.4 reads deliveries,
too, but gives up an empty text, a receipt whose date has seconds or whose error code is binary, and a reference of two bytes.
"""

import re
import struct
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from aiosmpplib.codec import find_codec_info  # type: ignore[import-untyped]

from rewarm.adapters.channels import OF_WORDS, Incoming, IncomingKind, e164
from rewarm.errors import SetupError

# The body of a deliver_sm (SMPP 3.4, 4.6.1): the numbers in between are of no use to us.
_BODY = re.compile(
    rb"[^\0]*\0"  # service_type
    rb"..(?P<source>[^\0]*)\0"
    rb"..(?P<target>[^\0]*)\0"
    rb"(?P<esm_class>.)..[^\0]*\0[^\0]*\0"  # protocol_id, priority_flag, schedule_delivery_time, validity_period
    rb"..(?P<coding>.).(?P<length>.)(?P<rest>.*)",
    re.DOTALL,
)
_RECEIPTED_ID, _STATE, _PAYLOAD, _ERROR_CODE = 0x001E, 0x0427, 0x0424, 0x0423
_REFERENCE, _TOTAL, _NUMBER = 0x020C, 0x020E, 0x020F
_HAS_HEADER, _IS_RECEIPT = 0x40, 0x04 | 0x20  # a receipt, or word from on the way

# The text of a receipt is a custom, not a rule (SMPP 3.4, appendix B).
_ID, _STAT, _ERR = (re.compile(rf"\b{name}:\s*(\S+)", re.IGNORECASE) for name in ("id", "stat", "err"))
_NAMES = ("", "ENROUTE", "DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD")
_KINDS: Mapping[str, IncomingKind] = {
    "ENROUTE": "sent", "ACCEPTD": "sent", "DELIVRD": "delivered",
    "EXPIRED": "undelivered", "DELETED": "undelivered", "UNDELIV": "undelivered", "REJECTD": "undelivered",
}  # fmt: skip
IDS = {"": 0, "hex": 16, "decimal": 10}  # how a carrier may write the number that is a message's id
_ALPHABETS = {1: "latin-1", 6: "iso8859-5", 7: "iso8859-8", 8: "utf-16-be"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One deliver_sm: a text, a part of one, or a receipt."""

    source: str
    target: str
    esm_class: int
    coding: int
    content: bytes
    options: Mapping[int, bytes]
    reference: int | None = None  # which long text this is a part of
    total: int = 1
    number: int = 1
    body: bytes = b""

    @property
    def whole(self) -> tuple[str, str, int | None, int]:
        """What the parts of one text have in common."""
        return self.source, self.target, self.reference, self.total


def read(body: bytes) -> Delivery:
    """Take the body of a deliver_sm apart; raises ValueError for one that breaks off."""
    found = _BODY.fullmatch(body)
    if found is None:
        raise ValueError("a delivery that breaks off")
    length = found["length"][0]
    options = _options(found["rest"][length:])
    content = found["rest"][:length] or options.get(_PAYLOAD, b"")
    esm_class, part = found["esm_class"][0], None
    if esm_class & _HAS_HEADER:
        part, content = _headed(content)
    elif {_REFERENCE, _TOTAL, _NUMBER} <= options.keys():
        part = tuple(int.from_bytes(options[tag]) for tag in (_REFERENCE, _TOTAL, _NUMBER))
    reference, total, number = part or (None, 1, 1)
    source, target = e164(found["source"].decode("latin-1")), e164(found["target"].decode("latin-1"))
    return Delivery(source, target, esm_class, found["coding"][0], content, options, reference, total, number, body)


def known(alphabet: str) -> str:
    """Return the name of an alphabet; raises SetupError for one that nobody knows."""
    try:
        return str(find_codec_info(alphabet).name)
    except LookupError as unknown:
        raise SetupError(f"There is no alphabet {alphabet!r}: say gsm0338 or latin-1.") from unknown


def spelled(provider_id: str, as_written: str) -> str:
    """Write an id in decimal where it is known to be a number: some carriers answer in hexadecimal and receipt in decimal."""
    try:
        return str(int(provider_id, IDS[as_written])) if as_written else provider_id
    except ValueError:
        return provider_id


def incoming(parts: Sequence[Delivery], alphabet: str, receipt_ids: str = "") -> Incoming | None:
    """Say in our words what one delivery, or the parts of one text, tell; None for a receipt that says nothing.

    `alphabet` is the carrier's own, which data_coding 0 means; `receipt_ids` is how it writes the ids in receipts (IDS).
    """
    ordered = sorted({part.number: part for part in parts}.values(), key=lambda part: part.number)
    first = ordered[0]
    # Bytes are joined before they are read: a letter of two codes may be torn between two parts.
    text = _decode(b"".join(part.content for part in ordered), first.coding, alphabet)
    raw = b"".join(part.body for part in ordered).hex()
    if first.esm_class & _IS_RECEIPT or {_RECEIPTED_ID, _STATE} <= first.options.keys():
        return _receipt(first, text, raw, receipt_ids)
    return Incoming("inbound", _key(first, text), "", first.source, first.target, text, raw=raw)


def _options(rest: bytes) -> dict[int, bytes]:
    options = {}
    while len(rest) >= 4:
        tag, length = struct.unpack_from("!HH", rest)
        options[tag] = rest[4 : 4 + length]
        rest = rest[4 + length :]
    return options


def _headed(content: bytes) -> tuple[tuple[int, ...] | None, bytes]:
    """Split the user data header off and find its reference, total and number (3GPP TS 23.040, 9.2.3.24)."""
    size = content[0] + 1 if content else 0
    header, text = content[1:size], content[size:]
    while len(header) >= 2:
        element, value = header[0], header[2 : 2 + header[1]]
        if (element, len(value)) in ((0, 3), (8, 4)):
            return (int.from_bytes(value[:-2]), value[-2], value[-1]), text
        header = header[2 + header[1] :]
    return None, text


def _decode(content: bytes, coding: int, alphabet: str) -> str:
    """Read letters whatever they are; data codings with a message class are those of 3GPP TS 23.038."""
    if coding >= 0xF0:
        coding = 1 if coding & 4 else 0
    elif 0x10 <= coding < 0x40:
        coding = (0, 1, 8, 1)[coding >> 2 & 3]
    name = alphabet if coding == 0 else _ALPHABETS.get(coding, "latin-1")
    text: str = find_codec_info(name).decode(content, "replace")[0]
    return text.replace("\0", "")  # PostgreSQL keeps none


def _receipt(one: Delivery, text: str, raw: str, ids: str) -> Incoming | None:
    """Read the optional parameters where there are any, else the text."""
    state = int.from_bytes(one.options.get(_STATE, b""))
    found, name, error = (pattern.search(text) for pattern in (_ID, _STAT, _ERR))
    stat = _NAMES[state] if 0 < state < len(_NAMES) else name[1].upper() if name else ""
    provider_id = one.options.get(_RECEIPTED_ID, b"").rstrip(b"\0").decode("latin-1") or (found[1] if found else "")
    kind = _KINDS.get(stat)
    if not kind or not provider_id:
        return None
    code = error[1] if error else str(int.from_bytes(one.options.get(_ERROR_CODE, b"")[1:]))
    reason = f"{stat} {code}" if kind == "undelivered" else ""
    return Incoming(kind, spelled(provider_id, ids), "", one.source, one.target, raw=raw, reason=reason)


def _key(one: Delivery, text: str) -> str:
    """Know a text again that is brought twice: most carriers give it no id, but repeat it within the minute.

    Longer would lose the second of two people's “yes”; a repetition that comes later is read twice, which harms less.
    """
    if given := one.options.get(_RECEIPTED_ID, b"").rstrip(b"\0"):
        return given.decode("latin-1")
    minute = int(time.time() // 60)
    return OF_WORDS + sha256(f"{one.source} {one.target} {minute} {text}".encode()).hexdigest()
