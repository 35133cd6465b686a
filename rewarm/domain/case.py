"""Remembers one question to the gate, with all that its rules look up."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from rewarm.domain.calendars import Place, RuleSet
from rewarm.domain.consent import Entry
from rewarm.domain.verdict import ContactView, Proposed, Purpose

CLOCK_SKEW = timedelta(minutes=5)
REPLY_EXEMPTION = timedelta(hours=24)  # an answer is an answer for a day
REPLY_TO_BE_INFORMATIONAL = timedelta(days=30)  # Monday's answer to Friday's question is no campaign


@dataclass(frozen=True, slots=True)
class Case:
    """One question to the gate, with what every rule looks up."""

    message: Proposed
    view: ContactView
    entries: list[Entry]
    place: Place
    rules: RuleSet
    purpose: Purpose  # as judged, which may be stricter than the label
    now: datetime

    @property
    def is_answer(self) -> bool:
        """Whether it answers somebody, even late: the law then judges it by its words, yet our own manners stand back."""
        return self.message.purpose == "reply" and answers_within(self.message, REPLY_TO_BE_INFORMATIONAL, self.now)


def answers_within(message: Proposed, span: timedelta, now: datetime) -> bool:
    """Tell whether a message answers one that came within `span`, as far as clocks can be trusted."""
    age = now - message.in_reply_to_at if message.in_reply_to_at else None
    return age is not None and -CLOCK_SKEW <= age <= span
