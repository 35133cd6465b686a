"""Reaches mailboxes through an e-mail vendor (SendGrid, Postmark, Mailgun and others), in the words of django-anymail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from anymail.backends.base import BasePayload  # type: ignore[import-untyped]
from anymail.exceptions import (  # type: ignore[import-untyped]
    AnymailAPIError,
    AnymailConfigurationError,
    AnymailRecipientsRefused,
)
from django.core.mail import EmailMultiAlternatives
from urllib3.exceptions import ConnectTimeoutError, SSLError

from rewarm.adapters.channels import Callback, Capability, Config, Incoming, Outbound, Sought
from rewarm.adapters.channels import anymail_hooks as hooks
from rewarm.adapters.channels.http import LOCKED_OUT, Answer, at_the_door
from rewarm.adapters.channels.kept import PATIENCE, Busy, Kept
from rewarm.adapters.channels.mail import mail_of
from rewarm.domain.outbox import Accepted, Outcome, Refused, Report, Unknown
from rewarm.errors import SetupError

# What a letter is made of itself, beside the headers that the vendor passes on.
OURS = frozenset({"from", "to", "subject", "date", "mime-version", "content-type", "content-transfer-encoding"})


class Anymail:
    """One account. Settings: esp (anymail's name of it), options (its keys), webhook (what its callbacks are known by)."""

    capabilities: frozenset[Capability] = frozenset({"html", "attachments", "delivery_reports", "two_way"})

    def __init__(self, config: Config) -> None:
        self._config, self._esp = config, str(config["esp"])
        try:
            self._vendor = import_module(f"anymail.backends.{self._esp}")
            self._open().close()
        except ModuleNotFoundError as error:
            raise SetupError(f"There is no e-mail vendor {self._esp!r} here: {error}.") from error
        except AnymailConfigurationError as error:
            raise SetupError(f"The sender at {self._esp} lacks an option: {error}") from error
        # The vendor's own pixel and links stay out of a letter wherever it can be told so.
        wishes = {"metadata": None, "track_opens": False, "track_clicks": False}
        self._wishes = {wish: choice for wish, choice in wishes.items() if self._takes(wish)}
        self._kept = Kept[Any](lambda backend: backend.close(), most=int(config.get("connections", 25)), idle=4.0)

    def send(self, message: Outbound) -> Outcome:
        """Call the vendor once."""
        try:
            letter = self._letter(message)
        except (ValueError, LookupError) as error:
            return Refused(permanent=True, reason=f"not a mail: {error}"[:200])
        try:
            with self._kept.place():
                return self._call(letter)
        except Busy:
            return Refused(permanent=False, reason="all connections are busy", retry_after=timedelta(seconds=PATIENCE))
        except AnymailRecipientsRefused as error:
            return Refused(permanent=True, reason=f"refused address: {error}"[:200])
        except AnymailAPIError as error:
            return _outcome(error)
        except (ValueError, TypeError, LookupError) as error:
            if letter.anymail_status.esp_response is not None:  # type: ignore[attr-defined]
                return Unknown(f"an answer that nobody promised: {type(error).__name__}")
            return Refused(permanent=True, reason=f"not a letter for {self._esp}: {error}"[:200])

    def parse(self, callback: Callback, now: datetime) -> Iterable[Incoming]:
        """Read a callback: `dlr` carries what became of letters, `mo` an answer."""
        return hooks.parse(self._esp, self._config.get("webhook", {}), callback, now)

    def verify(self, callback: Callback, now: datetime) -> bool:
        """Check the vendor's signature, or the user and password in the address for those that sign nothing."""
        return hooks.verify(self._esp, self._config.get("webhook", {}), callback)

    def look_up(self, sought: Sought) -> Report | None:
        """Vendors tell by callback; few can be asked, and each in its own way."""
        return None

    def close(self) -> None:
        """Hang up."""
        self._kept.clear()

    def _letter(self, message: Outbound) -> EmailMultiAlternatives:
        """Hand over what we would have sent ourselves, with our key for its callbacks."""
        mail = mail_of(message, domain=self._config.get("domain", ""), reply_to=self._config.get("reply_to", ""))
        headers = {name: str(text) for name, text in mail.items() if name.lower() not in OURS}
        letter = EmailMultiAlternatives(
            message.subject, message.text, str(mail["From"]), [message.to], headers=headers,
            alternatives=[(message.html, "text/html")] if message.html else None,
        )  # fmt: skip
        for part in mail.iter_attachments():
            letter.attach(part.get_filename(), part.get_content(), part.get_content_type())
        for wish, choice in self._wishes.items():
            setattr(letter, wish, {hooks.OUR_KEY: message.id} if wish == "metadata" else choice)
        return letter

    def _takes(self, wish: str) -> bool:
        own = [one for one in vars(self._vendor).values() if isinstance(one, type) and issubclass(one, BasePayload)]
        return any(getattr(one, f"set_{wish}") is not getattr(BasePayload, f"set_{wish}") for one in own)

    def _call(self, letter: EmailMultiAlternatives) -> Outcome:
        backend = self._kept.take() or self._open()
        try:
            backend.send_messages([letter])
        finally:
            self._kept.put(backend)
        status: Any = letter.anymail_status  # type: ignore[attr-defined]
        if status.status == {"failed"}:
            return Refused(permanent=True, reason=f"{self._esp}: failed")
        if not status.status <= {"queued", "sent"}:
            return Unknown(f"{self._esp} does not say what became of it")
        return Accepted(status.message_id if isinstance(status.message_id, str) else None)

    def _open(self) -> Any:
        timeout = (3.05, self._config.get("timeout", 15.0))
        backend = self._vendor.EmailBackend(**self._config.get("options", {}), timeout=timeout)
        backend.open()
        if hasattr(backend, "session"):
            backend.session.max_redirects = 0  # a letter that is turned into a GET looks accepted
        return backend


def _outcome(error: AnymailAPIError) -> Outcome:
    """Read a failed call: an answer of 4xx proves that nothing was taken, and so does a line that never stood."""
    if error.status_code is None:
        cause = getattr(next(iter(getattr(error.__cause__, "args", ())), None), "reason", None)
        why = f"{type(cause or error.__cause__ or error).__name__}"
        if isinstance(cause, SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(cause):
            return Refused(permanent=False, reason=f"not theirs: {why}", retry_after=LOCKED_OUT, stops_sender=True)
        if isinstance(cause, ConnectTimeoutError):  # and its kinds: refused, no such host
            return Refused(permanent=False, reason=f"not connected: {why}")
        return Unknown(f"no answer: {why}")
    said = error.response
    answer = Answer(said.status_code, said.text, {name.lower(): text for name, text in said.headers.items()})
    reason = f"{answer.code} {answer.text.strip()}"[:200]
    match answer.code:
        case 402 | 403 | 404:  # not paid, not allowed to send as this, no such domain of ours: true of every letter
            return Refused(permanent=False, reason=reason, retry_after=LOCKED_OUT, stops_sender=True)
        case 401 | 429:
            return at_the_door(answer, reason)
        case code if 400 <= code < 500:
            return Refused(permanent=True, reason=reason)
    return at_the_door(answer, reason)
