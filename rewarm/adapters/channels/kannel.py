"""Reaches phones through Kannel's HTTP interface, which the town speaks too.

Kannel gives a message no id of its own: our id in the delivery-report address finds it again. It signs
nothing either, so callbacks are known by a secret in their path and by the caller's network address.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256

from rewarm.adapters.channels import (
    OF_WORDS,
    Callback,
    Capability,
    Config,
    Incoming,
    IncomingKind,
    Outbound,
    Sought,
    e164,
)
from rewarm.adapters.channels.http import LOCKED_OUT, Answer, Line
from rewarm.domain.outbox import Accepted, Outcome, Refused, Report, Unknown
from rewarm.domain.sms_text import measure

ALL_REPORTS = "31"
REPORTS: Mapping[str, IncomingKind] = {
    "1": "delivered", "2": "undelivered", "4": "accepted",
    "8": "sent", "16": "undelivered", "32": "sent",
}  # fmt: skip


class Kannel:
    """One sendsms user. Settings: url, username, password; smsc, timeout, allow_from."""

    capabilities: frozenset[Capability] = frozenset({"delivery_reports", "two_way", "validity"})

    def __init__(self, config: Config) -> None:
        self._url: str = config["url"].rstrip("/")
        if not self._url.endswith("/sendsms"):
            self._url += "/cgi-bin/sendsms"
        self._login = {"username": config["username"], "password": config["password"]}
        if config.get("smsc"):
            self._login["smsc"] = config["smsc"]
        self._line = Line(config, self._url)

    def send(self, message: Outbound) -> Outcome:
        """Call sendsms once."""
        answer = self._line.call("GET", self._url, params=self._query(message))
        return _outcome(answer) if isinstance(answer, Answer) else answer

    def parse(self, callback: Callback, now: datetime) -> Iterable[Incoming]:
        """Read a callback: `mo` carries a text (from, to, text, id), `dlr` a report (id, status)."""
        given = callback.given
        raw = json.dumps(dict(given), ensure_ascii=False, sort_keys=True)
        if callback.kind == "mo" and given.get("from"):
            # A gateway without ids repeats itself in the same words within the hour.
            key = given.get("id") or OF_WORDS + sha256(f"{now:%Y-%m-%dT%H}{raw}".encode()).hexdigest()
            who, whom = e164(given["from"]), e164(given.get("to", ""))
            return (Incoming("inbound", key, "", who, whom, given.get("text", ""), now, raw),)
        status = REPORTS.get(given.get("status", given.get("d", "")))
        if callback.kind == "dlr" and status and given.get("id"):
            return (Incoming(status, our_id=given["id"], at=now, raw=raw),)
        return ()

    def verify(self, callback: Callback, now: datetime) -> bool:
        """Kannel signs nothing: the secret in the path and the caller's address, which the door asks for, are all."""
        return True

    def look_up(self, sought: Sought) -> Report | None:
        """Kannel forgets what it has passed on."""
        return None

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _query(self, message: Outbound) -> dict[str, str]:
        said = self._login | {
            "from": message.sender,
            "to": message.to,
            "text": message.text,
            "charset": "UTF-8",
        }
        said["coding"] = "0" if measure(message.text).encoding == "GSM-7" else "2"
        said["validity"] = str(max(1, int(message.valid_for.total_seconds() // 60)))
        if message.callback_url:
            said |= {"dlr-mask": ALL_REPORTS, "dlr-url": f"{message.callback_url}&status=%d"}
        return said


def _outcome(answer: Answer) -> Outcome:
    said = answer.text.strip()[:200]
    match answer.code:
        case 202 | 200 if said[:1] in ("0", "3"):
            return Accepted()
        case 429 | 503:
            return Refused(permanent=False, reason=said, retry_after=answer.pause)
        case 401 | 403 if "auth" in said.lower():
            return Refused(permanent=False, reason=said, retry_after=LOCKED_OUT, stops_sender=True)
        case code if 400 <= code < 500:
            return Refused(permanent=True, reason=said)
        case code:
            return Unknown(f"{code}: {said}")
