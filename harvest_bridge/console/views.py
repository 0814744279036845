"""Operations: health, signs of life, and the way from the root to somewhere useful."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from . import health


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """GET /health/ready: 200 when every part is ok, else 503; each part by name either way."""
    parts = health.parts()
    is_ready, is_whole = health.is_ready(parts), all(map(health.is_fine, parts.values()))
    status = "ok" if is_whole else "degraded" if is_ready else "unavailable"
    body = {"status": status, "parts": parts}
    response = JsonResponse(body, status=200 if is_ready else 503)
    if not is_ready:
        response["Retry-After"] = "5"
    return response


@require_safe
def ping(request: HttpRequest) -> JsonResponse:
    """GET /ping: Truto's SDKs ask so whether anybody is there."""
    return JsonResponse({"ping": "pong"})


@require_safe
def favicon(request: HttpRequest) -> HttpResponseRedirect:
    """GET /favicon.ico: what browsers ask for where a page names no icon."""
    return HttpResponseRedirect(static("console/favicon.svg"))


@require_safe
def root(request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect("/admin/")
