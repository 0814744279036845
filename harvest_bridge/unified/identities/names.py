"""Names in a form that can be compared: any script, with or without diacritics, in any order."""

from __future__ import annotations

import re
import unicodedata

_TITLES = frozenset(
    ("mr", "mrs", "ms", "miss", "dr", "prof", "sir", "ing", "dipl", "mag", "phd", "md", "jr", "sr", "ii", "iii", "iv")
)
_NOT_A_WORD = re.compile(r"[\W_]+")
# Letters that NFKD leaves whole.
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss", "'": "", "’": ""}
)


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, in order, without diacritics, case, titles and punctuation."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold()).translate(_LETTERS)
    # Of marks only those of scripts that write without them: in Indic scripts they are the vowels.
    bare = "".join(letter for letter in folded if unicodedata.combining(letter) == 0)
    words = tuple(word for word in _NOT_A_WORD.split(bare) if word)
    return tuple(word for word in words if word not in _TITLES) or words


def sorted_words(words: tuple[str, ...]) -> str:
    """The same text for “Åse Berg”, “Berg, Ase” and “BERG ASE”."""
    return " ".join(sorted(words))


def initials_keys(words: tuple[str, ...]) -> frozenset[str]:
    """What “J. Smith”, “Smith, J.” and “John Smith” have in common: one word whole and the others' first letters.

    Shape: empty for a single word, which says too little.
    """
    ends = dict.fromkeys((words[0], words[-1])) if len(words) > 1 else ()
    return frozenset(
        f"{whole} {other[0]}" for whole in ends if len(whole) > 1 for other in (words[0], words[-1]) if other != whole
    )


def has_initials(words: tuple[str, ...]) -> bool:
    return any(len(word) == 1 for word in words)
