"""Texts of pages in several languages: one JSON object for each, with the same names, in a folder `locales`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils import translation

Translations = Mapping[str, str]


@lru_cache(maxsize=64)
def load_translations(folder: Path, language: str) -> Translations:
    """Those of one of `settings.LANGUAGES`."""
    found: Translations = json.loads((folder / f"{language}.json").read_text("utf-8"))
    return found


def supported_language(text: str) -> str:
    """`de-AT` is `de`; "" for none of `settings.LANGUAGES`."""
    try:
        return translation.get_supported_language_variant(text) if text else ""
    except LookupError:
        return ""


def is_right_to_left(language: str) -> bool:
    return bool(translation.get_language_info(language)["bidi"])


def languages() -> list[str]:
    return [code for code, _ in settings.LANGUAGES]
