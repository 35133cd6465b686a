"""Renders what marketers write (Liquid) within limits, and tells which fields a template needs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from liquid import BoundTemplate, Environment
from liquid.exceptions import LiquidError
from liquid.undefined import FalsyStrictUndefined

from rewarm.domain.marked import capitalized


class TemplateError(ValueError):
    """The template cannot be read or lacks a field; the message names the place in words."""


class _Letters(Environment):
    """Liquid with the limits of a letter: shallow, short, no loops without end, no files."""

    block_nesting_limit = 8
    context_depth_limit = 10
    loop_iteration_limit = 100
    local_namespace_limit = 4_000
    output_stream_limit = 20_000


def _environment() -> Environment:
    env = _Letters(undefined=FalsyStrictUndefined)
    kept = {"default", "capitalize", "strip"}
    for name in set(env.filters) - kept:
        del env.filters[name]
    for name in {"include", "render", "cycle", "increment", "decrement", "tablerow", "liquid"} & set(env.tags):
        del env.tags[name]
    env.filters["capitalize"] = capitalized
    return env


_ENV = _environment()


@lru_cache(maxsize=4096)
def parse(source: str) -> BoundTemplate:
    """Parse a template once. Raises TemplateError with the line when it is not Liquid."""
    try:
        return _ENV.from_string(source)
    except LiquidError as wrong:
        raise TemplateError(_in_words(wrong)) from wrong


def render(source: str, values: Mapping[str, object]) -> str:
    """Fill a template. Raises TemplateError for a field that is not there: nothing is ever left blank in silence."""
    if "{" not in source:
        return source
    try:
        return parse(source).render(values)
    except LiquidError as wrong:
        raise TemplateError(_in_words(wrong)) from wrong


@lru_cache(maxsize=4096)
def fields(source: str) -> frozenset[str]:
    """List the fields that a template mentions, dotted: `contact.first_name`, `fact.goal`."""
    found = parse(source).analyze().globals
    return frozenset(str(variable) for places in found.values() for variable in places)


def _in_words(wrong: LiquidError) -> str:
    token = getattr(wrong, "token", None)
    text = str(wrong.args[0]) if wrong.args else str(wrong)
    line = token.source[: token.start_index].count("\n") + 1 if token is not None and token.start_index >= 0 else 0
    return f"line {line}: {text}" if line else text
