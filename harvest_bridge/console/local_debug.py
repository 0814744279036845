"""With DEBUG, answers requests of this machine only, wherever the process listens."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from harvest_bridge.addresses import is_loopback


class LoopbackOnly:
    """Django middleware, there only in DEBUG."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_loopback(request.META.get("REMOTE_ADDR") or ""):
            return self._get_response(request)
        return HttpResponse(
            "This bridge runs with DEBUG, which answers its own machine alone. Unset DEBUG.\n",
            status=403,
            content_type="text/plain",
        )
