"""The door for the practice's own system: it reports outcomes and asks for the day's visits."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils.dateparse import parse_datetime

from rewarm import clock
from rewarm.actions.record import Reported, Unmatched, record
from rewarm.adapters.phone_numbers import parse as parse_phone
from rewarm.models import Address, Appointment, Sender, Touch, Workspace
from rewarm.web.hooks.door import guarded

LONGEST_ID = 200
DEAREST = Decimal(10) ** 9


@guarded
def outcomes(request: HttpRequest, workspace: Workspace, sender: Sender) -> HttpResponse:
    """Record one outcome; the same id twice changes nothing. What cannot be understood is said in words, with 422."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        reported = _reported(json.loads(request.body), workspace)
        fresh = record(workspace, reported, clock.now(workspace))
    except RecursionError:
        return JsonResponse({"error": "The body is nested too deeply."}, status=422)
    except (Unmatched, ValueError, KeyError, TypeError, InvalidOperation, OverflowError) as wrong:
        return JsonResponse({"error": str(wrong) or "The body must be one JSON object."}, status=422)
    return JsonResponse({"recorded": fresh})


def _reported(body: Any, workspace: Workspace) -> Reported:
    if not isinstance(body, dict):
        raise ValueError("The body must be one JSON object.")
    for key in ("id", "kind", "at"):
        if not body.get(key):
            raise ValueError(f"“{key}” is missing.")
    if len(str(body["id"])) > LONGEST_ID or any("\0" in str(value) for value in body.values()):
        raise ValueError(f"An id has at most {LONGEST_ID} characters, and nothing has a NUL in it.")
    return Reported(
        key=str(body["id"]),
        kind=str(body["kind"]),
        address=_address(body, workspace),
        at=_instant(body["at"]),
        starts_at=_instant(body["starts_at"]) if body.get("starts_at") else None,
        amount=_amount(body["amount"]) if body.get("amount") is not None else None,
        currency=_currency(str(body.get("currency") or workspace.currency)),
    )


def _amount(value: object) -> Decimal:
    amount = Decimal(str(value))
    if not amount.is_finite() or abs(amount) >= DEAREST:
        raise ValueError(f"“{value}” is no amount of money.")
    return amount


def _currency(code: str) -> str:
    if len(code) != 3 or not code.isascii() or not code.isupper():
        raise ValueError(f"“{code}” is no ISO code of a currency, as in USD.")
    return code


def _address(body: dict[str, Any], workspace: Workspace) -> str:
    if body.get("phone"):
        phone = parse_phone(str(body["phone"]), workspace.region)
        if phone is None:
            raise ValueError(f"“{body['phone']}” is no phone number.")
        return phone
    if body.get("email"):
        return str(body["email"]).strip().lower()
    raise ValueError("“phone” or “email” is missing.")


def _instant(value: object) -> datetime:
    at = parse_datetime(str(value))
    if at is None or at.tzinfo is None:
        raise ValueError(f"“{value}” is no time with a zone, as in 2026-11-21T09:30:00-08:00.")
    return at


@guarded
def appointments(request: HttpRequest, workspace: Workspace, sender: Sender) -> HttpResponse:
    """List the visits of one local day (`?on=YYYY-MM-DD`)."""
    try:
        day = date.fromisoformat(request.GET["on"])
        start = datetime.combine(day, time(), tzinfo=ZoneInfo(workspace.zone))
        end = (start + timedelta(days=1)).astimezone(UTC)
        start = start.astimezone(UTC)
    except (KeyError, ValueError, OverflowError):
        return JsonResponse({"error": "Say which day: ?on=YYYY-MM-DD"}, status=422)
    visits = list(
        Appointment.objects.filter(workspace=workspace, starts_at__gte=start, starts_at__lt=end)
        .exclude(state="cancelled")
        .order_by("starts_at", "id")
    )
    phones: dict[object, str] = {}
    for address in Address.objects.filter(
        workspace=workspace, channel="phone", contact_id__in=[one.contact_id for one in visits]
    ).order_by("-rank"):
        phones[address.contact_id] = address.address
    reminded = set(
        Touch.objects.filter(workspace=workspace, appointment__in=visits, purpose="reminder")
        .exclude(sent_at=None)
        .values_list("appointment_id", flat=True)
    )
    return JsonResponse(
        [
            {
                "id": str(one.id),
                "phone": phones.get(one.contact_id, ""),
                "starts_at": one.starts_at.isoformat(),
                "state": one.state,
                "reminded": one.id in reminded,
            }
            for one in visits
        ],
        safe=False,
    )
