"""Renders what marketers write (Liquid) within limits, and tells which fields a template needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from liquid import BoundTemplate, Environment
from liquid.ast import Node
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import BooleanExpression, FilteredExpression, Path
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.if_tag import IfNode
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
        return _filled(_pieces(source), values)
    except _Unusual:
        pass  # more than fields and conditions, or a field that is missing: Liquid knows what to do or to say
    try:
        return parse(source).render(values)
    except LiquidError as wrong:
        raise TemplateError(_in_words(wrong)) from wrong


# -- the templates that nearly all letters are: words, fields, and conditions on a field -------------------------------
# Liquid takes seven times as long to interpret its tree.

_ASKED_OF_LIQUID = frozenset(("size", "first", "last"))  # which every list and mapping has


@dataclass(frozen=True, slots=True)
class _Field:
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Choice:
    """What stands there when a field is known, and what else."""

    path: tuple[str, ...]
    known: tuple[_Piece, ...]
    unknown: tuple[_Piece, ...]


_Piece = str | _Field | _Choice


class _Unusual(Exception):
    """Only Liquid itself can say what becomes of this template with these values."""


@lru_cache(maxsize=4096)
def _pieces(source: str) -> tuple[_Piece, ...] | None:
    """Take a template apart; None when there is anything else in it."""
    try:
        return _taken_apart(parse(source).nodes)
    except _Unusual:
        return None


def _taken_apart(nodes: Iterable[Node]) -> tuple[_Piece, ...]:
    return tuple(_piece(node) for node in nodes)


def _piece(node: Node) -> _Piece:
    match node:
        case ContentNode():
            return node.text
        case OutputNode(expression=FilteredExpression(left=Path() as path, filters=None | [])):
            return _Field(_names(path))
        case IfNode(condition=BooleanExpression(expression=Path() as path), alternatives=[]) if not node.blank:
            unknown = _taken_apart(node.default.nodes) if node.default else ()
            return _Choice(_names(path), _taken_apart(node.consequence.nodes), unknown)
    raise _Unusual


def _names(path: Path) -> tuple[str, ...]:
    names = tuple(name for name in path.path if isinstance(name, str) and name not in _ASKED_OF_LIQUID)
    if len(names) < len(path.path):
        raise _Unusual
    return names


def _filled(pieces: Iterable[_Piece] | None, values: Mapping[str, object]) -> str:
    if pieces is None:
        raise _Unusual
    text = "".join([_said(piece, values) for piece in pieces])
    if len(text) * 4 > _Letters.output_stream_limit:  # which counts bytes
        raise _Unusual
    return text


def _said(piece: _Piece, values: Mapping[str, object]) -> str:
    if isinstance(piece, str):
        return piece
    value = _found(piece.path, values)
    if isinstance(piece, _Choice):
        return _filled(piece.unknown if value is None else piece.known, values)
    if not isinstance(value, str):
        raise _Unusual
    return value


def _found(path: tuple[str, ...], values: Mapping[str, object]) -> object:
    """Look a field up; None when it is absent."""
    value: object = values
    for name in path:
        if not isinstance(value, dict):
            raise _Unusual
        value = value.get(name)
        if value is None:
            return None
    if value is False:  # which is no more true to Liquid than what is absent
        raise _Unusual
    return value


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
