"""Decides until when a message waits for what time cures: lawful hours, caps, gaps, a visit ahead."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from rewarm.domain import calendars, consent
from rewarm.domain.calendars import MINUTE, Cap, Row
from rewarm.domain.case import Case
from rewarm.domain.verdict import Purpose, Sent

REPLY_FLOOD = Cap(30, timedelta(hours=24))  # two machines thanking each other
WEEK = timedelta(days=7)
NO_GUARD = timedelta()

# Each wait answers with the earliest instant from `at` on that it would allow; None = never.

Wait = Callable[[Case, datetime], datetime | None]


def lawful_hours(case: Case, at: datetime) -> datetime | None:
    """Keep to the hours of every state in every zone, with minutes to spare (64.1200(c)(1))."""
    if case.message.channel == "email":
        return at  # no hours law binds e-mail
    return _open(case, at, case.place.rows, case.rules.guard)


def courteous_hours(case: Case, at: datetime) -> datetime | None:
    """Keep to the practice's own hours, on the person's clock."""
    return _open(case, at, (Row("practice", case.view.practice_hours),), NO_GUARD)


def service_hours(case: Case, at: datetime) -> datetime | None:
    """Keep reminders and notices to decent hours: policy, not law."""
    return _open(case, at, (Row("service", case.rules.service_week),), case.rules.guard)


def after_the_appointment(case: Case, at: datetime) -> datetime | None:
    """Sell nothing to somebody who is about to come in."""
    booked = case.view.next_appointment_at
    return at if booked is None or at > booked else booked + timedelta(microseconds=1)


def state_caps(case: Case, at: datetime) -> datetime | None:
    """Keep under the strictest rolling cap of every state; intents and unknowns count."""
    if case.message.channel == "email":
        return at
    for row in case.place.rows:
        for cap in row.caps:
            subject = case.message.subject if cap.same_subject else None
            at = _under(cap, _times(case.view.sent, _SELLING, subject=subject, channel="sms"), at)
    return at


def weekly_cap(case: Case, at: datetime) -> datetime | None:
    """Keep under the workspace's own weekly cap, all channels and campaigns together."""
    if case.view.weekly_cap < 1:
        return None
    return _under(Cap(case.view.weekly_cap, WEEK), _times(case.view.sent, _SELLING), at)


def minimum_gap(case: Case, at: datetime) -> datetime | None:
    """Leave them in peace for a while after each touch."""
    last = max(_times(case.view.sent, _SELLING), default=None)
    if case.view.last_touch_at and (last is None or case.view.last_touch_at > last):
        last = case.view.last_touch_at
    return at if last is None else max(at, last + case.view.min_gap)


def human_pace(case: Case, at: datetime) -> datetime | None:
    """Break the loop of two machines that answer each other, however late the answer."""
    if case.message.purpose != "reply":
        return at
    return _under(REPLY_FLOOD, _times(case.view.sent, ("reply",)), at)


_SELLING = ("marketing", "informational")


def _manners(wait: Wait) -> Wait:
    """Ask our own manners of everything but an answer, however late: somebody waits for it."""
    return lambda case, at: at if case.is_answer else wait(case, at)


WAITS: dict[Purpose, tuple[tuple[str, Wait], ...]] = {
    "marketing": (
        ("reply_flood", human_pace),
        ("appointment_ahead", _manners(after_the_appointment)),
        ("state_cap", state_caps),
        ("weekly_cap", _manners(weekly_cap)),
        ("min_gap", _manners(minimum_gap)),
        ("quiet_hours", lawful_hours),
        ("practice_hours", _manners(courteous_hours)),
    ),
    "informational": (("reply_flood", human_pace), ("quiet_hours", service_hours)),
    "reminder": (("quiet_hours", service_hours),),
    "reply": (("reply_flood", human_pace),),
    "opt_out_confirmation": (),
}


def earliest(case: Case, waits: Iterable[tuple[str, Wait]]) -> tuple[str | None, datetime | None]:
    """Name the first wait that says no, and the first whole minute at which all of them say yes.

    Each wait gives its own earliest instant, so going round until nobody moves finds the earliest common one.
    """
    reason = next((name for name, wait in waits if wait(case, case.now) != case.now), None)
    if reason is None:
        return None, None
    at, settled = _whole_minute(case.now), False
    latest = case.now + calendars.HORIZON_DAYS * calendars.DAY
    while not settled:
        settled = True
        for _, wait in waits:
            later = wait(case, at)
            if later is None or later > latest:
                return "no_open_hour", None
            if later != at:
                at, settled = _whole_minute(later), False
    if case.message.expires_at and at >= case.message.expires_at:
        return reason, None
    return reason, at


def _open(case: Case, at: datetime, rows: Sequence[Row], guard: timedelta) -> datetime | None:
    zones = case.place.zones
    return at if calendars.is_open(at, rows, zones, guard) else calendars.next_open(at, rows, zones, guard)


def _under(cap: Cap, times: Sequence[datetime], at: datetime) -> datetime:
    """Find when fewer than `n` of these times lie inside the span that ends at `at`."""
    if len(times) < cap.n:
        return at
    return max(at, sorted(times)[-cap.n] + cap.span)


def _times(
    sent: Iterable[Sent], purposes: Sequence[str], *, subject: str | None = None, channel: str | None = None
) -> list[datetime]:
    return [
        one.at
        for one in sent
        if one.purpose in purposes
        and (subject is None or one.subject == subject)
        and (channel is None or consent.ledger_channel(one.channel) == channel)
    ]


def _whole_minute(at: datetime) -> datetime:
    at = at.astimezone(UTC)
    floor = at.replace(second=0, microsecond=0)
    return floor if floor == at else floor + MINUTE
