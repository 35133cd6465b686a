"""Decides which hours of the next 28 days suit somebody, from what they wrote and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from rewarm.domain.calendar_spelling import calendar_spelling
from rewarm.domain.clock_words import CLOSES, OPENS, Hours
from rewarm.domain.date_words import Days
from rewarm.domain.time_mentions import Mark, Mention, mentions
from rewarm.domain.wording import fold, spell_out

HORIZON = timedelta(days=28)
_DAY = timedelta(days=1)
Stretches = dict[date, list[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time that suits, zone-aware, half open."""

    start: datetime
    end: datetime


@dataclass(slots=True)
class Option:
    """Days and hours that belong together ("Monday or Tuesday, after 3"); a missing half means any."""

    days: list[Days] = field(default_factory=list)
    hours: list[Hours] = field(default_factory=list)
    hours_first: bool = False
    within: list[Days] = field(default_factory=list)
    lasting: bool = False


def availability(
    text: str, now: datetime, anchor: datetime | None = None, *, habit: bool = False
) -> tuple[Interval, ...] | None:
    """Read when somebody could come; None when the text says nothing about time.

    `now` is zone-aware in the contact's zone and so is `anchor`, the appointment or the one slot that "same time",
    "an hour later" and "instead" refer to; `habit` reads "Friday" as any Friday, for matching against slots.
    Intervals lie between now and now + 28 days, Monday to Saturday, 08:00 to 18:00 (replies GUIDE); an empty tuple
    means a wish that lies wholly outside of them.
    """
    spelled = calendar_spelling(spell_out(fold(text)))
    if anchor is not None and (shifted := _shifted(spelled, now, anchor)) is not None:
        return shifted
    wanted, refused = _options(mentions(spelled, now.date(), anchor))
    if not wanted and not refused:
        return _clipped(_resolve(Option(), now, habit=True), now) if _FLEXIBLE.search(spelled) else None
    if anchor is not None and (_speaks_of_that_day(spelled) or _one_hour_only(wanted)):
        for option in wanted:
            option.days = option.days or [Days(anchor.date(), anchor.date())]
    refused = [option for option in refused if not _explained(option, wanted)]
    habit = habit or any(not option.days and not option.within for option in wanted)
    allowed = _union(_resolve(option, now, habit=habit or not wanted) for option in wanted or [Option()])
    for option in refused:
        allowed = _without(allowed, _resolve(option, now, habit=option.lasting or habit or not wanted))
    return _clipped(allowed, now)


def wishes_named(text: str, now: datetime) -> bool:
    """Tell whether a text names days or hours that would suit, and does not merely rule some out."""
    spelled = calendar_spelling(spell_out(fold(text)))
    named = [item for item in mentions(spelled, now.date(), now) if isinstance(item, Mention)]
    return any(not item.refused or item.lasting for item in named) or bool(_FLEXIBLE.search(spelled))


def fits(slot: datetime, suits: Iterable[Interval]) -> bool:
    """Tell whether a free slot begins inside one of the intervals."""
    return any(interval.start <= slot < interval.end for interval in suits)


def fitting(slots: Iterable[datetime], suits: Iterable[Interval]) -> tuple[datetime, ...]:
    """Keep the free slots that suit, in their order."""
    intervals = tuple(suits)
    return tuple(slot for slot in slots if fits(slot, intervals))


def _options(marks: Iterable[Mention | Mark]) -> tuple[list[Option], list[Option]]:
    """Group what was mentioned into wishes and refusals, by the words between the mentions."""
    wanted: list[Option] = [Option()]
    refused: list[Option] = [Option()]
    joint = Mark.START
    for item in marks:
        if isinstance(item, Mark):
            joint = item if joint is not Mark.OR or item is not Mark.COMMA else joint
            continue
        side = refused if item.refused else wanted
        _add(side, item, joint)
        joint = Mark.NEXT
    return [o for o in wanted if o.days or o.hours], [o for o in refused if o.days or o.hours]


def _explained(refusal: Option, wanted: Iterable[Option]) -> bool:
    """Tell whether "no mornings" was only the reason for "after 5 or Saturday", which then stands by itself."""
    return not refusal.days and any(
        not wish.days and all(min(h.end, r.end) <= max(h.start, r.start) for h in wish.hours for r in refusal.hours)
        for wish in wanted
    )


