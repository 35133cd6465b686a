"""Sets the evidence about one person on paper with typst: a summary, consent, then every message with its verdict."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import typst

from rewarm.domain.evidence_summary import summarise
from rewarm.models import Workspace
from rewarm.web.words import STATES, phone, words

# The values come in as data, never as markup: what a person wrote cannot break the page.
_PAGE = """
#let a = json(bytes(sys.inputs.evidence))
#let teal = rgb("#0d5b5a")
#let pale = rgb("#4d5a58")
#set document(title: a.title + ": " + a.name, author: a.seller)
#set page(paper: "us-letter", margin: (x: 2.2cm, top: 2cm, bottom: 2.2cm),
  footer: context block(width: 100%, stroke: (top: 0.5pt + rgb("#cfc5b4")), inset: (top: 5pt), text(8pt, fill: pale,
    a.name + " · " + a.foot + h(1fr) + "Page " + counter(page).display("1 of 1", both: true))))
#set text(size: 10pt, fill: rgb("#1d2b2c"), lang: "en")
#set par(leading: 0.55em)
#text(11pt, fill: teal, weight: "bold", a.seller) #if a.address != "" [#linebreak() #text(9pt, fill: pale, a.address)]
#v(8pt)
#text(19pt, weight: "bold", a.title)
#v(0pt)
#text(14pt, a.name)
#v(4pt)
#grid(columns: (auto, 1fr), column-gutter: 14pt, row-gutter: 5pt,
  ..a.about.map(line => (text(fill: pale, line.at(0)), line.at(1))).flatten())
#v(6pt)
#block(fill: rgb("#f4f0e8"), inset: 9pt, radius: 3pt, width: 100%)[
  #text(weight: "bold", "In short")
  #for line in a.summary [#linebreak() #line]
]
#text(8.5pt, fill: pale, a.method)
#let part(letter, title, empty, items) = [
  #v(12pt)
  #block(sticky: true, text(13pt, weight: "bold", fill: teal, letter + ". " + title))
  #if items.len() == 0 [#text(fill: pale, empty)]
  #for (n, one) in items.enumerate() [
    #block(breakable: one.long, width: 100%, inset: (y: 5pt), stroke: (bottom: 0.5pt + rgb("#e4dccf")))[
      #text(weight: "bold", letter + str(n + 1) + "  " + one.what) #h(1fr) #text(9pt, one.when)
      #for line in one.lines [#linebreak() #line]
      #if one.words != "" [#block(inset: (left: 8pt, y: 3pt), stroke: (left: 2pt + rgb("#cfc5b4")), one.words)]
      #for line in one.small [#text(8.5pt, fill: pale, line) #linebreak()]
    ]
  ]
]
#part("A", "Consent and refusals", "The ledger says nothing about these addresses.", a.ledger)
#part("B", "Messages sent and received", "Nothing was sent and nothing came in.", a.messages)
#part("C", "Messages held back", "Nothing was held back.", a.not_sent)
"""
TITLE = "Record of consent and messages"
METHOD = (
    "Drawn by machine from the ledger of consent, to which lines are only ever added, and from the record of messages. Every "
    "message is judged by written rules at the moment of sending; what they were told and what they decided is kept as a "
    "receipt. “Confirmed” means that the receipt, judged again by itself under the rules that it names, gave the same verdict "
    "today. The same evidence as JSON holds every receipt whole."
)
_OVERLONG = re.compile(r"\S{50,}")
LONG = 900  # characters of a message that may be broken over two pages
ACTS: Mapping[str, str] = {
    "granted": "Consent given", "denied": "Refused", "opted_out": "Opted out", "opted_in": "Asked to hear from us again",
    "bounced": "Address bounced", "complained": "Complained of spam", "permitted": "Authorised", "withdrawn": "Took it back",
}  # fmt: skip
SCOPES: Mapping[str, str] = {
    "marketing": "invitations only", "health": "use of health data", "paid": "messages that somebody else pays for",
}  # fmt: skip
VERDICTS: Mapping[str, str] = {"allow": "Allowed", "delay": "Delayed", "deny": "Refused"}
Lines = dict[str, Any]


def pdf(workspace: Workspace, found: Mapping[str, Any]) -> bytes:
    """Return the evidence (actions/prove.py) as a PDF; times are the practice's own, and say so."""
    made_of = typst.compile(_PAGE.encode(), sys_inputs={"evidence": json.dumps(shown(workspace, found))})
    assert isinstance(made_of, bytes)
    return made_of


