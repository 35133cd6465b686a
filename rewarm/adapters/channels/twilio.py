"""Reaches phones through Twilio's Messages resource: SMS, MMS, WhatsApp and RCS by the prefix of the sender.

The contract is twilio-oai's api_v2010; codes are those of twilio.com/docs/api/errors.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from rewarm.adapters.channels import Callback, Capability, Config, Incoming, IncomingKind, Outbound, Sought, e164
from rewarm.adapters.channels.http import LOCKED_OUT, Answer, Line, at_the_door, without_numbers
from rewarm.adapters.channels.signatures import signed_by_twilio
from rewarm.domain.outbox import Accepted, Outcome, Refused, Report, Status

STATUSES: Mapping[str, Status] = {
    "accepted": "accepted", "scheduled": "accepted", "queued": "accepted", "sending": "accepted", "sent": "sent",
    "delivered": "delivered", "read": "delivered", "undelivered": "undelivered", "failed": "undelivered",
    "partially_delivered": "sent", "canceled": "undelivered",
}  # fmt: skip
OPTED_OUT = 21610  # they have said STOP to this sender, and Twilio keeps the list
# Too much at once: 429, queue full, a limit of WhatsApp's, of the account's and of the day's.
TOO_MUCH = frozenset({20429, 21611, 14107, 63018, 30022, 30023})
# Nobody can be reached from this sender until a person has mended it: login, account, number, registration, callback.
OF_THE_SENDER = frozenset({20003, 20005, 20404, 21603, 21606, 21609, 21659, 21660, 21701, 21703, 30032, 30034, 63007})
LONGEST_VALIDITY = timedelta(hours=10)
# What a number answers by itself without Advanced Opt-Out, and says nothing of it.
STOPS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
KEYWORDS: Mapping[str, IncomingKind] = {"STOP": "opt_out", "START": "opt_in", "HELP": "help"}
BEFORE, AFTER = timedelta(seconds=30), timedelta(minutes=10)  # the call: clocks differ, and queues are slow
SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")


class Twilio:
    """One account. Settings: account_sid, auth_token; api_key with api_secret, messaging_service_sid, answers_stop,
    webhook_secret, base_url, timeout.
    """

    capabilities: frozenset[Capability] = frozenset({"delivery_reports", "two_way", "validity", "look_up"})

    def __init__(self, config: Config) -> None:
        account, token = config["account_sid"], config["auth_token"]
        login = (config["api_key"], config["api_secret"]) if config.get("api_key") else (account, token)
        base = config.get("base_url", "https://api.twilio.com").rstrip("/")
        self._messages = f"{base}/2010-04-01/Accounts/{quote(account, safe='')}/Messages"
        self._line = Line(config, base, login)
        self._service: str = config.get("messaging_service_sid", "")
        self._secret: str = config.get("webhook_secret") or token
        self._answers_stop: bool = config.get("answers_stop", True)

    def send(self, message: Outbound) -> Outcome:
        """Create one message."""
        answer = self._line.call("POST", f"{self._messages}.json", data=self._form(message))
        return _outcome(answer) if isinstance(answer, Answer) else answer

    def parse(self, callback: Callback, now: datetime) -> Iterable[Incoming]:
        """Read a text (`mo`) or a status (`dlr`); a status that says "opted out" is an opt-out as well."""
        said = callback.given
        raw = json.dumps(dict(said), ensure_ascii=False, sort_keys=True)
        sid, sender, to = said.get("MessageSid", ""), _plain(said.get("From", "")), _plain(said.get("To", ""))
        if callback.kind == "mo" and sid and sender:
            text = said.get("Body", "")
            kind, answered = self._heard(text, said)
            yield Incoming(kind, sid, "", sender, to, text, now, raw, answered=answered)
        status = STATUSES.get(said.get("MessageStatus", ""))
        if callback.kind == "dlr" and sid and status:
            code, ours = said.get("ErrorCode", ""), said.get("id", "")
            yield Incoming(status, sid, ours, sender, to, "", now, raw, reason=code)
            if code == str(OPTED_OUT):
                yield Incoming("opt_out", sid, ours, to, sender, "", now, raw, reason=code, answered=True)

    def verify(self, callback: Callback, now: datetime) -> bool:
        """Check the signature; there is no time in it, so a replay is known by its message id."""
        return signed_by_twilio(callback, self._secret)

    def look_up(self, sought: Sought) -> Report | None:
        """Ask by Twilio's id, else by recipient, time and words; two that look alike are no answer."""
        if sought.provider_id:
            answer = self._line.call("GET", f"{self._messages}/{quote(sought.provider_id, safe='')}.json")
            return _report(answer.fields, sought) if isinstance(answer, Answer) and answer.code == 200 else None
        since = (sought.at - BEFORE).astimezone(UTC)
        query = {"To": _beside(sought.sender, sought.to), "DateSent>": f"{since:%Y-%m-%dT%H:%M:%SZ}", "PageSize": "100"}
        answer = self._line.call("GET", f"{self._messages}.json", params=query)
        if not isinstance(answer, Answer) or answer.code != 200 or answer.fields.get("next_page_uri"):
            return None
        alike = [one for one in answer.rows("messages") if _is(one, sought, query["To"])]
        return _report(alike[0], sought) if len(alike) == 1 else None

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _form(self, message: Outbound) -> dict[str, Sequence[str]]:
        validity = min(max(message.valid_for, timedelta(seconds=1)), LONGEST_VALIDITY)
        form = {
            "To": _beside(message.sender, message.to),
            "Body": message.text,
            "MediaUrl": list(message.media),
            "ValidityPeriod": str(int(validity.total_seconds())),
            "StatusCallback": message.callback_url,
            "MessagingServiceSid": self._service,
            "From": "" if self._service else e164(message.sender),
        }
        return {name: said for name, said in form.items() if said}

    def _heard(self, text: str, said: Mapping[str, str]) -> tuple[IncomingKind, bool]:
        """Tell a keyword that Twilio has answered from a text that is ours to answer."""
        word, kind = text.strip().lower(), KEYWORDS.get(said.get("OptOutType", ""))
        if kind and not (kind == "opt_in" and word == "yes"):  # their yes to "want a time?" is no consent
            return kind, True
        if self._answers_stop and word in STOPS and ":" not in said["From"]:
            return "opt_out", True
        return "inbound", False


