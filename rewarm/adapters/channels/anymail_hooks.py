"""Reads the callbacks of e-mail vendors with django-anymail's views: whose they are, and what they say in our words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import structlog
from anymail.exceptions import AnymailConfigurationError, AnymailError  # type: ignore[import-untyped]
from anymail.signals import (  # type: ignore[import-untyped]
    AnymailInboundEvent,
    AnymailTrackingEvent,
    EventType,
    RejectReason,
)
from anymail.webhooks.base import AnymailBaseWebhookView  # type: ignore[import-untyped]
from django.core.handlers.wsgi import WSGIRequest

from rewarm.adapters.channels import Callback, Config, Incoming, IncomingKind
from rewarm.adapters.incoming_mail import read_mail

log = structlog.get_logger()
OUR_KEY = "touch"  # the name under which vendors keep our key
LONGEST_RAW = 64_000
VIEWS = {
    "dlr": "TrackingWebhookView",
    "mo": "InboundWebhookView",
}  # the last part of the path, as at every carrier's door
KINDS: Mapping[str, IncomingKind] = {
    EventType.QUEUED: "accepted", EventType.DEFERRED: "accepted", EventType.SENT: "sent",
    EventType.DELIVERED: "delivered", EventType.REJECTED: "undelivered", EventType.FAILED: "undelivered",
    EventType.BOUNCED: "bounced", EventType.COMPLAINED: "complained", EventType.UNSUBSCRIBED: "unsubscribed",
}  # fmt: skip
# The vendor dropped the letter because of a no that only it had heard: our ledger must hear it, too.
NOES: Mapping[str, IncomingKind] = {RejectReason.UNSUBSCRIBED: "unsubscribed", RejectReason.SPAM: "complained"}
PASSING = frozenset({"blocked", "softbounce", "transient", "temporary"})  # what vendors call a bounce that passes
NOT_UNDERSTOOD = (ValueError, LookupError, TypeError, AttributeError, AnymailError, AnymailConfigurationError)


def verify(vendor: str, settings: Config, callback: Callback) -> bool:
    """Check the vendor's signature, or the user and password in the address for those that sign nothing.

    `settings` are the keys of anymail's view: webhook_secret ("user:password"), webhook_signing_key and so on.
    Whatever is protected by neither is refused.
    """
    view = _view(vendor, settings, callback.kind)
    if view is None or (view.warn_if_no_basic_auth and not view.basic_auth):
        return False
    try:
        view.run_validators(_request(callback))
    except NOT_UNDERSTOOD:  # a signature that does not fit is one of them
        return False
    return True


def parse(vendor: str, settings: Config, callback: Callback, now: datetime) -> tuple[Incoming, ...]:
    """Read a callback: `dlr` carries what became of letters, `mo` an answer; opens and clicks are left out."""
    view = _view(vendor, settings, callback.kind)
    try:
        events = view.parse_events(_request(callback)) if view else ()
        return tuple(one for event in events for one in _told(event, now))
    except NOT_UNDERSTOOD as error:
        log.warning("a vendor's callback was not understood", vendor=vendor, why=type(error).__name__)
        return ()


def _view(vendor: str, settings: Config, kind: str) -> AnymailBaseWebhookView | None:
    """Open anymail's view for one kind of callback; None for a kind that the vendor does not make."""
    name = f"anymail.webhooks.{vendor}"
    hooks = vars(import_module(name)) if kind in VIEWS and find_spec(name) else {}
    ends = (VIEWS.get(kind, ""), "CombinedWebhookView")
    views = (one for known, one in hooks.items() if known.endswith(ends) and one.__module__ == name)
    found = next(views, None)
    try:
        return found(**settings) if found else None
    except (AnymailConfigurationError, AttributeError) as error:  # a key is missing: fail closed
        log.warning("a vendor's callbacks cannot be known", vendor=vendor, why=str(error))
        return None


def _request(callback: Callback) -> WSGIRequest:
    """Put a callback together again as Django saw it."""
    place = urlsplit(callback.url)
    headers = {f"HTTP_{name.upper().replace('-', '_')}": text for name, text in callback.headers.items()}
    return WSGIRequest(
        headers
        | {
            "REQUEST_METHOD": callback.method, "PATH_INFO": place.path, "QUERY_STRING": place.query,
            "SERVER_NAME": place.hostname or "localhost", "SERVER_PORT": str(place.port or 443),
            "CONTENT_TYPE": callback.headers.get("content-type", ""), "CONTENT_LENGTH": str(len(callback.body)),
            "wsgi.url_scheme": place.scheme or "https", "wsgi.input": BytesIO(callback.body),
        }
    )  # fmt: skip


def _told(event: AnymailTrackingEvent | AnymailInboundEvent, now: datetime) -> Iterator[Incoming]:
    if isinstance(event, AnymailInboundEvent):
        yield from read_mail(event.message)
        return
    kind = KINDS.get(event.event_type)
    if kind is None:
        return
    at = min(event.timestamp or now, now)
    raw = json.dumps(event.esp_event, default=str, ensure_ascii=False)[:LONGEST_RAW].replace("\0", "")
    ours, whom = str((event.metadata or {}).get(OUR_KEY, "")), (event.recipient or "").strip().lower()
    reason = " ".join(filter(None, (_gravity(kind, event), event.reject_reason, event.mta_response)))[:300]
    yield Incoming(kind, event.message_id or "", ours, whom, at=at, raw=raw, reason=reason)
    no = NOES.get(event.reject_reason or "")
    if kind == "undelivered" and no:
        yield Incoming(no, event.message_id or "", ours, whom, at=at, raw=raw, reason=reason)


def _gravity(kind: IncomingKind, event: Any) -> str:
    """Say whether a bounce is for good, as the reader of bounces by mail does."""
    if kind != "bounced":
        return ""
    said = event.esp_event if isinstance(event.esp_event, Mapping) else {}
    return "soft" if str(said.get("type") or said.get("Type")).lower() in PASSING else "hard"
