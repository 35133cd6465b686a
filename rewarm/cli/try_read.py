"""Shows what a reply would be read as, with the keys of the replies guide."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from rewarm.adapters.packs import lexicon
from rewarm.cli.try_ import Line, run_lines
from rewarm.domain.intent import Reading, Reply, read


def main(argv: list[str]) -> int:
    """Answer reply lines (text, asked, pending, offered, appointment, now, zone) with intents, pick, times and route."""
    words = lexicon(argv[0] if argv else "audiology")
    return run_lines(lambda line: as_line(read(as_reply(line), words), line))


def as_reply(line: Line) -> Reply:
    """Build the reply that a line of the guide describes; a missing key is as good as null."""
    zone = ZoneInfo(line.get("zone") or "UTC")
    appointment = line.get("appointment")
    return Reply(
        text=line["text"],
        now=_local(line["now"], zone),
        asked=line.get("asked"),
        pending=line.get("pending"),
        offered=tuple(_local(slot, zone) for slot in line.get("offered") or ()),
        appointment=_local(appointment, zone) if appointment else None,
    )


def as_line(reading: Reading, line: Line) -> Line:
    """Write a reading with the keys of the guide, plus route and why."""
    return {
        "id": line.get("id"),
        "intents": list(reading.intents),
        "pick": reading.pick,
        "later_until": reading.later_until.isoformat() if reading.later_until else None,
        "availability": None
        if reading.availability is None
        else [[_wall(interval.start), _wall(interval.end)] for interval in reading.availability],
        "route": reading.route,
        "why": reading.why,
        "confidence": reading.confidence,
        "scope": reading.scope,
    }


def _local(text: str, zone: ZoneInfo) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)


def _wall(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="minutes")
