"""Texts of pages in several languages: one JSON object for each, with the same names, in a folder `words`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils import translation

Words = Mapping[str, str]


@lru_cache(maxsize=64)
def words_in(folder: Path, language: str) -> Words:
    """Those of one of `settings.LANGUAGES`."""
    found: Words = json.loads((folder / f"{language}.json").read_text("utf-8"))
    return found


def language_named(text: str) -> str:
    """`de-AT` is `de`; "" for none of `settings.LANGUAGES`."""
    try:
        return translation.get_supported_language_variant(text) if text else ""
    except LookupError:
        return ""


def is_right_to_left(language: str) -> bool:
    return bool(translation.get_language_info(language)["bidi"])


def languages() -> list[str]:
    return [code for code, _ in settings.LANGUAGES]
