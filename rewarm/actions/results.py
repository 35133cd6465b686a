"""Counts what came of it: the conservation of touches, the funnel, and the lift against people we did not write to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.db import connection
from django.db.models import Count, Sum

from rewarm.domain import experiment, funnel, outbox
from rewarm.domain.money import MoneyLift, Purchases, money_lift
from rewarm.models import Contact, Handoff, Message, Outcome, Touch, Workspace

# One row a person who was ever enrolled: the arm of the first enrollment counts for good (intention to treat).
_PEOPLE = """
SELECT e.contact_id, e.arm, e.segment, j.slug, e.enrolled_at,
  EXISTS (SELECT FROM rewarm_outcome o WHERE o.workspace_id = e.workspace_id AND o.contact_id = e.contact_id
          AND o.kind = 'booked' AND o.at >= e.enrolled_at) AS booked,
  EXISTS (SELECT FROM rewarm_outcome o WHERE o.workspace_id = e.workspace_id AND o.contact_id = e.contact_id
          AND o.kind = 'showed' AND o.at >= e.enrolled_at) AS showed,
  coalesce((SELECT sum(o.amount) FROM rewarm_outcome o WHERE o.workspace_id = e.workspace_id
            AND o.contact_id = e.contact_id AND o.kind = 'purchased' AND o.at >= e.enrolled_at), 0) AS bought,
  (SELECT count(*) FROM rewarm_touch t WHERE t.workspace_id = e.workspace_id AND t.contact_id = e.contact_id
     AND t.purpose = 'marketing' AND t.state IN ('sent', 'closed')) AS sent,
  (SELECT t.channel FROM rewarm_touch t WHERE t.workspace_id = e.workspace_id AND t.contact_id = e.contact_id
     AND t.purpose = 'marketing' AND t.state = 'sent' AND t.status <> 'undelivered'
     ORDER BY t.dispatched_at DESC LIMIT 1) AS channel,
  EXISTS (SELECT FROM rewarm_message m WHERE m.workspace_id = e.workspace_id AND m.contact_id = e.contact_id
          AND m.direction = 'in' AND m.at >= e.enrolled_at) AS responded,
  EXISTS (SELECT FROM rewarm_message m WHERE m.workspace_id = e.workspace_id AND m.contact_id = e.contact_id
          AND m.direction = 'in' AND m.at >= e.enrolled_at
          AND m.reading -> 'intents' ?| array['book', 'pick_slot', 'decline_slots', 'confirm', 'ask_price', 'ask_insurance',
            'ask_question', 'tell_more', 'give_info', 'want_human', 'channel_change', 'reschedule']) AS qualified,
  (SELECT count(*) FROM rewarm_touch t WHERE t.workspace_id = e.workspace_id AND t.contact_id = e.contact_id
     AND t.purpose = 'marketing' AND t.state IN ('sent', 'closed') AND t.dispatched_at <= (
       SELECT min(m.at) FROM rewarm_message m WHERE m.workspace_id = e.workspace_id AND m.contact_id = e.contact_id
         AND m.direction = 'in' AND m.at >= e.enrolled_at)) AS answered
FROM rewarm_enrollment e JOIN rewarm_journeyversion j ON j.id = e.journey_id
WHERE e.workspace_id = %s AND e.id = (
  SELECT f.id FROM rewarm_enrollment f WHERE f.workspace_id = e.workspace_id AND f.contact_id = e.contact_id
  ORDER BY f.enrolled_at, f.id LIMIT 1)
