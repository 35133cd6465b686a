"""Runs the product: everything at once (`up`), or one process of it on a machine of its own."""

from __future__ import annotations

import os
import socket

import typer

from rewarm.adapters import postgres
from rewarm.cli.children import children
from rewarm.cli.upkeep import bring_up_to_date
from rewarm.errors import SetupError
from rewarm.home import setting

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

BEHIND_THE_DOOR = 5  # of nice(2): where processors are few, a STOP that knocks goes before work that can wait
THREADS = 8  # per server process; a request holds one while it waits for the database


@app.command()
def up() -> None:
    """Run everything until Ctrl-C: database, pages, webhooks and links, engine."""
    for listen in (web_listen(), hooks_listen()):
        require_free(*host_and_port(listen))
    with postgres.ensure():
        bring_up_to_date()
        with children("web", "hooks", "worker") as family:
            typer.echo(f"rewarm is at {address()} (Ctrl-C ends it)")
            family.watch()


@app.command()
def web() -> None:
    """Run the pages for people."""
    serve("rewarm.wsgi:application", web_listen())


@app.command()
def hooks() -> None:
    """Run the webhooks and links: a server of its own, so that a busy page never delays a STOP."""
    serve("rewarm.hooks_wsgi:application", hooks_listen())


@app.command()
def worker() -> None:
    """Run the engine: the tick, the sender, replies, reminders. Any number of them may run."""
    with postgres.ensure():
        import django

        django.setup()
        from rewarm.jobs import run_worker

        os.nice(BEHIND_THE_DOOR)

        run_worker()


def web_listen() -> str:
    """Return where the pages are served, as host:port."""
    return setting("REWARM_LISTEN", "127.0.0.1:8765")


def hooks_listen() -> str:
    """Return where webhooks and links are served, as host:port."""
    return setting("REWARM_HOOKS_LISTEN", "127.0.0.1:8766")


def address() -> str:
    """Return the URL that people open."""
    return setting("PUBLIC_URL", f"http://{web_listen()}")


def host_and_port(listen: str) -> tuple[str, int]:
    """Split `127.0.0.1:8765` or `[::1]:8765`; raises SetupError."""
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit():
        raise SetupError(f"{listen!r} is no address to listen on: write host:port.")
    return host.strip("[]"), int(port)


def require_free(host: str, port: int) -> None:
    """Raise SetupError when something else listens there already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SetupError(
                f"Cannot listen on {host}:{port}: {error.strerror}. End what runs there, "
                "or set REWARM_LISTEN and REWARM_HOOKS_LISTEN."
            ) from error


def serve(target: str, listen: str) -> None:
    """Serve one WSGI application on `listen` until told to stop; raises SetupError when the port is taken."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    host, port = host_and_port(listen)
    require_free(host, port)
    os.environ["REWARM_ROLE"] = "web"
    os.environ["REWARM_SERVED"] = "1"  # tells the serving process to end with this one
    with postgres.ensure():
        Server(
            target,
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            blocking_threads=THREADS,
            log_access=False,
            log_level=LogLevels.error,
            respawn_failed_workers=True,
            # A process that is asked to end while it still starts up never hears it.
            workers_kill_timeout=5,
        ).serve()
