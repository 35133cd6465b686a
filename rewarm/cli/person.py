"""Does what a person or a governor has a right to: `rewarm erase ADDRESS`, `rewarm emergency STATE`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rewarm.errors import RewarmError

if TYPE_CHECKING:
    from rewarm.models import Contact, Workspace

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
SLUG = typer.Option(help="slug of the practice; may be left out when there is only one")


@app.command()
def erase(
    address: Annotated[str, typer.Argument(help="phone or e-mail address of the person")],
    name: Annotated[str, typer.Option(help="whose, when several people share the address")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="do not ask first: this cannot be taken back")] = False,
    workspace: Annotated[str, SLUG] = "",
) -> None:
    """Delete a person with everything that is known of them; their addresses stay closed for good."""
    from rewarm.adapters import postgres

    with postgres.ensure():
        from rewarm.cli.upkeep import bring_up_to_date

        bring_up_to_date()
        from rewarm import clock
        from rewarm.actions.erase import erase as erase_person
        from rewarm.cli.audit import _chosen
        from rewarm.models.scope import within

        here = _chosen(workspace)
        with within(here.id):
            person = found(here, address, name)
            if not yes:
                typer.confirm(f"Delete {person} and all that is known of them, for good?", abort=True)
            closed = erase_person(here, person, by=None, now=clock.now(here))
    typer.echo(f"Deleted. {closed} addresses are closed, whatever the next import brings.")


@app.command()
def emergency(
    state: Annotated[str, typer.Argument(help="where it is declared: NY, Louisiana")],
    over: Annotated[bool, typer.Option("--over", help="it has ended")] = False,
    workspace: Annotated[str, SLUG] = "",
) -> None:
    """Stop advertising where an emergency is declared and the law forbids it, until it is over."""
    from rewarm.adapters import postgres

    with postgres.ensure():
        from rewarm.cli.upkeep import bring_up_to_date

        bring_up_to_date()
        from rewarm import clock
        from rewarm.actions.declare import declare
        from rewarm.cli.audit import _chosen
        from rewarm.models.scope import within

        here = _chosen(workspace)
        with within(here.id):
            told = declare(here, state, by=None, now=clock.now(here), over=over)
    typer.echo(told)


def found(here: Workspace, address: str, name: str) -> Contact:
    """Find the one person behind an address; raises RewarmError that says who shares it, or that nobody has it."""
    from rewarm.adapters import phone_numbers
    from rewarm.domain import emails
    from rewarm.models import Contact

    spelled = emails.canonical(address) if "@" in address else phone_numbers.parse(address, here.region)
    people = Contact.objects.filter(workspace=here, addresses__address=spelled or address).distinct().order_by("id")
    named = [one for one in people if name.casefold() in str(one).casefold()]
    if len(named) == 1:
        return named[0]
    if not people:
        raise RewarmError(f"Nobody here has the address {address}.")
    raise RewarmError(f"Say whom with --name: {', '.join(map(str, people))} share {address}.")