def _add(side: list[Option], item: Mention, joint: Mark) -> None:
    option = side[-1]
    if item.refused and joint is not Mark.NEXT and (option.days or option.hours):
        side.append(option := Option())
    option.lasting = option.lasting or item.lasting
    if isinstance(item.what, Days):
        _add_days(side, option, item.what, joint)
    else:
        _add_hours(side, option, item.what, joint)


def _add_days(side: list[Option], option: Option, days: Days, joint: Mark) -> None:
    if option.days and not days.weekdays and days.last - days.first >= HORIZON:
        return
    names_weekdays = bool(days.weekdays)
    if option.days and bool(option.days[0].weekdays) != names_weekdays and joint is not Mark.OR:
        option.within.append(days) if names_weekdays is False else option.within.extend(option.days)
        if names_weekdays:
            option.days = [days]
        return
    fresh = bool(option.hours) and ((option.days and not option.hours_first) or (not option.days and joint is Mark.OR))
    if fresh:
        side.append(option := Option())
    option.days.append(days)


def _add_hours(side: list[Option], option: Option, hours: Hours, joint: Mark) -> None:
    if joint is Mark.OR and option.days and not option.hours:
        side.append(option := Option())
    last = option.hours[-1] if option.hours else None
    narrows = last and joint is not Mark.OR and max(last.start, hours.start) < min(last.end, hours.end)
    if last and not narrows and option.hours_first and option.days:
        side.append(option := Option())
    option.hours_first = option.hours_first or not option.days
    if last and narrows:
        option.hours[-1] = Hours(max(last.start, hours.start), min(last.end, hours.end))
    else:
        option.hours.append(hours)


def _resolve(option: Option, now: datetime, *, habit: bool) -> Stretches:
    """Spread an option over the calendar; a weekday beside a span means all of them within it."""
    days = [now.date() + ahead * _DAY for ahead in range(HORIZON.days + 1)]
    stretches = [(hours.start, hours.end) for hours in option.hours] or [(OPENS, CLOSES)]
    return {
        day: list(stretches)
        for day in days
        if day.weekday() != 6
        and (not option.days or any(_covers(spoken, day, option, habit=habit) for spoken in option.days))
        and all(span.first <= day <= span.last for span in option.within if not span.weekdays)
    }


def _covers(spoken: Days, day: date, option: Option, *, habit: bool) -> bool:
    if spoken.weekdays and (spoken.every or habit or option.within):
        return day.weekday() in spoken.weekdays
    if spoken.weekdays and len(spoken.weekdays) == 1:
        return day == spoken.first
    return spoken.first <= day <= spoken.last and (not spoken.weekdays or day.weekday() in spoken.weekdays)


def _union(parts: Iterable[Stretches]) -> Stretches:
    whole: Stretches = {}
    for part in parts:
        for day, stretches in part.items():
            whole.setdefault(day, []).extend(stretches)
    return {day: _merged(stretches) for day, stretches in whole.items()}


