"""Reads the ready-made segments of a pack, its own words filled into their rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rewarm.adapters import pack_file
from rewarm.domain.segment import BadRule, Profile, Segment, parse

PACKS = Path(__file__).resolve().parents[1] / "packs"


class BadSegments(ValueError):
    """A file of segments cannot be read; the message names the file and the segment."""


def read_segments(pack: str, packs: Path = PACKS) -> tuple[Segment, ...]:
    """Return the segments of `pack`, rank 1 first: the base's rules and the pack's words and own segments.

    The pack's `segment_words.yaml` supplies the lists that {braces} name; its `segments.yaml`, when there is
    one, adds segments or replaces those of the same slug. Raises BadSegments.
    """
    words = _read(packs / pack / "segment_words.yaml", optional=True)
    segments: dict[str, Segment] = {}
    for path in (packs / "base" / "segments.yaml", packs / pack / "segments.yaml"):
        spec = _read(path, optional=pack in path.parts)
        segments |= {segment.slug: segment for segment in (_segment(one, words, path) for one in spec["segments"])}
    return tuple(sorted(segments.values(), key=lambda segment: segment.rank))


def _read(path: Path, *, optional: bool) -> dict[str, Any]:
    if optional and not path.exists():
        return {"segments": []}
    spec = pack_file.read(path)
    if spec.get("schema") != 1:
        raise BadSegments(f"{path.name} must be a mapping with schema: 1.")
    return spec


def _segment(spec: Mapping[str, Any], words: Mapping[str, Any], path: Path) -> Segment:
    try:
        profile = {name: tuple(said) for name, said in (spec.get("profile") or {}).items()}
        return Segment(
            slug=spec["slug"],
            name=spec["name"],
            rule=parse(_filled(spec["rule"], words)),
            rank=int(spec["rank"]),
            profile=Profile(**profile),
            journey=spec["journey"],
        )
    except BadRule as fault:
        raise BadSegments(f"{path.name}, {spec['slug']}: {fault}.") from fault
    except KeyError as fault:
        raise BadSegments(f"{path.name}, {spec.get('slug', '?')}: {fault.args[0]} is missing.") from fault
    except TypeError as fault:
        raise BadSegments(f"{path.name}, {spec.get('slug', '?')}: {fault}.") from fault


def _filled(rule: str, words: Mapping[str, Any]) -> str:
    """Put the vertical's lists in place of their {names}, quoted as values of the rule language."""

    def listed(name: re.Match[str]) -> str:
        return "(" + ", ".join(f'"{word}"' for word in words[name[1]]) + ")"

    return re.sub(r"\{(\w+)\}", listed, rule)
