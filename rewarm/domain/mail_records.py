"""Decides whether what the DNS says of a domain is what mailbox providers ask of whoever sends for it."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass

MOST_LOOK_UPS = 10  # RFC 7208, section 4.6.4
ASKS_THE_DNS = ("include:", "a", "mx", "ptr", "exists:", "redirect=")
RSA_2048 = 290  # octets of a public key of 2048 bits, at least
POLICIES = ("none", "quarantine", "reject")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one record says to a mailbox provider, and in words what to do."""

    record: str
    fine: bool
    said: str


def read_spf(texts: Sequence[str]) -> Finding:
    """Judge who may send for a domain by the TXT records of its name (RFC 7208)."""
    found = [text for text in texts if text.lower().split(" ")[0] == "v=spf1"]
    if len(found) != 1:
        many = "There is no SPF record" if not found else f"{len(found)} SPF records count as none"
        return Finding("SPF", False, f"{many}: publish one that includes your mail server or vendor.")
    terms = found[0].lower().split()[1:]
    asking = sum(_asks_the_dns(term.lstrip("+-~?")) for term in terms)
    if asking > MOST_LOOK_UPS:
        return Finding("SPF", False, f"It needs {asking} look-ups and may need {MOST_LOOK_UPS}: include fewer.")
    if "all" in terms or "+all" in terms:
        return Finding("SPF", False, "It lets everybody send for you: end it with -all or ~all.")
    if not any(term in ("-all", "~all") or term.startswith("redirect=") for term in terms):
        return Finding("SPF", False, "It forbids nobody: end it with -all or ~all.")
    return Finding("SPF", True, found[0])


def _asks_the_dns(term: str) -> bool:
    return any(term == one or term.startswith((f"{one}:", f"{one}/") if one.isalpha() else one) for one in ASKS_THE_DNS)


def read_dkim(texts: Sequence[str], ours: str = "") -> Finding:
    """Judge the public key of a selector (RFC 6376, section 3.6.1); `ours` is the record that it should be."""
    found = [tags for text in texts if (tags := _tags(text)).get("v", "DKIM1") == "DKIM1" and "p" in tags]
    if len(found) != 1:
        many = "There is no key" if not found else f"{len(found)} keys"
        return Finding(
            "DKIM", False, f"{many} under this selector: publish the one record that `rewarm mail key` printed."
        )
    (tags,) = found
    try:
        octets = len(b64decode(tags["p"], validate=True))
    except (binascii.Error, ValueError):
        return Finding("DKIM", False, "The key is damaged: publish it again, in one record.")
    if not octets:
        return Finding("DKIM", False, "The key was withdrawn: choose a new selector.")
    if ours and tags["p"] != _tags(ours).get("p"):
        return Finding("DKIM", False, "Another key than ours stands there: publish ours, or choose a new selector.")
    if tags.get("k", "rsa") == "rsa" and octets < RSA_2048:
        return Finding("DKIM", False, "The key has less than 2048 bits: make a new one under a new selector.")
    if "y" in tags.get("t", "").split(":"):
        return Finding("DKIM", False, "It says t=y, only testing: take that out.")
    return Finding("DKIM", True, f"a key of {octets} octets")


def read_dmarc(texts: Sequence[str]) -> Finding:
    """Judge what a domain asks to be done with letters that are not from it (RFC 7489)."""
    found = [tags for text in texts if (tags := _tags(text)).get("v") == "DMARC1"]
    if len(found) != 1:
        many = "There is no DMARC record" if not found else f"{len(found)} DMARC records count as none"
        return Finding("DMARC", False, f"{many}: begin with “v=DMARC1; p=none; rua=mailto:…”.")
    policy = found[0].get("p", "").lower()
    if policy not in POLICIES:
        return Finding(
            "DMARC", False, f"Its policy is {policy or 'missing'!r}: write p=none, p=quarantine or p=reject."
        )
    later = "; when the reports are clean, go on to quarantine" if policy == "none" else ""
    return Finding("DMARC", True, f"p={policy}{later}")


def _tags(text: str) -> dict[str, str]:
    """Read `name=value; …`; white space means nothing in it (RFC 6376, section 3.2)."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): "".join(value.split()) for name, sign, value in pairs if sign}
