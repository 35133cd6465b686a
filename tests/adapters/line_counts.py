"""Counts the lines of code of each adapter: `python -m tests.adapters.line_counts` prints the table of the docs."""

import ast
import io
import tokenize
from pathlib import Path

CHANNELS = Path(__file__).resolve().parents[2] / "rewarm" / "adapters" / "channels"
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


def adapters() -> dict[str, int]:
    """Return the code lines of each file with a channel in it: a class that can send."""
    found = {}
    for path in sorted(CHANNELS.glob("*.py")):
        source = path.read_text()
        if path.name != "__init__.py" and "    def send(self, message: Outbound) -> Outcome:" in source:
            found[path.stem] = code_lines(source)
    return found


def table() -> str:
    """Write the counts as the docs show them."""
    rows = (f"| `{name}.py` | {lines} |" for name, lines in adapters().items())
    return "\n".join(("| adapter | lines of code |", "|---|---:|", *rows))


if __name__ == "__main__":
    print(table())
