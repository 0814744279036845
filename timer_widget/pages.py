"""What browsers load: the loader script and the two frames."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import conditional_page, require_safe

from harvest_bridge.hosts.origins import normal_origin
from harvest_bridge.hosts.queries import host_app_at

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
    """GET /platform/timer?origin=…: the form, created on first need."""
    return _frame(request, "timer_widget/panel.html")


def _frame(request: HttpRequest, template: str) -> HttpResponse:
    """A frame for pages of `origin` alone. A forged hint gains nothing: the browser checks the real ancestor."""
    origin = _listed_origin(request.GET.get("origin", ""))
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
    response["Cache-Control"] = "no-store"
    return response


def _listed_origin(text: str) -> str | None:
    try:
        origin = normal_origin(text)
    except ValueError:
        return None
    return origin if host_app_at(origin) else None


@lru_cache(maxsize=1)
def _loader() -> bytes:
    return (Path(__file__).parent.parent / "static" / "timer_widget" / "platform.js").read_bytes()
