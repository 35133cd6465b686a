"""Measures the opt-out rules: recall on labelled replies, false alarms on ordinary texts, and the cost of a message.

The texts are read from the data beside the checkout. Half of the labelled replies (by a hash of the id) was never read
while the rules were written; the figure of that half is the honest one.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import Claim, cpu_seconds
from rewarm.adapters.packs import keywords, lexicon
from rewarm.cli.try_read import as_reply
from rewarm.domain.intent import read
from rewarm.domain.keywords import opt_out

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
Line = Mapping[str, Any]


def run() -> Iterator[Claim]:
    """Yield what was measured; a set that is not there is left out."""
    replies = DATA / "replies" / "dev.jsonl"
    if replies.exists():
        lines = [json.loads(line) for line in replies.read_text(encoding="utf-8").splitlines() if line]
        yield from _recall(lines)
        yield _cost([line["text"] for line in lines])
    for name, texts in _ordinary():
        found = [text for text in texts if _stops(text)]
        yield Claim(
            f"false opt-outs, {name}", 100 * len(found) / len(texts), "%", 0.1, f"{len(found)} of {len(texts):,}"
        )


def _recall(lines: Sequence[Line]) -> Iterator[Claim]:
    halves = {
        "read": [line for line in lines if not _unread(line)],
        "unread": [line for line in lines if _unread(line)],
    }
    for name, half in halves.items():
        wanted = [line for line in half if "opt_out" in line["intents"]]
        heard = [line for line in wanted if _heard(line)]
        false = [line for line in half if "opt_out" not in line["intents"] and _heard(line)]
        note = f"{len(heard)} of {len(wanted)}; {len(false)} false of {len(half) - len(wanted)}"
        yield Claim(f"opt-out recall, {name} half of the replies", 100 * len(heard) / len(wanted), "%", 95, note)


def _cost(texts: Sequence[str]) -> Claim:
    seconds = cpu_seconds(lambda: [_stops(text) for text in texts]) / len(texts)
    return Claim("opt-out rules, one message", seconds * 1e6, "µs CPU", 150)


def _unread(line: Line) -> bool:
    return bool(hashlib.sha256(line["id"].encode()).digest()[0] & 1)


def _heard(line: Line) -> bool:
    return "opt_out" in read(as_reply(line), lexicon()).intents


def _stops(text: str) -> bool:
    found = opt_out(text, keywords())
    return found is not None and found.tier not in ("channel", "mistaken")


def _ordinary() -> Iterator[tuple[str, list[str]]]:
    """Yield the sets of ordinary texts, each under its name; commands to an assistant ("stop") are part of two of them."""
    readers = {
        "sgd_appointments/train.json.gz": lambda raw: [
            turn["utterance"] for one in json.loads(raw) for turn in one["turns"] if turn["speaker"] == "USER"
        ],
        "sgd_appointments/dev.json.gz": lambda raw: [
            turn["utterance"] for one in json.loads(raw) for turn in one["turns"] if turn["speaker"] == "USER"
        ],
        "clinc150/train_val.json.gz": lambda raw: [row[0] for rows in json.loads(raw).values() for row in rows],
        "banking77/train.csv.gz": lambda raw: [row[0] for row in csv.reader(io.StringIO(raw))][1:],
        "nlupp/hotels_dev.json.gz": lambda raw: [row["text"] for row in json.loads(raw)],
        "nlupp/banking_dev.json.gz": lambda raw: [row["text"] for row in json.loads(raw)],
        "sms_spam/sms_dev.tsv": lambda raw: [line[4:] for line in raw.split("\n") if line.startswith("ham\t")],
    }
    for name, texts_of in readers.items():
        path = DATA / name
        if path.exists():
            raw = path.read_bytes()
            yield name.split(".")[0], texts_of((gzip.decompress(raw) if name.endswith("gz") else raw).decode("utf-8"))
