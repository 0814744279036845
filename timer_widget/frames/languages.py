"""The language of a frame: the page's `lang`, else the browser's."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import translation

from harvest_bridge.api.translations import is_right_to_left, supported_language


def language_of(request: HttpRequest) -> dict[str, str]:
    """`language` and its `direction`."""
    language = supported_language(request.GET.get("lang", "")) or translation.get_language_from_request(request)
    return {"language": language, "direction": "rtl" if is_right_to_left(language) else "ltr"}


def spoken(request: HttpRequest, script: str) -> dict[str, str]:
    """The same with `script`, its built file with that language's words."""
    found = language_of(request)
    suffix = "" if found["language"] == "en" else f".{found['language']}"
    return {**found, "script": f"timer_widget/{script}{suffix}.js"}
