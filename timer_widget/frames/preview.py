"""The admin's live preview: the real loader, button and panel over a controller that sends nothing.

Its frames stand under an address of their own, so the loader, which takes its home from its script's address, finds
these instead of the real ones.
"""

from __future__ import annotations

import json
from uuid import UUID

from django.conf import settings
from django.contrib.admin.views.decorators import staff_member_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from harvest_bridge.hosts.models import HostApp
from timer_widget.models import Theme, TimerSettings

from . import assets
from .languages import spoken
from .pages import framed_by


@require_safe
@xframe_options_exempt
@staff_member_required
def page(request: HttpRequest, host_app_id: UUID) -> HttpResponse:
    """GET /platform/preview/{host_app_id}: a page with timers, as the host app's settings make them look."""
    if not request.user.has_perm("hosts.view_hostapp"):
        raise PermissionDenied
    host_app = get_object_or_404(HostApp, pk=host_app_id)
    look = TimerSettings.of(host_app)
    theme = _theme(request, look.theme)
    config = {"applicationName": host_app.name, "permalink": f"{settings.PUBLIC_URL}/%ITEM_ID%"}
    config |= {} if theme == Theme.AUTO else {"theme": theme}
    config |= {"accent": look.accent} if look.accent else {}
    context = {"host_app": host_app, "look": look, "theme": theme, "config": json.dumps(config)}
    response = framed_by(["'self'"], render(request, "timer_widget/preview.html", context))
    # The page embeds the two frames, which none of the frames themselves may.
    response["Content-Security-Policy"] += "; frame-src 'self'"
    return response


@require_safe
def loader(request: HttpRequest) -> HttpResponse:
    """GET /platform/preview/assets/platform.js: the loader, at an address that makes the preview its home."""
    return assets.loader(request)


@require_safe
@xframe_options_exempt
@staff_member_required
def controller(request: HttpRequest) -> HttpResponse:
    """GET /platform/preview/platform/controller: the controller over a pretend person's time."""
    return _frame(request, "controller", {"script": "timer_widget/preview-frame.js", "language": "en"})


@require_safe
@xframe_options_exempt
@staff_member_required
def panel(request: HttpRequest) -> HttpResponse:
    """GET /platform/preview/platform/timer: the panel."""
    return _frame(request, "panel", spoken(request, "panel"))


def _frame(request: HttpRequest, name: str, context: dict[str, str]) -> HttpResponse:
    origin = {"origin": settings.PUBLIC_ORIGIN, "look": {"theme": "auto"}}
    return framed_by(["'self'"], render(request, f"timer_widget/{name}.html", {**context, **origin}))


def _theme(request: HttpRequest, kept: str) -> str:
    asked = request.GET.get("theme", "")
    return asked if asked in Theme.values else kept
