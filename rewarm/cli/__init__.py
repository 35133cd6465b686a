"""SHOW, in the shell: finds the command that was asked for and imports only that one's file.

A command's file holds a Typer app called `app`: one command, or several under the group's name.
"""

from __future__ import annotations

import importlib
import os
import sys
from importlib.util import find_spec

# command -> (file, what it is for), in the order of `rewarm --help`
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("rewarm.cli.demo", "play thirty days of a practice, then open the app"),
    "up": ("rewarm.cli.up", "run everything: database, pages, webhooks, engine"),
    "web": ("rewarm.cli.up", "run the pages only"),
    "hooks": ("rewarm.cli.up", "run the webhooks and links only"),
    "worker": ("rewarm.cli.up", "run the engine only"),
    "migrate": ("rewarm.cli.upkeep", "bring the database up to date"),
    "practice": ("rewarm.cli.practice", "open a workspace for a practice"),
    "sender": ("rewarm.cli.sender", "connect a number or mailbox to its carrier"),
    "import": ("rewarm.cli.import_", "read CRM exports"),
    "registry": ("rewarm.cli.registry", "take in what a do-not-call or reassigned-number registry answered"),
    "erase": ("rewarm.cli.person", "delete a person who asks for it, and keep their addresses closed"),
    "emergency": ("rewarm.cli.person", "stop advertising where an emergency is declared"),
    "audit": ("rewarm.cli.audit", "count what lies dormant and what it may be worth"),
    "mail": ("rewarm.cli.mail", "make a key to sign letters with; ask the DNS about a domain"),
    "doctor": ("rewarm.cli.upkeep", "say in words what is wrong here"),
    "manage": ("rewarm.cli.upkeep", "run one of Django's own commands"),
}
TRY = "ask what rewarm would do with this: one JSON object a line"


def run(arguments: list[str]) -> int:
    """Run `rewarm ARGUMENTS…` and return its exit code; what is broken is one line, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rewarm.settings")
    name = arguments[0] if arguments else "--help"
    if name in ("-h", "--help", "help"):
        print(_overview())
        return 0
    if name not in COMMANDS or not find_spec(COMMANDS[name][0]):
        print(f"rewarm has no command {name!r}.\n\n{_overview()}", file=sys.stderr)
        return 2
    return _run_typer(COMMANDS[name][0], arguments)


def _run_typer(module: str, arguments: list[str]) -> int:
    import typer

    from rewarm.errors import RewarmError

    app = importlib.import_module(module).app
    command = typer.main.get_command(app)
    # A file with several commands takes the name; a file with one is that command.
    rest = arguments if hasattr(command, "commands") and arguments[0] in command.commands else arguments[1:]
    try:
        result = command.main(rest, prog_name="rewarm", standalone_mode=False)
    except RewarmError as error:
        print(f"rewarm: {error}", file=sys.stderr)
        return 1
    except typer.Exit as left:
        return left.exit_code
    except typer.Abort:
        return 130
    except Exception as error:
        if hasattr(error, "show") and hasattr(error, "exit_code"):  # a usage error that knows how to say itself
            error.show()
            return int(error.exit_code)
        raise
    return result if isinstance(result, int) else 0


def _overview() -> str:
    lines = [f"  {name:<8} {purpose}" for name, (file, purpose) in COMMANDS.items() if find_spec(file)]
    return "\n".join(["rewarm COMMAND …", "", *lines, f"  {'try':<8} {TRY}", "", "rewarm COMMAND --help tells more."])
