"""Names in a form that can be compared: any script, with or without diacritics, in any order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice, product

_TITLES = frozenset(
    ("mr", "mrs", "ms", "miss", "dr", "prof", "sir", "ing", "dipl", "mag", "phd", "md", "jr", "sr", "ii", "iii", "iv")
)
# Letters that NFKD leaves whole, and the two that Arabic and Persian keyboards spell apart.
_LETTERS = {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ß": "ss"}
_LETTERS |= {"ي": "ی", "ى": "ی", "ك": "ک", "ـ": "", "'": "", "’": ""}
# Letters that are also written in two where a keyboard or a passport lacks them (ICAO 9303, and national habits).
_SPELT = {"ä": "ae", "æ": "ae", "å": "aa", "ö": "oe", "ø": "oe", "ő": "oe", "œ": "oe", "ü": "ue", "ű": "ue", "đ": "dj"}
_SPELT |= {"ð": "dh", "þ": "th", "ñ": "ny", "š": "sh", "ş": "sh", "č": "ch", "ç": "ch", "ž": "zh"}
_MOST_SPELLINGS = 16
# Latin, Greek, Cyrillic, Hebrew, Arabic and Syriac can be written without their marks; in Indic scripts, Thai and
# kana a mark makes another letter. By Unicode's combining classes.
_OPTIONAL_MARKS = {*range(10, 37), *range(200, 241)}
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # of an emoji's or a Han letter's looks
# Chinese, Japanese and Korean names have no space, or one, in either order.
_UNSPACED = re.compile("[\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]+")


class _Bare(dict[int, str]):
    """What a letter is compared as, found when it is first met: nothing for marks that can be left out, else a space
    for whatever is neither letter nor mark."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        kind, is_optional = unicodedata.category(letter), unicodedata.combining(letter) in _OPTIONAL_MARKS
        bare = "" if is_optional or kind in ("Cf", "Me") else letter if letter.isalnum() or kind[0] == "M" else " "
        return self.setdefault(code, bare)


_bare = _Bare({ord(letter): bare for letter, bare in _LETTERS.items()})


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, in order, without optional marks, case, titles and punctuation."""
    plain = unicodedata.normalize("NFKC", _SELECTORS.sub("", name)).casefold()
    words = tuple(unicodedata.normalize("NFC", unicodedata.normalize("NFKD", plain).translate(_bare)).split())
    return tuple(word for word in words if word not in _TITLES) or words


def spellings_of(name: str) -> list[tuple[str, ...]]:
    """The words of a name in every way that it is written without its special letters, `words_of` first.

    “Jörg” is Jorg and Joerg; each letter is written one way throughout a name, which bounds them to `_MOST_SPELLINGS`.
    """
    plain = unicodedata.normalize("NFC", name).casefold()
    special = [letter for letter in dict.fromkeys(plain) if letter in _SPELT]
    return list(dict.fromkeys(islice(_spelt(plain, special), _MOST_SPELLINGS))) if special else [words_of(name)]


def _spelt(plain: str, special: list[str]) -> Iterator[tuple[str, ...]]:
    for chosen in product(*((letter, _SPELT[letter]) for letter in special)):
        yield words_of(plain.translate(dict(zip(map(ord, special), chosen, strict=True))))


def unspaced(words: tuple[str, ...]) -> frozenset[str]:
    """“王伟” for itself and for “伟 王”: both orders in one word, for scripts that need no spaces; else empty."""
    together = "".join(words)
    is_so = len(together) > 1 and _UNSPACED.fullmatch(together)
    return frozenset((together, "".join(reversed(words)))) if is_so else frozenset()


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
