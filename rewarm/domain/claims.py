"""Decides whether what a text says about health, prices and products rests on an approved claim."""

from __future__ import annotations

from collections.abc import Iterator

from rewarm.domain.reading import Reading, Refusal


def claims(reading: Reading) -> Iterator[Refusal]:
    """Refuse forbidden promises everywhere, and claims outside of an approved one.

    The forbidden list follows the FTC and FDA substantiation rules as they stand in the pack's claims file.
    """
    for found in reading.found("blocked"):
        yield Refusal("claims", f"{reading.words_of(found)!r}: {found.why}")
    for found in reading.found("claim"):
        if not any(_backed(reading, span.kind, span.id) for span in reading.sources_in(found)):
            yield Refusal("claims", f"{reading.words_of(found)!r} cites no approved claim")


def _backed(reading: Reading, kind: str, source_id: str) -> bool:
    """Tell whether a source is an approved claim, the person's own words, or an occasion that cites a claim or an offer."""
    if kind != "occasion":
        return kind in ("claim", "fact", "brand")
    sources = next((each.sources for each in reading.task.occasions if each.id == source_id), ())
    return any(source.startswith(("claim:", "offer:", "fact:")) for source in sources)
