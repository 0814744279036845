"""What browsers load: the loader script and the two frames."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import conditional_page, require_safe

from .framing import framing_origin

_FRAME_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; frame-ancestors {ancestor}"
)


@require_safe
@conditional_page
def loader(request: HttpRequest) -> HttpResponse:
    """GET /assets/platform.js: one script tag for any page, at the path of Harvest's own."""
    response = HttpResponse(_loader(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "public, max-age=300"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
@xframe_options_exempt
def controller(request: HttpRequest) -> HttpResponse:
    """GET /platform/controller?origin=…: the hidden frame that holds the session."""
    return _frame(request, "timer_widget/controller.html")


@require_safe
@xframe_options_exempt
def panel(request: HttpRequest) -> HttpResponse:
    """GET /platform/timer: the form, created by our script on first need, or embedded by a page itself (A7)."""
    return _frame(request, "timer_widget/panel.html")


def _frame(request: HttpRequest, template: str) -> HttpResponse:
    """A frame for pages of `origin` alone. A forged hint gains nothing: the browser checks the real ancestor."""
    origin = framing_origin(request)
    if origin is None:
        response = render(request, "timer_widget/refused.html", status=403)
    else:
        response = render(request, template, {"origin": origin})
    response["Content-Security-Policy"] = _FRAME_POLICY.format(ancestor=origin or "'none'")
    response["Referrer-Policy"] = "no-referrer"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cross-Origin-Embedder-Policy"] = "require-corp"
    response["Cross-Origin-Opener-Policy"] = "unsafe-none"
    response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    # The page holds nothing personal; `origin` in its address makes it the same for all who ask.
    is_fixed = origin is not None and "origin" in request.GET
    response["Cache-Control"] = "private, max-age=300" if is_fixed else "no-store"
    return response


@lru_cache(maxsize=1)
def _loader() -> bytes:
    return (Path(__file__).parent.parent / "static" / "timer_widget" / "platform.js").read_bytes()
