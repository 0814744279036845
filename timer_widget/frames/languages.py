"""The language of a frame: the page's `lang`, else the browser's."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import translation


def spoken(request: HttpRequest, script: str) -> dict[str, str]:
    """`language`, `direction`, and the built file of `script` with that language's words."""
    language = _named(request.GET.get("lang", "")) or translation.get_language_from_request(request)
    suffix = "" if language == "en" else f".{language}"
    direction = "rtl" if translation.get_language_info(language)["bidi"] else "ltr"
    return {"language": language, "direction": direction, "script": f"timer_widget/{script}{suffix}.js"}


def _named(text: str) -> str:
    try:
        return translation.get_supported_language_variant(text) if text else ""
    except LookupError:
        return ""