def _outcome(answer: Answer) -> Outcome:
    """Read what became of a message; only an answer in Twilio's own form proves anything."""
    said, status = answer.fields, answer.code
    code = said["code"] if isinstance(said.get("code"), int) else 0
    if status in (200, 201) and SID.fullmatch(str(said.get("sid"))):
        return Accepted(said["sid"])
    reason = f"{code or status}: {without_numbers(said.get('message', ''))}".rstrip(": ")
    if code == OPTED_OUT:
        return Refused(permanent=True, reason=reason, opted_out=True)
    if code in TOO_MUCH or (code and status == 503):
        return Refused(permanent=False, reason=reason, retry_after=answer.pause)
    if code in OF_THE_SENDER:
        return Refused(permanent=False, reason=reason, retry_after=LOCKED_OUT, stops_sender=True)
    if code and 400 <= status < 500 and status not in (401, 429):
        return Refused(permanent=True, reason=reason)
    return at_the_door(answer, reason)


def _is(one: Mapping[str, Any], sought: Sought, to: str) -> bool:
    made, said = _instant(one.get("date_created")), (one.get("direction"), one.get("to"), one.get("body"))
    around = made is not None and sought.at - BEFORE <= made <= sought.at + AFTER
    return around and said == ("outbound-api", to, sought.text)


def _report(said: Mapping[str, Any], sought: Sought) -> Report | None:
    status, code = STATUSES.get(str(said.get("status"))), said.get("error_code")
    at = _instant(said.get("date_updated")) or sought.at
    return Report(status, at, said.get("sid"), str(code) if code else None) if status else None


def _instant(said: Any) -> datetime | None:
    with suppress(ValueError):
        return parsedate_to_datetime(str(said)).astimezone(UTC)
    return None


def _beside(sender: str, to: str) -> str:
    """Address somebody on the channel of the sender: `whatsapp:+1…` writes to `whatsapp:+1…`."""
    channel, colon, _ = sender.rpartition(":")
    return f"{channel}{colon}{to}"


def _plain(address: str) -> str:
    """Take the channel off an address: the consent of a phone is one, whatever carries the text."""
    return e164(address.rpartition(":")[2])