ORDER BY e.contact_id
"""


@dataclass(frozen=True, slots=True)
class Person:
    """One enrolled person and how far they got."""

    contact: UUID
    arm: str
    segment: str
    journey: str
    enrolled_at: datetime
    booked: bool
    showed: bool
    bought: Decimal
    sent: int
    channel: str | None
    responded: bool
    qualified: bool
    answered: int

    def reached(self) -> funnel.Reached:
        """See the person as a row of the funnel."""
        stages: set[funnel.Stage] = set()
        for name, is_so in (
            ("delivered", self.channel is not None), ("responded", self.responded), ("qualified", self.qualified),
            ("booked", self.booked), ("showed", self.showed), ("purchased", self.bought > 0),
        ):  # fmt: skip
            if is_so:
                stages.add(name)  # type: ignore[arg-type]
        answered = max(1, self.answered) if self.responded else None
        return funnel.Reached(
            self.segment, self.journey, self.channel or "none", frozenset(stages), touches=self.sent, answered=answered
        )


@dataclass(frozen=True, slots=True)
class Proof:
    """Both arms side by side, with the intervals that say what they prove."""

    treated: int
    treated_booked: int
    held_out: int
    held_out_booked: int
    lift: experiment.Lift
    money: MoneyLift


def people(workspace: Workspace) -> list[Person]:
    """Read everybody who was ever enrolled, once."""
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [workspace.id])
        return [Person(*row) for row in cursor.fetchall()]


def proof(enrolled: list[Person], *, sale: Decimal = Decimal(3_000)) -> Proof:
    """Compare the arms by intention to treat; `sale` stands in for a mean sale while nobody has bought."""
    treated = [one for one in enrolled if one.arm == "treated"]
    held_out = [one for one in enrolled if one.arm == "holdout"]
    booked, organic = (sum(one.booked for one in arm) for arm in (treated, held_out))
    return Proof(
        len(treated), booked, len(held_out), organic,
        experiment.lift(booked, len(treated), organic, len(held_out)),
        money_lift(_purchases(treated), _purchases(held_out), float(sale)),
    )  # fmt: skip


def _purchases(arm: list[Person]) -> Purchases:
    return Purchases.of(len(arm), (one.bought for one in arm if one.bought > 0))


def conservation(workspace: Workspace) -> dict[str, Any]:
    """Count touches: planned = sent + suppressed(reason) + failed(reason) + pending, at every instant (promise 5)."""
    rows = Touch.objects.filter(workspace=workspace).values("state", "reason").annotate(n=Count("id"))
    totals: Counter[str] = Counter()
    suppressed: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for row in rows:
        kind = outbox.bucket(cast(outbox.State, row["state"]))
        totals[kind] += row["n"]
        if kind == "suppressed":
            suppressed[row["reason"]] += row["n"]
        elif kind == "failed":
            failed[row["reason"]] += row["n"]
    return {
        "planned": sum(totals.values()),
        "sent": totals["sent"],
        "suppressed": dict(suppressed.most_common()),
        "failed": dict(failed.most_common()),
        "pending": totals["pending"],
        "unknown": Touch.objects.filter(workspace=workspace, state__in=["unknown", "closed"]).count(),
    }


def results(workspace: Workspace, now: datetime) -> dict[str, Any]:
    """Sum up a workspace as plain values, for the command line and for the checker."""
    shown = proof(people(workspace))
    money = Outcome.objects.filter(workspace=workspace, kind="purchased").aggregate(total=Sum("amount"))["total"]
    booked = Outcome.objects.filter(workspace=workspace)
    return {
        "as_of": now.isoformat(),
        "contacts": Contact.objects.filter(workspace=workspace).count(),
        **conservation(workspace),
        "replies": Message.objects.filter(workspace=workspace, direction="in").count(),
        "handoffs": Handoff.objects.filter(workspace=workspace).count(),
        "booked": booked.filter(kind="booked").count(),
        "showed": booked.filter(kind="showed").count(),
        "revenue": str(money or Decimal(0)),
        "treated": {"n": shown.treated, "booked": shown.treated_booked},
        "holdout": {"n": shown.held_out, "booked": shown.held_out_booked},
        "lift": {"point": shown.lift.point, "low": shown.lift.low, "high": shown.lift.high},
    }
