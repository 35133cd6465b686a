"""Decides which calendar word was meant, however it was typed: "tmrw", "wensday", "la próxima semana", "m-f"."""

from __future__ import annotations

import re

from rewarm.domain.wording import edits

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
          "november", "december")  # fmt: skip
_SPELLINGS = {
    "mon": "monday", "mondy": "monday", "tue": "tuesday", "tues": "tuesday", "wed": "wednesday", "thu": "thursday",
    "thur": "thursday", "thurs": "thursday", "thrs": "thursday", "fri": "friday", "sat": "saturday",
    "sats": "saturdays", "sun": "sunday", "weds": "wednesdays", "tmrw": "tomorrow", "tmw": "tomorrow",
    "tmr": "tomorrow", "tom": "tom", "tomoro": "tomorrow", "2moro": "tomorrow", "2morrow": "tomorrow",
    "tomm": "tomorrow", "tmrrw": "tomorrow", "tommorrow": "tomorrow", "xmas": "christmas",
    "eom": "end of the month", "eoy": "end of the year", "wkend": "weekend", "wknd": "weekend", "nxt": "next",
    "arvo": "afternoon", "aft": "afternoon", "morn": "morning", "mornin": "morning", "lunes": "monday",
    "martes": "tuesday", "miercoles": "wednesday", "jueves": "thursday", "viernes": "friday", "sabado": "saturday",
    "sabados": "saturdays", "domingo": "sunday", "lundi": "monday", "mardi": "tuesday", "mercredi": "wednesday",
    "jeudi": "thursday", "vendredi": "friday", "samedi": "saturday", "dimanche": "sunday", "hoy": "today",
    "demain": "tomorrow", "tardes": "afternoons", "enero": "january", "febrero": "february", "marzo": "march",
    "abril": "april", "mayo": "may", "junio": "june", "julio": "july", "agosto": "august",
    "septiembre": "september", "octubre": "october", "noviembre": "november", "diciembre": "december",
    "janvier": "january", "fevrier": "february", "mars": "march", "avril": "april", "juin": "june",
    "juillet": "july", "aout": "august", "septembre": "september", "octobre": "october", "novembre": "november",
    "decembre": "december", "verano": "summer", "otono": "fall", "invierno": "winter", "primavera": "spring",
    "navidad": "christmas", "noel": "christmas", "printemps": "spring", "matin": "morning", "soir": "evening",
    "mediodia": "noon", "autumn": "fall",
}  # fmt: skip
_PHRASES = (
    (r"\bm ?- ?f\b", "monday-friday"), (r"\bm ?- ?th?\b", "monday-thursday"),
    (r"\bm ?/? ?w ?/? ?f\b", "mondays wednesdays fridays"), (r"\bt ?/? ?th\b", "tuesdays and thursdays"),
    (r"\bmanana (por|en) la manana\b", "tomorrow morning"),
    (r"\b(por|en|de) las? mananas?\b|\blas mananas\b", "morning"), (r"\bmanana\b", "tomorrow"),
    (r"\b(por|en) las? tardes?\b", "afternoon"), (r"\bl?'?apres-? ?midi\b", "afternoon"), (r"\bmidi\b", "noon"),
    (r"\b(la )?proxima semana\b|\b(la )?semana (que viene|proxima)\b|\b(la )?semaine prochaine\b", "next week"),
    (r"\besta semana\b|\bcette semaine\b", "this week"), (r"\bel proximo mes\b|\bmois prochain\b", "next month"),
    (r"\baujourd'? ?hui\b", "today"), (r"\bdespues (de las|del|de)\b|\bapres\b", "after"),
    (r"\bantes de(l| las)?\b|\bavant\b", "before"), (r"\ba las?\b", "at"),
    (r"\bproximo (monday|tuesday|wednesday|thursday|friday)\b", r"next \1"),
    (r"\b(monday|tuesday|wednesday|thursday|friday) prochain\b", r"next \1"), (r"\bfin de semana\b", "weekend"),
    (r"\b(\d{1,2}) ?h ?(\d\d)\b", r"\1:\2"), (r"\b(\d{1,2}) ?h\b", r"\1:00"), (r"\bentre semana\b", "weekdays"),
    (r"\bcualquier dia\b|\bn'? ?importe quel jour\b", "any day"), (r"\bel dia (?=\d)", "the "),
    (r"\b(?:el|le) (?=\d{1,2}\b)", "the "),
    (r"\bfin de(?= (?:january|february|march|april|may|june|july|august|september|october|november" r"|december))", "end of"),
    (r"\b(las |les )?(fiestas|fetes)\b", "the holidays"), (r"\b(yo )?trabajo\b|\bje travaille\b", "i work"),
    (r"\bhasta( el| las?)?\b|\bjusqu'?( au| en)?\b", "until"), (r"\bfin (de|del) mes\b", "end of the month"),
)  # fmt: skip
_FRENCH_MY = re.compile(
    r"\bmon(?= (?:rendez|rdv|mari|pere|fils|frere|medecin|appareil|oreille|assurance|travail|numero))"
)
_PHRASE_RULES = tuple((re.compile(source), full) for source, full in _PHRASES)
_FUZZY = (*WEEKDAYS, *(f"{name}s" for name in WEEKDAYS), "tomorrow", "morning", "mornings", "afternoon",
"afternoons",
          "weekend", "weekday", "weekdays", *MONTHS[:2], *MONTHS[7:])  # fmt: skip
_ORDINARY = frozenset(("mourning", "warning", "someday", "midday", "payday", "remember", "number", "moaning"))


def calendar_spelling(spelled: str) -> str:
    """Bring calendar words of a folded, spelled-out text to one English spelling, slips of the finger included."""
    text = re.sub(r"[\w']+", lambda found: _respell(found.group()), _FRENCH_MY.sub("my", spelled))
    for pattern, full in _PHRASE_RULES:
        text = pattern.sub(full, text)
    return text


def _respell(word: str) -> str:
    if known := _SPELLINGS.get(word):
        return known
    if len(word) < 6 or word in _FUZZY or word in _ORDINARY or not word.isalpha():
        return word
    return next((name for name in _FUZZY if abs(len(name) - len(word)) <= 2 and _slipped(word, name)), word)


def _slipped(word: str, name: str) -> bool:
    """Forgive two slips in a long name that kept its ending, one elsewhere."""
    allowed = 2 if len(name) >= 8 and word[-3:] == name[-3:] else 1
    return edits(word, name) <= allowed
