"""Compares words as a careful reader would: endings, abbreviations and family names for the same thing."""

from __future__ import annotations

import re
import unicodedata

# Ways in which front desks write the same thing; the checker's own list, shared with nobody.
SAME = {
    "grandchild": "grandkid grandkids grandchild grandchildren grandbaby grandbabies grandson grandsons granddaughter granddaughters "
    "grandbabys gkids greatgrandson",
    "daughter": "daughter daughters dtr dau",
    "spouse": "wife husband hubby spouse partner",
    "child": "kid kids child children",
    "mother": "mother mom mothers",
    "father": "father dad",
    "television": "tv tvs television",
    "thanksgiving": "thanksgiving thxgiving tgiving",
    "christmas": "christmas xmas",
    "birthday": "birthday bday",
    "appointment": "appointment appt apt",
    "about": "about abt re",
    "especially": "esp especially",
    "phone": "phone phones telephone call calls",
    "bluetooth": "bluetooth",
    "restaurant": "restaurant restaurants",
    "spring": "spring",
    "autumn": "fall autumn",
    "online": "zoom online video",
    "overthecounter": "otc",
    "veteran": "va veteran veterans",
    "blue": "bcbs blue",
    "cross": "bcbs cross",
    "shield": "bcbs shield",
    "tennessee": "tn tennessee",
    "right": "r rt right",
    "left": "l lt left",
    "year": "yr yrs year years",
    "conversation": "conv convo conversation conversations",
    "december": "dec december",
    "november": "nov november",
    "october": "oct october",
    "something": "something smthg",
    "quarter": "quarter",
}
CANON = {variant: name for name, variants in SAME.items() for variant in variants.split()}

# Words that say nothing of a person.
EMPTY = set(
    """a an and any are as at be been before but by can could did do does doing for from get give go had has have having he her
    here hers him his how i if in into is it its it's just like ll m may me might more most much my no not now of off on once one
    only or other our out over own re s she should so some still t than that the their them then there these they this those to
    too under until up us ve very want wanted wants was we well were what when where which while who why will with w would yet
    you your yours d don isn wasn aren couldn wouldn let know make made think thinking good great really also back even ever
    thing things way time times day days lot bit sure glad happy help hope hoping wish keep kept keeping feel happen said say
    says mentioned mention told asked ask asking wondering wonder looking curious talked spoke shared described wrote remember
    about again around because since first last next same both each every all better easier best able going come came mind
    still during without between another being""".split()
)


def plain(text: str) -> str:
    """Return the text in lower case, without accents, with straight apostrophes."""
    flat = unicodedata.normalize("NFKD", text.replace("’", "'").replace("‘", "'"))
    return "".join(c for c in flat if not unicodedata.combining(c)).casefold()


def words(text: str) -> list[str]:
    """Return the words and numbers of a text; a possessive 's is dropped, thousands separators too."""
    flat = re.sub(r"(?<=\d),(?=\d{3})", "", plain(text))
    return [word.removesuffix("'s").replace("'", "") for word in re.findall(r"[a-z0-9]+(?:'[a-z]+)?", flat)]


def root(word: str) -> str:
    """Return the name of the thing that a word stands for: abbreviation undone, ending cut."""
    word = CANON.get(word, word)
    for ending in ("ations", "ation", "ings", "ing", "edly", "ied", "ies", "ed", "es", "ly", "er", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            break
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 3 else word


def roots(text: str) -> set[str]:
    """Return the roots of all words, and of the halves of a great-grand-something."""
    return {root(word) for word in words(text)}


def same(word: str, known: set[str]) -> bool:
    """Tell whether a word's root is known, or begins (five letters or more) as a known one does."""
    mine = root(word)
    if mine in known:
        return True
    return len(mine) >= 5 and any(len(other) >= 5 and (other[:5] == mine[:5]) for other in known)


def content(word: str) -> bool:
    """Tell whether a word carries a meaning of its own."""
    return word not in EMPTY and len(word) > 1
