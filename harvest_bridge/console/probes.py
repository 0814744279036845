"""Lets health probes send any `Host` header, often a bare address."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_PROBED = ("/health/", "/ping")


class AnyHostForProbes:
    """Before everything that looks at `Host`. What a probe is answered says nothing about hosts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(_PROBED):
            allowed = [host for host in settings.ALLOWED_HOSTS if not host.startswith((".", "*"))]
            request.META["HTTP_HOST"] = allowed[0] if allowed else urlsplit(settings.PUBLIC_URL).netloc
            request.META.pop("HTTP_X_FORWARDED_HOST", None)
        return self._get_response(request)
