"""Writes the story that a human gets with a handoff: who, why now, what we know, what was said, what to say next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

# Most pressing first.
ORDER = ("urgent", "hot", "unsure")


def write(
    *,
    name: str,
    segment: str,
    why: str,
    dates: Mapping[str, date | None],
    facts: Sequence[tuple[str, str]],
    thread: Sequence[tuple[str, str]],
    objections: Sequence[str],
    today: date,
) -> str:
    """Return the brief as short labelled lines; what is not known is left out rather than guessed."""
    history = "; ".join(f"{label} {_ago(day, today)}" for label, day in dates.items() if day is not None)
    known = "; ".join(f"{kind.replace('_', ' ')}: “{quote}”" for kind, quote in facts)
    said = "\n".join(f"{'They' if direction == 'in' else 'We'}: {body}" for direction, body in thread)
    lines = [
        ("Who", f"{name}" + (f" ({segment.replace('_', ' ')})" if segment else "")),
        ("Why now", why),
        ("History", history),
        ("What we know", known),
        ("Likely to worry about", ", ".join(objections)),
        ("The talk so far", f"\n{said}" if said else ""),
        ("Next", _next(facts)),
    ]
    return "\n".join(f"{label}: {text}" for label, text in lines if text)


def _ago(day: date, today: date) -> str:
    months = (today.year - day.year) * 12 + today.month - day.month
    if months < 1:
        return f"on {day:%b} {day.day}"
    return f"{months} month{'s' if months > 1 else ''} ago" if months < 24 else f"in {day.year}"


def _next(facts: Sequence[tuple[str, str]]) -> str:
    """Suggest an opening: what they told us first, then a time."""
    goal = next((quote for kind, quote in facts if kind in ("goal", "concern")), "")
    opening = (
        f"Start from what they told us (“{goal}”), answer what they asked, " if goal else "Answer what they asked, "
    )
    return opening + "then offer two concrete times."
