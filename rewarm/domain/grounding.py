"""Decides whether every personal detail and every urgency of a text stands on a source; what does not is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rewarm.domain.assignment import BRAND, DATES, Assignment, greeted_name
from rewarm.domain.marked import Source
from rewarm.domain.reading import WORD, Approved, Reading, Refusal, approvals
from rewarm.domain.time_words import elapsed, months_between, past

PERSONAL = ("fact", "occasion", "field")
_ALWAYS_LARGE = frozenset(("I", "I'm", "I'll", "I'd", "I've", "STOP", "OK", "TV", "FAQ", "%"))
_ORDINARY = re.compile(r"(?:tion|able|ful|ness|ment|n't|'s|'re|'ll|'ve|'d)$")
_DIGIT = re.compile(r"\d")
_SMALL_WORDS = """
a about after again all also always am an and another any anything are around as ask asked asking at back be because
been before better between but by can could dear did do does each ever every everything first for from get getting
go good got had has have he hello her here hi him his hoped hoping how i i'd if in interested into is it it's its
just kept know last lately let let's like looked looking make me mention mentioned more most my need never no not
note now of off on once one only or other others our out over please recently said say saying shall she since so
some someone something sometimes still such talked tell than thank thanks that that's the their them then there
these they thinking this time to today told too trouble until up us very want wanted wanting wants was we we'd we'll
well were what when where which while who will with wondering would wrote yes you you'd you're your
"""
_STOP_WORDS = frozenset(_SMALL_WORDS.split())


def sources(reading: Reading) -> Iterator[Refusal]:
    """Refuse a source that does not exist or does not say what the text says."""
    for span in reading.spans:
        said = reading.words_of(span)
        values = _says(reading.task, span.kind, span.id)
        if not values:
            yield Refusal("sources", f"{span.kind} {span.id} is cited but not on record")
        elif not any(_same(said, value) for value in values) and not _repeats(span, reading):
            yield Refusal("sources", f"{span.kind} {span.id} does not say {said!r}")


def grounding(reading: Reading) -> Iterator[Refusal]:
    """Refuse details outside of a source: in approved content every other word, in free text every personal detail."""
    loose = _unapproved(reading) if reading.content.approved_by else _loose_details(reading)
    for start, why in sorted(dict(loose).items()):
        word = WORD.match(reading.text, start)
        yield Refusal("grounding", f"{word.group() if word else reading.text[start]!r} {why}")


def memory(reading: Reading) -> Iterator[Refusal]:
    """Refuse "you told us" and the like in a sentence that cites nothing the person ever told or did."""
    for found in reading.found("memory"):
        if not any(_personal(span) for span in reading.sources_in(reading.sentence_of(found))):
            yield Refusal("memory", f"{reading.words_of(found)!r} without a source")


def urgency(reading: Reading) -> Iterator[Refusal]:
    """Refuse a deadline that no occasion stands behind."""
    for found in reading.found("urgency"):
        if not any(span.kind == "occasion" for span in reading.sources_in(reading.sentence_of(found))):
            yield Refusal("urgency", f"{reading.words_of(found)!r} without a dated occasion")


def scarcity(reading: Reading) -> Iterator[Refusal]:
    """Refuse manufactured scarcity, whatever it cites."""
    for found in reading.found("scarcity"):
        yield Refusal("scarcity", f"{reading.words_of(found)!r} is manufactured scarcity")


def sensitivity(reading: Reading) -> Iterator[Refusal]:
    """Refuse a fact that is more private than the person accepts, and clinical words in a clear text message."""
    levels = {fact.id: fact.sensitivity for fact in reading.task.facts}
    accepts = reading.task.person.accepts_sensitivity
    for span in reading.spans:
        for fact_id in _fact_ids(span, reading.task):
            if levels.get(fact_id, 0) > accepts:
                yield Refusal("sensitivity", f"fact {fact_id} is more private than this person accepts")
    if reading.sms and accepts < 2:
        for found in reading.found("private"):
            if not any(span.kind == "brand" for span in reading.sources_in(found)):
                yield Refusal("sensitivity", f"{reading.words_of(found)!r} is too private for a text message")


def swap(reading: Reading) -> Iterator[Refusal]:
    """Refuse a text that would fit anybody when there is something that only this person said."""
    task = reading.task
    if not task.phrases:
        return
    if not any(_fact_ids(span, task) for span in reading.spans):
        yield Refusal("swap", "would fit another contact, though this one told us something")


def cite(reading: Reading) -> tuple[Source, ...]:
    """Find sources for words that came without a mark: the name, a month on record, the words of a speakable fact.

    For texts that a person or a model wrote; a template marks its own.
    """
    found: list[Source] = []
    for kind, source_id in _vouched(reading.task):
        for value in filter(None, _says(reading.task, kind, source_id)):
            pattern = rf"(?<!\w){re.escape(value)}(?!\w)"
            for hit in re.finditer(pattern, reading.text, re.IGNORECASE):
                if not _overlaps((*reading.spans, *found), hit.start(), hit.end()):
                    found.append(Source(hit.start(), hit.end(), kind, source_id))
    found += _loose_quotes(reading, found)
    return tuple(sorted((*reading.spans, *found), key=lambda span: span.start))


def _loose_quotes(reading: Reading, found: list[Source]) -> list[Source]:
    """Cite the runs of words that repeat a speakable fact: two telling words of it, or one that is not everyday talk."""
    loose: list[Source] = []
    for phrase in reading.task.phrases:
        own = _telling(f"{phrase.quote} {phrase.words}")
        for run in _runs(reading, own):
            start, end = run[0].start(), run[-1].end()
            told = {_stem(word.group()) for word in run} & own
            rare = any(word.group().lower() not in reading.task.style.vocabulary for word in run)
            if (len(told) > 1 or rare) and not _overlaps((*reading.spans, *found, *loose), start, end):
                loose.append(Source(start, end, "fact", phrase.fact_id))
    return loose


def _runs(reading: Reading, own: frozenset[str]) -> Iterator[list[re.Match[str]]]:
    """Yield stretches of a sentence that begin and end with a word of a fact, with nothing but small words between."""
    for sentence in reading.sentences:
        run: list[re.Match[str]] = []
        held: list[re.Match[str]] = []
        for word in WORD.finditer(reading.text, sentence.start, sentence.end):
            free = not _overlaps(reading.spans, word.start(), word.end())
            if free and _stem(word.group()) in own:
                run += [*held, word] if run else [word]
                held = []
            elif free and run and word.group().lower() in _STOP_WORDS:
                held.append(word)
            elif run:
                yield run
                run, held = [], []
        if run:
            yield run


def _loose_details(reading: Reading) -> Iterator[tuple[int, str]]:
    """Name the details of a free text that no source vouches for: relations, dates, numbers, names, private words."""
    task = reading.task
    spoken = {phrase.fact_id for phrase in task.phrases}
    private = frozenset[str]().union(*(_telling(fact.quote) for fact in task.facts if fact.id not in spoken))
    openings = {sentence.start for sentence in reading.sentences}
    recalled = [reading.sentence_of(found) for found in reading.found("memory")]
    for word in WORD.finditer(reading.text):
        written, start = word.group(), word.start()
        if _inside(reading, start, word.end()) or written in _ALWAYS_LARGE:
            continue
        usual = written.lower() in task.style.vocabulary or written.lower() in _STOP_WORDS
        if _DIGIT.search(written) or written == "$":
            yield start, "is a number that nothing on record says"
        elif written[0].isupper() and not usual and not (start in openings and _ORDINARY.search(written)):
            yield start, "is a name that nothing on record says"
        elif not usual and _stem(written) in private:
            yield start, "comes from a note that may not be repeated"
        elif not usual and any(told.start <= start < told.end for told in recalled):
            yield start, "is recalled, yet nothing on record says it"
    for found in reading.found("detail"):
        if not _inside(reading, found.start, found.end):
            yield found.start, f"({reading.words_of(found)}) is a detail that nothing on record says"


def _unapproved(reading: Reading) -> Iterator[tuple[int, str]]:
    """Name the words outside of the sources that do not stand as somebody approved them."""
    approved = approvals(reading.content, reading.task.style)
    at = 0
    for span in (*reading.spans, Source(len(reading.text), len(reading.text), "end", "")):
        for stray in _strays(reading.text[at : span.start], approved):
            yield at + stray, "is not in the approved text"
        at = span.end


@lru_cache(maxsize=8192)
def _strays(piece: str, approved: tuple[Approved, ...]) -> tuple[int, ...]:
    """Find the words of a piece between two sources that do not stand there as approved, by their offsets in it."""
    words = list(WORD.finditer(piece))
    strays = []
    before: str | None = None
    for word in words:
        if not any(_follows(own, before, word.group(), approved) for own in approved):
            strays.append(word.start())
        before = word.group()
    if words and not any(before in each.ends for each in approved):
        strays.append(words[-1].start())
    return tuple(strays)


def _follows(own: Approved, before: str | None, word: str, every: tuple[Approved, ...]) -> bool:
    if before is None:
        return word in own.starts
    return (before, word) in own.pairs or (word in own.starts and any(before in each.ends for each in every))


def _vouched(task: Assignment) -> Iterator[tuple[str, str]]:
    """List every source that a text to this person may cite."""
    yield from (("field", name) for name in ("first_name", "last_name", *DATES.values()))
    yield from (("brand", name) for name in BRAND)
    yield from (("fact", phrase.fact_id) for phrase in task.phrases)
    yield from (("occasion", each.id) for each in task.occasions)


def _says(task: Assignment, kind: str, source_id: str) -> tuple[str, ...]:
    """Return what a source may be quoted as saying; nothing when it is not on record."""
    match kind:
        case "fact":
            return tuple(phrase.words for phrase in task.phrases if phrase.fact_id == source_id)
        case "occasion":
            return tuple(words for each in task.occasions if each.id == source_id for words in (each.text, each.name))
        case "claim":
            claim = task.style.claims.get(source_id)
            return (claim.text,) if claim else ()
        case "brand":
            return (getattr(task.brand, BRAND[source_id]),) if source_id in BRAND else ()
        case "field":
            return _field_words(task, source_id)
    return ()


def _field_words(task: Assignment, field: str) -> tuple[str, ...]:
    if field == "first_name":
        return tuple(filter(None, (greeted_name(task.person, task.step.channel), task.person.first_name)))
    if field == "last_name":
        return (task.person.last_name,) if task.person.last_name else ()
    day = getattr(task.person, field) if field in DATES.values() else None
    return (past(day, task.today), elapsed(months_between(day, task.today))) if day else ()


def _same(said: str, value: str) -> bool:
    return said == value or said.casefold() == value.casefold()


def _personal(span: Source) -> bool:
    return span.kind in PERSONAL and span.id not in ("first_name", "last_name")


def _fact_ids(span: Source, task: Assignment) -> tuple[str, ...]:
    if span.kind == "fact":
        return (span.id,)
    if span.kind != "occasion":
        return ()
    named = next((each.sources for each in task.occasions if each.id == span.id), ())
    return tuple(source.removeprefix("fact:") for source in named if source.startswith("fact:"))


def _inside(reading: Reading, start: int, end: int, kinds: tuple[str, ...] = ()) -> bool:
    return any(span.start <= start and end <= span.end and (not kinds or span.kind in kinds) for span in reading.spans)


def _overlaps(spans: tuple[Source, ...], start: int, end: int) -> bool:
    return any(span.start < end and span.end > start for span in spans)


def _repeats(span: Source, reading: Reading) -> bool:
    """Tell whether a citation that was found in a free text uses only telling words of its fact."""
    quotes = [f"{each.quote} {each.words}" for each in reading.task.phrases if each.fact_id == span.id]
    free = span.kind == "fact" and not reading.content.approved_by
    return free and any(_telling(reading.words_of(span)) <= _telling(quote) for quote in quotes)


def _telling(text: str) -> frozenset[str]:
    return frozenset(
        _stem(word)
        for word in WORD.findall(text)
        if word.lower() not in _STOP_WORDS and (len(word) > 2 or word.isdigit())
    )


def _stem(word: str) -> str:
    plain = word.lower().removesuffix("'s")
    for ending in ("ings", "ing", "ies", "es", "s", "ed"):
        if plain.endswith(ending) and len(plain) - len(ending) > 2:
            return plain.removesuffix(ending)
    return plain
