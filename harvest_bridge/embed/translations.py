"""The texts of our frames, and of what is printed from them."""

from __future__ import annotations

from pathlib import Path

from harvest_bridge.api.translations import Translations, load_translations

_FOLDER = Path(__file__).parent / "locales"


def translations_for(language: str) -> Translations:
    """Those of one of `settings.LANGUAGES`; `{name}` marks where a value goes."""
    return load_translations(_FOLDER, language)
