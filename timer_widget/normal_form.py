"""One normal form of every id and text, the same as the browser's `shared/normal.js`. Pure.

Host pages, host back ends and other writers of Harvest's `external_reference` bring spaces, line breaks, no-break and
zero-width spaces, numbers and decomposed characters along; in normal form they are equal if nobody sees a difference.
"""

from __future__ import annotations

import unicodedata

_SPACE = {"Zs", "Zl", "Zp", "Cc"}
_UNSEEN = {"Cf", "Cs"}
_ZERO_WIDTH = {"\u200b", "\u2060", "\ufeff"}  # other format characters stay in texts: emoji and scripts need them


def normal_id(value: str | int | float | None) -> str:
    """NFC, single plain spaces within, none around, nothing that cannot be seen; a number as JavaScript writes it."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = unicodedata.normalize("NFC", "" if value is None else str(value))
    return _spaced("".join(each for each in text if unicodedata.category(each) not in _UNSEEN))


def normal_text(value: str) -> str:
    """The same for text that people read: joiners and direction marks stay."""
    text = unicodedata.normalize("NFC", value)
    return _spaced("".join(each for each in text if each not in _ZERO_WIDTH and unicodedata.category(each) != "Cs"))


def _spaced(text: str) -> str:
    spaces = "".join(" " if unicodedata.category(each) in _SPACE else each for each in text)
    return " ".join(filter(None, spaces.split(" ")))
