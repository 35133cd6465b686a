"""Reads one YAML file of a pack, and says which line of which file cannot be read."""

from __future__ import annotations

from importlib.resources.abc import Traversable
from typing import Any

import yaml

from rewarm.errors import SetupError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class PackError(SetupError):
    """A file of a pack says something that cannot be read; the message names the file and the line."""


def read(path: Traversable, *, all_text: bool = False) -> dict[str, Any]:
    """Read a mapping; a pack may leave a file out, and then it is empty.

    With `all_text` every value stays text, for lists in which "no", "on" and "y" are words. Raises PackError.
    """
    return parse(path.read_text(encoding="utf-8"), path, all_text=all_text) if path.is_file() else {}


def parse(text: str, path: Traversable, *, first_line: int = 1, all_text: bool = False) -> dict[str, Any]:
    """Read a mapping that stands in a file from `first_line` on; raises PackError."""
    try:
        loaded = yaml.load(text, Loader=_TEXT_LOADER if all_text else _LOADER)
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + first_line if wrong.problem_mark else first_line
        raise PackError(f"{path.name}, line {line}: {wrong.problem}") from wrong
    if not isinstance(loaded, dict):
        raise PackError(f"{path.name}, line {first_line}: expected `key: value` lines")
    return loaded
