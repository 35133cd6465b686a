"""Reaches people through carriers: one small protocol, one vocabulary for whatever comes back.

A channel turns an `Outbound` into one of three outcomes (rewarm.domain.outbox) and never raises for what a
carrier does: Accepted, Refused with proof that nothing was taken, or Unknown once bytes may have left.
"""

import functools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from typing import Any, Literal, Protocol, runtime_checkable

from rewarm.domain.outbox import Outcome, Report
from rewarm.errors import SetupError

IncomingKind = Literal[
    "accepted", "sent", "delivered", "undelivered", "inbound", "opt_out", "opt_in", "help",
    "bounced", "complained", "unsubscribed",
]  # fmt: skip
Capability = Literal["delivery_reports", "two_way", "html", "attachments", "validity", "look_up"]
Config = Mapping[str, Any]
# Begins the key of a text to which its carrier gave none: it is made of the words, and the same words may be meant anew.
OF_WORDS = "words:"


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message on its way out. `id` is our key: the carrier gets it wherever it takes one."""

    id: str
    sender: str
    to: str
    text: str
    subject: str = ""
    html: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    ics: str | None = None
    callback_url: str = ""  # where to send delivery reports; it names the message already
    valid_for: timedelta = timedelta(hours=12)  # the carrier gives up afterwards
    sender_name: str = ""
    media: tuple[str, ...] = ()  # public addresses of pictures; only an MMS shows them


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that a carrier told us, in our words; `raw` keeps its own."""

    kind: IncomingKind
    provider_id: str = ""
    our_id: str = ""
    from_address: str = ""
    to_address: str = ""
    text: str = ""
    at: datetime | None = None
    raw: str = ""
    reason: str = ""  # the carrier's own code or words for what went wrong
    answered: bool = False  # the carrier has replied to their opt-out itself; nobody is told twice


@dataclass(frozen=True, slots=True)
class Callback:
    """One knock at our door as it came over the wire: a carrier's signature covers `url` and `body` to the byte."""

    kind: str  # the last part of the path: mo, dlr
    given: Mapping[str, str]  # query and form fields, the last of each name
    method: str = "GET"
    url: str = ""  # the public one, as the carrier called it
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Sought:
    """A message that we are in doubt about, with everything a carrier may find it by."""

    id: str
    provider_id: str
    sender: str
    to: str
    text: str
    at: datetime  # when the call began


class Channel(Protocol):
    """What every carrier can do for us. It is used by many threads at once."""

    capabilities: frozenset[Capability]

    def send(self, message: Outbound) -> Outcome:
        """Hand one message over and say what is known of it."""

    def parse(self, callback: Callback, now: datetime) -> Iterable[Incoming]:
        """Read one callback; nothing comes of what is not understood."""

    def verify(self, callback: Callback, now: datetime) -> bool:
        """Tell whether a callback is signed by this carrier; the door has compared the secret in its path already."""

    def look_up(self, sought: Sought) -> Report | None:
        """Ask what became of a message; None when the carrier does not know, or cannot be asked."""

    def close(self) -> None:
        """Let go of connections."""


@runtime_checkable
class Listening(Protocol):
    """A channel that brings things in by itself, over a connection that we keep or a mailbox that we read."""

    def listen(self, take: Callable[[Incoming], None], stopping: Event) -> None:
        """Pass on whatever arrives until `stopping` is set; acknowledge it only after `take` has returned."""


@functools.lru_cache(maxsize=256)
def channel_for(kind: str, settings: str) -> Channel:
    """Return the open carrier of a sender, kept for the life of the process: a client and its connections are dear.

    Changed settings (JSON) are another key, so nobody sends through yesterday's password.
    """
    return open_channel(kind, settings)


def open_channel(kind: str, config: Config | str) -> Channel:
    """Open the carrier of one sender; `config` is its settings, as a mapping or as JSON.

    A town is a carrier like any other, that happens to be on this machine. Raises SetupError for an unknown
    kind or a setting that is missing.
    """
    from rewarm.adapters.channels.kannel import Kannel
    from rewarm.adapters.channels.mailbox import with_mailbox
    from rewarm.adapters.channels.smtp import Smtp
    from rewarm.adapters.channels.telnyx import Telnyx
    from rewarm.adapters.channels.twilio import Twilio
    from rewarm.adapters.channels.vonage import Vonage

    settings: Config = json.loads(config) if isinstance(config, str) else config
    try:
        match kind:
            case "kannel" | "town":
                return Kannel(settings)
            case "smtp" | "town_mail":
                return with_mailbox(Smtp(settings), settings)
            case "anymail":
                from rewarm.adapters.channels.anymail import Anymail  # 0.3 s and requests, for those who use a vendor

                return with_mailbox(Anymail(settings), settings)
            case "telnyx":
                return Telnyx(settings)
            case "twilio":
                return Twilio(settings)
            case "vonage":
                return Vonage(settings)
            case "smpp":
                from rewarm.adapters.channels.smpp import Smpp  # an extra, which not everybody installs

                return Smpp(settings)
    except KeyError as missing:
        raise SetupError(f"The sender of kind {kind} lacks the setting {missing}.") from missing
    except ModuleNotFoundError as missing:
        why = f"Senders of kind {kind} need a package that is not installed: {missing.name}. Run bin/setup extras."
        raise SetupError(why) from missing
    raise SetupError(f"There is no channel of kind {kind!r}.")


def e164(phone: str) -> str:
    """Put the plus back that gateways drop; short codes and names stay as they are."""
    digits = phone.strip().removeprefix("+").removeprefix("00")
    if not digits.isdigit() or len(digits) < 10:
        return phone.strip()
    return f"+1{digits}" if len(digits) == 10 else f"+{digits}"
