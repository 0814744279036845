"""What the operators' pages may load and do, as the browser enforces it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

# No page of theirs has a script in it. Alpine, which unfold uses, evaluates attributes; unfold styles by them too.
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: https:; font-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_PAGES = ("/admin/", "/accounts/")


class OperatorsPolicy:
    """Middleware: a Content-Security-Policy for the admin and the sign-in, where a page has none of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        if request.path_info.startswith(_PAGES) and not response.has_header("Content-Security-Policy"):
            response["Content-Security-Policy"] = _POLICY
        return response
