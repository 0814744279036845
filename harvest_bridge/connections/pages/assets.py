"""Two scripts for host pages: our drop-in link SDK, and the shim for the published one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page, require_safe

_FOLDER = Path(__file__).resolve().parents[3] / "static" / "connections"


@require_safe
@conditional_page
def link_sdk(request: HttpRequest) -> HttpResponse:
    """GET /assets/link-sdk.js: an ES module with the exports of the published link SDK."""
    return _script("link-sdk.js")


@require_safe
@conditional_page
def link_shim(request: HttpRequest) -> HttpResponse:
    """GET /assets/link-shim.js: lets the published link SDK hear us in its iframe mode."""
    return _script("link-shim.js")


def _script(name: str) -> HttpResponse:
    response = HttpResponse(_content(name), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "public, max-age=300"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@cache
def _content(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()
