"""Reads what the cells of one row say about consent, channel by channel, with the words that say it.

A refusal counts wherever it stands. A yes counts only where it names the channel and says when or how it was given; even then
it is a *candidate*: in the product nothing but an evidence step of a named user raises consent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from rewarm.domain import do_not_contact
from rewarm.domain.columns import Column
from rewarm.domain.dates import Order, found_in, looks_like_date, read_date
from rewarm.domain.import_words import ImportWords, plain

Channel = Literal["sms", "call", "email"]
CHANNELS: tuple[Channel, ...] = ("sms", "call", "email")
Says = Literal["denied", "granted", "maybe"]

_OPT_OUT: dict[str, tuple[Channel, ...]] = {
    "opt_out_sms": ("sms",), "opt_out_call": ("call",), "opt_out_email": ("email",), "opt_out": CHANNELS,
}  # fmt: skip
_OPT_IN: dict[str, Channel] = {
    "opt_in_sms": "sms", "opt_in_call": "call", "opt_in_email": "email", "opt_in_sms_on": "sms", "opt_in_email_on": "email",
}  # fmt: skip
# A bounce says that an address is dead, not that its owner said no.
_SILENCE = ("nothing", "bounces")
_PERMISSION = re.compile(r"\b(?:ok|okay|may|can|allow\w*|permission|permit\w*|willing)\b")
_ASKED = re.compile(r"\b(?:consent\w*|permission|opt(?:ed)? ?in|ok|okay|may|allow\w*)\b")
# A refusal written where it does not belong: on the name, beside the number.
_MARKED = re.compile(
    r"\b(?:do not|don'?t|dnc|dnd|never|stop|unsub\w*|opt(?:ed)?[ -]?out|no (?:more )?(?:calls?|texts?|emails?|sms|contact))\b",
    re.I,
)
_STATUS_LIKE = re.compile(r"\b(?:subscription|status|preferences?|state)\b")
_HOW = re.compile(
    r"\b(?:form|web(?:site|form)?|online|signed|written|paper|kiosk|tablet|landing|page|keyword|texted (?:in|yes|join|start)"
    r"|double opt|click\w*|checkbox|intake|portal|event|in person|verbal\w*|by phone|survey|checkout|facebook|lead ad|app)\b"
)
_FREE_TEXT = frozenset(("notes", "tags", "contact_preference", "lead_status", "record_status", "marketing_status"))
_WAYS = r"\b(?:sms|texts?|texting|txt|emails?|calls?|calling|phone)\b"
_REFUSAL = r"\b(?:opt(?:ed)? ?out|unsub\w*|stop|dnd|dnc|no)\b"
_TAG_REFUSALS = re.compile(
    rf"{_WAYS}.*(?:{_REFUSAL}|\b(?:refused|blocked)\b)|(?:{_REFUSAL}|\b(?:not|dont|never)\b).*{_WAYS}"
)
_TAG_ALL = re.compile(
    r"^(?:dnd|dnc|do not (?:contact|disturb|market)|no (?:contact|marketing)|opt(?:ed)? ?out|unsub\w*|blacklist\w*)$"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What one cell says about one channel. `maybe` is a yes without when or how; `on` is when it was said, if that is known."""

    channel: Channel
    says: Says
    where: str
    quote: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Everything that reading the consent of a row needs beside its cells."""

    words: ImportWords
    today: date
    zone: ZoneInfo
    defaults: frozenset[int] = frozenset()

    def statements(
        self, cells: Sequence[str], columns: Sequence[Column], orders: dict[int, Order]
    ) -> tuple[Statement, ...]:
        """Return everything that the row says about consent."""
        found: list[Statement] = []
        for column in columns:
            cell = cells[column.index].strip() if column.index < len(cells) else ""
            if cell:
                found.extend(self._cell(cell, column, orders.get(column.index, "MDY")))
        return tuple(dict.fromkeys(found))

    def _cell(self, cell: str, column: Column, order: Order) -> Iterator[Statement]:
        field = column.field
        if field in _OPT_OUT:
            yield from self._opt_out(cell, column)
        elif field in _OPT_IN:
            yield from self._opt_in(cell, column, order)
        elif field in _FREE_TEXT:
            yield from self._tags(cell, column) if field == "tags" else self._note(cell, column)
            if field in ("lead_status", "record_status", "contact_preference", "marketing_status"):
                yield from self._status(cell, column)
        elif field not in _SILENT or _MARKED.search(cell):
            yield from self._note(cell, column) if len(cell) > 2 and any(map(str.isalpha, cell)) else ()

    def _opt_out(self, cell: str, column: Column) -> Iterator[Statement]:
        words, text = self.words, plain(cell) or cell
        channels = _OPT_OUT[column.field]
        if len(channels) == 1 and _STATUS_LIKE.search(plain(column.header)) and self._yes_or_no(text):
            yield from self._answer(channels[0], cell, text, column)
            return
        if any(words.says(kind, text) for kind in _SILENCE) or words.says("no", text):
            return
        refuses = words.mentions("refuses", text)
        named = tuple(channel for channel in CHANNELS if words.mentions(channel, text))
        if not refuses and words.mentions("subscribed", text):
            yield from (self._yes(channel, cell, column) for channel in channels if len(channels) == 1)
            return
        if column.field == "opt_out":
            channels = self._scope(text, named)
        elif refuses or text.startswith(("no ", "all ")):
            channels = tuple(dict.fromkeys((*channels, *named)))
        plainly = refuses or named or words.says("yes", text) or words.says("all_channels", text)
        if plainly or self._is_refusal_column(column, cell):
            yield from (Statement(channel, "denied", column.header, cell, self._on(cell)) for channel in channels)

    def _yes_or_no(self, text: str) -> bool:
        return self.words.says("yes", text) or self.words.says("no", text)

    def _is_refusal_column(self, column: Column, cell: str) -> bool:
        """In a "do not …" column whatever is no plain no is a refusal (a date, initials); in a status column it is a word."""
        return not _STATUS_LIKE.search(plain(column.header)) or looks_like_date(cell)

    def _scope(self, text: str, named: tuple[Channel, ...]) -> tuple[Channel, ...]:
        if text in ("stop", "stopped", "stop sms"):
            return ("sms",)  # the word that people text
        if self.words.says("all_channels", text) or not named or text.startswith("all"):
            return CHANNELS
        return named

    def _opt_in(self, cell: str, column: Column, order: Order) -> Iterator[Statement]:
        channel, text = _OPT_IN[column.field], plain(cell) or cell
        dated = read_date(cell, order=order, today=self.today, zone=self.zone)
        if dated is not None and (looks_like_date(cell) or column.field.endswith("_on")):
            if dated <= self.today:
                yield Statement(channel, "granted", column.header, cell, dated)
            return
        yield from self._answer(channel, cell, text, column)

    def _answer(self, channel: Channel, cell: str, text: str, column: Column) -> Iterator[Statement]:
        """Read an answer to "may we?": an un-ticked box that is the CRM's default is silence, a "no" that is rare is a no."""
        if self.words.says("no", text):
            if _PERMISSION.search(plain(column.header)) or column.index not in self.defaults:
                yield Statement(channel, "denied", column.header, cell)
        elif (
            self.words.mentions("refuses", text)
            or text.startswith(("no ", "not "))
            or do_not_contact_says(cell, channel)
        ):
            yield Statement(channel, "denied", column.header, cell, self._on(cell))
        elif not any(self.words.says(kind, text) for kind in _SILENCE):
            yield self._yes(channel, cell, column)

    def _yes(self, channel: Channel, cell: str, column: Column) -> Statement:
        on = self._on(cell)
        explicit = on is not None or bool(_HOW.search(plain(cell)))
        future = on is not None and on > self.today
        return Statement(channel, "granted" if explicit and not future else "maybe", column.header, cell, on)

    def _tags(self, cell: str, column: Column) -> Iterator[Statement]:
        for tag in re.split(r"[,;|\n]", cell):
            text = plain(tag)
            if len(text) > 60:
                continue
            if _TAG_ALL.match(text):
                yield from (Statement(channel, "denied", column.header, tag.strip()) for channel in CHANNELS)
            elif _TAG_REFUSALS.search(text) and not re.search(
                r"\bno ?shows?\b|\bno (?:answer|phone number|email on file)\b", text
            ):
                for channel in CHANNELS:
                    if self.words.mentions(channel, text):
                        yield Statement(channel, "denied", column.header, tag.strip())
            else:
                yield from self._note(tag.strip(), column)

    def _status(self, cell: str, column: Column) -> Iterator[Statement]:
        asked = column.field == "marketing_status" and _ASKED.search(plain(column.header))
        withheld = asked and self.words.says("no", cell) and column.index not in self.defaults
        if withheld or _TAG_ALL.match(plain(cell)):
            yield from (Statement(channel, "denied", column.header, cell) for channel in CHANNELS)

    def _note(self, cell: str, column: Column) -> Iterator[Statement]:
        denials = _denials(cell)
        for channel, span in (("sms", denials.sms), ("call", denials.call), ("email", denials.email)):
            if span is not None:
                yield Statement(channel, "denied", column.header or column.field, cell[span.start : span.end])  # type: ignore[arg-type]

    def _on(self, cell: str) -> date | None:
        return found_in(cell, today=self.today)


