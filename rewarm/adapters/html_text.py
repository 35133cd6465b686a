"""Turns the HTML of a mail into the text that a person would read, with what was quoted left out when asked."""

from __future__ import annotations

import re
from html.parser import HTMLParser

DEEPEST = 2_000  # open elements; nobody's letter needs more
_BREAKS = frozenset("p div br tr li ul ol table h1 h2 h3 h4 h5 h6 hr pre blockquote section article dl dt dd".split())
_SILENT = frozenset("script style head title template noscript".split())
_VOID = frozenset("br hr img input meta link area base col embed source track wbr".split())
# What the common mail programs wrap the quoted letter in.
_QUOTES = re.compile(
    r"gmail_quote|gmail_extra|yahoo_quoted|moz-cite-prefix|divRplyFwdMsg|appendonsend|zmail_extra|protonmail_quote"
)


def html_text(html: str, *, quotes: bool = True) -> str:
    """Return the text of HTML; without `quotes`, what a mail program marked as the letter before is left out."""
    reader = _Reader(quotes=quotes)
    try:
        reader.feed(html)
        reader.close()
    except (AssertionError, ValueError):  # the parser's own doubts about broken declarations
        pass
    lines = (" ".join(line.split()) for line in "".join(reader.said).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """Collects text, and knows while it is inside something that says nothing."""

    def __init__(self, *, quotes: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._quotes = quotes
        self._open: list[tuple[str, bool]] = []  # the elements that we are in, and whether each begins a silence
        self._silences = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BREAKS:
            self.said.append("\n")
        if tag in _VOID or len(self._open) >= DEEPEST:
            return
        silent = tag in _SILENT or (not self._quotes and self._is_quote(tag, attrs))
        self._open.append((tag, silent))
        self._silences += silent

    def handle_endtag(self, tag: str) -> None:
        if tag in _BREAKS:
            self.said.append("\n")
        if not any(one == tag for one, _ in self._open):
            return
        while self._open:
            one, silent = self._open.pop()
            self._silences -= silent
            if one == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._silences:
            self.said.append(re.sub(r"\s+", " ", data))

    @staticmethod
    def _is_quote(tag: str, attrs: list[tuple[str, str | None]]) -> bool:
        marks = " ".join(value or "" for name, value in attrs if name in ("class", "id"))
        cited = tag == "blockquote" and any(name in ("type", "cite") for name, _ in attrs)
        return cited or _QUOTES.search(marks) is not None
