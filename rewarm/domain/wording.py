"""Decides which characters and spellings of a typed message count as the same words."""

from __future__ import annotations

import re
import unicodedata

_CURLY = str.maketrans(dict.fromkeys("\u2018\u2019\u201b\u02bc\u00b4\u0060", "'"))
# Shorthand and contractions, spelled out once so that every rule can be written in full words.
_SPELLED_OUT = {
    "u": "you", "ur": "your", "r": "are", "y": "y", "ya": "you", "yall": "you all", "y'all": "you all",
    "b4": "before", "pls": "please", "plz": "please", "thx": "thanks", "ty": "thank you", "thnx": "thanks",
    "tks": "thanks", "tx": "thanks", "tysm": "thank you", "cuz": "because", "bc": "because", "coz": "because",
    "w/": "with", "w": "with", "w/o": "without", "appt": "appointment", "appts": "appointments",
    "apt": "appointment", "appointmnt": "appointment", "appt.": "appointment", "msg": "message", "msgs": "messages",
    "txt": "text", "txts": "texts", "txting": "texting", "ph": "phone", "num": "number", "gonna": "going to",
    "gotta": "have to", "wanna": "want to", "lemme": "let me", "gimme": "give me", "hafta": "have to",
    "dunno": "do not know", "idk": "i do not know", "cannot": "cannot", "cant": "cannot", "can't": "cannot",
    "ain't": "is not", "wont": "will not", "won't": "will not", "shan't": "will not", "aint": "is not",
    "im": "i am", "ive": "i have", "i'd": "i would", "id": "i would", "ill": "ill", "its": "it is",
    "thats": "that is", "whats": "what is", "hows": "how is", "wheres": "where is", "whos": "who is",
    "hes": "he is", "shes": "she is", "theyre": "they are", "youre": "you are", "theres": "there is",
    "whens": "when is", "lets": "let us", "let's": "let us", "wouldve": "would have", "em": "them", "'em": "them",
    "thru": "through", "tho": "though", "bout": "about", "abt": "about", "smth": "something", "mins": "minutes",
    "hrs": "hours", "hr": "hour", "wk": "week", "wks": "weeks", "mo": "month", "mos": "months", "yr": "year",
    "yrs": "years", "dr": "doctor", "dr.": "doctor", "doc": "doctor", "docs": "doctor", "ins": "insurance",
    "info": "information", "k": "ok", "okay": "ok", "kk": "ok", "okey": "ok", "okie": "ok", "yea": "yes",
    "yeah": "yes", "yep": "yes", "yup": "yes", "yess": "yes", "yah": "yes", "ye": "yes", "yas": "yes",
    "ya'll": "you all", "nah": "no", "nope": "no", "naw": "no", "nopers": "no", "noo": "no", "sotp": "stop",
    "stpo": "stop", "tsop": "stop", "teh": "the", "secnd": "second", "frist": "first", "wrng": "wrong",
    "rescedule": "reschedule", "reschedul": "reschedule", "resched": "reschedule", "sched": "schedule",
    "rn": "right now", "asap": "asap", "prob": "probably", "probs": "probably", "def": "definitely",
    "deff": "definitely", "tbh": "honestly", "imo": "honestly", "nvm": "never mind", "nm": "never mind",
    "lmk": "let me know", "ttyl": "talk later", "hbd": "happy birthday", "rmv": "remove", "rmove": "remove",
    "remve": "remove", "txtn": "texting", "txtin": "texting", "textin": "texting", "stopp": "stop",
    "appoinment": "appointment", "apointment": "appointment", "appointmet": "appointment", "insurence": "insurance",
    "insurace": "insurance", "unsuscribe": "unsubscribe", "unsubcribe": "unsubscribe", "unsubscibe": "unsubscribe",
    "intrested": "interested", "intersted": "interested", "medicar": "medicare", "shedule": "schedule",
    "schedual": "schedule", "hering": "hearing", "heering": "hearing", "aides": "aids", "numbr": "number",
    "nmber": "number", "mesages": "messages", "messges": "messages", "msges": "messages", "cancle": "cancel",
    "cancell": "cancel", "thier": "their", "recieve": "receive", "docter": "doctor", "dentst": "dentist",
    "expensiv": "expensive", "definately": "definitely", "avail": "available", "avaliable": "available",
    "availible": "available", "confrim": "confirm", "comfirm": "confirm", "pleas": "please", "plese": "please",
    "thnks": "thanks", "thankyou": "thank you", "tanks": "thanks", "sory": "sorry", "srry": "sorry",
    "wich": "which", "wat": "what", "wut": "what", "wen": "when", "wher": "where", "2day": "today", "whatcha": "what have you",
    "2nite": "tonight", "tonite": "tonight",
}  # fmt: skip
_SUFFIXES = (
    (re.compile(r"\b(do|does|did|is|are|was|were|have|has|had|would|could|should|need)n'?t\b"), r"\1 not"),
    (re.compile(r"\b(\w+)'ll\b"), r"\1 will"),
    (re.compile(r"\b(\w+)'ve\b"), r"\1 have"),
    (re.compile(r"\b(\w+)'re\b"), r"\1 are"),
    (re.compile(r"\bi'm\b"), "i am"),
    (re.compile(r"\b(they|we|you|he|she|it|that)'d\b"), r"\1 would"),
    (re.compile(r"\b(it|that|what|who|how|where|when|there|he|she|here)'s\b"), r"\1 is"),
)
_HASH = re.compile(r"(?<=\bmy )#(?!\d)|(?<=\bthis )#(?!\d)|(?<=\bwrong )#(?!\d)")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_WORD = re.compile(r"w/o?(?!\w)|'em\b|[\w][\w']*")
STOP_SIGN = "\U0001f6d1"


def fold(text: str) -> str:
    """Fold width, case, accents, apostrophes and spaces; keep punctuation. The `n` of keywords.yaml."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_CURLY)
    bare = "".join(char for char in unicodedata.normalize("NFD", plain) if unicodedata.category(char) != "Mn")
    return " ".join(bare.translate(_CURLY).split())


def bare_words(folded: str) -> str:
    """Drop apostrophes, blank other punctuation and emoji but the stop sign. The `s` of keywords.yaml."""
    kept = []
    for char in folded:
        if char.isalnum() or char == STOP_SIGN:
            kept.append(f" {char} " if char == STOP_SIGN else char)
        elif char != "'":
            kept.append(" ")
    return " ".join("".join(kept).split())


def spell_out(folded: str) -> str:
    """Expand contractions and texting shorthand of a folded text: "cant" and "can't" both read "cannot"."""
    shortened = _HASH.sub("number", _DRAWN_OUT.sub(r"\1", folded))
    spelled = _WORD.sub(lambda found: _SPELLED_OUT.get(found.group(), found.group()), shortened)
    for pattern, full in _SUFFIXES:
        spelled = pattern.sub(full, spelled)
    return spelled


def sentences(text: str) -> list[str]:
    """Split where a writer breathes: line breaks, full stops, questions, exclamations, dashes."""
    return [part for part in re.split(r"[\r\n]+|[.!?;]+(?=\s|$)|\s+[-\u2013\u2014]+\s+", text) if part.strip()]


def edits(left: str, right: str) -> int:
    """Count the insertions, deletions, substitutions and swaps of neighbours between two words."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, char in enumerate(left, 1):
        older, before = before, row
        row = [i]
        for j, other in enumerate(right, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != other))
            if i > 1 and j > 1 and char == right[j - 2] and left[i - 2] == other:
                best = min(best, older[j - 2] + 1)
            row.append(best)
    return row[-1]
