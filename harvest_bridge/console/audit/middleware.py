"""Writes an audit row before any change requested in the admin or on the sign-in pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from .record import record

OPERATORS_PAGES = ("/admin/", "/accounts/")
_READS = {"GET", "HEAD", "OPTIONS"}
# Looked at, these show a secret.
_SHOWS_A_SECRET = {"mfa_activate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes"}
# What a form chose, told by these fields; no other field is kept, for it may hold a secret or a person's name.
_KEPT_FIELDS = ("action", "_selected_action", "connection")


class AuditMiddleware:
    """Written first: what cannot be recorded is not done. What came of it, Django's own log adds (`signals.py`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        match = request.resolver_match
        if match is None or not request.path.startswith(OPERATORS_PAGES):
            return
        is_deed = request.method not in _READS or match.url_name in _SHOWS_A_SECRET
        if is_deed and request.user.is_authenticated:
            verb = "asked" if request.method not in _READS else "saw"
            record(f"{verb}: {match.view_name}", request=request, detail=_detail(request, kwargs))


def _detail(request: HttpRequest, kwargs: dict[str, Any]) -> str:
    """`object_id=7 action=revoke_selected _selected_action=3,4`."""
    named = {name: str(value) for name, value in kwargs.items() if name in ("object_id", "id", "app_label")}
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        named |= {name: ",".join(request.POST.getlist(name)) for name in _KEPT_FIELDS if name in request.POST}
    return " ".join(f"{name}={value}" for name, value in named.items())
