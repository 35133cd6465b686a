"""Decides which days and hours a text mentions, in order, and whether each is wished for or ruled out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum

from rewarm.domain.clock_words import Hours, bare_hour_at, hours_at
from rewarm.domain.date_words import Days, days_at, month_end, week_of


class Mark(Enum):
    """What stands between two mentions."""

    START = "start"
    NEXT = "next"
    OR = "or"
    COMMA = "comma"
    BREAK = "break"


@dataclass(frozen=True, slots=True)
class Mention:
    """Days or hours that the text names."""

    what: Days | Hours
    refused: bool = False
    lasting: bool = False  # "any day but Friday" rules out every Friday, "can't do Friday" the next one


_DAY = timedelta(days=1)
_TOKEN = re.compile(r"[\w#@$']+|[^\w\s]")
_HARMLESS = re.compile(
    r"good (?:morning|afternoon|evening|night|day)|(?:no|not) (?:problem|worries|rush|matter"
    r"|preference|sure|hurry|big deal|prob|issue|picky|fussy|thanks|a problem|only|biggie)\b"
    r"|(?:do|does) not (?:matter|care|mind)|cannot wait|why not|whether or not|not (?:a|to) (?:bother"
    r"|be)|if not|not later than|not earlier than|no (?:later|earlier) than|can not be any"
)
_EXCEPT = re.compile(
    r"except(?:ing)?(?: for)?|excluding|apart from|other than|besides|but not|but never|anything but"
    r"|any ?(?:time|day|thing) but|every day but|save for|minus|(?<=any day )but|(?<=every day )but"
    r"|(?<=week )but|(?<=any time )but|(?<=anytime )but|(?<=anything )but|avoid(?:ing)?|skip(?:ping)?"
    r"|menos|sauf|excepto"
)
_NOT = re.compile(
    r"not|no|never|cannot|neither|nor|nothing|unable|instead of|rather than|en vez de|en lugar de"
    r"|au lieu de|will not|hate|out of town|away|gone|cant|ni|pas|booked|swamped|jury duty"
    r"|in the hospital|busy|slammed|tied up|than|i work|i am at work|i teach|i babysit|i have (?:work"
    r"|class|the (?:kids|grandkids|baby)|school|church|chemo|dialysis|therapy|choir|bowling|golf)"
    r"|chemo|dialysis|church|choir|bowling|golf|bible study"
)
_BREAK = re.compile(
    r"[.!?;()\n]|-|so|then|otherwise|however|but|pero|mais|how about|what about|what is|maybe|can i"
    r"|can you|could|prefer|rather(?! than)|let us|better|works|is (?:fine|good|ok|great|best"
    r"|perfect)|i am (?:off|free|available|open|around)|free|open|available|only|yes|ok|please"
    r"|do you have|any chance|is there|got anything|would|possible|if|except"
)
_AFTERWARDS = re.compile(
    r"(?:(?:i|we|he|she) (?:shall|will|have to|am going to|are going to|has to|must) be (?:at|in|on"
    r"|away|out|gone|travel\w+)|(?:i|we) have (?:a|an|my|our) (?!day|time|choice|morning|afternoon"
    r"|preference)\w+|(?:i |we |he |she )?(?:really )?(?:(?:do|does|will|would|is|are"
    r"|was) not (?:really |going to )?(?:work|do|good|great|suit|fit|possible|an option|happen|ideal"
    r"|open|free|available|happening)|cannot work"
    r"|(?:is|are|was|were) (?:out\b|bad|full|packed|no good|no go|booked|tough|hard|impossible|taken"
    r"|crazy|busy|terrible|awful|rough|my (?:dialysis|chemo|church|bridge|golf|busy|worst)"
    r"|too (?:early|late|far|soon)|a no|not|when i (?:work|have|am)|dialysis|chemo)"
    r"|(?:is|are) (?!good|fine|great|best|ok|open|free|better|perfect|easi|ideal|available|possible"
    r"|wide|clear|nice|my|the|when|prefer|super|wonderful|lovely|a\b|it\b|what|also|usually|still"
    r"|always|only|not|all|now|here|really|that|there|much)(?:for )?\w+(?=\W*$|[.,!])|no good|no go"
    r"|no bueno|not good|too early|too late|out of the question|(?:i )?cannot\b|no puedo|i work\b"
    r"|we are (?:closed|away|gone)|i am (?:away|busy|gone|working|out|in)\b))"
)
_OR = re.compile(r"or|and|&|/|o|ou|et|y|u|plus|also|nor")
_HOUR_BEFORE = re.compile(
    r"(?:\bat|@|\bis|\bdo|\bto|\bit|\bfor|\bsay|\blike|\bmaybe|\bthen|\baround|\bthe|\bday|\bgot"
    r"|\bhave|\btake|\btry|\bor|\bany|,|\d+)\s*$"
)
_HOUR_AFTER = re.compile(
    r"\s*(?:$|[?.!,)]|open|instead|available|works?|ok\b|good|or\b|please|free|would|on\b|-|is\b|if\b"
    r"|that|thanks|better|and\b)"
)
_NOT_AN_HOUR = re.compile(r"\b(?:i am|he is|she is|age|aged|#|\$|number|press|option|reply) ?$")
_BOUND = re.compile(
    r"(?P<way>after|from|starting|beginning|since|past|following|before|until|till|til|by|through"
    r"|as of|not before)(?: on| the)? $"
)


def mentions(text: str, today: date, anchor: datetime | None = None) -> list[Mention | Mark]:
    """List mentions and what joins them, from a text that went through `calendar_spelling`."""
    scan = _Scan(text, today, anchor)
    return list(scan.run())


class _Scan:
    """One pass over a text, remembering only whether we stand in a refusal."""

    def __init__(self, text: str, today: date, anchor: datetime | None) -> None:
        self.text, self.today, self.anchor = text, today, anchor
        self.refusing = self.excepting = False
        self.found: list[Mention | Mark] = []
        self.since_break = 0

    def run(self) -> Iterator[Mention | Mark]:
        at = 0
        while token := _TOKEN.search(self.text, at):
            at = self._step(token.start()) or token.end()
        return iter(self.found)

    def _step(self, at: int) -> int | None:
        """Read one thing at this place; return where it ends."""
        if harmless := self._word(_HARMLESS, at):
            if not harmless.group().startswith(("no later", "no earlier", "not later", "not earlier")):
                return harmless.end()
        elif (after := self._word(_AFTERWARDS, at)) and self._has_mention():
            self._refuse_clause()
            return after.end()
        if not self._word(_EXCEPT, at) and (end := self._mention(at)) is not None:
            return end
        return self._marker(at)

    def _mention(self, at: int) -> int | None:
        if self._inside_word(at):
            return None
        if again := self._another_day(at):
            return again
        hours = hours_at(self.text, at)
        if hours is None and self._hour_fits(at):
            hours = bare_hour_at(self.text, at)
        days = days_at(self.text, at, self.today)
        if days and (hours is None or days[1] >= hours[1]):
            what = self._bounded(at, days[0])
            if re.match(r"this (morning|afternoon|evening)|tonight", self.text[at : days[1]]):
                part = hours_at(self.text, at + 5) or hours_at(self.text, at)
                self._put(what)
                if part:
                    self._put(part[0])
                return days[1]
            if what is not None:
                self._put(what)
            return days[1]
        if hours:
            self._put(hours[0], busy=hours[0].busy)
            return hours[1]
        if re.compile(r"(?:the |that )?same day\b").match(self.text, at) and self.anchor:
            self._put(Days(self.anchor.date(), self.anchor.date()))
            return at + len("same day")
        if following := re.compile(r"(?:the )?(?:following|same|that) week\b").match(self.text, at):
            start = self._reference()
            self._put(week_of(start + (7 * _DAY if "following" in following.group() else 0 * _DAY)))
            return following.end()
        if later := _THE_ONE_AFTER.match(self.text, at):
            start = self._reference()
            self._put(week_of(start + 7 * _DAY) if "week" in later.group() else Days(start + _DAY, start + _DAY))
            return later.end()
        if (then := re.compile(r"(?:after|from) (?:that|then)\b").match(self.text, at)) and self._last_is_day():
            self._put(Days(self._reference() + _DAY, self.today + 28 * _DAY))
            return then.end()
        if any_time := _ANY.match(self.text, at):
            if not _EXCEPT_NEXT.match(self.text, any_time.end()):
                self._put(Days(self.today, self.today + 28 * _DAY))
            return any_time.end()
        return None

    def _another_day(self, at: int) -> int | None:
        """Read the 13 of "March 12 or 13" as a day of the same month."""
        figure = re.compile(r"(\d{1,2})\b(?!:|/| ?(?:am|pm|o'?clock))").match(self.text, at)
        last = self.found[-2].what if len(self.found) > 1 and isinstance(self.found[-2], Mention) else None
        if not figure or last is None or self.found[-1] not in (Mark.OR, Mark.COMMA) or not isinstance(last, Days):
            return None
        if last.weekdays or last.first != last.last or not last.first.day < int(figure[1]) <= month_end(last.first).day:
            return None
        day = last.first.replace(day=int(figure[1]))
        self._put(Days(day, day))
        return figure.end()

    def _last_is_day(self) -> bool:
        said = [item for item in self.found if isinstance(item, Mention)]
        return bool(said) and isinstance(said[-1].what, Days) and not said[-1].refused

    def _reference(self) -> date:
        dated = [item.what.first for item in self.found if isinstance(item, Mention) and isinstance(item.what, Days)]
        return dated[-1] if dated else self.anchor.date() if self.anchor else self.today

    def _bounded(self, at: int, days: Days) -> Days | None:
        """Apply a word before the days: after the 1st, before Friday, by Tuesday, we leave Sunday."""
        if _LEAVING.search(self.text[:at]):
            return Days(self.today, days.first - _DAY)
        bound = _BOUND.search(self.text[:at])
        if not bound or days.every:
            return days
        horizon = self.today + 28 * _DAY
        if bound["way"] in ("before",):
            return Days(self.today, days.first - _DAY)
        if bound["way"] in ("until", "till", "til"):
            if self.refusing or _AWAY.search(self.text[: bound.start()]):
                self.found.append(Mention(Days(self.today, days.last), refused=True))
                return None
            return Days(self.today, days.last)
        if bound["way"] in ("by", "through"):
            return Days(self.today, days.last)
        if bound["way"] in ("after", "past", "following", "since"):
            return Days(days.last + _DAY, horizon)
        rest = self.text[at:]
        open_ended = bound["way"] != "from" or re.match(r"[\w ]+? (?:on|onwards?|forward)\b", rest)
        return Days(days.first, horizon) if open_ended else days

    def _put(self, what: Days | Hours | None, *, busy: bool = False) -> None:
        if isinstance(what, Days):
            what = self._same_week(what)
        if what is not None:
            self.found.append(Mention(what, refused=busy or self.refusing or self.excepting, lasting=self.excepting))

    def _same_week(self, days: Days) -> Days:
        """Read the Thursday of "next Wednesday or Thursday" as the one after that Wednesday."""
        before = [item.what for item in self.found if isinstance(item, Mention) and isinstance(item.what, Days)]
        last = before[-1] if before else None
        if last is None or last.every or days.every or len(last.weekdays) != 1 or len(days.weekdays) != 1:
            return days
        if days.first < last.first and min(days.weekdays) > min(last.weekdays):
            return replace(days, first=days.first + 7 * _DAY, last=days.last + 7 * _DAY)
        return days

    def _marker(self, at: int) -> int | None:
        if found := self._word(_EXCEPT, at):
            self.excepting = True
            self.found.append(Mark.BREAK)
            return found.end()
        if found := self._word(_NOT, at):
            self.refusing = True
            self.found.append(Mark.BREAK)
            return found.end()
        if found := self._word(_BREAK, at):
            ends_sentence = found.group() in ".!?;\n" or found.group() in (
                "but",
                "pero",
                "mais",
                "so",
                "then",
                "otherwise",
            )
            self.excepting = self.excepting and not ends_sentence
            self.refusing = False
            self.since_break = len(self.found)
            self.found.append(Mark.BREAK)
            return found.end()
        if self.text[at] == ",":
            self.refusing = False
            self.found.append(Mark.COMMA)
            self.since_break = len(self.found)
            return at + 1
        if found := self._word(_OR, at):
            self.found.append(Mark.OR)
            return found.end()
        return None

    def _word(self, pattern: re.Pattern[str], at: int) -> re.Match[str] | None:
        """Match a whole word or phrase here; signs need no neighbours."""
        if self._inside_word(at):
            return None
        found = pattern.match(self.text, at)
        if found and found.group()[-1:].isalnum() and self.text[found.end() : found.end() + 1].isalnum():
            return None
        return found

    def _inside_word(self, at: int) -> bool:
        return at > 0 and self.text[at - 1].isalnum() and self.text[at].isalnum()

    def _hour_fits(self, at: int) -> bool:
        """Tell whether a lone figure here counts hours, by its neighbours."""
        before, after = self.text[:at], self.text[at:]
        figure = re.match(r"\d{1,2}\b|[a-z]+\b", after)
        if not figure or (figure.group().isalpha() and not re.search(r"(?:\bat|\bsay|\btill|\baround) $", before)):
            return False
        choice = not before.strip() and re.match(r"\d{1,2} (?:or|and) \d{1,2}\b", after)
        alone = not before.strip() and not after[figure.end() :].strip(" .!?")
        neighbours = _HOUR_BEFORE.search(before) and _HOUR_AFTER.match(after, figure.end())
        after_mention = self.found and isinstance(self.found[-1], Mention) and before.endswith(" ")
        beside_day = after_mention and _HOUR_AFTER.match(after, figure.end())
        return bool(alone or choice or neighbours or beside_day) and not _NOT_AN_HOUR.search(before)

    def _has_mention(self) -> bool:
        return any(isinstance(item, Mention) for item in self.found[self.since_break :])

    def _refuse_clause(self) -> None:
        tail = self.found[self.since_break :]
        self.found[self.since_break :] = [
            replace(item, refused=True) if isinstance(item, Mention) else item for item in tail
        ]


_AWAY = re.compile(
    r"\b(?:out|away|gone|busy|not|no|cannot|nothing|off|vacation|town|travel\w*|abroad"
    r"|swamped)\b[^.,;]*$"
)
_LEAVING = re.compile(
    r"\b(?:leave|leaving|fly|flying|fly out|heading out|head out|go away|going away|depart"
    r"|move)(?: (?:out|town|for \w+))?(?: on)? $"
)
_THE_ONE_AFTER = re.compile(r"(?:the )?(?:(?:day|week) after|next day)\b(?! (?:the |tomorrow|next|that|\d))")
_ANY = re.compile(
    r"(?:any ?(?:time|day|thing)(?: (?:at all|is fine|works|that works))?|when ?ever|asap"
    r"|as soon as (?:possible|you can)|soonest|(?:the )?(?:earliest|next|first|soonest) (?:available"
    r"|possible|opening|you have|one you have|you got|appointment|slot|spot|time)|sooner the better"
    r"|(?:first|next) (?:opening|available)|immediately|right away|wide open|no preference|anytime"
    r"|cualquier (?:dia|hora)|lo antes posible|le plus tot possible)\b"
)
_EXCEPT_NEXT = re.compile(
    r"\s*(?:but|after|before|except|between|from|on|in|this|next|the week|tomorrow|today|monday"
    r"|tuesday|wednesday|thursday|friday|saturday|morning|afternoon|past|until|till|by|of|that)\b"
)
