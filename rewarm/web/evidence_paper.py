"""Sets the evidence about one person on paper with typst: consent first, then every message with the verdict it left on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import typst

from rewarm.models import Workspace
from rewarm.web.words import phone, words

# The values come in as data, never as markup: what a person wrote cannot break the page.
_PAGE = """
#let a = json(bytes(sys.inputs.evidence))
#set page(paper: "us-letter", margin: (x: 2cm, y: 2cm),
  footer: context align(center, text(8pt, fill: rgb("#5d6a68"), a.foot + " · " + counter(page).display("1 of 1", both: true))))
#set text(size: 9.5pt, fill: rgb("#1d2b2c"))
#let teal = rgb("#0d5b5a")
#let pale = rgb("#5d6a68")
#text(9pt, fill: teal, weight: "bold", a.seller) #h(1fr) #text(9pt, fill: pale, a.day)
#v(2pt)
#text(20pt, weight: "bold", a.name)
#v(2pt)
#text(11pt)[Why they were, and were not, written to]
#v(6pt)
#for line in a.about [#text(fill: pale, line.at(0)) #h(4pt) #line.at(1) \\ ]
#let part(title, empty, items) = [
  #v(10pt)
  #text(13pt, weight: "bold", title)
  #v(2pt)
  #if items.len() == 0 [#text(fill: pale, empty)]
  #for one in items [
    #block(breakable: true, width: 100%, inset: (y: 4pt), stroke: (bottom: 0.5pt + rgb("#e4dccf")))[
      #text(weight: "bold", one.what) #h(1fr) #text(8.5pt, fill: pale, one.when)
      #for line in one.lines [\\ #line]
      #if one.words != "" [#block(inset: (left: 8pt, y: 3pt), stroke: (left: 2pt + rgb("#cfc5b4")), one.words)]
      #for line in one.small [#text(8pt, fill: pale, line) \\ ]
    ]
  ]
]
#part("What they allowed and refused", "The ledger says nothing about them.", a.ledger)
#part("What was said", "Nothing was sent and nothing came in.", a.messages)
#part("What was held back", "Nothing was held back.", a.not_sent)
"""
Lines = dict[str, Any]


def pdf(workspace: Workspace, found: Mapping[str, Any]) -> bytes:
    """Return the evidence (actions/prove.py) as a PDF; times are the practice's own, and say so."""
    zone = ZoneInfo(workspace.zone)
    made = datetime.fromisoformat(found["made_at"]).astimezone(zone)
    values = {
        "seller": found["seller"]["legal_name"],
        "day": f"{made:%B} {made.day}, {made.year}",
        "name": found["person"]["name"],
        "about": [list(pair) for pair in _about(found)],
        "ledger": [_line(one, zone) for one in found["ledger"]],
        "messages": [_message(one, zone) for one in found["messages"]],
        "not_sent": [_held_back(one, zone) for one in found["not_sent"]],
        "foot": f"Times in {workspace.zone}. The same evidence as JSON holds every receipt whole.",
    }
    made_of = typst.compile(_PAGE.encode(), sys_inputs={"evidence": json.dumps(values)})
    assert isinstance(made_of, bytes)
    return made_of


def _about(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    person = found["person"]
    for one in found["addresses"]:
        yield words(one["channel"]).capitalize(), phone(one["address"])
    if place := " ".join(filter(None, (person["state"], person["zip"], person["zone"]))):
        yield "Where", place
    if found["made_by"]:
        yield "Handed out by", found["made_by"]


def _line(one: Mapping[str, Any], zone: ZoneInfo) -> Lines:
    lines = [f"{phone(one['address'])} · source: {one['source']}" + (f" · {one['actor']}" if one["actor"] else "")]
    small = []
    if given := one["evidence"]:
        lines.append(f"Backed by {given['attached_by']} on {_day(given['attached_at'], zone)}: “{given['source']}”")
        small.append(f"The words agreed to: {given['agreed_to']}")
        small.append(f"SHA-256 of these words: {given['sha256']}")
    what = f"{words(one['act'])} · {words(one['channel'])}" + (
        "" if one["scope"] == "all" else f" · {words(one['scope'])}"
    )
    return {
        "what": what,
        "when": _at(one["said_at"], zone),
        "lines": lines,
        "words": one["words"] or "",
        "small": small,
    }


def _message(one: Mapping[str, Any], zone: ZoneInfo) -> Lines:
    ours = one["direction"] == "out"
    what = f"{words(one['channel'])} {'to' if ours else 'from'} {phone(one['address'])}"
    return {
        "what": what,
        "when": _at(one["at"], zone),
        "lines": [],
        "words": one["words"],
        "small": list(_verdict(one, zone)),
    }


def _held_back(one: Mapping[str, Any], zone: ZoneInfo) -> Lines:
    why = one.get("in_words", {}).get("what") or words(one["reason"])
    what = f"{words(one['channel'])}, {words(one['purpose'])}"
    return {
        "what": what,
        "when": _at(one["planned_at"], zone),
        "lines": [why],
        "words": "",
        "small": list(_verdict(one, zone)),
    }


def _verdict(one: Mapping[str, Any], zone: ZoneInfo) -> Iterator[str]:
    """Say what a message was judged by, and whether it would be judged so again."""
    if not (receipt := one.get("receipt")):
        return
    judged = f"Judged {receipt.get('verdict', '')}"
    if receipt.get("now"):
        judged += f" {_at(receipt['now'], zone)}"
    if receipt.get("rules"):
        judged += f" under the rules {receipt['rules']}"
    again = {True: "judged again from this receipt alone: the same verdict", False: "judged again: ANOTHER verdict"}
    yield f"{judged}; {again[one['replays']]}." if one.get("replays") is not None else f"{judged}."
    told = one.get("in_words", {})
    if told.get("law"):
        yield f"Law: {told['law']}"
    yield from told.get("places", ())


def _at(said: str | None, zone: ZoneInfo) -> str:
    if not said:
        return ""
    local = datetime.fromisoformat(said).astimezone(zone)
    return f"{local:%B} {local.day}, {local.year}, {local:%H:%M}"


def _day(said: str | None, zone: ZoneInfo) -> str:
    return _at(said, zone).rpartition(",")[0]
