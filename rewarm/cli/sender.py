"""Connects a number or mailbox to its carrier: `rewarm sender --kind twilio --address +12125550199 --settings FILE`."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from rewarm.errors import SetupError
from rewarm.home import setting

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def sender(
    kind: Annotated[str, typer.Option(help="kannel, smpp, twilio, vonage, telnyx, smtp, anymail")],
    address: Annotated[str, typer.Option(help="the number or mailbox that messages come from")],
    settings: Annotated[str, typer.Option(help="JSON file with the carrier's settings; - reads standard input")],
    workspace: Annotated[str, typer.Option(help="slug of the practice; may be left out when there is only one")] = "",
    slug: Annotated[str, typer.Option(help="name of the sender; an existing one is changed")] = "text",
    lane: Annotated[str, typer.Option(help="what it may carry: any, marketing, service")] = "any",
) -> None:
    """Connect a sender to its carrier and print the addresses that belong in the carrier's dashboard.

    The settings come from a file, because a command line can be read by every user of the machine.
    """
    about = {"callbacks": setting("PUBLIC_HOOKS_URL", "http://" + setting("REWARM_HOOKS_LISTEN", "127.0.0.1:8766"))}
    about |= read_settings(settings)
    from rewarm.adapters import postgres

    with postgres.ensure():
        from rewarm.cli.upkeep import bring_up_to_date

        bring_up_to_date()
        from rewarm.actions.connect import connect
        from rewarm.cli.audit import _chosen
        from rewarm.models.scope import within

        here = _chosen(workspace)
        with within(here.id):
            now = datetime.now(UTC).replace(microsecond=0)
            one = connect(here, slug=slug, kind=kind, address=address, settings=about, lane=lane, now=now)
            base = one.callback_base()
    typer.echo(f"“{slug}” sends as {address} through {kind}. In its dashboard:")
    typer.echo(f"  texts that come in   {base}/mo\n  delivery reports     {base}/dlr")


def read_settings(where: str) -> dict[str, Any]:
    """Read one JSON object from a file, or from standard input for `-`."""
    try:
        if where == "-":
            found = json.load(sys.stdin)
        else:
            with open(where, encoding="utf-8") as file:
                found = json.load(file)
    except OSError as error:
        raise SetupError(f"Cannot read {where}: {error.strerror}.") from error
    except ValueError as error:
        raise SetupError(f"{where} is no JSON ({error}).") from error
    if not isinstance(found, dict):
        raise SetupError(f'{where} must hold one object: {{"account_sid": "…", …}}.')
    return found