def _merged(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _without(allowed: Stretches, refused: Stretches) -> Stretches:
    for day, holes in refused.items():
        for low, high in holes:
            rest = [(start, min(end, low)) for start, end in allowed.get(day, ())]
            rest += [(max(start, high), end) for start, end in allowed.get(day, ())]
            allowed[day] = sorted((start, end) for start, end in rest if start < end)
    return allowed


def _clipped(allowed: Stretches, now: datetime) -> tuple[Interval, ...]:
    """Keep office hours between now and the horizon; times are wall-clock times, so a change of clocks is harmless."""
    intervals = []
    latest = (now + HORIZON).replace(tzinfo=None)
    for day in sorted(allowed):
        for start, end in allowed[day]:
            low = max(_at(day, max(start, OPENS)), now.replace(tzinfo=None, second=0, microsecond=0))
            high = min(_at(day, min(end, CLOSES)), latest)
            if low < high:
                intervals.append(Interval(low.replace(tzinfo=now.tzinfo), high.replace(tzinfo=now.tzinfo)))
    return tuple(intervals)


def _at(day: date, minute: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minute)


_FLEXIBLE = re.compile(
    r"\b(?:you (?:pick|choose|tell me|decide)|your (?:choice|pick|call)|(?:i am|we are|am|pretty|very"
    r"|totally) (?:flexible|easy|open)|flexible|"
    r"what(?:ever| is your (?:earliest|soonest|first|next)| is the (?:earliest|soonest|next))"
    r"|surprise me|(?:does not|do not) (?:matter|care)|"
    r"(?:earliest|soonest)|(?:some ?time |as )?soon\b|makes no difference|dealer'?s choice|retired so"
    r"|no preference|all the time in the world|you name it)\b"
)
_SHIFT = re.compile(
    r"(?:(?P<n>an|one|a|1|2|two|couple|half an?|30|15|45) ?(?P<unit>hour|minute|min|week"
    r"|day)s?(?: or so)? (?P<way>later|earlier|sooner|back|forward))"
    r"|(?:push|move|bump|set)(?: it| that| mine| my appointment| us| me)? (?P<way2>back|up"
    r"|out) (?:by )?(?P<n2>an|one|a|1|2|two|half an?|30|15|45) (?P<unit2>hour|minute|week|day)s?"
)
_COUNTS = {"an": 1, "one": 1, "a": 1, "1": 1, "2": 2, "two": 2, "couple": 2, "30": 30, "15": 15, "45": 45}


def _shifted(text: str, now: datetime, anchor: datetime) -> tuple[Interval, ...] | None:
    """Read wishes relative to the appointment: "an hour later", "same time on the 5th", "later that day"."""
    wall = anchor.replace(tzinfo=None)
    if found := _SHIFT.search(text):
        count, unit = found["n"] or found["n2"], found["unit"] or found["unit2"]
        amount = timedelta(minutes=30) if count.startswith("half") else _COUNTS[count] * _unit(unit)
        back = (found["way"] in ("earlier", "sooner", "forward")) or found["way2"] == "up"
        return _exactly(wall - amount if back else wall + amount, now)
    if re.search(
        r"same day (?:and |& )?(?:same )?time (?:the )?(?:next|following) week|(?:same (?:time|day)"
        r"|same day and time),? ?(?:next|the next|the following) week|(?:the )?(?:week after"
        r"|following week),? same",
        text,
    ):
        return _exactly(wall + timedelta(days=7), now)
    if re.search(r"same time(?! as)", text):
        named = [item.what for item in mentions(text, now.date(), anchor) if isinstance(item, Mention)]
        days = [what for what in named if isinstance(what, Days)]
        hours = Hours(wall.hour * 60 + wall.minute, wall.hour * 60 + wall.minute + 60)
        if days:
            return _clipped(_resolve(Option(days=days, hours=[hours]), now, habit=False), now)
    if re.search(
        r"same day,? (?:but |just |only )?(?:a (?:bit|little) )?later|\b(?:later|rest) (?:that|the same"
        r"|in the|of the|of that|on that) (?:same )?day|later on that day",
        text,
    ):
        return _clipped({wall.date(): [(wall.hour * 60 + wall.minute + 60, CLOSES)]}, now)
    if re.search(r"\bearlier (?:that|the same|in the|on that) (?:same )?day", text):
        return _clipped({wall.date(): [(OPENS, wall.hour * 60 + wall.minute)]}, now)
    return None


def _unit(name: str) -> timedelta:
    return {"hour": timedelta(hours=1), "week": timedelta(days=7), "day": _DAY}.get(name, timedelta(minutes=1))


def _exactly(wall: datetime, now: datetime) -> tuple[Interval, ...]:
    minute = wall.hour * 60 + wall.minute
    return _clipped({wall.date(): [(minute, minute + 60)]} if wall.weekday() != 6 else {}, now)


_THAT_DAY = re.compile(
    r"\b(?:instead|same day|that day|make it|rather than|move (?:it|me|us|that) to|still .*\btoday)\b"
)


def _one_hour_only(wanted: list[Option]) -> bool:
    """Tell whether all they name is an hour ("can we do 4?"), which then means the day of the appointment."""
    return len(wanted) == 1 and not wanted[0].days and all(h.end - h.start == 60 for h in wanted[0].hours)


def _speaks_of_that_day(text: str) -> bool:
    return bool(_THAT_DAY.search(text))
