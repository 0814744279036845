"""The texts of our frames, and of what is printed from them."""

from __future__ import annotations

from pathlib import Path

from harvest_bridge.api.words import Words, words_in

_FOLDER = Path(__file__).parent / "words"


def words_of(language: str) -> Words:
    """Those of one of `settings.LANGUAGES`; `{name}` marks where a value goes."""
    return words_in(_FOLDER, language)
