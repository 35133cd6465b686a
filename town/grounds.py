"""Finds personal details in a text and tells whether the practice could know them (an independent detector)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from town.wording import content, groups, plain, root, roots, same, words

DETAILS = groups("details.txt")
LEXICON = {root(word) for group in ("family", "life", "doing", "work", "names", "when") for word in DETAILS[group]}
KIN = {root(word) for word in DETAILS["family"]}
CALENDAR = set(DETAILS["when"])
COUNTED = "one two three four five six seven eight nine ten eleven twelve eighteen".split()  # noqa: SIM905
SMALL = {word: number for number, word in enumerate(COUNTED, 1)} | {"a": 1, "an": 1, "eighteen": 18}
SPANS = {*SMALL, *DETAILS["spans"]}
DAYS = {str(day) for day in range(1, 32)}
WEEKDAYS = set(DETAILS["weekdays"])
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

CUE = re.compile(
    r"\byou(?:'d| had|'ve)? (?:once |also |first |last )?"
    r"(?:mentioned|said|told (?:us|me)|asked (?:us |me )?(?:about|for|whether|if)|wanted|shared|wrote|described"
    r"|were (?:hoping|looking|asking|interested|thinking|worried))\b"
    r"|\b(?:remember(?:ed|ing)?|recall) (?:that )?you\b|\byour (?:goal|note) (?:was|says)\b",
    re.I,
)
AGO = re.compile(
    r"\b(?:about |over |nearly |almost |around )?(\d+|[a-z]+) (month|year)s?(?: ago| since|\b(?= after))",
    re.I,
)
# A date with a clock time is a visit that is offered or confirmed, not a memory.
CLOCK = re.compile(r"\b\d{1,2}(?::\d\d)?\s?[ap]\.?m\b|\b\d{1,2}:\d\d\b|\bnoon\b", re.I)
BREAK = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.S)
SKIPPED = ("facts", "import", "nicknames", "keywords", "intents", "segment")


class Approved:
    """The approved content: three words in a row from it, or a whole piece between two slots, are nobody's detail."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.runs: set[tuple[str, ...]] = set()
        self.vocabulary: set[str] = set()
        for text in texts:
            for raw in BREAK.split(text):
                piece = re.sub(r"^['’]s\b", "", raw)  # "{{ practice }}'s" is one word
                said = words(piece)
                self.vocabulary.update(said)
                self.runs.update(zip(said, said[1:], said[2:], strict=False))
                # A short end of a sentence beside a slot stands alone: "{{ practice }}'s text assistant."
                sentences = list(filter(None, map(words, re.split(r"[.!?\n]", piece))))
                self.runs.update(tuple(end) for end in sentences[:1] + sentences[-1:] if len(end) < 3)

    @classmethod
    def read(cls, paths: Iterable[Path]) -> Approved:
        """Read Markdown, YAML and text, leaving out the packs' word lists (they are not content)."""
        texts = []
        for path in paths:
            for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
                if file.suffix in (".md", ".yaml", ".yml", ".txt", ".liquid") and not file.name.startswith(SKIPPED):
                    texts.append(file.read_text("utf-8"))
        return cls(texts)

    def plus(self, texts: Iterable[str]) -> Approved:
        """Return this content with more approved texts: what a practice says about itself."""
        more = Approved(texts)
        more.runs |= self.runs
        more.vocabulary |= self.vocabulary
        return more

    def covered(self, said: list[str]) -> list[bool]:
        """Tell for each word whether it stands in an approved run."""
        marks = [False] * len(said)
        for length in (1, 2, 3):
            for i in range(len(said) - length + 1):
                if tuple(said[i : i + length]) in self.runs:
                    marks[i : i + length] = [True] * length
        return marks


@dataclass(frozen=True, slots=True)
class Known:
    """What may be known of a person: her cells in the export and her own messages so far."""

    roots: set[str]
    notes: set[str]
    dates: list[date]
    numbers: set[str]

    @classmethod
    def of(cls, cells: str, notes: str, said: str = "") -> Known:
        """Gather the roots, dates and numbers of everything she said or the practice wrote."""
        every = f"{cells}\n{said}"
        dates = all_dates(cells)
        months = {f"{day:%B}".lower() for day in dates} | {f"{day:%b}".lower() for day in dates}
        seasons = {season(day) for day in dates}
        known = roots(every) | {root(word) for word in months | seasons}
        return cls(known, roots(f"{notes}\n{said}"), dates, {*re.findall(r"\d+", plain(every).replace(",", ""))})


