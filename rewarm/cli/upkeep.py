"""Looks after an installation: brings its database up to date, says what is wrong with it."""

from __future__ import annotations

import typer

from rewarm.adapters import postgres
from rewarm.adapters.postgres import binaries
from rewarm.home import make_home, setting

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def migrate() -> None:
    """Bring the database up to date."""
    with postgres.ensure():
        bring_up_to_date(verbosity=1)


@app.command()
def doctor() -> None:
    """Say in words what is wrong here, or that all is well."""
    typer.echo(f"files       in {make_home()}")
    if not setting("DATABASE_URL"):
        found = binaries.find()
        typer.echo(f"PostgreSQL  {found.major} from {found.folder}")
    with postgres.ensure():
        typer.echo("database    answers")
        waiting = _waiting_migrations()
    if waiting:
        typer.echo(f"tables      {waiting} migrations to run: `rewarm migrate`")
        raise typer.Exit(1)
    typer.echo("tables      up to date\nAll is well.")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def manage(context: typer.Context) -> None:
    """Run one of Django's own commands, such as `makemigrations`."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["rewarm manage", *context.args])


def bring_up_to_date(*, verbosity: int = 0) -> None:
    """Run the migrations, procrastinate's included, as the owner; the database must be running."""
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("migrate", database="owner", interactive=False, verbosity=verbosity)
    connections["owner"].close()


def _waiting_migrations() -> int:
    import django
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    django.setup()
    executor = MigrationExecutor(connections["owner"])
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
