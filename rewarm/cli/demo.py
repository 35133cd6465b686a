"""Plays thirty days of a practice through the real engine against a town of made-up people, then opens the app."""

from __future__ import annotations

import json
import os
import shutil
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
DAYS = 30


@app.command()
def demo(
    start: Annotated[str, typer.Option(help="first day, YYYY-MM-DD; default: thirty days ago")] = "",
    seed: Annotated[int, typer.Option(help="the town's luck")] = 1,
    days: Annotated[int, typer.Option(help="how many days to play")] = DAYS,
    once: Annotated[bool, typer.Option("--once", help="play, say what came of it, and end")] = False,
    json_: Annotated[bool, typer.Option("--json", help="end with one JSON object on stdout")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="forget an earlier demo")] = False,
) -> None:
    """Import the demo practice's exports, launch its campaigns, play the days and open the app with that history."""
    home = _own_home()
    if (fresh or (once and _finished(home))) and home.exists():
        _forget(home)
    from rewarm.adapters import postgres

    with postgres.ensure():
        from rewarm.cli.upkeep import bring_up_to_date

        bring_up_to_date()
        from rewarm.cli import play, stage

        first = date.fromisoformat(start) if start else (datetime.now(UTC) - timedelta(days=days)).date()
        with stage.raised(home, seed=seed) as theatre:
            workspace = play.prepare(theatre, first, days=days, say=_say)
            play.play(theatre, workspace, say=_say)
            if once:
                summary = play.summary(theatre, workspace)
                print(json.dumps(summary, default=str) if json_ else play.in_words(summary))
                (home / "finished").touch()
                return
            (home / "finished").touch()
            play.go_on(theatre, workspace, say=_say)


def _own_home() -> Path:
    """Give the demo a home of its own, so that it never meets a practice's data."""
    from rewarm.home import home

    if "REWARM_HOME" not in os.environ:
        os.environ["REWARM_HOME"] = str(home() / "demo")
    return Path(os.environ["REWARM_HOME"])


def _finished(home: Path) -> bool:
    return (home / "finished").exists()


def _forget(home: Path) -> None:
    """Remove what an earlier demo wrote; only a folder that a demo made carries its mark."""
    if (home / "demo").exists():
        from rewarm.adapters import postgres

        postgres.forget()
        shutil.rmtree(home)


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
