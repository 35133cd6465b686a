"""Draws the one small tree of things that are broken.

    RewarmError
    ├── SetupError              this machine or a setting stops us; the message names the remedy
    │   └── PostgresError       the database cannot be started or reached
    └── ChannelError            a carrier or mail server failed; `permanent` says whether to try again

"No" is not here: a refusal is a value that people see. A docstring is its exception's default message.
"""

from __future__ import annotations


class RewarmError(Exception):
    """Something is broken."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class SetupError(RewarmError):
    """Rewarm is not set up to run here."""


class PostgresError(SetupError):
    """The database cannot be reached."""


class ChannelError(RewarmError):
    """The channel could not carry the message."""

    def __init__(self, message: str | None = None, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent
