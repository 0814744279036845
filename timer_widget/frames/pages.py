"""The two frames that pages embed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from harvest_bridge import tracing
from harvest_bridge.api.content_security_policy import content_security_policy
from harvest_bridge.hosts.queries import host_app_at, origins_of
from timer_widget.models import TimerSettings

from .languages import spoken
from .origins import framing_origin

_FRAME_POLICY = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "connect-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "require-trusted-types-for": ["'script'"],
}


@require_safe
@xframe_options_exempt
def controller(request: HttpRequest) -> HttpResponse:
    """GET /platform/controller?origin=…: the hidden frame that holds the session."""
    return _frame(request, "controller", "frame")


@require_safe
@xframe_options_exempt
def panel(request: HttpRequest) -> HttpResponse:
    """GET /platform/timer: the form, created by our script on first need, or embedded by a page itself (A7)."""
    return _frame(request, "panel", "panel")


def _frame(request: HttpRequest, page: str, script: str) -> HttpResponse:
    return embedded_page(request, f"timer_widget/{page}.html", spoken(request, script))


def embedded_page(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """A frame for pages of one host app alone. A forged hint gains nothing: the browser checks every real ancestor."""
    origin = framing_origin(request)
    if origin is None:
        response = render(request, "timer_widget/refused.html", status=403)
    else:
        shown = {"origin": origin, **context, "look": _appearance(origin), "traces": tracing.IS_ON}
        response = render(request, template, shown)
        patch_vary_headers(response, ["Accept-Language"])
    is_fixed = origin is not None and "origin" in request.GET
    # The page holds nothing personal; `origin` in its address makes it the same for all who ask.
    response["Cache-Control"] = "private, max-age=300" if is_fixed else "no-store"
    return framed_by(_ancestors(origin), response)


def _ancestors(origin: str | None) -> list[str]:
    """All origins of the host app: one page of it may stand inside another, and each page above us has to be listed."""
    host_app = host_app_at(origin) if origin else None
    return sorted(origins_of(host_app)) if host_app else []


def framed_by(ancestors: list[str], response: HttpResponse) -> HttpResponse:
    """The headers of every frame of ours."""
    response["Content-Security-Policy"] = content_security_policy(_FRAME_POLICY | {"frame-ancestors": ancestors})
    response["Referrer-Policy"] = "no-referrer"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cross-Origin-Embedder-Policy"] = "require-corp"
    response["Cross-Origin-Opener-Policy"] = "unsafe-none"
    response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    return response


def _appearance(origin: str) -> TimerSettings | None:
    """Theme and colour that the operator chose for the host app at this origin."""
    host_app = host_app_at(origin)
    return TimerSettings.of(host_app) if host_app else None
