"""Turns the HTML of a mail into the text that a person would read, with what was quoted left out when asked.

nh3 makes it well-formed first: tag soup can keep the parser of the standard library busy for minutes.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

import nh3

LONGEST = 120_000  # characters; mending the worst of tag soups takes the square of it
_BREAKS = frozenset("p div br tr li ul ol table h1 h2 h3 h4 h5 h6 hr pre blockquote section article dl dt dd".split())
_MARKED = frozenset("div span blockquote p td".split())  # where mail programs put their marks
_SILENT = frozenset("script style head title template noscript".split())
_VOID = frozenset({"br", "hr"})
_MARKS = {one: {"class", "id"} for one in _MARKED} | {"blockquote": {"class", "id", "type", "cite"}}
# What the common mail programs wrap the quoted letter in.
_QUOTES = re.compile(
    r"gmail_quote|gmail_extra|yahoo_quoted|moz-cite-prefix|divRplyFwdMsg|appendonsend|zmail_extra|protonmail_quote"
)


def html_text(html: str, *, quotes: bool = True) -> str:
    """Return the text of HTML; without `quotes`, what a mail program marked as the letter before is left out."""
    clean = nh3.clean(
        html[:LONGEST], tags=set(_BREAKS | _MARKED), attributes=_MARKS, clean_content_tags=set(_SILENT), link_rel=None
    )
    reader = _Reader(quotes=quotes)
    reader.feed(clean)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.said).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """Collects the text of well-formed HTML, and knows while it is inside a quote."""

    def __init__(self, *, quotes: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._quotes = quotes
        self._open: list[bool] = []  # whether each element that we are in begins a quote
        self._silences = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BREAKS:
            self.said.append("\n")
        if tag not in _VOID:
            self._open.append(not self._quotes and _is_quote(tag, attrs))
            self._silences += self._open[-1]

    def handle_endtag(self, tag: str) -> None:
        if tag in _BREAKS:
            self.said.append("\n")
        if tag not in _VOID and self._open:
            self._silences -= self._open.pop()

    def handle_data(self, data: str) -> None:
        if not self._silences:
            self.said.append(re.sub(r"\s+", " ", data))


def _is_quote(tag: str, attrs: list[tuple[str, str | None]]) -> bool:
    marks = " ".join(value or "" for name, value in attrs if name in ("class", "id"))
    cited = tag == "blockquote" and any(name in ("type", "cite") for name, _ in attrs)
    return cited or _QUOTES.search(marks) is not None
