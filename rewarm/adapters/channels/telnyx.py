"""Reaches phones through Telnyx's Messages resource: SMS and MMS.

Codes are those of developers.telnyx.com, "Messaging error codes".
"""

import json
from base64 import b64decode
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from rewarm.adapters.channels import Callback, Capability, Config, Incoming, IncomingKind, Outbound, Sought, e164
from rewarm.adapters.channels.http import LOCKED_OUT, Answer, Line, at_the_door, storable, without_numbers
from rewarm.adapters.channels.signatures import signed_by_telnyx
from rewarm.domain.outbox import Accepted, Outcome, Refused, Report, Status
from rewarm.errors import SetupError

STATUSES: Mapping[str, Status] = {
    "queued": "accepted", "sending": "accepted", "sent": "sent", "delivery_unconfirmed": "sent",
    "delivered": "delivered", "sending_failed": "undelivered", "delivery_failed": "undelivered", "expired": "undelivered",
}  # fmt: skip
OPTED_OUT = "40300"  # they have said STOP to this messaging profile
TOO_MUCH = frozenset({"10011", "40318"})
OF_THE_SENDER = frozenset({"10009", "10010", "20100", "40305", "40306", "40312"})  # key, credit, number, profile
KEYWORDS: Mapping[str, IncomingKind] = {"STOP": "opt_out", "START": "opt_in", "HELP": "help"}


class Telnyx:
    """One messaging profile. Settings: api_key, public_key; messaging_profile_id, base_url, timeout."""

    capabilities: frozenset[Capability] = frozenset({"delivery_reports", "two_way", "look_up"})

    def __init__(self, config: Config) -> None:
        base = config.get("base_url", "https://api.telnyx.com/v2").rstrip("/")
        self._messages = f"{base}/messages"
        self._line = Line(config, base, str(config["api_key"]))
        self._profile: str = config.get("messaging_profile_id", "")
        try:
            self._key = Ed25519PublicKey.from_public_bytes(b64decode(config["public_key"], validate=True))
        except ValueError as wrong:
            raise SetupError("The public_key is none: copy it from Telnyx's portal, Keys & Credentials.") from wrong

    def send(self, message: Outbound) -> Outcome:
        """Create one message; Telnyx knows a second one with the same key for the first."""
        key = {"Idempotency-Key": message.id}
        answer = self._line.call("POST", self._messages, json=self._fields(message), headers=key)
        return _outcome(answer) if isinstance(answer, Answer) else answer

    def parse(self, callback: Callback, now: datetime) -> Iterable[Incoming]:
        """Read a text (`mo`) or a status (`dlr`); a status that says "opted out" is an opt-out as well."""
        said = _payload(callback)
        raw = storable(callback.body.decode(errors="replace"))
        key, sender = str(said.get("id") or ""), e164(_number(said.get("from")))
        to = _first(said.get("to"))
        other, status, text = (
            e164(_number(to)),
            STATUSES.get(str(to.get("status"))),
            storable(str(said.get("text") or "")),
        )
        if callback.kind == "mo" and said.get("direction") == "inbound" and key and sender:
            kind: IncomingKind = KEYWORDS.get(str(said.get("autoresponse_type")), "inbound")
            if kind == "opt_in" and text.strip().lower() == "yes":  # their yes to "want a time?" is no consent
                kind = "inbound"
            yield Incoming(kind, key, "", sender, other, text, now, raw, answered=kind != "inbound")
        if callback.kind == "dlr" and said.get("direction") == "outbound" and key and status:
            code, ours = _code(said), callback.given.get("id", "")
            yield Incoming(status, key, ours, sender, other, "", now, raw, reason=code)
            if code == OPTED_OUT:
                yield Incoming("opt_out", key, ours, other, sender, "", now, raw, reason=code, answered=True)

    def verify(self, callback: Callback, now: datetime) -> bool:
        """Check the signature and its time."""
        return signed_by_telnyx(callback, self._key, now)

    def look_up(self, sought: Sought) -> Report | None:
        """Ask by Telnyx's id; without one it cannot be asked."""
        if not sought.provider_id:
            return None
        answer = self._line.call("GET", f"{self._messages}/{quote(sought.provider_id, safe='')}")
        said = _object(answer.fields.get("data")) if isinstance(answer, Answer) and answer.code == 200 else {}
        status = STATUSES.get(str(_first(said.get("to")).get("status")))
        return Report(status, sought.at, sought.provider_id, _code(said) or None) if status else None

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _fields(self, message: Outbound) -> dict[str, Any]:
        fields = {
            "from": e164(message.sender),
            "to": message.to,
            "text": message.text,
            "media_urls": list(message.media),
            "messaging_profile_id": self._profile,
            "webhook_url": message.callback_url,
        }
        return {name: said for name, said in fields.items() if said}


def _outcome(answer: Answer) -> Outcome:
    """Read what became of a message; only an answer in Telnyx's own form proves anything."""
    key = _object(answer.fields.get("data")).get("id")
    if answer.code in (200, 201, 202) and key:
        return Accepted(str(key))
    code, words = _code(answer.fields), _first(answer.fields.get("errors")).get("title", "")
    reason = f"{code or answer.code}: {without_numbers(words)}".rstrip(": ")
    if not code or answer.code in (401, 408, 429) or answer.code >= 500:
        return at_the_door(answer, reason)
    if code in TOO_MUCH:
        return Refused(permanent=False, reason=reason, retry_after=answer.pause)
    if code in OF_THE_SENDER:
        return Refused(permanent=False, reason=reason, retry_after=LOCKED_OUT, stops_sender=True)
    return Refused(permanent=True, reason=reason, opted_out=code == OPTED_OUT)


def _payload(callback: Callback) -> dict[str, Any]:
    with suppress(ValueError, RecursionError):
        return _object(_object(_object(json.loads(callback.body)).get("data")).get("payload"))
    return {}


def _code(said: Mapping[str, Any]) -> str:
    return str(_first(said.get("errors")).get("code") or "")


def _number(of: object) -> str:
    return str(_object(of).get("phone_number") or "")


def _object(said: object) -> dict[str, Any]:
    return said if isinstance(said, dict) else {}


def _first(said: object) -> dict[str, Any]:
    return _object(said[0]) if isinstance(said, list) and said else {}
