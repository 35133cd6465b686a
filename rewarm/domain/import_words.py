"""Holds the words by which an import understands column names and short cells; packs bring them, the code knows none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

FIELDS = frozenset(
    [
        "source_id",
        "first_name",
        "last_name",
        "full_name",
        "middle_name",
        "previous_last_name",
        "suffix",
        "nickname",
        "title",
        "gender",
        "phone",
        "email",
        "street",
        "city",
        "state",
        "zip",
        "country",
        "born_on",
        "age",
        "inquired_on",
        "last_activity_on",
        "modified_on",
        "last_test_on",
        "last_fitting_on",
        "last_appointment_on",
        "appointment_status",
        "next_appointment_on",
        "no_show_count",
        "recall_on",
        "lead_source",
        "lead_status",
        "tags",
        "notes",
        "owner",
        "opt_out_sms",
        "opt_out_call",
        "opt_out_email",
        "opt_out",
        "opt_in_sms",
        "opt_in_call",
        "opt_in_email",
        "opt_in_sms_on",
        "opt_in_email_on",
        "contact_preference",
        "email_bounce",
        "record_status",
        "purchases_total",
        "opportunity",
        "related_person",
        "location",
        "company",
        "marketing_status",
        "ignore",
    ]
)
"""What a column may mean: a closed list, so that a mapping can be shown, corrected and scored."""

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_DIGIT = re.compile(r"(?<=[^\W\d_]{2})(?=\d)")
_PUNCTUATION = re.compile(r"[^\w]+|_+")
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """One way in which column names say what they mean."""

    field: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class ImportWords:
    """Everything a pack says about exports; sets hold normalised words."""

    columns: tuple[ColumnRule, ...]
    spelling: frozenset[str]
    vocabulary: frozenset[str]
    values: Mapping[str, frozenset[str]]
    test_names: frozenset[str]
    test_people: frozenset[str]
    organisations: frozenset[str]
    countries: Mapping[str, str]
    states: Mapping[str, str]
    history: Mapping[str, frozenset[str]]
    events: Mapping[str, frozenset[str]]
    nicknames: Mapping[str, frozenset[str]]

    def says(self, kind: str, text: str) -> bool:
        """Tell whether the whole of `text` is one of the words of `kind`."""
        return plain(text) in self.values[kind]

    def mentions(self, kind: str, text: str) -> bool:
        """Tell whether a word of `kind` stands anywhere in `text`."""
        padded = f" {plain(text)} "
        return any(f" {word} " in padded for word in self.values[kind])


@lru_cache(maxsize=65_536)
def plain(text: str) -> str:
    """Return `text` in lower case without accents, with camelCase split and punctuation turned to single spaces.

    "E-Mail" and "eMail" become "email", "Don't" becomes "dont", "$" becomes "amount", "#" becomes "number".
    """
    text = _APOSTROPHE.sub("", text.strip())
    text = re.sub(r"(?i)\be[- ]?mail", "email", text).replace("eMail", "email")
    text = _CAMEL.sub(" ", text) if not text.isupper() else text
    text = _DIGIT.sub(" ", text)
    text = text.replace("$", " amount ").replace("#", " number ")
    return _PUNCTUATION.sub(" ", folded(text)).strip()


def folded(text: str) -> str:
    """Return `text` in lower case without accents."""
    if text.isascii():
        return text.lower()
    split = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in split if not unicodedata.combining(char))
