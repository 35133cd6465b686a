"""Runs rewarm from the shell: `rewarm try …` at once, every other command through rewarm/cli."""

from __future__ import annotations

import sys


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code.

    `try` answers in half a second, so it comes before anything heavy is imported.
    """
    arguments = sys.argv[1:] if argv is None else argv
    if arguments[:1] == ["try"]:
        from rewarm.cli import try_

        return try_.main(arguments[1:])
    from rewarm.cli import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
