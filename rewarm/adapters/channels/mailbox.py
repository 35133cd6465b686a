"""Gives a channel that sends mail its ears: a mailbox that is read, or a port where our own mail server brings letters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from threading import Event

from rewarm.adapters.channels import Callback, Capability, Channel, Config, Incoming, Listening, Outbound, Sought
from rewarm.adapters.channels.imap import Mailbox, Take
from rewarm.domain.outbox import Outcome, Report
from rewarm.errors import SetupError


def with_mailbox(channel: Channel, config: Config) -> Channel:
    """Return the channel as it is, or one that listens as well when its settings name `imap_host` or `lmtp`."""
    if config.get("imap_host") and config.get("lmtp"):
        raise SetupError("Mail comes in one way only: name imap_host or lmtp, not both.")
    if config.get("imap_host"):
        return _TwoWay(channel, Mailbox(config))
    if config.get("lmtp"):
        from rewarm.adapters.channels.lmtp import Lmtp

        return _TwoWay(channel, Lmtp(config))
    return channel


class _TwoWay:
    """Sends by one way and listens by another."""

    def __init__(self, channel: Channel, ears: Listening) -> None:
        self._channel, self._ears = channel, ears
        self.capabilities: frozenset[Capability] = channel.capabilities | {"two_way"}

    def send(self, message: Outbound) -> Outcome:
        """Send as the channel does."""
        return self._channel.send(message)

    def listen(self, take: Take, stopping: Event) -> None:
        """Pass on what comes in by mail."""
        self._ears.listen(take, stopping)

    def parse(self, callback: Callback, now: datetime) -> Iterable[Incoming]:
        """Read a callback as the channel does."""
        return self._channel.parse(callback, now)

    def verify(self, callback: Callback, now: datetime) -> bool:
        """Check a callback as the channel does."""
        return self._channel.verify(callback, now)

    def look_up(self, sought: Sought) -> Report | None:
        """Ask as the channel does."""
        return self._channel.look_up(sought)

    def close(self) -> None:
        """Hang up."""
        self._channel.close()
