"""GET /docs/ and its sections, each drawn once per process."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from itertools import groupby
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe
from django.views.decorators.vary import vary_on_headers

from harvest_bridge.api.compression import compress
from harvest_bridge.console.openapi_document import document

from . import manual
from .code import LANGUAGES
from .sections import GUIDES, Section, operations, sections

# Nothing comes from anywhere else; what is tried goes to this bridge alone.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HARVEST = ".harvestapp.com"
_FIRST = next(iter(GUIDES))
# The chapters of docs/README.md by their anchors.
READERS = {
    "evaluators": "evaluators",
    "host-developers": "host developers",
    "operators": "operators",
    "support": "support",
}


def _etag(request: HttpRequest, slug: str = _FIRST) -> str | None:
    is_part = request.path_info.endswith("/part")
    return f'W/"{hashlib.sha256(_drawn(slug, is_part)).hexdigest()[:32]}"' if slug in sections() else None


@require_safe
@cache_control(public=True, max_age=300)
@vary_on_headers("Accept-Encoding")
@condition(etag_func=_etag)
def page(request: HttpRequest, slug: str = _FIRST) -> HttpResponse:
    """The whole page around one section, for who comes by its address or without JavaScript."""
    return _answer(request, slug, is_part=False)


@require_safe
@cache_control(public=True, max_age=300)
@vary_on_headers("Accept-Encoding")
@condition(etag_func=_etag)
def part(request: HttpRequest, slug: str) -> HttpResponse:
    """One section alone, which the page puts in the place of another."""
    return _answer(request, slug, is_part=True)


def _answer(request: HttpRequest, slug: str, *, is_part: bool) -> HttpResponse:
    if slug not in sections():
        raise Http404
    response = HttpResponse(_drawn(slug, is_part), headers={"Content-Security-Policy": _POLICY})
    return compress(request, response)


@lru_cache(maxsize=256)
def _drawn(slug: str, is_part: bool) -> bytes:
    section = sections()[slug]
    context = {
        "section": section,
        "operations": operations(section) if section.tag else [],
        "guide": "" if section.tag else f"console/docs/guides/{slug}.html",
        "can_try": is_sandbox(),
        "url": settings.PUBLIC_URL,
        "codes": document()["components"]["examples"] if slug == "errors" else {},
        "languages": {key: title for key, (title, _) in LANGUAGES.items()},
        "readers": READERS if manual.is_built() else {},
        "menu": [(group, list(inside)) for group, inside in groupby(sections().values(), key=_group)],
    }
    return render_to_string(f"console/docs/{'section' if is_part else 'page'}.html", context).encode()


def _group(section: Section) -> str:
    return section.group


def is_sandbox() -> bool:
    """Whether what is tried here changes nobody's real data."""
    return not f".{urlsplit(settings.HARVEST_API_URL).hostname}".endswith(_HARVEST)
