"""Decides how an e-mail looks: the same few marks of Markdown become plain text and simple HTML."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape

_LINK = re.compile(r"\[([^\]\n]+)\]\(([^)\s]+)\)")
_BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
_BLANK = re.compile(r"\n\s*\n")

_PAGE = '<div style="max-width:36em;margin:0 auto;font:16px/1.55 Helvetica,Arial,sans-serif;color:#23303b">\n{}\n</div>'
_FOOT = '<div style="margin-top:2em;padding-top:.5em;border-top:1px solid #d8dee3;font-size:13px;color:#5b6770">\n{}\n</div>'
_BUTTON = "display:inline-block;padding:.6em 1.3em;border-radius:6px;background:#1f5f5b;color:#fff;text-decoration:none"


def plain(source: str) -> str:
    """Write the text without marks: links stand behind their words, list lines keep their dash."""
    text = _BOLD.sub(r"\1", _LINK.sub(r"\1: \2", source))
    return "\n\n".join(_lines(block) for block in _BLANK.split(text.strip()) if block.strip())


def html(source: str) -> str:
    """Write the text as simple HTML that every mail client shows: paragraphs, lists, bold, links.

    A link alone in its paragraph becomes a button; what follows a line of -- becomes the small print.
    """
    letter, _, foot = source.strip().partition("\n--\n")
    body = _blocks(letter)
    return _PAGE.format(f"{body}\n{_FOOT.format(_blocks(foot))}" if foot else body)


def _blocks(source: str) -> str:
    return "\n".join(_block(block.strip()) for block in _BLANK.split(source.strip()) if block.strip())


def _lines(block: str) -> str:
    """Join the lines of a paragraph, since mail programs wrap by themselves; lists stay lists."""
    lines = [" ".join(line.split()) for line in block.strip().splitlines()]
    return "\n".join(lines) if lines[0].startswith(("- ", "--")) else " ".join(lines)


@lru_cache(maxsize=2048)
def _block(block: str) -> str:
    if alone := _LINK.fullmatch(block):
        return f'<p><a style="{_BUTTON}" href="{escape(alone[2])}">{escape(alone[1])}</a></p>'
    if block.startswith("- "):
        items = (line.strip().removeprefix("- ") for line in block.splitlines())
        return "<ul>" + "".join(f"<li>{_inline(item)}</li>" for item in items) + "</ul>"
    return f"<p>{_inline(_lines(block))}</p>"


def _inline(text: str) -> str:
    linked = _LINK.sub(r'<a href="\2">\1</a>', escape(text))
    return _BOLD.sub(r"<strong>\1</strong>", linked)
