"""Keeps the notes of imported people, sealed, and the facts that can be quoted from them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from rewarm.adapters.fact_lexicon import fact_lexicon
from rewarm.domain import facts
from rewarm.domain.fact_rules import FactLexicon
from rewarm.domain.merging import ImportedContact
from rewarm.models import Contact, Fact, Note, Workspace
from rewarm.models.base import uuid7

_BATCH = 500
_PIECE = re.compile(r".{1,1500}(?:\n|[.;] |$)|.{1,1500}", re.S)
"""A long running note is read piece by piece, cut where a line or a sentence ends: reading costs the square of the length."""


def write_notes(
    workspace: Workspace, people: Sequence[tuple[Contact, ImportedContact]], digest: Callable[[UUID, str], str]
) -> int:
    """Write the notes that are not held yet with their facts, and return how many rows that were."""
    held = set(
        Note.objects.filter(workspace=workspace, contact__in=[contact.id for contact, _ in people]).values_list(
            "contact_id", "digest"
        )
    )
    notes: list[Note] = []
    found: list[Fact] = []
    lexicon = fact_lexicon(workspace.pack)
    for contact, person in people:
        for row, text in person.notes:
            mark = (contact.id, digest(workspace.id, text))
            if mark in held:
                continue
            held.add(mark)
            note = Note(id=uuid7(), workspace=workspace, contact=contact, text=text, source=row[0], digest=mark[1])
            notes.append(note)
            found.extend(
                Fact(
                    id=uuid7(), workspace=workspace, contact=contact, note=note, kind=one.kind, start=one.start, end=one.end,
                    quote=one.quote, value=None if one.value is None else str(one.value), sensitivity=one.sensitivity,
                    said_on=one.said_on,
                )
                for one in _facts(text, lexicon)
            )  # fmt: skip
    Note.objects.bulk_create(notes, batch_size=_BATCH)
    Fact.objects.bulk_create(found, batch_size=_BATCH)
    return len(notes) + len(found)


def _facts(text: str, lexicon: FactLexicon) -> Iterator[facts.Fact]:
    """Yield the facts of a note of any length with their spans in the whole note, the same words once."""
    said: set[tuple[str, str]] = set()
    for piece in _PIECE.finditer(text):
        for one in facts.find(piece[0], None, lexicon).facts:
            if (one.kind, one.quote) in said:
                continue
            said.add((one.kind, one.quote))
            yield replace(one, start=one.start + piece.start(), end=one.end + piece.start())