def shown(workspace: Workspace, found: Mapping[str, Any]) -> dict[str, Any]:
    """Put the evidence into the words of the page."""
    zone = ZoneInfo(workspace.zone)
    return {
        "title": TITLE,
        "seller": found["seller"]["legal_name"],
        "address": found["seller"]["postal_address"],
        "name": found["person"]["name"],
        "about": [list(pair) for pair in _about(found, zone)],
        "summary": _summary(found, zone),
        "method": METHOD,
        "ledger": [_line(one, zone) for one in found["ledger"]],
        "messages": [_message(one, zone) for one in found["messages"]],
        "not_sent": [_held_back(one, zone) for one in found["not_sent"]],
        "foot": f"Times are those of {workspace.zone}",
    }


def _about(found: Mapping[str, Any], zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    person = found["person"]
    for one in found["addresses"]:
        yield words(one["channel"]).capitalize(), phone(one["address"]) + _checked(one, zone)
    if place := " ".join(filter(None, (person["state"], person["zip"], person["zone"]))):
        yield "Where", place
    yield "Drawn", _at(found["made_at"], zone) + (f" by {found['made_by']}" if found["made_by"] else "")
    yield "Fingerprint", f"SHA-256 {found['fingerprint']}"


def _checked(one: Mapping[str, Any], zone: ZoneInfo) -> str:
    """Say what the registries answered about a number, where they were asked."""
    said = ""
    if one["reassigned_checked_at"]:
        answer = "belongs to somebody else now" if one["reassigned"] else "not reassigned"
        said += f"; {answer}, checked {_day(one['reassigned_checked_at'], zone)}"
    if one["registry_checked_at"]:
        answer = "on the do-not-call registry" if one["on_registry"] else "not on the do-not-call registry"
        said += f"; {answer}, checked {_day(one['registry_checked_at'], zone)}"
    return said


def _summary(found: Mapping[str, Any], zone: ZoneInfo) -> list[str]:
    told = summarise(found["ledger"], found["messages"], found["to_others_there"])
    lines = [
        f"{told.sent} messages sent, {told.received} received, {len(found['not_sent'])} held back. "
        f"Receipts confirmed: {told.confirmed} of {told.judged}."
    ]
    if others := len(found["to_others_there"]):
        lines.append(f"{others} more went to these addresses for somebody else who shares them.")
    for one in told.refusals:
        until = f" They asked to hear from us again on {_at(one.lifted_at, zone)}." if one.lifted_at else ""
        only = ", invitations only" if one.scope == "marketing" else ""
        lines.append(
            f"{phone(one.address)} opted out ({words(one.channel)}{only}) on {_at(one.at, zone)}. {_since(one.sent_since)}{until}"
        )
    return lines


def _since(purposes: Sequence[str]) -> str:
    """Say what went to an address after its opt-out, as long as that held: one confirmation is all that may."""
    if not purposes:
        return "Nothing was sent there since."
    if list(purposes) == ["opt_out_confirmation"]:
        return "Since then one message went there: the confirmation of the opt-out."
    return f"Since then {len(purposes)} went there: {', '.join(words(one) for one in purposes)}."


def _line(one: Mapping[str, Any], zone: ZoneInfo) -> Lines:
    who = f"{phone(one['address'])} · source: {one['source']}" + (
        f" · entered by {one['actor']}" if one["actor"] else ""
    )
    lines = [who]
    if one["seller"]:
        lines.append(f"Given to: {one['seller']}")
    if one["by_somebody_else"]:
        lines.append("Said by somebody else at this address.")
    small = [] if one["said_at"] == one["recorded_at"] else [f"Entered in the ledger {_at(one['recorded_at'], zone)}."]
    if given := one["evidence"]:
        lines.append(f"Evidence attached by {given['attached_by']} on {_day(given['attached_at'], zone)}")
        small.append(f"The words agreed to: “{given['agreed_to']}”")
        if not given["names_seller"]:
            small.append("These words do not name the practice (47 CFR 64.1200(f)(9)).")
        small.append(f"SHA-256 of these words: {given['sha256']}")
    scope = SCOPES.get(one["scope"])
    what = f"{ACTS.get(one['act'], words(one['act']))} · {words(one['channel'])}" + (f" · {scope}" if scope else "")
    when = _date(one["said_at"]) if one["said_on_a_day"] else _at(one["said_at"], zone)
    return _item(what, when, lines, one["words"] or "", small)


def _message(one: Mapping[str, Any], zone: ZoneInfo) -> Lines:
    ours = one["direction"] == "out"
    what = f"{words(one['channel']).capitalize()} {'to' if ours else 'from'} {phone(one['address'])}"
    lines = []
    if ours:
        sender = f"Sent from {phone(one['sender'])}" if one["sender"] else "Sent"
        standing = one.get("status") or STATES.get(one.get("state", ""), "")
        lines.append(" · ".join(filter(None, (sender, words(one.get("purpose")), words(standing)))))
    small = [f"The carrier's own number of it: {one['provider_id']}"] if ours and _is_theirs(one["provider_id"]) else []
    return _item(what, _at(one["at"], zone), lines, one["words"], [*small, *_verdict(one, zone)])


def _is_theirs(provider_id: str) -> bool:
    return bool(provider_id) and not provider_id.startswith("touch:")


def _held_back(one: Mapping[str, Any], zone: ZoneInfo) -> Lines:
    why = one.get("in_words", {}).get("what") or words(one["reason"])
    what = f"{words(one['channel']).capitalize()} · {words(one['purpose'])}"
    return _item(what, _at(one["planned_at"], zone), [why], "", list(_verdict(one, zone)))


def _item(what: str, when: str, lines: Sequence[str], said: str, small: Sequence[str]) -> Lines:
    return {
        "what": what,
        "when": when,
        "lines": lines,
        "words": _OVERLONG.sub(_breakable, said),
        "small": small,
        "long": len(said) > LONG,
    }


def _breakable(found: re.Match[str]) -> str:
    """Let a link be broken anywhere: the page must show all of it."""
    return "\u200b".join(found.group())


def _verdict(one: Mapping[str, Any], zone: ZoneInfo) -> Iterator[str]:
    """Say what a message was judged by, and whether it would be judged so again."""
    if not (receipt := one.get("receipt")):
        return
    judged = VERDICTS.get(str(receipt.get("verdict")), "Judged")
    if receipt.get("now"):
        judged += f" {_at(receipt['now'], zone)}"
    if receipt.get("rules"):
        judged += f" under the rules {receipt['rules']}"
    again = {True: " Confirmed.", False: " NOT confirmed: judged again, the verdict is another one.", None: ""}
    yield f"{judged}.{again[one.get('replays')]}"
    told = one.get("in_words", {})
    if told.get("law"):
        yield f"Law: {told['law']}"
    yield from told.get("places", ())


def _at(said: str | None, zone: ZoneInfo) -> str:
    if not said:
        return ""
    local = datetime.fromisoformat(said).astimezone(zone)
    return f"{local:%B} {local.day}, {local.year}, {local:%H:%M} {local:%Z}"


def _date(said: str) -> str:
    """Say a day of which nobody noted the hour."""
    on = datetime.fromisoformat(said)
    return f"{on:%B} {on.day}, {on.year}"


def _day(said: str | None, zone: ZoneInfo) -> str:
    return _at(said, zone).rpartition(",")[0]
