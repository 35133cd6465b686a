"""Repeats a transaction that PostgreSQL ended because two of them waited for each other in a circle."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection

DEADLOCK = "40P01"
TRIES = 3  # each waits a second before PostgreSQL looks for a circle
Result = TypeVar("Result")


def despite_deadlocks(act: Callable[[], Result]) -> Result:
    """Do `act`, a whole transaction of its own, again when it was the one to give way.

    Rows are locked in one order wherever that can be; where a receipt, a STOP on a shared phone and a talk by mail meet, it
    cannot. Not every carrier brings a text again to whom it met with an error, and a call is not to be made again.
    """
    for _ in range(TRIES - 1):
        try:
            return act()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != DEADLOCK or connection.in_atomic_block:
                raise
    return act()
