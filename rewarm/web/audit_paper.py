"""Sets the audit on paper with typst: one page that an owner can take into a meeting."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import typst

from rewarm.domain.audit import Audit, SegmentAudit, Worth
from rewarm.models import Workspace

# The values come in as data, never as markup: a practice's name cannot break the page.
_PAGE = """
#let a = json(bytes(sys.inputs.audit))
#set page(paper: "us-letter", margin: (x: 2cm, y: 2cm), footer: align(center, text(8pt, fill: rgb("#5d6a68"), a.foot)))
#set text(size: 10pt, fill: rgb("#1d2b2c"))
#let teal = rgb("#0d5b5a")
#text(9pt, fill: teal, weight: "bold", a.practice) #h(1fr) #text(9pt, fill: rgb("#5d6a68"), a.day)
#v(2pt)
#text(22pt, weight: "bold")[What lies dormant]
#v(4pt)
#text(12pt, a.lead)
#v(8pt)
#let figure(f) = block(width: 100%, inset: 9pt, radius: 5pt, stroke: 0.6pt + rgb("#cfc5b4"))[
  #text(15pt, weight: "bold", fill: teal, f.at(0)) \\ #text(8.5pt, fill: rgb("#5d6a68"), f.at(1))]
#grid(columns: (1.7fr, 1fr, 1fr, 1fr), gutter: 10pt, ..a.figures.map(figure))
#v(10pt)
#text(13pt, weight: "bold")[By segment, the most at stake first]
#v(2pt)
#let heads = ("Segment", "Contacts", "Reachable now", "With a detail", "May be worth")
#table(columns: (1fr, auto, auto, auto, auto), align: (left, right, right, right, right),
  stroke: (x, y) => (bottom: 0.5pt + rgb("#e4dccf")), inset: (x: 4pt, y: 6pt),
  table.header(..heads.map(h => text(8.5pt, weight: "bold", fill: rgb("#5d6a68"), h))), ..a.rows.flatten())
#v(8pt)
#if a.evidence.len() > 0 [
  #text(13pt, weight: "bold")[Who could be reached with evidence of consent]
  #v(2pt)
  #for line in a.evidence [- #line]
  #v(8pt)
]
#text(13pt, weight: "bold")[What these ranges rest on]
#v(2pt)
#for line in a.rests [- #line]
"""


def pdf(workspace: Workspace, found: Audit, parts: Sequence[tuple[str, SegmentAudit]], now: datetime) -> bytes:
    """Return the audit as a PDF of one or two pages."""
    local = now.astimezone(ZoneInfo(workspace.zone))
    values = {
        "practice": workspace.name,
        "day": f"{local:%B} {local.day}, {local.year}",
        "lead": f"{found.dormant:,} of {found.contacts:,} contacts once showed interest and lie dormant. "
        f"{found.reachable_any:,} of them may be written to today.",
        "figures": [
            [_between(found.worth), "what they may be worth"],
            [f"{found.worth.bookings.low:.0f} to {found.worth.bookings.high:.0f}", "bookings"],
            [f"{found.worth.first_week.low:.0f} to {found.worth.first_week.high:.0f}", "bookings in the first 7 days"],
            [f"{found.with_facts:,}", "with something personal to say"],
        ],
        "rows": [
            [name, f"{part.contacts:,}", f"{part.reachable_any:,}", f"{part.with_facts:,}", _between(part.worth)]
            for name, part in parts
        ],
        "evidence": [f"{count:,} more: {source}" for source, count in found.reachable_if.items()],
        "rests": found.assumptions.in_words(),
        "foot": "Ranges, not promises. Nothing was sent to make this audit.",
    }
    made = typst.compile(_PAGE.encode(), sys_inputs={"audit": json.dumps(values)})
    assert isinstance(made, bytes)
    return made


def _between(worth: Worth) -> str:
    return f"{worth.revenue[0]} to {worth.revenue[1]}" if worth.bookings.high else "–"
