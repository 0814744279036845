"""Renders the pages of the link flow: language, opener policy, allowed frame ancestors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt

from harvest_bridge.api.content_security_policy import content_security_policy
from harvest_bridge.hosts.models import HostApp
from harvest_bridge.hosts.origins import origin_of

from .flow_cookie import with_memory


@dataclass(frozen=True, kw_only=True)
class LinkPage:
    """A page to show. `framed_by` lists the origins that may frame it; `forms_lead_to` where its forms may end."""

    template: str
    host_app: HostApp | None
    context: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    framed_by: Sequence[str] = ()
    forms_lead_to: Sequence[str] = ()


def link_page(page: Callable[[HttpRequest], LinkPage | HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A view from a page. Django's defaults would break the flow: COOP the popup, X-Frame-Options the iframe."""

    @wraps(page)
    @never_cache
    @xframe_options_exempt
    def view(request: HttpRequest) -> HttpResponse:
        def answer() -> HttpResponse:
            shown = page(request)
            return _rendered(request, shown) if isinstance(shown, LinkPage) else shown

        with translation.override(translation.get_language_from_request(request)):
            response = with_memory(request, answer)
            response["Content-Language"] = translation.get_language()
        response["Cross-Origin-Opener-Policy"] = "unsafe-none"
        return response

    return view


def _template(name: str) -> str:
    """A page of ours by its short name, or another app's by its path."""
    return f"{name if '/' in name else f'connections/{name}'}.html"


def _rendered(request: HttpRequest, shown: LinkPage) -> HttpResponse:
    context = {"host_app": shown.host_app, **shown.context}
    response = render(request, _template(shown.template), context, status=shown.status)
    logo = [origin_of(shown.host_app.logo_url)] if shown.host_app else []
    policy = {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "connect-src": ["'self'"],
        "img-src": ["'self'", "data:", *logo],
        "base-uri": ["'none'"],
        # Browsers hold form-action against the redirect after a form too.
        "form-action": ["'self'", *shown.forms_lead_to],
        "require-trusted-types-for": ["'script'"],
        "frame-ancestors": shown.framed_by,
    }
    response["Content-Security-Policy"] = content_security_policy(policy)
    return response
