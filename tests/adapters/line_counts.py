"""Counts the lines of code of each adapter: `python -m tests.adapters.line_counts` prints them, --write puts them into
docs/how-to/add-a-channel.md.
"""

import ast
import io
import sys
import tokenize
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHANNELS = ROOT / "rewarm" / "adapters" / "channels"
PAGE = ROOT / "docs" / "how-to" / "add-a-channel.md"
BEGIN, END = "<!-- counted by tests/adapters/line_counts.py -->", "<!-- end of the count -->"
SENDS = "    def send(self, message: Outbound) -> Outcome:"
NOT_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def code_lines(source: str) -> int:
    """Count the lines that hold code: no blank ones, no comments, no docstrings."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in NOT_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
            said = node.body[0]
            lines.difference_update(range(said.lineno, (said.end_lineno or said.lineno) + 1))
    return len(lines)


def counts() -> tuple[dict[str, int], dict[str, int]]:
    """Return the code lines of the adapters (files with a class that can send) and of what lies beneath them."""
    adapters: dict[str, int] = {}
    beneath: dict[str, int] = {}
    for path in sorted(CHANNELS.glob("*.py")):
        source = path.read_text()
        found = adapters if SENDS in source and path.name != "__init__.py" else beneath
        found[path.name] = code_lines(source)
    return adapters, beneath


def table() -> str:
    """Write the counts as the docs show them."""
    adapters, beneath = counts()
    rows = [f"| `{name}` | {lines} |" for name, lines in adapters.items()]
    shared = ", ".join(f"`{name}` {lines}" for name, lines in beneath.items())
    return "\n".join(("| adapter | lines of code |", "|---|---:|", *rows, "", f"Beneath them: {shared}."))


def write() -> None:
    """Put the counts of today into the page."""
    before, rest = PAGE.read_text().split(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{rest.split(END)[1]}")


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    print(table())