def season(day: date) -> str:
    """Return the season of a date as people say it (December to February is winter)."""
    return ["winter", "spring", "summer", "fall"][day.month % 12 // 3]


def all_dates(text: str) -> list[date]:
    """Return every date that a text can mean, both orders of 3/4/2025 included."""
    found: list[date] = []
    for y, m, d in re.findall(r"\b(20\d\d)-(\d\d)-(\d\d)", text):
        found += _date(int(y), int(m), int(d))
    for a, b, y in re.findall(r"\b(\d{1,2})/(\d{1,2})/(\d{4}|\d\d)\b", text):
        year = int(y) if len(y) == 4 else 2000 + int(y)
        found += _date(year, int(a), int(b)) + _date(year, int(b), int(a))
    for name, d, y in re.findall(r"\b([A-Z][a-z]{2}) (\d{1,2}), (20\d\d)", text):
        if name.lower() in MONTHS:
            found += _date(int(y), MONTHS.index(name.lower()) + 1, int(d))
    return found


def _date(year: int, month: int, day: int) -> list[date]:
    try:
        return [date(year, month, day)] if year >= 2000 else []
    except ValueError:
        return []


def upcoming(now: datetime) -> set[str]:
    """Return the names of the weeks ahead: everybody has the same November, whoever she is."""
    ahead = [now.date() + timedelta(days=days) for days in range(0, 75, 5)]
    found = (
        {f"{day:%B}".lower() for day in ahead} | {f"{day:%b}".lower() for day in ahead} | {season(day) for day in ahead}
    )
    feasts = {"thanksgiving": 11, "christmas": 12, "hanukkah": 12, "easter": 4, "halloween": 10}
    found |= {feast for feast, month in feasts.items() if any(day.month == month for day in ahead)}
    return found | ({"autumn"} if "fall" in found else set())


class Detector:
    """Judges one text at a time against the approved content and what is known of its reader."""

    def __init__(self, approved: Approved, own_names: set[str]) -> None:
        self.approved = approved
        self.own_names = own_names  # words that very many readers get: the practice's and its staff's names

    def ungrounded(
        self, text: str, known: Known, names: set[str], now: datetime, *, talking: bool = False
    ) -> list[str]:
        """Return the details of `text` that nobody told us; `names` are the reader's own.

        While they are `talking`, a date is an answer ("I'll write again on December 28"), not a memory.
        """
        text = re.sub(r"https?://\S+|\b[\w.-]+\.(?:com|example|org|net)/?\S*", " ", text)
        said = words(text)
        covered = self.approved.covered(said)
        timed = self._beside_a_clock(text) | (CALENDAR | set(said) & DAYS if talking else upcoming(now))
        found = [
            word
            for word, free in zip(said, covered, strict=True)
            if not free and root(word) in LEXICON and word not in timed | WEEKDAYS and not self._knows(word, known)
        ]
        if talking or CLOCK.search(text):  # an answer, or a visit: words of the moment
            found += self._told(text, known, names)
        else:
            found += self._foreign(said, covered, known, names | timed)
        found += self._durations(text, known, now)
        found += self._numbers(text, said, covered, known, timed)
        return list(dict.fromkeys([*found, *self._strange_names(text, known, names)]))

    def personal(self, text: str, known: Known, names: set[str]) -> bool:
        """Tell whether a text recalls something that this reader's own notes say."""
        said = words(text)
        free = names | self.own_names | WEEKDAYS | SPANS
        return any(
            not approved and len(word) > 2 and content(word) and word not in free and same(word, known.notes)
            for word, approved in zip(said, self.approved.covered(said), strict=True)
        )

    def _knows(self, word: str, known: Known) -> bool:
        # A grandson is a grandchild, but a son is not a daughter: kin must match by name, other words may by
        # beginning.
        return root(word) in known.roots if root(word) in KIN else same(word, known.roots)

    def _beside_a_clock(self, text: str) -> set[str]:
        """Words within a line's reach of a clock time: parts of a visit's date."""
        near: set[str] = set()
        for match in CLOCK.finditer(text):
            near.update(words(text[max(0, match.start() - 40) : match.end() + 30]))
        calendar = {*CALENDAR, *MONTHS, "may"}
        return {
            word for word in near if word in calendar or word.isdigit() or re.fullmatch(r"\d+(st|nd|rd|th|am|pm)", word)
        }

    def _told(self, text: str, known: Known, names: set[str]) -> list[str]:
        """The content words after "you mentioned" and its like."""
        found: list[str] = []
        for cue in CUE.finditer(text.replace("’", "'")):
            clause = re.split(r"[.!?;\n]|, (?:so|and we|we)\b| - ", text[cue.end() :], maxsplit=1)[0]
            said = words(clause)[:16]
            free = self.approved.covered(words(text[cue.start() :]))[len(words(cue.group())) :]
            claims = [
                word
                for word, covered in zip(said, free, strict=False)
                if not covered and content(word) and word not in names | self.own_names
            ]
            unknown = [word for word in claims if not same(word, known.roots) and word not in known.numbers]
            foreign = [word for word in unknown if word not in self.approved.vocabulary]
            if foreign or len(unknown) * 2 > len(claims):
                found += foreign or unknown
        return found

    def _foreign(self, said: list[str], covered: list[bool], known: Known, free: set[str]) -> list[str]:
        """Out of the blue we speak in approved words: whatever else carries a meaning must be hers."""
        free = free | self.own_names | known.numbers | CALENDAR | WEEKDAYS | SPANS
        return [
            word
            for word, approved in zip(said, covered, strict=True)
            if not approved
            and content(word)
            and word not in free
            and not word.isdigit()
            and not same(word, known.roots)
        ]

    def _durations(self, text: str, known: Known, now: datetime) -> list[str]:
        """Say "18 months ago" only if something happened then, give or take a fifth (at least six weeks)."""
        found = []
        for match in AGO.finditer(text):
            count = int(match[1]) if match[1].isdigit() else SMALL.get(match[1].lower())
            if count is None:
                continue
            days = count * (30.44 if match[2].lower() == "month" else 365.25)
            slack = max(46.0, 0.2 * days, 200 if match[2].lower() == "year" else 0)
            if not any(abs((now.date() - day).days - days) <= slack for day in known.dates):
                found.append(match.group())
        return found

    def _numbers(self, text: str, said: list[str], covered: list[bool], known: Known, timed: set[str]) -> list[str]:
        """Numbers of two digits and more that are no phone, clock time or visit."""
        phones = "".join(re.findall(r"\+?\d?[ (-]*\d{3}[ )-]*\d{3}[ -]\d{4}", text))
        ago = " ".join(match.group() for match in AGO.finditer(text))
        clock = " ".join(CLOCK.findall(text))
        ahead = {day for month, day in re.findall(r"\b([A-Za-z]+)\.? (\d{1,2})\b", text) if month.lower() in timed}
        free_to_say = known.numbers | timed | ahead | self.own_names | {str(day.year) for day in known.dates}
        return [
            word
            for word, free in zip(said, covered, strict=True)
            if word.isdigit()
            and len(word) > 1
            and not free
            and word not in free_to_say
            and word not in phones + ago + clock
        ]

    def _strange_names(self, text: str, known: Known, names: set[str]) -> list[str]:
        """Capitalised words inside a sentence which are nobody's that we know, and a greeting of somebody else."""
        hello = re.match(
            r"\s*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hola)[ ,]+([^\W\d_]+)", text, re.I
        )
        found = []
        if hello and hello[1][0].isupper() and plain(hello[1]) not in names | self.approved.vocabulary | self.own_names:
            found.append(hello[1])
        calendar = CALENDAR | WEEKDAYS | {"may", "mar", "am", "pm", "stop"}
        for match in re.finditer(r"(?<=[a-z,;:] )([A-Z][a-z]+)\b", text):
            word = plain(match[1])
            if word in names | self.own_names | calendar | self.approved.vocabulary or root(word) in known.roots:
                continue
            found.append(match[1])
        return found
