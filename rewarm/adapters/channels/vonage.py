"""Reaches phones through Vonage's SMS API, which answers 200 to everything and says in the body what it means.

Vonage calls back at the addresses set in its dashboard: it takes 100 characters of a message's own, and ours are
longer. Our id travels as `client-ref`, and comes back with every receipt.
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from rewarm.adapters.channels import Callback, Capability, Config, Incoming, IncomingKind, Outbound, Sought, e164
from rewarm.adapters.channels.http import LOCKED_OUT, Answer, Line, at_the_door, storable, without_numbers
from rewarm.adapters.channels.signatures import signed_by_vonage
from rewarm.domain.outbox import Accepted, Outcome, Refused, Report, Unknown
from rewarm.domain.sms_text import measure
from rewarm.errors import SetupError

STATUSES: Mapping[str, IncomingKind] = {
    "accepted": "sent", "buffered": "sent", "delivered": "delivered",
    "expired": "undelivered", "failed": "undelivered", "rejected": "undelivered",
}  # fmt: skip
# What `status` means in an answer (developer.vonage.com/en/api-errors/sms).
OF_THE_SENDER = frozenset({"4", "8", "9", "11", "14", "15", "29", "32"})  # login, account, credit, number
FOR_GOOD = frozenset({"2", "3", "6", "7", "12", "22", "23", "33"})  # this text, or this number
BARRED = "7"  # the number is on a list of those who may not be written to
OPTED_OUT = "9"  # the err-code of a receipt: "has requested not to receive messages"
SHORTEST, LONGEST = timedelta(seconds=20), timedelta(days=7)  # of a time to live
# Vonage repeats a callback for a day. A replay changes nothing here, so an outage of hours need not cost a STOP.
LATEST, EARLIEST = timedelta(hours=25), timedelta(minutes=5)
STOPS = frozenset({"stop", "end", "quit", "cancel", "unsubscribe"})  # what Opt-Out Assist answers, where it is on


class Vonage:
    """One account. Settings: api_key, api_secret, signature_secret; signature_method, answers_stop, base_url, timeout."""

    capabilities: frozenset[Capability] = frozenset({"delivery_reports", "two_way", "validity"})

    def __init__(self, config: Config) -> None:
        base = config.get("base_url", "https://rest.nexmo.com/sms").rstrip("/")
        self._url = f"{base}/json"
        self._login = {"api_key": config["api_key"], "api_secret": config["api_secret"]}
        self._line = Line(config, base)
        self._secret, self._method = config["signature_secret"], config.get("signature_method", "sha256")
        if self._method not in ("sha256", "sha512"):
            raise SetupError("Choose SHA-256 HMAC or SHA-512 HMAC in Vonage's dashboard; older methods can be forged.")
        self._answers_stop: bool = config.get("answers_stop", False)

    def send(self, message: Outbound) -> Outcome:
        """Submit one text."""
        answer = self._line.call("POST", self._url, data=self._login | _form(message))
        return _outcome(answer) if isinstance(answer, Answer) else answer

    def parse(self, callback: Callback, now: datetime) -> Iterable[Incoming]:
        """Read a text (`mo`) or a receipt (`dlr`); a receipt that says "opted out" is an opt-out as well."""
        said = {name: storable(text) for name, text in _said(callback).items()}
        raw = json.dumps({name: text for name, text in said.items() if name != "sig"}, ensure_ascii=False)
        key, phone, other = said.get("messageId", ""), e164(said.get("msisdn", "")), e164(said.get("to", ""))
        if callback.kind == "mo" and key and phone:
            answered = self._answers_stop and said.get("text", "").strip().lower() in STOPS
            kind: IncomingKind = "opt_out" if answered else "inbound"
            yield Incoming(kind, key, "", phone, other, said.get("text", ""), now, raw, answered=answered)
        status = STATUSES.get(said.get("status", ""))
        if callback.kind == "dlr" and key and status:
            code, ours = said.get("err-code", ""), said.get("client-ref", "")
            yield Incoming(status, key, ours, other, phone, "", now, raw, reason="" if code == "0" else code)
            if code == OPTED_OUT:
                yield Incoming("opt_out", key, ours, phone, other, "", now, raw, reason=code, answered=True)

    def verify(self, callback: Callback, now: datetime) -> bool:
        """Check the signature over all fields, and that it was made within the day in which Vonage repeats itself."""
        said = _said(callback)
        made = said.get("timestamp", "")
        if not (made.isascii() and made.isdigit() and len(made) < 12):
            return False
        fresh = -EARLIEST.total_seconds() <= now.timestamp() - int(made) <= LATEST.total_seconds()
        return signed_by_vonage(said, self._secret, self._method) and fresh

    def look_up(self, sought: Sought) -> Report | None:
        """Vonage cannot be asked: its receipts carry our id, and settle what is in doubt."""
        return None

    def close(self) -> None:
        """Hang up."""
        self._line.close()


def _form(message: Outbound) -> dict[str, str]:
    return {
        "from": message.sender.removeprefix("+"),
        "to": message.to.removeprefix("+"),
        "text": message.text,
        "type": "text" if measure(message.text).encoding == "GSM-7" else "unicode",
        "ttl": str(int(min(max(message.valid_for, SHORTEST), LONGEST).total_seconds() * 1000)),
        "client-ref": message.id,
    }


def _outcome(answer: Answer) -> Outcome:
    """Read what became of a message; a long text is answered piece by piece, and half of it is never sent again."""
    pieces = answer.rows("messages")
    statuses = {str(piece.get("status")) for piece in pieces}
    if answer.code != 200 or len(statuses) != 1:
        return at_the_door(answer, f"{answer.code}: {', '.join(sorted(statuses))}".rstrip(": "))
    status, reason = statuses.pop(), without_numbers(pieces[0].get("error-text", ""))
    match status:
        case "0":
            return Accepted(pieces[0].get("message-id"))
        case "1" | "10":
            return Refused(permanent=False, reason=f"{status}: {reason}", retry_after=answer.pause)
        case _ if status in OF_THE_SENDER:
            return Refused(permanent=False, reason=f"{status}: {reason}", retry_after=LOCKED_OUT, stops_sender=True)
        case _ if status in FOR_GOOD:
            return Refused(permanent=True, reason=f"{status}: {reason}", opted_out=status == BARRED)
    return Unknown(f"{status}: {reason}")


def _said(callback: Callback) -> dict[str, str]:
    """Read the fields that are signed, from wherever the dashboard has them sent: JSON, a form, or the address."""
    if callback.body[:1] == b"{":
        with suppress(ValueError, RecursionError):
            found = json.loads(callback.body)
            return {str(name): str(said) for name, said in found.items()}
    fields = callback.body.decode(errors="replace") or urlsplit(callback.url).query
    return dict(parse_qsl(fields, keep_blank_values=True))
