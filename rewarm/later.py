"""Asks for a coarse job in the caller's own transaction: what is rolled back was never asked for."""

from __future__ import annotations

from procrastinate.contrib.django import app


def ask(job: str, **arguments: str) -> None:
    """Queue a job of rewarm/jobs.py by its name; a worker takes it up as soon as this transaction commits."""
    app.configure_task(job).defer(**arguments)