_SILENT = frozenset(
    [
        "source_id",
        "phone",
        "email",
        "first_name",
        "last_name",
        "full_name",
        "middle_name",
        "previous_last_name",
        "suffix",
        "nickname",
        "title",
        "gender",
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
        "next_appointment_on",
        "recall_on",
        "no_show_count",
        "owner",
        "purchases_total",
        "lead_source",
        "email_bounce",
        "location",
        "company",
    ]
)


@lru_cache(maxsize=16_384)
def _denials(cell: str) -> do_not_contact.Denials:
    """Read a text once: tags and canned notes come back thousands of times."""
    return do_not_contact.read(cell)


def do_not_contact_says(cell: str, channel: Channel) -> bool:
    """Tell whether the free text of `cell` refuses `channel`."""
    denials = _denials(cell)
    return {"sms": denials.sms, "call": denials.call, "email": denials.email}[channel] is not None


def default_columns(rows: Sequence[Sequence[str]], columns: Sequence[Column], words: ImportWords) -> frozenset[int]:
    """Return the opt-in columns whose "no" is the CRM's default: where a fifth of all rows carry it, it says nothing.

    Where it is rare somebody wrote it down, and then it is an answer.
    """
    return frozenset(
        column.index
        for column in columns
        if column.field in (*_OPT_IN, *_OPT_OUT, "marketing_status")
        and sum(column.index < len(row) and words.says("no", row[column.index]) for row in rows) > len(rows) / 5
    )
