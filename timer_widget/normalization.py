"""Normalizes ids and texts, the same as the browser's `shared/normalize.js`. Pure.

Host pages, host back ends and other writers of Harvest's `external_reference` bring spaces, line breaks, no-break and
zero-width spaces, numbers and decomposed characters along; in normal form they are equal if nobody sees a difference.
"""

from __future__ import annotations

import unicodedata

_SPACE = {"Zs", "Zl", "Zp", "Cc"}
_UNSEEN = {"Cf", "Cs"}
_ZERO_WIDTH = {"\u200b", "\u2060", "\ufeff"}  # other format characters stay in texts: emoji and scripts need them


def normalize_id(value: str | int | float | None) -> str:
    """NFC, single plain spaces within, none around, nothing that cannot be seen; a number as JavaScript writes it."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "" if value is None else str(value)
    if _is_plain(text):
        return _joined(text)
    text = unicodedata.normalize("NFC", text)
    return _spaced("".join(each for each in text if unicodedata.category(each) not in _UNSEEN))


def normalize_text(value: str) -> str:
    """The same for text that people read: joiners and direction marks stay."""
    if _is_plain(value):
        return _joined(value)
    text = unicodedata.normalize("NFC", value)
    return _spaced("".join(each for each in text if each not in _ZERO_WIDTH and unicodedata.category(each) != "Cs"))


def _spaced(text: str) -> str:
    return _joined("".join(" " if unicodedata.category(each) in _SPACE else each for each in text))


def _is_plain(text: str) -> bool:
    """Most are: nothing but spaces is then to be changed."""
    return text.isascii() and text.isprintable()


def _joined(text: str) -> str:
    return " ".join(filter(None, text.split(" ")))
