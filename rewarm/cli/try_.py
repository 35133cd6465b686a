"""Shows what rewarm would do with one line of JSON: `rewarm try read < replies.jsonl`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

COMMANDS: dict[str, str] = {
    "read": "rewarm.cli.try_read",
    "facts": "rewarm.cli.try_facts",
    "draft": "rewarm.cli.try_draft",
    "gate": "rewarm.cli.try_gate",
    "sms": "rewarm.cli.try_sms",
    "mail": "rewarm.cli.try_mail",
}
Line = Mapping[str, Any]


def main(argv: list[str]) -> int:
    """Run one of the try commands; only its own module is imported."""
    if not argv or argv[0] not in COMMANDS:
        print(f"usage: rewarm try {{{' | '.join(COMMANDS)}}} < lines.jsonl", file=sys.stderr)
        return 2
    module = import_module(COMMANDS[argv[0]])
    code: int = module.main(argv[1:])
    return code


def run_lines(answer: Callable[[Line], Line]) -> int:
    """Answer every JSON line of stdin with one on stdout; a line that cannot be answered says why. Returns the exit code."""
    failed = False
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        try:
            document = json.loads(line)
            if not isinstance(document, dict):
                raise ValueError("expected a JSON object")
            reply = answer(document)
        except Exception as error:  # whatever went wrong, the next line deserves its answer
            failed = True
            reply = {"error": f"{type(error).__name__}: {error}", "line": number}
        sys.stdout.write(json.dumps(reply, ensure_ascii=False) + "\n")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
