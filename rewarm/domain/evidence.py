"""Decides how much a text by itself speaks for each intent, and in which language it is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rewarm.domain.lexicon import Lexicon
from rewarm.domain.wording import fold, spell_out

SURE, LIKELY = 1.0, 0.7
_QUOTED_SUBJECT = re.compile(r"^\s*subject:[^\n]*\n", re.IGNORECASE)
_FOREIGN_SCRIPT = re.compile(
    r"[\u0400-\u04ff\u0590-\u06ff\u0900-\u097f\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A text in the spelling of the rules, the strength of each intent, and the words behind it."""

    text: str
    spelled: str
    scores: Mapping[str, float]
    words: Mapping[str, str]
    language: str | None

    def sure(self, intent: str) -> bool:
        """Tell whether the words alone decide for an intent."""
        return self.scores.get(intent, 0.0) >= SURE

    def likely(self, intent: str) -> bool:
        """Tell whether the words lean towards an intent."""
        return self.scores.get(intent, 0.0) >= LIKELY


def weigh(text: str, lexicon: Lexicon) -> Evidence:
    """Score every intent of the lexicon: the strongest cue, plus a little for each further one, minus what speaks against."""
    spelled = spell_out(fold(_QUOTED_SUBJECT.sub("", text, count=1)))
    scores: dict[str, float] = {}
    words: dict[str, str] = {}
    for hit in lexicon.hits(spelled):
        best = scores.get(hit.intent, 0.0)
        if hit.weight < 0:
            scores[hit.intent] = best + hit.weight
        elif hit.intent not in words:
            scores[hit.intent], words[hit.intent] = best + hit.weight, hit.words
        else:
            scores[hit.intent] = max(best, best + (hit.weight - 1 if best < 0 else 0)) + 0.05
    return Evidence(text, spelled, scores, words, language_of(spelled, lexicon))


def language_of(spelled: str, lexicon: Lexicon) -> str | None:
    """Name the language when it is not English: by its script, else by more everyday words than chance would give."""
    if _FOREIGN_SCRIPT.search(spelled):
        return "other"
    tokens = re.findall(r"[a-z']+", spelled)
    if not tokens:
        return None
    english = sum(token in _ENGLISH for token in tokens)
    counts = {code: sum(token in vocabulary for token in tokens) for code, vocabulary in lexicon.languages.items()}
    code = max(counts, key=lambda name: counts[name], default=None)
    enough = code is not None and counts[code] >= min(2, len(tokens)) and counts[code] > english
    telling = code is not None and len(tokens) <= 3 and counts[code] > english and any(t in _TELLING for t in tokens)
    return code if (enough and (len(tokens) > 2 or telling)) or telling else None


_ENGLISH = frozenset(
    "the a an i you is are am to of and or in on at for with my me we it this that not do can will what when how be "
    "have has was your yes please thanks want need would could appointment text stop but so if from up out get got "
    "no".split()  # noqa: SIM905
)
_TELLING = frozenset(
    "si oui non gracias merci numero equivocado manana hola bonjour mejor segundo primero primera alto basta cancelar "
    "cuanto cuesta combien ninguno ninguna demain matin lunes martes miercoles jueves viernes sabado lundi mardi "
    "mercredi jeudi vendredi samedi digame cuenteme interesa claro perfecto arretez mauvais textos mensajes parar "
    "ahora ahorita despues cita ayuda parfait d'accord deuxieme".split()  # noqa: SIM905
)
